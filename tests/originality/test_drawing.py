"""A report on the piano roll."""

import pytest
from originality.pieces import piece, with_passage

from partimento.errors import UnknownName
from partimento.originality import Index, report
from partimento.originality.drawing import drawn, write_drawing
from partimento.originality.index import Source

SOURCE = piece(0)
INDEX = Index.of("tiny", "abc", [Source("0", "Bach", "Fuga $1")], [SOURCE])
COPIED = with_passage(piece(9), SOURCE, 20, 30)


def test_notes_in_long_matches_are_framed_and_the_passage_is_named():
    roll = drawn(COPIED, report(COPIED, INDEX)).axes[0]
    frames = [patch for patch in roll.patches if patch.get_linewidth() == pytest.approx(0.9)]
    assert 30 <= len(frames) <= 32
    assert any("texture" in text.get_text() and "Bach Fuga $1" in text.get_text() for text in roll.texts)


@pytest.mark.parametrize(("suffix", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_it_is_written_the_same_each_time(tmp_path, suffix, magic):
    paths = [tmp_path / f"{name}.{suffix}" for name in "ab"]
    for path in paths:
        write_drawing(COPIED, report(COPIED, INDEX), path)
    assert paths[0].read_bytes() == paths[1].read_bytes() and paths[0].read_bytes().startswith(magic)


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(UnknownName, match=r"unknown picture format '\.gif'"):
        write_drawing(COPIED, report(COPIED, INDEX), tmp_path / "a.gif")


@pytest.mark.parametrize(("at", "side"), [(10, "left"), (160, "right")])
def test_a_name_stands_where_there_is_room(at, side):
    copied = with_passage(piece(9), SOURCE, 20, 30, at)
    (named,) = [text for text in drawn(copied, report(copied, INDEX)).axes[0].texts if "texture" in text.get_text()]
    assert named.get_horizontalalignment() == side
