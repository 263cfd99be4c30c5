"""What the verbs that write chorales share: how a file is read, who writes, by which rules, and what comes of it."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from .formats import SCORE_FORMATS, USUAL_SCORE
from .options import whole

if TYPE_CHECKING:
    from ..compose.melody import Said

FERMATA = "bars in the middle of which a phrase ends, with commas, e.g. 4,8,12"
ITERATIONS = "how often cells are drawn anew"
SCHEDULE = "which cells are drawn together: once, parallel, sequential or blocks; by default the model's own way"


@Parameter(name="*")
@dataclass(frozen=True)
class Reading:
    """What the file leaves open, or says otherwise."""

    key: Annotated[str, Parameter(help="e.g. g-minor; else the file's, or that of its notes")] = ""
    metre: Annotated[str, Parameter(help="e.g. 3/4; else the file's, or 4/4")] = ""
    fermata: Annotated[str, Parameter(help=f"{FERMATA}; else the file's")] = ""
    transpose: Annotated[int, whole("semitones, before all else, so that the voice comes into its range")] = 0

    def said(self) -> "Said":
        """The same for ``compose.melody``. Raises UsageError."""
        from ..compose.melody import Said

        return Said(self.key, self.metre, self.fermata, self.transpose)


@Parameter(name="*")
@dataclass(frozen=True)
class Rules:
    """How four voices are written."""

    iterations: Annotated[int | None, whole(ITERATIONS)] = None
    schedule: Annotated[str, Parameter(help=SCHEDULE)] = ""
    masks: Annotated[bool, Parameter(help="faults of voice leading cost while drawing", negative="--no-masks")] = True
    strict: Annotated[
        bool, Parameter(help="no parallel fifths or octaves, nothing out of range", negative="--no-strict")
    ] = True
    cadences: Annotated[
        bool, Parameter(help="end phrases on triads, and the piece on its tonic", negative="--no-cadences")
    ] = True
    repair: Annotated[bool, Parameter(help="write notes with faults again", negative="--no-repair")] = True

    def options(self) -> dict[str, Any]:
        """The same for the model: what is not as it comes."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name)) != f.default}


@Parameter(name="*")
@dataclass(frozen=True)
class Job:
    """Who writes how many, and into which files."""

    model: Annotated[str, Parameter(help="a bundled model, the name of a run, or a checkpoint folder")] = ""
    count: Annotated[int, whole("how many versions")] = 1
    seed: Annotated[int | None, whole("the same seed gives the same music; drawn by chance by default")] = None
    temperature: Annotated[float | None, Parameter(help="below 1 tamer, above 1 wilder; 0: the likeliest")] = None
    top_p: Annotated[float | None, Parameter(help="draw from the likeliest up to this mass")] = None
    out: Annotated[Path, Parameter(help="folder for the files")] = field(default=Path("compositions"))
    name: Annotated[str, Parameter(help="file name without suffix; else from the file and the seed")] = ""
    format: Annotated[
        str | None,
        Parameter(help=f"of {', '.join(SCORE_FORMATS)}, with commas; {','.join(USUAL_SCORE)} by default"),
    ] = None
    play: Annotated[bool, Parameter(help="open the result with the platform's player", negative="")] = False
    commercial: Annotated[bool, Parameter(help="refuse weights whose data forbid it", negative="")] = False
    runs: Annotated[str, Parameter(help="where your own runs are")] = ""

    def sampling(self) -> dict[str, float]:
        """What is said of drawing, for the model."""
        return {name: value for name in ("temperature", "top_p") if (value := getattr(self, name)) is not None}
