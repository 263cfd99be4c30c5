"""The one idea: some of the music is known, the model supplies the rest.

Times are ticks of the prompt's own Score unless a name says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .edit import cut_repeats, delayed
from .errors import UsageError, WorkFailed
from .score import NOTE, PEDAL, Array, Score, table
from .units import PITCHES


@dataclass(frozen=True)
class Span:
    """Free cells: onsets in ``[start, stop)`` (None: to the end of time), on some pitches and one track.

    ``track`` None frees every track (what is written then goes to track 0); a number frees that
    track alone, and what is written goes there.
    """

    start: int = 0
    stop: int | None = None
    pitches: range = range(PITCHES)
    track: int | None = None

    def covers(self, notes: Array) -> NDArray[np.bool_]:
        """bool[N]: which notes have their onset here."""
        inside = (notes["onset"] >= self.start) & (notes["pitch"] >= self.pitches.start)
        inside &= notes["pitch"] < self.pitches.stop
        if self.stop is not None:
            inside &= notes["onset"] < self.stop
        return inside if self.track is None else inside & (notes["track"] == self.track)


@dataclass(frozen=True)
class Length:
    """How much to write: ``seconds`` of music from the start of the free span, or ``notes``, not both."""

    seconds: float | None = None
    notes: int | None = None

    def __post_init__(self) -> None:
        if self.seconds is not None and not 0 < self.seconds <= 36_000:
            raise UsageError(f"--seconds {self.seconds:g} is out of range: more than 0, at most 36000")
        if self.notes is not None and not 0 < self.notes <= 1_000_000:
            raise UsageError(f"--notes {self.notes} is out of range: 1 to 1000000")
        if self.seconds is not None and self.notes is not None:
            raise UsageError("--seconds and --notes both say how long the piece is to be; give one of them")


@dataclass(frozen=True)
class Prompt:
    """``score`` in the user's own ticks, what of it is free, controls by name, and how much to write."""

    score: Score = field(default_factory=lambda: Score(table(NOTE)))
    free: tuple[Span, ...] = (Span(),)
    controls: Mapping[str, str | float] = field(default_factory=dict)
    length: Length = Length()

    @property
    def kept(self) -> Score:
        """The notes outside every free span."""
        covered = [span.covers(self.score.notes) for span in self.free]
        return self.score.with_notes(self.score.notes[~np.logical_or.reduce(covered)])

    @property
    def is_continuation(self) -> bool:
        """Whether all that is kept stands before one free span that runs to the end of time."""
        if len(self.free) != 1 or self.free[0].stop is not None or self.free[0].pitches != range(PITCHES):
            return False
        return self.free[0].track is None


def from_nothing(length: Length = Length(), controls: Mapping[str, str | float] | None = None) -> Prompt:
    """Everything is free."""
    return Prompt(length=length, controls=controls or {})


def continuation(
    primer: Score,
    length: Length = Length(),
    primer_s: float | None = None,
    controls: Mapping[str, str | float] | None = None,
) -> Prompt:
    """The primer (its first ``primer_s`` seconds) is kept; the time after is free.

    A whole primer may be gone on from right after its last onset: its last notes and its pedal may ring on.
    Where ``primer_s`` cuts, a pedal is lifted there.
    Raises UsageError for a primer without notes.
    """
    whole = int(primer.notes["onset"].max(initial=-1)) + 1
    start = whole if primer_s is None else min(whole, int(primer.ticks(primer_s)))
    primer = primer.with_notes(primer.notes[primer.notes["onset"] < start])
    if not len(primer):
        raise UsageError("the primer has no notes in the part asked for; take another file or a longer part of it")
    pedals = primer.pedals[primer.pedals["onset"] < start].copy()
    if start < whole:
        pedals["release"] = np.minimum(pedals["release"], start)
    return Prompt(replace(primer, pedals=pedals), (Span(start),), controls or {}, length)


def filling(score: Score, start: int, stop: int) -> Prompt:
    """The onsets in ``[start, stop)`` are free; what stands before and after is kept."""
    return refilling(score, (Span(start, stop),))


def refilling(score: Score, free: tuple[Span, ...]) -> Prompt:
    """The onsets in some stretches of time, one behind the other, are free.

    So is the pedal that goes down in one; where it is up again only after the stretch, it is kept from its end on.
    """
    pedals = score.pedals.copy()
    for span in free:
        begun = (pedals["onset"] >= span.start) & (pedals["onset"] < (span.stop or np.inf))
        pedals["onset"][begun] = span.stop or np.iinfo(np.int32).max
    kept = pedals[pedals["release"] > pedals["onset"]]
    return Prompt(replace(score, pedals=kept), free)


def leading(score: Score, seconds: float) -> Prompt:
    """The score is kept behind ``seconds`` that are free, by which it is moved: what is written leads up to it."""
    start = int(replace(score, tempi=score.tempi[:1]).ticks(seconds))  # in the first tempo, in which one waits
    return Prompt(delayed(score, start), (Span(0, start),))


def accompaniment(melody: Score) -> Prompt:
    """Every note is kept; a new track from the first onset to the last release is free."""
    track = len(melody.tracks)
    start = int(melody.notes["onset"].min(initial=0))
    return Prompt(replace(melody, tracks=(*melody.tracks, "Accompaniment")), (Span(start, melody.end, track=track),))


def woven(prompt: Prompt, written: Score) -> Score:
    """The kept notes, tick for tick, and those of ``written`` (seconds since tick 0) in the free spans.

    A written note begins where the last kept note on its pitch and track ends, and is cut at the next
    kept onset on its pitch, on whatever track that is.
    """
    span, stop = prompt.free[0], prompt.free[-1].stop
    notes = np.zeros(len(written), NOTE)
    notes["onset"] = onsets = np.maximum(prompt.score.ticks(written.seconds(written.notes["onset"])), span.start)
    if stop is not None:
        notes["onset"] = onsets = np.minimum(onsets, stop - 1)
    notes["duration"] = np.maximum(prompt.score.ticks(written.seconds(written.releases)) - onsets, 1)
    notes["pitch"], notes["velocity"] = written.notes["pitch"], written.notes["velocity"]
    notes["track"] = span.track or 0
    kept = prompt.kept
    new = _behind(kept.notes, cut_repeats(prompt.score.with_notes(notes)).notes)
    new = new[np.logical_or.reduce([each.covers(new) for each in prompt.free])]
    new = _clear_of(kept.notes, new)
    pedals = np.concatenate([kept.pedals, _pedals_in(prompt, written)])
    return replace(kept, notes=np.concatenate([kept.notes, new]), pedals=pedals)


def check_kept(prompt: Prompt, result: Score) -> None:
    """Refuse a result that differs from the prompt outside the free spans. Raises WorkFailed."""
    kept, same = prompt.kept, Prompt(result, prompt.free).kept
    lost = set(kept.pedals.tolist()) - set(result.pedals.tolist())
    if lost or replace(kept, pedals=table(PEDAL)) != replace(same, pedals=table(PEDAL)):
        raise WorkFailed("the result changes what was to be kept; nothing was saved; please report this as a defect")


def _behind(kept: Array, new: Array) -> Array:
    """The new notes without what of them lies in a kept note: in a file that would end the kept one."""
    releases = new["onset"] + new["duration"]
    new = new.copy()
    for pitch in np.intersect1d(kept["pitch"], new["pitch"]):
        own = np.flatnonzero(new["pitch"] == pitch)
        earlier = kept[(kept["pitch"] == pitch) & np.isin(kept["track"], new["track"][own])]
        ends = np.maximum.accumulate(np.append(0, earlier["onset"] + earlier["duration"]))
        onsets = new["onset"][own]
        new["onset"][own] = np.maximum(onsets, ends[np.searchsorted(earlier["onset"], onsets, side="right")])
    new["duration"] = releases - new["onset"]
    return new[new["duration"] > 0]


def _clear_of(kept: Array, new: Array) -> Array:
    """The new notes, cut at the next kept onset on their pitch, and without those on a kept one's onset."""
    alive = np.ones(len(new), bool)
    new = new.copy()
    for pitch in np.intersect1d(kept["pitch"], new["pitch"]):
        onsets = np.sort(kept["onset"][kept["pitch"] == pitch]).astype(np.int64)
        own = np.flatnonzero(new["pitch"] == pitch)
        following = np.searchsorted(onsets, new["onset"][own], side="left")
        limit = np.append(onsets, np.iinfo(np.int32).max)[following] - new["onset"][own]
        alive[own[limit == 0]] = False
        new["duration"][own] = np.minimum(new["duration"][own], np.maximum(limit, 1))
    return new[alive]


def _pedals_in(prompt: Prompt, written: Score) -> Array:
    """What is written of the pedal, within the free spans and where no kept pedal is down."""
    pedals, kept = written.pedals.copy(), np.sort(prompt.score.pedals, order="onset")
    for end in ("onset", "release"):
        pedals[end] = prompt.score.ticks(written.seconds(pedals[end]))
    held = np.maximum.accumulate(np.append(0, kept["release"]))
    pedals["onset"] = np.maximum(pedals["onset"], held[np.searchsorted(kept["onset"], pedals["onset"], side="right")])
    following = np.append(kept["onset"], np.iinfo(np.int32).max)
    limit = following[np.searchsorted(kept["onset"], pedals["onset"], side="left")]
    for span in prompt.free:
        inside = (pedals["onset"] >= span.start) & (pedals["onset"] < (span.stop or np.inf))
        limit[inside] = np.minimum(limit[inside], span.stop or np.iinfo(np.int32).max)
    pedals["release"] = np.minimum(pedals["release"], limit)
    free = np.logical_or.reduce(
        [(pedals["onset"] >= span.start) & (pedals["onset"] < (span.stop or np.inf)) for span in prompt.free]
    )
    return pedals[free & (pedals["release"] > pedals["onset"])]
