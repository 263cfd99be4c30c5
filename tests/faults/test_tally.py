"""What a campaign reports."""

import sys
from types import SimpleNamespace

import pytest

from benchmarks.faults import __main__ as command
from benchmarks.faults.tally import Tally, tallied


def test_an_outcome_is_what_went_wrong_or_nothing():
    tally = tallied("kills", {"seed 1 trial 0": "", "seed 1 trial 1": "lost"}, {"aimed": 2})
    assert (tally.trials, tally.survived, tally.whole) == (2, 1, False)
    assert tally.failures == ["seed 1 trial 1: lost"]
    assert tally.row() == {"campaign": "kills", "trials": 2, "survived": 1, "notes": "aimed 2"}


def test_a_campaign_without_failures_is_whole():
    assert tallied("kills", {"a": ""}).whole and not Tally("kills", 3, 2).whole


@pytest.mark.parametrize(("survived", "status"), [(2, 0), (1, 1)])
def test_the_exit_status_says_whether_all_survived(monkeypatch, tmp_path, capsys, survived, status):
    ran = SimpleNamespace(campaign=lambda trials, seed: Tally("disk", trials, survived, [], {"seed": seed}))
    monkeypatch.setattr(command, "import_module", lambda name: ran)
    monkeypatch.setattr(sys, "argv", ["faults", "disk", "--trials", "2", "--seed", "5", "--json", str(tmp_path / "a")])
    assert command.main() == status
    assert "seed 5" in capsys.readouterr().out and '"survived"' in (tmp_path / "a").read_text()
