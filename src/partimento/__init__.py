"""Composes piano music and chorales with neural networks."""
