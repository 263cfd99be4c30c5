"""A head over numbers is a distribution over ids, learns as its loss says and predicts a number."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from partimento.codecs import codec_of
from partimento.nn.filters import Sampling, weights
from partimento.nn.logits import Logits
from partimento.nn.numbers import NumberHead, says_number

STEP, _, DURATION = codec_of("timed").columns
COLUMNS = {f"{name} {c.name}": c for name in ("timed", "events") for c in codec_of(name).columns if says_number(c)}
LOSSES = ("l1", "mse", "mixture", "ids")
every_loss = pytest.mark.parametrize("loss", LOSSES)
NOTHING = torch.zeros(1, 1, 1)


def lively(column, loss, width=8, seed=0):
    torch.manual_seed(seed)
    head = NumberHead(width, column, loss).eval()
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.normal_(std=0.3)
        for buffer in [head.error] if loss in ("l1", "mse") else []:
            buffer.fill_(0.05)
    return head


def trained(loss, targets, column=STEP, steps=200, **options):
    """A head that knows nothing but how often each target comes."""
    torch.manual_seed(0)
    head, ids = NumberHead(1, column, loss, **options), torch.tensor([targets])
    hidden = torch.zeros(1, len(targets), 1)
    optimizer = torch.optim.Adam(head.parameters(), 0.05)
    found = []
    for _ in range(steps):
        value = head.loss(hidden, ids).mean()
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        found.append(value.item())
    assert found[-1] < found[0]
    return head.eval()


def times(*milliseconds, column=STEP, kind="time"):
    return [column.id(kind, value) for value in milliseconds]


@torch.no_grad()
def nats(head, targets):
    return head.nll(torch.zeros(1, len(targets), 1), torch.tensor([targets]))[0]


@every_loss
@pytest.mark.parametrize("column", COLUMNS)
@torch.no_grad()
def test_probabilities_over_all_ids_sum_to_one_and_nll_is_their_logarithm(column, loss):
    head, hidden = lively(COLUMNS[column], loss), torch.randn(1, 1, 8)
    every = head.nll(hidden.expand(1, head.size, 8), torch.arange(head.size)[None])[0].double()
    assert every.isfinite().all() and every.neg().exp().sum().item() == pytest.approx(1, abs=1e-5)
    said = Logits(head(hidden)).log_probabilities()[0, 0]
    assert np.allclose(-said, every.numpy(), rtol=1e-4, atol=1e-5)


@every_loss
@torch.no_grad()
def test_a_row_has_the_same_bits_alone_and_in_company(loss, as_composing):
    head, hidden = lively(DURATION, loss), torch.randn(5, 1, 8)
    assert all(torch.equal(head(hidden[i : i + 1])[0], row) for i, row in enumerate(head(hidden)))


@settings(max_examples=20)
@given(seconds=st.floats(0.001, 9.9), loss=st.sampled_from(["l1", "mse"]), error=st.floats(0.001, 2.0))
@torch.no_grad()
def test_temperature_zero_gives_the_number_itself(seconds, loss, error):
    head = NumberHead(1, DURATION, loss).eval()
    head.out.weight.zero_()
    head.out.bias.zero_()
    head.out.bias[-1], head.error[...] = seconds, error
    said = head.logits(NOTHING)
    kept = weights(said.log_probabilities()[0, 0], None, Sampling(temperature=0.0), said.spread)
    drawn = int(np.argmax(kept))
    assert abs(int(DURATION.values[drawn]) - 1000 * head.predicted(NOTHING).item()) <= 0.51


@pytest.mark.parametrize(("loss", "expected"), [("l1", 0.1), ("mse", 0.4), ("mean_squared_error", 0.4)])
def test_l1_is_least_at_the_median_and_mse_at_the_mean(loss, expected):
    head = trained(loss, times(100, 100, 100, 100, 1600))
    assert head.predicted(NOTHING).item() == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(("loss", "expected"), [("l1", 0.1), ("mse", 0.01)])
def test_the_errors_seen_say_how_wide_the_distribution_is(loss, expected):
    head = NumberHead(1, STEP, loss)
    torch.nn.init.zeros_(head.out.weight)
    torch.nn.init.constant_(head.out.bias, 0.3)
    for _ in range(3):
        head.loss(torch.zeros(1, 3, 1), torch.tensor([[*times(200, 400), STEP.id("end")]]))
    assert head.error.item() == pytest.approx(expected, rel=1e-4)
    head.eval().loss(NOTHING, torch.tensor([times(4000)]))
    assert head.error.item() == pytest.approx(expected, rel=1e-4)


def test_a_mixture_says_two_peaks_where_a_squared_error_says_what_lies_between():
    targets = times(20, 1000)
    mixture, middle = (trained(loss, targets) for loss in ("mixture", "mse"))
    assert nats(mixture, targets).mean() < 4 < 6 < nats(middle, targets).mean()
    assert nats(mixture, times(510)) > nats(mixture, targets).max() + 3
    assert nats(middle, times(510)) < nats(middle, targets).min()


def test_what_is_no_number_can_be_said_and_learnt():
    wait = STEP.id("wait")
    for loss in LOSSES:
        head = trained(loss, [wait, wait, wait, *times(100)])
        assert nats(head, [wait]).exp().item() == pytest.approx(4 / 3, abs=0.1)


def test_pressure_pushes_a_number_above_zero():
    """As in the tutorial, ten times what is below 0 comes to the loss."""
    plain, pressed = (NumberHead(1, STEP, "mse", pressure=pressure) for pressure in (0.0, 10.0))
    pressed.load_state_dict(plain.state_dict())
    for head in (plain, pressed):
        torch.nn.init.constant_(head.out.bias, -0.5)
    target = torch.tensor([times(0)])
    assert (pressed.loss(NOTHING, target) - plain.loss(NOTHING, target)).item() == pytest.approx(5.0)


def test_errors_of_cells_that_do_not_count_are_not_learnt_from():
    head = NumberHead(1, STEP, "l1")
    target = torch.tensor([times(200, 4000)])
    head.loss(torch.zeros(1, 2, 1), target, torch.zeros(1, 2, dtype=torch.bool))
    assert (head.error.item(), head.seen.item()) == (1.0, 0.0)
    head.loss(torch.zeros(1, 2, 1), target, torch.tensor([[True, False]]))
    alone = NumberHead(1, STEP, "l1")
    alone.load_state_dict({**head.state_dict(), "error": torch.tensor(1.0), "seen": torch.tensor(0.0)})
    alone.loss(NOTHING, target[:, :1])
    assert head.error.item() == alone.error.item() != 1.0


@pytest.mark.parametrize("loss", ["l1", "mse"])
@torch.no_grad()
def test_a_number_far_from_a_narrow_distribution_costs_what_its_scores_say(loss):
    head = lively(DURATION, loss)
    head.error[...] = 1e-6
    targets = times(1, 40, 900, 9999, column=DURATION, kind="duration")
    hidden = 10 * torch.randn(1, 1, 8)
    said = Logits(head(hidden)).log_probabilities()[0, 0, targets]
    nats = head.nll(hidden.expand(1, 4, 8), torch.tensor([targets]))[0]
    assert np.allclose(-said, nats.numpy(), rtol=1e-5)
