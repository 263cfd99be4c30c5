import numpy as np
from choristers import CODEC

from partimento.audit.rules import FAULTS
from partimento.compose.chorales.pick import ChoralePick, Leading
from partimento.compose.chorales.surroundings import Reader
from partimento.models.grid import Cells
from partimento.nn.filters import Sampling

VOICES = CODEC.columns[:4]
REST, HOLD = 2, 3  # ids
TENOR, BASS = 2, 3


def pitch(voice, value):
    return VOICES[voice].id("pitch", value)


def table(*rows):
    """Begin, rows of four ids, end."""
    return np.pad(np.array([[0] * 4, *rows, [1] * 4]), ((0, 0), (0, 3)))


def pick(leading=Leading(), seeds=(0,), kept=None, **sampling):
    generators = [np.random.default_rng(seed) for seed in seeds]
    reader = Reader(VOICES, np.full(10, -1), kept if kept is not None else np.zeros((10, 4), bool))
    return ChoralePick(reader, generators, Sampling(**sampling), leading)


def drawn(ids, row, voice, likes, known=None, leading=Leading(), kept=None):
    """What is drawn where ``likes`` are the ids in order of preference."""
    scores = np.full((1, VOICES[voice].size), -20.0, np.float32)
    scores[0, likes] = -np.arange(len(likes)) * 0.1
    known = np.ones((len(ids), 4), bool) if known is None else known
    where = np.array([[0, row]])
    return pick(leading, kept=kept, temperature=0.0)(Cells(voice, where, ids[None], known[None]), scores)[0]


def test_begin_and_end_are_never_drawn():
    assert drawn(table([REST] * 4), 1, TENOR, [0, 1, 9]) == 9


def test_a_hold_needs_a_note_before_it():
    ids = table([9, 9, REST, 9], [9, 9, 9, 9])
    assert drawn(ids, 1, TENOR, [HOLD, REST]) == REST
    assert drawn(ids, 2, TENOR, [HOLD, REST]) == REST
    assert drawn(ids, 2, BASS, [HOLD, REST]) == HOLD


def test_a_kept_note_is_not_prolonged():
    ids, kept = table([9] * 4, [9] * 4), np.zeros((4, 4), bool)
    kept[1, TENOR] = True
    assert drawn(ids, 2, TENOR, [HOLD, REST], kept=kept) == REST
    assert drawn(ids, 2, BASS, [HOLD, REST], kept=kept) == HOLD


def test_a_hold_may_follow_what_is_not_known_yet():
    ids, known = table([REST] * 4, [REST] * 4), np.ones((4, 4), bool)
    known[1, TENOR] = False
    assert drawn(ids, 2, TENOR, [HOLD, REST], known) == HOLD


def test_but_not_where_it_is_held_behind_as_well():
    ids, known = table([REST] * 4, [REST] * 4, [HOLD] * 4), np.ones((5, 4), bool)
    known[1, TENOR] = False
    assert drawn(ids, 2, TENOR, [HOLD, REST, 12], known) == 12


def test_what_is_held_behind_it_is_no_rest():
    assert drawn(table([9, 9, 9, 9], [9, 9, HOLD, 9]), 1, TENOR, [REST, 12]) == 12


FIFTHS = table(
    [REST, REST, pitch(TENOR, 67), pitch(BASS, 60)],
    [REST, REST, REST, pitch(BASS, 62)],
)


def test_strictly_no_parallel_fifth_is_drawn():
    likes = [pitch(TENOR, 69), pitch(TENOR, 65)]
    assert drawn(FIFTHS, 2, TENOR, likes) == likes[1]
    assert drawn(FIFTHS, 2, TENOR, likes, leading=Leading.of(masks=False, strict=True)) == likes[0]


def test_a_hold_is_weighed_as_the_pitch_that_it_holds():
    onwards = table(
        [REST, REST, pitch(TENOR, 67), pitch(BASS, 60)],
        [REST, REST, REST, HOLD],
        [REST, REST, pitch(TENOR, 69), pitch(BASS, 62)],
    )
    assert drawn(onwards, 2, TENOR, [HOLD, pitch(TENOR, 66)]) == pitch(TENOR, 66)


def test_where_every_id_is_at_fault_those_with_the_least_of_it_are_left():
    ids = table([REST, pitch(1, 52), REST, pitch(BASS, 66)], [REST, REST, HOLD, REST])  # no rest for the tenor
    likes = [pitch(TENOR, 60), pitch(TENOR, 67)]  # the first crosses both, any other one of them
    assert drawn(ids, 1, TENOR, likes, leading=Leading(("crossing",), ())) == likes[1]


def test_a_soft_fault_costs_its_weight():
    ids = table([pitch(0, 72), pitch(1, 64), REST, REST])
    likes = [pitch(TENOR, 65), pitch(TENOR, 62)]  # the first crosses the alto
    assert drawn(ids, 1, TENOR, likes) == likes[1]
    assert drawn(ids, 1, TENOR, likes, leading=Leading(soft=())) == likes[0]


def test_without_strictness_every_fault_has_its_price():
    leading = Leading.of(masks=True, strict=False)
    assert leading.hard == () and set(leading.soft) == set(FAULTS)


def test_a_piece_is_drawn_alike_alone_and_in_company():
    ids = np.stack([FIFTHS] * 2)
    known, scores = np.ones((2, 4, 4), bool), np.zeros((2, VOICES[TENOR].size), np.float32)
    together = pick(seeds=(5, 7))(Cells(TENOR, np.array([[0, 2], [1, 2]]), ids, known), scores)
    alone = pick(seeds=(7,))(Cells(TENOR, np.array([[0, 2]]), ids[:1], known[:1]), scores[:1])
    assert together[1] == alone[0]


def test_a_model_that_gives_nothing_a_chance_still_writes_something_legal():
    impossible = np.full((1, VOICES[TENOR].size), -np.inf, np.float32)
    cells = Cells(TENOR, np.array([[0, 2]]), FIFTHS[None], np.ones((1, 4, 4), bool))
    assert pick()(cells, impossible)[0] >= REST
