"""A run that takes no time: random rows for batches, tiny recipes, a trainer that can be stopped."""

import numpy as np
import torch
from music import TRAIN

from partimento.batch import Batch
from partimento.codecs import CODECS as TABLE
from partimento.codecs import codec_of
from partimento.models import family_of
from partimento.recipe import Recipe, TrainConfig
from partimento.train.run import Run
from partimento.train.trainer import Hooks, Trainer

TINY_DECODER = {"layers": 1, "width": 16, "heads": 2, "time_heads": 1, "hidden": 16, "dropout": 0.1, "reach": 4}
TINY_RECURRENT = {"layers": 2, "units": 16, "embedding": 16, "hidden_dense": 1, "hidden_dense_size": 16, "dropout": 0.1}
TINY_HEADS = {"units": 16, "hidden": 16, "narrow": 16}
TINY_SEGMENTS = {"embedding": 8, "encoder_units": 16, "decoder_units": 16, "encoder_rows": 3, "decoder_rows": 4}
TINY_GAN = {"steps": 8, "latent": 4, "dense_hidden": 8, "starting_channels": 4, "hidden_conv_channels": 4}
TINY_READERS = {"embedding": 4, "lstm1": 16, "lstm1_recurrent_dropout": 0.1, "lstm2": 8, "lstm2_dropout": 0.1}
SMALL = {
    "gan": {**TINY_GAN, "dropout": 0.1, "critic_steps": 2},
    "seq2seq": TINY_SEGMENTS,
    "transformer": TINY_DECODER,
    "lstm": TINY_RECURRENT,
    "gru": TINY_RECURRENT,
    "three-head": TINY_HEADS,
    "next-note": {"window": 5, "embedding": 8, "units": 16, "dropout": 0.1, "per_window": 6},
    "deepbach": {**TINY_READERS, "middle": 16, "hidden": 16, "dt": 2, "centres": 4},
    "grid-transformer": {"ahead_layers": 1, "layers": 1, "width": 16, "heads": 2, "hidden": 16},
}
CODECS = {"gan": "roll", "deepbach": "chorale", "grid-transformer": "chorale"}  # of families that do not serve notes
EPOCHS, EPOCH_STEPS = 3, 7


class ToyBatches:
    """Rows of a fixed vocabulary, a pure function of the epoch."""

    def __init__(self, columns):
        self.columns = columns

    def epoch(self, epoch, skip=0):
        generator = np.random.default_rng(epoch)
        for step in range(EPOCH_STEPS):
            ids = np.stack([generator.integers(0, min(c.size, 6), (4, 9)) for c in self.columns], axis=-1)
            if step >= skip:
                mask = torch.ones(4, 8, len(self.columns), dtype=torch.bool)
                yield Batch(torch.from_numpy(ids), mask, torch.zeros(4, 3, dtype=torch.int64))


def recipe_of(name, find, codec="", **training):
    config = find(name).Config(**SMALL.get(name, {}))
    plan = TrainConfig(**{"epochs": float(EPOCHS), "warmup": 2, "ema": 0.9, "save_minutes": 60.0, **training})
    return Recipe(codec=fitted(codec or CODECS.get(name, "notes")), family=name, model=config, training=plan)


def fitted(codec):
    return codec_of(codec).fit(TRAIN)


def other_codecs(name):
    """The codecs that a family of the table can be trained on beside the one that it is trained on here anyway."""
    family, config = family_of(name), family_of(name).Config(**SMALL.get(name, {}))
    fitting = [codec for codec in TABLE if not family.misfit(config, fitted(codec).columns)]
    return [codec for codec in fitting if codec != CODECS.get(name, "notes")]


def trainer_of(recipe, folder, stop_after=None):
    count = iter(range(10_000))
    hooks = Hooks(stopped=lambda: stop_after is not None and next(count) >= stop_after)
    return Trainer(recipe, Run(folder), ToyBatches(recipe.codec.columns), epoch_steps=EPOCH_STEPS, hooks=hooks)
