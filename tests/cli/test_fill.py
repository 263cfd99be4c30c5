"""Bars of a four-part score anew, by the command line."""

from pathlib import Path

import pytest
from choir import tiny_choir
from sheets import melody, sheet

from partimento import midi

CHOIR = sheet(*[[(pitch, 4)] * 12 for pitch in (67, 64, 60, 48)])  # three bars of 16 ticks
ALTO = 1


@pytest.fixture(scope="module")
def choir(tmp_path_factory):
    return tiny_choir(tmp_path_factory.mktemp("choirs") / "choir")


@pytest.fixture
def fill(partimento, choir):
    """Fills bars of a Score by a tiny model."""

    def call(score, *flags):
        midi.write(score, "a.mid")
        return partimento("fill", "a.mid", "--model", choir, "--iterations", 2, "--seed", 3, "--format", "mid", *flags)

    return call


def changed(path):
    """The notes that are not as they were, or are no more: (onset, track) of each."""
    old, new = ({tuple(row) for row in midi.read(each)[0].notes.tolist()} for each in ("a.mid", path))
    return {(row[0], row[4]) for row in old ^ new}


def test_only_the_bars_are_written_anew(fill):
    assert fill(CHOIR, "--bars", 2).out.endswith("compositions/a-filled-3.mid  compositions/a-filled-3.json\n")
    found = changed("compositions/a-filled-3.mid")
    assert found and all(16 <= onset < 32 for onset, _ in found) and len({track for _, track in found}) > 1


def test_only_the_voices_that_are_named(fill):
    assert fill(CHOIR, "--bars", "1-3", "--voices", "alto", "--name", "b").status == 0
    assert {track for _, track in changed("compositions/b.mid")} == {ALTO}


@pytest.mark.parametrize(
    ("flags", "advice"),
    [
        ((), "say --bars 3-6 of a score, or --from 10 --to 14 in seconds"),
        (("--from", 2), "--iterations is of scores; a performance has seconds"),
        (("--bars", 2, "--to", 3), "--bars excludes --from and --to"),
        (("--bars", "3-2"), "3-2 runs backwards"),
        (("--bars", "x"), "--bars 'x' names no bars"),
        (("--bars", 4), "--bars 4: there is no such bar; the piece has bars 1 to 3"),
        (("--bars", 2, "--voices", "treble"), "unknown voice 'treble'"),
        (("--from", "x"), 'unable to convert "x" into float'),
    ],
)
def test_wrong_use(flags, advice, fill):
    said = fill(CHOIR, *flags)
    assert said.status == 2 and advice in said.complaint and not Path("compositions").exists()


def test_a_melody_has_no_bars_to_fill(fill):
    assert (
        "--bars needs a four-part score, of which the rest stays; a.mid has only soprano"
        in fill(melody(*[60] * 8), "--bars", 1).complaint
    )
