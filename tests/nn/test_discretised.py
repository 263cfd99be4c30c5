import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from partimento.nn.discretised import even_cells, gaussian, laplace, log_cells, logistic, opened

KERNELS = {"laplace": laplace, "gaussian": gaussian, "logistic": logistic}
every_kernel = pytest.mark.parametrize("kernel", KERNELS)


def masses(kernel, centre, scale, grid):
    """Log-masses of all cells in single precision."""
    edges, widths = (torch.from_numpy(values).float() for values in grid)
    return KERNELS[kernel]((edges[:-1] - centre) / scale, (edges[1:] - centre) / scale, widths / scale)


@every_kernel
@given(centre=st.floats(-50, 150), scale=st.floats(0.25, 500))
def test_the_masses_of_all_cells_sum_to_one(kernel, centre, scale):
    found = masses(kernel, centre, scale, opened(even_cells(-0.5, 1.0, 100)))
    assert found.isfinite().all() and found.double().exp().sum().item() == pytest.approx(1, abs=1e-4)


@every_kernel
def test_a_cell_far_out_on_either_side_keeps_its_logarithm(kernel):
    found = masses(kernel, 5000.0, 2.0, even_cells(-0.5, 1.0, 10_001))
    assert found.isfinite().all() and (found[1:5001].diff() > 0).all() and (found[5000:-1].diff() < 0).all()
    assert found[0].item() == pytest.approx(found[-1].item(), rel=1e-3)


def test_gaussian_masses_are_those_of_double_precision():
    edges = torch.tensor([-40.0, -8.0, -1.0, 0.0, 0.5, 3.0, 9.0, 60.0])
    low, high = edges[:-1], edges[1:]
    exact = gaussian(low.double(), high.double(), (high - low).double())
    assert torch.allclose(gaussian(low, high, high - low).double(), exact, rtol=1e-5)


def test_cells_in_the_logarithm_of_time_are_as_wide_as_their_edges_say():
    edges, widths = log_cells(5000)
    assert edges[1] == 0.0 and edges[3] == pytest.approx(np.log(3))
    assert np.allclose(np.diff(edges)[1:-1], widths[1:-1])
