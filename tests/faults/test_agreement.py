"""The comparison with an independent reader fails where it finds a difference that nobody has explained."""

from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.mark.parametrize(
    ("outcome", "explained", "status"),
    [("another count", {}, 1), ("another count", {"a.mid": "why"}, 0), ("refused by mido", {}, 0)],
)
def test_only_a_difference_without_a_reason_is_a_failure(monkeypatch, outcome, explained, status):
    monkeypatch.syspath_prepend(BENCHMARKS)
    agreement = import_module("agreement")
    monkeypatch.setattr(agreement, "EXPLAINED", explained)
    assert agreement.unexplained({"others": [{"name": "folder/a.mid", "outcome": outcome}]}) == status
