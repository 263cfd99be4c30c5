import zipfile

import pytest

from partimento.data import origin
from partimento.errors import InputError


@pytest.fixture
def places(tmp_path):
    """The same two files as a folder and as an archive."""
    (tmp_path / "folder" / "x").mkdir(parents=True)
    (tmp_path / "folder" / "x" / "b").write_bytes(b"two")
    (tmp_path / "folder" / "a").write_bytes(b"one")
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
        archive.writestr("x/b", b"two")
        archive.writestr("a", b"one")
    return tmp_path / "folder", tmp_path / "archive.zip"


@pytest.mark.parametrize("which", [0, 1])
def test_folder_and_archive_read_alike(places, which):
    with origin.opened(places[which]) as files:
        assert {name: files.read(name) for name in files.names} == {"a": b"one", "x/b": b"two"}


@pytest.mark.parametrize("which", [0, 1])
def test_missing_file_is_named(places, which):
    with origin.opened(places[which]) as files, pytest.raises(InputError, match="nowhere"):
        files.read("nowhere")


@pytest.mark.parametrize("which", [0, 1])
def test_oversized_file_is_refused_before_it_is_read(places, which, monkeypatch):
    monkeypatch.setattr(origin, "MAX_FILE_BYTES", 2)
    with origin.opened(places[which]) as files, pytest.raises(InputError, match="x/b: 3 bytes; at most 2"):
        files.read("x/b")


def test_damaged_member_is_refused(places):
    data = places[1].read_bytes()
    places[1].write_bytes(data.replace(b"two", b"TWO"))
    with origin.opened(places[1]) as files, pytest.raises(InputError, match=r"x/b.*fetch it again"):
        files.read("x/b")


def test_what_is_no_archive_is_refused(tmp_path):
    (tmp_path / "song.mid").write_bytes(b"MThd")
    with pytest.raises(InputError, match="neither a folder nor"), origin.opened(tmp_path / "song.mid"):
        pass
