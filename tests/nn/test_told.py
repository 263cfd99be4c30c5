import torch

from partimento.nn.told import CONTROL_WIDTH, Told, beside

ROWS = torch.ones(2, 5, 3)


def test_what_is_told_is_the_same_beside_every_row_and_the_sum_of_its_controls():
    told = Told((3, 4))
    found = beside(ROWS, told(torch.tensor([[1, 2], [0, 3]])))
    assert found.shape == (2, 5, 3 + CONTROL_WIDTH) and torch.equal(found[..., :3], ROWS)
    first, second = (each.weight for each in told.controls)
    assert torch.equal(found[0, 4, 3:], first[1] + second[2]) and torch.equal(found[1, 0], found[1, 4])


def test_of_no_controls_nothing_is_told():
    assert torch.equal(beside(ROWS, Told(())(torch.zeros(2, 0, dtype=torch.int64))), ROWS)
