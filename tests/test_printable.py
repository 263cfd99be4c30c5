import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.printable import printable

texts = st.text(st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("text", "shown"), [("idea.mid", "idea.mid"), ("a\x1b[2J", r"a\x1b[2J"), ("a\udcff", r"a\udcff"), ("a\\t", r"a\\t")]
)
def test_what_steers_a_terminal_is_escaped(text, shown):
    assert printable(text) == shown


@given(texts)
def test_every_text_is_one_printable_line(text):
    assert printable(text).isprintable()


@given(texts, texts)
def test_no_two_texts_look_alike(one, other):
    assert (printable(one) == printable(other)) == (one == other)
