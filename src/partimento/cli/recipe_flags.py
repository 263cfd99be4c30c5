"""Flags made of the fields of a recipe's parts, so that none is written twice."""

import inspect
from collections.abc import Sequence
from dataclasses import field, fields, make_dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..errors import UsageError
from .options import whole

if TYPE_CHECKING:
    from ..recipe import Recipe

PARTS = ("data", "codec", "model", "windows", "training")
SETTABLE = (*PARTS, "sampling")  # how models of the recipe compose has flags of its own in ``compose``
BUDGET = ("steps", "epochs", "minutes", "core_minutes")  # of several runs all have that of the first, unless it is said


def put_flags(command: Any, recipes: Sequence["Recipe"]) -> None:
    """Replace the catch-all of ``command`` by one parameter per part of the recipes that all of them share."""
    flags = {name: _flags(getattr(recipes[0], name), len(recipes) == 1) for name in PARTS if _shared(name, recipes)}
    signature = inspect.signature(command)
    kept = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    parts = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=kind(), annotation=kind)
        for name, kind in flags.items()
    ]
    command.__signature__ = signature.replace(parameters=[*kept, *parts])
    command.__annotations__ |= {p.name: p.annotation for p in parts}


def overridden(recipe: "Recipe", given: dict[str, Any], seed: int | None, sets: Sequence[str]) -> "Recipe":
    """``recipe`` with what the flags and ``--set`` say in its place. Raises UsageError."""
    from ..recipe import from_dict

    plain = recipe.to_dict()
    for part, flags in given.items():
        said = {f.name: getattr(flags, f.name) for f in fields(flags)}
        plain[part] |= {name: value for name, value in said.items() if value is not None}
    plain["seed"] = recipe.seed if seed is None else seed
    for text in sets:
        place, equals, value = text.partition("=")
        part, _, key = place.partition(".")
        if not equals or part not in SETTABLE or not key:
            raise UsageError(f"--set {text}: PART.FIELD=VALUE is needed, PART one of {', '.join(SETTABLE)}")
        plain.setdefault(part, {})[key] = value
    return from_dict(plain)


def check_owners(flags: Sequence[str], recipes: Sequence["Recipe"]) -> None:
    """Refuse a flag of a codec that is not taken, or of one family where there are several. Raises UsageError."""
    from ..codecs import CODECS

    shared = {flag for name in PARTS if _shared(name, recipes) for flag in _named(getattr(recipes[0], name))}
    own = {flag for each in recipes for part in (each.model, each.codec) for flag in _named(part)}
    options = {name: _named(codec) for name, codec in CODECS.items()}
    for flag in (token.partition("=")[0] for token in flags if token.partition("=")[0] not in shared):
        if flag in own:
            raise UsageError(f"{flag}: a family's or a codec's own flags only with one family; train them one by one")
        if parts := _parts(flag, recipes[0]):
            raise UsageError(f"{flag}: family {recipes[0].family} has one for each part: {', '.join(parts)}")
        having = " or ".join(name for name, named in options.items() if flag in named)
        if having:
            raise UsageError(
                f"{flag} is of codec {having}; {recipes[0].codec.name} has none: leave it out, or change --codec"
            )


def _parts(flag: str, recipe: "Recipe") -> list[str]:
    """The flags of a family that say for its parts what ``flag`` says elsewhere: --step-loss for --loss."""
    return [each for each in _named(recipe.model) if each.endswith(flag[1:])] if flag.startswith("--") else []


def _named(part: Any) -> dict[str, Any]:
    """The fields of a part that are flags, each by its flag."""
    return {f.metadata.get("flag") or f"--{f.name.replace('_', '-')}": f for f in fields(part) if f.init}


def _shared(name: str, recipes: Sequence["Recipe"]) -> bool:
    """Whether a flag of this part means the same for every recipe; a family's own is for one run alone."""
    kinds = {type(getattr(recipe, name)) for recipe in recipes}
    return len(recipes) == 1 or (len(kinds) == 1 and name != "model")


def _flags(part: Any, alone: bool) -> type[Any]:
    """A dataclass like that of ``part`` whose defaults are the values of ``part``, or None where others have theirs."""
    made = []
    for f in (each for each in fields(part) if each.init):
        value = getattr(part, f.name)
        default = value if alone or f.name in BUDGET else None
        made.append((f.name, _flag(f, type(value), default), field(default=default)))
    kind = Parameter(name="*")(make_dataclass(type(part).__name__, made, frozen=True))
    kind.__module__ = __name__  # else it counts as built in, and its fields would be no flags
    return kind


def _flag(f: Any, kind: type[Any], default: Any) -> Any:
    """The type of a field with its help: what it means and what is allowed."""
    low, high = f.metadata.get("range", (None, None))
    text, choices = str(f.metadata.get("help", "")), f.metadata.get("fitting", f.metadata.get("choices", ()))
    allowed = ", ".join(choices) if low is None else f"{low} to {high}"
    named = whole if kind is int else Parameter
    shown = named(name=f.metadata.get("flag"), help=f"{text} ({allowed})" if allowed else text)
    return Annotated[kind if default is not None else kind | None, shown]
