"""Whether `midi.parse` and an independent reader, built here on mido, find the same notes in every file.

The rules, track by track, with ticks counted from the track's beginning:

- A note-on of velocity 0 is a note-off. A note-off ends, of the notes of its channel and pitch that still
  sound, the one that began first; where none sounds, it ends nothing.
- A note that nothing ended ends with its track.
- Notes of channel 10 are drums and left out; so are notes of no length.
- Of two notes of one pitch, on one track, channel and program, the earlier is cut where the later begins;
  of several that begin together only the longest stays (of equally long ones the last).

A file agrees by count where both have as many notes, and by notes where the multisets of (onset, pitch,
velocity, duration) are equal. Files that one of the two refuses are counted and named, not compared. The exit
status is 1 where a file differs that has no row in EXPLAINED.
"""

import io
import sys
import zipfile
from argparse import ArgumentParser, Namespace
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import mido
from measure import Result, parser, run, say, table

from partimento.errors import InputError, MissingData
from partimento.midi import parse

Note = tuple[int, int, int, int]  # onset, pitch, velocity, duration
SUFFIXES = (".mid", ".midi")
DRUMS = 9  # channel 10 to people
EXPLAINED: dict[str, str] = {}  # a file on which the two disagree, and why
DIFFERENT = ("same count only", "another count")
OUTCOMES = ("same notes", *DIFFERENT, "refused by partimento", "refused by mido")


@dataclass(frozen=True)
class Verdict:
    """What came of one file, ``details`` where it is not the first of OUTCOMES."""

    name: str
    outcome: str
    notes: int = 0
    details: str = ""


def options() -> ArgumentParser:
    """The paths and --pieces beside the common ones."""
    made = parser(__doc__)
    made.add_argument("paths", nargs="+", type=Path, help="archives (.zip) or folders of MIDI files")
    made.add_argument("--pieces", type=int, metavar="N", help="only the first N files of each path")
    return made


def measured(given: Namespace) -> Result:
    """The number of files by path and outcome, and every file that does not agree."""
    most = 5 if given.quick else given.pieces
    verdicts = {str(path): list(judged(path, most)) for path in given.paths}
    return {
        "counts": {path: Counter(verdict.outcome for verdict in found) for path, found in verdicts.items()},
        "notes": {path: sum(verdict.notes for verdict in found) for path, found in verdicts.items()},
        "others": [asdict(v) for found in verdicts.values() for v in found if v.outcome != OUTCOMES[0]],
    }


def judged(path: Path, most: int | None) -> Iterator[Verdict]:
    """The verdict on each of the first ``most`` files under ``path``."""
    for number, (name, data) in enumerate(islice(files(path), most), start=1):
        yield compared(name, data)
        if number % 100 == 0:
            say(f"{path.name}: {number} files")


def files(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each MIDI file in an archive or a folder, by name."""
    if path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
        yield from ((str(file.relative_to(path)), file.read_bytes()) for file in found)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.lower().endswith(SUFFIXES))
            yield from ((name, archive.read(name)) for name in names)
    else:
        raise MissingData(f"{path} is neither a folder nor a zip archive: give one that holds MIDI files")


def compared(name: str, data: bytes) -> Verdict:
    """The verdict on one file."""
    try:
        score, _ = parse(data, name)
    except InputError as error:
        return Verdict(name, "refused by partimento", details=str(error))
    try:
        theirs = Counter(read(data))
    except (OSError, EOFError, ValueError, KeyError, IndexError) as error:
        return Verdict(name, "refused by mido", details=repr(error))
    notes = score.notes
    ours = Counter(zip(*(notes[field].tolist() for field in ("onset", "pitch", "velocity", "duration")), strict=True))
    if ours == theirs:
        return Verdict(name, "same notes", ours.total())
    outcome = "same count only" if ours.total() == theirs.total() else "another count"
    return Verdict(
        name, outcome, ours.total(), f"only ours {told_of(ours - theirs)}, only mido's {told_of(theirs - ours)}"
    )


def told_of(notes: Counter[Note]) -> str:
    """How many notes, and the first of them."""
    return f"{notes.total()} {sorted(notes)[:3]}"


def read(data: bytes) -> Iterator[Note]:
    """The notes of a file by the rules above."""
    for track in mido.MidiFile(file=io.BytesIO(data)).tracks:
        voices: defaultdict[tuple[int, int, int], list[list[int]]] = defaultdict(list)
        for voice, note in sounded(track):
            voices[voice].append(note)
        for (channel, pitch, _), notes in voices.items():
            if channel != DRUMS:
                yield from ((onset, pitch, velocity, length) for onset, length, velocity in without_overlaps(notes))


def sounded(track: Iterable[Any]) -> Iterator[tuple[tuple[int, int, int], list[int]]]:
    """(channel, pitch, program) and [onset, velocity, release] of each note of a track, by onset."""
    now, programs, begun = 0, defaultdict(int), []
    sounding: defaultdict[tuple[int, int], deque[list[int]]] = defaultdict(deque)
    for message in track:
        now += message.time
        if message.type == "program_change":
            programs[message.channel] = message.program
        elif message.type == "note_on" and message.velocity:
            note = [now, message.velocity, -1]
            begun.append(((message.channel, message.note, programs[message.channel]), note))
            sounding[message.channel, message.note].append(note)
        elif message.type in ("note_on", "note_off") and sounding[message.channel, message.note]:
            sounding[message.channel, message.note].popleft()[-1] = now
    for voice, (onset, velocity, release) in begun:
        yield voice, [onset, velocity, now if release < 0 else release]


def without_overlaps(notes: list[list[int]]) -> Iterator[tuple[int, int, int]]:
    """(onset, length, velocity) of the notes of one voice, cut where the next one begins."""
    long = sorted(((on, off - on, velocity) for on, velocity, off in notes if off > on), key=lambda note: note[:2])
    for (onset, length, velocity), following in zip(long, [*long[1:], None], strict=True):
        kept = min(length, following[0] - onset) if following else length
        if kept:
            yield onset, kept, velocity


def told(result: Result) -> Iterable[str]:
    """A row per path, then every file that does not agree, with the reason where it is known."""
    rows = result["counts"].items()
    yield from table(
        [
            {"path": Path(path).name, "notes": result["notes"][path], **{name: counts[name] for name in OUTCOMES}}
            for path, counts in rows
        ]
    )
    for other in result["others"]:
        reason = EXPLAINED.get(Path(other["name"]).name, "not explained")
        yield f"\n{other['name']}: {other['outcome']}: {other['details']} ({reason})"


def unexplained(result: Result) -> int:
    """The exit status: 1 where both read a file and differ, without a row in EXPLAINED."""
    differing = (other["name"] for other in result["others"] if other["outcome"] in DIFFERENT)
    return int(any(Path(name).name not in EXPLAINED for name in differing))


if __name__ == "__main__":
    sys.exit(unexplained(run(options(), measured, told)))
