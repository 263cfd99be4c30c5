import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sheets import sheet

from partimento.batch import Batch
from partimento.codecs import codec_of
from partimento.errors import UsageError
from partimento.models.grid_transformer import GridTransformer, GridTransformerConfig

CODEC = codec_of("chorale")
SMALL = GridTransformerConfig(ahead_layers=1, layers=2, width=16, heads=2, hidden=16, dropout=0.0)
CHORALE = sheet(
    [(67, 4), (69, 4), (71, 8)], [(64, 8), (62, 8)], [(60, 6), (57, 2), (59, 8)], [(48, 4), (50, 4), (43, 8)],
    fermatas=[8],
)  # fmt: skip
IDS = CODEC.encode(CHORALE).ids.astype(np.int64)[None]
ROWS = IDS.shape[1]


@pytest.fixture(scope="module")
def model():
    """Of random weights, none of which is without effect."""
    torch.manual_seed(0)
    made = GridTransformer(SMALL, CODEC.columns).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(std=parameter.shape[-1] ** -0.5)
    return made


def batch(ids=IDS):
    rows = torch.from_numpy(ids)
    return Batch(rows, torch.ones_like(rows[:, 1:], dtype=torch.bool), torch.zeros(len(ids), 0, dtype=torch.int64))


def inside(free):
    """``free`` without the edges."""
    free = np.array(free, bool).reshape(1, ROWS, 4)
    free[:, [0, -1]] = False
    return free


class Copy:
    """Picks what ``ids`` say and adds up what that costs."""

    def __init__(self, ids):
        self.ids, self.nats = ids, 0.0

    def __call__(self, cells, log_probabilities):
        found = self.ids[cells.where[:, 0], cells.where[:, 1], cells.voice]
        self.nats -= float(log_probabilities[np.arange(len(found)), found].sum())
        return found


def blanked(free, ids=IDS):
    """``ids`` with rests in place of what is free."""
    blank = ids.copy()
    blank[..., :4][free] = 2
    return blank


@settings(max_examples=15)
@given(st.lists(st.booleans(), min_size=4 * ROWS, max_size=4 * ROWS))
def test_writing_costs_what_the_likelihood_says_whatever_is_known(model, cells):
    free = inside(cells)
    copy = Copy(IDS)
    written = model.rewrite(blanked(free), free, copy)
    known = torch.from_numpy(~free)
    scores = model.scores(torch.from_numpy(IDS), known, torch.ones_like(known))
    expected = (model.nll_of(scores, torch.from_numpy(IDS)) * ~known[:, 1:]).sum()
    assert np.array_equal(written, IDS) and copy.nats == pytest.approx(expected.item(), rel=1e-3, abs=1e-3)


def test_a_likelihood_knows_nothing_of_what_comes(model):
    later = IDS.copy()
    later[0, 9:-1, 0] = 2
    before, after = (model.cell_nll(batch(ids))[0, :8] for ids in (IDS, later))
    assert torch.allclose(before, after, atol=1e-5)


def test_what_is_known_ahead_is_heard(model):
    known = torch.zeros(1, ROWS, 4, dtype=torch.bool)
    known[:, 12] = True
    later = IDS.copy()
    later[0, 12, 0] += 1
    seen = torch.ones_like(known)
    first, second = (model.scores(torch.from_numpy(ids), known, seen)[3][0, 2] for ids in (IDS, later))
    assert (first - second).abs().max() > 1e-4


def test_what_is_neither_known_nor_seen_is_not_heard(model):
    known = torch.zeros(1, ROWS, 4, dtype=torch.bool)
    known[:, 3] = True
    later = IDS.copy()
    later[0, 8:, :4] = 5
    first, second = (model.scores(torch.from_numpy(ids), known, known)[3] for ids in (IDS, later))
    assert torch.allclose(first, second, atol=1e-5)


def test_known_cells_stay_and_pieces_do_not_hear_each_other(model):
    free = np.repeat(inside(np.arange(4 * ROWS) % 3 == 0), 2, 0)
    pair = np.repeat(IDS, 2, 0)
    pair[1, 5, 0] += 1
    picks = [lambda cells, scores: scores.argmax(-1)] * 2
    both = model.rewrite(blanked(free, pair), free, picks[0])
    alone = model.rewrite(blanked(free[:1], pair[:1]), free[:1], picks[1])
    assert np.array_equal(both[:1], alone)
    assert np.array_equal(both[..., :4][~free], pair[..., :4][~free]) and np.array_equal(both[..., 4:], pair[..., 4:])


def test_a_piece_without_fermatas_says_nothing_of_them(model):
    """It is told apart from one whose fermatas are known to be elsewhere."""
    none = IDS.copy()
    none[..., 5] = 0
    assert torch.equal(model._told(torch.from_numpy(none))[0, 0], model._told(torch.from_numpy(none))[0, 0])
    assert not torch.equal(model._told(torch.from_numpy(none))[0, 1], model._told(torch.from_numpy(IDS))[0, 1])


def test_the_first_row_is_known(model):
    with pytest.raises(ValueError, match="first row"):
        model.rewrite(IDS, np.ones((1, ROWS, 4), bool), Copy(IDS))


def test_nothing_free_is_nothing_to_write(model):
    assert np.array_equal(model.rewrite(IDS, np.zeros((1, ROWS, 4), bool), Copy(IDS)), IDS)


def test_tables_without_voices_are_refused():
    with pytest.raises(UsageError, match="chorales"):
        GridTransformer(SMALL, codec_of("notes").columns)


def test_a_loss_counts_free_cells_alone():
    model = GridTransformer(GridTransformerConfig(width=16, heads=2, hidden=16, composing=1.0), CODEC.columns)
    found = model.losses(batch(), ["all"], torch.Generator().manual_seed(0))
    sizes = [column.size for column in CODEC.columns[:4]]
    expected = np.mean([np.log(size) for size in sizes])  # a fresh model says all ids alike
    assert float(found.by_phase["all"].detach()) == pytest.approx(expected, rel=1e-3)
