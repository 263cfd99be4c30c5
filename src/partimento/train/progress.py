"""A run's state: where it is and all that the next step depends on."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..models.family import Family, Phase
from ..recipe import Recipe
from .optimizers import Optimizers, optimizers

CUDA = "cuda_generator"


@dataclass
class State:
    """The position in the run, the optimizers by phase, averaged weights and the generator."""

    model: Family
    recipe: Recipe
    step: int = 0
    epoch: int = 0
    batch: int = 0  # batches of this epoch that are done
    steps: int = 0  # the end; 0 until it is known
    rows_seen: int = 0
    trained_s: float = 0.0
    best: float | None = None  # in the unit of the family's validation; None until there was one
    stale: int = 0  # validations since the best
    stopped: bool = False  # by a signal, before its end or while it was validated there
    phases: list[Phase] = field(init=False)
    optimizers: dict[str, Optimizers] = field(init=False)
    average: dict[str, Tensor] = field(init=False)
    generator: torch.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.phases = self.model.phases()
        self.optimizers = {phase.name: optimizers(phase, self.recipe.training) for phase in self.phases}
        keep = self.recipe.training.ema > 0
        self.average = {name: p.detach().clone() for name, p in self.model.named_parameters()} if keep else {}
        self.generator = torch.Generator().manual_seed(self.recipe.seed)

    @property
    def place(self) -> dict[str, float | None]:
        """The plain numbers, for the checkpoint."""
        names = ("step", "epoch", "batch", "steps", "rows_seen", "trained_s", "best", "stale")
        return {name: getattr(self, name) for name in names}

    def tensors(self) -> dict[str, Tensor]:
        """Everything else that the next step depends on, by name: moments, averages, generators."""
        found = {f"average/{name}": value for name, value in self.average.items()}
        found |= {"generator": self.generator.get_state(), "default_generator": torch.get_rng_state()}
        if torch.cuda.is_available():
            found |= {f"{CUDA}/{index}": drawn for index, drawn in enumerate(torch.cuda.get_rng_state_all())}
        for label, _, parameter, state in self._slots():
            for key, value in state.items():
                found[f"optimizer/{label}/{key}/{parameter}"] = torch.as_tensor(value)
        return found

    def restore(self, place: dict[str, float | None], tensors: dict[str, Tensor]) -> None:
        """Go on from what ``place`` and ``tensors`` held, on the device where the model is."""
        for name, number in place.items():
            setattr(self, name, number)
        for name in self.average:
            self.average[name].copy_(tensors[f"average/{name}"])
        self._restore_generators(tensors)
        by_name = dict(self.model.named_parameters())
        for key, value in tensors.items():
            if key.startswith("optimizer/"):
                _, phase, index, slot, name = key.split("/", 4)
                optimizer, parameter = self.optimizers[phase][int(index)], by_name[name]
                optimizer.state[parameter][slot] = value.to(_home(optimizer, slot, parameter), copy=True)

    def _restore_generators(self, tensors: dict[str, Tensor]) -> None:
        self.generator.set_state(tensors["generator"])
        torch.set_rng_state(tensors["default_generator"])
        for index in range(torch.cuda.device_count()):
            if f"{CUDA}/{index}" in tensors:  # else it was saved where this device was not
                torch.cuda.set_rng_state(tensors[f"{CUDA}/{index}"], index)

    def _slots(self) -> Iterator[tuple[str, torch.optim.Optimizer, str, dict[str, Tensor]]]:
        names: dict[Tensor, str] = {p: name for name, p in self.model.named_parameters()}
        for phase, group in self.optimizers.items():
            for index, optimizer in enumerate(group):
                for parameter, state in optimizer.state.items():
                    yield f"{phase}/{index}", optimizer, names[parameter], state


def _home(optimizer: torch.optim.Optimizer, slot: str, parameter: Tensor) -> torch.device:
    """Where torch wants a slot: moments beside their parameter, single numbers only if it is fused."""
    counted_apart = slot in ("step", "mu_product") and not optimizer.defaults.get("fused")
    return torch.device("cpu") if counted_apart else parameter.device
