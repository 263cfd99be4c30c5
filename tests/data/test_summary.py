import json

import pytest

from partimento.data.summary import show


def test_summary_counts_pieces_notes_and_hours(corpus):
    summary = show(corpus)
    assert summary["total"] == {"pieces": 3, "notes": 3, "hours": pytest.approx(0.75 / 3600, abs=1e-3)}
    assert sum(split["pieces"] for split in summary["splits"].values()) == 3
    assert summary["composers"] == {"unknown": 3}


def test_summary_is_ready_for_json(corpus):
    assert json.loads(json.dumps(show(corpus)))["licence"] == "unknown, yours to know"
