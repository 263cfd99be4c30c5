"""A sample of a model that writes chorales; those of the others are tested with the session."""

from dataclasses import replace

from partimento.codecs.chorale import ChoraleCodec
from partimento.data.controls import Controls
from partimento.models.grid_transformer import GridTransformer, GridTransformerConfig
from partimento.recipe import Recipe
from partimento.train.samples import sample
from partimento.voices import NAMES

CODEC = ChoraleCodec()
SMALL = GridTransformerConfig(layers=1, width=8, heads=2, hidden=8)
RECIPE = replace(Recipe(), family="grid-transformer", model=SMALL, codec=CODEC)


def test_a_chorale_of_eight_bars_is_written():
    made = sample(GridTransformer(SMALL, CODEC.columns), RECIPE, Controls(), 1)
    assert made.tracks == NAMES and 0 < made.end <= 8 * 4 * made.ticks_per_quarter and len(made.fermatas) == 2


def test_none_where_nothing_says_that_a_note_begins():
    pitches = ChoraleCodec(hold=False)
    recipe = replace(RECIPE, codec=pitches)
    assert sample(GridTransformer(SMALL, pitches.columns), recipe, Controls(), 1) is None
