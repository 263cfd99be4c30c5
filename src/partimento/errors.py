"""What can go wrong, as one tree.

    PartimentoError
    ├── UsageError          wrong use: an option out of range, an unknown name    (exit 2)
    │   └── UnknownName     a name that is in no table, with the nearest ones     (exit 2)
    ├── InputError          a file from outside that is refused                   (exit 2)
    ├── MissingData         a corpus or model that is not here, and how to get it (exit 2)
    ├── LicenceError        weights or data whose licence forbids the request     (exit 2)
    ├── CheckpointError     a checkpoint that is damaged or of another version    (exit 2)
    └── WorkFailed          the work itself failed: full disk, NaN, lost child    (exit 1)

Every message is one line: what, where, what is allowed, what to do next.
"""

from collections.abc import Iterable
from difflib import get_close_matches

REASONS = {  # why a file is refused: the code by which reports count it, and what it means
    "unreadable": "could not be read from disk or archive",
    "too-large": "larger than a piece of music can be",
    "not-midi": "no MIDI file, or a kind of it that is not read",
    "cut-off": "shorter than its own header or a track says",
    "damaged": "events that contradict the MIDI standard",
    "too-much": "more events, tracks or time than is read",
    "no-notes": "holds no notes",
    "voices": "not one part each for soprano, alto, tenor and bass",
    "off-grid": "notes between the 16ths",
    "overlap": "two notes at once in one voice",
    "crashed": "ended the process that read it, twice",
    "time": "took its process too long",
    "memory": "needed more memory than its process may have",
    "refused": "any other reason",
}


class PartimentoError(Exception):
    """Base of every error that a user is meant to read."""

    exit_status = 2


class UsageError(PartimentoError):
    """A request that cannot be served as it was made."""


class UnknownName(UsageError):
    """A name that is in no table; the message carries the nearest ones."""

    def __init__(self, kind: str, name: str, known: Iterable[str], advice: str = "") -> None:
        names = sorted(known)
        near = get_close_matches(name, names, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names) or 'none'}"
        super().__init__(f"unknown {kind} {name!r}: {hint}{' ' + advice if advice else ''}")


class InputError(PartimentoError):
    """A file from outside that is refused, with the reason; ``code`` is the row of REASONS that it falls under."""

    code = "refused"

    def __init__(self, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.code = code


class MissingData(PartimentoError):
    """A corpus or a model that is not here; the message says how to get it."""


class LicenceError(PartimentoError):
    """A licence that does not allow what was asked."""


class CheckpointError(PartimentoError):
    """A checkpoint that is damaged, incomplete or of another format version."""


class WorkFailed(PartimentoError):
    """The request was sound, the work failed."""

    exit_status = 1
