import pytest
import torch

from partimento.nn.inputs import Numeric, OneHot
from partimento.tokens import Column, Range

COLUMNS = (Column("pitch", (Range("pitch", 4),)), Column("step", (Range("begin"), Range("time", 2))))
IDS = torch.tensor([[[0, 2], [3, 0]]])


def test_an_id_as_a_number_is_its_place_in_the_vocabulary():
    made = Numeric(COLUMNS)
    assert made(IDS)[0].tolist() == [[0.0, pytest.approx(2 / 3)], [0.75, 0.0]] and made.width == 2


def test_an_id_as_a_vector_is_all_0_but_for_one():
    made = OneHot(COLUMNS)
    assert made(IDS)[0].tolist() == [[1, 0, 0, 0, 0, 0, 1], [0, 0, 0, 1, 1, 0, 0]] and made.width == 7
