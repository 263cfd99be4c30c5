"""The licence of the data goes from source to shards to checkpoint to every output; --commercial holds to it."""

import json
from pathlib import Path

import pytest
from choir import tiny_choir
from sheets import melody, sheet

from partimento import midi
from partimento.data.corpus import Corpus

FREE, NOT_FOR_SALE = "CC0-1.0", "CC BY-NC-SA 4.0"
OWN, OTHER = "unknown, yours to know", "CC BY-NC 4.0 (another)"  # of a folder; as long, to be put in its place
CHOIR = sheet(*[[(pitch, 16)] for pitch in (67, 64, 60, 48)])
QUICK = ["--iterations", 1, "--no-repair", "--format", "mid"]


def terms(path):
    return midi.read(path)[0].provenance.licence


def test_every_link_says_the_licence_of_the_one_before(workshop, best, partimento):
    corpus = Corpus.open(workshop / "data" / "tiny")
    said = {corpus.manifest.licence, corpus.score(0).provenance.licence}
    said |= {json.loads((best / "card.json").read_text())["licence"]}
    assert partimento("compose", "mine", "--notes", 3, "--format", "mid,svg", "--name", "a", "--out", ".").status == 0
    said |= {json.loads(Path("a.json").read_text())["provenance"]["licence"], terms("a.mid")}
    assert said == {OWN} and f"; {OWN}" in Path("a.svg").read_text()


def test_a_primer_of_ours_keeps_its_licence_in_what_goes_on_from_it(partimento):
    partimento("compose", "mine", "--notes", 3, "--format", "mid", "--name", "a", "--out", ".")
    Path("a.mid").write_bytes(Path("a.mid").read_bytes().replace(OWN.encode(), OTHER.encode()))
    told = ["--notes", 3, "--primer", "a.mid", "--format", "mid", "--out", ".", "--name"]
    assert partimento("compose", "mine", *told, "b").status == 0 and terms("b.mid") == f"{OWN}; primer: {OTHER}"
    assert partimento("compose", "mine", *told, "c", "--drop-primer").status == 0 and terms("c.mid") == OWN


@pytest.mark.parametrize("verb", ["compose", "harmonize", "fill", "reproduce"])
def test_no_verb_writes_for_sale_with_weights_that_forbid_it(verb, partimento, tmp_path):
    choir = tiny_choir(tmp_path / "choir", licence=NOT_FOR_SALE)
    midi.write(CHOIR, "four.mid")
    midi.write(melody(67, 69), "tune.mid")
    partimento("harmonize", "tune.mid", "--model", choir, *QUICK, "--name", "made", "--out", ".")
    asked = {
        "compose": ["compose", choir, "--bars", 1],
        "harmonize": ["harmonize", "tune.mid", "--model", choir],
        "fill": ["fill", "four.mid", "--bars", 1, "--model", choir],
        "reproduce": ["reproduce", "made.mid", "--model", choir],
    }
    said = partimento(*asked[verb], "--commercial")
    assert said.status == 2 and f"refuses its licence, {NOT_FOR_SALE}" in said.complaint


def test_music_that_is_kept_may_forbid_it_too(partimento, tmp_path):
    strict, free = (tiny_choir(tmp_path / name, licence=name) for name in ("NC", FREE))
    midi.write(melody(67, 69), "tune.mid")
    partimento("harmonize", "tune.mid", "--model", strict, *QUICK, "--name", "made", "--out", ".")
    again = ["harmonize", "made.mid", "--model", free, *QUICK, "--name", "b", "--out", "."]
    assert partimento(*again).status == 0 and terms("b.mid") == f"{FREE}; primer: NC"
    said = partimento(*again, "--commercial")
    assert said.status == 2 and "what is kept of 'tune': --commercial refuses its licence, NC" in said.err
