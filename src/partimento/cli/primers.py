"""What ``partimento compose`` may go on from: a file, a part of one, a piece of the model's own corpus, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..errors import UsageError

if TYPE_CHECKING:
    from ..score import Score

FROM = "where the part that is used begins: seconds, a share such as 33%, or random"
SPLIT = "go on from a piece of train, validation or test of the model's own corpus, drawn by the seed"


@Parameter(name="*")
@dataclass(frozen=True)
class Primed:
    """What to go on from."""

    primer: Annotated[Path | None, Parameter(help="a MIDI file to go on from")] = None
    primer_seconds: Annotated[
        float | None, Parameter(help="how much of the primer is used; all of a file, 20 of a piece of the corpus")
    ] = None
    primer_from: Annotated[str, Parameter(help=FROM)] = ""
    primer_split: Annotated[str, Parameter(help=SPLIT)] = ""
    primer_piece: Annotated[str, Parameter(help="with --primer-split: one with this in its title or composer")] = ""
    keep_primer: Annotated[bool, Parameter(negative="--drop-primer", help="the primer stands in the result")] = True

    def read(self) -> tuple["Score | None", list[str]]:
        """The file, and what is to be said of it: all that was repaired or dropped. Raises UsageError, InputError."""
        from ..compose.primers import Place

        self._check_seconds()
        Place(**self._place()).check(self.primer is not None)
        if self.primer is None:
            return None, []
        from .. import midi

        score, report = midi.read_isolated(self.primer, midi.PRIMER_LIMITS)
        if not len(score):
            raise UsageError(f"--primer {self.primer}: has no notes; take a file with notes, or leave --primer out")
        return score, report.lines() if report.changes else []

    def kept_s(self, score: "Score | None") -> float:
        """The most seconds of the primer that can stand in the result."""
        from ..compose.primers import CORPUS_S

        if not self.keep_primer or (score is None and not self.primer_split):
            return 0.0
        if score is None:
            return CORPUS_S if self.primer_seconds is None else self.primer_seconds
        return min(score.duration_s, self.primer_seconds or score.duration_s)

    def options(self) -> dict[str, Any]:
        """The same for ``Model.request``, beside the file."""
        return {"primer_s": self.primer_seconds, "keep_primer": self.keep_primer, **self._place()}

    def _place(self) -> dict[str, str]:
        from ..compose.primers import Place

        return {f.name: getattr(self, f.name) for f in fields(Place)}

    def _check_seconds(self) -> None:
        if self.primer_seconds is not None and self.primer is None and not self.primer_split:
            raise UsageError("--primer-seconds needs --primer FILE or --primer-split SPLIT")


def told(origin: Mapping[str, Any] | None) -> list[str]:
    """A line on the piece of a corpus that was taken; none for a file, which the user knows."""
    if not origin or "corpus" not in origin:
        return []
    piece = ": ".join(filter(None, (origin["composer"], origin["title"])))
    where = f"{origin['split']} of {origin['corpus']}, from {origin['from_s']:g} s"
    return [f"primer: {piece} ({where}; {origin['licence'] or 'licence unknown'})"]
