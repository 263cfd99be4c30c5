"""The same bytes again, or which part differs. The networks are untrained."""

import json
from dataclasses import replace

import pytest
from choir import tiny_choir
from fakes import SMALL, tiny_checkpoint
from sheets import melody, sheet

import partimento
from partimento.checkpoint import build, card_of, save_checkpoint
from partimento.compose.load import load
from partimento.compose.reproduction import reproduce
from partimento.data.controls import Controls
from partimento.errors import InputError, LicenceError, UsageError
from partimento.recipe import Recipe
from partimento.score import Provenance, from_notes

PRIMER = from_notes([(0, 400, 60, 64), (500, 400, 64, 70), (900, 700, 67, 70)])
TUNE = melody(67, 69, 71, 72, title="Tune", origin=Provenance(composer="Anon", licence="CC BY 4.0", credit="Ann"))
CHOIR = sheet(*[[(pitch, 16), (pitch, 16)] for pitch in (67, 64, 60, 48)], fermatas=(16,))
QUICK = {"iterations": 2, "seed": 3}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A model of performances and one of chorales."""
    home = tmp_path_factory.mktemp("models")
    tiny_checkpoint(home / "tiny", licence="CC0-1.0", credit="Nobody")
    recipe = Recipe(model=replace(SMALL, ahead=1))
    weights = build(recipe, Controls()).state_dict()
    save_checkpoint(home / "steered", recipe, card_of(recipe, Controls(), licence="CC0-1.0"), weights)
    choir = tiny_choir(home / "choir", licence="CC0-1.0")
    return {"tiny": home / "tiny", "steered": home / "steered", "choir": choir}


@pytest.fixture(scope="module")
def models(folders):
    return {name: load(str(folder)) for name, folder in folders.items()}


PIECES = {
    "nothing": lambda models: models["tiny"].compose(notes=5, seed=2),
    "seconds": lambda models: models["tiny"].compose(seconds=2.0, seed=2, temperature=0.7, top_p=0.9),
    "controls": lambda models: models["tiny"].compose(notes=4, controls={"composer": "Bach", "density": 3.0}),
    "primer": lambda models: models["tiny"].compose(PRIMER, notes=4, seed=3),
    "part": lambda models: models["tiny"].compose(PRIMER, notes=4, primer_from="random", primer_s=1.0),
    "dropped": lambda models: models["tiny"].compose(PRIMER, notes=4, keep_primer=False),
    "beam": lambda models: models["tiny"].compose(notes=4, beam=2),
    "refilled": lambda models: models["steered"].fill(PRIMER, 0.4, 0.8, seed=1),
    "varied": lambda models: models["steered"].vary(PRIMER, 0.5, seed=2),
    "accompanied": lambda models: models["steered"].accompany(PRIMER, seed=3),
    "led": lambda models: models["steered"].lead(PRIMER, 2.0, seed=4),
    "chorale": lambda models: models["choir"].compose(bars=1, key="g-minor", metre="3/4", **QUICK),
    "harmonized": lambda models: models["choir"].harmonize(TUNE, **QUICK),
    "filled": lambda models: models["choir"].fill(CHOIR, "2", "alto", **QUICK, masks=False),
}


@pytest.mark.parametrize("name", PIECES)
def test_a_file_gives_the_same_bytes_again(name, models, folders, tmp_path):
    piece = PIECES[name](models)
    piece.save(tmp_path / "a.json")
    where = str(folders[piece.provenance["model"]])
    for suffix in (".json", ".mid", *([".musicxml"] if ".musicxml" in piece.suffixes else [])):
        found = reproduce(piece.save(tmp_path / f"a{suffix}"), where)
        assert found.same, found.differences
        assert found.data == (tmp_path / f"a{suffix}").read_bytes()


def test_pictures_and_sounds_come_again_from_the_json_beside_them(models, folders, tmp_path):
    piece = models["tiny"].compose(notes=3)
    for suffix in (".json", ".svg", ".png", ".wav"):
        assert reproduce(piece.save(tmp_path / f"a{suffix}"), str(folders["tiny"])).same


def test_one_of_many_comes_again_alone(models, folders, tmp_path):
    model = models["tiny"]
    third = list(model.pieces(replace(model.request(None, None, 4, 7), count=3)))[2]
    assert third.provenance["piece"] == 2 and reproduce(third.save(tmp_path / "a.mid"), str(folders["tiny"])).same


def test_a_note_that_rings_on_behind_what_was_written_comes_again(models, folders, tmp_path):
    long = sheet(*[[(pitch, 24), (pitch, 8)] for pitch in (67, 64, 60, 48)])
    made = models["choir"].fill(long, "1", "alto", **QUICK, repair=False)
    assert reproduce(made.save(tmp_path / "a.json"), str(folders["choir"])).same


def test_a_lone_midi_file_of_a_chorale_from_nothing_is_enough(models, folders, tmp_path):
    made = models["choir"].compose(bars=2, fermatas=[1], **QUICK)
    assert reproduce(made.save(tmp_path / "a.mid"), str(folders["choir"])).same


@pytest.mark.parametrize("name", ["primer", "harmonized"])
def test_a_lone_midi_file_says_what_is_missing(name, models, folders, tmp_path):
    piece = PIECES[name](models)
    with pytest.raises(InputError, match=r"from music that it does not hold itself \(SHA-256 .*put a\.json"):
        reproduce(piece.save(tmp_path / "a.mid"), str(folders[piece.provenance["model"]]))


def test_the_first_note_that_differs_is_named(models, folders, tmp_path):
    piece = models["tiny"].compose(notes=5, seed=2)
    notes = piece.score.notes.copy()
    notes["pitch"][1] = 61
    changed = replace(piece, score=piece.score.with_notes(notes)).save(tmp_path / "a.mid")
    (line,) = reproduce(changed, str(folders["tiny"])).differences
    assert line.startswith("the music, from note 2 of ") and " in the file, " in line


@pytest.mark.parametrize("part", ["partimento", "torch", "numpy", "platform"])
def test_another_installation_is_named_and_the_music_compared(part, models, folders, tmp_path):
    piece = models["tiny"].compose(notes=3)
    other = replace(piece, provenance={**piece.provenance, part: "of old"}).save(tmp_path / "a.mid")
    found = reproduce(other, str(folders["tiny"]))
    assert found.differences[0].startswith(f"{part}: of old when it was made, ")
    assert found.differences[1] == "the music is the same, note for note" and not found.same


def test_a_licence_that_was_changed_is_found_out(models, folders, tmp_path):
    piece = models["tiny"].compose(notes=3)
    changed = replace(piece, provenance={**piece.provenance, "licence": "mine"}).save(tmp_path / "a.json")
    assert reproduce(changed, str(folders["tiny"])).differences == ("licence of its provenance",)


def test_what_was_changed_in_a_json_is_named(models, folders, tmp_path):
    piece = models["tiny"].compose(notes=3)
    told = {**piece.sidecar, "more": 1, "primer_seconds": 9.0}
    (tmp_path / "a.json").write_text(json.dumps(told), encoding="utf-8")
    found = reproduce(tmp_path / "a.json", str(folders["tiny"]))
    assert found.differences == ("more of its JSON", "primer_seconds of its JSON")


def test_how_original_a_piece_is_is_taken_over(models, folders, tmp_path):
    piece = models["tiny"].compose(notes=3)
    told = json.dumps({**piece.sidecar, "originality": {"longest": 4}}, indent=1, sort_keys=True)
    (tmp_path / "a.json").write_text(told + "\n", encoding="utf-8")
    found = reproduce(tmp_path / "a.json", str(folders["tiny"]))
    assert found.same and found.carried == ("originality",)


def test_a_byte_at_the_end_is_a_difference(models, folders, tmp_path):
    path = models["tiny"].compose(notes=3).save(tmp_path / "a.mid")
    path.write_bytes(path.read_bytes() + b"\0")
    (line,) = [each for each in reproduce(path, str(folders["tiny"])).differences if "bytes" in each]
    assert line.startswith("only the bytes of the file")


def test_other_weights_are_refused_with_both_hashes(models, folders, tmp_path):
    path = models["tiny"].compose(notes=3).save(tmp_path / "a.mid")
    tiny_checkpoint(tmp_path / "other", licence="CC0-1.0")
    asked = models["tiny"].checkpoint.weights_hash[:12]
    with pytest.raises(UsageError, match=rf"was made by weights {asked} of a model called tiny, and .*/other here has"):
        reproduce(path, str(tmp_path / "other"))


def test_a_request_that_no_file_of_ours_makes_is_refused(models, folders, tmp_path):
    piece = models["tiny"].compose(notes=3)
    told = json.loads(json.dumps(piece.sidecar))
    told["provenance"]["length"] = {"seconds": "long", "notes": None}
    (tmp_path / "a.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(InputError, match="its provenance cannot be asked for"):
        reproduce(tmp_path / "a.json", str(folders["tiny"]))


def test_a_provenance_of_the_other_kind_of_model_is_refused(models, folders, tmp_path):
    piece = models["tiny"].compose(notes=3)
    told = {**piece.provenance, "weights_sha256": models["choir"].checkpoint.weights_hash}
    path = replace(piece, provenance=told).save(tmp_path / "a.mid")
    with pytest.raises(InputError, match="not that of a piece of such a model"):
        reproduce(path, str(folders["choir"]))


def test_weights_that_may_not_be_sold_are_refused(tmp_path):
    tiny_checkpoint(tmp_path / "nc", licence="CC BY-NC-SA 4.0")
    path = load(str(tmp_path / "nc")).compose(notes=2).save(tmp_path / "a.mid")
    with pytest.raises(LicenceError, match="--commercial"):
        reproduce(path, str(tmp_path / "nc"), commercial=True)


def test_a_kept_primer_that_may_not_be_sold_is_refused(models, folders, tmp_path):
    piece = models["tiny"].compose(PRIMER, notes=2)
    origin = {"piece": "p", "licence": "CC BY-NC 4.0"}
    path = replace(piece, provenance={**piece.provenance, "primer_origin": origin}).save(tmp_path / "a.json")
    with pytest.raises(LicenceError, match="primer 'p'"):
        reproduce(path, str(folders["tiny"]), commercial=True)


def test_the_package_reproduces(models, folders, tmp_path):
    path = models["tiny"].compose(notes=2).save(tmp_path / "a.mid")
    assert partimento.reproduce(path, str(folders["tiny"])).to_json()["same"]
