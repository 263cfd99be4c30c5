"""Archives, sound and hostile: everything is unpacked, or nothing is."""

import hashlib
import stat
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.data.fetch.members import Limits, check_directory, check_members
from partimento.data.fetch.unpack import Unpacked, unpack
from partimento.errors import REASONS, InputError, WorkFailed
from tests.data.fetch.archives import DEFLATED, FILES, STORED, linked, overlapping, patched, zipped

BELOW = {name.removeprefix("music/"): data for name, data in FILES.items()}
SUMS = {name: hashlib.sha256(data).hexdigest() for name, data in BELOW.items()}
LIMITS = Limits(members=5, directory_bytes=2000, total_bytes=3 * 10**6, member_bytes=2 * 10**6, depth=3)
SOUND = zipped()
CRC = zlib.crc32(FILES["music/a.mid"])


@pytest.fixture
def opened(tmp_path):
    """Unpacks bytes into the folder ``out``."""

    def unpacked(data, sums=SUMS, **options):
        (tmp_path / "x.zip").write_bytes(data)
        return unpack(tmp_path / "x.zip", tmp_path / "out", sums, limits=LIMITS, **options)

    return unpacked


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("method", [STORED, DEFLATED])
def test_every_file_comes_out_below_the_one_folder_that_holds_all(method, opened, tmp_path):
    assert opened(zipped(method=method)) == Unpacked(3, sum(map(len, FILES.values())), 0)
    assert contents(tmp_path / "out") == BELOW


def test_files_without_a_folder_keep_their_names(opened, tmp_path):
    opened(zipped({"a": b"1", "b/c": b"2"}), sums={})
    assert contents(tmp_path / "out") == {"a": b"1", "b/c": b"2"}


def test_folders_of_their_own_are_no_files(opened, tmp_path):
    assert opened(zipped([("music/", b""), *FILES.items(), ("music/empty/", b"")])).files == 3


def test_what_no_table_vouches_for_is_left_out_where_asked(opened, tmp_path):
    more = zipped({**FILES, "music/more.mid": b"?"})
    assert opened(more, all_files=False).left_out == 1 and contents(tmp_path / "out") == BELOW
    assert opened(more).left_out == 0 and len(contents(tmp_path / "out")) == 4


NAMES = {
    "outside": "../x",
    "outside, further down": "a/../../x",
    "absolute": "/etc/x",
    "a drive": "C:/x",
    "of a drive": "C:x",
    "with backslashes": "a\\..\\x",
    "with a stream": "x:y",
    "with a line end": "a\nb",
    "with an escape": "a\x1b[2J",
    "with a reversal": "a\u202ebim.exe",
    "with an empty part": "a//b",
    "with a dot alone": "a/./b",
    "reserved": "a/NUL.mid",
    "with a dot at its end": "a./b",
    "with a space at its end": "a ",
    "too long": "a" * 201,
    "too long in all": "/".join(["a" * 150] * 3),
    "too deep": "a/b/c/d",
}
EXTRA = [("x/1", b"")]
HOSTILE = {  # archive, words, code
    "empty": (b"", "is no whole zip archive", "cut-off"),
    "no archive": (b"MThd" * 99, "is no whole zip archive", "cut-off"),
    "cut off": (SOUND[:-30], "is no whole zip archive", "cut-off"),
    "cut off at its end": (SOUND[:-1], "is no whole zip archive", "cut-off"),
    "cut off at its beginning": (SOUND[10:], "bytes before or behind", "damaged"),
    "with garbage behind": (SOUND + b"garbage", "bytes before or behind", "damaged"),
    "with garbage before": (b"garbage" + SOUND, "bytes before or behind", "damaged"),
    "of too many members": (zipped([(str(n), b"") for n in range(6)]), "6 members; at most 5", "too-much"),
    "of more members than it states": (
        SOUND[:-14] + struct.pack("<2H", 2, 2) + SOUND[-10:],
        "states 2 members and has 3",
        "damaged",
    ),
    "in the 64-bit form": (
        SOUND[:-22] + b"PK\6\7" + bytes(16) + SOUND[-22:],
        "the 64-bit form, which is not read",
        "refused",
    ),
    "a bomb": (zipped({"a": bytes(1_500_000)}), "'a' unpacks to far more", "too-much"),
    "large": (zipped({"a": bytes(2_000_001)}, STORED), "'a' is larger than is unpacked", "too-large"),
    "large in all": (
        zipped({n: bytes(1_600_000) for n in "ab"}, STORED),
        "unpacks to 3,200,000 bytes; at most",
        "too-much",
    ),
    "overlapping": (overlapping(), "overlaps what comes behind it", "damaged"),
    "a link": (zipped([linked("a", "/etc/passwd")]), "'a' is neither a plain file nor a folder", "refused"),
    "a device": (zipped([linked("a", "", stat.S_IFCHR)]), "neither a plain file nor a folder", "refused"),
    "a folder with a file's name": (zipped([linked("a", "", stat.S_IFDIR)]), "neither a plain file", "refused"),
    "encrypted": (patched(SOUND, (8, "<H", 1)), "'music/a.mid' is encrypted", "refused"),
    "packed otherwise": (patched(SOUND, (10, "<H", 12)), "packed by a method that is not read", "refused"),
    "with a false sum": (patched(SOUND, (16, "<L", CRC ^ 1)), "is damaged (Bad CRC-32", "damaged"),
    "shorter than stated": (patched(SOUND, (24, "<L", 160)), "150 bytes, 160 are stated", "damaged"),
    "longer than stated": (patched(SOUND, (24, "<L", 140)), "is damaged (Bad CRC-32", "damaged"),
    "with a false place": (patched(SOUND, (42, "<L", 3)), "overlaps what comes behind", "damaged"),
    "with another name inside": (SOUND.replace(b"music/a.mid", b"music/b.mid", 1), "is damaged", "damaged"),
    "twice the same": (zipped([("x/a", b"1"), ("x/b", b"2")]).replace(b"x/b", b"x/a"), "there twice", "refused"),
    "the same but for case": (zipped({"x/a": b"1", "X/A": b"2"}), "there twice", "refused"),
    "the same but for form": (zipped({"é": b"1", "e\u0301": b"2"}), "there twice", "refused"),
    "a file and a folder": (zipped({"x": b"1", "x/a": b"2"}), "'x' is a file and a folder", "refused"),
    "lacking a file": (zipped({"music/a.mid": FILES["music/a.mid"]}), "is missing, one of 2", "cut-off"),
    "with a changed file": (zipped({**FILES, "music/a.mid": b"three"}), "'a.mid' is not as published", "damaged"),
    **{f"with a name that is {kind}": (zipped({name: b""}), "name", "refused") for kind, name in NAMES.items()},
}
HOSTILE["with a name that is too deep"] = (zipped({NAMES["too deep"]: b""}), "too many folders deep", "refused")
HOSTILE["with a NUL in its name"] = (zipped({"a0b": b""}).replace(b"a0b", b"a\0b"), "control characters", "refused")


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_archive_is_refused_that_is(kind, opened, tmp_path):
    data, words, code = HOSTILE[kind]
    with pytest.raises(InputError) as refusal:
        opened(data)
    assert words in str(refusal.value) and refusal.value.code == code and code in REASONS
    assert str(refusal.value).startswith("x.zip: ") and str(refusal.value).isprintable()
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]


@pytest.mark.parametrize("name", ["maestro-v3.0.0-midi", "free-piano"])
def test_real_archives_are_well_within_the_limits(name, shared_data):
    with (shared_data / f"{name}.zip").open("rb") as file, zipfile.ZipFile(file) as archive:
        assert check_directory(file, Limits()) == len(archive.infolist())
        check_members(archive.infolist(), archive.start_dir, Limits(ratio=50, ratio_from_bytes=0, members=3000))


def test_a_refused_archive_leaves_what_was_unpacked_before(opened, tmp_path):
    opened(SOUND)
    with pytest.raises(InputError):
        opened(HOSTILE["with a false sum"][0])
    assert contents(tmp_path / "out") == BELOW and len(list(tmp_path.iterdir())) == 2


def test_a_disk_without_room_is_told_before(opened, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Disk", (), {"free": 300}))
    with pytest.raises(WorkFailed, match="make room"):
        opened(SOUND)
    assert not (tmp_path / "out").exists()


@given(at=st.integers(0, len(SOUND) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found_or_changes_nothing(at, bit, tmp_path_factory):
    place = tmp_path_factory.mktemp("flipped")
    data = bytearray(SOUND)
    data[at] ^= 1 << bit
    (place / "x.zip").write_bytes(data)
    try:
        unpack(place / "x.zip", place / "out", SUMS, limits=LIMITS)
    except InputError:
        assert not (place / "out").exists()
    else:
        assert contents(place / "out") == BELOW
