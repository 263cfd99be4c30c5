import pytest
import torch

from partimento.nn.losses import LOSSES, counted_mean, unfit


@pytest.mark.parametrize("loss", ["cross-entropy", "sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_a_loss_that_judges_what_is_predicted_fits(loss):
    assert not unfit(loss, "ids")


@pytest.mark.parametrize(("loss", "predicted"), [("mse", "ids"), ("cross-entropy", "numbers"), ("l1", "verdicts")])
def test_another_is_refused_with_those_that_fit(loss, predicted):
    reason = unfit(loss, predicted)
    assert reason.startswith(f"loss {loss} judges {LOSSES[loss]}, and it predicts {predicted}; choose one of ")
    assert all((name in reason.split("one of ")[1].split(", ")) == (LOSSES[name] == predicted) for name in LOSSES)


def test_what_does_not_count_moves_no_mean_and_of_nothing_it_is_0():
    values, counts = torch.tensor([[1.0, 3.0, 9.0]]), torch.tensor([[True, True, False]])
    assert counted_mean(values, counts) == 2.0 and counted_mean(values, counts & False) == 0.0
