import json
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest

from partimento.data.corpus import Corpus, place, prepared
from partimento.data.corpus import corpus as prepared_corpus
from partimento.errors import InputError, MissingData, UnknownName, UsageError
from partimento.score import Score


def test_score_is_that_of_the_file(corpus):
    score = corpus.score(2)
    assert score.notes.tolist() == [(0, 48, 64, 64, 0)]
    assert (score.ticks_per_quarter, score.title, score.duration_s) == (96, "c", 0.25)
    assert score.provenance.licence == "unknown, yours to know"


def test_score_is_a_read_only_slice_of_the_map(corpus):
    assert np.shares_memory(corpus.score(1).notes, corpus.tables["notes"])
    assert not corpus.score(1).notes.flags.writeable


def test_score_equals_one_built_by_its_constructor(corpus):
    score = corpus.score(0)
    built = Score(**{name: getattr(score, name) for name in Score.__dataclass_fields__})
    assert built == score
    assert built.__dict__.keys() == score.__dict__.keys()


def test_view_counts_its_own_pieces(corpus):
    view = corpus.select(lambda piece: piece.title != "a")
    assert (len(view), view.pieces[0].title, view.score(0).notes["pitch"].tolist()) == (2, "b", [62])
    assert view.select(lambda piece: piece.title == "c").score(0).title == "c"


def test_fingerprint_tells_views_apart(corpus):
    views = [corpus.select(lambda piece, left_out=title: piece.title != left_out) for title in "abcd"]
    assert len({view.fingerprint for view in views}) == 4
    assert views[3].fingerprint == corpus.fingerprint


def test_every_piece_is_in_one_split(corpus):
    assert sorted(i for name in ("train", "validation", "test") for i in corpus.split(name)) == [0, 1, 2]
    with pytest.raises(UnknownName, match="did you mean validation"):
        corpus.split("valid")


def test_corpus_travels_small(corpus):
    view = corpus.select(lambda piece: piece.title == "b")
    data = pickle.dumps(view)
    assert len(data) < 500
    assert pickle.loads(data).score(0) == view.score(0)


def test_flipped_bit_is_found(corpus):
    corpus.verify()
    data = bytearray((corpus.folder / "notes.npy").read_bytes())
    data[-5] ^= 1
    (corpus.folder / "notes.npy").write_bytes(data)
    with pytest.raises(InputError, match=r"notes\.npy: is damaged; prepare it again"):
        corpus.verify()


@pytest.mark.parametrize(
    ("change", "message"),
    [({"format": 99}, "format 99, this version reads 2"), ({"licence": "mine"}, "changed"), ({"files": 3}, "changed")],
)
def test_other_manifest_is_refused(corpus, change, message):
    path = corpus.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=message):
        Corpus.open(corpus.folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 2, "fingerprint": "", "entries": [{}]}'])
def test_damaged_manifest_is_refused(corpus, text):
    (corpus.folder / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="prepare it again"):
        Corpus.open(corpus.folder)


def test_missing_corpus_says_how_to_get_it(home):
    with pytest.raises(MissingData, match=r"data prepare maestro --from PATH.*https://.*maestro-v3.0.0-midi.zip"):
        prepared_corpus("maestro")


def test_unknown_corpus_has_a_suggestion(corpus):
    assert prepared() == ["folder"]
    with pytest.raises(UnknownName, match="did you mean maestro"):
        prepared_corpus("maestor")


@pytest.mark.parametrize("name", ["", "..", "../x", "/etc", ".hidden", "a b"])
def test_corpus_name_is_no_path(name):
    with pytest.raises(UsageError, match="not a path"):
        place(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [("a" * 300, "more than 100 bytes"), ("ä" * 51, "more than 100"), ("con", "Windows"), ("LPT1.x", "Windows")],
)
def test_a_corpus_name_that_some_system_cannot_hold_is_refused(name, words):
    with pytest.raises(UsageError, match=words) as refusal:
        place(name)
    assert len(str(refusal.value)) < 200 and place("a" * 100)


def test_a_manifest_with_what_is_no_number_is_refused(corpus):
    path = corpus.folder / "manifest.json"
    path.write_text(path.read_text().replace("0.25", "NaN"))
    with pytest.raises(InputError, match=r"damaged \(NaN is no number\)"):
        Corpus.open(corpus.folder)


def test_a_manifest_with_what_is_no_number_is_not_written(corpus, tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        replace(corpus.manifest, options={"shares": (math.nan, 0.5, 0.5)}).write(tmp_path)
