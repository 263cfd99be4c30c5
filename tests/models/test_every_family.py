"""What every family of the table owes, on every codec that it can serve: a new row is tested the moment it exists."""

from dataclasses import fields
from itertools import islice

import numpy as np
import pytest
import torch
from fakes import random_score
from music import ALL_CODECS, legal_table
from tiny import TINY

from partimento import midi
from partimento.batch import Batch
from partimento.checkpoint import build, card_of, load_checkpoint, save_checkpoint
from partimento.compose import compose
from partimento.compose.guide import RowGuide
from partimento.data.controls import Controls
from partimento.models import MODELS, family_of
from partimento.models.family import PieceFamily, RowFamily
from partimento.models.grid import GridFamily
from partimento.nn.decoders import sample
from partimento.nn.filters import Sampling
from partimento.nn.losses import LOSSES
from partimento.prompt import Length, Prompt, continuation, from_nothing
from partimento.recipe import Recipe, filled
from partimento.score import from_notes

CONTROLS = Controls(("Bach",))


def config_of(name, **values):
    return family_of(name).Config(**{**TINY.get(name, {}), **values})


def cases(kind):
    """Every family of a kind with every codec that it can serve."""
    return [
        pytest.param(name, codec, id=f"{name}-{codec}")
        for name in MODELS
        for codec in ALL_CODECS
        if issubclass(family_of(name), kind) and not family_of(name).misfit(config_of(name), codec.columns)
    ]


every_pair = pytest.mark.parametrize(("name", "codec"), cases(RowFamily))
every_drawing = pytest.mark.parametrize(("name", "codec"), cases(PieceFamily))
every_grid = pytest.mark.parametrize(("name", "codec"), cases(GridFamily))
every_composing = pytest.mark.parametrize(("name", "codec"), cases((RowFamily, PieceFamily)))


every_loss = pytest.mark.parametrize("loss", LOSSES)


@every_loss
@pytest.mark.parametrize("name", MODELS)
def test_every_loss_is_taken_or_refused_with_those_that_fit(name, loss):
    columns = next(codec.columns for codec in ALL_CODECS if codec.name == family_of(name).codec)
    for f in fields(family_of(name).Config):
        if f.name == "loss" or f.name.endswith("_loss"):
            reason = family_of(name).misfit(filled(family_of(name).Config, {f.name: loss}), columns)
            fitting = f.metadata["fitting"]
            assert not reason if loss in fitting else f"{f.name} {loss} judges {LOSSES[loss]}, and" in reason
            assert not reason or reason.endswith(f"choose one of {', '.join(fitting)}")


def recipe_of(name, codec):
    return Recipe(codec=codec, family=name, model=config_of(name))


def lively(name, codec):
    """A model whose every weight says something: fresh ones have layers that add nothing."""
    torch.manual_seed(0)
    model = build(recipe_of(name, codec), CONTROLS).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=parameter.shape[-1] ** -0.5)
    return model


def written_by(model, codec, length):
    """The rows of one piece as the model wrote them."""
    guide = RowGuide(codec, from_nothing(length))
    prefix = torch.from_numpy(guide.prefix.ids.astype(np.int64))[None]
    names = [column.name for column in codec.columns]
    with torch.inference_mode():
        state = model.start(prefix, torch.zeros(1, len(model.control_sizes), dtype=torch.int64))
        for _ in sample(model, state, names, [guide], [np.random.default_rng(0)], Sampling()):
            pass
    return guide.written


def midi_of(model, codec, seed):
    (made,) = compose(model, codec, from_nothing(Length(notes=8)), CONTROLS, seed=seed)
    return midi.to_bytes(made.score)


@every_pair
@pytest.mark.parametrize("length", [Length(notes=8), Length(seconds=20.0)], ids=["notes", "seconds"])
def test_samples_are_legal_and_decode(name, codec, length):
    table, grammar = written_by(lively(name, codec), codec, length), codec.grammar()
    assert len(table.ids) > 1
    for row in table.ids.tolist():
        masks = [grammar.allowed(row[:c]) for c in range(len(row))]
        assert all(mask is None or mask[token] for mask, token in zip(masks, row, strict=True))
        grammar.push(row)
    heard = len(codec.decode(table))
    assert heard > 0
    assert heard == length.notes or length.notes is None or not codec.one_row_per_note


@every_pair
def test_save_and_load_give_the_same_nats(name, codec, tmp_path):
    model, recipe = lively(name, codec), recipe_of(name, codec)
    save_checkpoint(tmp_path / "model", recipe, card_of(recipe, CONTROLS), model.state_dict())
    ids = torch.from_numpy(codec.encode(random_score(np.random.default_rng(0))).ids.astype(np.int64))[None]
    told = torch.tensor([[min(size - 1, 1) for size in model.control_sizes]])
    batch = Batch(ids, torch.ones(1, ids.shape[1] - 1, ids.shape[2], dtype=torch.bool), told)
    assert torch.equal(load_checkpoint(tmp_path / "model").model().eval().row_nll(batch), model.row_nll(batch))


@every_composing
def test_a_seed_gives_the_same_bytes_and_another_seed_others(name, codec):
    model = lively(name, codec)
    first, again, other = (midi_of(model, codec, seed) for seed in (1, 1, 2))
    assert first == again != other


@every_pair
@pytest.mark.parametrize("seed", range(3))
def test_a_kept_primer_is_kept(name, codec, seed):
    model = lively(name, codec)
    prompt = continuation(random_score(np.random.default_rng(seed)), Length(seconds=3.0), 4.0)
    if model.refuses(prompt):
        pytest.skip(f"{name} continues nothing: {model.refuses(prompt)}")
    (made,) = compose(model, codec, prompt, CONTROLS, seed=seed)
    assert np.array_equal(Prompt(made.score, prompt.free).kept.notes, prompt.kept.notes)


@every_drawing
def test_what_is_drawn_whole_is_legal(name, codec):
    model, grammar = lively(name, codec), codec.grammar()
    grammar.push(codec.encode(from_notes([])).ids[0].tolist())
    stretches = model.draw(from_nothing(), Sampling(), np.random.default_rng(0))
    for row in np.concatenate(list(islice(stretches, 3))).tolist():
        masks = [grammar.allowed(row[:c]) for c in range(len(row))]
        assert all(mask is None or mask[token] for mask, token in zip(masks, row, strict=True))
        grammar.push(row)


@every_drawing
def test_what_is_drawn_whole_is_heard_for_as_long_as_asked(name, codec):
    model = lively(name, codec)
    (counted,) = compose(model, codec, from_nothing(Length(notes=8)), CONTROLS)
    (timed,) = compose(model, codec, from_nothing(Length(seconds=7.05)), CONTROLS)
    assert len(counted.score) == 8 and len(timed.score) > 7 and 6 < timed.score.duration_s <= 7.05


@every_drawing
def test_save_and_load_draw_the_same(name, codec, tmp_path):
    model, recipe = lively(name, codec), recipe_of(name, codec)
    save_checkpoint(tmp_path / "model", recipe, card_of(recipe, CONTROLS), model.state_dict())
    assert midi_of(load_checkpoint(tmp_path / "model").model(), codec, 1) == midi_of(model, codec, 1)


@every_drawing
def test_drawn_in_company_is_drawn_alone(name, codec):
    model, prompt = lively(name, codec), from_nothing(Length(notes=8))
    several = list(compose(model, codec, prompt, CONTROLS, count=3))
    assert len({midi.to_bytes(made.score) for made in several}) == 3
    (last,) = compose(model, codec, from_nothing(Length(notes=8)), CONTROLS, count=1, seed=0)
    assert last.score == several[0].score


def grid(codec):
    """A chorale, and its cells free but for one voice."""
    ids = legal_table(codec, np.random.default_rng(0), 12).ids.astype(np.int64)[None]
    free = np.ones((1, ids.shape[1], 4), bool)
    free[:, [0, -1]] = free[..., 1] = False
    return ids, free


def drawing(seed):
    """Draws cells as their probabilities say."""
    generator = np.random.default_rng(seed)
    return lambda cells, logs: (logs + generator.gumbel(size=logs.shape)).argmax(-1)


@every_grid
def test_save_and_load_give_the_same_nats_of_cells(name, codec, tmp_path):
    model, recipe = lively(name, codec), recipe_of(name, codec)
    save_checkpoint(tmp_path / "model", recipe, card_of(recipe, CONTROLS), model.state_dict())
    ids = torch.from_numpy(grid(codec)[0])
    batch = Batch(ids, torch.ones_like(ids[:, 1:], dtype=torch.bool), torch.zeros(1, 4, dtype=torch.int64))
    assert torch.equal(load_checkpoint(tmp_path / "model").model().cell_nll(batch), model.cell_nll(batch))


@every_grid
def test_a_seed_writes_the_same_cells_and_another_seed_others(name, codec):
    model, (ids, free) = lively(name, codec), grid(codec)
    first, again, other = (model.rewrite(ids, free, drawing(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


@every_grid
@pytest.mark.parametrize("seed", range(3))
def test_cells_that_are_not_free_are_never_touched(name, codec, seed):
    model, (ids, free) = lively(name, codec), grid(codec)
    free &= np.random.default_rng(seed).random(free.shape) < 0.5
    before, written = ids.copy(), model.rewrite(ids, free, drawing(seed))
    voices = written[..., : free.shape[-1]]
    assert np.array_equal(np.where(free, ids[..., :4], voices), ids[..., :4]) and np.array_equal(ids, before)
    assert np.array_equal(written[..., 4:], ids[..., 4:])
    assert all(voices[..., v].min() >= 0 and voices[..., v].max() < codec.columns[v].size for v in range(4))


def asked(model, state, columns):
    """The log-probabilities of the first cell after 0s for every piece of the state, and of the last."""
    zeros = torch.zeros(state_size(model, state), columns - 1, dtype=torch.int64)
    return [model.column_logits(state, zeros[:, :c]).log_probabilities()[:, 0] for c in (0, columns - 1)]


def state_size(model, state):
    return len(model.column_logits(state, torch.zeros(1, 0, dtype=torch.int64)).softmax)


@every_pair
def test_a_fork_serves_repeats_in_any_order_and_leaves_the_state_as_it_was(name, codec):
    model, generator = lively(name, codec), np.random.default_rng(0)
    rows = torch.from_numpy(legal_table(codec, generator, 8).ids[:7].astype(np.int64))
    ids = torch.stack([rows[:6], rows[[0, 2, 1, 3, 5, 4]]])
    told = torch.zeros(2, len(model.control_sizes), dtype=torch.int64)
    with torch.inference_mode():
        state, fresh = model.start(ids, told), model.start(ids[[1, 0, 1]], told[[1, 0, 1]])
        before, new = asked(model, state, ids.shape[2]), rows[[6, 3, 4]]
        forked = model.advance(model.fork(state, [1, 0, 1]), new)
        pairs = zip(
            asked(model, forked, ids.shape[2]), asked(model, model.advance(fresh, new), ids.shape[2]), strict=True
        )
        assert all(np.allclose(one, other, atol=1e-5) for one, other in pairs)
        assert all(np.array_equal(*each) for each in zip(before, asked(model, state, ids.shape[2]), strict=True))
