import zipfile
from dataclasses import replace
from importlib.util import find_spec
from io import BytesIO

import pytest
from sheets import sheet

from partimento.errors import InputError
from partimento.notation import read_isolated, to_musicxml
from partimento.notation.containers import CONTAINER, text_of
from partimento.notation.parcel import unpack
from partimento.notation.read import parse_packed
from partimento.score import TEMPO, table

pytestmark = pytest.mark.skipif(find_spec("music21") is None, reason="needs music21: pip install partimento[score]")

CHOIR = sheet(
    [(67, 4), (66, 6), (67, 2), (69, 8), (70, 2), (69, 2), (67, 20)],
    [(62, 20), (62, 24)],
    [(None, 4), (58, 40)],
    [(55, 44)],
    metre=(4, 3, 4),
    key=(0, -2, True),
    fermatas=[24],
    title="Ach",
)
KERN = """**kern\t**kern
*M3/4\t*M3/4
*k[f#]\t*k[f#]
=0-\t=0-
4G\t8g
.\t8a
=1\t=1
[2.G\t4b;
.\t4cc
.\t4dd
=2\t=2
4G]\t12g
.\t12a
.\t12b
2r\t2g
==\t==
*-\t*-
"""


def read(data, kind="musicxml"):
    return unpack(parse_packed(data, kind), "a")


def with_notes(*notes):
    """MusicXML of one bar of 4/4 with these elements in it."""
    head = '<score-partwise><part-list><score-part id="P1"><part-name>alto</part-name></score-part></part-list>'
    signs = "<attributes><divisions>6</divisions><time><beats>4</beats><beat-type>4</beat-type></time></attributes>"
    return f'{head}<part id="P1"><measure number="1">{signs}{"".join(notes)}</measure></part></score-partwise>'.encode()


def note(duration, more="", before="", step="C"):
    pitch = f"<pitch><step>{step}</step><octave>4</octave></pitch>"
    return f"<note>{before}{pitch}{duration and f'<duration>{duration}</duration>'}<voice>1</voice>{more}</note>"


def test_what_was_written_is_read_note_for_note():
    score, report = read(to_musicxml(CHOIR))
    assert score == CHOIR and score.tracks == CHOIR.tracks and score.title == "Ach"
    assert report.changes == {} and report.lines() == ["a: 11 notes kept"]


def test_a_tempo_is_kept_though_no_mark_is_printed():
    score = replace(CHOIR, tempi=table(TEMPO, [(0, 72.0), (16, 60.5)]))
    assert read(to_musicxml(score))[0] == score and b"metronome" not in to_musicxml(score)


def test_a_file_is_read_in_a_child_process_and_a_broken_one_refused_in_words(tmp_path):
    (tmp_path / "a.musicxml").write_bytes(to_musicxml(CHOIR))
    (tmp_path / "b.xml").write_bytes(to_musicxml(CHOIR)[:-40])
    assert read_isolated(tmp_path / "a.musicxml")[0] == CHOIR
    with pytest.raises(InputError, match=r"music21 can't read the score \(ParseError.*export it anew"):
        read_isolated(tmp_path / "b.xml")


def test_kern_is_read_from_the_highest_spine_with_its_triplets_said():
    score, report = read(KERN.encode(), "kern")
    rows = [(row[0], row[1], row[2], row[4]) for row in score.notes.tolist()]
    assert score.ticks_per_quarter == 12 and rows[:3] == [(0, 12, 55, 1), (0, 6, 67, 0), (6, 6, 69, 0)]
    assert (12, 48, 55, 1) in rows and score.fermatas["onset"].tolist() == [12]
    assert score.metres.tolist() == [(12, 3, 4)] and score.keys.tolist() == [(0, 1, False)]
    assert report.off_grid == 3 and report.places == ("bar 2, beat 1", "bar 2, beat 1.333", "bar 2, beat 1.667")


def test_what_no_score_holds_is_dropped_and_counted():
    grace = note("", before="<grace/>", step="D")
    lyric = note(6, more="<type>quarter</type><lyric><text>Ach</text></lyric>")
    loose = note(18, before="", more='<notations><tied type="start"/></notations>').replace(
        "<voice>", '<tie type="start"/><voice>'
    )
    score, report = read(with_notes(grace, lyric, loose))
    assert [row[1] for row in score.notes.tolist()] == [4, 12] and score.tracks == ("Alto",)
    assert report.changes == {"graces": 1, "lyrics": 1, "loose_ties": 1}


def test_voices_of_one_staff_are_taken_apart():
    below = note(24, step="E").replace("<voice>1", "<voice>2")
    score, report = read(with_notes(note(24), "<backup><duration>24</duration></backup>", below))
    assert score.notes["track"].tolist() == [0, 1] and score.tracks == ("Alto 1", "Alto 2") and report.voices == 1


def zipped(**members):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in members.items():
            archive.writestr({"container": CONTAINER}.get(name, name), text)
    return file.getvalue()


def test_a_zipped_score_is_found_by_its_container():
    container = '<container><rootfiles><rootfile full-path="score"/></rootfiles></container>'
    assert text_of(zipped(container=container, score="<score-partwise/>"), "mxl") == "<score-partwise/>"


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><score-partwise/>", "musicxml", "declares XML entities"),
        (b"<score-timewise/>", "musicxml", "timewise"),
        (b"<html/>", "musicxml", "no MusicXML score"),
        (b"Sonata", "kern", r"no \*\*kern spine"),
        (b"PK\3\4", "mxl", "no whole .mxl"),
        (zipped(score="x"), "mxl", "no whole .mxl"),
        (b"<score-partwise/>", "musicxml", "no notes|can't read"),
    ],
)
def test_what_is_no_score_is_refused_in_words(data, kind, words):
    with pytest.raises(InputError, match=words):
        parse_packed(data, kind)


def test_a_file_that_is_not_there_or_of_another_kind_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"a\.krn can't be read: No such file"):
        read_isolated(tmp_path / "a.krn")
    with pytest.raises(InputError, match=r"a\.abc: no notation that is read: give one of \.musicxml"):
        read_isolated(tmp_path / "a.abc")
