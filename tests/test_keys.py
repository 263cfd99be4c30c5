"""Keys by their names."""

import pytest

from partimento.errors import UnknownName
from partimento.keys import KEYS, key_name, key_of


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("g-minor", (-2, True)),
        ("C major", (0, False)),
        ("Bb major", (-2, False)),
        ("b-minor", (2, True)),
        ("f#-minor", (3, True)),
        ("e flat major", (-3, False)),
        ("A♭_minor", (-7, True)),
        ("h-minor", (2, True)),
    ],
)
def test_a_key_is_known_by_its_name(text, key):
    assert key_of(text) == key


def test_every_signature_has_a_name_that_means_it():
    assert len(KEYS) == 30 and all(key_of(key_name(*key)) == key for key in KEYS.values())


@pytest.mark.parametrize(
    ("text", "near"), [("g-minr", "g-minor"), ("h-flat-minor-7", "minor"), ("g", "known"), ("", "known")]
)
def test_what_is_no_key_is_refused_with_the_nearest(text, near):
    with pytest.raises(UnknownName, match=f"unknown key '{text}'.*{near}"):
        key_of(text)


def test_german_names_of_modes_are_known():
    assert key_of("h-moll") == key_of("b-minor") and key_of("D-Dur") == key_of("d-major")
