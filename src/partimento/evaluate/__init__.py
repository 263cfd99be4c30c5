"""Measuring models: held-out likelihood, and composed pieces beside real ones."""
