import shutil
from dataclasses import replace

import pytest

from partimento.data import SOURCES, ingest
from partimento.data.target import own_place, require_apart
from partimento.errors import UsageError

FOLDER = SOURCES["folder"]


@pytest.mark.parametrize("name", ["music.mid", "notes.txt", ".git", "manifest.json.bak"])
def test_a_folder_with_a_file_of_somebody_else_is_refused_and_stays(name, home):
    (home / "x").mkdir(parents=True)
    (home / "x" / name).write_bytes(b"dear")
    with pytest.raises(UsageError, match=f"{name}, which is no part of a corpus; choose another name"):
        own_place("x", FOLDER)
    assert (home / "x" / name).read_bytes() == b"dear"


def test_a_corpus_with_a_file_of_somebody_else_is_not_replaced(corpus, folder):
    (corpus.folder / "thoughts.txt").write_text("dear")
    (folder / "a.mid").unlink()
    with pytest.raises(UsageError, match=r"thoughts\.txt"):
        ingest.prepare("folder", folder)
    assert (corpus.folder / "thoughts.txt").exists()


def test_a_folder_with_the_name_of_a_shard_is_not_ours(home):
    (home / "x" / "notes.npy").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"notes\.npy, which is no part"):
        own_place("x", FOLDER)


@pytest.mark.parametrize(
    "names", [[], ["manifest.json"], ["notes.npy", ".DS_Store", ".manifest.json.0123456789ab.part"]]
)
def test_what_is_empty_or_a_broken_corpus_may_be_replaced(names, home):
    (home / "x").mkdir(parents=True)
    for name in names:
        (home / "x" / name).write_bytes(b"broken")
    assert own_place("x", FOLDER) == home / "x"


def test_music_in_the_home_of_corpora_is_never_lost(tmp_path, folder, monkeypatch):
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path))
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    with pytest.raises(UsageError):
        ingest.prepare("folder", folder, name="in")
    assert before == {path: path.read_bytes() for path in folder.rglob("*.*")}


@pytest.mark.parametrize("target", ["in", "in/deep", "in/deep/new", ""])
def test_an_origin_and_its_corpus_lie_apart(target, folder, tmp_path):
    with pytest.raises(UsageError, match=r"--from .*not apart from it; name another folder"):
        require_apart(tmp_path / target, folder)


def test_an_origin_by_another_name_is_the_same(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(UsageError, match="not apart"):
        require_apart(folder / "deep", tmp_path / "link")
    require_apart(tmp_path / "other", tmp_path / "link")


def test_an_archive_in_the_place_of_its_corpus_is_refused(home, folder):
    (home / "x").mkdir(parents=True)
    archive = shutil.move(shutil.make_archive(str(folder.parent / "packed"), "zip", folder), home / "x")
    with pytest.raises(UsageError, match="not apart"):
        require_apart(home / "x", folder.parent / archive)


def test_what_killed_runs_left_is_cleared_whatever_its_name(home, folder):
    left = home / ".other.0123456789ab.part"
    left.mkdir(parents=True)
    ingest.prepare("folder", folder)
    assert not left.exists()


def test_a_name_of_another_source_is_refused(home):
    with pytest.raises(UsageError, match="name of another source"):
        own_place("maestro", replace(FOLDER))
