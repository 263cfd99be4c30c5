"""Composed pieces beside real ones, for ``partimento evaluate``."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..units import clock_text
from .console import Output

if TYPE_CHECKING:
    from ..checkpoint import Checkpoint
    from ..data.corpus import Corpus
    from ..evaluate.samples import Heard, Reference
    from ..evaluate.sound import Listening

    Place = tuple[str, Checkpoint, Corpus]


def listener(places: "Sequence[Place]", plan: "Listening", asked: bool, output: Output) -> "Callable[[], list[Heard]]":
    """What composes and compares; the real excerpts are looked at now, so that what cannot be is refused first.

    Where nobody ``asked`` for pieces, a corpus with too little to compare with is said and left out.
    """
    from ..evaluate.samples import checked, reference

    if not plan.pieces:
        return list
    references = {}
    for key, corpus in {corpus.fingerprint: corpus for *_, corpus in places}.items():
        try:
            references[key] = reference(corpus, checked(plan))
        except UsageError as error:
            if asked:
                raise
            output.say(f"no composed pieces beside real ones: {error}")
    return lambda: [row for key, given in references.items() for row in _heard(places, key, given, output)]


def _heard(places: "Sequence[Place]", key: str, given: "Reference", output: Output) -> "Iterator[Heard]":
    """The models on one corpus; then real music, as it is and in the words of each codec."""
    from ..compose.model import Model
    from ..evaluate.likelihood import text_of
    from ..evaluate.samples import codec_row, model_heard, real_row

    mine = [(name, checkpoint) for name, checkpoint, corpus in places if corpus.fingerprint == key]
    for name, checkpoint in mine:
        with output.progress(f"composing with {name}") as update:
            yield model_heard(Model(name, checkpoint), given, with_time_left(update))
    yield real_row(given)
    codecs = {text_of(checkpoint.recipe.codec): checkpoint.recipe.codec for _, checkpoint in mine}
    yield from (codec_row(codec, name, given) for name, codec in codecs.items())


def with_time_left(update: Callable[[float, str], None]) -> Callable[[float, str], None]:
    """``update`` with the time left at the end of its remarks; the bar of a terminal has it by itself."""
    began = time.monotonic()

    def told(share: float, remark: str) -> None:
        left = (time.monotonic() - began) * (1 - share) / share if share else 0.0
        update(share, f"{remark}, {clock_text(left)} left")

    return update if sys.stderr.isatty() else told
