"""``partimento data windows``, and what ``train --window-set`` makes of a set."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..errors import UsageError
from .console import Output
from .options import checked_name, whole

if TYPE_CHECKING:
    from ..data.window_sets import WindowSet
    from ..recipe import Recipe

SAID = {"--dt": "dt", "--gap": "gap", "--data": "corpus"}  # by a set


def windows(
    name: str = "",
    /,
    *,
    data: Annotated[str, Parameter(help="a prepared corpus of chorales")] = "chorales",
    dt: Annotated[int, whole("16ths that are read before a cell, and behind it")] = 16,
    gap: Annotated[int, whole("16ths from one centre that training draws to the next")] = 1,
    output: Output = Output(),
) -> None:
    """Name a choice of dt and gap, to train several models on; without a name, list what there is.

    Parameters
    ----------
    name
        What the set is called: train deepbach --window-set NAME.
    """
    from ..data.window_sets import known, load, made, save

    if not name:
        found = {each: load(each) for each in known()}
        lines = [_line(*each) for each in found.items()] or ["no window set yet: name one"]
        return output.result({each: asdict(windows) for each, windows in found.items()}, lines)
    kept = made(data, dt, gap)
    path = save(checked_name("NAME", name), kept)
    return output.result({"name": name, "file": str(path), **asdict(kept)}, [_line(name, kept)])


def windowed(recipe: "Recipe", name: str, flags: Sequence[str]) -> "Recipe":
    """``recipe`` with the corpus, dt and gap of a set; without a name as it is. Raises UsageError, UnknownName."""
    from ..data.window_sets import current

    if not name:
        return recipe
    doubled = next((flag for flag in (token.partition("=")[0] for token in flags) if flag in SAID), "")
    if doubled:
        raise UsageError(f"{doubled}: --window-set {name} says that already; leave one of the two out")
    if not hasattr(recipe.model, "dt"):
        raise UsageError(f"--window-set {name}: family {recipe.family} has no dt and gap; it is for deepbach")
    found = current(name)
    model: Any = replace(recipe.model, dt=found.dt, gap=found.gap)
    return replace(recipe, data=replace(recipe.data, corpus=found.corpus), model=model)


def _line(name: str, windows: "WindowSet") -> str:
    counted = ", ".join(f"{split} {count:,}" for split, count in windows.centres.items())
    return f"{name}: corpus {windows.corpus}, dt {windows.dt}, gap {windows.gap}; centres of a pass: {counted}"
