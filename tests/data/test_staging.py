import os

import pytest

from partimento.data.staging import STALE_S, replacing


def test_new_folder_takes_the_place_of_the_old(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "old").touch()
    with replacing(tmp_path / "x") as staged:
        (staged.folder / "new").touch()
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_error_leaves_the_old_folder_alone(tmp_path):
    (tmp_path / "x").mkdir()
    with pytest.raises(OSError, match="full"), replacing(tmp_path / "x"):
        raise OSError("full")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize(("age_s", "left"), [(0, True), (STALE_S + 60, False)])
def test_only_what_a_killed_run_left_long_ago_is_swept(tmp_path, age_s, left):
    old = tmp_path / ".x-0123"
    old.mkdir()
    os.utime(old, (old.stat().st_mtime - age_s,) * 2)
    with replacing(tmp_path / "x"):
        pass
    assert old.exists() == left
