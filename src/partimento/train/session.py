"""A training session: corpus, windows, validation, samples and logs around the one loop."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from ..checkpoint import Checkpoint, load_checkpoint
from ..codecs import Codec
from ..compose.piece import Piece
from ..data.controls import NAMES, Controls, composers, opening
from ..data.corpus import Corpus
from ..data.corpus import corpus as open_corpus
from ..data.filters import filtered
from ..data.rights import rights
from ..data.windows import Windows
from ..recipe import Recipe
from ..version import version
from .origin import initialise
from .progress import State
from .refusals import check_fit, check_length
from .run import Run
from .samples import sample
from .trainer import Figures, Hooks, Stopped, Trainer
from .validation import spread as spread
from .validation import validated

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

TERMS, LISTS = ("licence", "credit"), ("credits", "remarks")  # on a card: whose the data are
FEW = 3  # pieces of a composer below which the name is not learnt


@dataclass
class Session:
    """All that training a recipe needs beside the loop."""

    recipe: Recipe
    run: Run
    report: Callable[[Figures], None] = lambda figures: None
    say: Callable[[str], None] = lambda line: None
    tensorboard: Path | None = None
    samples: bool = True
    corpus: Corpus = field(init=False)
    controls: Controls = Controls()
    terms: dict[str, str] = field(default_factory=dict)  # licence and credit, said in the samples

    def __post_init__(self) -> None:
        check_fit(self.recipe)
        found = open_corpus(self.recipe.data.corpus)
        found.verify()
        self.corpus = filtered(found, self.recipe.data.filter) if self.recipe.data.filter else found

    def trainer(self, origin: Checkpoint | None = None, resume: bool = False) -> Trainer:
        """The loop with this session's batches and hooks; what goes on from ``origin`` knows its composers.

        To ``resume`` takes its controls, too: a new run may be told of more.
        """
        pieces = self._learnt()
        self.recipe = replace(self.recipe, codec=self._fitted(pieces, origin))
        named = None if origin is None else origin.controls.composers
        untold = self.recipe.windows.forget == 1.0
        told = origin.controls.names if origin is not None and resume else NAMES
        controls = self.controls = controls_of(self.corpus, pieces, named, untold, told)
        windows = Windows(self.corpus, pieces, self.recipe.codec, self.recipe.windows, controls, self.recipe.seed)
        check_length(self.recipe, self.corpus, pieces)
        return Trainer(
            self.recipe,
            self.run,
            windows,
            controls,
            self._epoch_steps(pieces),
            self._about(pieces),
            Hooks(self._report, self.say, self._validate, self._sample),
            "cuda" if torch.cuda.is_available() else "cpu",
        )

    def _learnt(self) -> list[int]:
        """The pieces to train on."""
        more = self.corpus.split("validation") if self.recipe.data.all_but_test else []
        return sorted([*self.corpus.split("train"), *more])

    def _fitted(self, pieces: Sequence[int], origin: Checkpoint | None) -> Codec:
        """The codec with its vocabulary: that of ``origin`` if it has the same codec, else found in ``pieces``."""
        codec = self.recipe.codec
        if not codec.state():
            return codec
        if origin is not None and origin.recipe.to_dict()["codec"] == self.recipe.to_dict()["codec"]:
            return origin.recipe.codec
        self.say(f"codec {codec.name}: counting the vocabulary in {len(pieces)} training pieces")
        return codec.fit(self.corpus.score(piece) for piece in pieces)

    def train(self, resume: bool = False, init: Path | None = None) -> State:
        """Train to the end, from the start, the latest checkpoint or another model's weights."""
        origin = load_checkpoint(init) if init is not None else self.run.latest()[0] if resume else None
        trainer = self.trainer(origin, resume)
        state = trainer.resume() if resume else trainer.start()
        if origin is not None:
            trainer.about = {**trainer.about, **_inherited(trainer.about, origin, resume)}
            if not resume:
                initialise(state, origin)
        self.terms = {name: str(trainer.about.get(name) or "unknown") for name in TERMS}
        return trainer.train(state)

    def _about(self, pieces: Sequence[int]) -> dict[str, Any]:
        """The data on the card, and on what terms the ``pieces`` that are trained on may be used."""
        data = {"corpus": self.recipe.data.corpus, "fingerprint": self.corpus.fingerprint, "pieces": len(self.corpus)}
        return {"data": data, **rights(self.corpus, pieces)}

    def _epoch_steps(self, pieces: list[int]) -> int:
        """Steps in an epoch, from the rows of a few pieces and the notes of all."""
        chosen = pieces[:: max(len(pieces) // 16, 1)]
        rows = sum(len(self.recipe.codec.encode(self.corpus.score(i))) for i in chosen)
        per_note = rows / max(sum(self.corpus.entries[i].notes for i in chosen), 1)
        windows = sum(ceil(self.corpus.entries[i].notes * per_note / self.recipe.windows.sequence) for i in pieces)
        return max(ceil(windows / self.recipe.windows.batch_size), 1)

    def _report(self, figures: Figures) -> None:
        self.report(figures)
        if self._writer is not None:
            for name, value in figures.loss.items():
                self._writer.add_scalar(f"loss/{name}", value, figures.step)
            self._writer.add_scalar("rows_per_s", figures.rows_per_s, figures.step)

    def _validate(self, state: State, stopped: Stopped) -> float | None:
        """What the model is judged by; None without validation pieces, and after a stop on the way."""
        found = validated(state.model, self.recipe, self.corpus, stopped)
        if found is None:
            return None
        if found.accuracy:
            nats = {"nats": found.nats} if found.nats else {}
            epoch = state.epoch + (state.batch > 1)  # the first step after an epoch's end is when it is validated
            self.run.log({"step": state.step, "epoch": epoch, "accuracy": found.accuracy, **nats})
        if self._writer is not None:
            name = state.model.validation.removeprefix("validation_")
            self._writer.add_scalar(f"validation/{name}", found.value, state.step)
            for column, share in found.accuracy.items():
                self._writer.add_scalar(f"accuracy/{column}", share, state.step)
        return found.value

    def _sample(self, state: State) -> None:
        """A piece of the model as it is, into the run's folder."""
        model = state.model
        if not self.samples or next(model.parameters()).is_cuda:
            return
        made = sample(model, self.recipe, self.controls, state.step)
        if made is None:
            return
        self.run.samples.mkdir(parents=True, exist_ok=True)
        origin = {"partimento": version(), "model": f"{self.run.folder.name} at step {state.step}", **self.terms}
        piece = Piece(replace(made, title=f"step {state.step}"), origin)
        for suffix in (".mid", ".png"):
            piece.save(self.run.samples / f"step-{state.step:08d}{suffix}")

    @cached_property
    def _writer(self) -> "SummaryWriter | None":
        """The curves' file, made when there is something to draw."""
        if self.tensorboard is None:
            return None
        from torch.utils.tensorboard import SummaryWriter

        return SummaryWriter(str(self.tensorboard))


def controls_of(
    corpus: Corpus,
    pieces: Sequence[int],
    names: tuple[str, ...] | None = None,
    untold: bool = False,
    told: tuple[str, ...] = NAMES,
) -> Controls:
    """The controls ``told``: composers called ``names``, or of at least three training pieces; what each opens with.

    Of a model that is ``untold``, neither.
    """
    if untold:
        return Controls(names or (), untold=True, names=told)
    found = composers([corpus.pieces[i].composer for i in pieces], FEW)
    named = replace(found if names is None else Controls(names), names=told)
    return replace(named, openings=tuple(opening(corpus.score(i), named, corpus.pieces[i].composer) for i in pieces))


def _inherited(about: Mapping[str, Any], origin: Checkpoint, resume: bool) -> dict[str, Any]:
    """What the card of a model that goes on from ``origin`` says in place of ``about``: whose it is too."""
    if resume:
        return {name: origin.card[name] for name in ("init", *TERMS, *LISTS) if name in origin.card}
    both = {name: [str(card.get(name) or "unknown") for card in (about, origin.card)] for name in TERMS}
    joined = {name: "; on weights: ".join(dict.fromkeys(values)) for name, values in both.items()}
    lists = {name: [row for card in (about, origin.card) for row in card.get(name, ())] for name in LISTS}
    merged = {name: [row for i, row in enumerate(rows) if row not in rows[:i]] for name, rows in lists.items() if rows}
    return {"init": origin.weights_hash, **joined, **merged}
