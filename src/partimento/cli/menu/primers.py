"""What a piece goes on from: each row of PRIMERS looks whether it is there, and gives what asks for the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import UsageError
from .ask import answer, number, path_of, pick

if TYPE_CHECKING:
    from ...recipe import DataConfig
    from ...score import Score

Flags = Callable[[], list[str]]
SECONDS = number(0.1, 3600.0, "seconds")


@dataclass(frozen=True)
class Asked:
    """The model that was chosen, where runs are, and the seed of all that is drawn."""

    model: str
    home: Path
    seed: int


def _nothing(asked: Asked) -> Flags:
    return list


def _file(asked: Asked) -> Flags:
    return lambda: _of_file(*answer("path of the MIDI file", _read), asked.seed)


def _corpus(asked: Asked) -> Flags:
    """Raises MissingData where the corpus is not here, which says how to get it."""
    from ... import zoo
    from ...checkpoint import whole_recipe
    from ...data.corpus import corpus

    data = whole_recipe(zoo.find(asked.model, asked.home)).data
    corpus(data.corpus)
    return lambda: _of_corpus(data, asked.seed)


PRIMERS: dict[str, Callable[[Asked], Flags]] = {
    "nothing: the model begins": _nothing,
    "a MIDI file of yours": _file,
    "a piece of the corpus that it was trained on": _corpus,
}


def _read(text: str) -> tuple[str, "Score"]:
    """A file with notes, by its path."""
    from ... import midi

    if not text:
        raise UsageError("enter the path of a MIDI file")
    path = path_of(text)
    score = midi.read_isolated(path, midi.PRIMER_LIMITS)[0]
    if not len(score):
        raise UsageError(f"{path}: has no notes; take a file with notes")
    return str(path), score


def _of_file(path: str, score: "Score", seed: int) -> list[str]:
    from ...compose.primers import Place
    from ...recipe import DataConfig

    def placed(text: str) -> str:
        Place(primer_from=text).taken(score, None, DataConfig(), seed)
        return text

    place = answer("from where: seconds, a share such as 33%, or random; nothing for its beginning", placed)
    seconds = answer("how many seconds of it; nothing for all", lambda text: SECONDS(text) if text else 0.0)
    given = {"primer": path, "primer-from": place, "primer-seconds": f"{seconds:g}" if seconds else ""}
    return [f"--{name}={value}" for name, value in given.items() if value]


def _of_corpus(data: "DataConfig", seed: int) -> list[str]:
    from ...compose.primers import Place
    from ...data.source import SPLITS

    def found(split: str, title: str = "") -> list[str]:
        Place(primer_split=split, primer_piece=title).taken(None, None, data, seed)
        return [f"--primer-split={split}", *([f"--primer-piece={title}"] if title else [])]

    def held(index: int) -> str:
        found(SPLITS[index])
        return SPLITS[index]

    split = pick("Of which split?", SPLITS, held, "3")
    flags = answer("part of its title or composer; nothing for one by chance", lambda text: found(split, text))
    return [*flags, f"--primer-seconds={answer('how many seconds of it', SECONDS, '20'):g}"]
