"""``partimento train``: the flags are the fields of the recipe's parts, so none is written twice."""

import os
from collections.abc import Sequence
from dataclasses import field, fields, make_dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ..errors import UsageError
from .console import Output
from .options import checked_folder, checked_name, whole

if TYPE_CHECKING:
    from ..recipe import Recipe
    from ..train.trainer import Figures

train = App(name="train", help_flags=[], help="Train a model.")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # spinning threads stall as soon as another program wants a core
SWITCHES = ("--resume", "--samples", "--no-samples", "--json", "--quiet")  # flags without a value
PARTS = ("data", "codec", "model", "windows", "training")


@train.default
def dispatch(*tokens: Annotated[str, Parameter(allow_leading_hyphen=True, show=False)]) -> None:
    """Read the families or recipes first: they decide which flags there are."""
    inner, flags = parser(tokens)
    inner(flags, exit_on_error=False, print_error=False, result_action="return_value")


def parser(tokens: Sequence[str]) -> tuple[App, list[str]]:
    """What reads the flags of the families or recipes in front of ``tokens``, and the flags."""
    leading = _leading(tokens)
    _check_order(tokens[len(leading) :])
    going_on = _resumed(tokens)
    _check_codec(going_on, _after(tokens, "--codec"))
    names = [going_on.family] if going_on and not leading else leading
    recipes = [_base(name, _after(tokens, "--codec")) for name in names or ["transformer"]]
    if going_on and names == [going_on.family]:
        recipes = [going_on]
    name = f"partimento train {' '.join(names) or 'FAMILY-OR-RECIPE'}"
    inner = App(name=name, help_format="markdown", suppress_keyboard_interrupt=False)
    inner.default(_command(names, recipes))
    return inner, list(tokens[len(leading) :])


def _leading(tokens: Sequence[str]) -> list[str]:
    stop = next((i for i, token in enumerate(tokens) if token.startswith("-")), len(tokens))
    return list(tokens[:stop])


def _check_order(flags: Sequence[str]) -> None:
    """Refuse a family or a recipe behind the flags: it decides which flags there are. Raises UsageError."""
    from ..models import MODELS

    for before, token in pairwise(flags):
        is_value = before.startswith("-") and before not in SWITCHES
        if not is_value and (token in MODELS or token.endswith(".toml")):
            raise UsageError(f"{token} stands behind the flags: it stands first, partimento train {token} --name mine")


def _check_codec(going_on: "Recipe | None", codec: str) -> None:
    if going_on and codec and codec != going_on.codec.name:
        raise UsageError(f"--resume with --codec {codec}: this run's codec is {going_on.codec.name}; leave --codec out")


def _after(tokens: Sequence[str], flag: str) -> str:
    joined = [token.partition("=")[2] for token in tokens if token.startswith(f"{flag}=")]
    return joined[0] if joined else dict(pairwise(tokens)).get(flag, "")


def _resumed(tokens: Sequence[str]) -> "Recipe | None":
    """The recipe of the run that ``--resume`` goes on with: what is not said again stays as it was."""
    from .. import zoo
    from ..train.run import Run

    if "--resume" not in tokens:
        return None
    return Run(zoo.runs_home(_after(tokens, "--runs")) / _after(tokens, "--name")).recipe()


def _base(name: str, codec: str) -> "Recipe":
    """The recipe that a family's name or a TOML file stands for, with another codec where one is asked for."""
    from ..codecs import codec_of
    from ..recipe import from_dict, read

    recipe = read(Path(name)) if name.endswith(".toml") else from_dict({"model": {"family": name}})
    return replace(recipe, codec=codec_of(codec)) if codec and codec != recipe.codec.name else recipe


def _command(names: Sequence[str], recipes: Sequence["Recipe"]) -> Any:
    """The function whose signature holds every flag; a family's own only where there is one family."""
    recipe = recipes[0]
    parts = {"data": recipe.data, "windows": recipe.windows, "training": recipe.training, "codec": recipe.codec}
    if len(recipes) == 1:
        parts["model"] = recipe.model
    flags = {name: _flags(part) for name, part in parts.items()}

    def command(
        *,
        name: Annotated[str, Parameter(help="the name of the run; several families add their own")] = "",
        codec_name: Annotated[str, Parameter(name="--codec", help="the representation, by name")] = recipe.codec.name,
        seed: Annotated[int, whole("of the weights, the order and the augmentation")] = recipe.seed,
        set_: Annotated[
            tuple[str, ...], Parameter(name="--set", help="PART.FIELD=VALUE, for any field of the recipe")
        ] = (),
        resume: Annotated[bool, Parameter(help="go on with the run of this name", negative="")] = False,
        init: Annotated[str, Parameter(help="begin with the weights of this model")] = "",
        runs: Annotated[str, Parameter(help="where runs are kept; runs/ here by default")] = "",
        tensorboard_dir: Annotated[Path | None, Parameter(help="by default in the run's folder")] = None,
        samples: Annotated[bool, Parameter(help="compose a sample at each validation")] = True,
        output: Output = Output(),
        **given: Any,
    ) -> None:
        """Train a model; Ctrl-C saves and ends within a step, --resume goes on to the same bits."""
        if not names:
            raise UsageError("train needs a family or a recipe file: partimento train transformer --name mine")
        checked_name("--name", name)
        run_names = [name if len(recipes) == 1 else f"{name}-{each.family}" for each in recipes]
        _check_runs(run_names, resume, runs)
        for each, run_name in zip(recipes, run_names, strict=True):
            full = _overridden(each, given, seed, set_)
            _train(full, run_name, resume, init, runs, tensorboard_dir, samples, output)

    _put_flags(command, flags)
    return command


def _put_flags(command: Any, flags: dict[str, Any]) -> None:
    """Replace the catch-all of ``command`` by one parameter per part of the recipe."""
    import inspect

    signature = inspect.signature(command)
    kept = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    parts = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=kind(), annotation=kind)
        for name, kind in flags.items()
    ]
    command.__signature__ = signature.replace(parameters=[*kept, *parts])
    command.__annotations__ |= {p.name: p.annotation for p in parts}


def _flags(part: Any) -> type[Any]:
    """A dataclass like that of ``part`` whose defaults are the values of ``part``."""
    made = [(f.name, _flag(f, type(getattr(part, f.name))), field(default=getattr(part, f.name))) for f in fields(part)]
    kind = Parameter(name="*")(make_dataclass(type(part).__name__, made, frozen=True))
    kind.__module__ = __name__  # else it counts as built in, and its fields would be no flags
    return kind


def _flag(f: Any, kind: type[Any]) -> Any:
    """The type of a field with its help: what it means and what is allowed."""
    low, high = f.metadata.get("range", (None, None))
    text, choices = str(f.metadata.get("help", "")), f.metadata.get("choices", ())
    allowed = ", ".join(choices) if low is None else f"{low} to {high}"
    told = whole if kind is int else Parameter
    return Annotated[kind, told(name=f.metadata.get("flag"), help=f"{text} ({allowed})" if allowed else text)]


def _overridden(recipe: "Recipe", given: dict[str, Any], seed: int, sets: Sequence[str]) -> "Recipe":
    from ..recipe import from_dict

    plain = recipe.to_dict()
    for part, flags in given.items():
        plain[part] |= {f.name: getattr(flags, f.name) for f in fields(flags)}
    plain["seed"] = seed
    for text in sets:
        place, equals, value = text.partition("=")
        part, _, key = place.partition(".")
        if not equals or part not in PARTS or not key:
            raise UsageError(f"--set {text}: PART.FIELD=VALUE is needed, PART one of {', '.join(PARTS)}")
        plain[part][key] = value
    return from_dict(plain)


def _check_runs(names: Sequence[str], resume: bool, runs: str) -> None:
    """Refuse names that are taken, twice given or bundled, before the first run begins. Raises UsageError."""
    from .. import zoo
    from ..train.run import Run

    home = checked_folder("--runs", zoo.runs_home(runs))
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two runs would be called {name}: name each family once, or train them one by one")
        if name in zoo.BUNDLED:
            raise UsageError(f"--name {name}: a bundled model has this name; choose another one")
        if Run(home / name).exists() and not resume:
            raise UsageError(f"run {name!r} exists in {home}: go on with --resume, or take another --name")


def _train(
    recipe: "Recipe", name: str, resume: bool, init: str, runs: str, board: Path | None, samples: bool, output: Output
) -> None:
    from .. import zoo
    from ..train.run import Run
    from ..train.session import Session

    home = zoo.runs_home(runs)
    run = Run(home / name)
    if resume and init:
        raise UsageError("--resume and --init exclude each other: one goes on, the other begins anew")
    with output.progress(f"training {name}") as update:
        board = checked_folder("--tensorboard-dir", board or run.folder / "tensorboard")
        session = Session(recipe, run, lambda figures: update(*_remark(figures)), output.say, board, samples)
        state = session.train(resume, zoo.find(init, home) if init else None)
    told = {
        "run": str(run.folder),
        "step": state.step,
        "steps": state.steps,
        "rows": state.rows_seen,
        "best": state.best,
    }
    told["finished"] = state.step >= state.steps
    output.result(told, [f"{run.folder}: step {state.step} of {state.steps}; compose with: partimento compose {name}"])


def _remark(figures: "Figures") -> tuple[float, str]:
    losses = " ".join(f"{name} {value:.3f}" for name, value in figures.loss.items())
    place = f"step {figures.step}" + (f" of {figures.steps}" if figures.steps else "")
    total, pace = f"{sum(figures.loss.values()):.3f}", f"{figures.rows_per_s:,.0f} rows/s"
    remark = f"{place}  {total} nats/row ({losses})  {pace}  {figures.left_s / 60:.0f} min left"
    return figures.step / figures.steps if figures.steps else 0.0, remark
