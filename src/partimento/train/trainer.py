"""The one loop: steps, checkpoints, validations, samples, until the end or a signal."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
from torch import Tensor

from ..batch import Batch
from ..checkpoint import build, card_of, save_checkpoint
from ..data.controls import Controls
from ..errors import CheckpointError, UsageError
from ..recipe import Recipe
from .averaging import averaged
from .progress import State
from .run import Run
from .signals import stop_signals
from .step import take_step

LOG_EVERY = 20  # steps
TIMED_STEPS = 100
MAY_CHANGE = {"steps", "epochs", "minutes", "patience", "save_minutes", "validate_minutes"}  # on --resume


class Batches(Protocol):
    """Where batches come from: a pure function of the epoch."""

    def epoch(self, epoch: int, skip: int = 0) -> Iterator[Batch]:
        """The batches of an epoch in its order, without the first ``skip``."""


@dataclass(frozen=True)
class Figures:
    """What one log line says."""

    step: int
    steps: int  # 0 while the clock has not fixed the end
    loss: dict[str, float]
    rows_per_s: float
    left_s: float


@dataclass(frozen=True)
class Hooks:
    """What happens beside the steps: reports, validation (lower is better), samples."""

    report: Callable[[Figures], None] = lambda figures: None
    say: Callable[[str], None] = lambda line: None
    validate: Callable[[State], float | None] = lambda state: None
    sample: Callable[[State], None] = lambda state: None
    stopped: Callable[[], bool] = lambda: False


@dataclass
class Trainer:
    """Trains one model of ``recipe`` into ``run``."""

    recipe: Recipe
    run: Run
    batches: Batches
    controls: Controls = Controls()
    epoch_steps: int = 0  # steps in an epoch, to turn epochs into steps
    about: Mapping[str, Any] = field(default_factory=dict)  # what the card says of the data
    hooks: Hooks = Hooks()
    device: str = "cpu"
    _since_log: list[dict[str, Tensor]] = field(default_factory=list)

    def start(self) -> State:
        """A new model, its weights drawn from the recipe's seed."""
        torch.manual_seed(self.recipe.seed)
        return State(build(self.recipe, self.controls).to(self.device), self.recipe)

    def resume(self) -> State:
        """The state of the latest whole checkpoint. Raises CheckpointError, UsageError for another recipe."""
        checkpoint, damaged = self.run.latest()
        for line in damaged:
            self.hooks.say(f"{line}; the one before is used")
        if not checkpoint.resume:
            raise CheckpointError(f"{checkpoint.folder}: holds no state to resume from; use --init instead")
        refuse_change(checkpoint.recipe, self.recipe)
        state = self.start()
        state.model.load_state_dict(checkpoint.model().state_dict())
        place = dict(checkpoint.card["place"])
        if _length(checkpoint.recipe) != _length(self.recipe):
            place["steps"] = 0  # a longer end: counted anew
        state.restore(place, checkpoint.resume)
        return state

    def train(self, state: State) -> State:
        """Go on to the end of the recipe, a signal or the loss of patience; what was done is saved."""
        config = self.recipe.training
        saved_at = validated_at = time.monotonic()
        state.model.train()
        with stop_signals() as signalled:
            for figures in self._steps(state):
                now = time.monotonic()
                self._fix_end(state)
                self._log(state, figures)
                if now - validated_at > 60 * config.validate_minutes:
                    self._validate(state)
                    validated_at = time.monotonic()
                    if config.patience and state.stale >= config.patience:
                        self.hooks.say(f"no gain in {state.stale} validations: stopped")
                        break
                if now - saved_at > 60 * config.save_minutes:
                    self.save(state)
                    saved_at = time.monotonic()
                if signalled() or self.hooks.stopped():
                    self.hooks.say(f"stopped at step {state.step}; go on with --resume")
                    self.save(state)
                    return state
        self._validate(state)
        self.save(state)
        return state

    def save(self, state: State) -> None:
        """A checkpoint of the state; the last two stay."""
        card = self._card(state, place=state.place)
        weights = state.model.state_dict()
        save_checkpoint(self.run.place(state.step), self.recipe, card, weights, state.tensors())
        self.run.prune()

    def _steps(self, state: State) -> Iterator[dict[str, Tensor]]:
        """Take steps until the end that is known by then; yields the figures of each."""
        state.steps = state.steps or self._known_end()
        while not state.steps or state.step < state.steps:
            for batch in self.batches.epoch(state.epoch, state.batch):
                begun = time.monotonic()
                figures = take_step(state, batch)
                state.step, state.batch = state.step + 1, state.batch + 1
                state.rows_seen += int(batch.loss_mask.sum())
                state.trained_s += time.monotonic() - begun
                yield figures
                if state.steps and state.step >= state.steps:
                    return
            state.epoch, state.batch = state.epoch + 1, 0

    def _known_end(self) -> int:
        """The number of steps, as far as the recipe says it; 0: the clock will."""
        config = self.recipe.training
        if config.steps:
            return config.steps
        return 0 if config.minutes else max(round(config.epochs * max(self.epoch_steps, 1)), 1)

    def _fix_end(self, state: State) -> None:
        """After the first hundred steps, turn minutes into a number of steps: it is then part of the state."""
        if state.steps or state.step < TIMED_STEPS:
            return
        left_s = 60 * self.recipe.training.minutes - state.trained_s
        state.steps = state.step + max(int(left_s / (state.trained_s / state.step)), 1)

    def _log(self, state: State, figures: dict[str, Tensor]) -> None:
        self._since_log.append(figures)
        if state.step % LOG_EVERY:
            return
        means = {
            name: float(torch.stack([each[name] for each in self._since_log if name in each]).mean())
            for name in figures
        }
        self._since_log.clear()
        rate, per_step = state.rows_seen / max(state.trained_s, 1e-9), state.trained_s / state.step
        by_clock = 60 * self.recipe.training.minutes - state.trained_s
        left_s = (state.steps - state.step) * per_step if state.steps else by_clock
        row = Figures(state.step, state.steps, means, rate, left_s)
        self.run.log({"step": row.step, "steps": row.steps, "rows_per_s": round(rate, 1), "loss": means})
        self.hooks.report(row)

    def _validate(self, state: State) -> None:
        state.model.eval()
        with averaged(state):
            value = self.hooks.validate(state)
            better = value is None or value < state.best
            if value is not None:
                state.stale = 0 if better else state.stale + 1
                state.best = min(state.best, value)
                self.run.log({"step": state.step, "validation": value})
                self.hooks.say(f"step {state.step}: validation {value:.4f} nats per note{' (best)' if better else ''}")
            if better:
                card = self._card(state, validation_nats_per_note=value)
                save_checkpoint(self.run.best, self.recipe, card, state.model.state_dict())
            self.hooks.sample(state)
        state.model.train()

    def _card(self, state: State, **rest: Any) -> dict[str, Any]:
        trained = {"steps": state.step, "rows": state.rows_seen, "seconds": round(state.trained_s, 1)}
        return card_of(self.recipe, self.controls, trained=trained, **self.about, **rest)


def refuse_change(before: Recipe, now: Recipe) -> None:
    """Refuse to resume under another recipe, except with another end or other pauses. Raises UsageError."""
    plain = [each.to_dict() for each in (before, now)]
    for part, values in plain[0].items():
        changed = {name for name in values if values[name] != plain[1][part][name]} if part != "seed" else {"seed"}
        if values != plain[1][part] and not changed <= MAY_CHANGE:
            raise UsageError(
                f"--resume cannot change {', '.join(sorted(changed - MAY_CHANGE))} ({part}); use --init for a new run"
            )


def _length(recipe: Recipe) -> tuple[int, float, float]:
    return recipe.training.steps, recipe.training.epochs, recipe.training.minutes
