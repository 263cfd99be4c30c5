"""How often notes bear the names that the editions of Bach's chorales give them.

    python benchmarks/chorale_spelling.py

Reads the compressed MusicXML of the installed music21 as XML, with its names of pitches, which Scores do not hold;
each note is then named anew from its pitch, the signatures and the notes around. Files without four parts of one
voice each are left out. ``altered``: the notes that are not in the scale of the signature in force.
"""

import zipfile
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from measure import Result, parser, run, table, timed

from partimento.data.sources.chorales import installed
from partimento.notation.spelling import altered, name, signatures, spelled
from partimento.score import KEY, NOTE, Score
from partimento.score import table as rows_of
from partimento.voices import NAMES

CLASSES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
PARTS, VELOCITY, FEW = 4, 80, 20
Named = tuple[int, int, int, str, int]  # onset, duration, pitch, letter, alteration


def measured(given: Namespace) -> Result:
    """Over all files: how many notes, how many bear the edition's name, and of which names they are mistaken."""
    files = sorted(installed().glob("*.mxl"))[:: FEW if given.quick else 1]
    counts, mistaken = Counter[str](), Counter[str]()
    _, spent = timed(lambda: [_count(path, counts, mistaken) for path in files])
    worst = [{"edition": a, "ours": b, "notes": n} for (a, b), n in Counter(_pairs(mistaken)).most_common(12)]
    return {"counts": dict(counts), "mistaken": worst, "cpu_s": spent.cpu_s}


def told(result: Result) -> list[str]:
    """A row of shares, and what is mistaken for what."""
    found = result["counts"]
    summary = {
        "chorales": found["chorales"],
        "notes": f"{found['notes']:,}",
        "named as the edition does": f"{found['right'] / found['notes']:.2%}",
        "altered notes": f"{found['altered']:,}",
        "named as the edition does, of these": f"{found['altered right'] / found['altered']:.2%}",
        "wrong": found["notes"] - found["right"],
        "CPU-s": round(result["cpu_s"], 1),
    }
    return [*table([summary]), "", *table(result["mistaken"])]


def _pairs(mistaken: Counter[str]) -> dict[tuple[str, str], int]:
    return {(pair.split()[0], pair.split()[1]): count for pair, count in mistaken.items()}


def _count(path: Path, counts: Counter[str], mistaken: Counter[str]) -> None:
    """Add one file, where it is a chorale of four single voices."""
    with zipfile.ZipFile(path) as folder:
        inside = next(each for each in folder.namelist() if each.endswith(("xml", "musicxml")) and "META" not in each)
        parts = ElementTree.fromstring(folder.read(inside)).findall("part")
    if len(parts) != PARTS:
        return
    voices = [list(_notes(part)) for part in parts]
    notes = [
        (onset, length, pitch, VELOCITY, v) for v, voice in enumerate(voices) for onset, length, pitch, *_ in voice
    ]
    if any(min(row[:3]) < 0 or not row[1] for row in notes) or len({row[0::4] for row in notes}) < len(notes):
        return
    names = {(onset, v): (letter, alter) for v, voice in enumerate(voices) for onset, _, _, letter, alter in voice}
    score = Score(rows_of(NOTE, notes), 1, keys=rows_of(KEY, list(_keys(parts[0], voices))), tracks=NAMES)
    counts["chorales"] += 1
    sharps = [(tick, altered(each)) for tick, each, _ in signatures(score)]
    for note, place in zip(score.notes.tolist(), spelled(score).tolist(), strict=True):
        theirs, ours = names[note[0], note[4]], name(place, note[2])[:2]
        scale = next((each for tick, each in reversed(sharps) if tick <= note[0]), sharps[0][1])
        outside = theirs[1] != scale[theirs[0]]
        counts.update(
            {"notes": 1, "right": theirs == ours, "altered": outside, "altered right": outside & (theirs == ours)}
        )
        if theirs != ours:
            mistaken[f"{theirs[0]}{theirs[1]:+d} {ours[0]}{ours[1]:+d}"] += 1


def _notes(part: Element) -> Iterator[Named]:
    """The notes of a part, those tied to the one before left out."""
    now = 0
    for element in part.iter():
        if element.tag in ("backup", "forward"):
            now += int(element.findtext("duration", "0")) * (1 if element.tag == "forward" else -1)
        if element.tag != "note" or element.find("grace") is not None:
            continue
        length, pitch = int(element.findtext("duration", "0")), element.find("pitch")
        tied = any(tie.get("type") == "stop" for tie in element.findall("tie"))
        if pitch is not None and not tied:
            letter, alter = pitch.findtext("step", ""), int(float(pitch.findtext("alter", "0")))
            yield now, length, 12 * (int(pitch.findtext("octave", "0")) + 1) + CLASSES[letter] + alter, letter, alter
        now += length


def _keys(part: Element, voices: list[list[Named]]) -> Iterator[tuple[int, int, int]]:
    """Signatures with their modes; one without is minor where the last bass note is that tonic."""
    now, last = 0, voices[-1][-1][2] % 12 if voices[-1] else -1
    for element in part.iter():
        if element.tag == "key" and element.findtext("fifths"):
            sharps, mode = int(element.findtext("fifths", "0")), element.findtext("mode", "")
            yield now, sharps, mode == "minor" if mode else (7 * (sharps + 3)) % 12 == last
        if element.tag == "note":
            now += int(element.findtext("duration", "0"))


if __name__ == "__main__":
    run(parser(__doc__), measured, told)
