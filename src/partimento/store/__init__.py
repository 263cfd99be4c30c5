"""Writing whole or not at all: staged beside its place, synced, then renamed.

Whoever reads sees the old file or folder or the new one, never half of one, also after a power cut. A folder
cannot be replaced in one step on every system: the old one is moved away first, and a run that is killed
before the new one stands there leaves a gap. ``restore`` closes it; who looks for a folder calls it first.

What is staged is locked by the process that works on it, and a lock ends with its process: what is not
locked was left by a killed run, whatever any clock says.
"""

from .leftovers import clear, discard, is_leftover, restore
from .lock import locked
from .staging import Staged, staged_file, staged_folder, together, write_atomically

__all__ = [
    "Staged",
    "clear",
    "discard",
    "is_leftover",
    "locked",
    "restore",
    "staged_file",
    "staged_folder",
    "together",
    "write_atomically",
]
