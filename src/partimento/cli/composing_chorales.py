"""``partimento compose`` with a model that writes chorales, which are asked for in bars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..errors import UsageError
from .chorale_options import FERMATA, Job, Rules
from .chorale_writing import checked, write
from .console import Output
from .options import whole

if TYPE_CHECKING:
    from ..compose.chorales.model import ChoraleModel

BARS, METRE = 16, "4/4"
COUNT = f"say how many bars, such as {BARS}"
SHARED = ("count", "seed", "temperature", "top_k", "top_p", "min_p")  # what both kinds of model take
NEGATIVE = {
    "keep_primer": "--drop-primer",
    **{name: f"--no-{name}" for name in ("masks", "strict", "cadences", "repair")},
}


@Parameter(name="*")
@dataclass(frozen=True)
class Form:
    """Of chorales alone."""

    bars: Annotated[int | None, whole(f"length in bars; {BARS} by default", advice=COUNT)] = None
    key: Annotated[str, Parameter(help="e.g. g-minor; the model's choice by default")] = ""
    metre: Annotated[str, Parameter(help=f"e.g. 3/4; {METRE} by default")] = ""
    fermata: Annotated[str, Parameter(help=f"{FERMATA}; the last bar has one in any case")] = ""


def compose_chorale(
    model: "ChoraleModel", form: Form, rules: Rules, beside: Sequence[Any], stream: bool, job: Job, output: Output
) -> None:
    """Compose chorales; ``beside`` are the options that were given for both kinds of model. Raises UsageError."""
    from ..compose.tasks import compose

    foreign = [*(["--stream"] if stream else []), *(flag for part in beside for flag in _said(part, SHARED))]
    if foreign:
        advice = "which are asked for in bars: say --bars, --key, --metre, --fermata"
        raise UsageError(f"{foreign[0]} is not for model {model.name}: it writes chorales, {advice}")
    targets = checked(job)
    task = compose(BARS if form.bars is None else form.bars, form.key, form.metre or METRE, form.fermata)
    write(model, task, model.name, targets, {**_drawing(beside), **rules.options()}, job, output)


def refuse_form(name: str, form: Form, rules: Rules) -> None:
    """Raise UsageError where something was asked of model ``name`` that only chorales have."""
    flags = [flag for part in (form, rules) for flag in _said(part)]
    if flags:
        advice = "it writes performances, without bars; take a chorale model, such as chorales"
        raise UsageError(f"{flags[0]} is not for model {name}: {advice}")


def _drawing(beside: Sequence[Any]) -> dict[str, Any]:
    """What was said of drawing."""
    said = {f.name: getattr(part, f.name) for part in beside for f in fields(part)}
    return {name: said[name] for name in SHARED[2:] if said[name] is not None}


def _said(part: Any, but: Sequence[str] = ()) -> Iterator[str]:
    """The flags of a group of options that are not as they come."""
    for f in fields(part):
        if f.name not in but and getattr(part, f.name) != f.default:
            yield NEGATIVE.get(f.name, f"--{f.name.replace('_', '-')}")
