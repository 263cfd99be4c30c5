"""A chorale model that costs nothing: a DeepBach of a few hundred parameters, untrained."""

import torch

from partimento.checkpoint import build, card_of, save_checkpoint
from partimento.codecs import codec_of
from partimento.data.controls import Controls
from partimento.models import family_of
from partimento.recipe import Recipe

TINY = {"dt": 2, "embedding": 2, "lstm1": 4, "lstm2": 0, "middle": 4, "hidden": 4}


def tiny_choir(folder, **about):
    """A whole checkpoint of it in ``folder``."""
    model = family_of("deepbach").Config(**TINY)
    recipe, controls = Recipe(family="deepbach", codec=codec_of("chorale"), model=model), Controls()
    with torch.random.fork_rng(devices=[]):  # the same choir whatever ran before
        torch.manual_seed(0)
        weights = build(recipe, controls).state_dict()
    save_checkpoint(folder, recipe, card_of(recipe, controls, **about), weights)
    return folder
