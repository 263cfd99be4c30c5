"""What a musician asks a piano model for, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import UsageError
from ..nn.filters import Sampling
from ..prompt import Length, Prompt, continuation, from_nothing
from ..score import Score
from .copies import check_length
from .steering import Task

MOST_PIECES = 10_000
ASKED = ("primer_s", "keep_primer", "controls", "max_copy", "form")  # options of Model's verbs that are a Request's own


@dataclass(frozen=True)
class Request:
    """What a musician asks for. Times are seconds of music."""

    primer: Score | None = None
    primer_s: float | None = None
    keep_primer: bool = True
    length: Length = Length()
    controls: Mapping[str, str | float] | None = None
    sampling: Sampling = Sampling()
    seed: int = 0
    count: int = 1
    primer_origin: Mapping[str, Any] | None = None  # where in a file or a corpus the primer was taken from
    first: int = 0  # the number of the first piece, from which its stream of chance follows
    max_copy: int | None = None  # notes of the longest exact match with the training pieces that is let come about
    form: str = ""  # letters, a section for each, such as AABA
    task: Task | None = None  # what is asked of a primer that is given whole, instead of going on from it

    def __post_init__(self) -> None:
        if not 0 < self.count <= MOST_PIECES:
            raise UsageError(f"--count {self.count} is out of range: 1 to {MOST_PIECES}")
        check_length(self.max_copy)
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"--seed {self.seed} is out of range: 0 to 2**63 - 1")
        if self.primer_s is not None and not 0 < self.primer_s <= 3600:
            raise UsageError(f"--primer-seconds {self.primer_s:g} is out of range: more than 0, at most 3600")

    @cached_property
    def prompt(self) -> Prompt:
        """What is known and what is free."""
        if self.primer is not None and self.task is not None:
            return self.task.prompt(self.primer, self.seed, self.controls)
        if self.primer is None:
            return from_nothing(self.length, self.controls)
        return continuation(self.primer, self.length, self.primer_s, self.controls)
