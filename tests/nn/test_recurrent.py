"""One step of a cell is what torch's own layer says. N = 3 pieces, I = 5 inputs, H = 7 units."""

import numpy as np
import pytest
import torch

from partimento.nn.frozen_dense import frozen_parts
from partimento.nn.layers import Linear
from partimento.nn.recurrent import CELLS, FrozenLayer, initialise_recurrent


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_steps_are_what_the_layer_says_of_the_whole(cell):
    torch.manual_seed(0)
    layer, x = cell.layer(5, 7, batch_first=True), torch.randn(3, 4, 5)
    frozen, found = FrozenLayer(layer, cell), []
    memory = frozen.blank(3)
    for row in x.unbind(1):
        memory = frozen(row.numpy(), memory)
        found.append(memory[:, 0])
    assert np.allclose(np.stack(found, 1), layer(x)[0].detach().numpy(), atol=1e-6)


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_great_numbers_saturate_without_a_warning(cell):
    great = np.full((1, 7 * cell.maps), 1e4, np.float32)
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(cell.step(great, -great * 2, np.ones((1, cell.memories, 7), np.float32))).all()


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_a_fresh_layer_turns_what_it_remembers_and_forgets_nothing(cell):
    layer = cell.layer(5, 8)
    initialise_recurrent(layer, cell.maps)
    for across in layer.weight_hh_l0.detach().chunk(cell.maps):
        assert torch.allclose(across @ across.T, torch.eye(8), atol=1e-5)
    assert layer.bias_ih_l0.sum() == (8 if cell is CELLS["lstm"] else 0)


def test_dense_layers_are_copied_without_their_dropout():
    layers = torch.nn.Sequential(torch.nn.LayerNorm(4), Linear(4, 6), torch.nn.GELU(), torch.nn.Dropout(0.5))
    x, parts = torch.randn(3, 4), frozen_parts(layers)
    expected = layers.eval()(x).detach()
    for parameter in layers.parameters():
        parameter.data.zero_()
    for part in parts:
        x = part(x)
    assert len(parts) == 3 and torch.allclose(x, expected, atol=1e-6)
