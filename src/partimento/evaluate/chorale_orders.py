"""The likelihood of chorales in any order: the 16ths in a random one, the voices of each in a random one.

Coconet (Huang et al., "Counterpoint by Convolution", ISMIR 2017) was measured so, over 5 orders; but by its released
FrameEvaluator the voices that were taken in the same 16th do not say what they sing, but what the model finds
likeliest (``own``), and the probability of each 16th is averaged over orders. Both are here; only the first is a
likelihood. Shapes: K orders, P pieces, T 16ths, R rows, V voices, C columns, N cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..checkpoint import Checkpoint
from ..errors import UsageError
from ..models import family_of
from ..models.cell_likelihood import cell_likelihood
from ..models.grid_transformer import GridTransformer
from ..models.likelihood import piece_cells
from ..nn.precision import precision as number_format
from ..tokens import Ids
from .cells import COCONET, LIKELIHOOD, ORDERS, CellRow, Chorales, Progress, Spent, cell_row, grid_model
from .likelihood import Conditions
from .units import Floats

ROWS_AT_ONCE = 16_384  # of all copies of a piece that are read in one pass
MOST_ORDERS, LONGEST_CROP = 1000, 65_536


@dataclass(frozen=True)
class Orders:
    """``count`` orders, drawn from ``seed``, of the first ``crop`` 16ths of each piece; 0: of all."""

    count: int = 1
    crop: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value, most in (("--orders", self.count, MOST_ORDERS), ("--crop", self.crop, LONGEST_CROP)):
            if not 0 <= value <= most:
                raise UsageError(f"{name} {value} is out of range: 0 to {most}")

    @property
    def text(self) -> str:
        """For people."""
        part = f"the first {self.crop} 16ths of each piece" if self.crop else "whole pieces"
        return f"{self.count} orders of {part}, seed {self.seed}"


@dataclass(frozen=True)
class Order:
    """``rows`` int[T], the 16ths in the order in which they are taken; ``voices`` int[T, V], those of each of them."""

    rows: NDArray[np.int64]
    voices: NDArray[np.int64]

    @classmethod
    def drawn(cls, rows: NDArray[np.int64], voices: int, generator: np.random.Generator) -> "Order":
        """By chance."""
        inside = np.tile(np.arange(voices), (len(rows), 1))
        return cls(generator.permutation(rows), generator.permuted(inside, axis=1))


def in_any_order(checkpoint: Checkpoint) -> bool:
    """Whether a model's family says what a cell is given any others."""
    return issubclass(family_of(checkpoint.recipe.family), GridTransformer)


def order_rows(
    name: str,
    checkpoint: Checkpoint,
    chorales: Chorales,
    conditions: Conditions,
    orders: Orders,
    progress: Progress = lambda share, remark: None,
) -> Iterator[CellRow]:
    """A model in random orders, then by Coconet's framewise measure: a pass over a piece for each of its cells.

    Of a crop first in order of time, so that there is something to hold the orders against.
    """
    model, material = grid_model(checkpoint), chorales.material
    assert isinstance(model, GridTransformer)
    cells = [piece_cells(material.codec, material.corpus, piece) for piece in material.pieces]
    pieces = [ids for ids, _ in cells]
    if orders.crop:
        found = [cell_likelihood(model, ids[: orders.crop + 1], counted[: orders.crop]) for ids, counted in cells]
        part = f"{name}, the first {orders.crop} 16ths"
        yield cell_row(part, "model", chorales, Spent.of(found), LIKELIHOOD, "float32", orders.crop)
    for half, (measure, own) in enumerate({ORDERS: False, COCONET: True}.items()):
        nats = []
        with number_format(conditions.precision, next(model.parameters()).device):
            for number, ids in enumerate(pieces, 1):
                nats.append(piece_nats(model, ids, orders, number, own))
                share = (half + number / len(pieces)) / 2
                progress(share, f"{measure}: {number} of {len(pieces)} pieces")
        told = f"{orders.text}, {conditions.precision}"
        yield cell_row(name, "model", chorales, spent(nats), measure, told, orders.crop)


def spent(pieces: Sequence[Floats]) -> Spent:
    """Of nats [K, T, V] of each piece: their mean over orders, and with the probability of each 16th averaged."""
    nats = np.array([each.mean(0).sum(0) for each in pieces])
    cells = np.array([[each.shape[1]] * each.shape[2] for each in pieces], float)
    frames = [torch.from_numpy(-each.sum(-1)).logsumexp(0).numpy() - np.log(len(each)) for each in pieces]
    return Spent(cells, nats, ensembled=np.array([-each.sum() for each in frames]))


def piece_nats(model: GridTransformer, ids: Ids, orders: Orders, piece: int = 0, own: bool = False) -> Floats:
    """float[K, T, V]: what the cells of ``ids`` [R, C] cost in each order; rows without begin and end."""
    ids = ids[: orders.crop + 1] if orders.crop else ids
    voices = len(model.voices)
    inside = np.flatnonzero((ids[:, :voices] > 1).all(1))
    found = []
    for number in range(orders.count):
        order = Order.drawn(inside, voices, np.random.default_rng([orders.seed, number, piece]))
        found.append(order_nats(model, ids, order, own))
    return np.array(found)


@torch.no_grad()
def order_nats(model: GridTransformer, ids: Ids, order: Order, own: bool = False) -> Floats:
    """float[T, V]: what each cell costs, given those before it; ``own``: those of the same 16th as guessed."""
    nats = np.zeros((len(ids), len(model.voices)))
    tensor, every = torch.from_numpy(ids.astype(np.int64)), np.arange(len(order.rows))
    for steps in np.array_split(every, max(len(every) * len(ids) // ROWS_AT_ONCE, 1)):
        nats[order.rows[steps]] = _steps(model, tensor, order, steps, own)
    return nats[np.sort(order.rows)]


def _steps(model: GridTransformer, ids: Tensor, order: Order, steps: NDArray[np.int64], own: bool) -> Floats:
    """float[N, V]: of some steps of an order, a copy of the piece for each, its voices one after another."""
    device = next(model.parameters()).device
    shown, known = (each.to(device) for each in (ids.repeat(len(steps), 1, 1), _known(order, ids, steps)))
    copies, rows = torch.arange(len(steps), device=device), torch.from_numpy(order.rows[steps]).to(device)
    nats = torch.zeros(len(steps), len(model.voices), device=device)
    truth = ids.to(device)[rows]
    for turn in range(len(model.voices)):
        voices = torch.from_numpy(order.voices[steps, turn]).to(device)
        for v, scores in enumerate(model.scores(shown, known, known)):
            mine = copies[voices == v]
            said = scores[mine, rows[mine] - 1].float().log_softmax(-1)
            nats[mine, v] = -said.gather(1, truth[mine, v, None])[:, 0]
            if own:
                shown[mine, rows[mine], v] = said.argmax(-1)
        known[copies, rows, voices] = True
    return nats.cpu().double().numpy()


def _known(order: Order, ids: Tensor, steps: NDArray[np.int64]) -> Tensor:
    """bool[N, R, V]: what is taken before each of some steps; begin and end are."""
    taken = np.full(len(ids), -1)
    taken[order.rows] = np.arange(len(order.rows))
    known = torch.from_numpy(taken[None] < steps[:, None])
    return known[..., None].repeat(1, 1, order.voices.shape[1])
