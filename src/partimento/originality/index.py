"""An index over the training pieces of a corpus, as a folder: ``index.json`` and the postings of each line."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..data.manifest import Entry
from ..errors import InputError
from ..score import Score
from ..store import write_atomically
from .lines import LINES
from .postings import WINDOW, Postings

FORMAT = 1
INDEX = "index.json"


@dataclass(frozen=True)
class Source:
    """A piece of the index, as it is told of."""

    id: str
    composer: str
    title: str

    @classmethod
    def of(cls, entry: Entry) -> "Source":
        """That of a piece in a corpus."""
        return cls(entry.piece.id, entry.piece.composer, entry.piece.title)


@dataclass(frozen=True, eq=False)
class Index:
    """``corpus`` and ``fingerprint`` say over what; ``human`` holds the figures of held-out pieces (``human.py``)."""

    corpus: str
    fingerprint: str
    sources: tuple[Source, ...]
    lines: Mapping[str, Postings]
    human: Mapping[str, Any]

    @classmethod
    def of(cls, corpus: str, fingerprint: str, sources: Sequence[Source], scores: Sequence[Score]) -> "Index":
        """The index over ``scores``, without figures of held-out pieces."""
        lines = {name: Postings.of([line(score) for score in scores], WINDOW[name]) for name, line in LINES.items()}
        return cls(corpus, fingerprint, tuple(sources), lines, {})

    @classmethod
    def open(cls, folder: Path) -> "Index":
        """The index in ``folder``, mapped. Raises InputError where it is damaged or of another version."""
        try:
            said = json.loads((folder / INDEX).read_text(encoding="utf-8"))
            if said["format"] != FORMAT:
                raise ValueError(f"format {said['format']}, this version reads {FORMAT}")
            sources = tuple(Source(**source) for source in said["sources"])
            corpus, fingerprint, human = str(said["corpus"]), str(said["fingerprint"]), dict(said["human"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{folder}: {INDEX} is damaged ({error}); remove this folder, it is built again"
            ) from error
        lines = {name: Postings.open(folder / name, WINDOW[name]) for name in LINES}
        if any(len(postings.starts) != len(sources) + 1 for postings in lines.values()):
            raise InputError(f"{folder}: the index is damaged; remove this folder, and it is built again")
        return cls(corpus, fingerprint, sources, lines, human)

    def save(self, folder: Path) -> None:
        """Write it into ``folder``, which is staged elsewhere."""
        for name, postings in self.lines.items():
            postings.save(folder / name)
        said = {
            "format": FORMAT,
            "corpus": self.corpus,
            "fingerprint": self.fingerprint,
            "sources": [asdict(source) for source in self.sources],
            "human": self.human,
        }
        write_atomically(folder / INDEX, json.dumps(said, indent=1, allow_nan=False).encode())
