"""Tiny families that need what the contract promises: a GAN, isolated optimizers, four voices in one loop."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from partimento.models.family import Family, Losses, Phase


@dataclass(frozen=True)
class TinyConfig:
    width: int = 8


class TinyGan(Family):
    """A critic three times for each step of the generator; noise from the run's own generator."""

    name, Config = "tiny-gan", TinyConfig

    def __init__(self, config, columns, controls=()):
        super().__init__(config, columns, controls)
        self.generator_net = nn.Sequential(nn.Linear(4, config.width), nn.ReLU(), nn.Linear(config.width, 4))
        self.critic = nn.Sequential(nn.Linear(4, config.width), nn.ReLU(), nn.Dropout(0.1), nn.Linear(config.width, 1))

    def phases(self):
        return [
            Phase("critic", tuple(self.critic.parameters())),
            Phase("generator", tuple(self.generator_net.parameters()), every=3),
        ]

    def losses(self, batch, due, generator):
        real = batch.ids[:, 1].float() / 100
        fake = self.generator_net(torch.randn(len(real), 4, generator=generator))
        found = {"critic": F.softplus(-self.critic(real)).mean() + F.softplus(self.critic(fake.detach())).mean()}
        if "generator" in due:
            found["generator"] = F.softplus(-self.critic(fake)).mean()
        return Losses(found, {name: loss.detach() for name, loss in found.items()})


class TinyHeads(Family):
    """Three heads on one body that is of the first phase: the others must leave it alone, though they do not detach."""

    name, Config = "tiny-heads", TinyConfig

    def __init__(self, config, columns, controls=()):
        super().__init__(config, columns, controls)
        self.body = nn.Linear(4, config.width)
        self.heads = nn.ModuleList(nn.Linear(config.width, 1) for _ in range(3))

    def phases(self):
        first = Phase("pitch", (*self.body.parameters(), *self.heads[0].parameters()))
        return [
            first,
            *(
                Phase(name, tuple(head.parameters()))
                for name, head in zip(("time", "velocity"), self.heads[1:], strict=True)
            ),
        ]

    def losses(self, batch, due, generator):
        x = torch.tanh(self.body(batch.ids[:, 0].float() / 100))
        target = batch.ids[:, 1].float() / 100
        parts = {"pitch": (x, 1), "time": (x, 0), "velocity": (x, 2)}
        heads = dict(zip(parts, self.heads, strict=True))
        found = {name: F.mse_loss(heads[name](z)[:, 0], target[:, c]) for name, (z, c) in parts.items()}
        return Losses(found, {name: loss.detach() for name, loss in found.items()})


class TinyVoices(Family):
    """Four voices, each a network of its own that sees the other three."""

    name, Config = "tiny-voices", TinyConfig

    def __init__(self, config, columns, controls=()):
        super().__init__(config, columns, controls)
        self.voices = nn.ModuleList(nn.Linear(3, 1) for _ in range(4))

    def phases(self):
        return [Phase(f"voice-{v}", tuple(voice.parameters())) for v, voice in enumerate(self.voices)]

    def losses(self, batch, due, generator):
        rows = batch.ids[:, 0].float() / 100
        found = {}
        for v, voice in enumerate(self.voices):
            others = rows[:, [u for u in range(4) if u != v]]
            found[f"voice-{v}"] = F.mse_loss(voice(others)[:, 0], rows[:, v])
        return Losses(found, {name: loss.detach() for name, loss in found.items()})


TINY = {family.name: family for family in (TinyGan, TinyHeads, TinyVoices)}
