"""A small part of the campaign, and that it would notice."""

import random

import pytest

from benchmarks.faults import downloads
from benchmarks.faults.downloads import FAULTS, campaign, outcome
from benchmarks.faults.server import Answer, serving


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(downloads, "MEMBER_BYTES", 20_000)


def test_five_faulty_downloads_end_with_every_file_as_published():
    done = campaign(5, seed=3)
    assert done.whole and done.trials == 5 and done.notes["requests"] > 5


@pytest.mark.parametrize("kind", FAULTS)
def test_each_kind_of_fault_is_survived(kind):
    files, archive = downloads.published(random.Random(0))
    with serving(archive, *FAULTS[kind](random.Random(1), archive)) as served:
        assert outcome(served, files, random.Random(2)) == ""
    assert not served.answers


def test_a_download_that_fails_is_counted(monkeypatch):
    monkeypatch.setitem(downloads.FAULTS, "cut", lambda rng, body: [Answer(404)])
    monkeypatch.setattr(downloads, "FAULTS", {"cut": downloads.FAULTS["cut"]})
    done = campaign(2, seed=1)
    assert done.survived == 0 and "404" in done.failures[0] and "--seed 1, trial 0" in done.failures[0]
