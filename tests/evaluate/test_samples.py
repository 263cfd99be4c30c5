"""Composed pieces beside real ones, over a corpus of a few tiny pieces."""

import numpy as np
import pytest
from fakes import corpus_of, random_score, tiny_checkpoint

from partimento.audit import FEATURES
from partimento.checkpoint import load_checkpoint
from partimento.codecs import codec_of
from partimento.compose.model import Model
from partimento.errors import UsageError
from partimento.evaluate.samples import MEASURES, checked, codec_row, model_heard, real_row, reference
from partimento.evaluate.sound import Listening

PLAN = Listening(4, 4.0, "train", seed=3)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    scores = [random_score(np.random.default_rng(i), notes=20) for i in range(8)]
    return corpus_of(tmp_path_factory.mktemp("made") / "made", scores)


@pytest.fixture(scope="module")
def given_(corpus):
    return reference(corpus, PLAN)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "model"
    tiny_checkpoint(folder, licence="CC0-1.0", credit="nobody")
    return Model("mine", load_checkpoint(folder))


def test_the_halves_of_the_real_music_share_no_piece(given_):
    assert len(given_.real) == len(given_.others) == 4
    assert not {each.title for each in given_.real} & {each.title for each in given_.others}
    assert all(each.duration_s <= 4.001 for each in given_.real)


def test_a_model_is_heard_with_every_feature_and_measure(model, given_):
    told = []
    found = model_heard(model, given_, lambda *said: told.append(said))
    assert [*found.overlap] == [*FEATURES] and [*found.measures] == [each.name for each in MEASURES]
    assert (found.pieces, len(found.shown), found.card["licence"]) == (4, 3, "CC0-1.0")
    assert "seed 3" in found.conditions and told[-1][0] == 1.0
    assert all(0 <= each.area.value <= 1.01 for each in found.overlap.values())


def test_the_same_seed_is_heard_the_same(model, given_):
    first, second = (model_heard(model, given_) for _ in range(2))
    assert first.measures == second.measures and first.overlap == second.overlap


def test_real_music_is_compared_with_real_music_and_with_what_a_codec_can_say(given_):
    real, said = real_row(given_), codec_row(codec_of("timed"), "timed", given_)
    assert (real.kind, said.kind, said.name) == ("real", "codec", "real music in timed")
    assert said.overlap["pitch"] == real.overlap["pitch"]
    assert said.overlap["velocity"].area.value < real.overlap["velocity"].area.value


@pytest.mark.parametrize(
    ("plan", "advice"),
    [
        (Listening(1, 4.0), "--samples 1 is out of range"),
        (Listening(-3, 4.0), "--samples -3 is out of range"),
        (Listening(4, 0.5), "--seconds 0.5 is out of range: 1 to 600"),
        (Listening(4, float("nan")), "--seconds nan"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(plan, advice):
    with pytest.raises(UsageError, match=advice):
        checked(plan)


def test_a_split_with_too_little_music_is_refused(corpus):
    with pytest.raises(UsageError, match="corpus made has 0 pieces in test, 4 are needed"):
        reference(corpus, Listening(4, 4.0, "test"))
