"""Partimento composes piano music and chorales with neural networks.

model = partimento.load("maestro")
piece = model.compose(primer="idea.mid", seconds=60, seed=7)
piece.save("piece.mid")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .compose.load import load
    from .compose.model import Model
    from .compose.piece import Piece
    from .compose.reproduction import Reproduction, reproduce
    from .midi.read import read
    from .score import Score

__all__ = ["Model", "Piece", "Reproduction", "Score", "load", "read", "reproduce"]

_HOMES = {
    "Model": "compose.model",
    "Piece": "compose.piece",
    "Reproduction": "compose.reproduction",
    "Score": "score",
    "load": "compose.load",
    "read": "midi.read",
    "reproduce": "compose.reproduction",
}


def __getattr__(name: str) -> Any:
    """The public names, imported when they are asked for: ``import partimento`` alone knows no torch."""
    if name == "__version__":
        from .version import version

        return version()
    if name not in _HOMES:
        raise AttributeError(f"module 'partimento' has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
