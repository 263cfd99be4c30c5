import numpy as np
import pytest
from fakes import corpus_of, random_score
from sheets import sheet

from partimento.data.window_sets import current, known, load, made, save
from partimento.errors import InputError, UnknownName, UsageError

CHORALE = sheet([(67, 16)], [(64, 16)], [(60, 16)], [(48, 18)])
LONGER = sheet([(67, 21)], [(64, 16)], [(60, 16)], [(48, 18)])


@pytest.fixture
def chorales(tmp_path, monkeypatch):
    """The folder of a prepared corpus of two chorales, of 18 and 21 16ths."""
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path))
    corpus_of(tmp_path / "mine", [CHORALE, LONGER])
    return tmp_path / "mine"


def test_a_set_is_kept_and_its_centres_are_counted(chorales):
    windows = made("mine", 8, 5)
    assert windows.centres == {"train": 4 + 5, "validation": 0, "test": 0}
    save("close", windows)
    assert known() == ["close"] and load("close") == current("close") == windows


def test_the_same_set_may_be_made_again_and_no_other_in_its_place(chorales):
    save("close", made("mine", 8, 5))
    save("close", made("mine", 8, 5))
    with pytest.raises(UsageError, match="there already, with dt 8 and gap 5 of mine: take another name"):
        save("close", made("mine", 8, 4))


def test_a_set_of_a_corpus_that_has_changed_is_refused(chorales):
    save("close", made("mine", 8, 5))
    corpus_of(chorales, [LONGER])
    with pytest.raises(UsageError, match="prepared anew since; make one of the corpus as it is"):
        current("close")


def test_an_unknown_set_is_refused_with_the_nearest(chorales):
    save("close", made("mine", 8, 5))
    with pytest.raises(UnknownName, match="did you mean close"):
        load("cloze")


@pytest.mark.parametrize("text", ["dt = 3", "not toml", 'corpus = "mine"\ndt = "x"'])
def test_a_file_that_is_no_set_is_named(text, chorales):
    save("close", made("mine", 8, 5)).write_text(text)
    with pytest.raises(InputError, match=r"close\.toml: is no window set"):
        load("close")


@pytest.mark.parametrize(("dt", "gap", "flag"), [(0, 1, "--dt"), (8, 513, "--gap")])
def test_what_is_out_of_range_is_refused(dt, gap, flag, chorales):
    with pytest.raises(UsageError, match=f"{flag} .* is out of range: 1 to 512"):
        made("mine", dt, gap)


def test_other_music_is_refused(chorales):
    corpus_of(chorales.parent / "piano", [random_score(np.random.default_rng(0))])
    with pytest.raises(UsageError, match="holds other than chorales of four voices"):
        made("piano", 8, 5)
