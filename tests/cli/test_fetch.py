"""Fetching by the command line, from a server on this machine."""

import hashlib
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from benchmarks.faults.server import Answer, serving
from partimento.cli.fetch import Pace, remark
from partimento.data import SOURCES
from tests.cli.test_interrupts import heeding
from tests.data.fetch.archives import FILES, zipped

PROGRAM = [sys.executable, "-c", "from partimento.cli import main; main()"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home of corpora, and no proxy between here and here."""
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "*")
    return tmp_path / "data"


@pytest.fixture
def tiny(partimento, home, monkeypatch):
    """Calls ``data fetch tiny`` with a server that answers as told."""

    def fetch(*arguments, answers=()):
        archive = zipped()
        with serving(archive, *answers) as served:
            known = {"archive_url": served.url, "archive_sha256": hashlib.sha256(archive).hexdigest()}
            monkeypatch.setitem(SOURCES, "tiny", replace(SOURCES["folder"], name="tiny", **known))
            return partimento("data", "fetch", "tiny", *arguments)

    return fetch


def test_what_is_fetched_is_told_with_the_next_step(tiny, home):
    said = tiny()
    assert said.out == f"{home}/downloads/tiny: 3 files fetched and verified; next: partimento data prepare tiny\n"
    again = tiny("--json").json
    assert again == {"folder": f"{home}/downloads/tiny", "files": 3, "unchanged": True, "archive": None}


def test_trouble_is_told_unless_one_wants_quiet(tiny):
    assert "the server answers 503 Service Unavailable; 0.0 MB are here" in tiny(answers=[Answer(503)]).err
    assert tiny("--quiet", "--keep-archive", answers=[Answer(503)]).err == ""


REFUSED = {
    "a source without an address": (["folder"], "run `partimento data prepare folder --from PATH`"),
    "an unknown source": (["maestor"], "did you mean maestro"),
    "a file": (["maestro", "--url", "file:///etc/passwd"], "https://HOST or http://HOST is needed"),
    "no address": (["maestro", "--url", "nowhere"], "https://HOST or http://HOST is needed"),
    "no source": ([], "SOURCE requires an argument"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_fetched_is_refused_in_one_line(kind, partimento, home):
    arguments, advice = REFUSED[kind]
    said = partimento("data", "fetch", *arguments)
    assert said.status == 2 and advice in said.complaint and not home.exists()


def test_an_address_without_a_file_is_a_failure(tiny):
    said = tiny(answers=[Answer(404)])
    assert said.status == 1 and "404 Not Found; check the address" in said.complaint


def test_ctrl_c_keeps_what_is_here_and_says_how_to_go_on(home, tmp_path):
    with serving(zipped(FILES), Answer(cut=200, stall=True)) as served:
        command = [*PROGRAM, "data", "fetch", "maestro", "--url", served.url]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heeding)
        while not (home / "downloads" / "maestro.part.json").exists() or not served.ranges:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "partimento: stopped; what is here is kept, the same command goes on from it\n"
    assert (home / "downloads" / "maestro.part.json").exists()


def test_rate_and_time_left_are_told():
    told, seconds = [], iter([0.0, 0.0, 1.0, 2.0])
    pace = Pace(lambda share, text: told.append((share, text)), clock=lambda: next(seconds))
    pace.step(2_000_000, 10_000_000)
    pace.step(4_000_000, 10_000_000)
    assert told == [(0.2, "2.0 of 10.0 MB"), (0.4, "4.0 of 10.0 MB, 2.0 MB/s, 0:03 left")]
    assert re.fullmatch(r"1\.0 MB, 0\.5 MB/s", remark(1_000_000, -1, 500_000))
