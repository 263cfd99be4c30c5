"""Layers, filters and decoders that families are made of."""
