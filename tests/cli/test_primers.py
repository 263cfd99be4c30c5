"""Where a primer may be taken from: a position in a file, a piece of a split, nothing; and what is no such place."""

import json

import numpy as np
import pytest
from fakes import tiny_recipe

from partimento import load, midi
from partimento.checkpoint import build, card_of, save_checkpoint
from partimento.data import corpus
from partimento.data.controls import Controls
from partimento.edit import excerpt
from partimento.errors import LicenceError
from partimento.recipe import DataConfig

ASKED = ("compose", "mine", "--notes", 5, "--format", "mid", "--out", ".", "--name")
TRAIN = ("--primer-split", "train", "--primer-seconds", 4)


@pytest.fixture
def composed(partimento, tmp_path):
    """Composes a piece of a name: its Score, its sidecar and what was said."""

    def call(name, *flags, seed=7):
        said = partimento(*ASKED, name, "--seed", seed, *flags)
        assert said.status == 0, said.err
        return midi.read(tmp_path / f"{name}.mid")[0], json.loads((tmp_path / f"{name}.json").read_text()), said.err

    return call


@pytest.mark.parametrize("place", [8, "8", "8.0s", "8s"])
def test_a_file_is_gone_on_from_at_a_position_in_seconds(place, composed, primer):
    made, told, _ = composed("p", "--primer", primer, "--primer-from", place, "--primer-seconds", 3)
    given = midi.read(primer)[0]
    part = excerpt(given, int(given.ticks(8.0)), given.end)
    known = part.notes[part.notes["onset"] < part.ticks(3.0)]
    assert len(known) and np.array_equal(made.notes[: len(known)], known) and len(made) == len(known) + 5
    assert told["provenance"]["primer_origin"] == {"from_s": 8.0} and told["primer_seconds"] == 3.0


def test_a_share_is_of_the_whole_file(composed, primer):
    _, told, _ = composed("p", "--primer", primer, "--primer-from", "25%", "--primer-seconds", 3)
    from_s = told["provenance"]["primer_origin"]["from_s"]
    assert from_s == pytest.approx(midi.read(primer)[0].duration_s / 4, abs=0.01)


def test_from_the_beginning_is_what_comes_without_a_position(composed, primer):
    plain, told, _ = composed("plain", "--primer", primer, "--primer-seconds", 3)
    assert composed("from", "--primer", primer, "--primer-seconds", 3, "--primer-from", 0)[0] == plain
    assert "primer_origin" not in told["provenance"]


def test_a_random_position_is_drawn_by_the_seed_and_leaves_room(composed, primer):
    flags = ("--primer", primer, "--primer-from", "random", "--primer-seconds", 5)
    places = [composed(f"p{seed}", *flags, seed=seed)[1]["provenance"]["primer_origin"] for seed in (1, 1, 2)]
    assert places[0] == places[1] != places[2]
    assert all(place["from_s"] <= midi.read(primer)[0].duration_s - 5 for place in places)


def test_a_piece_of_the_split_is_drawn_by_the_seed_and_told_with_its_terms(composed, workshop):
    _, told, err = composed("p", *TRAIN)
    origin = told["provenance"]["primer_origin"]
    tiny = corpus.Corpus.open(workshop / "data" / "tiny")
    assert origin["piece"] in {tiny.pieces[i].id for i in tiny.split("train")}
    assert (origin["corpus"], origin["fingerprint"], origin["from_s"]) == ("tiny", tiny.fingerprint, 0.0)
    assert f"primer: {origin['title']} (train of tiny, from 0 s; {origin['licence']})" in err
    assert told["primer_seconds"] == 4.0
    drawn = {composed(f"p{s}", *TRAIN, seed=s)[1]["provenance"]["primer_origin"]["piece"] for s in range(4)}
    assert len(drawn) > 1


def test_the_same_request_gives_the_same_bytes(composed, tmp_path):
    composed("one", *TRAIN)
    composed("two", *TRAIN)
    for suffix in (".mid", ".json"):
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


def test_the_sidecars_primer_alone_gives_the_piece_again(composed, tmp_path):
    import base64

    made, told, _ = composed("p", *TRAIN, "--primer-from", 2)
    (tmp_path / "kept.mid").write_bytes(base64.b64decode(told["provenance"]["primer"]))
    assert composed("again", "--primer", tmp_path / "kept.mid", "--primer-seconds", 4)[0] == made


def test_a_piece_is_picked_by_its_title(composed, workshop):
    tiny = corpus.Corpus.open(workshop / "data" / "tiny")
    wanted = tiny.pieces[tiny.split("validation")[0]].title
    _, told, _ = composed("p", "--primer-split", "validation", "--primer-piece", wanted.upper())
    assert told["provenance"]["primer_origin"]["title"] == wanted and told["provenance"]["primer_s"] == 20.0


def test_the_same_from_python(composed, partimento):
    made, told, _ = composed("p", *TRAIN, "--primer-from", "random")
    piece = load("mine").compose(notes=5, seed=7, primer_split="train", primer_s=4, primer_from="random")
    assert piece.score == made and piece.provenance["primer_origin"] == told["provenance"]["primer_origin"]


def test_a_stream_goes_on_from_a_split_too(partimento):
    said = partimento("compose", "mine", "--notes", 3, "--stream", *TRAIN)
    assert said.status == 0 and len(said.out.splitlines()) == 3


REFUSED = {
    "no split": (["--primer-split", "tran"], "--primer-split tran: not one of train, validation, test"),
    "an empty split": (["--primer-split", "test"], "corpus tiny has no piece in it; take another"),
    "a title of no piece": (["--primer-split", "train", "--primer-piece", "zz"], "is called so; leave it out"),
    "a title nearly": (["--primer-split", "train", "--primer-piece", "piexe"], "is called so; nearest: piece"),
    "a title of no split": (["--primer-piece", "piece"], "--primer-piece needs --primer-split"),
    "a position in nothing": (["--primer-from", 3], "--primer-from needs --primer FILE or --primer-split"),
    "a length of nothing": (["--primer-seconds", 3], "--primer-seconds needs --primer FILE or --primer-split"),
    "a length out of range": (["--primer-split", "train", "--primer-seconds", "nan"], "out of range"),
    "a position behind the end": (["--primer-split", "train", "--primer-from", 99999], "no note begins there"),
    **{
        f"the position {text}": (["--primer-split", "train", f"--primer-from={text}"], "not a position; seconds")
        for text in ("third", "-1", "nan", "inf", "100%", "101 %", "%", "1e9", "1:30", "999999")
    },
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_place_that_is_none_is_refused_in_a_line(kind, partimento, tmp_path):
    flags, advice = REFUSED[kind]
    said = partimento(*ASKED, "p", *flags)
    assert said.status == 2 and advice in said.err.splitlines()[-1] and not said.out
    assert not list(tmp_path.iterdir())


@pytest.fixture
def free(tmp_path):
    """A model that may be used commercially, of the corpus tiny, which may not."""
    recipe, controls = tiny_recipe(data=DataConfig("tiny")), Controls()
    weights = build(recipe, controls).state_dict()
    save_checkpoint(tmp_path / "free", recipe, card_of(recipe, controls, licence="CC0-1.0"), weights)
    return tmp_path / "free"


COMMERCIAL = ("--commercial", "--notes", 3, "--format", "mid", "--out", "made")


def test_a_kept_primer_whose_licence_forbids_it_is_refused_for_commercial_use(partimento, free, tmp_path):
    for where in (("--out", "made"), ("--stream",)):
        said = partimento("compose", free, *TRAIN, "--commercial", "--notes", 3, *where)
        assert said.status == 2 and not (tmp_path / "made").exists()
        assert "--commercial refuses its licence, unknown, yours to know; take a file of your own" in said.complaint


def test_a_primer_that_is_dropped_or_ones_own_is_not(partimento, free, primer):
    assert partimento("compose", free, *TRAIN, "--drop-primer", *COMMERCIAL).status == 0
    assert partimento("compose", free, "--primer", primer, "--primer-from", 2, *COMMERCIAL).status == 0


def test_a_model_loaded_for_commercial_use_refuses_it_from_python(partimento, free):
    with pytest.raises(LicenceError, match="--drop-primer"):
        load(free, commercial=True).compose(notes=3, primer_split="train")
    assert len(load(free).compose(notes=3, primer_split="train").score)


def test_a_file_and_a_split_exclude_each_other(partimento, primer):
    said = partimento(*ASKED, "p", "--primer", primer, "--primer-split", "train")
    assert said.status == 2 and "exclude each other" in said.complaint


def test_a_corpus_that_is_not_here_comes_with_the_way_to_get_it(partimento, tmp_path, monkeypatch):
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "elsewhere"))
    said = partimento("compose", "maestro", "--primer-split", "test")
    assert said.status == 2 and "run `partimento data prepare maestro --from PATH`" in said.complaint
