"""A corpus of chorales as files for other programs: tables of text, or frames of pitches.

As JSON a piece is a list of frames of four pitches, -1 for silence, without holds, as in ``Jsb16thSeparated``.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from ..codecs.chorale_cells import REST, Cells, cells_of, frames_of
from ..errors import UnknownName, UsageError
from ..score import Score
from ..store import write_atomically
from .corpus import Corpus
from .source import SPLITS
from .tabular import csv_bytes, rows_of
from .transposing import is_chorale

JSON_SPLITS = {"train": "train", "validation": "valid", "test": "test"}
JSON_FILE = "frames.json"


def export(corpus: Corpus, form: str, folder: Path) -> list[Path]:
    """Write the chorales of ``corpus`` into ``folder`` and return the files. Raises UnknownName, UsageError."""
    if form not in FORMATS:
        raise UnknownName("format", form, FORMATS)
    other = next((corpus.pieces[i].path for i in range(len(corpus)) if not is_chorale(corpus.score(i))), None)
    if other is not None:
        raise UsageError(f"corpus {corpus.folder.name}: {other} is no chorale of four voices; export another corpus")
    files = dict(FORMATS[form](corpus))
    there = next((name for name in files if (folder / name).exists()), None)
    if there:
        raise UsageError(f"--out {folder}: holds {there} already; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        write_atomically(folder / name, data)
    return [folder / name for name in files]


def _csv(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    for split in SPLITS:
        pieces = corpus.split(split)
        rows = [row for i in pieces for row in rows_of(corpus.score(i), corpus.pieces[i].id)]
        yield f"{split}.csv", csv_bytes(rows)


def _json(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    told = {name: [_frames(corpus.score(i)) for i in corpus.split(split)] for split, name in JSON_SPLITS.items()}
    yield JSON_FILE, json.dumps(told).encode()


def _frames(score: Score) -> list[list[int]]:
    frames: Cells = frames_of(cells_of(score))
    return np.where(frames == REST, -1, frames).tolist()


FORMATS: dict[str, Callable[[Corpus], Iterator[tuple[str, bytes]]]] = {"csv": _csv, "json": _json}
