"""What paints planes of time and pitch from latent vectors: one window, or windows that flow into each other.

A latent vector becomes a coarse map, which convolutions make finer. In a long picture the coarse maps of windows
are faded into each other and the convolutions run over all of it, so that nothing is cut or blurred at a seam.
Shapes: B windows, Z latent and grain, C channels, S coarse steps, K coarse pitches, T steps, P pitches.
"""

from collections.abc import Iterator, Sequence
from math import pi, prod

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from .convolution import upward

CONTEXT = 3  # coarse steps beside those that are painted: as far as the convolutions see


class Standard(nn.BatchNorm1d):
    """Every cell of a coarse map at mean 0 and variance 1 over the windows of a batch (Ioffe and Szegedy 2015).

    What all windows share is so taken out; left in, it grows until the latent vector no longer matters.
    A window alone is held against the windows before it.
    """

    def forward(self, x: Float[Tensor, "B D"]) -> Float[Tensor, "B D"]:
        """The standardised map; in composing by the running mean and variance of training."""
        batched = self.training and len(x) > 1
        return F.batch_norm(x.float(), self.running_mean, self.running_var, training=batched, momentum=0.1)


class Even(nn.BatchNorm2d):
    """Every plane at mean 0 and variance 1 over the windows of a batch, in each place of a coarse cell for itself.

    Music is on no grid of coarse cells. Left in, it is what convolutions that double find first: everything is struck
    in one row and one column out of eight, and a critic that sees it tells all windows apart.
    """

    def __init__(self, planes: int, scale: int) -> None:
        super().__init__(planes * scale**2, affine=False)
        self.scale = scale

    def forward(self, x: Float[Tensor, "B planes T P"]) -> Float[Tensor, "B planes T P"]:
        """The standardised planes; in composing by the running mean and variance of training."""
        places = F.pixel_unshuffle(x.float(), self.scale)
        even = F.batch_norm(places, self.running_mean, self.running_var, training=self.training, momentum=0.1)
        return F.pixel_shuffle(even, self.scale)


class Painter(nn.Module):
    """Dense layers of ``dense`` units each, a map of ``coarse`` (C, S, K), convolutions of ``channels``.

    Behind ``latent`` numbers for all of a window stand ``grain`` for each cell of its map, which become channels of
    it: without something that differs from cell to cell, convolutions can only repeat one pattern in each
    (Karras et al. 2019, 3.2, add such noise to every layer).
    """

    def __init__(
        self,
        latent: int,
        grain: int,
        dense: Sequence[int],
        coarse: tuple[int, int, int],
        channels: Sequence[int],
        doublings: int,
        planes: int,
        activation: type[nn.Module],
        dropout: float,
    ) -> None:
        super().__init__()
        parts: list[nn.Module] = []
        for width, units in zip((latent, *dense), dense, strict=False):
            parts += [nn.Linear(width, units), activation(), nn.Dropout(dropout)]
        self.dense = nn.Sequential(*parts)
        width = dense[-1] if dense else latent
        self.spread = nn.Sequential(nn.Linear(width, prod(coarse), bias=False), Standard(prod(coarse), affine=False))
        finer = upward((coarse[0] + grain, *channels), doublings, planes, activation, dropout)
        self.finer = nn.Sequential(finer, Even(planes, 2**doublings))
        self.latent, self.coarse, self.scale = latent, coarse, 2**doublings
        self.inputs = latent + grain * coarse[1] * coarse[2]

    def forward(self, latent: Float[Tensor, "B Z"]) -> Float[Tensor, "B planes T P"]:
        """Whole windows."""
        painted: Tensor = self.finer(self._maps(latent))
        return painted

    def flowing(self, latents: Iterator[Float[Tensor, " Z"]]) -> Iterator[Float[Tensor, "planes t P"]]:
        """One picture without end, stretch after stretch."""
        fade, painted = self.coarse[1] // 2, 0
        known = self._maps(next(latents)[None])[0]
        for latent in latents:
            known = _faded(known, self._maps(latent[None])[0], fade)
            stop = known.shape[1] - fade - CONTEXT
            if stop > painted:
                seen = known[None, :, : stop + CONTEXT]
                yield self.finer(seen)[0, :, painted * self.scale : stop * self.scale]
                known, painted = known[:, max(stop - CONTEXT, 0) :], min(stop, CONTEXT)

    def _maps(self, latent: Float[Tensor, "B Z"]) -> Float[Tensor, "B C S K"]:
        """The coarse maps of windows, and the grain of each."""
        known, grain = latent[:, : self.latent], latent[:, self.latent :]
        spread = self.spread(self.dense(known)).view(-1, *self.coarse)
        return torch.cat([spread, grain.view(len(latent), -1, *self.coarse[1:]).to(spread.dtype)], 1)


def _faded(known: Tensor, new: Tensor, fade: int) -> Tensor:
    """``new`` behind ``known`` [C, S, K], their last and first ``fade`` steps mixed at equal power."""
    if not fade:
        return torch.cat([known, new], 1)
    angle = (torch.arange(fade)[:, None] + 0.5) * (pi / 2 / fade)
    mixed = known[:, -fade:] * angle.cos() + new[:, :fade] * angle.sin()
    return torch.cat([known[:, :-fade], mixed, new[:, fade:]], 1)
