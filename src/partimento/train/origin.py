"""What a run goes on from: its own last checkpoint, or another model's weights; and what has to be the same."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import torch

from ..checkpoint import Checkpoint, build, load_checkpoint
from ..errors import CheckpointError, PartimentoError, UsageError
from ..nn.filters import PLAIN
from ..recipe import Recipe
from ..units import VALIDATIONS
from .progress import State
from .run import Run

MAY_CHANGE = {
    "steps",
    "epochs",
    "minutes",
    "core_minutes",
    "patience",
    "save_minutes",
    "validate_minutes",
    "validate_epochs",
}  # on --resume
PARTS = ("ahead.", "controls.")  # of a network that may be new where others are not
Shapes = dict[str, torch.Size]


def refuse_change(before: Recipe, now: Recipe) -> None:
    """Refuse to resume under another recipe, except with another end, other pauses or another way to compose.

    Raises UsageError.
    """
    plain = [replace(each, sampling=PLAIN).to_dict() for each in (before, now)]
    for part, values in plain[0].items():
        changed = {name for name in values if values[name] != plain[1][part].get(name)} if part != "seed" else {"seed"}
        if values != plain[1][part] and not changed <= MAY_CHANGE:
            raise UsageError(
                f"--resume cannot change {', '.join(sorted(changed - MAY_CHANGE))} ({part}); use --init for a new run"
            )
    if before.codec != now.codec:
        was, found = (each.codec.fingerprint for each in (before, now))
        raise UsageError(f"--resume: the vocabulary of codec {now.codec.name} was {was} and is {found}; use --init")


def refuse_other_data(before: Checkpoint, about: Mapping[str, Any]) -> None:
    """Refuse to resume on a corpus that holds something else than it did. Raises UsageError."""
    was, now = (dict(card.get("data") or {}) for card in (before.card, about))
    if was and now and was.get("fingerprint") != now.get("fingerprint"):
        reason = (
            f"corpus {now.get('corpus')} is not the one that this run began with ({_told(was)} then, {_told(now)} now)"
        )
        raise UsageError(f"--resume: {reason}; prepare it as it was, or begin a new run with --init")


def _told(data: Mapping[str, Any]) -> str:
    return f"{data.get('pieces')} pieces, fingerprint {str(data.get('fingerprint'))[:8]}"


def length(recipe: Recipe) -> tuple[int, float, float, float]:
    """All that says where a run ends."""
    config = recipe.training
    return config.steps, config.epochs, config.minutes, config.core_minutes


def best_so_far(run: Run, say: Callable[[str], None]) -> float | None:
    """What the best model validated at, as it says itself: a kill may come before the run's state knows of it.

    None, so that the next one takes its place, where it is missing or damaged.
    """
    if not run.best.exists():
        return None
    try:
        card = load_checkpoint(run.best).card
    except CheckpointError as error:
        say(f"{error}; the next model that is validated takes its place")
        return None
    return next((card[key] for key in VALIDATIONS if isinstance(card.get(key), float)), None)


def initialise(state: State, origin: Checkpoint) -> None:
    """Another model's weights, where the two agree on every shape; parts of PARTS that it lacks add nothing at first.

    Raises UsageError.
    """
    own = state.model.state_dict()
    weights = {**{name: _adds_nothing(name, own[name]) for name in own if name.startswith(PARTS)}, **origin.weights}
    differing = [name for name in own if name not in weights or weights[name].shape != own[name].shape]
    if differing or weights.keys() - own.keys():
        raise UsageError(
            f"--init {origin.folder}: {_misfit(state, origin, [*differing, *(weights.keys() - own.keys())])}"
        )
    state.model.load_state_dict({name: value.float() for name, value in weights.items()})
    for name, value in state.average.items():
        value.copy_(dict(state.model.named_parameters())[name].detach())


def _adds_nothing(name: str, fresh: torch.Tensor) -> torch.Tensor:
    """What is told is a sum, and begins at nothing; what reads ahead has a last layer that does so itself."""
    return torch.zeros_like(fresh) if name.startswith("controls.") else fresh


def _misfit(state: State, origin: Checkpoint, names: list[str]) -> str:
    """In words: a weight with both its sizes, and the flags that would make them one."""
    name = names[0]
    there, here = (_size(each.get(name)) for each in (origin.weights, state.model.state_dict()))
    theirs, ours = origin.recipe, state.recipe
    if theirs.family != ours.family:
        advice = f"its family is {theirs.family}, here {ours.family}; train {theirs.family}"
    elif theirs.codec != ours.codec:
        advice = f"its codec is {theirs.codec}, here {ours.codec}; use --codec {theirs.codec.name} and its options"
    else:
        changed = [f for f in fields(ours.model) if _shapes(ours, origin, f.name) != _shapes(ours, origin)]
        flags = [f"{_flag(f)} {getattr(theirs.model, f.name)}" for f in changed]
        told = ", ".join(
            f"{f.name} {getattr(theirs.model, f.name)} and not {getattr(ours.model, f.name)}" for f in changed
        )
        advice = f"it has {told}; set {' '.join(flags)}" if flags else "use the model's own corpus and composers"
    return f"{name} is {there} there and {here} here; {advice}"


def _shapes(recipe: Recipe, origin: Checkpoint, name: str = "") -> Shapes | None:
    """The shapes of a recipe's weights, its field ``name`` as in ``origin``; None where no such model can be."""
    model = replace(recipe.model, **{name: getattr(origin.recipe.model, name)}) if name else recipe.model
    try:
        with torch.device("meta"):
            made = build(replace(recipe, model=model), origin.controls)
    except (PartimentoError, RuntimeError):
        return None
    return {key: value.shape for key, value in made.state_dict().items()}


def _size(weight: torch.Tensor | None) -> str:
    return "missing" if weight is None else " x ".join(map(str, weight.shape)) or "one number"


def _flag(f: Any) -> str:
    return str(f.metadata.get("flag") or f"--{f.name.replace('_', '-')}")
