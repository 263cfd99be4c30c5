"""What a codec learnt from pieces, in the checkpoint of its model."""

import json

import pytest
from fakes import tiny_checkpoint, tiny_recipe
from test_checkpoint import resealed

from partimento.checkpoint import CARD, build, card_of, load_checkpoint, save_checkpoint, whole_recipe
from partimento.codecs import codec_of
from partimento.data.controls import Controls
from partimento.errors import CheckpointError
from partimento.score import from_notes


def chords_checkpoint(folder):
    codec = codec_of("chords").fit([from_notes([(0, 400, 60, 64), (0, 400, 64, 64)])])
    recipe = tiny_recipe(codec=codec)
    weights = build(recipe, Controls()).state_dict()
    save_checkpoint(folder, recipe, card_of(recipe, Controls()), weights)
    return codec


def test_what_a_codec_learnt_is_saved_and_taken_back(tmp_path):
    codec = chords_checkpoint(tmp_path / "c")
    loaded = load_checkpoint(tmp_path / "c")
    assert loaded.recipe.codec == codec == whole_recipe(tmp_path / "c").codec != codec_of("chords")
    assert loaded.model().columns == codec.columns


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (None, r"card\.json: the vocabulary of codec chords is missing; use another"),
        ({"chords": ["64 60"]}, r"card\.json: the vocabulary of codec chords holds what is no chord"),
        (3, "is no whole checkpoint"),
    ],
)
def test_what_a_codec_learnt_is_refused_where_it_is_missing_or_senseless(state, reason, tmp_path):
    chords_checkpoint(tmp_path / "c")
    card = json.loads((tmp_path / "c" / CARD).read_text())
    card["codec"] = state
    resealed(tmp_path / "c", CARD, json.dumps({name: part for name, part in card.items() if part is not None}).encode())
    with pytest.raises(CheckpointError, match=reason):
        load_checkpoint(tmp_path / "c")


def test_another_vocabulary_does_not_fit_the_weights(tmp_path):
    chords_checkpoint(tmp_path / "c")
    card = json.loads((tmp_path / "c" / CARD).read_text())
    resealed(tmp_path / "c", CARD, json.dumps({**card, "codec": {"chords": []}}).encode())
    with pytest.raises(CheckpointError, match="the weights do not fit the recipe"):
        load_checkpoint(tmp_path / "c").model()


def test_a_codec_that_learns_nothing_takes_no_vocabulary(tmp_path):
    tiny_checkpoint(tmp_path / "c")
    card = json.loads((tmp_path / "c" / CARD).read_text())
    resealed(tmp_path / "c", CARD, json.dumps({**card, "codec": {"chords": []}}).encode())
    with pytest.raises(CheckpointError, match="codec notes learns nothing"):
        load_checkpoint(tmp_path / "c")
