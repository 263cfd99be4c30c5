"""What killed runs left is put back or cleared at once; what a live one works on is left alone."""

import os

import pytest

from partimento.store import clear, discard, is_leftover, locked, restore, staged_folder, write_atomically

PART, OLD = ".x.0123456789ab.part", ".x.0123456789ab.old"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def left(folder, name, age_s=0.0):
    (folder / name / "kept").mkdir(parents=True)
    os.utime(folder / name, ((folder / name).stat().st_mtime - age_s,) * 2)


@pytest.mark.parametrize("age_s", [0.0, 10.0**9, -(10.0**9)])
def test_what_a_killed_run_left_goes_with_the_next_write_whatever_the_clock_says(tmp_path, age_s):
    left(tmp_path, PART, age_s)
    write_atomically(tmp_path / "x", b"")
    assert names(tmp_path) == ["x"]


@pytest.mark.parametrize("age_s", [0.0, 10.0**9])
def test_what_a_live_run_works_on_stays(tmp_path, age_s):
    left(tmp_path, PART, age_s)
    with locked(tmp_path / PART):
        write_atomically(tmp_path / "x", b"")
    assert names(tmp_path) == [PART, "x"]


@pytest.mark.parametrize("name", [".x.notes.part", ".xy.0123456789ab.part", "x.0123456789ab.part"])
def test_a_write_clears_nothing_of_others(tmp_path, name):
    left(tmp_path, name)
    write_atomically(tmp_path / "x", b"")
    assert names(tmp_path) == sorted([name, "x"])


def test_two_that_write_the_same_folder_at_once_do_not_disturb_each_other(tmp_path):
    with staged_folder(tmp_path / "x") as slow:
        with staged_folder(tmp_path / "x") as quick:
            (quick.folder / "quick").touch()
        (slow.folder / "slow").touch()
    assert (names(tmp_path), names(tmp_path / "x")) == (["x"], ["slow"])


def test_a_whole_folder_is_cleared_without_a_name(tmp_path):
    left(tmp_path, PART)
    left(tmp_path, ".y.0123456789ab.part")
    clear(tmp_path)
    assert names(tmp_path) == []


def test_a_folder_that_a_killed_run_had_moved_away_is_put_back(tmp_path):
    left(tmp_path, OLD)
    restore(tmp_path)
    assert (names(tmp_path), names(tmp_path / "x")) == (["x"], ["kept"])


def test_a_folder_that_was_moved_away_goes_where_the_new_one_stands(tmp_path):
    left(tmp_path, OLD)
    (tmp_path / "x").mkdir()
    restore(tmp_path)
    assert names(tmp_path) == [OLD, "x"] and names(tmp_path / "x") == []
    clear(tmp_path)
    assert names(tmp_path) == ["x"]


@pytest.mark.parametrize(("keep_old", "known"), [(True, ["kept"]), (False, ["new"])])
def test_a_write_puts_back_first(tmp_path, keep_old, known):
    left(tmp_path, OLD)
    with staged_folder(tmp_path / "x") as staged:
        (staged.folder / "new").touch()
        staged.keep_old = keep_old
    assert (names(tmp_path), names(tmp_path / "x")) == (["x"], known)


def test_who_looks_while_a_folder_is_replaced_finds_the_old_or_the_new(tmp_path, monkeypatch):
    (tmp_path / "x").mkdir()
    rename, seen = os.rename, []

    def looked_at(*moved, **more):
        rename(*moved, **more)
        monkeypatch.setattr("partimento.store.leftovers.held", lambda path: locked(path))  # without patience
        restore(tmp_path)
        seen.append("x" in names(tmp_path))

    monkeypatch.setattr("os.rename", looked_at)
    with staged_folder(tmp_path / "x") as staged:
        (staged.folder / "new").touch()
    assert (seen, names(tmp_path / "x")) == ([False, True, True], ["new"])  # moved away, replaced, given up


def test_what_is_discarded_is_gone_at_once_for_whoever_reads(tmp_path, monkeypatch):
    left(tmp_path, "x")
    monkeypatch.setattr("shutil.rmtree", lambda *_, **__: None)
    discard(tmp_path / "x")
    assert "x" not in names(tmp_path) and len(names(tmp_path)) == 1
    monkeypatch.undo()
    clear(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "ours"),
    [(".a.0123456789ab.part", True), (".a.0123456789ab.old", True), (".git", False), ("a.part", False)],
)
def test_a_hidden_name_of_ours_is_known(name, ours, tmp_path):
    assert is_leftover(tmp_path / name) is ours
