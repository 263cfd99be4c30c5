import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from toy import recipe_of, trainer_of

from partimento.errors import UnknownName
from partimento.models.family import Phase
from partimento.recipe import OPTIMIZERS as NAMES
from partimento.recipe import TrainConfig
from partimento.train.muon import Muon
from partimento.train.optimizers import OPTIMIZERS, optimizers, rate

PLAN = TrainConfig(warmup=10, decay=0.5)


def phase_of(matrices=1):
    weights = [nn.Parameter(torch.ones(4, 4)) for _ in range(2)]
    return Phase("all", tuple(weights), matrices=tuple((weight, 1) for weight in weights[:matrices]))


@pytest.mark.parametrize(
    ("step", "share"),
    [(0, 0.1), (4, 0.5), (9, 1.0), (10, 1.0), (50, 1.0), (51, 0.98), (75, 0.5), (99, 0.02), (100, 0.0)],
)
def test_the_rate_rises_stays_and_falls(step, share):
    assert rate(step, 100, PLAN) == pytest.approx(share)


def test_without_warm_up_and_decay_the_rate_is_level():
    assert {rate(step, 9, TrainConfig(warmup=0, decay=0.0)) for step in range(9)} == {1.0}


@given(st.integers(1, 2000), st.integers(0, 300), st.floats(0, 1), st.data())
def test_a_rate_is_a_share_and_never_0_before_the_end(steps, warmup, decay, data):
    step = data.draw(st.integers(0, steps - 1))
    assert 0 < rate(step, steps, TrainConfig(warmup=warmup, decay=decay)) <= 1


@given(st.integers(1, 500), st.floats(0.01, 1))
def test_after_the_warm_up_the_rate_does_not_rise(steps, decay):
    plan = TrainConfig(warmup=0, decay=decay)
    shares = [rate(step, steps, plan) for step in range(steps + 1)]
    assert shares == sorted(shares, reverse=True)


def test_a_recipe_may_name_every_optimizer_and_no_other():
    assert set(NAMES) == set(OPTIMIZERS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_moves_every_parameter_of_its_phase_once(name):
    phase = phase_of()
    made = optimizers(phase, TrainConfig(optimizer=name))
    taken = [p for optimizer in made for group in optimizer.param_groups for p in group["params"]]
    assert sorted(map(id, taken)) == sorted(map(id, phase.parameters))
    for parameter in phase.parameters:
        parameter.grad = torch.ones(4, 4)
    for optimizer in made:
        optimizer.step()
    assert all((parameter < 1).any() for parameter in phase.parameters)


def test_muon_takes_the_matrices_and_adamw_the_rest_each_at_its_rate():
    phase = phase_of()
    muon, rest = optimizers(phase, TrainConfig(matrix_rate=0.5, learning_rate=0.25))
    assert isinstance(muon, Muon) and isinstance(rest, torch.optim.AdamW)
    assert muon.param_groups[0]["params"][0] is phase.matrices[0][0]
    assert [made.param_groups[0]["full_rate"] for made in (muon, rest)] == [0.5, 0.25]


@pytest.mark.parametrize(("matrices", "kinds"), [(0, [torch.optim.AdamW]), (2, [Muon])])
def test_nobody_is_made_for_no_parameters(matrices, kinds):
    assert [type(made) for made in optimizers(phase_of(matrices), TrainConfig())] == kinds


def test_an_unknown_optimizer_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="did you mean adam"):
        optimizers(phase_of(), TrainConfig(optimizer="adma"))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_goes_on_as_if_it_had_never_stopped(name, tiny_families, tmp_path):
    recipe = recipe_of("tiny-voices", tiny_families, optimizer=name)
    whole = trainer_of(recipe, tmp_path / "whole")
    expected = whole.train(whole.start())
    begun = trainer_of(recipe, tmp_path / "parts", stop_after=4)
    begun.train(begun.start())
    rest = trainer_of(recipe, tmp_path / "parts")
    found = rest.train(rest.resume()).tensors()
    assert all(torch.equal(value, found[key]) for key, value in expected.tensors().items())
