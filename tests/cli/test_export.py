"""Corpora as tables by the command line."""

from fakes import corpus_of
from sheets import sheet

CHORALE = sheet([(67, 4)], [(64, 4)], [(60, 4)], [(48, 4)])


def test_a_corpus_of_chorales_is_exported(partimento, tmp_path, monkeypatch):
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "data"))
    corpus_of(tmp_path / "data" / "ours", [CHORALE])
    told = partimento("data", "export", "ours", "--out", tmp_path / "out", "--json").json
    assert [name.rpartition("/")[2] for name in told["files"]] == ["train.csv", "validation.csv", "test.csv"]
    assert (tmp_path / "out" / "train.csv").read_text().splitlines()[1] == "67,64,60,48,0,0,0,piece-0"
