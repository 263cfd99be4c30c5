"""Whole or not at all, whatever happens on the way."""

import os

import pytest

from partimento.errors import WorkFailed
from partimento.store import staged_file, staged_folder, together, write_atomically


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def refuse(*_):
    raise OSError(28, "No space left on device")


def test_a_file_takes_the_place_of_the_old(tmp_path):
    for data in (b"old", b"new"):
        write_atomically(tmp_path / "a", data)
    assert (names(tmp_path), (tmp_path / "a").read_bytes()) == (["a"], b"new")


def test_a_file_is_written_piece_by_piece_and_seen_when_it_is_whole(tmp_path):
    with staged_file(tmp_path / "a") as file:
        file.write(b"one ")
        assert not (tmp_path / "a").exists()
        file.write(b"two")
    assert (tmp_path / "a").read_bytes() == b"one two"


def test_others_may_read_what_is_written(tmp_path):
    write_atomically(tmp_path / "a", b"")
    (tmp_path / "plain").touch()
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_full_disk_leaves_the_old_file_and_says_what_is_free(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(WorkFailed, match=r"a can't be written: No space left on device; [\d,]+ MB are free there"):
        write_atomically(tmp_path / "a", b"new")
    assert (names(tmp_path), (tmp_path / "a").read_bytes()) == (["a"], b"old")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WorkFailed, match=r"absent/a can't be written: No such file or directory; choose another place"):
        write_atomically(tmp_path / "absent" / "a", b"")


@pytest.mark.parametrize("path", ["", ".", "folder", os.devnull])
def test_what_is_no_file_is_not_replaced_by_one(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(WorkFailed, match="another kind"):
        write_atomically(type(tmp_path)(path), b"")
    assert names(tmp_path) == ["folder"]


def test_a_folder_takes_the_place_of_the_old(tmp_path):
    for name in ("old", "new"):
        with staged_folder(tmp_path / "deep" / "x") as staged:
            (staged.folder / name).touch()
    assert (names(tmp_path / "deep"), names(tmp_path / "deep" / "x")) == (["x"], ["new"])


def test_a_folder_that_is_dropped_leaves_the_old(tmp_path):
    (tmp_path / "x").mkdir()
    with staged_folder(tmp_path / "x") as staged:
        (staged.folder / "new").touch()
        staged.keep_old = True
    assert (names(tmp_path), names(tmp_path / "x")) == (["x"], [])


@pytest.mark.parametrize(
    ("error", "seen"), [(OSError(28, "full"), WorkFailed), (KeyboardInterrupt(), KeyboardInterrupt)]
)
@pytest.mark.parametrize("stage", [staged_file, staged_folder])
def test_an_error_on_the_way_leaves_nothing(tmp_path, stage, error, seen):
    with pytest.raises(seen), stage(tmp_path / "x"):
        raise error
    assert names(tmp_path) == []


def test_every_file_of_a_folder_is_synced(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr("os.fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    with staged_folder(tmp_path / "x") as staged:
        (staged.folder / "deep").mkdir()
        (staged.folder / "deep" / "a").touch()
    wanted = [tmp_path, tmp_path / "x", tmp_path / "x" / "deep", tmp_path / "x" / "deep" / "a"]
    assert {path.stat().st_ino for path in wanted} == set(synced)


def test_the_old_folder_comes_back_where_the_new_cannot_take_its_place(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "kept").touch()
    with pytest.raises(WorkFailed), staged_folder(tmp_path / "x") as staged:
        staged.folder.rmdir()
    assert (names(tmp_path), names(tmp_path / "x")) == (["x"], ["kept"])


def test_files_that_belong_together_take_their_places_together(tmp_path):
    with together():
        write_atomically(tmp_path / "a", b"1")
        write_atomically(tmp_path / "b", b"2")
        assert not (tmp_path / "a").exists()
    assert (names(tmp_path), (tmp_path / "b").read_bytes()) == (["a", "b"], b"2")


def test_of_files_that_belong_together_none_is_written_where_one_cannot_be(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(WorkFailed, match=r"/b can't be written: No space left"), together():
        write_atomically(tmp_path / "a", b"new")
        monkeypatch.setattr("os.fsync", refuse)
        write_atomically(tmp_path / "b", b"new")
    assert (names(tmp_path), (tmp_path / "a").read_bytes()) == (["a"], b"old")


def test_after_files_that_belonged_together_others_do_not_wait(tmp_path):
    with pytest.raises(KeyError), together():
        raise KeyError
    write_atomically(tmp_path / "a", b"")
    assert names(tmp_path) == ["a"]


def test_what_another_cleared_before_it_was_locked_is_made_once_more(tmp_path, monkeypatch):
    import partimento.store.staging as staging

    def cleared_first(path):
        monkeypatch.undo()
        path.rmdir()
        return staging.held(path)

    monkeypatch.setattr(staging, "held", cleared_first)
    with staged_folder(tmp_path / "x") as staged:
        (staged.folder / "a").touch()
    assert names(tmp_path / "x") == ["a"]
