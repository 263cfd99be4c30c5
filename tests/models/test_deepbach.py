from dataclasses import replace

import numpy as np
import pytest
import torch
from sheets import sheet

from partimento.batch import Batch
from partimento.codecs import codec_of
from partimento.models.deepbach import DeepBach
from partimento.models.deepbach_config import DeepBachConfig
from partimento.nn.gibbs import gibbs, noise
from partimento.recipe import called

CODEC = codec_of("chorale")
TINY = DeepBachConfig(dt=3, embedding=4, lstm1=8, lstm2=6, lstm2_dropout=0.0, middle=8, hidden=8, centres=64)
SHARED = replace(TINY, shared=True, lstm2=0, hidden=0)
CHORALE = sheet(
    [(67, 4), (69, 4), (71, 8)], [(64, 8), (62, 8)], [(60, 6), (57, 2), (59, 8)], [(48, 4), (50, 4), (43, 8)],
    fermatas=[8],
)  # fmt: skip
IDS = CODEC.encode(CHORALE).ids.astype(np.int64)[None]
ROWS, VOICES = IDS.shape[1], 4
BOTH = pytest.mark.parametrize("config", [TINY, SHARED], ids=["a network each", "one for all"])
ROW = 8  # from which cells are asked


def lively(config):
    """A model of which every weight says something."""
    torch.manual_seed(0)
    made = DeepBach(config, CODEC.columns).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(std=parameter.shape[-1] ** -0.5)
    return made


def batch(ids=IDS):
    rows = torch.from_numpy(ids)
    return Batch(rows, torch.ones_like(rows[:, 1:], dtype=torch.bool), torch.zeros(len(ids), 0, dtype=torch.int64))


def scores(model, ids, row=ROW, voice=1):
    return model.scores(torch.from_numpy(ids), torch.tensor([[0, row]]), voice)[0]


def changed(row, column):
    """IDS with another id of a cell."""
    ids = IDS.copy()
    size = CODEC.columns[column].size
    ids[0, row, column] = 2 + (ids[0, row, column] - 1) % (size - 2) if column < VOICES else 1 - ids[0, row, column] % 2
    return ids


class Copy:
    """Picks what ``ids`` say, and keeps what it was asked."""

    def __init__(self, ids=IDS):
        self.ids, self.asked = ids, []

    def __call__(self, cells, log_probabilities):
        self.asked.append((cells.voice, cells.where.tolist(), cells.known.copy(), log_probabilities))
        return self.ids[cells.where[:, 0], cells.where[:, 1], cells.voice]


class Draw:
    """Picks by chance."""

    def __init__(self, seed=0):
        self.generator = np.random.default_rng(seed)

    def __call__(self, cells, log_probabilities):
        noisy = log_probabilities + self.generator.gumbel(size=log_probabilities.shape)
        return noisy.argmax(-1).astype(np.int64)


def free_at(*cells):
    free = np.zeros((1, ROWS, VOICES), bool)
    for cell in cells:
        free[(0, *cell)] = True
    return free


@BOTH
def test_a_cell_does_not_see_itself_but_all_within_dt_of_it(config):
    model = lively(config)
    before = scores(model, IDS)
    assert torch.equal(scores(model, changed(ROW, 1)), before)
    for row, column in [(ROW - 3, 1), (ROW + 3, 1), (ROW, 0), (ROW, 3), (ROW - 1, 5), (ROW, 5), (ROW + 1, 6)]:
        assert not torch.equal(scores(model, changed(row, column)), before)
    assert torch.equal(scores(model, changed(ROW - 4, 1)), before) and torch.equal(
        scores(model, changed(ROW + 4, 2)), before
    )


def test_of_the_place_in_the_bar_that_in_the_beat_is_read():
    model, ids = lively(TINY), IDS.copy()
    ids[0, 1:-1, 4] += 8
    assert torch.equal(scores(model, ids), scores(model, IDS))
    ids[0, 1:-1, 4] += 1
    assert not torch.equal(scores(model, ids), scores(model, IDS))


@BOTH
def test_no_cell_becomes_a_begin_or_an_end_or_a_pitch_of_another_voice(config):
    found = lively(config).cell_scores(batch())
    assert [tuple(each.shape) for each in found] == [(1, ROWS - 1, column.size) for column in CODEC.columns[:VOICES]]
    assert all((each.softmax(-1)[..., :2] == 0).all() for each in found)


@BOTH
def test_the_scores_of_all_cells_are_those_of_each(config):
    model = lively(config)
    all_ = model.cell_scores(batch())[1][0, ROW - 1]
    assert torch.allclose(all_, scores(model, IDS), atol=1e-5)


def test_cells_that_do_not_count_cost_no_pass():
    model, asked = lively(TINY), batch()
    asked.loss_mask[:, 3:] = False
    found = model.cell_scores(asked)[0]
    assert found[0, :3].any(-1).all() and not found[0, 3:].any()


@BOTH
def test_free_cells_are_drawn_from_one_state_and_the_rest_stays(config):
    model, free, other = lively(config), free_at((ROW, 0), (ROW, 1), (ROW + 1, 1)), changed(ROW, 0)
    pick = Copy(other)
    written = model.rewrite(IDS, free, pick)
    assert np.argwhere(written != IDS).tolist() == [[0, ROW, 0]]
    (first, _, known, _), (second, where, later, said) = pick.asked
    assert (first, second, where) == (0, 1, [[0, ROW], [0, ROW + 1]])
    assert not known[0, ROW, 0] and later[0, ROW, 0] and not later[0, ROW, 1]
    alone = Copy()
    model.rewrite(IDS, free_at((ROW, 1)), alone)
    assert np.allclose(alone.asked[0][3][0], said[0], atol=1e-6)  # what was just drawn is not seen


@pytest.mark.usefixtures("as_composing")
@BOTH
def test_pieces_are_rewritten_the_same_alone_and_in_company(config):
    model, free = lively(config), np.repeat(free_at(*np.ndindex(ROWS - 2, 3)), 3, 0)
    free[:, 0] = False
    ids = np.concatenate([IDS, changed(ROW, 0), changed(ROW, 2)])
    pick, alone = Copy(ids), Copy(ids[1:2])
    model.rewrite(ids, free, pick)
    model.rewrite(ids[1:2], free[1:2], alone)
    for (_, where, _, said), (*_, own) in zip(pick.asked, alone.asked, strict=True):
        assert np.array_equal(said[[piece == 1 for piece, _ in where]], own)


def test_where_nothing_is_free_nothing_is_asked():
    assert np.array_equal(lively(TINY).rewrite(IDS, free_at(), None), IDS)


@BOTH
def test_gibbs_sampling_from_noise_leaves_none_of_it_at_the_edges(config):
    free = free_at(*((row, voice) for row in range(1, ROWS - 1) for voice in (1, 2, 3)))
    model = lively(config)
    begun = noise(IDS, free, CODEC.columns, [np.random.default_rng(0)])
    way = replace(model.gibbs, iterations=3, at_once=ROWS)
    written = gibbs(model.rewrite, begun, free, way, [np.random.default_rng(0)], lambda temperature: Draw())
    assert np.array_equal(written[..., 0], IDS[..., 0]) and np.array_equal(written[..., VOICES:], IDS[..., VOICES:])
    assert (written[0, 1] != begun[0, 1]).any() and (written[0, -2] != begun[0, -2]).any()
    assert (written[0, 1:-1, :VOICES] >= 2).all()


def test_each_voice_moves_its_own_network_alone():
    model = DeepBach(TINY, CODEC.columns)
    assert [phase.name for phase in model.phases()] == ["soprano", "alto", "tenor", "bass"]
    found = model.losses(batch(), ["alto"], torch.Generator().manual_seed(0))
    assert list(found.by_phase) == ["alto"] == list(found.figures)
    moved = torch.autograd.grad(found.by_phase["alto"], tuple(model.parameters()), allow_unused=True)
    own = {id(parameter) for parameter in model.nets[1].parameters()}
    assert all((gradient is not None) == (id(p) in own) for p, gradient in zip(model.parameters(), moved, strict=True))


def test_a_shared_network_is_judged_by_the_mean_of_all_voices():
    model = lively(SHARED)
    found = model.losses(batch(), ["all"], torch.Generator().manual_seed(0))
    assert set(found.figures) == {"soprano", "alto", "tenor", "bass"}
    assert min(found.figures.values()) < found.by_phase["all"] < max(found.figures.values())


def test_the_loss_of_a_whole_piece_is_the_mean_of_its_cells():
    """Of every row, the first and last included."""
    model = lively(TINY)
    found = model.losses(batch(), ["bass"], torch.Generator().manual_seed(0))
    expected = model.cell_nll(batch())[0, : ROWS - 2, 3].mean()
    assert torch.allclose(found.by_phase["bass"], expected, atol=1e-4)


@BOTH
def test_windows_without_any_centre_teach_nothing(config):
    model = DeepBach(config, CODEC.columns)
    found = model.losses(batch(IDS[:, 2:7]), [phase.name for phase in model.phases()], torch.Generator())
    assert not found.figures
    for phase in model.phases():
        gradients = torch.autograd.grad(found.by_phase[phase.name], phase.parameters)
        assert not any(gradient.any() for gradient in gradients)


def test_windows_that_are_too_short_are_refused():
    assert not DeepBach.misfit_windows(TINY, 6)
    assert "--sequence 6 or more" in DeepBach.misfit_windows(TINY, 5)


def test_no_other_codec_will_do():
    assert "--codec chorale" in DeepBach.misfit(TINY, codec_of("notes").columns)


def parameters_of(name):
    recipe = called(name)
    return recipe, sum(each.numel() for each in DeepBach(recipe.model, recipe.codec.columns).parameters())


def test_the_original_has_about_2_2_million_weights_a_voice():
    recipe, parameters = parameters_of("deepbach")
    assert recipe.windows.batch_size * recipe.model.centres == 256 and 2.1e6 < parameters / VOICES < 2.3e6


def test_the_keras_version_has_one_network_and_32_cells_a_step():
    recipe, parameters = parameters_of("keras-deepbach")
    model = recipe.model
    assert recipe.windows.batch_size * model.centres == 32 and model.shared and parameters < 6e5
    assert (model.embedding, model.lstm1, model.lstm2, model.middle, model.hidden) == (16, 200, 0, 200, 0)
