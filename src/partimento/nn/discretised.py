"""How much of a distribution falls into one cell of a grid, in logarithms that hold far out in both tails.

A cell runs from ``low`` to ``high``, both counted from the centre in scales, and ``width`` is their difference,
given apart since edges far out differ by less than single precision can say. Shapes: any, the same for all three;
N cells of a grid.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

FAR = 1e7  # where an open cell ends
Grid = tuple[NDArray[np.float64], NDArray[np.float64]]
Mass = Callable[[Tensor, Tensor, Tensor], Tensor]


def log1mexp(x: Tensor) -> Tensor:
    """log(1 - exp(-x)) of positive ``x``."""
    return torch.log(-torch.expm1(-x))


def logistic(low: Tensor, high: Tensor, width: Tensor) -> Tensor:
    """Log-mass of a logistic, whose difference of sigmoids is a product: s(h) - s(l) = s(h) s(-l) (1 - e^(l - h))."""
    return F.logsigmoid(high) + F.logsigmoid(-low) + log1mexp(width)


def laplace(low: Tensor, high: Tensor, width: Tensor) -> Tensor:
    """Log-mass of a Laplace: what an absolute error takes for granted."""
    near = torch.maximum(low, -high)  # below 0 where the centre lies inside
    beside = log1mexp(width) - near - math.log(2.0)
    inside = torch.expm1(-low.abs()) + torch.expm1(-high.abs())
    around = torch.log((-0.5 * inside).clamp_min(torch.finfo(low.dtype).tiny))
    return torch.where(near < 0, around, beside)


def gaussian(low: Tensor, high: Tensor, width: Tensor) -> Tensor:
    """Log-mass of a Gaussian: what a squared error takes for granted. Cells above the centre are mirrored."""
    above = low + high > 0
    low, high = torch.where(above, -high, low), torch.where(above, -low, high)
    most = torch.special.log_ndtr(high)
    return most + log1mexp((most - torch.special.log_ndtr(low)).clamp_min(torch.finfo(low.dtype).tiny))


def even_cells(first: float, step: float, count: int) -> Grid:
    """Edges [N + 1] and widths [N] of cells of one size."""
    return first + step * np.arange(count + 1, dtype=np.float64), np.full(count, step)


def log_cells(count: int) -> Grid:
    """Edges [N + 1] and widths [N] in the logarithm of a cell's place counted from 1; there is a place for 0 as well.

    The first cell ends at 0, where the second begins, and has to be opened.
    """
    places = np.maximum(np.arange(count + 1, dtype=np.float64), 1.0)
    return np.log(places), np.log1p(1.0 / places[:-1])


def opened(grid: Grid) -> Grid:
    """The same cells with a first and a last one that go on for ever: all mass lies inside."""
    edges, widths = grid[0].copy(), grid[1].copy()
    edges[[0, -1]], widths[[0, -1]] = (-FAR, FAR), FAR
    return edges, widths
