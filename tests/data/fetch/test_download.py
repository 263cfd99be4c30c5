"""Downloads from a server that misbehaves."""

import errno
import random
from dataclasses import replace
from types import SimpleNamespace

import pytest

from benchmarks.faults.server import Answer, serving
from partimento.data.fetch import download as downloading
from partimento.data.fetch.download import Listener, Terms, download
from partimento.data.fetch.partial import Partial, Version
from partimento.errors import InputError, WorkFailed

BODY = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(300_000)
TERMS = Terms(attempts=3, stall_s=0.2, largest=10**6, sleep=lambda seconds: None)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def part(tmp_path):
    return Partial(tmp_path / "x.part")


def got(part, *answers, body=BODY, terms=TERMS, listener=Listener()):
    """The ranges that were asked for until ``part`` was whole."""
    with serving(body, *answers) as served:
        download(served.url, part, terms, listener)
    return served.ranges


CUT = Answer(cut=200_000)
MISBEHAVIOUR = {
    "as it should be": ([], ["", []]),
    "cut": ([CUT], ["", "bytes=200000-"]),
    "cut at once": ([Answer(cut=0)], ["", ""]),
    "cut again and again": ([Answer(cut=70_000)] * 4, ["", *(f"bytes={n}0000-" for n in (7, 14, 21, 28))]),
    "silent in the middle": ([Answer(cut=200_000, stall=True)], ["", "bytes=200000-"]),
    "longer than it is, by its own words": ([Answer(lie=5)], ["", "bytes=300000-"]),
    "without a length, and whole": ([Answer(length=False)], [""]),
    "heedless of ranges": ([CUT, Answer(ranges=False)], ["", "bytes=200000-"]),
    "busy": ([Answer(503), Answer(500), CUT], ["", "", "", "bytes=200000-"]),
    "moved": ([Answer(302, location="/elsewhere"), Answer(308, location="/again")], ["", "", ""]),
    "sending another part": (
        [CUT, Answer(content_range="bytes 100-299999/300000")],
        ["", "bytes=200000-", ""],
    ),
    "sending a part of something longer": (
        [CUT, Answer(content_range="bytes 200000-299999/400000")],
        ["", "bytes=200000-", ""],
    ),
    "at odds about its length": ([CUT, Answer(416)], ["", "bytes=200000-", ""]),
    "changing": ([replace(CUT, body=OTHER)], ["", "bytes=200000-"]),
    "changing, and heedless of If-Range": (
        [replace(CUT, body=OTHER[:-1], tagged=False), Answer(tagged=False)],
        ["", "bytes=200000-", ""],
    ),
}


@pytest.mark.parametrize("kind", MISBEHAVIOUR)
def test_the_whole_file_comes_from_a_server_that_is(kind, part):
    answers, asked = MISBEHAVIOUR[kind]
    assert got(part, *answers) == [ranged or "" for ranged in asked if ranged != []]
    assert part.path.read_bytes() == BODY


def test_of_a_file_that_changes_unsaid_pieces_are_put_together(part):
    got(part, replace(CUT, body=OTHER, tagged=False), Answer(tagged=False))
    assert part.path.read_bytes() == OTHER[:200_000] + BODY[200_000:]  # the hash will tell


GIVEN_UP = {
    "always busy": ([Answer(503)] * 3, "503 Service Unavailable, 3 times on end; 0.0 MB are here"),
    "always cut at once": ([Answer(cut=0)] * 3, "ended early, 3 times on end"),
    "silent": ([Answer(cut=0, stall=True)] * 3, "no answer in time, 3 times on end"),
    "not there": ([Answer(404)], "the server answers 404 Not Found; check the address"),
    "encoded": ([Answer(content_encoding="gzip")], "sends it encoded"),
    "changing, and never further": (
        [replace(CUT, body=bytes([at]) * 300_000, cut=at * 1000) for at in (200, 100, 150)],
        "3 times on end; 0.1 MB",
    ),
    "changing for ever": ([replace(CUT, body=bytes([n]) * 300_000) for n in range(9)], "3 times on end; 0.2 MB"),
}


@pytest.mark.parametrize("kind", GIVEN_UP)
def test_a_download_is_given_up_in_one_line(kind, part):
    answers, words = GIVEN_UP[kind]
    with pytest.raises(WorkFailed, match=words) as refusal:
        got(part, *answers)
    assert "\n" not in str(refusal.value)


def test_no_more_is_taken_than_was_promised(part):
    got(part, Answer(lie=-5))
    assert part.path.read_bytes() == BODY[:-5]  # the hash will tell


@pytest.mark.parametrize("answer", [Answer(endless=True), Answer(lie=10**6), Answer(body=bytes(1_000_001))])
def test_too_large_a_file_is_refused_and_removed(answer, part):
    with pytest.raises(InputError, match="more than 1,000,000 bytes") as refusal:
        got(part, answer)
    assert refusal.value.code == "too-large" and not part.path.exists() and not part.note.exists()


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://localhost/x", "data:,x", "http://", "/file.zip"])
def test_redirects_lead_to_web_addresses_alone_and_not_in_circles(target, part):
    with pytest.raises(InputError) as refusal:
        got(part, *[Answer(302, location=target)] * 12)
    assert "is needed" in str(refusal.value) or "is not followed, or in circles" in str(refusal.value)
    assert not part.path.exists()


def test_a_later_process_goes_on(part):
    with serving(BODY, Answer(cut=100_000), *[Answer(503)] * 9) as served:
        for _ in range(2):
            with pytest.raises(WorkFailed):
                download(served.url, part, TERMS, Listener())
        served.answers.clear()
        download(served.url, part, TERMS, Listener())
        download(served.url, part, TERMS, Listener())  # asks for nothing
    assert served.ranges == ["", *["bytes=100000-"] * 6] and part.path.read_bytes() == BODY


def test_what_is_of_another_address_is_no_beginning(part):
    part.path.write_bytes(OTHER[:1000])
    part.mark(Version("https://example.org/x"))
    assert got(part) == [""] and part.path.read_bytes() == BODY


@pytest.mark.parametrize("note", [b"", b"[]", b"{", b'{"url": 1, "more": 2}', b"\xff", b"null"])
def test_a_damaged_note_begins_anew(note, part):
    part.path.write_bytes(OTHER[:1000])
    part.note.write_bytes(note)
    assert got(part) == [""] and part.path.read_bytes() == BODY


def test_pauses_grow_and_begin_anew_after_progress(part):
    pauses, busy = [], Answer(503)
    terms = replace(TERMS, attempts=9, longest_pause_s=5.0, sleep=pauses.append, chance=lambda: 1.0)
    got(part, busy, busy, busy, busy, CUT, busy, terms=terms)
    assert pauses == [1, 2, 4, 5, 1, 2]
    assert replace(terms, chance=lambda: 0.0).pause_s(2) == 1.0


def test_a_server_is_given_the_time_that_it_asks_for_within_reason(part):
    pauses = []
    terms = replace(TERMS, attempts=4, longest_pause_s=5.0, sleep=pauses.append, chance=lambda: 1.0)
    got(part, *(Answer(503, retry_after=text) for text in ("3", "1000", "Wed, 21 Oct 2015")), terms=terms)
    assert pauses == [3, 5, 4]


def test_crawling_counts_as_silence(part):
    ticks = iter(range(0, 10**6, 1000))
    with pytest.raises(WorkFailed, match="next to nothing comes"):
        got(part, terms=replace(TERMS, clock=lambda: next(ticks), slowest=10**9, attempts=1))


def test_a_disk_without_room_is_told_before(part, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Disk", (), {"free": 250_000}))
    with serving(BODY, CUT) as served, pytest.raises(WorkFailed, match=r"0 MB are free there.*make room"):
        download(served.url, part, TERMS, Listener())
    assert part.size == 0


def test_room_for_what_comes_after_is_asked_for_too(part, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Disk", (), {"free": 10**6}))
    with serving(BODY) as served, pytest.raises(WorkFailed, match=r"are needed"):
        download(served.url, part, TERMS, Listener(), room=700_001)


def test_a_disk_that_fills_up_ends_in_one_line_and_keeps_what_is_here(part, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with serving(BODY, CUT) as served:
        with monkeypatch.context() as patch, pytest.raises(WorkFailed, match=r"written: No space left.*make room"):
            patch.setattr(downloading, "os", SimpleNamespace(fsync=full))
            download(served.url, part, TERMS, Listener())
        download(served.url, part, TERMS, Listener())
    assert served.ranges == ["", "bytes=200000-"] and part.path.read_bytes() == BODY


def test_ctrl_c_keeps_what_is_here(part):
    def stop(here, total):
        if here > 100_000:
            raise KeyboardInterrupt

    with serving(BODY) as served:
        with pytest.raises(KeyboardInterrupt):
            download(served.url, part, TERMS, Listener(stop))
        kept = part.size
        download(served.url, part, TERMS, Listener())
    assert served.ranges == ["", f"bytes={kept}-"] and kept > 100_000 and part.path.read_bytes() == BODY


def test_progress_counts_bytes_and_remarks_tell_of_trouble(part):
    seen, remarks = [], []
    got(part, CUT, listener=Listener(lambda here, total: seen.append((here, total)), remarks.append))
    assert seen[-1] == (300_000, 300_000) and sorted(seen) == seen
    assert len(remarks) == 1 and "ended early; 0.2 MB are here; trying again in" in remarks[0]


def test_a_server_that_is_not_there_is_named(part):
    with serving(BODY) as served:
        pass
    with pytest.raises(WorkFailed, match=r"Connection refused; check address and network"):
        download(served.url, part, TERMS, Listener())


def refused_address():
    with serving(BODY) as served:
        return served.url  # nobody listens there any more


def test_where_no_server_is_three_tries_are_enough(part):
    pauses = []
    with pytest.raises(WorkFailed, match="check address and network, or give another address with --url"):
        download(refused_address(), part, Terms(sleep=pauses.append), Listener())
    assert len(pauses) == 2


def test_a_server_that_has_sent_something_is_waited_for(part):
    url, pauses = refused_address(), []
    part.begin(Version(url, "", "", 300_000))
    part.path.write_bytes(BODY[:1000])
    with pytest.raises(WorkFailed, match="the same command goes on"):
        download(url, part, Terms(sleep=pauses.append), Listener())
    assert len(pauses) == 7
