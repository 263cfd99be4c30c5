import numpy as np
from choristers import CODEC, UniformChoir
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sheets import sheet

from partimento.audit.rules import FAULTS
from partimento.audit.voices import find
from partimento.compose.chorales.desk import Desk
from partimento.compose.chorales.layout import laid_out
from partimento.compose.chorales.manner import Manner
from partimento.compose.chorales.prompts import freed
from partimento.compose.chorales.repair import better, faulty, weight_of

NONE = sheet([], [], [(67, 4), (69, 4), (67, 8)], [(60, 4), (62, 4), (52, 8)])  # one parallel fifth


def desk_of(prompt):
    return Desk(UniformChoir(), CODEC, laid_out(CODEC, prompt), Manner())


DESK = desk_of(freed(NONE, ["Tenor", "Bass"]))
IDS = DESK.layout.ids
TENOR, BASS = 2, 3


def test_the_notes_of_a_fault_are_written_again():
    wrong = faulty(DESK, IDS, ("parallel fifths",))
    assert wrong[1:9, [TENOR, BASS]].all() and wrong.sum() == 16


def test_what_is_kept_is_not():
    desk = desk_of(freed(NONE, ["Tenor"]))
    assert not faulty(desk, desk.layout.ids)[:, BASS].any()


def test_a_stretch_that_got_better_is_taken_and_one_that_got_worse_is_not():
    after = IDS.copy()
    after[5, TENOR] = CODEC.columns[TENOR].id("pitch", 65)  # no parallel fifth any more
    after[12, BASS] = CODEC.columns[BASS].id("pitch", 66)  # a leap of eighteen semitones
    mixed = better(DESK, IDS, after)
    assert (mixed[5] == after[5]).all() and (mixed[12] == IDS[12]).all()


def test_what_is_no_better_stays_as_it_was():
    after = IDS.copy()
    after[10, TENOR] = after[9, TENOR]  # struck again: as many faults
    assert (better(DESK, IDS, after) == IDS).all()


some = arrays(np.int64, (16, 2), elements=st.sampled_from([2, 3, 3, 3, 10, 12, 17, 19]))


@given(before=some, after=some)
@settings(max_examples=15)
def test_repair_never_adds_weight(before, after):
    both = [IDS.copy(), IDS.copy()]
    for ids, said in zip(both, (before, after), strict=True):
        ids[1:-1, [TENOR, BASS]] = said
    mixed = better(DESK, *both)
    assert weight_of(find(DESK.frames(mixed))) <= weight_of(find(DESK.frames(both[0])))


def test_a_fault_that_lasts_pays_for_each_16th():
    frames = np.array([[0, 60, 62, 0]] * 3)
    assert weight_of(find(frames)) == 3 * FAULTS["crossing"].weight
    assert weight_of(find(frames), 1, 2) == FAULTS["crossing"].weight
