"""A run that takes no time: random rows for batches, tiny recipes, a trainer that can be stopped."""

import numpy as np
import torch
from music import TRAIN
from tiny import TINY

from partimento.batch import Batch
from partimento.codecs import CODECS as TABLE
from partimento.codecs import codec_of
from partimento.models import family_of
from partimento.recipe import Recipe, TrainConfig
from partimento.train.run import Run
from partimento.train.trainer import Hooks, Trainer

CODECS = {"gan": "roll", "deepbach": "chorale", "grid-transformer": "chorale"}  # of families that do not serve notes
VARIANTS = {  # codecs whose columns an option changes
    "chords rhythm=false": codec_of("chords", rhythm=False),
    "events release=next-event": codec_of("events", release="next-event"),
}
VARIANTS_OF = {"lstm": ["chords rhythm=false"], "three-head": ["events release=next-event"]}  # as in the originals
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
                yield Batch(torch.from_numpy(ids), mask, torch.zeros(4, 4, dtype=torch.int64))


def recipe_of(name, find, codec="", **training):
    config = find(name).Config(**TINY.get(name, {}))
    plan = TrainConfig(**{"epochs": float(EPOCHS), "warmup": 2, "ema": 0.9, "save_minutes": 60.0, **training})
    return Recipe(codec=fitted(codec or CODECS.get(name, "notes")), family=name, model=config, training=plan)


def fitted(codec):
    return (VARIANTS.get(codec) or codec_of(codec)).fit(TRAIN)


def other_codecs(name):
    """The codecs that a family of the table can be trained on beside the one that it is trained on here anyway."""
    family, config = family_of(name), family_of(name).Config(**TINY.get(name, {}))
    fitting = [
        codec for codec in (*TABLE, *VARIANTS_OF.get(name, [])) if not family.misfit(config, fitted(codec).columns)
    ]
    return [codec for codec in fitting if codec != CODECS.get(name, "notes")]


def trainer_of(recipe, folder, stop_after=None):
    count = iter(range(10_000))
    hooks = Hooks(stopped=lambda: stop_after is not None and next(count) >= stop_after)
    return Trainer(recipe, Run(folder), ToyBatches(recipe.codec.columns), epoch_steps=EPOCH_STEPS, hooks=hooks)
