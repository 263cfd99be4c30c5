"""The terms of bundled weights."""

import pytest

from partimento.zoo.notice import is_free, notice, terms

CREDITS = [
    {"credit": "B. Typist", "licence": "Public-Domain", "pieces": ["Bach: Fugue"]},
    {"credit": "A. Typist", "licence": "CC-BY-2.5", "pieces": ["Chopin: Étude", "Chopin: Valse"]},
]
FREE = {"licence": "CC-BY-2.5, Public-Domain", "credit": "All of them", "credits": CREDITS}


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("CC0-1.0", True),
        ("CC-BY-2.5, CC-BY-3.0, CC-BY-4.0, CC0-1.0, Public-Domain", True),
        ("CC-BY-4.0, CC-BY-SA-4.0", False),
        ("CC0-1.0; on weights: CC BY-NC-SA 4.0", False),
        ("CC0-1.0, unknown, yours to know", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_data_are_free_where_every_part_of_their_licence_is(licence, free):
    assert is_free(licence) is free
    assert terms({"licence": licence}).get("licence") == ("CC BY 4.0" if free else None)


def test_the_notice_of_free_weights_names_everyone_with_licence_and_pieces():
    text = notice(FREE)
    assert "weights are licensed under CC BY 4.0" in text and "All of them" in text
    for words in ("\nA. Typist\n    Chopin: Étude\n    Chopin: Valse\n", "\nB. Typist\n    Bach: Fugue\n"):
        assert words in text
    assert text.index("licenses/by/2.5/") < text.index("A. Typist") < text.index("Public-Domain (")


def test_other_weights_are_licensed_as_their_data_and_name_everyone_too():
    text = notice({**FREE, "licence": "CC BY-NC-SA 4.0"})
    assert "not for commercial purposes" in text and "B. Typist" in text and "CC BY 4.0 (" not in text
