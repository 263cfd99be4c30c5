import json

import pytest
from fakes import corpus_of
from sheets import sheet

from partimento.data.exporting import export
from partimento.data.tabular import read_rows
from partimento.errors import UnknownName, UsageError
from partimento.score import from_notes

CHORALE = sheet([(67, 4), (None, 1), (69, 3)], [(64, 8)], [(60, 6), (62, 2)], [(48, 4), (48, 4)])


def test_a_corpus_is_written_as_tables_and_frames(tmp_path):
    corpus = corpus_of(tmp_path / "corpus", [CHORALE, CHORALE])
    train, *_ = export(corpus, "csv", tmp_path / "out")
    assert [name for name, _ in read_rows(train.read_bytes(), "train.csv")] == ["piece-0", "piece-1"]
    (frames,) = export(corpus, "json", tmp_path / "out")
    assert json.loads(frames.read_text())["train"][0][4] == [-1, 64, 60, 48]


def test_what_is_no_chorale_or_no_format_or_there_already_is_refused(tmp_path):
    corpus = corpus_of(tmp_path / "corpus", [CHORALE])
    with pytest.raises(UnknownName, match="csv"):
        export(corpus, "cvs", tmp_path / "out")
    export(corpus, "csv", tmp_path / "out")
    with pytest.raises(UsageError, match="already"):
        export(corpus, "csv", tmp_path / "out")
    piano = corpus_of(tmp_path / "piano", [from_notes([(0, 9, 60, 64)])])
    with pytest.raises(UsageError, match="no chorale"):
        export(piano, "csv", tmp_path / "other")
