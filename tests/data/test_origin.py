import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    with origin.opened(places[which]) as files, pytest.raises(InputError, match="x/b: more than 2 bytes"):
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


def member(archive, name, data=b"one", **changes):
    info = zipfile.ZipInfo(name)
    for field, value in changes.items():
        setattr(info, field, value)
    archive.writestr(info, data)


@pytest.fixture
def odd(tmp_path):
    """An archive whose members should better not be unpacked."""
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        member(archive, "bomb", bytes(2**21), compress_type=zipfile.ZIP_DEFLATED)
        member(archive, "lzma", compress_type=zipfile.ZIP_LZMA)
        with pytest.warns(UserWarning, match="Duplicate name"):
            for _ in range(2):
                member(archive, "twice")
    return tmp_path / "odd.zip"


REFUSED = {
    "bomb": ("too-large", "200 times"),
    "lzma": ("unreadable", "packed in a way"),
    "twice": ("unreadable", "once"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_member_that_is_better_not_unpacked_is_refused(odd, name):
    code, words = REFUSED[name]
    with origin.opened(odd) as files, pytest.raises(InputError, match=words) as caught:
        files.read(name)
    assert caught.value.code == code
    with origin.opened(odd) as files:
        assert files.names == ["bomb", "lzma", "twice"]


def test_an_encrypted_member_is_refused(places):
    data = bytearray(places[1].read_bytes())
    for header, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(header) + flags] |= 1
    places[1].write_bytes(data)
    with origin.opened(places[1]) as files, pytest.raises(InputError, match="x/b: is encrypted"):
        files.read("x/b")


@given(st.binary(max_size=200), st.integers(0, 10**4))
def test_any_bytes_in_an_archive_are_read_or_refused(tmp_path_factory, more, place):
    path = tmp_path_factory.mktemp("any") / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.mid", b"one" * 50)
        archive.writestr("b.mid", b"two" * 50)
    data = path.read_bytes()
    place %= len(data)
    path.write_bytes(data[:place] + more + data[place + len(more) :])
    try:
        with origin.opened(path) as files:
            for name in files.names:
                assert isinstance(files.read(name), bytes)
    except InputError as error:
        assert str(error).isprintable()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_refused_without_waiting(places, tmp_path):
    os.mkfifo(places[0] / "pipe")
    with origin.opened(places[0]) as files, pytest.raises(InputError, match="no regular file"):
        files.read("pipe")
    with pytest.raises(InputError, match="neither a folder nor"), origin.opened(places[0] / "pipe"):
        pass


@pytest.mark.skipif(not hasattr(os, "geteuid") or not os.geteuid(), reason="the superuser may read everything")
def test_a_folder_that_cannot_be_looked_into_is_named(places):
    (places[0] / "x").chmod(0)
    with origin.opened(places[0]) as files:
        assert (files.names, list(files.unlisted)) == (["a"], ["x"])
    (places[0] / "x").chmod(0o700)


def test_a_folder_that_is_not_listed_is_noted(places):
    folder = origin.Folder(places[0])
    folder._note(PermissionError(13, "Permission denied", str(places[0] / "x")))
    assert "x: cannot be read (Permission denied)" in str(folder.unlisted["x"])
