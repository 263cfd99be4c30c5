"""The search finds the likeliest rows of models small enough to try all. V = 3 ids, C = 2 or 3 columns, 2 or 3 rows."""

from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from partimento.codecs import codec_of
from partimento.nn import beam as beams
from partimento.nn.beam import beam, perturbed
from partimento.nn.decoders import sample
from partimento.nn.filters import Sampling
from partimento.nn.logits import Logits
from partimento.nn.numbers import NumberHead

SEARCH = Sampling(temperature=0.0, beam=2, beam_rows=2)


@dataclass
class Counted:
    """A guide that takes so many rows as they come; where ``kept`` is not empty, its rows in their place."""

    rows: int
    kept: dict[int, list[int]] = field(default_factory=dict)
    taken: list[list[int]] = field(default_factory=list)

    @property
    def done(self):
        return len(self.taken) == self.rows

    @property
    def written_notes(self):
        return len(self.taken)

    def allowed(self, chosen):
        return None

    def settle(self, row):
        self.taken.append(self.kept.get(len(self.taken), row))
        return self.taken[-1]

    def fork(self):
        return Counted(self.rows, self.kept, self.taken.copy())


class Told:
    """A model that says the chances of a cell from all cells before it: ``chances(rows, chosen)``."""

    def __init__(self, chances):
        self.chances = chances

    def column_logits(self, state, chosen):
        found = [self.chances(rows, row) for rows, row in zip(state, chosen.tolist(), strict=True)]
        return Logits(torch.tensor(found).clamp_min(1e-9).log().unsqueeze(1))

    def advance(self, state, row):
        return [(*rows, tuple(new)) for rows, new in zip(state, row.tolist(), strict=True)]

    def select(self, state, pieces):
        return [state[piece] for piece in pieces]

    fork = select


def by_chance(seed, size=3):
    """A model without rhyme or reason, always the same for the same cells before."""

    def chances(rows, chosen):
        told = np.random.default_rng([seed, *(cell + 1 for row in rows for cell in (*row, -1)), *chosen, 99])
        return told.dirichlet(np.full(size, 0.5)).tolist()

    return Told(chances)


def written(model, columns, sampling, rows=2, pieces=(0,), decoder=beam, **guiding):
    guides = [Counted(rows, **guiding) for _ in pieces]
    generators = [np.random.default_rng(piece) for piece in pieces]
    for _ in decoder(model, [()] * len(pieces), columns, guides, generators, sampling):
        pass
    return [guide.taken for guide in guides]


def log_probability(model, rows):
    total, state = 0.0, [()]
    for row in rows:
        for c, cell in enumerate(row):
            logits = model.column_logits(state, torch.tensor([row[:c]], dtype=torch.int64).reshape(1, c))
            total += logits.log_probabilities()[0, 0, cell]
        state = model.advance(state, torch.tensor([row]))
    return total


def likeliest(model, columns, rows):
    every_row = [list(row) for row in product(range(3), repeat=columns)]
    return max((list(piece) for piece in product(every_row, repeat=rows)), key=lambda p: log_probability(model, p))


def tempting(rows, chosen):
    """The likelier first row leads nowhere, the other to a certain second."""
    if not rows:
        return [0.6, 0.4, 0.0]
    return [1 / 3] * 3 if rows[0] == (0,) else [0.0, 0.0, 1.0]


def test_what_is_likelier_at_once_may_be_less_likely_in_the_end():
    assert written(Told(tempting), ["pitch"], SEARCH) == [[[1], [2]]]
    greedy = Sampling(temperature=0.0)
    assert written(Told(tempting), ["pitch"], greedy, decoder=sample)[0][0] == [0]


class Numbered(Told):
    """A model whose ids from 1 on are one number."""

    def column_logits(self, state, chosen):
        return replace(super().column_logits(state, chosen), spread=slice(1, None))


def test_a_number_is_sharpened_as_one_thing_however_many_ids_it_lies_over():
    chances = [0.3] + [0.07] * 10
    sharp = Sampling(temperature=0.1, beam=1)
    numbers, ids = [
        written(kind(lambda *_: chances), ["a"], sharp, rows=1, pieces=range(9)) for kind in (Numbered, Told)
    ]
    assert all(piece[0][0] > 0 for piece in numbers) and all(piece[0][0] == 0 for piece in ids)


class Headed(Told):
    """A step of 5,003 ids that is a number, then a pitch: three likely ones, and each changes the step that follows."""

    def __init__(self, loss, pitches=(0.5, 0.3, 0.2)):
        torch.manual_seed(0)
        self.pitches = torch.tensor(pitches).log()
        self.step = NumberHead(4, codec_of("timed").columns[0], loss).eval()
        with torch.no_grad():
            self.step.out.weight.normal_(std=0.5)
            self.step.error.fill_(0.01) if loss == "mse" else None

    def column_logits(self, state, chosen):
        if chosen.shape[1]:
            return Logits(self.pitches.expand(len(state), 1, 3))
        before = [rows[-1][1] if rows else 3 for rows in state]
        return self.step.logits(torch.eye(4)[before].unsqueeze(1))


def rows_found(monkeypatch, model, sampling):
    """The rows of every hypothesis after each step of a search of two rows."""
    found, settled = [], beams._settled
    monkeypatch.setattr(beams, "_settled", lambda *asked: found.append(settled(*asked)) or found[-1])
    written(model, ["step", "pitch"], sampling)
    return [[each.rows for each in hypotheses] for hypotheses in found]


@pytest.mark.parametrize("loss", ["mse", "mixture"])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_neighbouring_numbers_fill_no_places_of_a_search(monkeypatch, loss, temperature):
    search = Sampling(temperature=temperature, beam=3, beam_rows=2)
    for found in rows_found(monkeypatch, Headed(loss), search):
        assert len(found) == len({tuple(pitch for _, pitch in rows) for rows in found}) == 3


@pytest.mark.parametrize("loss", ["mse", "mixture"])
def test_a_number_is_scored_by_the_mass_of_all_and_drawn_from_its_distribution(loss):
    drawn = written(Headed(loss), ["step", "pitch"], Sampling(beam=1, beam_rows=1), rows=1, pieces=range(30))
    assert len({piece[0][0] for piece in drawn}) > 5
    again = written(Headed(loss), ["step", "pitch"], Sampling(beam=1, beam_rows=1), rows=1, pieces=[4])
    assert again[0] == drawn[4]


@pytest.mark.parametrize("cuts", [{}, {"min_p": 0.5}, {"top_k": 1}])
@pytest.mark.parametrize("loss", ["mse", "mixture"])
def test_one_beam_at_temperature_0_is_argmax_with_numbers_too(loss, cuts):
    one, greedy = Sampling(temperature=0.0, beam=1, **cuts), Sampling(temperature=0.0)
    asked = (Headed(loss), ["step", "pitch"])
    assert written(*asked, one, rows=9) == written(*asked, greedy, rows=9, decoder=sample)
    likely_wait = Numbered(lambda *_: [0.3] + [0.07] * 10)
    assert written(likely_wait, ["a"], one, rows=1)[0][0][0] > 0


def paired(rows, chosen):
    """Step and duration say the pitch again; the pitch that is less likely at first is ahead after the second row."""
    if chosen:
        return [0.98 if cell == chosen[0] else 0.01 for cell in range(3)]
    return [0.5, 0.3, 0.2] if not rows else [[0.4, 0.3, 0.3], [0.05, 0.05, 0.9], [0.3, 0.4, 0.3]][rows[-1][0]]


def test_step_and_duration_stay_with_the_pitch_of_their_own_beam():
    (found,) = written(Told(paired), ["pitch", "step", "duration"], SEARCH)
    assert found == [[1, 1, 1], [2, 2, 2]]
    assert log_probability(Told(paired), found) > log_probability(Told(paired), [[0, 0, 0], [0, 0, 0]])


@given(seed=st.integers(0, 10**6), penalty=st.sampled_from([0.0, 1.0]))
@settings(max_examples=8, deadline=None)
def test_a_beam_that_holds_everything_finds_the_likeliest_of_all(seed, penalty):
    model = by_chance(seed)
    (found,) = written(model, ["step", "pitch"], Sampling(temperature=0.0, beam=81, length_penalty=penalty))
    assert found == likeliest(model, 2, 2)


@pytest.mark.parametrize("seed", range(5))
def test_drawn_without_replacement_all_ways_are_there_and_the_likeliest_is_taken(seed):
    model = by_chance(seed)
    assert written(model, ["step", "pitch"], Sampling(beam=81))[0] == likeliest(model, 2, 2)


@pytest.mark.parametrize("seed", range(5))
def test_one_beam_at_temperature_0_is_argmax(seed):
    one, greedy = Sampling(temperature=0.0, beam=1), Sampling(temperature=0.0)
    asked = (by_chance(seed), ["step", "pitch", "duration"])
    assert written(*asked, one, rows=9) == written(*asked, greedy, rows=9, decoder=sample)


def test_the_search_begins_anew_after_each_segment():
    def far(rows, chosen):
        return tempting(rows, chosen) if len(rows) < 2 else [0.0, 1.0, 0.0]

    short = Sampling(temperature=0.0, beam=2, beam_rows=1)
    assert written(Told(far), ["pitch"], short, rows=3)[0][0] == [0]
    assert written(Told(far), ["pitch"], SEARCH, rows=3) == [[[1], [2], [1]]]


def test_pieces_are_the_same_alone_and_in_company_and_differ_by_chance_alone():
    model, wide = by_chance(3), Sampling(beam=3, beam_rows=4)
    together = written(model, ["step", "pitch"], wide, rows=9, pieces=range(6))
    assert together == [written(model, ["step", "pitch"], wide, rows=9, pieces=[piece])[0] for piece in range(6)]
    assert len({str(piece) for piece in together}) > 1
    pure = Sampling(temperature=0.0, beam=3, beam_rows=4)
    assert len({str(piece) for piece in written(model, ["step", "pitch"], pure, rows=9, pieces=range(3))}) == 1


def test_a_kept_row_is_one_hypothesis_and_costs_nothing():
    found = written(Told(tempting), ["pitch"], SEARCH, rows=3, kept={0: [1]})
    assert found[0][:2] == [[1], [2]]


def test_noise_of_children_has_that_of_their_parent_as_its_greatest():
    scores, parents = np.log([[0.2, 0.3, 0.5], [0.9, 0.1, 1e-300]]), np.array([[0.4], [-2.0]])
    noisy = perturbed(scores, parents, np.random.default_rng(0))
    assert np.allclose(noisy.max(1, keepdims=True), parents) and np.isfinite(noisy).all()


def test_one_draw_of_the_noise_is_a_draw_of_the_distribution():
    scores, generator = np.log([[0.2, 0.3, 0.5]]), np.random.default_rng(0)
    drawn = [perturbed(scores, np.zeros((1, 1)), generator).argmax() for _ in range(2000)]
    assert np.allclose(np.bincount(drawn) / 2000, [0.2, 0.3, 0.5], atol=0.04)
