"""What a run's state holds comes back, each tensor on the device where torch wants it."""

import json

import pytest
import torch
from families import TinyVoices

from partimento.codecs import codec_of
from partimento.models.family import Phase
from partimento.recipe import Recipe, TrainConfig
from partimento.train.optimizers import optimizers
from partimento.train.progress import State, _home


def state_of(optimizer="adam", device="cpu"):
    model = TinyVoices(TinyVoices.Config(), codec_of("notes").columns).to(device)
    return State(model, Recipe(training=TrainConfig(optimizer=optimizer)))


def stepped(state):
    for parameter in state.model.parameters():
        parameter.grad = torch.ones_like(parameter)
    for group in state.optimizers.values():
        for optimizer in group:
            optimizer.step()
    return state


@pytest.mark.parametrize("name", ["adam", "rmsprop", "sgd"])
def test_moments_come_back_beside_their_parameters_and_counts_where_torch_counts(name):
    told = stepped(state_of(name)).tensors()
    state = state_of(name, "meta")
    state.restore(state.place, told)
    slots = [slots for made in state.optimizers.values() for slots in made[0].state.values()]
    assert len(slots) == 8
    for slot, value in (pair for each in slots for pair in each.items()):
        assert value.device.type == ("cpu" if slot == "step" else "meta")


def test_a_fused_optimizer_counts_on_the_device():
    weight = torch.nn.Parameter(torch.ones(2))
    (fused,) = optimizers(Phase("all", (weight,)), TrainConfig(optimizer="adamw"))
    assert _home(fused, "step", torch.empty(2, device="meta")).type == "meta"


def test_generators_of_every_device_that_is_here_come_back(monkeypatch):
    drawn, restored = [torch.tensor([7], dtype=torch.uint8), torch.tensor([8], dtype=torch.uint8)], {}
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("torch.cuda.get_rng_state_all", lambda: drawn)
    monkeypatch.setattr("torch.cuda.device_count", lambda: 1)
    monkeypatch.setattr("torch.cuda.set_rng_state", lambda value, index: restored.update({index: value}))
    state = state_of()
    told = state.tensors()
    assert [told[f"cuda_generator/{index}"].item() for index in range(2)] == [7, 8]
    state.restore(state.place, told)
    assert {index: value.item() for index, value in restored.items()} == {0: 7}


@pytest.mark.parametrize("best", [None, 2.5])
def test_the_best_is_a_number_or_null_and_comes_back(best):
    state, again = state_of(), state_of()
    state.best = best
    again.restore(json.loads(json.dumps(state.place, allow_nan=False)), state.tensors())
    assert again.place == state.place and again.best == best
