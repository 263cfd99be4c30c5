"""Where the fermatas stand that were asked for before there were notes."""

from dataclasses import replace

from ..score import FERMATA, Array, Score, table


def on_notes(score: Score, kept: Score) -> Score:
    """``score`` with each fermata on a note: one at which neither a ``kept`` note nor the soprano begins moves.

    It then stands where that note of the soprano begins which sounds there.
    """
    soprano = score.notes[score.notes["track"] == 0]
    begun = {*kept.notes["onset"].tolist(), *soprano["onset"].tolist()}
    ticks = [tick if tick in begun else _begin(soprano, tick) for tick in score.fermatas["onset"].tolist()]
    return replace(score, fermatas=table(FERMATA, [(tick,) for tick in sorted({*ticks})]))


def _begin(notes: Array, tick: int) -> int:
    """The onset of the note that sounds at ``tick``; ``tick`` where none does."""
    sounding = notes[(notes["onset"] <= tick) & (tick < notes["onset"] + notes["duration"])]
    return int(sounding["onset"][-1]) if len(sounding) else tick
