from dataclasses import replace
from importlib.util import find_spec
from xml.etree import ElementTree

import pytest
from sheets import melody, sheet

from partimento.errors import MissingData, UnknownName, UsageError
from partimento.notation import Mark, engrave, engrave_png, write_engraving
from partimento.notation.extra import require
from partimento.score import METRE, table

needs_verovio = pytest.mark.skipif(find_spec("verovio") is None, reason="needs verovio: pip install partimento[score]")
needs_resvg = pytest.mark.skipif(find_spec("resvg_py") is None, reason="needs resvg-py: pip install partimento[score]")
MARK = Mark(1, 2, ("Soprano",), "leap & <fall>")


@needs_verovio
def test_an_engraving_is_one_whole_file_with_title_and_faults():
    score = melody(60, 62, 64, 65, title="A & B")
    svg = engrave(score, [MARK], copyright="CC0").decode()
    ElementTree.fromstring(svg)
    assert "A &amp; B" in svg and "1  bar 1, beat 2: leap &amp; &lt;fall&gt; (Soprano)" in svg
    assert 'color="#C0392B"' in svg and "<metadata>CC0</metadata>" in svg and "http-equiv" not in svg


@needs_verovio
@needs_resvg
def test_the_same_score_gives_the_same_picture():
    score = melody(60, 62, title="x")
    first, second = (engrave_png(score, copyright="CC0 é") for _ in range(2))
    assert first == second and first.startswith(b"\x89PNG") and "CC0 é".encode() in first


@needs_verovio
def test_a_long_piece_is_one_page():
    svg = engrave(sheet([(60, 16)] * 40)).decode()
    assert svg.count('class="system"') > 1 and svg.count("<metadata>") == 0


def test_a_picture_of_another_kind_is_refused(tmp_path):
    with pytest.raises(UnknownName, match="picture format"):
        write_engraving(melody(60), tmp_path / "a.gif")


@needs_verovio
def test_what_has_no_bars_is_refused_before_anything_starts():
    with pytest.raises(UsageError, match="without a metre"):
        engrave(replace(melody(60), metres=table(METRE)))


def test_a_missing_package_is_said_with_what_to_install():
    with pytest.raises(MissingData, match=r'engraving needs nowhere, .* pip install "partimento\[score\]"'):
        require("nowhere", "engraving")
