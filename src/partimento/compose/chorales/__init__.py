"""Four-part chorales from a prompt and a grid model: composed, harmonised, completed, rewritten.

``prompts`` says what is known and what is free, ``Manner`` how to write, ``write`` does it; ``chorales.model`` holds
a trained model that makes pieces with files. That one knows tasks, which are made of prompts, so it is not named here.
"""

from .manner import Manner
from .prompts import freed, from_nothing, on_four_tracks, pinned
from .write import Chorale, write

__all__ = ["Chorale", "Manner", "freed", "from_nothing", "on_four_tracks", "pinned", "write"]
