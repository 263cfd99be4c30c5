"""What an evaluation says, for terminals, pages and programs."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from fakes import corpus_of, random_score

from partimento.codecs import codec_of
from partimento.evaluate.likelihood import Conditions, anchor_rows, material
from partimento.evaluate.report import as_json, comparable, lines, markdown
from partimento.score import from_notes

ASKED = Conditions("train", 16, 8)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    scores = [random_score(np.random.default_rng(i), notes=20) for i in range(3)]
    return corpus_of(tmp_path_factory.mktemp("made") / "made", [*scores, from_notes([(0, 500, 60, 64)])])


@pytest.fixture(scope="module")
def rows(corpus):
    """The anchors of three codecs, the first two of which say the same."""
    codecs = codec_of("notes"), codec_of("performance"), codec_of("notes", pedal="stream")
    return [anchor_rows(material(corpus, codec, ASKED))[0] for codec in codecs]


def test_rows_that_say_the_same_share_a_letter(rows):
    assert comparable(rows) == ["a", "a", "b"]


@pytest.mark.parametrize("legend", ["Compare per note and per second within a letter", "Anchors are counted on the"])
def test_a_legend_says_what_letters_and_anchors_are(rows, legend):
    for some in (rows, rows[:1]):
        assert any(line.startswith(legend) for line in lines(some))


def test_of_few_pieces_there_is_no_interval(corpus):
    row = anchor_rows(material(corpus, codec_of("notes"), replace(ASKED, pieces=2)))[0]
    assert math.isnan(row.units["nats_per_note"].low) and "nan" not in "\n".join(lines([row]))


def test_json_holds_every_unit_with_its_interval(rows):
    told = json.loads(json.dumps(as_json(rows)))["rows"][0]
    low, high = told["intervals_95"]["nats_per_note"]
    assert low <= told["nats_per_note"] <= high
    assert told["bits_per_note"] == pytest.approx(told["nats_per_note"] / math.log(2))
    assert (told["codec"], told["compare"], told["pieces"], told["context"]) == ("notes pedal=folded", "a", 4, None)


def test_a_model_says_its_conditions(rows):
    model = replace(rows[0], name="mine", kind="model", conditions=ASKED)
    wanted = "mine on 4 pieces of made train, each whole, 61 notes, 66 rows: context 16 rows, stride 8, float32"
    assert any(line.startswith(wanted) for line in lines([model]))


def test_what_codecs_cannot_say_and_what_is_not_counted_stands_beside(rows):
    text = "\n".join(lines(rows[:1]))
    assert "notes pedal=folded cannot say: times finer than 10 ms;" in text
    assert "notes pedal=folded on made train: of 61 notes " in text
    assert "in 1 of 4 pieces velocity is not counted" in text
    assert "to a note, counted here by the codec performance" in text


def test_the_page_has_the_same_figures_as_a_table(rows):
    page = markdown([replace(rows[0], name="a|b")])
    assert page.splitlines()[2].startswith("|  | corpus | compare | nats per note |")
    assert "| a\\|b | made train | a | " in page and "- notes pedal=folded cannot say" in page
