import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from partimento.data import SOURCES, ingest
from partimento.data.report import Report, is_report
from partimento.data.source import Split
from partimento.data.sources.folder import FOLDER
from partimento.errors import InputError, MissingData, UnknownName, UsageError
from partimento.midi.report import DROPPED_EVENTS


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_any_number_of_workers_writes_the_same_bytes(home, folder, midi):
    for pitch in range(70, 90):
        (folder / f"{pitch}.mid").write_bytes(midi(pitch))
    (folder / "75.mid").write_bytes(b"no music")
    made = [ingest.prepare("folder", folder, name=f"by{n}", workers=n)[0] for n in (1, 2, 4)]
    first, second, fourth = (content(corpus.folder) for corpus in made)
    assert first == second == fourth


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that nobody catches")
@pytest.mark.parametrize("after", [5, 25])
def test_a_killed_prepare_leaves_nothing_and_is_run_again(after, home, folder, midi, tmp_path):
    for pitch in range(70, 100):
        (folder / f"{pitch}.mid").write_bytes(midi(pitch))
    undisturbed, _ = ingest.prepare("folder", folder, name="undisturbed")
    stop = f"progress=lambda done, total, piece: done < {after} or os.kill(os.getpid(), 9)"
    script = "import os, pathlib; from partimento.data.ingest import prepare; "
    script += f"prepare('folder', pathlib.Path({str(folder)!r}), workers=2, {stop})"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGKILL
    assert not (home / "folder").exists()
    assert content(ingest.prepare("folder", folder)[0].folder) == content(undisturbed.folder)


def test_unchanged_files_leave_the_corpus_alone(corpus, folder):
    before = (corpus.folder / "notes.npy").stat().st_ino
    _, report = ingest.prepare("folder", folder)
    assert report.unchanged
    assert (corpus.folder / "notes.npy").stat().st_ino == before


def test_changed_files_replace_the_corpus(corpus, folder, home):
    (folder / "a.mid").unlink()
    fresh, report = ingest.prepare("folder", folder)
    assert (len(fresh), report.unchanged, [path.name for path in home.iterdir()]) == (2, False, ["folder"])


def test_damaged_corpus_is_written_anew(corpus, folder):
    (corpus.folder / "notes.npy").write_bytes(b"")
    fresh, report = ingest.prepare("folder", folder)
    assert not report.unchanged
    fresh.verify()


def test_duplicates_are_dropped_and_counted(home, folder, midi):
    (folder / "z.mid").write_bytes(midi(60))
    corpus, report = ingest.prepare("folder", folder)
    assert (len(corpus), report.files, report.duplicates) == (3, 4, 1)
    assert corpus.manifest.report["duplicates"] == 1


def test_refused_file_is_named_with_its_reason(home, folder):
    (folder / "b.MIDI").write_bytes(b"no music")
    corpus, report = ingest.prepare("folder", folder)
    assert [piece.path for piece in corpus.pieces] == ["a.mid", "deep/c.mid"]
    assert [row.path for row in report.refused] == ["b.MIDI"]
    assert "b.MIDI" in report.refused[0].reason


def test_every_file_is_accounted_for(home, folder, midi):
    (folder / "again.mid").write_bytes(midi(60))
    (folder / "b.MIDI").write_bytes(b"no music")
    (folder / "gone.mid").symlink_to("nowhere")
    _, report = ingest.prepare("folder", folder)
    told = report.to_json()
    assert (told["files"], told["read"], told["duplicates"], len(told["refused"])) == (5, 2, 1, 2)
    rows = {row["first"]: (row["count"], row["code"]) for row in told["reasons"]}
    assert rows["gone.mid"] == (1, "unreadable") and rows["b.MIDI"][0] == 1


def test_strict_refuses_a_folder_with_one_bad_file_and_keeps_the_old_corpus(corpus, folder):
    (folder / "d.mid").write_bytes(b"no music")
    (folder / "e.mid").write_bytes(b"nor here")
    report = ingest.Report()
    with pytest.raises(InputError, match=r"2 of 5 files refused, the first: d\.mid.*leave out --strict"):
        ingest.prepare("folder", folder, strict=True, report=report)
    assert len(report.refused) == 2
    assert corpus.manifest.report["files"] == 3
    corpus.verify()


def test_a_report_of_other_refusals_is_kept_with_the_same_music(corpus, folder):
    (folder / "d.mid").write_bytes(b"no music")
    again, report = ingest.prepare("folder", folder)
    assert report.unchanged and again.fingerprint == corpus.fingerprint
    assert again.manifest.report["reasons"][0]["first"] == "d.mid"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_files_that_are_passed_over_leave_the_fingerprint_alone_and_are_reported(corpus, folder):
    (folder / "x.txt").write_bytes(b"no music")
    again, report = ingest.prepare("folder", folder)
    assert again.fingerprint == corpus.fingerprint and report.unchanged and report.files == 3
    assert again.manifest.report["passed_over"] == {"count": 1, "first": "x.txt"}
    assert corpus.manifest.report["passed_over"] == {"count": 0, "first": ""}


def test_a_report_of_an_earlier_version_is_one_still():
    earlier = {name: value for name, value in Report().to_json().items() if name != "passed_over"}
    report = Report()
    report.recall(earlier)
    assert is_report(json.dumps(earlier).encode()) and report == Report()
    assert is_report(json.dumps(Report().to_json()).encode()) and not is_report(b'{"passed_over": 1}')


def test_a_pipe_in_the_folder_is_refused_without_waiting(home, folder):
    os.mkfifo(folder / "pipe.mid")
    (folder / "zero.mid").symlink_to("/dev/zero")
    began = time.monotonic()
    corpus, report = ingest.prepare("folder", folder)
    assert (len(corpus), [row.code for row in report.refused]) == (3, ["unreadable", "unreadable"])
    assert time.monotonic() - began < 60


def test_refused_file_of_an_official_source_refuses_the_corpus(home, folder, monkeypatch):
    monkeypatch.setitem(SOURCES, "official", replace(SOURCES["folder"], official_splits=True))
    (folder / "b.MIDI").write_bytes(b"no music")
    with pytest.raises(InputError, match=r"b\.MIDI"):
        ingest.prepare("official", folder)
    assert list(home.iterdir()) == []


def test_nothing_readable_is_refused(home, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.mid").write_bytes(b"no music")
    with pytest.raises(InputError, match=r"no file of 1 could be read.*x\.mid"):
        ingest.prepare("folder", tmp_path / "in")


def test_interrupted_prepare_leaves_the_old_corpus(corpus, folder, home):
    def interrupt(done, total, piece):
        raise KeyboardInterrupt

    (folder / "a.mid").unlink()
    with pytest.raises(KeyboardInterrupt):
        ingest.prepare("folder", folder, progress=interrupt)
    assert [path.name for path in home.iterdir()] == ["folder"]
    corpus.verify()


def test_progress_tells_each_piece(home, folder):
    told = []
    ingest.prepare("folder", folder, progress=lambda done, total, piece: told.append((done, total, piece.title)))
    assert told == [(1, 3, "a"), (2, 3, "b"), (3, 3, "c")]


def test_split_is_recorded_and_kept(home, folder):
    corpus, _ = ingest.prepare("folder", folder, split=Split((0.0, 0.0, 1.0), seed=3))
    assert (len(corpus.split("test")), corpus.manifest.options["seed"]) == (3, 3)


def test_official_splits_are_not_divided_again(home, folder):
    with pytest.raises(UsageError, match="divided officially"):
        ingest.prepare("maestro", folder, split=Split())


def test_without_an_origin_the_url_is_told(home):
    with pytest.raises(MissingData, match=r"--from PATH.*https://storage"):
        ingest.prepare("maestro", None)


def test_without_an_origin_a_folder_is_asked_for(corpus):
    with pytest.raises(UsageError, match="--from PATH is needed"):
        ingest.prepare("folder", None)


@pytest.fixture
def official(home, folder, monkeypatch):
    """A prepared corpus of a source that is divided officially; its files are gone."""
    monkeypatch.setitem(SOURCES, "official", replace(FOLDER, name="official", official_splits=True))
    corpus, _ = ingest.prepare("official", folder)
    shutil.rmtree(folder)
    return corpus


def test_without_an_origin_a_sound_official_corpus_is_unchanged(official):
    again, report = ingest.prepare("official", None)
    assert (again.fingerprint, report.unchanged) == (official.fingerprint, True)
    assert report.to_json() == official.manifest.report


def test_without_an_origin_a_damaged_corpus_is_told(official):
    data = bytearray((official.folder / "notes.npy").read_bytes())
    data[-5] ^= 1
    (official.folder / "notes.npy").write_bytes(data)
    with pytest.raises(InputError, match=r"notes\.npy: is damaged; prepare it again .*with --from PATH"):
        ingest.prepare("official", None)


def test_two_prepares_at_once_leave_one_sound_corpus(home, folder, midi):
    for pitch in range(70, 100):
        (folder / f"{pitch}.mid").write_bytes(midi(pitch))
    script = (
        f"import pathlib; from partimento.data.ingest import prepare; prepare('folder', pathlib.Path({str(folder)!r}))"
    )
    both = [subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE) for _ in range(2)]
    said = [(process.communicate(timeout=120)[1], process.returncode) for process in both]
    assert [status for _, status in said] == [0, 0], said
    assert ingest.prepare("folder", folder)[1].unchanged
    assert [path.name for path in home.iterdir()] == ["folder"]


def test_unknown_source_has_a_suggestion(home, folder):
    with pytest.raises(UnknownName, match="did you mean maestro"):
        ingest.prepare("mestro", folder)


def test_archive_reads_as_the_folder_does(corpus, folder, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "packed"), "zip", folder)
    assert ingest.prepare("folder", tmp_path / archive)[1].unchanged


def test_a_corpus_of_another_source_is_not_replaced(home, folder, monkeypatch):
    ingest.prepare("folder", folder, name="ours")
    other = replace(FOLDER, name="other")
    monkeypatch.setitem(ingest.SOURCES, "other", other)
    with pytest.raises(UsageError, match="a corpus from folder has this name"):
        ingest.prepare("other", folder, name="ours")
    assert ingest.prepare("folder", folder, name="ours")[1].unchanged


def test_events_that_no_score_holds_leave_the_fingerprint_alone(corpus):
    assert not set(DROPPED_EVENTS) & set(corpus.manifest.report["counts"])
