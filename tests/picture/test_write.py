"""Rolls as files: the same music gives the same bytes, whole or not at all."""

import warnings
from pathlib import Path
from xml.etree import ElementTree

import matplotlib
import pytest

from partimento.errors import UnknownName, UsageError, WorkFailed
from partimento.picture import FORMATS, write_roll
from partimento.score import PEDAL, Score, from_notes, table

TUNE = from_notes([(0, 500, 60, 30), (500, 500, 64, 64), (1000, 1500, 67, 120)])
PEDALLED = Score(TUNE.notes, pedals=table(PEDAL, [(100, 900, 0), (1000, 2000, 0)]))


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_music_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_roll(PEDALLED, tmp_path / f"{name}{suffix}", "Invention", 1.0)
    one, two = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("one", "two"))
    assert one == two
    assert b"Date" not in one and b"Matplotlib" not in one


def test_a_png_is_a_png_and_an_svg_is_xml(tmp_path: Path) -> None:
    write_roll(TUNE, tmp_path / "a.PNG")
    write_roll(TUNE, tmp_path / "a.svg", "<&> \x00 \x0b $5 and $6")
    assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG\r\n")
    assert ElementTree.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")


def test_a_title_is_no_formula(tmp_path: Path) -> None:
    write_roll(TUNE, tmp_path / "a.png", r"$\nonsense{$")
    assert (tmp_path / "a.png").exists()


def test_no_notes_give_an_empty_roll(tmp_path: Path) -> None:
    write_roll(from_notes([]), tmp_path / "empty.png")
    assert (tmp_path / "empty.png").stat().st_size > 1000


def test_unknown_glyphs_pass_in_silence(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_roll(TUNE, tmp_path / "a.png", "練習曲")


def test_the_users_settings_change_nothing_and_are_kept(tmp_path: Path) -> None:
    write_roll(TUNE, tmp_path / "a.png")
    with matplotlib.rc_context({"font.size": 30, "savefig.dpi": 20}):
        write_roll(TUNE, tmp_path / "b.png")
        assert matplotlib.rcParams["font.size"] == 30
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_refusals_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"\.png"):
        write_roll(TUNE, tmp_path / "a.pnng")
    with pytest.raises(UsageError, match="primer"):
        write_roll(TUNE, tmp_path / "a.png", primer_s=-1.0)
    with pytest.raises(WorkFailed, match="can't be written"):
        write_roll(TUNE, tmp_path / "missing" / "a.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("suffix", "tag"), [(".png", b"Copyright\x00"), (".svg", b"rights>")])
def test_the_copyright_stands_in_the_metadata_and_nothing_where_there_is_none(suffix, tag, tmp_path: Path) -> None:
    write_roll(TUNE, tmp_path / f"a{suffix}", copyright="Composed by x; CC0-1.0")
    write_roll(TUNE, tmp_path / f"b{suffix}")
    told, silent = ((tmp_path / f"{name}{suffix}").read_bytes() for name in "ab")
    assert tag in told and b"Composed by x; CC0-1.0" in told and tag not in silent
