import pytest
import torch

from partimento.nn.stacked import Stack


@pytest.mark.parametrize("both", [False, True])
def test_a_row_hears_those_before_it_and_those_behind_it_only_where_both_ways_are_read(both):
    stack, x = Stack(inputs=3, units=4, layers=2, both=both, dropout=0.0), torch.randn(1, 6, 3)
    changed = x.clone()
    changed[:, 3] += 1.0
    moved = (stack(x) - stack(changed)).abs().amax(-1)[0] > 0
    assert moved.tolist() == [both] * 3 + [True] * 3 and stack.width == 4 * (1 + both)
