from collections import Counter
from importlib.util import find_spec
from itertools import islice

import pytest
from sheets import sheet

from partimento.data import ingest
from partimento.data.source import Split
from partimento.data.sources import chorales
from partimento.data.tunes import tunes
from partimento.errors import InputError, MissingData
from partimento.notation.musicxml_write import to_musicxml
from partimento.voices import NAMES

needs_music21 = pytest.mark.skipif(find_spec("music21") is None, reason="needs music21, which is not installed")
FOUR = [(67, 4), (69, 4)], [(64, 8)], [(60, 8)], [(48, 8)]


def test_voices_are_put_in_order():
    score = chorales.four_voices(sheet(*FOUR[::-1], names=NAMES[::-1]))
    assert score.tracks == NAMES and sorted(set(score.notes["pitch"][score.notes["track"] == 0])) == [67, 69]


@pytest.mark.parametrize("names", [("Soprano", "Alto", "Tenor", "Violone"), ("Soprano", "Alto", "Alto", "Bass")])
def test_other_parts_are_refused(names):
    with pytest.raises(InputError, match="not one each") as refusal:
        chorales.four_voices(sheet(*FOUR, names=names))
    assert refusal.value.code == "voices"


def test_two_notes_at_once_in_a_voice_are_refused_with_their_place():
    score = sheet(*FOUR)
    doubled = sheet([(67, 8)], *FOUR[1:])
    both = doubled.with_notes(list_of(doubled, score))
    with pytest.raises(InputError, match=r"soprano, bar 1, beat 2") as refusal:
        chorales.four_voices(both)
    assert refusal.value.code == "overlap"


def list_of(doubled, score):
    import numpy as np

    return np.concatenate([doubled.notes, score.notes[score.notes["pitch"] == 69]])


def test_without_music21_the_corpus_says_what_to_install(monkeypatch, home):
    monkeypatch.setattr("partimento.notation.extra.find_spec", lambda name: None)
    with pytest.raises(MissingData, match="pip install"):
        ingest.prepare("chorales", None)


@needs_music21
def test_a_folder_of_scores_is_prepared_and_what_is_left_out_is_counted(tmp_path, home):
    good = sheet(*FOUR, fermatas=[4], key=(0, 2, False))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bwv253.xml").write_bytes(to_musicxml(good))
    (tmp_path / "in" / "bwv9.xml").write_bytes(to_musicxml(sheet(*FOUR[:3])))
    corpus, report = ingest.prepare("chorales", tmp_path / "in")
    assert corpus.pieces[0].title.endswith("(BWV 253)") and len(corpus.pieces[0].title) > len("(BWV 253)")
    assert (
        corpus.score(0).notes[["onset", "duration", "pitch", "track"]].tolist()
        == good.notes[["onset", "duration", "pitch", "track"]].tolist()
    )
    assert (4,) in corpus.score(0).fermatas.tolist()  # and where a held note that bears its sign began
    assert corpus.score(0).keys["sharps"].tolist() == [2]
    assert Counter(row.code for row in report.refused) == {"voices": 1}


@needs_music21
def test_the_installed_package_names_its_chorales():
    first, second = islice(chorales.pieces(chorales.installed(), Split()), 2)
    assert first.total > 400 and (first.piece.id, first.piece.title) == ("bwv1.6", "BWV 1.6")
    assert second.piece.title == "Meine Seel’ erhebt den Herren (BWV 10.7)"


def test_a_prepared_corpus_has_no_tune_on_two_sides(prepared_chorales):
    corpus = prepared_chorales
    numbers = tunes([corpus.score(i) for i in range(len(corpus))])
    sides = {(tune, piece.split) for tune, piece in zip(numbers, corpus.pieces, strict=True)}
    assert len(sides) == len(set(numbers))


@pytest.fixture
def prepared_chorales():
    """The whole corpus, where it is prepared."""
    from partimento.data.corpus import corpus

    try:
        return corpus("chorales")
    except MissingData:
        pytest.skip("needs the corpus chorales, which is not prepared here")
