from importlib.util import find_spec
from xml.etree import ElementTree

import pytest
from musicxml_schema import shipped
from sheets import melody, sheet

from partimento.errors import UsageError
from partimento.notation import Mark, to_musicxml
from partimento.score import Provenance


def written(score, **settings):
    return ElementTree.fromstring(to_musicxml(score, **settings))


def texts(root, path):
    return [each.text for each in root.findall(path)]


def choir(**settings):
    voices = ([(72, 16), (74, 8)], [(67, 24)], [(64, 12), (65, 12)], [(48, 24)])
    return sheet(*voices, metre=(4, 3, 4), key=(0, -1, True), fermatas=[16], **settings)


def test_four_voices_have_their_names_and_clefs():
    root = written(choir())
    assert texts(root, "part-list/score-part/part-name") == ["Soprano", "Alto", "Tenor", "Bass"]
    assert texts(root, ".//clef/sign") == [*"GGGF"] and texts(root, ".//clef/clef-octave-change") == ["-1"]


def test_the_signs_stand_at_the_beginning_and_where_they_change():
    root = written(melody(*[60] * 7, metre=[(0, 4, 4), (16, 3, 4)], key=(0, -3, True)))
    first, second = root.findall("part/measure")
    assert texts(first, "attributes/key/fifths") == ["-3"] and texts(first, "attributes/key/mode") == ["minor"]
    assert texts(second, "attributes/time/beats") == ["3"] and not second.findall(".//key")


def test_a_pickup_is_implicit_and_numbered_nought():
    measures = written(choir()).find("part").findall("measure")
    assert [each.attrib for each in measures[:2]] == [{"number": "0", "implicit": "yes"}, {"number": "1"}]
    assert texts(measures[0], "note/duration") == ["16"]


def test_a_note_across_a_bar_line_is_tied_and_sounds_as_long():
    notes = written(sheet([(60, 12), (62, 8)])).findall(".//note")[1:3]
    assert [note.find("tie").get("type") for note in notes] == ["start", "stop"]
    assert [note.find("notations/tied").get("type") for note in notes] == ["start", "stop"]


def test_a_fermata_stands_on_the_last_of_tied_notes():
    notes = written(sheet([(60, 12), (62, 8)], fermatas=[12])).findall(".//note")
    assert [note.find(".//fermata") is not None for note in notes[:3]] == [False, False, True]


def test_a_rest_of_a_bar_has_no_type():
    notes = written(sheet([(None, 16), (60, 16)])).findall(".//note")
    assert notes[0].find("rest").get("measure") == "yes" and notes[0].find("type") is None


@pytest.mark.parametrize(
    ("pitches", "signs"),
    [
        ((66, 66, 65, 64), ["sharp", None, "natural", None]),
        ((66, 78, 67, 67), ["sharp", "sharp", None, None]),
        ((67, 67, 67, 66, 66), [None, None, None, "sharp", "sharp"]),
    ],
)
def test_an_accidental_counts_for_its_octave_until_the_bar_ends(pitches, signs):
    notes = written(melody(*pitches)).findall(".//note")[: len(pitches)]
    assert [note.findtext("accidental") for note in notes] == signs


def test_where_it_comes_from_is_said_and_the_letters_that_xml_cannot_hold_are_left_out():
    origin = Provenance("book", "J. S. <Bach>", "CC0", "thanks\x00")
    root = written(choir(title="Ach & weh", origin=origin), texts=["seed 7"])
    assert root.findtext("work/work-title") == "Ach & weh"
    found = root.find("identification")
    assert [found.findtext(tag) for tag in ("creator", "rights", "source")] == ["J. S. <Bach>", "CC0", "book"]
    assert texts(found, "miscellaneous/miscellaneous-field") == ["thanks", "seed 7"]


def test_the_same_score_gives_the_same_bytes_without_a_date():
    assert to_musicxml(choir()) == to_musicxml(choir()) and b"date" not in to_musicxml(choir())


def test_a_mark_colours_the_notes_of_its_voices_and_numbers_the_first():
    root = written(choir(), marks=[Mark(1, 1, ("Alto", "Bass"), "parallel fifths")])
    coloured = [part.get("id") for part in root.findall("part") if part.find(".//note[@color]") is not None]
    assert coloured == ["P2", "P4"] and texts(root, ".//words") == ["1"]


@pytest.mark.parametrize(
    ("mark", "words"),
    [(Mark(9, 1, (), "x"), "the score has bars 0 to 2"), (Mark(1, 1, ("Oboe",), "x"), "the score has Soprano, Alto")],
)
def test_a_mark_outside_the_score_is_refused(mark, words):
    with pytest.raises(UsageError, match=words):
        to_musicxml(choir(), [mark])


def test_two_notes_at_once_in_a_track_are_refused_with_their_place():
    chord = sheet([(60, 4), (64, 4)])
    notes = chord.notes.copy()
    notes["onset"][1] = 2
    with pytest.raises(UsageError, match=r"Soprano: bar 1, beat 1\.5: two notes at once"):
        to_musicxml(chord.with_notes(notes))


@pytest.mark.skipif(find_spec("music21") is None, reason="needs the schema of music21's wheel")
def test_what_is_written_keeps_to_the_schema_and_the_check_can_fail():
    schema = shipped()
    full = to_musicxml(choir(title="T", origin=Provenance("a", "b", "c", "d")), [Mark(1, 1, (), "x")], ["seed"])
    assert schema.faults(full) == []
    assert schema.faults(full.replace(b"<voice>1</voice>", b"")) == []
    assert schema.faults(full.replace(b"light-heavy", b"heavier")) == ["bar-style: 'heavier' is no bar-style"] * 4
    assert any("children" in fault for fault in schema.faults(full.replace(b"fifths>", b"mode>")))
