"""A Score in musical time to MusicXML 4.0, partwise.

One part to a track, one voice to a part. No date and no name of a machine: the same Score gives the same bytes.
Source: *MusicXML 4.0*, W3C Music Notation Community Group, Final Report of 2021.
"""

from collections.abc import Sequence, Set
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from ..score import Score
from ..store import write_atomically
from .bars import STEPS, Bar, bars, steps_of
from .fermatas import fermata_notes
from .marks import Drawn, Mark, drawn
from .note_elements import Pen, append
from .spelling import signatures, spelled
from .staves import Clef, Staff, staves

HEADER = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"'
    ' "http://www.musicxml.org/dtds/partwise.dtd">\n'
)
SOFTWARE = "Partimento"


class Signs(NamedTuple):
    """What stands at the beginning of a bar where it differs from the bar before."""

    key: tuple[int, str]
    metre: tuple[int, int]
    tempo: float | None


class Sheet(NamedTuple):
    """A Score laid out: its bars with their signs, the place of each note on the line of fifths, what marks draw, and
    the notes with fermatas."""

    score: Score
    bars: tuple[Bar, ...]
    signs: list[Signs]
    places: list[int]
    drawn: Drawn
    fermatas: Set[int]


def to_musicxml(score: Score, marks: Sequence[Mark] = (), texts: Sequence[str] = ()) -> bytes:
    """``score`` as the bytes of a MusicXML file; ``marks`` colour notes, ``texts`` stand among its identification.

    Raises UsageError, in words, where the music has no bars (a performance) or two notes at once in one track.
    """
    grid = bars(score)
    parts = staves(score, grid)
    sheet = Sheet(
        score, grid, _signs(score, grid), spelled(score).tolist(), drawn(marks, grid, parts), fermata_notes(score)
    )
    root = Element("score-partwise", version="4.0")
    _head(root, score, texts)
    _part_list(root, parts)
    for staff in parts:
        _part(root, staff, sheet)
    ElementTree.indent(root)
    return (HEADER + ElementTree.tostring(root, encoding="unicode") + "\n").encode()


def write_musicxml(score: Score, path: Path | str, texts: Sequence[str] = ()) -> None:
    """Write ``score`` to ``path`` as MusicXML, whole or not at all. Raises UsageError, WorkFailed."""
    write_atomically(Path(path), to_musicxml(score, texts=texts))


def _head(root: Element, score: Score, texts: Sequence[str]) -> None:
    """Title and identification."""
    origin = score.provenance
    if score.title:
        append(append(root, "work"), "work-title", score.title)
    identification = append(root, "identification")
    if origin.composer:
        append(identification, "creator", origin.composer, type="composer")
    if origin.licence:
        append(identification, "rights", origin.licence)
    append(append(identification, "encoding"), "software", SOFTWARE)
    if origin.source:
        append(identification, "source", origin.source)
    notes = [("credit", origin.credit)] * bool(origin.credit) + [("provenance", text) for text in texts]
    if notes:
        miscellaneous = append(identification, "miscellaneous")
        for name, text in notes:
            append(miscellaneous, "miscellaneous-field", text, name=name)


def _part_list(root: Element, parts: Sequence[Staff]) -> None:
    """The names, under one bracket."""
    listed = append(root, "part-list")
    group = append(listed, "part-group", type="start", number="1")
    append(group, "group-symbol", "bracket")
    append(group, "group-barline", "no")
    for staff in parts:
        named = append(listed, "score-part", id=_id(staff))
        append(named, "part-name", staff.name)
        append(named, "part-abbreviation", staff.abbreviation)
    append(listed, "part-group", type="stop", number="1")


def _id(staff: Staff) -> str:
    return f"P{staff.track + 1}"


def _part(root: Element, staff: Staff, sheet: Sheet) -> None:
    part = append(root, "part", id=_id(staff))
    before: Signs | None = None
    pen = Pen(sheet.score, sheet.places, sheet.drawn, staff.track, sheet.fermatas)
    for bar, signs, symbols in zip(sheet.bars, sheet.signs, staff.bars, strict=True):
        measure = append(part, "measure", number=str(bar.number), **({} if bar.number > 0 else {"implicit": "yes"}))
        _attributes(measure, signs, before, staff.clef)
        if staff.track == 0 and signs.tempo and (not before or before.tempo != signs.tempo):
            append(measure, "sound", tempo=f"{signs.tempo:.6g}")  # played, not printed: chorales have no such mark
        pen.write(measure, symbols, bar, signs.key[0])
        before = signs
    append(append(part[-1], "barline", location="right"), "bar-style", "light-heavy")


def _signs(score: Score, grid: Sequence[Bar]) -> list[Signs]:
    """What is in force where each bar begins; what changes later in it shows at the next."""
    keys = [(steps_of(score, tick), (sharps, mode)) for tick, sharps, mode in signatures(score)]
    tempi = [(steps_of(score, tick), tempo) for tick, tempo in score.tempi.tolist()]
    found = []
    for bar in grid:
        key = next((key for step, key in reversed(keys) if step <= bar.start), (0, "none"))
        tempo = next((tempo for step, tempo in reversed(tempi) if step <= bar.start), None)
        found.append(Signs(key, (bar.beats, bar.unit), tempo))
    return found


def _attributes(measure: Element, signs: Signs, before: Signs | None, clef: Clef) -> None:
    if before and (before.key, before.metre) == (signs.key, signs.metre):
        return
    attributes = append(measure, "attributes")
    if not before:
        append(attributes, "divisions", STEPS)
    if not before or before.key != signs.key:
        _key(attributes, *signs.key)
    if not before or before.metre != signs.metre:
        time = append(attributes, "time")
        append(time, "beats", signs.metre[0])
        append(time, "beat-type", signs.metre[1])
    if not before:
        _clef(attributes, clef)


def _key(attributes: Element, sharps: int, mode: str) -> None:
    key = append(attributes, "key")
    append(key, "fifths", sharps)
    if mode != "none":
        append(key, "mode", mode)


def _clef(attributes: Element, clef: Clef) -> None:
    element = append(attributes, "clef")
    append(element, "sign", clef.sign)
    append(element, "line", clef.line)
    if clef.octaves:
        append(element, "clef-octave-change", clef.octaves)
