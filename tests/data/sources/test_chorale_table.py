import pytest
from fakes import corpus_of
from sheets import sheet

from partimento.data import ingest
from partimento.data.exporting import export
from partimento.errors import InputError

CHORALE = sheet([(67, 4), (69, 4)], [(64, 8)], [(60, 8)], [(48, 8)], fermatas=[4])


def test_a_corpus_comes_back_from_its_tables(tmp_path, home):
    export(corpus_of(tmp_path / "corpus", [CHORALE]), "csv", tmp_path / "out")
    corpus, _ = ingest.prepare("chorale-table", tmp_path / "out")
    assert [piece.id for piece in corpus.pieces] == ["piece-0"] and corpus.pieces[0].split == "train"
    assert corpus.score(0).notes.tolist() == CHORALE.notes.tolist()
    assert corpus.score(0).fermatas.tolist() == CHORALE.fermatas.tolist()


def test_a_folder_without_a_table_is_refused(tmp_path, home):
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError, match=r"train\.csv"):
        ingest.prepare("chorale-table", tmp_path / "in")
