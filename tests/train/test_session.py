"""What stands around the one loop: the corpus, validation, samples, curves, another model's weights."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from fakes import SMALL, corpus_of, random_score, tiny_checkpoint

from partimento import midi, zoo
from partimento.checkpoint import load_checkpoint
from partimento.codecs import codec_of
from partimento.compose import Settings
from partimento.data.controls import Controls
from partimento.data.windows import WindowConfig
from partimento.errors import InputError, LicenceError, UnknownName, UsageError
from partimento.nn.filters import Sampling
from partimento.recipe import DataConfig, Recipe, TrainConfig
from partimento.score import from_notes
from partimento.train.origin import refuse_change
from partimento.train.run import Run
from partimento.train.session import Session, spread
from partimento.train.step import take_step

RECIPE = Recipe(
    data=DataConfig("toy"),
    model=SMALL,
    windows=WindowConfig(sequence=16, batch_size=4),
    training=TrainConfig(steps=2, warmup=1),
)


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Six pieces of forty notes, all for training, by Bach and Chopin in turn."""
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "data"))
    scores = [random_score(np.random.default_rng(i), notes=40, span_s=10.0) for i in range(6)]
    return corpus_of(tmp_path / "data" / "toy", scores)


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path / "run")


def composers_of(corpus):
    return tuple(sorted({piece.composer for piece in corpus.pieces}))


def with_validation(corpus):
    """Half of the pieces moved to the validation split."""
    entries = [
        replace(entry, piece=replace(entry.piece, split="validation" if i % 2 else "train"))
        for i, entry in enumerate(corpus.manifest.entries)
    ]
    replace(corpus.manifest, entries=tuple(entries)).write(corpus.folder)


def test_an_epoch_is_as_many_steps_as_the_windows_fill(toy, run):
    trainer = Session(RECIPE, run).trainer()
    windows = 6 * 3  # forty notes and an end, in windows of sixteen rows
    assert trainer.epoch_steps == pytest.approx(windows / 4, abs=1)
    assert trainer.controls.composers == ("Bach", "Chopin")


def test_what_is_known_of_the_data_goes_onto_the_card(toy, run):
    about = Session(RECIPE, run).trainer().about
    assert about["licence"] == "CC0-1.0"
    assert about["data"]["fingerprint"] == toy.fingerprint and about["data"]["pieces"] == 6


def test_pieces_that_all_say_nothing_of_velocity_teach_the_other_columns(toy, run):
    rows = [[(n["onset"], n["duration"], n["pitch"], 64) for n in toy.score(i).notes] for i in range(len(toy))]
    corpus_of(toy.folder, [from_notes(each) for each in rows])
    trainer = Session(RECIPE, run).trainer()
    state = trainer.start()
    figures = take_step(state, next(trainer.batches.epoch(0)))
    assert set(figures) == {"step", "pitch", "duration"}
    assert all(value.isfinite().all() for value in (*figures.values(), *state.model.parameters()))
    assert "learnt from 0 of 6 pieces" in trainer.about["remarks"][0]


def test_a_filter_is_a_view_with_a_fingerprint_of_its_own(toy, run):
    session = Session(replace(RECIPE, data=DataConfig("toy", "composer=Bach")), run)
    assert len(session.corpus) == 3 and session.corpus.fingerprint != toy.fingerprint
    assert session.trainer().controls.composers == ("Bach",)


def test_without_validation_pieces_the_last_model_is_the_best(toy, run):
    state = Session(RECIPE, run, samples=False).train()
    assert state.step == 2 and run.best.exists() and not [row for row in run.history() if "validation" in row]


def test_validation_is_said_logged_and_drawn(toy, run, tmp_path):
    with_validation(toy)
    said = []
    state = Session(RECIPE, run, say=said.append, tensorboard=tmp_path / "curves", samples=False).train()
    (row,) = [row for row in run.history() if "validation" in row]
    assert row["validation"] == state.best and f"{state.best:.4f} nats per note (best)" in said[0]
    assert list((tmp_path / "curves").glob("events*"))


def test_what_was_guessed_right_is_logged_beside_the_validation_and_drawn(toy, run, tmp_path):
    with_validation(toy)
    Session(RECIPE, run, tensorboard=tmp_path / "curves", samples=False).train()
    (row,) = [row for row in run.history() if "accuracy" in row]
    assert row["step"] == 2 and set(row["accuracy"]) == {"step", "pitch", "velocity", "duration"}
    assert all(0 <= share <= 1 for share in row["accuracy"].values())
    (events,) = (tmp_path / "curves").glob("events*")
    assert b"accuracy/pitch" in events.read_bytes()


def test_a_sample_is_a_piece_and_a_picture_of_the_step(toy, run):
    Session(RECIPE, run).train()
    assert [path.name for path in sorted(run.samples.iterdir())] == ["step-00000002.mid", "step-00000002.png"]
    piece = midi.read(run.samples / "step-00000002.mid")[0]
    assert piece.title == "step 2" and piece.provenance.licence == "CC0-1.0"


STILL = replace(RECIPE, training=replace(RECIPE.training, learning_rate=0.0, matrix_rate=0.0))


def test_what_begins_with_another_model_has_its_weights_and_its_composers(toy, run, tmp_path):
    model = tiny_checkpoint(tmp_path / "other")
    session = Session(STILL, run, samples=False)
    own = session.train(init=tmp_path / "other").model.state_dict()
    assert all((own[name] == value).all() for name, value in model.state_dict().items())
    assert session.controls.composers == ("Bach",) != composers_of(toy)


def test_the_licence_of_what_it_began_with_stays_on_the_card_also_when_it_is_resumed(toy, run, tmp_path):
    tiny_checkpoint(tmp_path / "other", licence="CC BY-NC-SA 4.0", credit="Others")
    Session(RECIPE, run, samples=False).train(init=tmp_path / "other")
    longer = replace(RECIPE, training=replace(RECIPE.training, steps=3))
    Session(longer, run, samples=False).train(resume=True)
    for folder in (*run.saved(), run.best):
        card = load_checkpoint(folder).card
        assert card["licence"] == "CC0-1.0; on weights: CC BY-NC-SA 4.0" and card["credit"].endswith("Others")
    with pytest.raises(LicenceError, match="CC BY-NC-SA"):
        zoo.load("run", tmp_path, commercial=True)


def test_credits_and_remarks_of_what_it_began_with_stay_on_the_card_once_each(toy, run, tmp_path):
    credits = [{"credit": "A. Typist", "licence": "CC-BY-2.5", "pieces": ["Bach: Fugue"]}]
    tiny_checkpoint(tmp_path / "other", licence="CC-BY-2.5", credits=credits, remarks=["As written."])
    Session(RECIPE, run, samples=False).train(init=tmp_path / "other")
    longer = replace(RECIPE, training=replace(RECIPE.training, steps=3))
    Session(longer, run, samples=False).train(resume=True)
    card = load_checkpoint(run.best).card
    assert card["credits"] == credits and card["remarks"] == ["As written."]


def test_a_corpus_that_is_not_here_or_damaged_is_refused_before_training(toy, run):
    with pytest.raises(UnknownName, match="did you mean toy"):
        Session(replace(RECIPE, data=DataConfig("tov")), run)
    notes = toy.folder / "notes.npy"
    notes.write_bytes(notes.read_bytes()[:-1] + b"\xff")
    with pytest.raises(InputError, match=r"notes\.npy: is damaged"):
        Session(RECIPE, run)


@pytest.mark.parametrize(("count", "chosen"), [(1, [3]), (2, [3, 7]), (3, [3, 5, 7]), (9, [3, 4, 5, 6, 7])])
def test_pieces_are_chosen_evenly(count, chosen):
    assert spread([3, 4, 5, 6, 7], count) == chosen


def test_a_stop_is_asked_for_after_each_validation_piece(toy, run):
    with_validation(toy)
    session, asked = Session(RECIPE, run), []
    state = session.trainer().start()
    assert session._validate(state, lambda: asked.append(1) or len(asked) == 2) is None
    assert len(asked) == 2 < len(session.corpus.split("validation"))
    assert session._validate(state, lambda: False) > 0


def test_a_stopped_validation_is_not_logged(toy, run):
    with_validation(toy)
    trainer = Session(RECIPE, run).trainer()
    polls = iter([False, False, *[True] * 9])
    trainer.hooks = replace(trainer.hooks, stopped=lambda: next(polls))
    trainer.train(trainer.start())
    assert not [row for row in run.history() if "validation" in row] and not run.samples.exists()


CHORDS = replace(RECIPE, codec=codec_of("chords"), training=replace(RECIPE.training, steps=4))


def test_a_codec_learns_from_the_training_pieces_before_training(toy, run):
    with_validation(toy)
    said = []
    session = Session(CHORDS, run, say=said.append, samples=False)
    session.train()
    codec = codec_of("chords").fit(session.corpus.score(i) for i in session.corpus.split("train"))
    assert load_checkpoint(run.best).recipe.codec == codec == session.recipe.codec
    assert said[0] == "codec chords: counting the vocabulary in 3 training pieces"


def stopped_after(session, steps):
    """The state of a run that is stopped after so many steps."""
    trainer, polls = session.trainer(), iter([False] * (steps - 1) + [True] * 99)
    trainer.hooks = replace(trainer.hooks, stopped=lambda: next(polls))
    return trainer.train(trainer.start())


def test_a_resumed_run_has_its_own_vocabulary_and_ends_bitwise_the_same(toy, run, tmp_path):
    whole = Session(CHORDS, Run(tmp_path / "whole"), samples=False).train().model.state_dict()
    assert stopped_after(Session(CHORDS, run, samples=False), 2).step == 2
    said = []
    resumed = Session(CHORDS, run, say=said.append, samples=False)
    found = resumed.train(resume=True).model.state_dict()
    assert all(torch.equal(found[name], whole[name]) for name in whole) and not any("counting" in line for line in said)
    assert resumed.recipe.codec == load_checkpoint(run.best).recipe.codec


def test_weights_of_another_model_come_with_its_vocabulary(toy, run, tmp_path):
    Session(CHORDS, Run(tmp_path / "first"), samples=False).train()
    corpus_of(tmp_path / "data" / "toy", [from_notes([(300 * i, 90, p, 64) for i in range(40) for p in (60, 67)])])
    Session(CHORDS, run, samples=False).train(init=Run(tmp_path / "first").best)
    codecs = [load_checkpoint(each.best).recipe.codec for each in (run, Run(tmp_path / "first"))]
    assert codecs[0] == codecs[1]


def test_a_run_is_not_resumed_with_another_vocabulary(toy, run):
    other = replace(CHORDS, codec=CHORDS.codec.fit([from_notes([(0, 90, 1, 64), (0, 90, 3, 64)])]))
    Session(CHORDS, run, samples=False).train()
    with pytest.raises(UsageError, match=r"vocabulary of codec chords was \w{8} and is \w{8}; use --init"):
        refuse_change(load_checkpoint(run.best).recipe, other)


def test_a_model_that_is_told_nothing_knows_no_composers_and_composes_as_its_recipe_says(toy, run, monkeypatch):
    heard = []
    monkeypatch.setattr("partimento.train.samples.compose", lambda *_, settings, **__: heard.append(settings) or [])
    sampling, silent = Sampling(temperature=0.5), replace(RECIPE.windows, forget=1.0)
    session = Session(replace(RECIPE, windows=silent, sampling=sampling), run)
    trainer = session.trainer()
    assert trainer.controls == Controls(untold=True)
    with pytest.raises(ValueError, match="not enough values"):
        session._sample(trainer.start())
    assert heard == [Settings(sampling)]
