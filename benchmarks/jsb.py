"""The literature's four-part chorales as frames of a 16th: Jsb16thSeparated.json, 229 / 76 / 77 pieces."""

import json
from argparse import ArgumentParser
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from partimento.errors import InputError, MissingData

SPLITS = {"training": "train", "validation": "valid", "test": "test"}  # in the file's own words

Pieces = list[NDArray[np.int64]]  # each int[T, 4]: MIDI pitches from the soprano down, -1 for a rest


def with_file(options: ArgumentParser) -> ArgumentParser:
    """``options`` that ask for the file."""
    options.add_argument("file", type=Path, help="Jsb16thSeparated.json")
    return options


def read(path: Path) -> dict[str, Pieces]:
    """The pieces of each of SPLITS. Raises MissingData, and InputError for another file."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return {name: [np.array(piece, np.int64).reshape(-1, 4) for piece in held[key]] for name, key in SPLITS.items()}
    except OSError as error:
        raise MissingData(f"{path}: {error.strerror}; give the place of Jsb16thSeparated.json") from error
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path}: not the splits of Jsb16thSeparated.json, which are train, valid and test") from error
