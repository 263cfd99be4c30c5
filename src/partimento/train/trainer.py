"""The one loop: steps, checkpoints, validations, samples, until the end or a signal."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Any, Protocol

import torch
from torch import Tensor

from ..batch import Batch
from ..checkpoint import build, card_of, save_checkpoint
from ..data.controls import Controls
from ..errors import CheckpointError
from ..recipe import Recipe, TrainConfig
from ..units import VALIDATIONS
from .averaging import averaged
from .origin import best_so_far, length, refuse_change, refuse_other_data
from .progress import State
from .run import Run
from .signals import stop_signals
from .step import take_step

LOG_EVERY = 20  # steps
TIMED_STEPS, TIMED_SHARE = 100, 0.1  # steps, or this share of the budget, whichever is sooner
Stopped = Callable[[], bool]


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
    unit: str  # of the sum of the losses; empty where they do not add up


@dataclass(frozen=True)
class Hooks:
    """What happens beside the steps: reports, validation, samples.

    ``validate`` gives a number, lower is better; None where there is nothing to validate on, or as soon as
    the question that it is handed says that the run is to stop.
    """

    report: Callable[[Figures], None] = lambda figures: None
    say: Callable[[str], None] = lambda line: None
    validate: Callable[[State, Stopped], float | None] = lambda state, stopped: None
    sample: Callable[[State], None] = lambda state: None
    stopped: Stopped = lambda: False


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
        """The state of the latest whole checkpoint.

        Raises CheckpointError, UsageError for another recipe or a corpus that was prepared anew.
        """
        checkpoint, damaged = self.run.latest()
        for line in damaged:
            self.hooks.say(f"{line}; the one before is used")
        if not checkpoint.resume:
            raise CheckpointError(f"{checkpoint.folder}: holds no state to resume from; use --init instead")
        refuse_change(checkpoint.recipe, self.recipe)
        refuse_other_data(checkpoint, self.about)
        state = self.start()
        state.model.load_state_dict(checkpoint.model().state_dict())
        place = dict(checkpoint.card["place"])
        if length(checkpoint.recipe) != length(self.recipe):
            place["steps"] = 0  # a longer end: counted anew
        state.restore(place, checkpoint.resume)
        state.best = best_so_far(self.run, self.hooks.say)
        return state

    def train(self, state: State) -> State:
        """Go on to the end of the recipe, a signal or the loss of patience; what was done is saved."""
        self.run.describe(self.recipe)
        state.model.train()
        with stop_signals() as signalled:
            ended = self._ends(state, lambda: signalled() or self.hooks.stopped())
        self._tell(state)
        if ended:
            return state
        state.stopped = True
        self.hooks.say(f"stopped at step {state.step}; go on with --resume")
        return state

    def _ends(self, state: State, stopped: Stopped) -> bool:
        """Take the steps that are left, saving and validating on the way; whether the run came to its end."""
        config = self.recipe.training
        saved_at = validated_at = time.monotonic()
        epoch = state.epoch  # in which it was last validated
        for figures in self._steps(state):
            now = time.monotonic()
            self._fix_end(state)
            self._log(state, figures)
            if stopped():
                self.save(state)
                return False
            if _is_due(config, state.epoch - epoch, now - validated_at):
                if not self._assess(state, stopped):
                    return False
                saved_at = validated_at = time.monotonic()
                epoch = state.epoch
                if config.patience and state.stale >= config.patience:
                    self.hooks.say(f"no gain in {state.stale} validations: ended")
                    return True
            elif now - saved_at > 60 * config.save_minutes:
                self.save(state)
                saved_at = time.monotonic()
        return self._assess(state, stopped)

    def save(self, state: State) -> None:
        """A checkpoint of the state; the last two stay."""
        card = self._card(state, place=state.place)
        weights = state.model.state_dict()
        save_checkpoint(self.run.place(state.step), self.recipe, card, weights, state.tensors())
        self.run.prune()

    def _steps(self, state: State) -> Iterator[dict[str, Tensor]]:
        """Take steps until the end that is known by then; yields the figures of each."""
        state.steps = state.steps or self._known_end()
        clock = time.process_time if self.recipe.training.core_minutes else time.monotonic
        while not state.steps or state.step < state.steps:
            for batch in self.batches.epoch(state.epoch, state.batch):
                begun = clock()
                figures = take_step(state, batch)
                state.step, state.batch = state.step + 1, state.batch + 1
                state.rows_seen += int(batch.loss_mask.any(-1).sum())
                state.trained_s += clock() - begun
                yield figures
                if state.steps and state.step >= state.steps:
                    return
            state.epoch, state.batch = state.epoch + 1, 0

    def _known_end(self) -> int:
        """The number of steps, as far as the recipe says it; 0: the clock will."""
        config = self.recipe.training
        if config.steps:
            return config.steps
        return 0 if config.budget_s else max(round(config.epochs * max(self.epoch_steps, 1)), 1)

    def _fix_end(self, state: State) -> None:
        """After the first hundred steps or a tenth of the time, turn minutes into steps: they are part of the state."""
        budget_s = self.recipe.training.budget_s
        if state.steps or (state.step < TIMED_STEPS and state.trained_s < TIMED_SHARE * budget_s):
            return
        left_s = budget_s - state.trained_s
        state.steps = state.step + max(int(left_s / (state.trained_s / state.step)), 1)

    def _log(self, state: State, figures: dict[str, Tensor]) -> None:
        self._since_log.append(figures)
        if not state.step % LOG_EVERY or state.step == state.steps:
            self._tell(state)

    def _tell(self, state: State) -> None:
        """Log the means of what was not yet logged, if anything was not."""
        if not self._since_log:
            return
        means = {
            name: float(torch.stack([each[name] for each in self._since_log if name in each]).mean())
            for name in dict.fromkeys(name for each in self._since_log for name in each)
        }
        self._since_log.clear()
        rate, per_step = state.rows_seen / max(state.trained_s, 1e-9), state.trained_s / state.step
        by_clock = self.recipe.training.budget_s - state.trained_s
        left_s = (state.steps - state.step) * per_step if state.steps else by_clock
        row = Figures(state.step, state.steps, means, rate, left_s, state.model.unit)
        self.run.log({"step": row.step, "steps": row.steps, "rows_per_s": round(rate, 1), "loss": means})
        self.hooks.report(row)

    def _assess(self, state: State, stopped: Stopped) -> bool:
        """Validate and sample; whether it was done before a stop. Saved first: what fails here loses no work."""
        self.save(state)
        state.model.eval()
        try:
            with averaged(state):
                value = self.hooks.validate(state, stopped)
                if value is None and stopped():
                    return False
                self._judge(state, value)
                if not stopped():
                    self._sample(state)
        finally:
            state.model.train()
        self.save(state)  # the best is part of the state
        return True

    def _judge(self, state: State, value: float | None) -> None:
        """Keep the model as the best where ``value`` says so, or where there is no validation."""
        better = value is None or value < (inf if state.best is None else state.best)
        if value is not None:
            state.stale = 0 if better else state.stale + 1
            state.best = value if better else state.best
            self.run.log({"step": state.step, "validation": value if isfinite(value) else None})
            best, unit = " (best)" if better else "", VALIDATIONS[state.model.validation]
            self.hooks.say(f"step {state.step}: validation {value:.4f} {unit}{best}")
        if better:
            card = self._card(state, **{state.model.validation: value})
            save_checkpoint(self.run.best, self.recipe, card, state.model.state_dict())

    def _sample(self, state: State) -> None:
        try:
            self.hooks.sample(state)
        except Exception as error:  # whatever composing met: the training is worth more than a sample
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            self.hooks.say(f"step {state.step}: no sample could be made ({reason}); training goes on")

    def _card(self, state: State, **rest: Any) -> dict[str, Any]:
        trained = {"steps": state.step, "rows": state.rows_seen, "seconds": round(state.trained_s, 1)}
        return card_of(self.recipe, self.controls, trained=trained, **self.about, **rest)


def _is_due(config: TrainConfig, epochs: int, seconds: float) -> bool:
    """Whether to validate so many epochs, or so many seconds, after the last time."""
    return epochs >= config.validate_epochs if config.validate_epochs else seconds > 60 * config.validate_minutes
