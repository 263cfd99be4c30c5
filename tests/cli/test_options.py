"""Names and folders that are checked before the work."""

import errno
import os
from pathlib import Path

import pytest

from partimento.cli.options import LONGEST_NAME, checked_folder, checked_name
from partimento.errors import UsageError


@pytest.mark.parametrize("name", ["a", "Étude no. 3", "step-1.5", "a" * LONGEST_NAME])
def test_a_plain_name_is_taken(name):
    assert checked_name("--name", name) == name


@pytest.mark.parametrize("name", ["", " ", ".", "..", ".a", "a/b", "a/", "/a", "a\nb", "a\0b", "\udcff", "é" * 101])
def test_any_other_name_is_refused(name):
    with pytest.raises(UsageError, match=r"^--name .* a plain name is needed"):
        checked_name("--name", name)


def test_a_folder_may_be_there_or_be_made(tmp_path):
    for folder in (tmp_path, tmp_path / "a" / "b", Path()):
        assert checked_folder("--out", folder) == folder
    assert not list(tmp_path.iterdir())


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "a"):
        with pytest.raises(UsageError, match="file is a file; choose a folder"):
            checked_folder("--out", folder)


def test_a_place_where_no_folder_can_be_made_is_refused_though_the_system_says_that_one_may(tmp_path, monkeypatch):
    def refuses(**_):
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))

    monkeypatch.setattr("partimento.cli.options.mkdtemp", refuses)
    with pytest.raises(UsageError, match=r"^--runs \S+a: no folder can be made in .*; choose another folder"):
        checked_folder("--runs", tmp_path / "a")
    assert checked_folder("--runs", tmp_path) == tmp_path


def test_a_folder_that_is_not_ours_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(UsageError, match="cannot be written to; choose another folder"):
        checked_folder("--out", tmp_path / "a")
