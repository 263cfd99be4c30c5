import pytest
import torch

from partimento.nn.layers import Linear, linear, packed


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("weights", [torch.float32, torch.bfloat16])
def test_a_linear_map_gives_a_row_the_same_bits_alone_and_among_others(weights):
    linear = Linear(256, 129).to(weights).eval()
    rows = torch.randn(17, 256, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        together = linear(rows)
        for count in (1, 2, 3, 4, 16):
            assert torch.equal(linear(rows[:count]), together[:count])


@pytest.mark.parametrize("outputs", [64, 129])
def test_a_packed_weight_gives_the_bits_of_the_plain_one(outputs):
    weight, rows = random(outputs, 256).bfloat16(), random(17, 256, seed=1)
    ordered, product = packed(weight)
    for count in (1, 2, 3, 4, 16, 17):
        assert torch.equal(product(rows[:count], ordered, None), linear(rows, weight, None)[:count])


@pytest.mark.parametrize("ordered", [True, False])
def test_a_long_row_in_bfloat16_has_the_same_bits_alone_and_among_others(ordered):
    weight, rows = random(256, 2048).bfloat16(), random(100, 2048, seed=1)
    given, product = packed(weight) if ordered else (weight, linear)
    together = product(rows, given, None)
    assert all(torch.equal(product(row[None], given, None)[0], told) for row, told in zip(rows, together, strict=True))
