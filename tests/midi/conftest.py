"""Standard MIDI Files with their bytes in sight."""

import struct
import zipfile

import pytest

NOTE = b"\x00\x90\x3c\x40\x0a\x80\x3c\x00"  # C4 from tick 0 to 10


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">I", len(body)) + body


def file_of(*tracks: bytes, kind: int = 1, declared: int | None = None, division: int = 480) -> bytes:
    """A file of tracks given by their events, each closed by an end of track."""
    header = struct.pack(">HHH", kind, len(tracks) if declared is None else declared, division)
    return chunk(b"MThd", header) + b"".join(chunk(b"MTrk", body + b"\x00\xff\x2f\x00") for body in tracks)


@pytest.fixture(scope="session")
def smf():
    return file_of


@pytest.fixture(scope="session")
def note():
    return NOTE


@pytest.fixture
def performance(shared_data, tmp_path):
    """The smallest performance of MAESTRO."""
    with zipfile.ZipFile(shared_data / "maestro-v3.0.0-midi.zip") as archive:
        names = [info for info in archive.infolist() if info.filename.endswith(".midi")]
        return archive.extract(min(names, key=lambda info: info.file_size), tmp_path)
