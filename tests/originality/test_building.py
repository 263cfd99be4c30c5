"""An index is built once, beside its corpus, and is one of that corpus."""

import json
from dataclasses import replace

import pytest
from fakes import corpus_of
from originality.pieces import piece, with_passage

from partimento.errors import InputError, UnknownName, UsageError
from partimento.originality import COMPACT, FOLDER, Compact, build, compact_of, indexed, report
from partimento.originality.index import INDEX

SCORES = [piece(seed, 300) for seed in range(5)]


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path))
    return corpus_of(tmp_path / "tiny", SCORES)


def test_it_is_built_the_first_time_and_then_read(tiny):
    told = []
    first = indexed("tiny", lambda share, remark: told.append(share))
    assert told == sorted(told) and told[-1] <= 1.0 and first.fingerprint == tiny.fingerprint
    again = indexed("tiny", lambda share, remark: pytest.fail("built again"))
    assert [source.title for source in again.sources] == [f"Piece {i}" for i in range(5)]


def test_it_is_built_again_for_another_corpus_of_that_name(tiny, tmp_path):
    indexed("tiny")
    corpus_of(tmp_path / "tiny", SCORES[:2])
    assert len(indexed("tiny").sources) == 2


def test_a_copy_is_told_with_composer_title_and_time(tiny):
    found = report(with_passage(piece(9), SCORES[3], 40, 60), indexed("tiny"))
    near = found.lines["texture"].nearest
    assert found.copied and (near.composer, near.title) == ("Chopin", "Piece 3")
    assert near.there_s[0] == pytest.approx(6.0, abs=0.5) and near.at_s[0] == pytest.approx(7.5, abs=0.5)
    assert json.loads(json.dumps(found.to_json()))["copied"] and "counts as copied" in found.words()[-1]


def test_original_music_is_said_to_be(tiny):
    found = report(piece(9), indexed("tiny"))
    assert not found.copied and found.marks == () and found.words()[-1] == "no passage counts as copied from tiny"


def test_pieces_that_are_not_indexed_are_what_it_is_read_beside(tiny, tmp_path):
    build(tiny, tmp_path / "index", train=[0, 1])
    assert Compact.open(tmp_path / "index" / COMPACT).said["human"]["128"]["excerpts"] == 3


def test_a_corpus_without_training_pieces_is_refused(tiny, tmp_path):
    with pytest.raises(UsageError, match="tiny: has no training pieces"):
        build(tiny.select(lambda piece: False), tmp_path / "index")


def test_a_corpus_that_is_not_here_is_said_so(tiny):
    with pytest.raises(UnknownName, match="unknown corpus 'tinny': did you mean tiny"):
        indexed("tinny")


@pytest.mark.parametrize("name", [INDEX, "texture/hashes.npy", "melody/starts.npy"])
def test_a_damaged_index_is_refused(tiny, tmp_path, name):
    indexed("tiny")
    (tmp_path / "tiny" / FOLDER / name).write_bytes(b"{}")
    with pytest.raises(InputError, match="built again"):
        indexed("tiny")


def test_hashes_beside_a_model_come_before_those_of_its_corpus(tiny, tmp_path):
    assert compact_of(tmp_path / "model", "tiny") is None
    index = indexed("tiny")
    assert compact_of(tmp_path / "model", "tiny").said["corpus"] == "tiny"
    (tmp_path / "model").mkdir()
    Compact.of(replace(index, corpus="own"), {}).save(tmp_path / "model" / COMPACT)
    assert compact_of(tmp_path / "model", "tiny").said["corpus"] == "own"
