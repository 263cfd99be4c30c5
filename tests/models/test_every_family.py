"""What every family of the table owes, on every codec that it can serve: a new row is tested the moment it exists."""

import numpy as np
import pytest
import torch
from fakes import SMALL, random_score
from music import ALL_CODECS

from partimento import midi
from partimento.batch import Batch
from partimento.checkpoint import build, card_of, load_checkpoint, save_checkpoint
from partimento.compose import compose
from partimento.compose.guide import RowGuide
from partimento.data.controls import Controls
from partimento.models import MODELS, family_of
from partimento.models.family import RowFamily
from partimento.models.recurrent import RecurrentConfig
from partimento.nn.decoders import sample
from partimento.nn.filters import Sampling
from partimento.prompt import Length, Prompt, continuation, from_nothing
from partimento.recipe import Recipe

CONTROLS = Controls(("Bach",))
RECURRENT = RecurrentConfig(layers=2, units=16, embedding=16, hidden_dense=1, hidden_dense_size=16)
TINY = {"transformer": SMALL, "lstm": RECURRENT, "gru": RECURRENT}  # a family that is not here is built as it comes
CASES = [
    pytest.param(name, codec, id=f"{name}-{codec}")
    for name in MODELS
    for codec in ALL_CODECS
    if issubclass(family_of(name), RowFamily)
    and not family_of(name).misfit(TINY.get(name, family_of(name).Config()), codec.columns)
]
every_pair = pytest.mark.parametrize(("name", "codec"), CASES)


def recipe_of(name, codec):
    return Recipe(codec=codec, family=name, model=TINY.get(name))


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
    assert heard == length.notes or length.notes is None or not codec.one_row_per_note


@every_pair
def test_save_and_load_give_the_same_nats(name, codec, tmp_path):
    model, recipe = lively(name, codec), recipe_of(name, codec)
    save_checkpoint(tmp_path / "model", recipe, card_of(recipe, CONTROLS), model.state_dict())
    ids = torch.from_numpy(codec.encode(random_score(np.random.default_rng(0))).ids.astype(np.int64))[None]
    told = torch.tensor([[min(size - 1, 1) for size in model.control_sizes]])
    batch = Batch(ids, torch.ones(1, ids.shape[1] - 1, ids.shape[2], dtype=torch.bool), told)
    assert torch.equal(load_checkpoint(tmp_path / "model").model().eval().row_nll(batch), model.row_nll(batch))


@every_pair
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
