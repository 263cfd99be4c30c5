"""The page: whole, loading nothing, every name escaped."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from fakes import corpus_of, random_score, tiny_checkpoint

from partimento.checkpoint import load_checkpoint
from partimento.codecs import codec_of
from partimento.compose.model import Model
from partimento.evaluate.curves import Curve
from partimento.evaluate.likelihood import Conditions, anchor_rows, material
from partimento.evaluate.page import html
from partimento.evaluate.samples import model_heard, real_row, reference
from partimento.evaluate.sound import Listening

NAME = '<b>&"mine'
VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """Every tag with its attributes; refuses what closes in another order than it opened."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.texts = [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    scores = [random_score(np.random.default_rng(i), notes=20) for i in range(4)]
    corpus = corpus_of(tmp_path_factory.mktemp("made") / "made", scores)
    folder = tmp_path_factory.mktemp("model") / "model"
    tiny_checkpoint(folder, licence="CC0-1.0 <i>", credit="nobody & co")
    given = reference(corpus, Listening(2, 2.0, "train"))
    heard = [replace(model_heard(Model(NAME, load_checkpoint(folder)), given), name=NAME), real_row(given)]
    asked = Conditions("train", 16, 8)
    rows = [replace(row, name=f"{NAME} {row.name}") for row in anchor_rows(material(corpus, codec_of("notes"), asked))]
    return html(
        [replace(rows[0], kind="model", conditions=asked), *rows[1:]], heard, [Curve(NAME, [(1, 2.0)], [])], [corpus]
    )


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_nothing_is_loaded_from_anywhere(page):
    sources = [value for _, attributes in page.tags for name, value in attributes.items() if name in ("src", "href")]
    assert len(sources) == 5 and all(source.startswith("data:") for source in sources)
    assert not page.all("script") and not page.all("link")


def test_names_are_escaped_and_shown_as_they_are(page, text):
    assert "<b>" not in text and "<i>" not in text
    assert any(NAME in said for said in page.texts) and any("CC0-1.0 <i>" in said for said in page.texts)
    assert any("nobody & co" in said for said in page.texts)


def test_pictures_sounds_and_tables_say_what_they_are(page):
    assert all(each["alt"] for each in page.all("img")) and all(each["aria-label"] for each in page.all("audio"))
    assert len(page.all("img")) == 3 and len(page.all("audio")) == 2
    assert len(page.all("caption")) == len(page.all("table")) == 5
    assert {each["scope"] for each in page.all("th")} == {"col", "row"} and page.all("html")[0]["lang"] == "en"


def test_the_best_is_in_bold_and_the_rows_are_those_of_the_table(page, text):
    assert re.search(r"<td><strong>[\d.]+( \([^)]*\))?</strong></td>", text)
    assert sum(said.endswith("bigram") for said in page.texts) >= 3


def test_it_follows_the_readers_colours_and_width(text):
    assert "prefers-color-scheme: dark" in text and 'name="viewport"' in text
