"""Chorales by models that know nothing: what is kept stays, rules hold, a seed is a piece."""

import numpy as np
import pytest
from choristers import CODEC, ClimbingChoir, ParallelChoir, UniformChoir
from sheets import sheet

from partimento.audit.grid import frames_of
from partimento.audit.rules import FAULTS, HARD
from partimento.audit.voices import faults
from partimento.compose.chorales.desk import Desk
from partimento.compose.chorales.layout import laid_out
from partimento.compose.chorales.manner import Manner
from partimento.compose.chorales.prompts import freed, from_nothing, pinned
from partimento.compose.chorales.weave import woven
from partimento.compose.chorales.write import write
from partimento.nn.gibbs import Gibbs
from partimento.prompt import Prompt
from partimento.voices import NAMES, VOICES

REST = 2  # an id
PARALLELS = ("parallel fifths", "parallel octaves")
PLAIN = Manner(masks=False, rounds=0)
CHOIRS = (UniformChoir(), ParallelChoir())
FOUR = sheet(
    [(72, 2), (74, 1), (None, 1), (76, 4)],
    [(67, 4), (65, 4)],
    [(60, 1), (62, 1), (64, 6)],
    [(48, 2), (55, 2), (48, 4)],
)


def within_ranges(score):
    notes = score.notes
    return all(notes["pitch"][i] in VOICES[notes["track"][i]].pitches for i in range(len(notes)))


def random_pins(generator):
    """Few or many cells free, the first note of one voice among them."""
    free = generator.random((8, 4)) < generator.random()
    free[0, generator.integers(4)] = True
    return pinned(FOUR, free)


def test_what_is_pinned_is_never_altered_in_a_thousand_sets_of_pins():
    generator = np.random.default_rng(3)
    for number in range(1000):
        desk = Desk(CHOIRS[number % 2], CODEC, laid_out(CODEC, random_pins(generator)), PLAIN)
        layout, (ids,) = desk.layout, desk.drafts([generator])
        score = woven(CODEC, layout, ids)
        again, known = CODEC.encode(score).ids[1:-1, :4], layout.ids[1:-1, :4]
        same = np.pad(again, ((0, len(known) - len(again)), (0, 0)), constant_values=REST) == known
        assert same[~layout.free[1:-1]].all() and within_ranges(score), number


def test_nor_by_masks_and_repair():
    generator = np.random.default_rng(4)
    for number in range(20):
        prompt = random_pins(generator)
        made = next(write(CHOIRS[number % 2], CODEC, prompt, seed=number))
        kept = Prompt(made.score, prompt.free).kept
        assert kept == prompt.kept and within_ranges(made.score)


@pytest.mark.parametrize("choir", CHOIRS)
def test_the_notes_of_a_melody_stay_tick_for_tick(choir):
    melody = FOUR.with_notes(FOUR.notes[FOUR.notes["track"] == 0])
    made = next(write(choir, CODEC, freed(melody, NAMES[1:])))
    kept = made.score.notes[made.score.notes["track"] == 0]
    assert (kept == melody.notes).all() and len(made.score) > len(melody)
    assert made.score.metres.tolist() == melody.metres.tolist() and made.score.tracks == NAMES


OPENING = sheet([(72, 1)], [(67, 1)], [(60, 1)], [(48, 1)])  # fifths and octaves, to climb in


def climbing(manner):
    prompt = pinned(OPENING, np.arange(8)[:, None].repeat(4, 1) > 0)
    return next(write(ClimbingChoir(), CODEC, prompt, manner))


def test_strictly_there_is_no_parallel_even_where_a_model_likes_nothing_else():
    assert len(faults(climbing(PLAIN).score, PARALLELS)) > 10
    assert not faults(climbing(Manner(rounds=0)).score, HARD)


def test_a_kept_voice_is_never_doubled_in_parallels():
    soprano = sheet([(60 + i % 7 * 2, 1) for i in range(12)], [], [], [])
    for piece in write(UniformChoir(), CODEC, freed(soprano, NAMES[1:]), Manner(rounds=0), count=3):
        assert not faults(piece.score, HARD)


@pytest.mark.parametrize("choir", CHOIRS)
def test_repair_takes_faults_away(choir):
    made = next(write(choir, CODEC, from_nothing(2, (2, 4)), Manner(rounds=2), seed=1))
    assert made.rounds and made.rewritten and weight(made.faults) < weight(made.before)


def weight(found):
    return sum(FAULTS[each.kind].weight for each in found)


def test_where_nothing_is_wrong_nothing_is_repaired():
    made = next(write(UniformChoir(), CODEC, pinned(OPENING, np.eye(1, 4, dtype=bool))))
    assert not made.before and not made.rounds and not made.rewritten


@pytest.mark.parametrize("choir", CHOIRS)
def test_a_piece_is_the_same_again_and_alone_and_in_company(choir):
    prompt = from_nothing(1, (2, 4))
    two = list(write(choir, CODEC, prompt, count=2, seed=5))
    again = next(write(choir, CODEC, prompt, seed=5))
    assert again == two[0] and two[0].score != two[1].score and [each.piece for each in two] == [0, 1]
    assert next(write(choir, CODEC, prompt, PLAIN, seed=6)).score != two[0].score


def test_a_hold_is_never_left_without_its_note():
    for made in write(ParallelChoir(), CODEC, from_nothing(2, (2, 4)), PLAIN, count=3):
        assert all(note["duration"] > 0 for note in made.score.notes)
        assert frames_of(made.score).shape[1] == 4


def test_progress_only_ever_rises_to_the_end():
    heard = []
    list(write(ParallelChoir(), CODEC, from_nothing(1, (1, 4)), count=2, progress=heard.append))
    assert heard == sorted(heard) and heard[-1] == 1.0


def test_a_schedule_may_be_said():
    way = Gibbs("blocks", iterations=3)
    made = next(write(UniformChoir(), CODEC, from_nothing(1, (2, 4)), Manner(gibbs=way)))
    assert len(made.score)
