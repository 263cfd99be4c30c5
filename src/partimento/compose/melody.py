"""What a musician gives to a chorale model: a melody or a four-part score from a file, put on the grid and checked.

Everything that is changed on the way is said; what stays is tick for tick as the file has it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from .. import midi, notation
from ..codecs.chorale_meta import LONGEST_BAR
from ..data.keys import estimated_key
from ..edit import transpose
from ..errors import InputError, UsageError
from ..keys import key_name, key_of
from ..notation.bars import place
from ..notation.fermatas import once
from ..score import FERMATA, KEY, METRE, TEMPO, Array, Score, table
from ..units import DEFAULT_QUARTERS_PER_MINUTE, pitch_name
from ..voices import NAMES, VOICES
from .bars import bar_list, middle_notes
from .melody_grid import divisible, on_grid
from .melody_parts import Parts, parts

METRES = f"a metre has bars of whole 16ths, at most {LONGEST_BAR} of them, such as 4/4, 3/4, 6/8 or 4/2"
READ = f"give MIDI (.mid), MusicXML or kern ({', '.join(notation.SUFFIXES)})"
WHOLE = 16  # 16ths
COMMON = (4, 4)
OCTAVE, MOST_TRANSPOSED = 12, 48  # semitones


@dataclass(frozen=True)
class Said:
    """What one says of a file; where nothing is said, it is as the file has it.

    ``key`` by its name, ``metre`` as 3/4, ``fermatas`` the bars in the middle of which the melody has one (numbers, or
    text with commas), ``transpose`` in semitones, before all else.
    """

    key: str = ""
    metre: str = ""
    fermatas: str | Sequence[int] = ()
    transpose: int = 0

    def __post_init__(self) -> None:
        if abs(self.transpose) > MOST_TRANSPOSED:
            raise UsageError(f"--transpose {self.transpose} is out of range: -{MOST_TRANSPOSED} to {MOST_TRANSPOSED}")


def music(source: str | Path | Score) -> tuple[Score, str, list[str]]:
    """The music of a file (MIDI, MusicXML or kern), its name, and what reading it dropped. Raises InputError."""
    if isinstance(source, Score):
        return source, source.title or "the score", []
    path = Path(source)
    if not path.exists():
        raise InputError(f"{path}: there is no such file; {READ}", "unreadable")
    if path.suffix.lower() in notation.SUFFIXES:
        score, report = notation.read_isolated(path)
        lines = [line for line in report.lines() if "off the grid" not in line]  # ``on_grid`` says what became of them
        return _titled(score, path), path.name, lines if len(lines) > 1 else []
    read, found = midi.read_isolated(path, midi.PRIMER_LIMITS)
    return _titled(_pickup_told(_tempo_told(read)), path), path.name, found.lines() if found.changes else []


def _titled(score: Score, path: Path) -> Score:
    """``score`` with its own title, or that of the file."""
    return replace(score, title=score.title or path.stem)


def melody(score: Score, name: str, said: Said = Said(), voices: Sequence[int] = ()) -> Parts:
    """``score``, read from a file called ``name``, as voices of a chorale on the grid of 16ths, its metre and key told.

    ``voices``: which one a single part is. Raises InputError and UsageError for what is no such thing, in words.
    """
    found = parts(divisible(score, name), name, voices)
    metred, remarks = on_grid(_metred(found.score, said.metre, name), name)
    moved = transpose(metred, said.transpose)
    _check_length(moved, name)
    keyed, key_remarks = _keyed(moved, said.key)
    whole = _with_fermatas(keyed, said.fermatas, found.voices[0])
    return replace(found, score=whole, remarks=(*found.remarks, *remarks, *key_remarks))


def four_parts(source: str | Path | Score) -> Score:
    """All four voices of a file or a Score, on the grid of 16ths. Raises InputError, UsageError for fewer voices."""
    score, name, _ = music(source)
    found = melody(score, name)
    if len(found.voices) < len(NAMES):
        there = ", ".join(NAMES[voice].lower() for voice in found.voices)
        raise UsageError(f"{name}: has only {there}; give a score of four voices")
    check_singable(found.score, name)
    return found.score


def check_singable(kept: Score, name: str, transposed: int = 0) -> None:
    """Refuse notes beyond the range of their voice, with what would bring them in. Raises InputError.

    ``transposed``: by how many semitones they are already.
    """
    for number, voice in enumerate(VOICES):
        notes = kept.notes[kept.notes["track"] == number]
        wrong = notes[(notes["pitch"] < voice.low) | (notes["pitch"] > voice.high)]
        if len(wrong):
            range_text = f"{pitch_name(voice.low)} to {pitch_name(voice.high)}"
            what = f"{place(kept, int(wrong['onset'][0]))}: {pitch_name(int(wrong['pitch'][0]))}"
            beyond = f"is beyond the range of the {voice.name.lower()}, {range_text}"
            raise InputError(f"{name}: {what} {beyond}; {'; or '.join(_ways_in(kept, number, transposed))}", "voices")


def metre_of(text: str) -> tuple[int, int]:
    """``3/4`` as beats and unit. Raises UsageError."""
    found = re.fullmatch(r"\s*(\d{1,3})\s*/\s*(\d{1,3})\s*", text)
    if not found or not _has_bars(int(found[1]), int(found[2])):
        raise UsageError(f"--metre {text}: {METRES}")
    return int(found[1]), int(found[2])


def _ways_in(kept: Score, voice: int, transposed: int) -> Iterator[str]:
    """What one may do about notes out of range: transpose, or take a single voice for another."""
    tracks = np.unique(kept.notes["track"]).tolist()
    shifts = _shifts(kept, dict(zip(tracks, tracks, strict=True)))
    others = [number for number in range(len(VOICES)) if len(tracks) == 1 and 0 in _shifts(kept, {voice: number})]
    if shifts:
        best = min(shifts, key=lambda by: (by % OCTAVE != 0, abs(by))) + transposed  # whole octaves keep the key
        yield f"say --transpose {best}" if best else "leave --transpose out"
    if others:
        yield f"say --keep {NAMES[others[0]].lower()}"
    if not shifts and not others:
        yield "no transposition brings all notes in, so move some by octaves"


def _shifts(kept: Score, voices: dict[int, int]) -> range:
    """By how many semitones all notes may move so that every track is within the range of its voice."""
    low, high = -MOST_TRANSPOSED, MOST_TRANSPOSED
    for track, voice in voices.items():
        pitches = kept.notes["pitch"][kept.notes["track"] == track]
        low, high = max(low, VOICES[voice].low - int(pitches.min())), min(high, VOICES[voice].high - int(pitches.max()))
    return range(low, high + 1)


def _metred(score: Score, said: str, name: str) -> Score:
    """``score`` with the metre that is said, its own, or bars of 4/4. Raises InputError for one that is not known."""
    if said or not len(score.metres):
        first = score.metres["onset"][0] if len(score.metres) else 0
        return replace(score, metres=table(METRE, [(int(first), *(metre_of(said) if said else COMMON))]))
    for onset, beats, unit in score.metres.tolist():
        if not _has_bars(beats, unit):
            what = f"the metre {beats}/{unit} at {place(score, onset)} is not known"
            raise InputError(f"{name}: {what}: {METRES}; say --metre 4/4 to count otherwise")
    return score


def _has_bars(beats: int, unit: int) -> bool:
    """Whether bars of this metre are whole 16ths, and not too long."""
    return (
        0 < unit <= 64
        and unit.bit_count() == 1
        and not WHOLE * beats % unit
        and 0 < beats * WHOLE // unit <= LONGEST_BAR
    )


def _check_length(score: Score, name: str) -> None:
    unit = int(score.metres["unit"][0])
    lasts = score.end - int(score.notes["onset"].min())
    if lasts * unit < 4 * score.ticks_per_quarter:
        sixteenths = 4 * lasts // score.ticks_per_quarter
        raise InputError(
            f"{name}: lasts {sixteenths} 16ths, which is shorter than a beat; give a melody of a bar or so"
        )


def _keyed(score: Score, said: str) -> tuple[Score, list[str]]:
    """``score`` with the key that is said, its own keys, or the one that its notes suggest."""
    if said:
        return replace(score, keys=_one_key(*key_of(said))), []
    if len(score.keys):
        told = " and ".join(dict.fromkeys(key_name(sharps, minor) for _, sharps, minor in score.keys.tolist()))
        return score, [f"key: {told}, as the file has it; --key NAME says another"]
    key = estimated_key(score)
    return replace(score, keys=_one_key(*key)), [f"key: {key_name(*key)}, estimated; --key NAME says another"]


def _one_key(sharps: int, minor: bool) -> Array:
    return table(KEY, [(0, sharps, minor)])


def _with_fermatas(score: Score, said: str | Iterable[int], voice: int) -> Score:
    """``score`` with fermatas on the notes of ``voice`` in the middle of the bars that are said, instead of its own."""
    if not said:
        return once(score)
    ticks = middle_notes("--fermata", score, bar_list("--fermata", said), voice)
    return replace(score, fermatas=table(FERMATA, [(tick,) for tick in ticks]))


def _tempo_told(score: Score) -> Score:
    """MIDI without a tempo has 120 quarters to the minute: said, so that it stays so."""
    return score if len(score.tempi) else replace(score, tempi=table(TEMPO, [(0, DEFAULT_QUARTERS_PER_MINUTE)]))


def _pickup_told(score: Score) -> Score:
    """MIDI says a pickup as a bar of its own at the start; here it stands before the first metre."""
    rows = [
        (onset, WHOLE * beats // unit * score.ticks_per_quarter // 4) for onset, beats, unit in score.metres.tolist()
    ]
    is_pickup = len(rows) > 1 and rows[0] == (0, rows[1][0]) and rows[0][1] < rows[1][1]
    return replace(score, metres=score.metres[1:]) if is_pickup else score
