"""The files that ``partimento translate --out`` leaves: what a codec makes of a file, in its words, seen beside it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    from ..evaluate.translation import Spoken
    from ..score import Score

SUFFIXES = (".mid", ".txt", ".png")


def places(files: Sequence[Path], labels: Sequence[str], folder: Path) -> Iterator[tuple[tuple[Path, str], Path]]:
    """For each file and codec the name in ``folder``, without suffix, that belongs to no other.

    Raises UsageError where a file that is read would be written over.
    """
    taken: Counter[str] = Counter()
    for file in files:
        for label in labels:
            stem = _free(f"{file.stem}-{label}", taken)
            for path in (folder / f"{stem}{suffix}" for suffix in SUFFIXES):
                if any(path.exists() and each.exists() and path.samefile(each) for each in files):
                    raise UsageError(f"--out {folder}: {path.name} is a file that is read; choose another folder")
            yield (file, label), folder / stem


def _free(stem: str, taken: Counter[str]) -> str:
    """``stem``, with a number behind it where it is taken; file systems may know no case."""
    key = stem.casefold()
    taken[key] += 1
    return stem if taken[key] == 1 else _free(f"{stem}-{taken[key]}", taken)


def write(stem: Path, name: str, label: str, score: "Score", said: "Spoken") -> list[str]:
    """The decoded file, its rows in words, and both rolls; all or none. Raises WorkFailed."""
    from .. import midi
    from ..evaluate.translation import text_of
    from ..picture import write_rolls
    from ..store import staged_file, together

    stem.parent.mkdir(parents=True, exist_ok=True)
    decoded, words, picture = (Path(f"{stem}{suffix}") for suffix in SUFFIXES)
    with together():
        midi.write(replace(said.image, title=f"{name} by {label}"), decoded)
        with staged_file(words) as file:
            file.writelines(f"{line}\n".encode() for line in text_of(said.table))
        write_rolls({name: score, f"{name} by {label}": said.image}, picture)
    return [str(path) for path in (decoded, words, picture)]
