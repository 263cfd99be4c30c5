"""Pieces of rows that are all different, so that a row tells its piece (pitch) and its place (duration)."""

from itertools import islice

import numpy as np
import pytest
import torch
from fakes import corpus_of
from hypothesis import given, settings
from hypothesis import strategies as st
from music import generators, scores

from partimento.codecs import codec_of
from partimento.data import windows
from partimento.data.controls import Controls
from partimento.data.windows import WindowConfig, Windows, augmented
from partimento.errors import UsageError
from partimento.score import from_notes

NOTES = codec_of("notes")
PLAIN = {"transpose": 0, "stretch": 0.0, "louder": 0, "forget": 0.0}
LENGTHS = (0, 1, 3, 4, 5, 6, 11, 17)  # notes; a window has 5 rows
EVERY = range(len(LENGTHS))


def piece(number, notes):
    return from_notes([(i * 1000, 10 * (i + 1), 40 + number, 64 + i % 4) for i in range(notes)])


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return corpus_of(tmp_path_factory.mktemp("corpus"), [piece(i, notes) for i, notes in enumerate(LENGTHS)])


def windows_of(corpus, seed=0, pieces=EVERY, **options):
    config = WindowConfig(**{"sequence": 5, "batch_size": 3, **PLAIN, **options})
    return Windows(corpus, pieces, NOTES, config, Controls(("Bach", "Chopin")), seed)


def same(left, right):
    pairs = zip(left, right, strict=True)
    return all(
        torch.equal(getattr(a, part), getattr(b, part)) for a, b in pairs for part in ("ids", "loss_mask", "controls")
    )


def targets(batch):
    """Every row that counts in the loss, as a tuple."""
    return [tuple(row) for row in batch.ids[:, 1:][batch.loss_mask.any(-1)].tolist()]


def test_the_order_is_a_function_of_seed_and_epoch(corpus):
    def drawn(seed, epoch):  # whole pieces in a window each: nothing but their order is left to chance
        return list(windows_of(corpus, seed, sequence=32).epoch(epoch))

    assert same(drawn(0, 0), drawn(0, 0))
    assert not any(same(drawn(0, 0), drawn(*other)) for other in ((0, 1), (1, 0), (1, 1)))


@pytest.mark.parametrize("transpose", [0, 12])
def test_cutting_and_augmenting_are_a_function_of_seed_epoch_and_piece(corpus, transpose):
    def drawn(seed, epoch):  # the windows of one piece, whatever their order
        (batch,) = windows_of(corpus, seed, [7], transpose=transpose, batch_size=99).epoch(epoch)
        return sorted(batch.ids.tolist())

    assert drawn(0, 0) == drawn(0, 0)
    assert any(drawn(0, epoch) != drawn(0, 0) for epoch in range(1, 6))
    assert any(drawn(seed, 0) != drawn(0, 0) for seed in range(1, 6))


def test_an_augmented_epoch_does_not_depend_on_the_one_before(corpus):
    both = windows_of(corpus, transpose=6, stretch=0.1, louder=8, forget=0.3)
    list(both.epoch(0))
    assert same(both.epoch(1), windows_of(corpus, transpose=6, stretch=0.1, louder=8, forget=0.3).epoch(1))


@pytest.mark.parametrize("pool", [2, 96])
@pytest.mark.parametrize("skip", [0, 1, 4, 1000])
def test_skipping_equals_dropping(corpus, skip, pool, monkeypatch):
    monkeypatch.setattr(windows, "POOL", pool)
    several = windows_of(corpus, transpose=3, forget=0.5)
    assert same(several.epoch(2, skip), islice(several.epoch(2), skip, None))


@pytest.mark.parametrize("epoch", range(8))
def test_every_row_is_a_target_at_least_once(corpus, epoch):
    for number in range(len(corpus)):
        seen = {row for batch in windows_of(corpus, pieces=[number]).epoch(epoch) for row in targets(batch)}
        assert seen == {tuple(row) for row in NOTES.encode(corpus.score(number)).ids[1:].tolist()}


@pytest.mark.parametrize("epoch", range(5))
def test_windows_are_runs_of_rows_of_one_piece(corpus, epoch):
    pieces = [NOTES.encode(corpus.score(i)).ids.tolist() for i in range(len(corpus))]
    for batch in windows_of(corpus).epoch(epoch):
        for ids, length in zip(batch.ids.tolist(), (batch.loss_mask.any(-1).sum(1) + 1).tolist(), strict=True):
            assert any(ids[:length] == rows[at : at + length] for rows in pieces for at in range(len(rows)))
            assert ids[length:] == [[0] * 4] * (6 - length)


@pytest.mark.parametrize("rows", [2, 5, 64])
def test_batches_have_their_shape_and_only_the_last_of_a_pool_is_smaller(corpus, rows):
    batches = list(windows_of(corpus, sequence=rows).epoch(0))
    assert {batch.ids.shape[1:] for batch in batches} == {(rows + 1, 4)}
    assert {batch.loss_mask.shape[1:] for batch in batches} == {(rows, 4)}
    assert all(len(batch.ids) == len(batch.controls) == 3 for batch in batches[:-1]) and 0 < len(batches[-1].ids) <= 3


def test_a_window_says_its_composer_and_its_own_density_and_dynamics(corpus):
    (batch,) = windows_of(corpus, sequence=64, batch_size=99).epoch(0)
    longest = batch.controls[batch.loss_mask[..., 0].sum(1).argmax()].tolist()
    assert longest[:3] == [2, 1, 6]  # Chopin's 17 notes, one a second, velocity 66 on the grid


def test_a_piece_of_three_velocities_says_neither_velocity_nor_dynamics(tmp_path):
    few, many = (from_notes([(i * 100, 50, 60 + i, 40 + i % n) for i in range(9)]) for n in (3, 4))
    found = corpus_of(tmp_path, [few, many])
    for number, counts in ((0, False), (1, True)):
        (batch,) = windows_of(found, pieces=[number], sequence=16, louder=8).epoch(0)
        assert batch.loss_mask[..., 2].any().item() == counts == bool(batch.controls[0, 2])
        assert batch.loss_mask[..., [0, 1, 3]].sum().item() == 3 * 10  # nine notes and the end


@pytest.mark.parametrize(("forget", "share"), [(0.0, 0.0), (1.0, 1.0), (0.5, 0.5)])
def test_controls_are_forgotten_by_chance(corpus, forget, share):
    (batch,) = windows_of(corpus, sequence=2, batch_size=999, forget=forget).epoch(0)
    assert (batch.controls[:, 0] == 0).float().mean().item() == pytest.approx(share, abs=0.25)


@given(score=scores, generator=generators, reach=st.integers(0, 12), steps=st.integers(0, 64), share=st.floats(0, 0.5))
@settings(max_examples=30)
def test_augmentation_stays_in_its_range(score, generator, reach, steps, share):
    heard = augmented(score, WindowConfig(transpose=reach, louder=steps, stretch=share), generator)
    assert len(heard) == len(score) and set(heard.notes["velocity"]) <= set(range(1, 128))
    first, last = (s.notes["onset"].max(initial=0) for s in (score, heard))
    assert first / (1 + share) - 1 <= last <= first * (1 + share) + 1


def test_transposition_reaches_every_semitone_of_its_range():
    middle, config = from_notes([(0, 10, 60, 64)]), WindowConfig(transpose=6, louder=2)
    heard = [augmented(middle, config, np.random.default_rng(seed)).notes for seed in range(300)]
    assert {int(notes["pitch"][0]) - 60 for notes in heard} == set(range(-5, 7))
    assert {int(notes["velocity"][0]) - 64 for notes in heard} == set(range(-2, 3))


def test_loudness_is_a_factor_of_all_velocities_that_leaves_the_rest_of_the_piece_alone():
    pair, config = from_notes([(0, 10, 60, 50), (20, 10, 62, 100)]), WindowConfig(louder=0, loudness=0.1)
    heard = [augmented(pair, config, np.random.default_rng(seed)) for seed in range(300)]
    soft, loud = (np.array([score.notes["velocity"][i] for score in heard], int) for i in (0, 1))
    assert (soft.min(), soft.max(), loud.min(), loud.max()) == (45, 55, 90, 110)
    assert (np.abs(loud - 2 * soft) <= 1).all()
    plain = augmented(pair, WindowConfig(louder=0), np.random.default_rng(7))
    assert heard[7].notes[["onset", "pitch"]].tolist() == plain.notes[["onset", "pitch"]].tolist()


@pytest.mark.parametrize(("loudness", "same_draws"), [(0.0, True), (0.1, False)])
def test_without_loudness_nothing_is_drawn_for_it(loudness, same_draws):
    drawn, expected = np.random.default_rng(3), np.random.default_rng(3)
    augmented(from_notes([(0, 10, 60, 64)]), WindowConfig(loudness=loudness), drawn)
    expected.integers(-5, 7), expected.uniform(-1, 1), expected.integers(-8, 9)  # semitones, tempo, velocity steps
    assert (drawn.bit_generator.state == expected.bit_generator.state) == same_draws


def test_a_split_without_pieces_is_refused(corpus):
    with pytest.raises(UsageError, match="no pieces to train on"):
        Windows(corpus, [], NOTES, WindowConfig())


def test_the_end_of_a_piece_is_learnt_as_often_as_asked(corpus):
    def ends(**config):
        batches = list(windows_of(corpus, sequence=8, batch_size=99, **config).epoch(0))
        return sum(int((batch.ids[..., 0] == NOTES.columns[0].id("end")).any(1).sum()) for batch in batches)

    assert ends(endings=3) == 4 * ends() > 0
