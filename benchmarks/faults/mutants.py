"""Spoilt MIDI files by the thousand, from a seed: the same seed gives the same files."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.faults.events import END_OF_TRACK, NOTE
from benchmarks.faults.floods import flood
from benchmarks.faults.mutations import KINDS, smf, with_events
from partimento.midi import to_bytes
from partimento.score import NOTE as NOTES
from partimento.score import PEDAL, TEMPO, Score, table

SHARED_DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
REAL = {"free-piano.zip": 6, "maestro-v3.0.0-midi.zip": 1}  # archive of real files: how many of the smallest are taken
SMALLEST = 500  # bytes of a real file that is music
FLOOD_EVERY = 400  # mutants one is a flood: up to 10 MiB each
NAMES = {  # how a hostile file may be called: what stands between its number and its suffix
    "terminal escape": "\x1b[31m\x1b]0;x\x07",
    "line break": "a\nb\r",
    "no Unicode": "\udcff\udc80",
    "backwards": "\u202egnp",
    "long": "n" * 200,
    "quotes": "'\"$(true);",
    "comma": 'a,"b\t',
    "dots": "..",
    "blank": " ",
}
SEQUENCER_SPECIFIC = b"\x00\xff\x7f\x04"  # a meta event of four bytes: marks a file, so that few are the same
SUFFIXES = (".mid", ".midi", ".MID")


@dataclass(frozen=True)
class Mutant:
    """A file to be read: its name, the kind of damage, its bytes."""

    name: str
    kind: str
    data: bytes


def mutants(seed: int, count: int, originals: Sequence[bytes], flood_every: int = FLOOD_EVERY) -> Iterator[Mutant]:
    """``count`` mutants of ``originals``, each kind in turn; one of ``flood_every`` is a flood.

    A mutant is a function of the seed and its number alone: more of them begin with the same ones.
    """
    kinds = [*KINDS, "name"]
    for number in range(count):
        if number % flood_every == flood_every - 1:
            name, data = flood(number // flood_every)
            yield Mutant(f"flood-{number:05}.mid", f"flood of {name}", data)  # by name, all floods come together
        else:
            yield _mutant(number, kinds[number % len(kinds)], originals, Random(f"{seed}:{number}"))


def _mutant(number: int, kind: str, originals: Sequence[bytes], chance: Random) -> Mutant:
    original, suffix = chance.choice(originals), chance.choice(SUFFIXES)
    if kind == "name":  # and a duplicate, too
        return Mutant(f"{number:05}-{chance.choice(list(NAMES.values()))}{suffix}", kind, original)
    marked = with_events(original, SEQUENCER_SPECIFIC + number.to_bytes(4, "big"), chance)
    return Mutant(f"{number:05}-{kind.replace(' ', '-')}{suffix}", kind, KINDS[kind](marked, chance))


def generated() -> list[bytes]:
    """Small sound files of every shape: one track and several, channels, drums, pedals, maps, running status."""
    rows = [(120 * i, 200, 50 + i % 30, 20 + 3 * i % 100, i % 2) for i in range(40)]
    score = Score(
        table(NOTES, rows),
        pedals=table(PEDAL, [(0, 400, 0), (500, 900, 1)]),
        tempi=table(TEMPO, [(0, 90.0), (960, 140.0)]),
        tracks=("Right", "Left"),
        title="Small",
    )
    running = b"\x00\x90\x3c\x40" + b"\x0a\x3c\x00\x00\x40\x50\x0a\x40\x00\x00\x3c\x40" * 12 + b"\x0a\x3c\x00"
    band = b"".join(bytes([0, 0xC0 | c, c, 0, 0x90 | c, 50 + c, 90, 5, 0x80 | c, 50 + c, 0]) for c in range(16))
    exclusive = b"\x00\xf0\x05\x7e\x7f\x09\x01\xf7\x00\xff\x7f\x02ab"
    return [
        to_bytes(score, texts=("by hand",)),
        smf(running + END_OF_TRACK, kind=0, division=96),
        smf(END_OF_TRACK, exclusive + band + END_OF_TRACK, NOTE + END_OF_TRACK),
    ]


def real(shared: Path = SHARED_DATA) -> list[bytes]:
    """A few small real files of each archive of REAL that is in ``shared``."""
    return [
        data for name, count in REAL.items() if (shared / name).is_file() for data in _smallest(shared / name, count)
    ]


def _smallest(path: Path, count: int) -> Iterator[bytes]:
    """The smallest ``count`` files of an archive, one of each folder."""
    with zipfile.ZipFile(path) as archive:
        files = [info for info in archive.infolist() if info.filename.lower().endswith((".mid", ".midi"))]
        music = sorted((info.file_size, info.filename) for info in files if info.file_size >= SMALLEST)
        folders = {name.rsplit("/", 2)[0]: name for _, name in reversed(music)}
        chosen = sorted(folders.values(), key=lambda name: archive.getinfo(name).file_size)[:count]
        yield from map(archive.read, chosen)


def originals(shared: Path = SHARED_DATA) -> list[bytes]:
    """What mutants are made of: generated files, and real ones where they are."""
    return [*generated(), *real(shared)]
