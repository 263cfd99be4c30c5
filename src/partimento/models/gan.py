"""The family ``gan``: a generator and a critic of windows of a piano roll, made of convolutions.

MechanicalBach's, made to learn: the generator strikes and holds keys by chance instead of blurring them, as many
and as loud as the training music does; the critic halves time and pitch, is spectrally normalised and is kept flat
around real windows, so that neither side runs away from the other. A piece is longer than a window: the coarse maps
of windows, drawn along a path of latent vectors, are faded into each other, and the convolutions run over all of
it. Shapes: B windows, T steps, P keys, Z latent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from ..batch import Batch
from ..errors import UsageError
from ..nn.activations import ACTIVATIONS
from ..nn.convolution import downward
from ..nn.filters import Sampling
from ..nn.hand import Hand, Scores, Touch, noise_for, touch_of
from ..nn.losses import named, unfit
from ..nn.painter import Painter
from ..nn.planes import LOUD, PLANES, STRUCK, Heard, bins_of, planes_of, sounding
from ..nn.verdicts import VERDICTS, flatness, steepness
from ..prompt import Prompt, Span
from ..tokens import Column
from ..units import PIANO_PITCHES
from .family import Losses, Phase, PieceFamily

MOST_DOUBLINGS = 3  # 88 keys are 11 x 2 x 2 x 2
NEAR = 0.7  # correlation of a latent vector with the one before it on the path
ROUNDING = 1e-6  # how near to 0 and 1 a probability comes
HEARD = 0.01  # share of the newest batch in what is heard
TRIED = 32  # stretches of a piece by which composing finds its touch


@dataclass(frozen=True)
class GanConfig:
    """The sizes of generator and critic, and how they are trained."""

    steps: int = field(
        default=64, metadata={"help": "rows of the roll in a window", "range": (8, 4096), "flag": "--roll-steps"}
    )
    latent: int = field(default=100, metadata={"help": "numbers that a window is made from", "range": (1, 4096)})
    grain: int = field(
        default=16, metadata={"help": "numbers more for each cell of its coarse map", "range": (0, 1024)}
    )
    dense_layers: int = field(default=1, metadata={"help": "hidden dense layers of the generator", "range": (0, 16)})
    dense_hidden: int = field(default=1000, metadata={"help": "units of each of them", "range": (1, 65536)})
    starting_channels: int = field(default=64, metadata={"help": "channels of the coarse map", "range": (1, 4096)})
    hidden_conv_layers: int = field(default=3, metadata={"help": "convolutions on either side", "range": (1, 16)})
    hidden_conv_channels: int = field(
        default=256, metadata={"help": "channels of each; 64 cost a tenth", "range": (1, 4096)}
    )
    activation: str = field(default="leaky_relu", metadata={"help": "between layers", "choices": tuple(ACTIVATIONS)})
    dropout: float = field(default=0.0, metadata={"help": "share of channels dropped", "range": (0.0, 0.9)})
    loss: str = field(
        default="hinge",
        metadata={"help": "by its usual name", **named("verdicts")},
    )
    spectral_norm: bool = field(default=True, metadata={"help": "bound the slope of the critic's layers"})
    critic_steps: int = field(default=1, metadata={"help": "of the critic for one of the generator", "range": (1, 100)})
    penalty: float = field(
        default=10.0, metadata={"help": "weight of the gradient penalty (wasserstein only)", "range": (0.0, 1e6)}
    )
    flatness: float = field(
        default=1.0,
        metadata={"help": "weight of the critic's slope at real windows (not wasserstein)", "range": (0.0, 1e6)},
    )
    flatness_every: int = field(
        default=4, metadata={"help": "steps from one such weighing to the next", "range": (1, 1000)}
    )
    chance: float = field(
        default=1.0, metadata={"help": "noise in striking and holding; 0: the likeliest", "range": (0.0, 100.0)}
    )

    @property
    def doublings(self) -> int:
        """How often the generator doubles, and the critic halves."""
        return min(self.hidden_conv_layers, MOST_DOUBLINGS)


class Gan(PieceFamily):
    """The family ``gan``."""

    name = "gan"
    codec = "roll"
    unit = ""  # what critic and generator lose are of different kinds
    Config: ClassVar[type[GanConfig]] = GanConfig
    density: Float[Tensor, "2"]  # keys struck and held in the mean step of training music
    loudness: Float[Tensor, "2"]  # of what is struck in it, 0 to 1: mean and spread
    batches: Float[Tensor, ""]  # heard so far

    def __init__(self, config: GanConfig, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__(config, columns, controls)
        kind, doublings = ACTIVATIONS[config.activation], config.doublings
        hidden = [config.hidden_conv_channels] * config.hidden_conv_layers
        coarse = (config.starting_channels, config.steps >> doublings, len(columns) >> doublings)
        dense = [config.dense_hidden] * config.dense_layers
        sizes = config.latent, config.grain, dense, coarse, hidden
        self.painter = Painter(*sizes, doublings, len(PLANES), kind, config.dropout)
        down, cells = [len(PLANES), *hidden, hidden[-1]], coarse[1] * coarse[2]
        self.critic = downward(down, doublings, cells, kind, config.dropout, config.spectral_norm)
        self.register_buffer("density", torch.ones(2))
        self.register_buffer("loudness", torch.tensor([0.5, 0.1]))
        self.register_buffer("batches", torch.zeros(()))

    @classmethod
    def misfit(cls, config: GanConfig, columns: tuple[Column, ...]) -> str:
        """Tables that are no piano roll, steps that cannot be halved, a loss that judges no verdicts."""
        keys = [column for column in columns if {"rest", "hold", "on"} <= column.offsets.keys()]
        if len(keys) != len(PIANO_PITCHES) or len(columns) != len(keys):
            return "it draws piano rolls, a column for each of 88 keys"
        if config.steps % 2**config.doublings:
            return f"--roll-steps {config.steps} is no multiple of {2**config.doublings}, which its convolutions need"
        return unfit(config.loss, "verdicts")

    @classmethod
    def misfit_windows(cls, config: GanConfig, sequence: int) -> str:
        """A sequence that holds no window of the roll."""
        if sequence >= config.steps:
            return ""
        advice = f"say --sequence {config.steps} or more, or fewer --roll-steps"
        return f"a sequence of {sequence} rows is shorter than its windows of {config.steps}; {advice}"

    def phases(self) -> list[Phase]:
        """The critic at every step, the generator at every so many."""
        critic = Phase("critic", tuple(self.critic.parameters()))
        return [critic, Phase("generator", tuple(self.painter.parameters()), every=self.config.critic_steps)]

    def losses(self, batch: Batch, due: Sequence[str], generator: torch.Generator) -> Losses:
        """What critic and generator make of each other; the figures are in the loss's own unit, without penalties."""
        verdict, real = VERDICTS[self.config.loss], self.windows(batch)
        if self.training:
            self._hear(real)
        with torch.set_grad_enabled("generator" in due):
            false = self._forged(len(real), generator)
        of_real, of_false = (self.critic(windows).float() for windows in (real, false.detach()))  # each in its company
        found = {"critic": verdict.critic(of_real, of_false)}
        if "generator" in due:
            found["generator"] = verdict.generator(self.critic(false).float())
        figures = {name: loss.detach() for name, loss in found.items()}
        found["critic"] = found["critic"] + self._penalty(real, false.detach(), generator)
        return Losses(found, figures)

    def _forged(self, count: int, generator: torch.Generator) -> Float[Tensor, "B 3 T P"]:
        """As many windows of the generator's."""
        device = self.density.device
        scores = self.painter(torch.randn(count, self.painter.inputs, generator=generator).to(device))
        uniform = torch.rand(count, LOUD, *scores.shape[2:], generator=generator).to(device)
        return sounding(scores, self._heard, bins_of(self.columns), self.config.chance * uniform.logit(ROUNDING))

    def _penalty(
        self, real: Float[Tensor, "B 3 T P"], false: Float[Tensor, "B 3 T P"], generator: torch.Generator
    ) -> Float[Tensor, ""] | float:
        """What the critic pays for its slope; flatness is weighed every so many steps and then that much heavier."""
        if VERDICTS[self.config.loss].penalised:
            weight = self.config.penalty
            return weight * steepness(self.critic, real, false, generator) if weight else 0.0
        weight, every = self.config.flatness, self.config.flatness_every
        due = weight and not int(self.batches) % every
        return weight * every * flatness(self.critic, real) if due else 0.0

    def windows(self, batch: Batch) -> Float[Tensor, "B 3 T P"]:
        """The planes of a batch, every row of it but the first and what is left over. Raises UsageError."""
        rows, steps = batch.ids.shape[1] - 1, self.config.steps
        reason = self.misfit_windows(self.config, rows)
        if reason:
            raise UsageError(f"family gan: {reason}")
        ids = batch.ids[:, 1 : rows - rows % steps + 1]
        return planes_of(ids.reshape(-1, steps, ids.shape[-1]), self.columns)

    def refuses(self, prompt: Prompt) -> str:
        """Music to keep, and controls."""
        if len(prompt.score) or prompt.free != (Span(),):
            return "it writes whole pieces and cannot go on from a primer; leave --primer out"
        if prompt.controls:
            return f"it is told nothing beforehand; leave --{', --'.join(prompt.controls)} out"
        return ""

    def draw(self, prompt: Prompt, sampling: Sampling, generator: np.random.Generator) -> Iterator[NDArray[np.int16]]:
        """Rows of one piece without end; ``temperature`` scales latent vectors and noise (1: as in training)."""
        if sampling.cuts or sampling.beam or sampling.columns:
            flags = "--top-k, --top-p, --min-p, --columns and --beam"
            raise UsageError(f"{self.name} draws whole pieces and no ids one by one; leave {flags} out")
        chance = sampling.temperature * self.config.chance
        hand = Hand(self.columns, self._touch(sampling.temperature, chance), generator, chance)
        for scores in self._stretches(generator, sampling.temperature):
            yield hand.played(scores)

    @property
    def _heard(self) -> Heard:
        return Heard(self.density, self.loudness)

    def _hear(self, real: Float[Tensor, "B 3 T P"]) -> None:
        """Move what was heard towards this batch: the mean of the first hundred, then a running mean."""
        self.batches += 1
        share = max(HEARD, 1 / float(self.batches))
        self.density.lerp_(real[:, : len(self.density)].sum(-1).mean((0, 2)), share)
        loud = real[:, LOUD][real[:, STRUCK] > 0]
        if len(loud):
            self.loudness.lerp_(torch.stack([loud.mean(), loud.std(correction=0)]), share)

    def _touch(self, temperature: float, chance: float) -> Touch:
        """How this model sounds as dense and as loud as the training music, tried on a path of its own."""
        own = np.random.default_rng(0)
        scores = np.concatenate(list(islice(self._stretches(own, temperature), TRIED)), axis=1)
        return touch_of(scores, self._heard, noise_for(scores, own, chance))

    def _stretches(self, generator: np.random.Generator, temperature: float) -> Iterator[Scores]:
        """float[3, t, P]: the scores of one piece, stretch after stretch."""
        latents = (torch.from_numpy(temperature * each).float() for each in _path(generator, self.painter.inputs))
        with torch.no_grad():
            for scores in self.painter.flowing(latents):
                yield scores.float().numpy()


def _path(generator: np.random.Generator, size: int) -> Iterator[NDArray[np.float64]]:
    """Latent vectors of unit variance, each near the one before."""
    latent = generator.standard_normal(size)
    while True:
        yield latent
        latent = NEAR * latent + (1 - NEAR**2) ** 0.5 * generator.standard_normal(size)
