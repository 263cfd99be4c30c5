"""Scores on disk: one memory-mapped array per table of a Score, and their offsets.

Shapes: P pieces, K tables; ``offsets`` int64[P + 1, K] holds the first row of each piece in each table, in
the order of TABLES. A table of LATER that no piece has a row in is not written, neither its file nor its offsets,
so that shards without it are what they were before it was thought of.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ..errors import InputError
from ..score import TABLES, Array, Score
from .manifest import AGAIN

OFFSETS = "offsets.npy"
LATER = ("fermatas",)  # the last of TABLES
FIRST = len(TABLES) - len(LATER)
Offsets = NDArray[np.int64]


@dataclass
class ShardWriter:
    """Writes shards into ``folder``, which is staged elsewhere: ``append`` each Score, then ``finish``."""

    folder: Path
    files: dict[str, BinaryIO] = field(default_factory=dict)
    offsets: list[list[int]] = field(default_factory=lambda: [[0] * len(TABLES)])

    def __enter__(self) -> "ShardWriter":
        for name, dtype in TABLES.items():
            self.files[name] = (self.folder / f"{name}.npy").open("wb")
            _write_header(self.files[name], dtype, 0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for file in self.files.values():
            file.close()

    def append(self, score: Score) -> None:
        """Add the rows of one piece."""
        tables: list[Array] = [getattr(score, name) for name in TABLES]
        for file, rows in zip(self.files.values(), tables, strict=True):
            file.write(rows.tobytes())
        self.offsets.append([start + len(rows) for start, rows in zip(self.offsets[-1], tables, strict=True)])

    def finish(self) -> dict[str, str]:
        """Write the row counts and offsets, and return the SHA-256 of each file by its name."""
        for (name, file), rows in zip(self.files.items(), self.offsets[-1], strict=True):
            file.seek(0)
            _write_header(file, TABLES[name], rows)
            file.flush()
        written = self._written()
        np.save(self.folder / OFFSETS, np.array(self.offsets, dtype=np.int64)[:, :written], allow_pickle=False)
        return sums(self.folder, (*(f"{name}.npy" for name in [*TABLES][:written]), OFFSETS))

    def _written(self) -> int:
        """How many of TABLES are written; the files of those that are not are gone afterwards."""
        written = max(FIRST, *(k + 1 for k, rows in enumerate(self.offsets[-1]) if rows or k < FIRST))
        for name in list(TABLES)[written:]:
            self.files[name].close()
            (self.folder / f"{name}.npy").unlink()
        return written


def _write_header(file: BinaryIO, dtype: np.dtype[np.void], rows: int) -> None:
    """The header keeps room for any row count, so it is written first and again at the end."""
    npy.write_array_header_1_0(file, {"descr": npy.dtype_to_descr(dtype), "fortran_order": False, "shape": (rows,)})


def sums(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each of the files called ``names``. Raises InputError where one is missing."""
    return {name: _sum(folder / name) for name in names}


def _sum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); {AGAIN}") from error


def map_shards(folder: Path) -> tuple[dict[str, Array], Offsets]:
    """The memory-mapped tables and the offsets, int64[P + 1, len(TABLES)]: what was not written has no rows.

    Raises InputError where they do not fit each other.
    """
    offsets: Offsets = _mapped(folder / OFFSETS)
    if not _is_rising(offsets):
        raise InputError(f"{folder}: {OFFSETS} is damaged; {AGAIN}")
    tables: dict[str, Array] = {name: np.zeros(0, dtype) for name, dtype in TABLES.items()}
    for (name, dtype), rows in zip(TABLES.items(), offsets[-1], strict=False):
        tables[name] = _mapped(folder / f"{name}.npy")
        if tables[name].dtype != dtype or tables[name].shape != (rows,):
            raise InputError(f"{folder}: {name}.npy does not fit {OFFSETS}; {AGAIN}")
    return tables, np.pad(offsets, ((0, 0), (0, len(TABLES) - offsets.shape[1])))


def _is_rising(offsets: Offsets) -> bool:
    """Whether the offsets have their shape and cut each table from its start, piece after piece."""
    shaped = offsets.dtype == np.int64 and offsets.ndim == 2 and FIRST <= offsets.shape[1] <= len(TABLES)
    return bool(shaped and len(offsets) and not offsets[0].any() and (np.diff(offsets, axis=0) >= 0).all())


def _mapped(path: Path) -> NDArray[Any]:
    """The array in ``path``: a plain view, because slicing np.memmap itself is slow."""
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except Exception as error:  # numpy parses a header as Python: a damaged one can raise whatever a tokenizer does
        raise InputError(f"{path}: is missing or damaged ({error}); {AGAIN}") from error
