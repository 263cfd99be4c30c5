import pytest
import torch
from torch import nn

from partimento.nn.readers import Reader, Vectors, in_company, row_by_row

ROWS = torch.randn(5, 7, 3, generator=torch.Generator().manual_seed(0))


def layer():
    torch.manual_seed(1)
    return nn.LSTM(3, 4, batch_first=True)


def test_row_by_row_without_dropout_is_the_fused_layer():
    made = layer()
    assert torch.allclose(row_by_row(made, ROWS, 0.0), made(ROWS)[0], atol=1e-6)


def test_the_same_units_are_dropped_at_every_row_and_none_of_the_output():
    made = layer()
    nn.init.zeros_(made.weight_hh_l0[:, :1])  # then its first unit says nothing to the next row
    torch.manual_seed(0)
    heard = torch.stack([row_by_row(made, ROWS[:1], 0.25) for _ in range(64)])
    assert len(heard[:, 0, 0].unique(dim=0)) == 1  # nothing stands before the first row
    assert len(heard[:, 0, -1].unique(dim=0)) == 2**3
    assert (heard != 0).all()


def test_a_reader_drops_only_while_it_learns():
    reader = Reader(3, [4, 4], [0.5, 0.5], [0.5, 0.5])
    assert not torch.equal(reader(ROWS), reader(ROWS))
    reader.eval()
    assert torch.equal(reader(ROWS), reader(ROWS)) and reader(ROWS).shape == (5, 4)


@pytest.mark.usefixtures("as_composing")
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_window_is_read_the_same_alone_and_in_company(count):
    with torch.inference_mode():
        made = nn.LSTM(140, 64, batch_first=True)
        rows = torch.randn(5, 7, 140)
        assert torch.equal(in_company(made, rows)[:count], in_company(made, rows[:count]))


def test_vectors_of_a_row_stand_side_by_side():
    vectors = Vectors([2, 3], 4)
    found = vectors(torch.tensor([[0, 2], [1, 2]]))
    assert found.shape == (2, 8) and torch.equal(found[0, 4:], found[1, 4:])
    assert not torch.equal(found[0, :4], found[1, :4])
