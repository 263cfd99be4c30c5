"""What is refused before a run begins."""

from dataclasses import replace

import numpy as np
import pytest
from fakes import corpus_of, random_score, tiny_recipe

from partimento.codecs import codec_of
from partimento.data.windows import WindowConfig
from partimento.errors import UnknownName, UsageError
from partimento.models import family_of
from partimento.models.gan import GanConfig
from partimento.models.transformer import TransformerConfig
from partimento.nn.filters import Sampling
from partimento.recipe import Recipe, called
from partimento.train.refusals import check_fit, check_length

PLACES = TransformerConfig(context=16, positions="learned")


@pytest.mark.parametrize(
    ("family", "model", "codec", "sequence", "reason"),
    [
        ("transformer", PLACES, "notes", 17, "17 is longer than its 16 positions; say --sequence 16, or --context 17"),
        ("transformer", replace(PLACES, positions="rotary"), "notes", 17, ""),
        ("transformer", PLACES, "notes", 16, ""),
        ("gan", GanConfig(steps=64), "roll", 63, "shorter than its windows of 64; say --sequence 64 or more"),
        ("gan", GanConfig(steps=64), "roll", 64, ""),
        ("gan", GanConfig(steps=64), "notes", 64, "say --codec roll"),
    ],
)
def test_a_codec_or_windows_that_do_not_fit_the_family(family, model, codec, sequence, reason):
    recipe = Recipe(family=family, model=model, codec=codec_of(codec), windows=WindowConfig(sequence))
    if not reason:
        return check_fit(recipe)
    with pytest.raises(UsageError, match=f"family {family} refuses: .*{reason}"):
        check_fit(recipe)


def test_windows_that_no_piece_fills_are_refused_with_how_long_the_longest_is(tmp_path):
    corpus = corpus_of(tmp_path, [random_score(np.random.default_rng(n), notes=n) for n in (5, 9, 7)])
    pieces, longest = [0, 2], len(codec_of("notes").encode(corpus.score(2))) - 1
    check_length(tiny_recipe(windows=WindowConfig(longest)), corpus, pieces)
    with pytest.raises(UsageError, match=f"any of the 2 pieces .* has {longest} rows; say --sequence {longest} or"):
        check_length(tiny_recipe(windows=WindowConfig(longest + 1)), corpus, pieces)


@pytest.mark.parametrize("name", ["gan", "next-note", "seq2seq", "three-head"])
def test_a_codec_that_does_not_fit_is_answered_with_the_familys_own(name):
    own = family_of(name).codec
    with pytest.raises(UsageError, match=f"family {name} refuses: .*; say --codec {own}$"):
        check_fit(Recipe(family=name, codec=codec_of("performance")))
    check_fit(called(name))


def test_a_way_to_compose_that_has_no_use_is_refused():
    with pytest.raises(UnknownName, match=r"unknown column 'pich': did you mean pitch\? \(sampling.columns"):
        check_fit(tiny_recipe(sampling=Sampling(columns="step,pich")))
    check_fit(replace(called("gan"), sampling=Sampling(temperature=0.5)))
    with pytest.raises(UsageError, match="family gan draws whole pieces"):
        check_fit(replace(called("gan"), sampling=Sampling(top_k=3)))
