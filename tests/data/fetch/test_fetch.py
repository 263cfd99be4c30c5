"""From an address to verified files, or to one line that says why not."""

import hashlib
import threading
from dataclasses import replace

import pytest
from filelock import FileLock

from benchmarks.faults.server import Answer, serving
from partimento.data import SOURCES, ingest
from partimento.data.corpus import place
from partimento.data.fetch import fetch as fetching
from partimento.data.fetch.download import Listener, Terms
from partimento.data.fetch.downloads import downloads, fetched
from partimento.data.fetch.fetch import fetch
from partimento.errors import InputError, UnknownName, UsageError, WorkFailed
from tests.data.fetch.archives import zipped

TERMS = Terms(attempts=4, stall_s=0.2, sleep=lambda seconds: None)


@pytest.fixture
def files(midi):
    """Two files of one note each."""
    return {f"tiny-1/{name}.mid": midi(pitch) for name, pitch in (("a", 60), ("b", 64))}


@pytest.fixture
def published(files, home, monkeypatch):
    """Makes ``tiny`` a source whose archive is at an address; gives that archive."""
    monkeypatch.setenv("no_proxy", "*")
    archive = zipped(files)
    sums = {name.removeprefix("tiny-1/"): hashlib.sha256(data).hexdigest() for name, data in files.items()}
    source = replace(SOURCES["folder"], name="tiny", sums=lambda: sums)

    def publish(url, sha256=hashlib.sha256(archive).hexdigest()):
        monkeypatch.setitem(SOURCES, "tiny", replace(source, archive_url=url, archive_sha256=sha256))

    publish("http://127.0.0.1:9/tiny.zip")
    return archive, publish


@pytest.fixture
def got(published):
    """Fetches ``tiny`` from a server that answers as told; what came of it, and what was remarked."""
    archive, publish = published

    def from_server(*answers, body=archive, mirror=False, **options):
        remarks = []
        with serving(body, *answers) as served:
            if not mirror:
                publish(served.url)
            url = served.url if mirror else ""
            return fetch("tiny", url, terms=TERMS, listener=Listener(remark=remarks.append), **options), remarks

    return from_server


def left(home):
    """What lies among the downloads, but for the lock."""
    return sorted(path.name for path in (home / "downloads").iterdir() if path.suffix != ".lock")


def test_what_is_fetched_is_found_and_prepared(got, home):
    found, remarks = got()
    assert (found.folder, found.files, found.unchanged, remarks) == (home / "downloads" / "tiny", 2, False, [])
    assert fetched("tiny") == found.folder and left(home) == ["tiny"]
    corpus, _ = ingest.prepare("tiny", None)
    assert [piece.path for piece in corpus.pieces] == ["a.mid", "b.mid"]


def test_what_is_here_is_not_fetched_again_unless_it_is_damaged(got):
    found, _ = got()
    assert got(Answer(404))[0].unchanged
    (found.folder / "a.mid").write_bytes(b"changed")
    with pytest.raises(WorkFailed, match="404"):
        got(Answer(404))
    found, remarks = got()
    assert "not as published; fetching all of them anew" in remarks[0] and not found.unchanged
    assert got(Answer(404))[0].unchanged


def test_the_archive_is_kept_where_asked(got, home):
    assert got()[0].archive is None
    found, _ = got(keep_archive=True)
    assert found.archive.read_bytes() and left(home) == ["tiny", "tiny.zip"]
    assert got(Answer(404), keep_archive=True)[0].archive == found.archive


def test_pieces_of_two_versions_are_found_out_and_fetched_anew(got, published):
    old = bytes(len(published[0]))
    found, remarks = got(Answer(body=old, cut=100, tagged=False), Answer(tagged=False))
    assert found.files == 2 and "not the published one" in remarks[-1] and "once more" in remarks[-1]


def test_an_archive_that_stays_wrong_is_refused_after_the_second_time(got, files, home):
    other = zipped({**files, "tiny-1/c.mid": b"?"})
    with pytest.raises(InputError, match="the archive is not the published one") as refusal:
        got(body=other)
    assert refusal.value.code == "damaged" and "\n" not in str(refusal.value) and left(home) == []


def test_an_archive_that_is_always_another_one_is_refused_in_the_end(got, home):
    with pytest.raises(InputError, match="not the published one"):
        got(*(Answer(body=bytes([n]) * 99) for n in range(9)))
    assert left(home) == []


def test_a_mirror_may_pack_the_same_files_otherwise(got, files, home):
    other = zipped({**files, "tiny-1/README": b"from a mirror"}, method=0)
    found, remarks = got(body=other, mirror=True)
    assert "each of its files is compared instead" in remarks[0] and "1 files that no table vouches for" in remarks[1]
    assert sorted(path.name for path in found.folder.iterdir()) == ["a.mid", "b.mid"]


def test_a_mirror_with_a_changed_file_is_refused(got, files, home):
    with pytest.raises(InputError, match=r"'a\.mid' is not as published"):
        got(body=zipped({**files, "tiny-1/a.mid": b"changed"}), mirror=True)
    assert left(home) == []


def test_without_any_sum_the_files_are_those_that_came(got, published, home, monkeypatch):
    with serving(published[0]) as served:
        bare = replace(SOURCES["folder"], name="tiny", archive_url=served.url)
        monkeypatch.setitem(SOURCES, "tiny", bare)
        assert fetch("tiny", terms=TERMS).files == 2


def test_stopped_between_download_and_unpacking_nothing_is_fetched_again(got, home, monkeypatch):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(fetching, "unpack", stop)
        got(mirror=True)
    assert left(home) == ["tiny.part", "tiny.part.json"]


def test_a_second_process_is_told_after_a_moment(got, home, monkeypatch):
    monkeypatch.setattr(fetching, "LOCK_WAIT_S", 0.05)
    downloads().mkdir(parents=True)
    with FileLock(home / "downloads" / "tiny.lock"), pytest.raises(WorkFailed, match="another process is fetching it"):
        got()
    assert got()[0].files == 2


def test_two_at_once_give_one_result(published, home):
    archive, publish = published
    with serving(archive) as served:
        publish(served.url)
        found = []
        threads = [threading.Thread(target=lambda: found.append(fetch("tiny", terms=TERMS))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(one.unchanged for one in found) == [False, True] and len(served.ranges) == 1


def test_a_place_that_cannot_be_written_is_named(published, home):
    home.write_text("a file")
    with pytest.raises(WorkFailed, match=r"can't be written.*PARTIMENTO_DATA"):
        fetch("tiny", terms=TERMS)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "x.zip"])
def test_only_web_addresses_are_asked(url, published, home):
    with pytest.raises(InputError, match="not fetched from"):
        fetch("tiny", url)
    assert not home.exists()


def test_a_source_without_an_address_says_what_to_do_instead(home):
    with pytest.raises(UsageError, match="run `partimento data prepare folder --from PATH`"):
        fetch("folder", "http://127.0.0.1:9/")
    with pytest.raises(UnknownName, match="did you mean maestro"):
        fetch("maestor")
    assert not home.exists()


def test_no_corpus_takes_the_place_of_what_is_fetched(home):
    with pytest.raises(UsageError, match="choose another one"):
        place("Downloads")


def test_maestro_states_what_its_publisher_does():
    assert len(SOURCES["maestro"].archive_sha256) == 64 and len(SOURCES["maestro"].sums()) == 1278


def test_what_a_killed_run_had_moved_away_is_found_again(home):
    (downloads() / ".tiny.0123456789ab.old").mkdir(parents=True)
    assert fetched("tiny") == downloads() / "tiny"
