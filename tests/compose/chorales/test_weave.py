import numpy as np
import pytest
from choristers import CODEC
from sheets import sheet

from partimento.compose.chorales.layout import laid_out
from partimento.compose.chorales.prompts import freed
from partimento.compose.chorales.weave import woven
from partimento.errors import WorkFailed
from partimento.score import NOTE, Score, table
from partimento.voices import NAMES

FOUR = sheet([(72, 8)], [(67, 8)], [(64, 4), (60, 4)], [(48, 8)])
TENOR = 2
HOLD = 3  # an id


def tenor(score):
    mine = score.notes[score.notes["track"] == TENOR]
    return mine[["onset", "duration", "pitch"]].tolist()


def written(prompt, values, start):
    """``prompt`` with these ids written in the tenor from the 16th ``start`` on."""
    layout = laid_out(CODEC, prompt)
    ids = layout.ids.copy()
    said = [value if value <= HOLD else CODEC.columns[TENOR].id("pitch", value) for value in values]
    ids[1 + start : 1 + start + len(said), TENOR] = said
    return layout, ids


def test_what_is_kept_stays_and_what_is_written_stands_in_its_voice():
    layout, ids = written(freed(FOUR, ["Tenor"], 4, 8), [62, HOLD, 60, HOLD], 4)
    score = woven(CODEC, layout, ids)
    assert tenor(score) == [(0, 4, 64), (4, 2, 62), (6, 2, 60)]
    assert (score.notes[score.notes["track"] != TENOR] == FOUR.notes[FOUR.notes["track"] != TENOR]).all()


def test_a_free_note_ends_where_a_kept_one_begins():
    layout, ids = written(freed(FOUR, ["Tenor"], 0, 4), [62, HOLD, HOLD, HOLD], 0)
    assert tenor(woven(CODEC, layout, ids)) == [(0, 4, 62), (4, 4, 60)]


def test_kept_notes_between_the_16ths_stay_where_they_are_and_new_ones_give_way():
    kept = table(NOTE, [(0, 65, 64, 70, TENOR), (250, 150, 60, 90, TENOR)])  # 100 ticks to the 16th
    loose = Score(kept, 400, tracks=NAMES)
    layout, ids = written(freed(loose, ["Tenor"], 100, 200), [62], 1)
    assert tenor(woven(CODEC, layout, ids)) == [(0, 65, 64), (100, 100, 62), (250, 150, 60)]
    late = Score(table(NOTE, [(0, 120, 64, 70, TENOR), (290, 110, 60, 90, TENOR)]), 400, tracks=NAMES)
    layout, ids = written(freed(late, ["Tenor"], 100, 280), [62, HOLD], 1)
    assert tenor(woven(CODEC, layout, ids)) == [(0, 120, 64), (120, 170, 62), (290, 110, 60)]


def test_new_notes_are_as_loud_as_the_kept_ones():
    soft = Score(table(NOTE, [(0, 4, 72, 33, 0)]), 4, tracks=NAMES)
    layout, ids = written(freed(soft, ["Tenor"]), [62, HOLD, 60, HOLD], 0)
    assert set(woven(CODEC, layout, ids).notes["velocity"].tolist()) == {33}


@pytest.mark.parametrize("place", [(1, 0), (3, 5), (0, 0), (-1, 2)])
def test_a_model_that_changes_what_is_known_is_stopped(place):
    layout, ids = written(freed(FOUR, ["Tenor"], 4, 8), [62, HOLD, 60, HOLD], 4)
    ids[place] += 1
    with pytest.raises(WorkFailed, match="were to be kept; nothing was saved"):
        woven(CODEC, layout, ids)


def test_silence_may_be_written():
    layout, ids = written(freed(FOUR, ["Tenor"], 4, 8), [2, 2, 2, 2], 4)
    assert tenor(woven(CODEC, layout, ids)) == [(0, 4, 64)]
    assert np.array_equal(woven(CODEC, layout, ids).metres, FOUR.metres)
