import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sheets import melody

from partimento.errors import InputError
from partimento.notation.parcel import pack, unpack
from partimento.notation.report import ReadReport

SCORE = melody(60, 62, fermatas=[4], title="x")
PARCEL = pack(SCORE, ReadReport("", 2, lyrics=3, places=("bar 1, beat 1",)))


def test_a_score_and_its_report_come_out_as_they_went_in():
    score, report = unpack(PARCEL, "a.xml")
    assert score == SCORE and score.title == "x" and score.provenance.source == "a.xml"
    assert report == ReadReport("a.xml", 2, lyrics=3, places=("bar 1, beat 1",))


def changed(*path, to):
    told = json.loads(PARCEL)
    inner = told
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    "parcel",
    [
        b"",
        b"[]",
        changed("ticks_per_quarter", to=0),
        changed("tracks", to=[]),
        changed("tracks", to=[1]),
        changed("title", to="x" * 1000),
        changed("tables", "notes", 0, 2, to=128),
        changed("tables", "notes", 0, 1, to=0),
        changed("tables", "notes", 0, 0, to="0"),
        changed("tables", "notes", 0, 4, to=7),
        changed("tables", "notes", 0, to=[1]),
        changed("tables", "metres", 0, 2, to=3),
        changed("tables", "tempi", to=[[0, float("nan")]]),
        changed("report", "lyrics", to=-1),
        changed("report", "places", to=["x"] * 100),
    ],
)
def test_what_no_score_gives_is_refused_in_one_line(parcel):
    with pytest.raises(InputError, match=r"^a\.xml: reading it gave .* check where the file is from$"):
        unpack(parcel, "a.xml")


@given(st.binary(max_size=80) | st.integers(0, len(PARCEL)).map(lambda end: PARCEL[:end]))
def test_any_bytes_are_a_score_or_refused(parcel):
    try:
        unpack(parcel, "a.xml")
    except InputError:
        assert parcel != PARCEL
