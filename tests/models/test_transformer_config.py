"""Every option of the transformer, alone and with the others: it builds, learns, and composes what it has learnt."""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from decoding import CONTROLS, batch_of, decoded_nll, lively, two_pieces
from fakes import SMALL
from hypothesis import given, settings
from hypothesis import strategies as st

from partimento import midi
from partimento.codecs import codec_of
from partimento.compose import compose
from partimento.data.controls import Controls
from partimento.errors import UsageError
from partimento.models.transformer import Transformer
from partimento.models.transformer_config import TransformerConfig
from partimento.nn.layers import halved
from partimento.prompt import Length, from_nothing
from partimento.recipe import called

ORIGINAL = replace(  # the parts of systems 000 and 003, small
    SMALL, heads=3, time_heads=0, head_width=8, pointers="none", octaves=False, context=24, positions="sinusoidal",
    scale_embedding=True, biases=True, norm="layer", norm_placement="post", feedforward="relu", scores="linear",
    hidden_dense=2, hidden_dense_size=24,
)  # fmt: skip
VALUES = {
    **{
        f.name: f.metadata["choices"] for f in fields(TransformerConfig) if "choices" in f.metadata and f.name != "loss"
    },
    **{f.name: (False, True) for f in fields(TransformerConfig) if isinstance(f.default, bool)},
    "hidden_dense": (0, 2),
    "hidden_dense_size": (24,),
    "head_width": (0, 6),
    "time_heads": (0, 1),
    "pointers": ("all", "none"),
    "layers": (1, 2),
}
combinations = st.builds(
    replace, st.just(replace(SMALL, context=24)), **{n: st.sampled_from(v) for n, v in VALUES.items()}
)
CHANGED = [(name, value) for name, values in VALUES.items() for value in values if value != getattr(SMALL, name)]
one_by_one = pytest.mark.parametrize(("name", "value"), CHANGED)
NOTES, NOTEDUR = codec_of("notes"), codec_of("notedur")
codecs = st.sampled_from([NOTES, NOTEDUR])


def shortened(batch, rows):
    return replace(batch, ids=batch.ids[:, :rows], loss_mask=batch.loss_mask[:, : rows - 1])


@given(config=combinations, codec=codecs)
@settings(max_examples=20)
def test_whatever_the_options_decoding_says_what_training_says(config, codec):
    model, batch = lively(config, codec), shortened(batch_of(two_pieces(codec)), 12)
    assert torch.allclose(decoded_nll(model, batch), model.row_nll(batch).detach(), atol=1e-3)


@given(config=combinations, codec=codecs, context=st.integers(8, 10))
@settings(max_examples=10)
def test_beyond_its_positions_decoding_goes_on_from_the_later_half(config, codec, context):
    model, batch = lively(replace(config, context=context), codec), shortened(batch_of(two_pieces(codec)), 17)
    found = decoded_nll(model, batch)
    later = batch_of(batch.ids[:, context - context // 2 : context + 1].numpy())
    assert found.isfinite().all()
    assert torch.allclose(found[:, context - 1], model.row_nll(later).detach()[:, -1], atol=1e-3)


@given(config=combinations, halve=st.booleans())
@settings(max_examples=12)
@torch.no_grad()
def test_whatever_the_options_a_piece_is_the_same_alone_and_in_company(config, halve):
    model, ids = (
        lively(config, NOTES),
        torch.from_numpy(np.concatenate([two_pieces(NOTES, 30, seed) for seed in (0, 1)])),
    )
    if halve:
        halved(model)
    controls = torch.zeros(4, 3, dtype=torch.int64)
    assert np.array_equal(hidden(model, ids, controls)[2], hidden(model, ids[2:3], controls[2:3])[0])


def hidden(model, ids, controls):
    """float[B, R, D]: what stands behind every row after the first three, taken one by one past the context."""
    state, found = model.start(ids[:, :3], controls), []
    for row in ids[:, 3:].unbind(1):
        state = model.advance(state, row)
        found.append(state.hidden)
    return np.stack(found, 1)


@one_by_one
def test_with_every_value_the_loss_falls(name, value):
    torch.manual_seed(0)
    model, batch = (
        Transformer(replace(SMALL, context=24, **{name: value}), NOTES.columns, CONTROLS),
        batch_of(two_pieces(NOTES)),
    )
    optimizer, losses = torch.optim.Adam(model.parameters(), 2e-2), []
    for _ in range(8):
        optimizer.zero_grad()
        losses.append(model.losses(batch, ["all"], torch.Generator()).by_phase["all"])
        losses[-1].backward()
        optimizer.step()
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize("positions", ["learned", "sinusoidal"])
def test_composing_goes_on_past_the_positions(positions):
    model, length = lively(replace(ORIGINAL, positions=positions, context=8), NOTEDUR), Length(notes=9)
    (alone,) = compose(model, NOTEDUR, from_nothing(length), Controls(("Bach", "Liszt")), seed=1)
    first, second = compose(model, NOTEDUR, from_nothing(length), Controls(("Bach", "Liszt")), count=2, seed=1)
    assert len(alone.score) == len(second.score) == 9
    assert midi.to_bytes(alone.score) == midi.to_bytes(first.score) != midi.to_bytes(second.score)


@pytest.mark.parametrize("positions", ["learned", "sinusoidal"])
def test_without_its_positions_a_row_would_not_know_its_place(positions):
    model, same = lively(replace(ORIGINAL, positions=positions), NOTEDUR), torch.full((1, 6, 1), 40)
    batch = batch_of(same.numpy())
    known = model.row_nll(batch).detach()
    model.places.table.data.zero_()
    assert known.std() > 1e-3 > model.row_nll(batch).detach().std()


@pytest.mark.parametrize("positions", ["learned", "sinusoidal"])
def test_a_window_longer_than_the_positions_is_refused_in_words(positions):
    model = Transformer(replace(ORIGINAL, positions=positions, context=8), NOTEDUR.columns, CONTROLS)
    with pytest.raises(UsageError, match="sequence 9 is longer than the 8 positions of the model"):
        model.row_nll(batch_of(two_pieces(NOTEDUR, 10)))


@pytest.mark.parametrize("said", ["", "none"])
def test_no_column_points_where_none_is_named(said):
    model = Transformer(replace(SMALL, pointers=said), NOTES.columns)
    assert model.keys is None and not any(model.points)


def test_a_scaled_embedding_begins_as_an_unscaled_one():
    scaled, plain = (
        Transformer(replace(ORIGINAL, octaves=True, scale_embedding=scale, width=64), NOTES.columns)
        for scale in (True, False)
    )
    ids = torch.from_numpy(two_pieces(NOTES))
    found, expected = ((model.rows(ids) * model.scale).std().item() for model in (scaled, plain))
    assert found == pytest.approx(expected, rel=0.2) and scaled.scale == 8


def test_maps_of_every_kind_are_matrices_of_the_optimizer():
    (phase,) = Transformer(ORIGINAL, NOTEDUR.columns).phases()
    assert [stacked for _, stacked in phase.matrices] == [3, 1, 1, 1, 1, 1]
    assert {id(weight) for weight, _ in phase.matrices} <= {id(parameter) for parameter in phase.parameters}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"width": 20, "heads": 8, "positions": "learned", "time_heads": 0},
            "width 20 is not a multiple of the 8 heads",
        ),
        ({"head_width": 5}, "head width 5 is odd"),
        ({"width": 17, "head_width": 8, "positions": "sinusoidal"}, "width 17 is odd: sinusoidal"),
        ({"pointers": "pich"}, "pointers for pich: its columns are step, pitch, velocity, duration"),
        ({"loss": "mse"}, "loss mse judges numbers, and it predicts ids"),
    ],
)
def test_options_that_contradict_each_other_are_refused_in_words(options, words):
    with pytest.raises(UsageError, match=words):
        Transformer(replace(SMALL, **options), NOTES.columns)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("rnn-synthesis-transformer-code", 3_773_752),  # to one what Keras counts in the original
        ("rnn-synthesis-transformer", 7_526_712),
    ],
)
def test_the_recipes_of_rnn_synthesis_have_the_sizes_of_the_original(name, parameters):
    recipe = called(name)
    model = Transformer(recipe.model, recipe.codec.columns)
    assert sum(parameter.numel() for parameter in model.parameters()) == parameters


def test_the_recipe_of_mechanical_bach_has_the_blocks_of_the_original():
    recipe = called("mechanical-bach-transformer")
    block = Transformer(recipe.model, NOTEDUR.columns).blocks[0]
    assert sum(parameter.numel() for parameter in block.parameters()) == 10_656  # Keras: 8,416 + 2,112 + 128


# The largest of thousands drawn from a normal distribution is about four standard deviations.
@pytest.mark.parametrize(("first", "most"), [("glorot", 0.05), ("identity", 4 * 0.5 / 16**0.5)])
def test_first_weights_are_those_of_its_name(first, most):
    torch.manual_seed(0)
    model = Transformer(replace(ORIGINAL, first_weights=first, hidden_dense=0), NOTEDUR.columns)
    vectors, block = model.rows.table(0), model.blocks[0]
    assert vectors.abs().max().item() == pytest.approx(most, rel=0.2)
    assert bool(block.attention.outward.weight.any()) == bool(model.heads[0].scores.weight.any()) == (first == "glorot")


@pytest.mark.parametrize(
    "name", ["mechanical-bach-transformer", "rnn-synthesis-transformer", "rnn-synthesis-transformer-code"]
)
def test_systems_written_in_keras_begin_with_its_weights(name):
    assert called(name).model.first_weights == "glorot" != TransformerConfig().first_weights
