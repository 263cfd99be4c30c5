"""A parcel gives back what was packed, and whatever else the bytes are, an InputError of one line."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.errors import InputError
from partimento.isolate import read_message, write_message
from partimento.midi import LIMITS, ImportReport, Limits
from partimento.midi.parcel import pack, unpack
from partimento.score import KEY, METRE, NOTE, PEDAL, TEMPO, Score, table

SCORE = Score(
    table(NOTE, [(0, 10, 60, 64, 0), (5, 10, 64, 70, 1)]),
    480,
    table(PEDAL, [(0, 9, 1)]),
    table(TEMPO, [(0, 90.0)]),
    table(METRE, [(0, 3, 4)]),
    table(KEY, [(0, -2, 1)]),
    ("Right", "Left"),
    "Aria",
)
REPORT = ImportReport("a.mid", notes=2, overlaps=1, texts=("é\n",))
PARCEL = pack(SCORE, REPORT)
HEAD, BODY = read_message(PARCEL)


def refused(parcel, limits=LIMITS):
    with pytest.raises(InputError, match=r"^a\.mid: decoding it gave [^\n]*, so it is refused") as caught:
        unpack(parcel, "a.mid", limits)
    return str(caught.value)


def test_unpack_undoes_pack():
    score, report = unpack(PARCEL, "a.mid", LIMITS)
    assert (score, report) == (SCORE, REPORT)
    assert (score.tracks, score.title, score.provenance.source) == (SCORE.tracks, "Aria", "a.mid")
    assert not score.notes.flags.writeable


@pytest.mark.parametrize(
    ("part", "column", "value", "words"),
    [
        ("notes", "onset", -1, "notes with an impossible onset"),
        ("notes", "duration", 0, "notes with an impossible duration"),
        ("notes", "pitch", 128, "notes with an impossible pitch"),
        ("notes", "velocity", 0, "notes with an impossible velocity"),
        ("notes", "track", 2, "a track that is not there"),
        ("notes", "duration", 2**31 - 1, "too long"),
        ("pedals", "release", -5, "pedals with an impossible release"),
        ("pedals", "onset", 9, "released before it is pressed"),
        ("pedals", "track", 2, "a track that is not there"),
        ("tempi", "quarters_per_minute", 0.0, "tempi with an impossible"),
        ("tempi", "quarters_per_minute", float("nan"), "tempi with an impossible"),
        ("metres", "beats", 0, "metres with an impossible beats"),
        ("metres", "unit", 3, "metres with an impossible unit"),
        ("keys", "sharps", 8, "keys with an impossible sharps"),
    ],
)
def test_a_value_that_no_parse_gives_is_refused(part, column, value, words):
    rows = getattr(SCORE, part).copy()
    rows[column] = value
    score = object.__new__(Score)
    score.__dict__.update(SCORE.__dict__ | {part: rows})
    assert words in refused(pack(score, REPORT))


def test_a_truth_value_of_two_is_refused():
    assert "neither major nor minor" in refused(PARCEL[:-1] + b"\x02")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": [3, 1, 1, 1, 1, 0]}, "more or fewer rows"),
        ({"rows": [-1, 1, 1, 1, 1, 0]}, "more or fewer rows"),
        ({"rows": [2.0, 1, 1, 1, 1, 0]}, "no counts of rows"),
        ({"rows": []}, "no counts of rows"),
        ({"ticks_per_quarter": 0}, "ticks per quarter"),
        ({"ticks_per_quarter": 10**400}, "ticks per quarter"),
        ({"tracks": []}, "number of tracks"),
        ({"tracks": [1]}, "tracks without names"),
        ({"tracks": ["x" * 201]}, "tracks without names"),
        ({"title": None}, "another form"),
        ({"report": {}}, "texts that are none"),
        ({"report": {**HEAD["report"], "notes": -1}}, "impossible counts"),
        ({"report": {**HEAD["report"], "texts": [1]}}, "texts that are none"),
    ],
)
def test_a_head_that_no_parse_gives_is_refused(change, words):
    assert words in refused(write_message(HEAD | change, BODY))


@pytest.mark.parametrize("limits", [Limits(max_events=1), Limits(max_tracks=1), Limits(max_ticks=9)])
def test_limits_hold_once_more(limits):
    refused(PARCEL, limits)


@given(st.binary(max_size=40) | st.integers(0, len(PARCEL) - 1).map(lambda length: PARCEL[:length]))
def test_any_other_bytes_are_refused(parcel):
    refused(parcel)


@given(st.integers(0, len(PARCEL) - 1), st.integers(0, 7))
def test_a_flipped_bit_is_refused_or_a_sound_score(place, bit):
    parcel = bytearray(PARCEL)
    parcel[place] ^= 1 << bit
    try:
        score, report = unpack(bytes(parcel), "a.mid", LIMITS)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert np.isfinite(score.duration_s) and json.dumps(report.to_json())
