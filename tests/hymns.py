"""A corpus of little chorales in two tunes, one of which both splits have, and models that write them."""

from dataclasses import replace

import torch
from fakes import corpus_of
from sheets import sheet

from partimento.checkpoint import build, card_of, load_checkpoint, save_checkpoint
from partimento.codecs import codec_of
from partimento.data.controls import Controls
from partimento.evaluate.cells import Chorales
from partimento.evaluate.likelihood import Conditions, material
from partimento.models import family_of
from partimento.recipe import DataConfig, Recipe

SMALL = {
    "grid-transformer": {"ahead_layers": 1, "layers": 1, "width": 16, "heads": 2, "hidden": 16, "dropout": 0.0},
    "deepbach": {"embedding": 4, "lstm1": 8, "lstm2": 8, "middle": 8, "hidden": 8, "dt": 2},
}
KNOWN = [67, 69, 71, 72, 74, 72, 71, 69, 67, 66, 67]
OTHER = [67, 67, 62, 64, 66, 67, 71, 69, 74, 67, 71, 62, 67]


def hymn(soprano, up=0):
    """A tune in quarters over three voices, each of which strikes its pitch anew in the middle."""
    half = 2 * len(soprano)
    others = [[(pitch + up, half)] * 2 for pitch in (62, 57, 48)]
    return sheet([(pitch + up, 4) for pitch in soprano], *others)


def hymns(folder, split="test"):
    """Four chorales to train on, all of one tune; two of another ``split``, of this tune and of another."""
    made = corpus_of(folder, [*(hymn(KNOWN, up) for up in range(-1, 3)), hymn(KNOWN, 3), hymn(OTHER)], ("Bach",))
    entries = [
        replace(entry, piece=replace(entry.piece, split="train" if i < 4 else split, kind="chorale"))
        for i, entry in enumerate(made.manifest.entries)
    ]
    replace(made.manifest, entries=tuple(entries)).write(folder)
    return type(made).open(folder)


def chorales(corpus, hold=True, split="test"):
    return Chorales.of(material(corpus, codec_of("chorale", hold=hold), Conditions(split)))


def checkpoint(folder, family="grid-transformer", hold=True, data="hymns"):
    """A whole checkpoint of an untrained tiny model, no weight of which is without effect."""
    config = family_of(family).Config(**SMALL[family])
    recipe = Recipe(data=DataConfig(data), codec=codec_of("chorale", hold=hold), family=family, model=config)
    torch.manual_seed(0)
    model, controls = build(recipe, Controls((), untold=True)), Controls((), untold=True)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=parameter.shape[-1] ** -0.5)
    save_checkpoint(folder, recipe, card_of(recipe, controls), model.state_dict())
    return load_checkpoint(folder)
