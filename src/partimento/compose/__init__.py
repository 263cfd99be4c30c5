"""Composing: from a prompt and a model to Scores."""

from .compose import Composition, Settings, compose, stream

__all__ = ["Composition", "Settings", "compose", "stream"]
