"""Ids as musicians say them."""

import pytest

from partimento.codecs import codec_of
from partimento.explain.words import in_words


@pytest.mark.parametrize(
    ("codec", "column", "kind", "value", "words"),
    [
        ("notes", 0, "time", 0, "at once"),
        ("notes", 0, "time", 12, "120 ms later"),
        ("notes", 0, "end", 0, "end"),
        ("notes", 0, "wait", 0, "wait"),
        ("notes", 1, "pitch", 66, "F#4"),
        ("notes", 2, "velocity", 16, "velocity 66"),
        ("notes", 2, "tie", 0, "tie"),
        ("notes", 3, "duration", 50, "500 ms"),
        ("events", 2, "velocity", 66, "velocity 66"),
        ("performance", 0, "on", 60, "C4"),
        ("performance", 0, "off", 60, "C4 ends"),
        ("performance", 0, "shift", 100, "1000 ms later"),
        ("chorale", 0, "hold", 0, "hold"),
        ("chorale", 3, "pitch", 48, "C3"),
    ],
)
def test_an_id_is_said_in_words(codec, column, kind, value, words):
    codec = codec_of(codec)
    assert in_words(codec, codec.columns[column], codec.columns[column].id(kind, value)) == words


def test_the_pedal_is_up_or_down():
    codec = codec_of("notes", pedal="stream")
    column = codec.columns[1]
    first = column.offsets["pedal"]
    assert [in_words(codec, column, first + way) for way in (0, 1)] == ["pedal up", "pedal down"]


def test_every_id_of_every_codec_has_words():
    for name in ("notes", "performance", "events", "timed", "notedur", "chorale"):
        codec = codec_of(name)
        for column in codec.columns:
            words = [in_words(codec, column, token) for token in range(column.size)]
            assert len(set(words)) == column.size
