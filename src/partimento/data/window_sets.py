"""Named window sets: how far a chorale's cells see, and how far apart they are drawn, once for several models.

Nothing is computed in advance: windows are cut as training reads them. What has a name is the choice itself, with the
corpus as it was, so that models trained on one set are trained on the same.
"""

import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path

import tomli_w

from ..codecs.chorale_cells import cells_of
from ..errors import InputError, UnknownName, UsageError
from ..store import write_atomically
from .corpus import WINDOW_SETS, Corpus, corpus, home
from .source import SPLITS
from .transposing import is_chorale

LARGEST = 512  # 16ths, of dt and gap: more than most chorales have


@dataclass(frozen=True)
class WindowSet:
    """``dt`` 16ths on either side of a centre, one every ``gap`` 16ths, out of a corpus with that fingerprint.

    ``centres`` counts those of a pass over each split.
    """

    corpus: str
    fingerprint: str
    dt: int
    gap: int
    centres: dict[str, int] = field(default_factory=dict)


def made(name: str, dt: int, gap: int) -> WindowSet:
    """The windows of the prepared corpus called ``name``. Raises UsageError where it holds other than chorales."""
    for flag, value in (("--dt", dt), ("--gap", gap)):
        if not 1 <= value <= LARGEST:
            raise UsageError(f"{flag} {value} is out of range: 1 to {LARGEST} 16ths")
    found = corpus(name)
    return WindowSet(name, found.fingerprint, dt, gap, {split: _centres(found, split, gap) for split in SPLITS})


def save(name: str, windows: WindowSet) -> Path:
    """Keep a set under a name. Raises UsageError where another set has it."""
    path = _path(name)
    if name in known() and load(name) != windows:
        there = f"dt {load(name).dt} and gap {load(name).gap} of {load(name).corpus}"
        raise UsageError(f"window set {name!r} is there already, with {there}: take another name, or remove {path}")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, tomli_w.dumps(asdict(windows)).encode())
    return path


def load(name: str) -> WindowSet:
    """The set of that name. Raises UnknownName, InputError."""
    if name not in known():
        raise UnknownName("window set", name, known(), "(partimento data windows NAME makes one)")
    path = _path(name)
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        return WindowSet(**{key: kind(said[key]) for key, kind in KINDS.items()})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: is no window set; remove it and make it anew") from error


def current(name: str) -> WindowSet:
    """The set of that name, if its corpus still is what it was. Raises UsageError."""
    found = load(name)
    if corpus(found.corpus).fingerprint != found.fingerprint:
        advice = f"make one of the corpus as it is: partimento data windows NAME --data {found.corpus}"
        raise UsageError(f"window set {name!r}: corpus {found.corpus} was prepared anew since; {advice}")
    return found


def known() -> list[str]:
    """The names of all sets."""
    return sorted(path.stem for path in (home() / WINDOW_SETS).glob("*.toml"))


KINDS = {"corpus": str, "fingerprint": str, "dt": int, "gap": int, "centres": dict}


def _path(name: str) -> Path:
    return home() / WINDOW_SETS / f"{name}.toml"


def _centres(found: Corpus, split: str, gap: int) -> int:
    scores = [found.score(piece) for piece in found.split(split)]
    if not all(map(is_chorale, scores)):
        raise UsageError(f"corpus {found.folder.name} holds other than chorales of four voices; say --data chorales")
    return sum(-(-len(cells_of(score)) // gap) for score in scores)
