"""A chorale as files: notation beside what every piece can be saved as, its faults listed and marked."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ... import notation
from ...audit.bach import BACH, BACH_HARMONY
from ...audit.harmony import harmony
from ...audit.voices import Fault, rates
from ...score import NOTE, Score, table
from ...voices import NAMES
from ..piece import SUFFIXES, Piece, texts
from .write import Chorale

Saving = Callable[[Any, Path], None]

DECIMALS = 3


@dataclass(frozen=True)
class ChoralePiece(Piece):
    """A chorale with its faults; its pictures are engraved, each fault in them marked."""

    chorale: Chorale = field(default_factory=lambda: Chorale(Score(table(NOTE), tracks=NAMES), 0))

    def __repr__(self) -> str:
        notes, count = len(self.score), len(self.chorale.faults)
        return f"<{type(self).__name__} {self.score.title!r}: {notes} notes, {count} faults of voice leading>"

    @property
    def suffixes(self) -> Mapping[str, Saving]:
        """What it can be saved as: notation, too."""
        return NOTATED

    @property
    def marks(self) -> tuple[notation.Mark, ...]:
        """The faults as marks in a picture."""
        return tuple(_mark(fault) for fault in self.chorale.faults)

    @property
    def voice_leading(self) -> dict[str, Any]:
        """The audit beside Bach's own figures."""
        return {**self.findings, **beside()}

    @property
    def findings(self) -> dict[str, Any]:
        """The audit: each fault with bar, beat and voices, rates, what the chords are, and what was repaired."""
        made = self.chorale
        return {
            "faults": [fault.to_json() for fault in made.faults],
            "per_1000_moving_voice_pairs": _rounded(rates(self.score)),
            "harmony": _rounded(harmony(self.score).shares),
            "repair": {
                "rounds": made.rounds,
                "cells_rewritten": made.rewritten,
                "faults_before": [fault.to_json() for fault in made.before],
            },
        }

    @property
    def sidecar(self) -> dict[str, Any]:
        """All that is known of the chorale."""
        return {**super().sidecar, "voice_leading": self.voice_leading}

    def lines(self) -> Iterator[str]:
        """The faults for people, one a line."""
        return (str(fault) for fault in self.chorale.faults)


def beside() -> dict[str, Any]:
    """Bach's own rates of faults and shares of chords, which are the same beside every chorale."""
    return {"bach_per_1000_moving_voice_pairs": _rounded(BACH.rates), "bach_harmony": _rounded(BACH_HARMONY.shares)}


def _mark(fault: Fault) -> notation.Mark:
    voices = tuple(NAMES[voice] for voice in fault.voices)
    return notation.Mark(fault.place.bar, fault.place.beat, voices, fault.kind)


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {kind: round(figure, DECIMALS) for kind, figure in figures.items()}


def _save_musicxml(piece: Piece, path: Path) -> None:
    notation.write_musicxml(piece.score, path, texts(piece.provenance))


def _save_engraving(piece: ChoralePiece, path: Path) -> None:
    notation.write_engraving(piece.score, path, piece.marks, next(iter(texts(piece.provenance)), ""))


NOTATED: dict[str, Saving] = {
    **SUFFIXES,
    ".musicxml": _save_musicxml,
    **dict.fromkeys((".svg", ".png"), _save_engraving),
}
