import json

import pytest

from partimento.data import ingest
from partimento.data.source import FRAMES, Split
from partimento.data.sources import jsb16th
from partimento.errors import InputError
from partimento.voices import NAMES


def test_a_pitch_that_comes_again_is_one_note_and_minus_one_is_silence():
    score = jsb16th.score_of([[67, 64, 60, 48], [67, 65, -1, 48]], "x")
    rows = [(row[0], row[1], row[2], row[4]) for row in score.notes.tolist()]
    assert rows == [(0, 2, 48, 3), (0, 1, 60, 2), (0, 1, 64, 1), (0, 2, 67, 0), (1, 1, 65, 1)]
    assert score.tracks == NAMES and score.ticks_per_quarter == 4


@pytest.mark.parametrize("frames", [[[1, 2]], [[60, 60, 60, 128]], [["a"] * 4], 3, [[60, 60, 60, -2]], [60] * 4])
def test_what_is_no_list_of_frames_is_refused(frames):
    with pytest.raises(InputError, match="four pitches"):
        jsb16th.score_of(frames, "x")


@pytest.mark.parametrize("told", ["[", "[]", json.dumps({"train": [], "valid": [], "test": []})])
def test_another_file_is_refused(tmp_path, told):
    (tmp_path / jsb16th.FILE).write_text(told)
    with pytest.raises(InputError, match="Jsb16thSeparated"):
        list(jsb16th.pieces(tmp_path, Split()))


def test_the_literatures_file_keeps_its_split(shared_data, home):
    corpus, _ = ingest.prepare("jsb-16th", shared_data / "jsb-chorales" / jsb16th.FILE)
    assert [len(corpus.split(split)) for split in ("train", "validation", "test")] == [229, 76, 77]
    assert {piece.kind for piece in corpus.pieces} == {FRAMES}
    assert sum(corpus.score(i).end for i in corpus.split("test")) <= 18_900
