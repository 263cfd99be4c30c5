"""Files there and back, on a handful of notes."""

import pytest
from hypothesis import given, settings
from music import ALL_CODECS, scores

from partimento.codecs import codec_of
from partimento.evaluate import translation
from partimento.evaluate.translation import Spoken, measured, spoken, summed, table_of, text_of, told, vocabulary
from partimento.score import PEDAL, Score, from_notes, table

NOTES, WORDS = codec_of("notes"), codec_of("notedur")


def through(codec, score, file="a.mid"):
    return measured(file, codec.name, codec, score, spoken(codec, score))


def test_notes_on_the_grid_are_kept_a_row_each():
    found = through(NOTES, from_notes([(0, 100, 60, 66), (50, 30, 64, 2)]))
    assert found.counts == {"notes": 2, "kept": 2, "changed": 0, "lost": 0, "added": 0}
    assert (found.rows, found.tokens, found.rows_per_note) == (4, 16, 2.0)  # begin and end are rows


def test_what_the_codec_cannot_say_is_counted_as_lost_or_changed():
    two_at_once = from_notes([(0, 1000, 60, 66), (0, 250, 62, 66), (3, 100, 62, 66)])
    assert through(WORDS, two_at_once).counts["lost"] == 1
    cut = through(WORDS, from_notes([(0, 20_000, 60, 66)]))  # no duration is longer than 16 s
    assert (cut.counts["changed"], cut.fidelity.duration_ms.largest) == (1, 4000)


def test_a_note_at_a_wrong_pitch_is_one_lost_and_one_added():
    score, wrong = from_notes([(0, 480, 60, 66), (0, 480, 65, 66)]), from_notes([(0, 480, 60, 66), (0, 480, 66, 66)])
    counts = measured("a.mid", "wrong", NOTES, score, Spoken(NOTES.encode(wrong), wrong)).counts
    assert (counts["kept"], counts["lost"], counts["added"]) == (1, 1, 1)


def test_a_pedal_that_is_folded_is_gone():
    held = Score(from_notes([(0, 100, 60, 66)]).notes, pedals=table(PEDAL, [(50, 800, 0)]))
    assert (through(NOTES, held).pedals, through(NOTES, held).pedals_left) == (1, 0)
    assert through(codec_of("notes", pedal="stream"), held).pedals_left == 1


def test_several_files_have_a_sum_for_each_codec():
    a, b = from_notes([(0, 100, 60, 66)]), from_notes([(2, 100, 60, 66), (500, 100, 61, 66)])
    found = [through(codec, score, file) for file, score in (("a", a), ("b", b)) for codec in (NOTES, WORDS)]
    sums = {each.codec: each for each in summed(found)}
    assert sums["notes"].counts["notes"] == 3 and sums["notes"].rows == found[0].rows + found[2].rows
    assert sums["notes"].fidelity.onset_ms.largest == 2 and len(table_of(found).rows) == 6
    assert len(table_of(found[:2]).rows) == 2  # one file is its own sum


@settings(max_examples=15)
@pytest.mark.parametrize("codec", ALL_CODECS, ids=str)
@given(score=scores)
def test_every_note_is_kept_changed_or_lost(codec, score):
    found = through(codec, score)
    counts = found.counts
    assert counts["kept"] + counts["changed"] + counts["lost"] == len(score) and min(counts.values()) >= 0
    assert counts["notes"] - counts["lost"] + counts["added"] == len(codec.decode(codec.encode(score)))
    image = codec.canonical(score)
    assert through(codec, image).counts["kept"] == len(image)  # it loses nothing of its own words


def test_the_text_has_a_line_of_names_for_each_row_to_a_bound(monkeypatch):
    said = spoken(WORDS, from_notes([(0, 250, 60, 66), (250, 250, 62, 66)])).table
    assert list(text_of(said)) == said.describe() and "pitch 60" in said.describe()
    monkeypatch.setattr(translation, "MOST_NAMES", 2)
    assert list(text_of(said)) == [*said.describe()[:2], f"... and {len(said) - 2} more rows"]


def test_a_codec_is_described_with_its_options_and_vocabulary():
    first, second = told("mine", NOTES, {"pedal": "folded"})
    assert first.startswith("mine: notes pedal=folded; 4 columns of ") and "velocity 34" in first
    assert "finer than 10 ms" in second and sum(vocabulary(WORDS).values()) == 312


def test_a_long_name_is_shortened_in_the_table():
    rows = table_of([through(NOTES, from_notes([(0, 1, 60, 1)]), "folder/" + "x" * 80 + ".mid")]).rows
    assert len(rows[0][0].text) == 31 and rows[0][0].text.endswith(".mid")
