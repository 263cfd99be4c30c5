"""``compose`` with a chorale model."""

from pathlib import Path

import pytest
from choir import tiny_choir

from partimento import midi


@pytest.fixture(scope="module")
def choir(tmp_path_factory):
    return tiny_choir(tmp_path_factory.mktemp("choirs") / "choir")


@pytest.fixture
def compose(partimento, choir):
    def call(*flags, model=choir):
        return partimento("compose", model, "--seed", 3, *flags)

    return call


def test_so_many_bars_are_written_in_key_and_metre(compose):
    asked = ("--bars", 2, "--key", "g-minor", "--metre", "3/4", "--iterations", 2, "--format", "mid,musicxml")
    said = compose(*asked, "--no-masks", "--temperature", 0.9)
    score = midi.read("compositions/choir-3.mid")[0]
    assert said.out.startswith("2 bars, ") and score.tracks == ("Soprano", "Alto", "Tenor", "Bass")
    assert score.keys.tolist() == [(0, -2, True)] and score.metres.tolist() == [(0, 3, 4)]
    assert score.end <= 6 * score.ticks_per_quarter
    assert Path("compositions/choir-3.musicxml").read_bytes().count(b"<fermata") >= 1


def test_sixteen_bars_are_written_where_nothing_is_said(compose):
    said = compose("--iterations", 1, "--no-repair", "--format", "mid", "--json").json
    (piece,) = said["pieces"]
    assert piece["bars"] == 16 and said["seed"] == 3


@pytest.mark.parametrize(
    ("flags", "advice"),
    [
        (("--seconds", 9), "--seconds is not for model choir: it writes chorales"),
        (("--density", 3), "--density is not for model choir"),
        (("--drop-primer",), "--drop-primer is not for model choir"),
        (("--beam", 3), "--beam is not for model choir"),
        (("--stream",), "--stream is not for model choir"),
        (("--bars", "6-3"), "'6-3' is no whole number; say how many bars, such as 16"),
        (("--bars", 0), "--bars 0 is out of range: 1 to 250"),
        (("--bars", 4, "--fermata", "4,5"), "--fermata 5: there is no such bar"),
        (("--key", "x-minor"), "unknown key 'x-minor'"),
        (("--metre", "3"), "--metre 3: a metre has bars"),
        (("--out", "file"), "is a file; choose a folder"),
    ],
)
def test_what_is_not_for_chorales(flags, advice, compose):
    Path("file").write_text("mine")
    said = compose("--quiet", *flags)
    assert said.status == 2 and advice in said.complaint and not Path("compositions").exists()


@pytest.mark.parametrize("flag", [("--bars", 4), ("--key", "g-minor"), ("--iterations", 3), ("--no-masks",)])
def test_what_is_for_chorales_alone(flag, compose):
    said = compose(*flag, model="mine")
    assert said.status == 2 and f"{flag[0]} is not for model mine: it writes performances" in said.complaint
