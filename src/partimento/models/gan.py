"""The family ``gan``: a generator and a critic of windows of a piano roll, made of convolutions.

MechanicalBach's, made to learn: the generator strikes and holds keys instead of blurring them, the critic
halves time and pitch and is spectrally normalised, and composing strikes and holds as many keys as the training
music does. A piece is longer than a window: the coarse maps of windows, drawn along a path of latent vectors,
are faded into each other, and the convolutions run over all of it. Shapes: B windows, T steps, P keys, Z latent.
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
from ..nn.losses import LOSSES, judging, unfit
from ..nn.painter import Painter
from ..nn.planes import PLANES, Hand, Levels, Scores, levels, planes_of, sounding
from ..nn.verdicts import VERDICTS, steepness
from ..prompt import Prompt, Span
from ..tokens import Column
from ..units import PIANO_PITCHES
from .family import Losses, Phase, PieceFamily

MOST_DOUBLINGS = 3  # 88 keys are 11 x 2 x 2 x 2
NEAR = 0.7  # correlation of a latent vector with the one before it on the path
HEARD = 0.01  # share of the newest batch in the running density
TRIED = 32  # stretches of a piece by which composing finds its levels


@dataclass(frozen=True)
class GanConfig:
    """The sizes of generator and critic, and how they are trained."""

    steps: int = field(
        default=64, metadata={"help": "rows of the roll in a window", "range": (8, 4096), "flag": "--roll-steps"}
    )
    latent: int = field(default=100, metadata={"help": "numbers that a window is made from", "range": (1, 4096)})
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
        metadata={"help": "by its usual name", "choices": tuple(LOSSES), "fitting": judging("verdicts")},
    )
    spectral_norm: bool = field(default=True, metadata={"help": "bound the slope of the critic's layers"})
    critic_steps: int = field(default=1, metadata={"help": "of the critic for one of the generator", "range": (1, 100)})
    penalty: float = field(
        default=10.0, metadata={"help": "weight of the gradient penalty (wasserstein only)", "range": (0.0, 1e6)}
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
    batches: Float[Tensor, ""]  # heard so far

    def __init__(self, config: GanConfig, columns: tuple[Column, ...], controls: Sequence[int] = ()) -> None:
        super().__init__(config, columns, controls)
        kind, doublings = ACTIVATIONS[config.activation], config.doublings
        hidden = [config.hidden_conv_channels] * config.hidden_conv_layers
        coarse = (config.starting_channels, config.steps >> doublings, len(columns) >> doublings)
        dense = [config.dense_hidden] * config.dense_layers
        self.painter = Painter(config.latent, dense, coarse, hidden, doublings, len(PLANES), kind, config.dropout)
        down, cells = [len(PLANES), *hidden, hidden[-1]], coarse[1] * coarse[2]
        self.critic = downward(down, doublings, cells, kind, config.dropout, config.spectral_norm)
        self.register_buffer("density", torch.ones(2))
        self.register_buffer("batches", torch.zeros(()))

    @classmethod
    def misfit(cls, config: GanConfig, columns: tuple[Column, ...]) -> str:
        """Tables that are no piano roll, steps that cannot be halved, a loss that judges no verdicts."""
        keys = [column for column in columns if {"rest", "hold", "on"} <= column.offsets.keys()]
        if len(keys) != len(PIANO_PITCHES) or len(columns) != len(keys):
            return "it draws piano rolls, a column for each of 88 keys"
        if config.steps % 2**config.doublings:
            return f"steps {config.steps} is no multiple of {2**config.doublings}, which its convolutions need"
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
        """What critic and generator make of each other; the figures are in the loss's own unit."""
        verdict, real = VERDICTS[self.config.loss], self.windows(batch)
        if self.training:
            self._hear(real)
        latent = torch.randn(len(real), self.config.latent, generator=generator).to(real.device)
        with torch.set_grad_enabled("generator" in due):
            false = sounding(self.painter(latent), self.density)
        of_real, of_false = (self.critic(windows).float() for windows in (real, false.detach()))  # each in its company
        found = {"critic": verdict.critic(of_real, of_false)}
        if verdict.penalised and self.config.penalty:
            slope = steepness(self.critic, real, false.detach(), generator)
            found["critic"] = found["critic"] + self.config.penalty * slope
        if "generator" in due:
            found["generator"] = verdict.generator(self.critic(false).float())
        figures = {name: loss.detach() for name, loss in found.items()}
        return Losses(found, figures)

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
        """Rows of one piece without end; ``temperature`` scales the latent vectors' spread (1: as in training)."""
        if sampling.cuts or sampling.beam or sampling.columns:
            flags = "--top-k, --top-p, --min-p, --columns and --beam"
            raise UsageError(f"{self.name} draws whole pieces and no ids one by one; leave {flags} out")
        hand = Hand(self.columns, self._levels(sampling.temperature))
        for scores in self._stretches(generator, sampling.temperature):
            yield hand.played(scores)

    def _hear(self, real: Float[Tensor, "B 3 T P"]) -> None:
        """Move the density towards that of this batch: the mean of the first hundred, then a running mean."""
        self.batches += 1
        now = real[:, : len(self.density)].sum(-1).mean((0, 2))
        self.density.lerp_(now, max(HEARD, 1 / float(self.batches)))

    def _levels(self, temperature: float) -> Levels:
        """Where this model strikes and holds as many keys as the training music, tried on a path of its own."""
        tried = self._stretches(np.random.default_rng(0), temperature)
        scores = np.concatenate(list(islice(tried, TRIED)), axis=1)
        return levels(scores, *self.density.tolist())

    def _stretches(self, generator: np.random.Generator, temperature: float) -> Iterator[Scores]:
        """float[3, t, P]: the scores of one piece, stretch after stretch."""
        latents = (torch.from_numpy(temperature * each).float() for each in _path(generator, self.config.latent))
        with torch.no_grad():
            for scores in self.painter.flowing(latents):
                yield scores.float().numpy()


def _path(generator: np.random.Generator, size: int) -> Iterator[NDArray[np.float64]]:
    """Latent vectors of unit variance, each near the one before."""
    latent = generator.standard_normal(size)
    while True:
        yield latent
        latent = NEAR * latent + (1 - NEAR**2) ** 0.5 * generator.standard_normal(size)
