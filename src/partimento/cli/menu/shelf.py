"""What is here to choose from: models, runs and corpora, each as a line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import PartimentoError

TITLES = 5  # shown of a choice of pieces


@dataclass(frozen=True)
class Standing:
    """Where a run stands: a row of the list."""

    name: str
    family: str = "damaged"
    step: int = 0
    steps: int = 0  # 0: not known yet
    trained_s: float = 0.0
    best: float | None = None
    unit: str = ""  # of the best

    @property
    def finished(self) -> bool:
        """Whether it came to its end."""
        return self.step >= self.steps > 0

    @property
    def line(self) -> str:
        """The run for a list."""
        best = "not validated yet" if self.best is None else f"best {self.best:.3f} {self.unit}"
        return f"{self.name}: {self.family}, {self.place}, {best}"

    @property
    def place(self) -> str:
        """The step, of how many where that is known."""
        return f"step {self.step:,}" + (f" of {self.steps:,}" if self.steps else "")


def standing(home: Path, name: str) -> Standing:
    """Where the run called ``name`` stands, as its latest checkpoint says."""
    from ...train.run import Run

    card = next((card for folder in Run(home / name).saved() if (card := card_in(folder))), {})
    place = card.get("place") or {}
    known = {key: place[key] for key in ("step", "steps", "trained_s", "best") if key in place}
    family = str(card.get("family", "damaged"))
    return Standing(name, family, **known, unit=_unit(family))


def _unit(family: str) -> str:
    """What a run of ``family`` is validated in; nothing where no such family is here."""
    from ...models import MODELS, family_of
    from ...units import VALIDATIONS

    return VALIDATIONS[family_of(family).validation] if family in MODELS else ""


def card_in(folder: Path) -> dict[str, Any]:
    """The card of a checkpoint; empty where it is damaged."""
    from ...checkpoint import CARD

    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}


def model_line(name: str, home: Path) -> str:
    """A model for a list: its family and licence."""
    from ... import zoo

    card = card_in(zoo.find(name, home))
    where = "bundled" if name in zoo.BUNDLED else "yours"
    return f"{name}: {card.get('family', 'damaged')}, {card.get('licence', 'licence unknown')} ({where})"


def corpora() -> Mapping[str, str]:
    """The corpora by name, each with its line: those that are prepared, then the sources that are not."""
    from ...data import SOURCES
    from ...data.corpus import prepared

    here = {name: _corpus_line(name) for name in prepared()}
    return here | {name: f"{name}: not prepared here" for name in SOURCES if name not in here}


def _corpus_line(name: str) -> str:
    from ...data.corpus import corpus

    try:
        found = corpus(name)
    except PartimentoError:
        return f"{name}: damaged"
    return f"{name}: {totals(found)}, {found.manifest.licence}"


def totals(corpus: Any) -> str:
    """Pieces and notes of a corpus or a view of it."""
    notes = sum(entry.notes for entry in corpus.entries)
    return f"{len(corpus):,} piece{'s' if len(corpus) != 1 else ''}, {notes:,} notes"


def preview(view: Any) -> list[str]:
    """What a filter chose: how much, how it is split, and the first titles."""
    from ...data.source import SPLITS

    splits = ", ".join(f"{len(view.split(name)):,} {name}" for name in SPLITS)
    names = [": ".join(filter(None, (piece.composer, piece.title))) for piece in view.pieces]
    more = [f"  and {len(names) - TITLES:,} more"] * (len(names) > TITLES)
    return [f"{totals(view)} ({splits})", *(f"  {name}" for name in names[:TITLES]), *more]
