"""Columns read and predicted as numbers: seconds and loudness in place of thousands of unrelated ids.

A column's numbers are its longest range; its other ids (begin, end, wait, none, tie) are chosen by a small softmax
beside "it is a number", so every id has a probability. A regression loss is a distribution too: an absolute error
that of a Laplace, a squared error that of a Gaussian around the number predicted, as wide as errors have been.
Units are natural: seconds for times, a share of the whole range for the rest (a velocity over 128).
Shapes: B pieces, T rows, C columns, D width, V ids, N numbers of a column, K components.
"""

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ..tokens import Column
from .discretised import Grid, Mass, even_cells, gaussian, laplace, log_cells, logistic, opened
from .layers import Linear, linear
from .logits import Logits
from .losses import ALIASES
from .quantities import ColumnNumbers as ColumnNumbers
from .quantities import number_range, numbers, per_unit
from .quantities import says_number as says_number

KERNELS: dict[str, Mass] = {"l1": laplace, "mse": gaussian, "mixture": logistic}
SPAN = 9.0  # from the first number to the last on the mixture's scale, as log(10,000)
RARE = 8.0  # nats by which "it is a number" is likelier at first than any of the other ids
OLDEST = 1000  # batches over which errors are averaged
NARROWEST = 0.25  # grid steps: the least scale of l1 and mse


class NumberHead(nn.Module):
    """A distribution over one column's ids from a vector, trained by ``loss``: l1, mse, mixture or ids.

    ``mixture`` has ``components`` logistics over cells that are even in the logarithm of time (PixelCNN++,
    Salimans et al. 2017, eq. 2, there over intensities). ``pressure`` times what is below 0 of a number is added
    to l1 and mse (TensorFlow's tutorial: 10).
    """

    edges: Tensor
    widths: Tensor
    numbers: Tensor
    anchors: Tensor
    kinds: Tensor
    error: Tensor
    seen: Tensor

    def __init__(self, width: int, column: Column, loss: str, components: int = 5, pressure: float = 0.0) -> None:
        super().__init__()
        self.kind, self.size, self.pressure = ALIASES.get(loss, loss), column.size, pressure
        if self.kind == "ids":
            self.out: nn.Linear = Linear(width, self.size)
            return
        self.parts = components if self.kind == "mixture" else 1
        self.first, self.count = column.offsets[number_range(column).name], number_range(column).count
        self.mass, self.unit, self.others = KERNELS[self.kind], per_unit(column), self.size - self.count
        self.out = nn.Linear(width, self.others + 1 + (3 * components if self.kind == "mixture" else 1))
        self._tabulate(column)

    def forward(self, hidden: Float[Tensor, "B T D"]) -> Float[Tensor, "B T V"]:
        """Scores of every id, 0 for the likeliest; each row is computed by itself, so its bits know no company."""
        raw = self._raw(hidden)
        if self.kind == "ids":
            return raw
        rows = [self._scores(row) for row in raw.flatten(0, -2).unbind(0)]
        return torch.stack(rows).view(*raw.shape[:-1], self.size)

    def logits(self, hidden: Float[Tensor, "B T D"]) -> Logits:
        """The scores as the decoders ask for them: all numbers together are one thing that may be said."""
        return Logits(self(hidden), spread=self.spread)

    @property
    def spread(self) -> slice | None:
        """The ids of the numbers; None where they are classes like any others."""
        return None if self.kind == "ids" else slice(self.first, self.first + self.count)

    def nll(self, hidden: Float[Tensor, "B T D"], target: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
        """Nats of ``target``, computed at its own cell alone."""
        if self.kind == "ids":
            return _nats(self._raw(hidden), target)
        raw = self._exact(self._raw(hidden))
        found, number = self._kind_nats(raw, target)
        cell = (target - self.first).clamp(0, self.count - 1)
        edges = (x.to(raw.dtype).unsqueeze(-1) for x in (self.edges[cell], self.edges[cell + 1], self.widths[cell]))
        return (found - torch.where(number, self._log_mass(raw[..., self.others + 1 :], *edges), 0.0)).float()

    def loss(
        self, hidden: Float[Tensor, "B T D"], target: Int[Tensor, "B T"], counts: Bool[Tensor, "B T"] | None = None
    ) -> Float[Tensor, "B T"]:
        """What is trained: the error in natural units with the small softmax's nats (l1, mse), or ``nll``.

        While training, the errors seen here say how wide the distribution is, those of cells that ``counts``
        (None: all); others may hold what nobody played.
        """
        if self.kind not in ("l1", "mse"):
            return self.nll(hidden, target)
        raw = self._raw(hidden)
        found, number = self._kind_nats(raw, target)
        predicted = raw[..., -1]
        distance = predicted - self.numbers[target]
        error = distance.abs() if self.kind == "l1" else distance.square()
        if self.training:
            self._remember(error.detach(), number if counts is None else number & counts)
        return found + torch.where(number, error + self.pressure * (-predicted).clamp_min(0.0), 0.0)

    def predicted(self, hidden: Float[Tensor, "B T D"]) -> Float[Tensor, "B T"]:
        """The number itself, in natural units (l1 and mse)."""
        return self._raw(hidden)[..., -1]

    def _tabulate(self, column: Column) -> None:
        """The cells of the numbers, and what each id is."""
        edges, widths = self._cells(column)
        kinds = np.full(self.size, self.others)
        kinds[np.delete(np.arange(self.size), np.s_[self.first : self.first + self.count])] = np.arange(self.others)
        anchors = SPAN * (np.arange(self.parts) + 0.5) / self.parts
        tables = {"edges": edges, "widths": widths, "numbers": numbers(column)[:, 0], "anchors": anchors}
        for name, values in tables.items():
            self.register_buffer(name, torch.from_numpy(values).float(), persistent=False)
        self.register_buffer("kinds", torch.from_numpy(kinds), persistent=False)
        self.register_buffer("error", torch.tensor(1.0))
        self.register_buffer("seen", torch.tensor(0.0))

    def _cells(self, column: Column) -> Grid:
        """In grid steps; for a mixture in the logarithm of time, or evenly where it is no time."""
        r = number_range(column)
        if self.kind != "mixture":
            return even_cells(r.low - 0.5, 1.0, self.count)
        timed = r.advances or r.lasts
        return opened(log_cells(self.count) if timed else even_cells(0.0, SPAN / self.count, self.count))

    def _raw(self, hidden: Float[Tensor, "*B D"]) -> Float[Tensor, "*B R"]:
        """What the map says; numbers in single precision, since the eight bits of bfloat16 are too few."""
        if self.kind == "ids":
            return self.out(hidden).float()
        with torch.autocast(hidden.device.type, enabled=False):
            return linear(hidden.float(), self.out.weight.float(), self.out.bias.float())

    def _exact(self, raw: Tensor) -> Tensor:
        """In double precision for one narrow distribution, whose far cells single precision cannot tell from none."""
        return raw.double() if self.parts == 1 else raw

    def _kind_scores(self, raw: Tensor) -> Tensor:
        """Scores of the other ids and, last, of "it is a number"."""
        return torch.cat([raw[..., : self.others], raw[..., self.others : self.others + 1] + RARE], -1)

    def _kind_nats(self, raw: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Nats of what kind of id each target is, and whether it is a number."""
        kind = self.kinds[target]
        return _nats(self._kind_scores(raw), kind), kind == self.others

    def _log_mass(self, raw: Tensor, low: Tensor, high: Tensor, width: Tensor) -> Tensor:
        """Log-mass of cells [..., 1] (or, of one row, [N, 1]) in the distribution that ``raw`` [..., P] says."""
        if self.kind != "mixture":
            return self._within(raw * self.unit, low, high, width).squeeze(-1)
        shares, centres, scales = raw.chunk(3, -1)
        centre, scale = centres + self.anchors, (3.0 * torch.tanh(scales / 3.0) - 1.0).exp()
        masses = self.mass((low - centre) / scale, (high - centre) / scale, width / scale)
        return torch.logsumexp(masses + shares.log_softmax(-1), -1)

    def _within(self, centre: Tensor, low: Tensor, high: Tensor, width: Tensor) -> Tensor:
        """Log-mass of cells in the part of a distribution that lies on the grid, whose likeliest cell is the centre's.

        Were the outer cells open, all that lies below 0 would fall into the shortest time.
        """
        scale = (self._scale() * self.unit).to(centre.dtype).clamp_min(NARROWEST)
        first, last = self.edges[0], self.edges[-1]
        inside = self.mass((first - centre) / scale, (last - centre) / scale, (last - first) / scale)
        return self.mass((low - centre) / scale, (high - centre) / scale, width / scale) - inside

    def _scale(self) -> Tensor:
        """Of the Laplace: the mean error; of the Gaussian: the root of the mean squared one. Natural units."""
        return self.error if self.kind == "l1" else self.error.sqrt()

    def _scores(self, raw: Float[Tensor, " R"]) -> Float[Tensor, " V"]:
        """Of one row, with 0 for the likeliest id: what is near 0 is fine enough to tell neighbours apart."""
        exact = self._exact(raw)
        low, high, width = (x.to(exact.dtype).unsqueeze(-1) for x in (self.edges[:-1], self.edges[1:], self.widths))
        kinds = self._kind_scores(exact).log_softmax(-1)
        numbers = self._log_mass(exact[self.others + 1 :], low, high, width) + kinds[-1]
        scores = torch.cat([kinds[: self.first], numbers, kinds[self.first : self.others]])
        return (scores - scores.max()).float()

    @torch.no_grad()
    def _remember(self, error: Tensor, number: Tensor) -> None:
        """Move the mean error towards that of the numbers of this batch."""
        count = number.sum()
        mean = torch.where(number, error, 0.0).sum() / count.clamp_min(1)
        self.seen.add_((count > 0).float()).clamp_max_(OLDEST)
        self.error.lerp_(torch.where(count > 0, mean, self.error), 1.0 / self.seen.clamp_min(1.0))


def _nats(scores: Tensor, target: Tensor) -> Tensor:
    return F.cross_entropy(scores.flatten(0, -2), target.flatten(), reduction="none").view(target.shape)
