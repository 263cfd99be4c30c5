"""B = 2 pieces, T = 3 rows, V = 5 ids, S = 4 rows to point at."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from partimento.nn.logits import Logits, Pointer

IDS = 5


def random_logits(seed, points=True, nothing=False):
    generator = torch.Generator().manual_seed(seed)
    softmax = 3 * torch.randn(2, 3, IDS, generator=generator)
    gate, scores = torch.randn(2, 3, generator=generator), torch.randn(2, 3, 4, generator=generator)
    values = torch.randint(-1, IDS, (2, 3, 4), generator=generator)
    pointer = Pointer(gate, scores, torch.full_like(values, -1) if nothing else values)
    return Logits(softmax, pointer if points else None)


def every_nll(logits: Logits) -> Tensor:
    """float[B, T, V]: the negative log-likelihood of each id, asked one by one."""
    shape = logits.softmax.shape[:-1]
    return torch.stack([logits.nll(torch.full(shape, token)) for token in range(IDS)], dim=-1)


kinds = pytest.mark.parametrize(
    "options", [{}, {"points": False}, {"nothing": True}], ids=["points", "softmax", "nothing"]
)


@kinds
@given(seed=st.integers(0, 2**31))
def test_the_nll_of_an_id_is_that_of_the_whole_distribution(options, seed):
    logits = random_logits(seed, **options)
    assert np.allclose(every_nll(logits), -logits.log_probabilities(), atol=1e-5)


@kinds
@given(seed=st.integers(0, 2**31))
def test_the_distribution_sums_to_1(options, seed):
    total = np.exp(random_logits(seed, **options).log_probabilities()).sum(-1)
    assert np.allclose(total, np.ones((2, 3)), atol=1e-8)


def test_with_nothing_to_point_at_the_softmax_says_it_all():
    alone, idle = random_logits(3, points=False), random_logits(3, nothing=True)
    assert np.allclose(idle.log_probabilities(), alone.log_probabilities(), atol=1e-12)
    assert not idle.pointer.attention().any()
    assert every_nll(idle).isfinite().all()


def tiny(gate, scores, values):
    pointer = Pointer(torch.tensor([[gate]]), torch.tensor([[scores]]), torch.tensor([[values]]))
    return Logits(torch.zeros(1, 1, 4), pointer)


def test_half_a_gate_gives_half_to_the_rows_and_half_to_the_vocabulary():
    shares = tiny(0.0, [0.0, 0.0], [3, 1]).log_probabilities()[0, 0]
    assert np.exp(shares).tolist() == pytest.approx([0.125, 0.375, 0.125, 0.375], abs=1e-5)


def test_rows_that_stand_for_one_id_add_up_and_those_that_stand_for_none_do_not_count():
    shares = tiny(0.0, [0.0, 0.0, 9.0], [2, 2, -1]).log_probabilities()[0, 0]
    assert np.exp(shares).tolist() == pytest.approx([0.125, 0.125, 0.625, 0.125], abs=1e-5)


def test_an_open_gate_copies():
    logits = tiny(20.0, [0.0], [2])
    assert logits.nll(torch.tensor([[2]])).item() == pytest.approx(0, abs=1e-4)
    assert logits.nll(torch.tensor([[1]])).item() > 10


@kinds
def test_the_gradient_is_finite(options):
    logits = random_logits(1, **options)
    parts = [logits.softmax, *([logits.pointer.gate, logits.pointer.scores] if logits.pointer else [])]
    for part in parts:
        part.requires_grad_()
    logits.nll(torch.zeros(2, 3, dtype=torch.int64)).sum().backward()
    assert all(part.grad.isfinite().all() for part in parts)


def test_logits_in_bfloat16_are_summed_in_single_precision():
    logits = Logits(random_logits(0).softmax.bfloat16())
    assert logits.nll(torch.zeros(2, 3, dtype=torch.int64)).dtype == torch.float32
    assert np.allclose(logits.log_probabilities(), Logits(logits.softmax.float()).log_probabilities())


def test_a_row_has_the_same_bits_alone_and_among_others():
    together = random_logits(7)
    pointer = together.pointer
    for piece in range(2):
        one = slice(piece, piece + 1)
        alone = Logits(together.softmax[one], Pointer(pointer.gate[one], pointer.scores[one], pointer.values[one]))
        assert np.array_equal(alone.log_probabilities(), together.log_probabilities()[one])


@kinds
@given(seed=st.integers(0, 2**31))
def test_probabilities_and_the_likeliest_id_are_those_of_the_distribution_that_is_drawn_from(options, seed):
    logits = random_logits(seed, **options)
    drawn = np.exp(logits.log_probabilities())
    assert np.allclose(logits.probabilities(), drawn, atol=1e-6)
    assert np.allclose(np.take_along_axis(drawn, logits.likeliest()[..., None].numpy(), -1)[..., 0], drawn.max(-1))


@kinds
def test_some_cells_say_what_they_say_among_all(options):
    logits, cells = random_logits(5, **options), torch.tensor([[True, False, True], [False, True, False]])
    picked = logits.at(cells)
    assert torch.equal(picked.probabilities(), logits.probabilities()[cells])
    assert torch.equal(picked.at(slice(1, 3)).likeliest(), picked.likeliest()[1:])
