"""The campaigns about files from outside in small, and that they see what they are to see."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from benchmarks.faults import ingest, primers, workers
from benchmarks.faults.child import Ended
from benchmarks.faults.gauge import Work
from benchmarks.faults.kept import out_of_bounds, overlapping
from benchmarks.faults.mutants import Mutant, generated
from partimento.score import NOTE, Score, from_notes, frozen

FINE = from_notes([(0, 10, 60, 64), (10, 10, 60, 64)])


def prepared(folder, tmp_path, workers=2):
    return ingest.prepare(folder, tmp_path / f"home-{workers}", workers)


def test_spoilt_and_strange_files_are_all_accounted_for(tmp_path):
    kinds = ingest.write(tmp_path / "files", 52, 1, flood_every=1000)
    done = prepared(tmp_path / "files", tmp_path)
    assert [*done.faults(), *ingest.accounts(tmp_path / "files", kinds, done)] == []
    outcomes = dict(done.outcomes.keys())
    assert outcomes["strange-1.mid"] == "unreadable" and "accepted" in outcomes.values()


def test_a_run_that_failed_loses_every_file(tmp_path):
    failed = ingest.Prepared(Ended(1, "", "Traceback (most recent call last)", 0, 600), None, {}, [])
    assert len(list(failed.faults())) == 3
    assert dict(ingest.accounts(tmp_path, {"a.mid": "blank"}, failed)) == {"a.mid": "lost with the run"}


def test_slow_and_large_work_is_seen():
    works = [Work("a", 1, "", 9, 5.1, 30), Work("b", 1, "time", 9, 0, 0), Work("c", 1, "", 9, 4.9, 513)]
    run = ingest.Prepared(Ended(0, "", "", 0, 0), None, {}, works)
    assert [subject for subject, _ in run.faults()] == ["a", "b", "c"]


def test_music_within_bounds_has_no_fault():
    assert list(out_of_bounds(FINE)) == [] and not overlapping(FINE)


@pytest.mark.parametrize(
    ("field", "value"), [("pitch", 128), ("velocity", 0), ("duration", 0), ("onset", -1), ("track", 1)]
)
def test_a_note_out_of_bounds_is_seen(field, value):
    notes = np.array(FINE.notes)
    notes[field][0] = value
    assert list(out_of_bounds(replace(FINE, notes=notes)))


def test_notes_that_overlap_are_seen():
    rows = [(0, 11, 60, 64, 0), (10, 10, 60, 64, 0)]
    assert overlapping(Score(frozen(np.array(rows, NOTE))))


def test_killed_processes_cost_no_file(tmp_path):
    outcomes, summary = workers.hit(tmp_path, 3, 10, workers.signal.SIGKILL, Random(1))
    assert set(outcomes.values()) == {""}
    at_work, idle = (int(part.split()[0]) for part in summary.split(", and "))
    assert at_work + idle == 3 and len(outcomes) == at_work + 1


def test_the_rule_refuses_what_is_lost_twice_or_takes_too_long():
    lost = [("a", "crashed"), ("a", ""), ("b", "crashed"), ("b", "crashed"), ("c", "time"), ("d", "")]
    works = [Work(path, 1, code, 0, 0, 0) for path, code in lost]
    assert dict(workers.final_refusals(works)) == {"b": "crashed", "c": "time"}


def test_a_refused_primer_gets_one_line_and_leaves_nothing(tmp_path):
    trial = primers.tried(Mutant("\x1b[31m.mid", "blank", b""), tmp_path / "0", whole=False)
    assert trial.ended.status == 2 and trial.fault() == "" and not trial.out.exists()


def test_what_a_primer_must_not_do_is_seen(tmp_path):
    (tmp_path / "half.mid").touch()
    bad = primers.Trial(Ended(2, "", "one\ntwo\x1b[2J\n", 0, 0), tmp_path, [Work("a", 1, "", 1, 6.0, 1)])
    assert len(list(bad.faults())) == 4
    assert "exit status 1" in replace(bad, ended=Ended(1, "", "one\n", 0, 0)).fault()


def test_a_sound_original_is_a_primer(tmp_path):
    trial = primers.tried(Mutant("fine.mid", "blank", generated()[0]), tmp_path / "0", whole=False)
    assert trial.ended.status == 0 and trial.fault() == ""


def test_a_child_that_died_late_is_seen_unless_the_machine_was_slow():
    lost, quick = Work("a", 1, "crashed", 9.0, 0, 0), Work("b", 2, "", 1.0, 1.0, 9)
    for alive, seen in ((quick, ["a"]), (replace(quick, wall_s=3.0), [])):
        run = ingest.Prepared(Ended(0, "", "", 0, 0), None, {}, [lost, alive])
        assert [subject for subject, _ in run.faults()] == seen


def test_entries_that_differ_are_seen_though_a_file_was_refused(tmp_path):
    workers.good_files(tmp_path / "files", 3)
    manifest = prepared(tmp_path / "files", tmp_path).corpus.manifest
    one, two, three = manifest.entries
    assert list(workers._other_manifest(manifest, replace(manifest, entries=(one, three)), {two.piece.path})) == []
    assert list(workers._other_manifest(manifest, replace(manifest, entries=(three,)), {two.piece.path}))


def test_a_hit_of_an_idle_process_is_told_apart():
    assert workers.parted([1, 2], [Work("a", 1, "crashed", 0, 0, 0), Work("b", 2, "", 0, 0, 0)]) == ([1], [2])


@pytest.mark.parametrize(("cpu_s", "parent_mb", "faults"), [(14, 500, 0), (16, 500, 1), (14, 513, 1)])
def test_a_primer_that_was_kept_has_bounds_above_a_sound_one(tmp_path, cpu_s, parent_mb, faults):
    base = primers.Trial(Ended(0, "", "", 5, 0), tmp_path, [], 388.0)
    trial = primers.Trial(Ended(0, "", "", cpu_s, 0), tmp_path, [], parent_mb, base)
    assert len(list(trial._over())) == faults
