"""What a file says of its making, and what of that is not believed."""

import base64
import json

import pytest
from choir import tiny_choir
from fakes import tiny_checkpoint

from partimento import midi
from partimento.compose.load import load
from partimento.compose.reproduction.claim import claim
from partimento.errors import InputError
from partimento.score import from_notes

PRIMER = from_notes([(0, 400, 60, 64), (500, 400, 64, 70)])


@pytest.fixture(scope="module")
def piece(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny"
    tiny_checkpoint(folder, licence="CC0-1.0")
    return load(str(folder)).compose(PRIMER, notes=3, seed=1)


@pytest.fixture
def told(piece):
    """What the JSON says, to be changed."""
    return json.loads(json.dumps(piece.sidecar))


def written(folder, told):
    (folder / "a.json").write_text(json.dumps(told), encoding="utf-8")
    return folder / "a.json"


def test_a_json_says_all_of_it(piece, tmp_path):
    found = claim(piece.save(tmp_path / "a.json"))
    assert found.primer == PRIMER and found.provenance["seed"] == 1 and not found.is_of_chorale


def test_a_midi_file_takes_its_primer_from_the_json_beside_it(piece, tmp_path):
    alone = claim(piece.save(tmp_path / "a.mid"))
    assert alone.primer is None and alone.provenance["primer_sha256"]
    piece.save(tmp_path / "a.json")
    assert claim(tmp_path / "a.mid").primer == PRIMER and claim(tmp_path / "a.mid").beside == tmp_path / "a.json"


def test_the_json_of_another_piece_is_no_help(piece, told, tmp_path):
    piece.save(tmp_path / "a.mid")
    told["provenance"]["seed"] = 2
    written(tmp_path, told)
    with pytest.raises(InputError, match=r"a\.json beside it is of another piece"):
        claim(tmp_path / "a.mid")


def test_a_picture_is_told_by_the_json_beside_it(piece, tmp_path):
    picture = piece.save(tmp_path / "a.svg")
    with pytest.raises(InputError, match=r"says nothing of how it was made, nor does a a\.json"):
        claim(picture)
    piece.save(tmp_path / "a.json")
    assert claim(picture).primer == PRIMER


def test_musicxml_says_it_itself(tmp_path):
    made = load(str(tiny_choir(tmp_path / "choir"))).compose(bars=1, seed=2, iterations=1, repair=False)
    found = claim(made.save(tmp_path / "a.musicxml"))
    assert found.provenance["task"]["bars"] == 1 and found.is_of_chorale


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model", "../../etc"),
        ("model", "/bin/sh"),
        ("model", ".hidden"),
        ("model", "a\\b"),
        ("model", "a\nb"),
        ("model", 7),
        ("weights_sha256", "abc"),
        ("seed", -1),
        ("seed", 2**63),
        ("seed", True),
        ("piece", 10_000),
        ("keep_primer", 1),
        ("primer_s", float("nan")),
        ("controls", {"composer": ["Bach"]}),
        ("sampling", [[[[[[[[]]]]]]]]),
        ("credit", "a" * 100_001),
    ],
)
def test_a_value_that_is_none_of_ours_is_refused(told, tmp_path, name, value):
    told["provenance"][name] = value
    with pytest.raises(InputError, match=f"the {name} of its provenance is none that Partimento writes"):
        claim(written(tmp_path, told))


def test_an_unknown_field_is_refused(told, tmp_path):
    told["provenance"]["run"] = "rm"
    with pytest.raises(InputError, match="has a field 'run', which this version knows nothing of"):
        claim(written(tmp_path, told))


def test_a_file_of_a_version_that_said_less_is_refused(told, tmp_path):
    del told["provenance"]["numpy"]
    with pytest.raises(InputError, match=r"lacks 'numpy'; it was made by version 0"):
        claim(written(tmp_path, told))


@pytest.mark.parametrize(
    ("primer", "words"),
    [("!", "no base64"), ("TVRoZA==", "has not the hash"), (7, "the primer of its provenance is none")],
)
def test_a_primer_that_was_changed_is_refused(told, tmp_path, primer, words):
    told["provenance"]["primer"] = primer
    with pytest.raises(InputError, match=words):
        claim(written(tmp_path, told))


def test_a_primer_that_is_no_music_is_refused(told, tmp_path):
    import hashlib

    told["provenance"] |= {
        "primer": base64.b64encode(b"MThd").decode(),
        "primer_sha256": hashlib.sha256(b"MThd").hexdigest(),
    }
    with pytest.raises(InputError, match=r"the primer of a\.json is cut off"):
        claim(written(tmp_path, told))


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"provenance": 3}', "{}"])
def test_what_is_no_sidecar_is_refused(tmp_path, text):
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.json: "):
        claim(tmp_path / "a.json")


@pytest.mark.parametrize("texts", [(), ("Composed by hand",), ('{"weights_sha256": ',)])
def test_a_midi_file_of_somebody_else_is_refused(tmp_path, texts):
    midi.write(PRIMER, tmp_path / "a.mid", texts)
    with pytest.raises(InputError, match=r"says nothing of how|no JSON object"):
        claim(tmp_path / "a.mid")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"b\.mid: can't be read: No such file"):
        claim(tmp_path / "b.mid")


def test_more_bytes_than_a_json_has_are_not_read(told, tmp_path, monkeypatch):
    monkeypatch.setattr("partimento.compose.reproduction.claim.LARGEST_SIDECAR", 100)
    with pytest.raises(InputError, match="more than 100 bytes"):
        claim(written(tmp_path, told))
