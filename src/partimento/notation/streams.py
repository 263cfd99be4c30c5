"""A music21 stream as a Score: for a child process, which alone imports music21.

Offsets in music21 are quarters, as exact fractions where they are triplets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from ..errors import InputError
from ..score import FERMATA, KEY, METRE, NOTE, TEMPO, Provenance, Score, table
from ..voices import NAMES
from .bar_lines import metre_rows
from .bars import place
from .parcel import MOST_LETTERS, MOST_NOTES, MOST_TICKS_PER_QUARTER, MOST_TRACKS
from .report import MOST_PLACES, ReadReport

GRID = 4  # 16ths to the quarter: ticks per quarter of a score that keeps to it
VELOCITY = 80  # notation says none
COUNTED = {  # what a report counts, by music21's class
    "Dynamic": "dynamics",
    "ChordSymbol": "chord_symbols",
    "Unpitched": "unpitched",
    "PercussionChord": "unpitched",
    "Repeat": "repeats",
    "Spanner": "slurs",
    "TextExpression": "texts",
}


class Tone(NamedTuple):
    """One pitch of a note as it is written: times in quarters, ``tie`` as music21 names it, or nothing."""

    onset: Fraction
    duration: Fraction
    pitch: int
    tie: str
    fermata: bool


@dataclass
class Counts:
    """What is dropped on the way, by the names of a ReadReport."""

    found: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, count: int = 1) -> None:
        """``count`` more of ``name``."""
        self.found[name] = self.found.get(name, 0) + count


def score_of(text: str, kind: str) -> tuple[Score, ReadReport]:
    """The Score in MusicXML or kern, and what was dropped. Raises InputError where music21 cannot read it."""
    try:
        stream = parsed(text, kind)
        return score_of_stream(stream)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # of a parser of other people's files any may come
        what = f"{type(error).__name__}: {error}".splitlines()[0][:MOST_LETTERS]
        raise InputError(f"music21 can't read the score ({what}); export it anew", "damaged") from None


def score_of_stream(stream: Any) -> tuple[Score, ReadReport]:
    """The Score in a music21 Score, and what was dropped."""
    parts = list(stream.parts) or [stream]
    if any(i.transposition for i in stream.recurse().getElementsByClass("Instrument")):
        stream.toSoundingPitch(inPlace=True)
    counts = Counts()
    _count(stream, counts)
    voices = [voice for part in parts for voice in _voices(part, counts)][:MOST_TRACKS]
    tones = [list(_joined(written, counts)) for _, written in voices]
    return _assembled(stream, parts[0], [name for name, _ in voices], tones, counts)


def parsed(text: str, kind: str) -> Any:
    """music21's stream of ``text``, without its cache of pickles on disk."""
    from music21.converter.subConverters import (  # type: ignore[import-not-found, import-untyped, unused-ignore]
        ConverterHumdrum,
        ConverterMusicXML,
    )

    kinds: dict[str, Any] = {"kern": ConverterHumdrum}
    converter = kinds.get(kind, ConverterMusicXML)()
    converter.parseData(text)
    return converter.stream


def _count(stream: Any, counts: Counts) -> None:
    for element in stream.recurse():
        if "StaffGroup" in element.classSet:  # the bracket before the staves
            continue
        for kind in {COUNTED[name] for name in element.classSet & COUNTED.keys() if isinstance(name, str)}:
            counts.add(kind)
        if "NotRest" in element.classSet:
            counts.add("lyrics", len(element.lyrics))
            others = [each for each in element.expressions if "Fermata" not in each.classSet]
            counts.add("articulations", len(element.articulations) + len(others))


def _voices(part: Any, counts: Counts) -> Iterator[tuple[str, list[Tone]]]:
    """Name and tones of each voice of a part, the highest first."""
    written: dict[int, list[Tone]] = {}
    for measure in part.getElementsByClass("Measure") or [part]:
        start = Fraction(measure.getOffsetInHierarchy(part)) if measure is not part else Fraction(0)
        for k, voice in enumerate(list(measure.voices) or [measure]):
            written.setdefault(k, []).extend(_tones(voice, start + Fraction(voice.offset if k else 0), counts))
    kept = {k: tones for k, tones in written.items() if tones or k == 0}
    counts.add("voices", len(kept) - 1)
    name = _name(part)
    for k, tones in kept.items():
        yield f"{name} {k + 1}".strip() if len(kept) > 1 else name, tones


def _name(part: Any) -> str:
    """The part's name, those of a choir as this project writes them."""
    name = str(part.partName or "").strip()[: MOST_LETTERS // 2]
    return next((voice for voice in NAMES if voice.lower() == name.lower()), name)


def _tones(container: Any, start: Fraction, counts: Counts) -> Iterator[Tone]:
    for note in container.notes:
        if "ChordSymbol" in note.classSet or "Unpitched" in note.classSet or "PercussionChord" in note.classSet:
            continue
        if note.duration.isGrace or not note.quarterLength:
            counts.add("graces")
            continue
        fermata = any("Fermata" in each.classSet for each in note.expressions)
        span = start + Fraction(note.offset), Fraction(note.quarterLength)
        for each in note.notes if "Chord" in note.classSet else [note]:
            yield Tone(*span, int(each.pitch.midi), each.tie.type if each.tie else "", fermata)


def _joined(written: Sequence[Tone], counts: Counts) -> Iterator[Tone]:
    """Tones with those tied to them; a fermata on any of these is the tone's."""
    open_tones: dict[int, Tone] = {}
    for tone in sorted(written, key=lambda tone: tone[:3]):
        before = open_tones.pop(tone.pitch, None)
        if before and tone.tie in ("stop", "continue") and before.onset + before.duration == tone.onset:
            fermata = before.fermata or tone.fermata
            tone = Tone(before.onset, before.duration + tone.duration, tone.pitch, tone.tie, fermata)
        elif before:
            counts.add("loose_ties")
            yield before
        if tone.tie in ("start", "continue"):
            open_tones[tone.pitch] = tone
        else:
            yield tone
    counts.add("loose_ties", len(open_tones))
    yield from open_tones.values()


def _assembled(
    stream: Any, first: Any, names: Sequence[str], voices: Sequence[Sequence[Tone]], counts: Counts
) -> tuple[Score, ReadReport]:
    tones = [(track, tone) for track, voice in enumerate(voices) for tone in voice]
    quarter = _quarter([tone for _, tone in tones])
    rows = [_row(track, tone, quarter) for track, tone in tones]
    counts.add("rounded", sum((t.onset * quarter).denominator > 1 for _, t in tones))
    score = Score(
        table(NOTE, rows),
        quarter,
        tempi=table(TEMPO, _tempi(stream, quarter)),
        metres=table(METRE, metre_rows(first, quarter)),
        keys=table(KEY, _keys(first, rows, quarter)),
        tracks=tuple(name or f"Voice {k}" for k, name in enumerate(names, 1)),
        title=_text(stream.metadata and (stream.metadata.title or stream.metadata.movementName)),
        provenance=Provenance(
            composer=_text(stream.metadata and stream.metadata.composer),
            licence=_text(stream.metadata and stream.metadata.copyright),
        ),
        fermatas=table(FERMATA, sorted({(round(t.onset * quarter),) for _, t in tones if t.fermata})),
    )
    return score, _report(score, [tone for _, tone in tones], counts)


def _quarter(tones: Sequence[Tone]) -> int:
    """The ticks to the quarter that ``tones`` need. Raises InputError for none of them, or too many."""
    if not tones:
        raise InputError("the score has no notes", "no-notes")
    if len(tones) > MOST_NOTES:
        raise InputError(f"the score has more than {MOST_NOTES:,} notes; take an excerpt", "too-much")
    times = {time for tone in tones for time in (tone.onset, tone.duration)}
    needed = lcm(GRID, *(time.limit_denominator(MOST_TICKS_PER_QUARTER).denominator for time in times))
    return min(needed, MOST_TICKS_PER_QUARTER)


def _row(track: int, tone: Tone, quarter: int) -> tuple[int, ...]:
    onset, stop = round(tone.onset * quarter), round((tone.onset + tone.duration) * quarter)
    return onset, max(stop - onset, 1), tone.pitch, VELOCITY, track


def _tempi(stream: Any, quarter: int) -> list[tuple[float, ...]]:
    marks = stream.recurse().getElementsByClass("MetronomeMark")
    found = {round(Fraction(m.getOffsetInHierarchy(stream)) * quarter): m.getQuarterBPM() for m in marks}
    return [(tick, tempo) for tick, tempo in sorted(found.items()) if tempo]


def _keys(part: Any, rows: Sequence[tuple[int, ...]], quarter: int) -> list[tuple[int, ...]]:
    """KEY rows; a signature without a mode is minor where the lowest note at the end is that tonic."""
    end = max(row[0] + row[1] for row in rows)
    last = min(row[2] for row in rows if row[0] + row[1] == end) % 12
    found = {}
    for key in part.recurse().getElementsByClass("KeySignature"):
        mode = getattr(key, "mode", None)
        minor = mode == "minor" if mode else (7 * (key.sharps + 3)) % 12 == last
        found[round(Fraction(key.getOffsetInHierarchy(part)) * quarter)] = (key.sharps, int(minor))
    return [(tick, *key) for tick, key in sorted(found.items()) if abs(key[0]) <= 7]


def _text(text: Any) -> str:
    return str(text or "").strip()[:MOST_LETTERS]


def _report(score: Score, tones: Sequence[Tone], counts: Counts) -> ReadReport:
    off = [t for t in tones if (t.onset * GRID).denominator > 1 or (t.duration * GRID).denominator > 1]
    where = dict.fromkeys(place(score, round(t.onset * score.ticks_per_quarter)) for t in off)
    return ReadReport("", len(score), len(off), tuple(where)[:MOST_PLACES], **counts.found)
