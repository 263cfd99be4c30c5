"""``partimento train``: families and recipes stand first, and decide which flags there are."""

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from ..errors import UsageError
from .console import Output
from .options import checked_folder, checked_name, whole
from .recipe_flags import check_owners, overridden, put_flags
from .window_sets import windowed

if TYPE_CHECKING:
    from ..recipe import Recipe
    from ..train.trainer import Figures

train = App(name="train", help_flags=[], help="Train a model.")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # spinning threads stall as soon as another program wants a core
SWITCHES = ("--resume", "--samples", "--no-samples", "--json", "--quiet")  # flags without a value
TOML = ".toml"


@train.default
def dispatch(*tokens: Annotated[str, Parameter(allow_leading_hyphen=True, show=False)]) -> None:
    """Read the families or recipes first: they decide which flags there are."""
    inner, flags = parser(tokens)
    inner(flags, exit_on_error=False, print_error=False, result_action="return_value")


def parser(tokens: Sequence[str]) -> tuple[App, list[str]]:
    """What reads the flags of the families or recipes in front of ``tokens``, and the flags."""
    from ..recipe import Recipe

    stop = next((i for i, token in enumerate(tokens) if token.startswith("-")), len(tokens))
    labels, flags = list(tokens[:stop]), list(tokens[stop:])
    _check_order(flags)
    going_on = None if labels else _going_on(tokens, _after(tokens, "--name"))
    names = [going_on.family] if going_on else labels
    recipes = [going_on] if going_on else [_base(name, tokens, labels) for name in labels]
    recipes = [windowed(recipe, _after(tokens, "--window-set"), flags) for recipe in recipes]
    if not names and not {"--help", "-h"} & set(flags):
        raise UsageError("train needs a family or a recipe: partimento train transformer --name mine")
    if recipes:
        check_owners(flags, recipes)
    title = f"partimento train {' '.join(names) or 'FAMILY-OR-RECIPE ...'}"
    inner = App(
        name=title, help=None if names else _listing(), help_format="markdown", suppress_keyboard_interrupt=False
    )
    inner.default(_command(names, recipes or [Recipe()] * 2))  # without a family: the flags that all have
    return inner, flags


def _listing() -> str:
    """What may be trained, for those who have not chosen yet."""
    from ..models import MODELS
    from ..recipe import RECIPES, told

    recipes = "\n".join(f"- `{name}`: {told(name)}" for name in RECIPES)
    return f"""Train one or more models, one after another.

Families, each with flags of its own (`partimento train {next(iter(MODELS))} --help`): {", ".join(MODELS)}.

Recipes, whose values are the defaults of the same flags:

{recipes}

A TOML file that a run has left, or one of your own, is a recipe too. These flags are for any of them:"""


def _check_order(flags: Sequence[str]) -> None:
    """Refuse a family or a recipe behind the flags: it decides which flags there are. Raises UsageError."""
    from ..models import MODELS
    from ..recipe import RECIPES

    for before, token in pairwise(flags):
        is_value = before.startswith("-") and before not in SWITCHES
        if not is_value and (token in (*MODELS, *RECIPES) or token.endswith(".toml")):
            raise UsageError(f"{token} stands behind the flags: it stands first, partimento train {token} --name mine")


def _after(tokens: Sequence[str], flag: str) -> str:
    joined = [token.partition("=")[2] for token in tokens if token.startswith(f"{flag}=")]
    return joined[0] if joined else dict(pairwise(tokens)).get(flag, "")


def _going_on(tokens: Sequence[str], run: str) -> "Recipe | None":
    """The recipe of the run that ``--resume`` goes on with: what is not said again stays as it was."""
    from .. import zoo
    from ..train.run import Run

    if "--resume" not in tokens:
        return None
    recipe, codec = Run(zoo.runs_home(_after(tokens, "--runs")) / run).recipe(), _after(tokens, "--codec")
    if recipe and codec and codec != recipe.codec.name:
        raise UsageError(f"--resume with --codec {codec}: this run's codec is {recipe.codec.name}; leave --codec out")
    return recipe


def _base(label: str, tokens: Sequence[str], labels: Sequence[str]) -> "Recipe":
    """The recipe that flags override: the run's own with ``--resume``, else what ``label`` stands for."""
    from ..codecs import codec_of
    from ..recipe import called

    recipe, codec = called(label), _after(tokens, "--codec")
    before = _going_on(tokens, _run_name(_after(tokens, "--name"), label, labels))
    if before and before.family == recipe.family and not label.endswith(TOML):
        return before
    return replace(recipe, codec=codec_of(codec)) if codec and codec != recipe.codec.name else recipe


def _run_name(name: str, label: str, labels: Sequence[str]) -> str:
    """Of one run alone the name that was given; several add what they are."""
    return name if len(labels) == 1 else f"{name}-{Path(label).stem if label.endswith(TOML) else label}"


def _command(names: Sequence[str], recipes: Sequence["Recipe"]) -> Any:
    """The function whose signature holds every flag; a family's own only where there is one family."""
    from .. import zoo
    from ..train.run import Run

    recipe = recipes[0]

    def command(
        *,
        name: Annotated[str, Parameter(help="the name of the run; several add those of their families")] = "",
        codec_name: Annotated[str, Parameter(name="--codec", help="the representation, by name")] = recipe.codec.name,
        seed: Annotated[int | None, whole("of the weights, the order and the augmentation")] = recipe.seed
        if len(recipes) == 1
        else None,
        set_: Annotated[
            tuple[str, ...], Parameter(name="--set", help="PART.FIELD=VALUE, for any field of the recipe")
        ] = (),
        window_set: Annotated[str, Parameter(help="corpus, dt and gap by name (data windows)")] = "",
        resume: Annotated[bool, Parameter(help="go on with the run of this name", negative="")] = False,
        init: Annotated[str, Parameter(help="begin with the weights of this model")] = "",
        runs: Annotated[str, Parameter(help="where runs are kept; runs/ here by default")] = "",
        tensorboard_dir: Annotated[Path | None, Parameter(help="by default in the run's folder")] = None,
        samples: Annotated[bool, Parameter(help="compose a sample at each validation")] = True,
        output: Output = Output(),
        **given: Any,
    ) -> None:
        """Train a model; Ctrl-C saves and ends within a step, --resume goes on to the same bits."""
        checked_name("--name", name)
        run_names = [_run_name(name, label, names) for label in names]
        check_runs(run_names, resume, init, runs)
        full = [overridden(each, given, seed, set_) for each in recipes]
        check_fits(full)
        for each, run_name in zip(full, run_names, strict=True):
            board = tensorboard_dir / run_name if tensorboard_dir and len(names) > 1 else tensorboard_dir
            begun = len(names) == 1 or Run(zoo.runs_home(runs) / run_name).exists()
            if not _train(each, run_name, resume and begun, init, runs, board, samples, output):
                break

    put_flags(command, recipes)
    return command


def check_fits(recipes: Sequence["Recipe"]) -> None:
    """Refuse what no family here can be trained on, before the first run begins. Raises UsageError."""
    from ..train.refusals import check_fit

    for recipe in recipes:
        check_fit(recipe)


def check_runs(names: Sequence[str], resume: bool, init: str, runs: str) -> None:
    """Refuse names that are taken, twice given or bundled, before the first run begins. Raises UsageError."""
    from .. import zoo
    from ..train.run import Run

    home = checked_folder("--runs", zoo.runs_home(runs))
    if init and len(names) > 1:
        raise UsageError("--init is for one family: the weights of one fit no other; train them one by one")
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"two runs would be called {name}: name each family once, or train them one by one")
        if name in zoo.BUNDLED:
            raise UsageError(f"--name {name}: a bundled model has this name; choose another one")
        if Run(home / name).exists() and not resume:
            raise UsageError(f"run {name!r} exists in {home}: go on with --resume, or take another --name")
    if resume and len(names) > 1 and not any(Run(home / name).exists() for name in names):
        raise UsageError(f"--resume: {home} has no run {' or '.join(names)}; leave --resume out")


def _train(
    recipe: "Recipe", name: str, resume: bool, init: str, runs: str, board: Path | None, samples: bool, output: Output
) -> bool:
    """Train one run; whether nobody stopped it."""
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
    finished = state.step >= state.steps > 0
    told = {"run": str(run.folder), "step": state.step, "steps": state.steps, "rows": state.rows_seen}
    told |= {"best": state.best, "finished": finished}
    output.result(told, [f"{run.folder}: step {state.step} of {state.steps}; compose with: partimento compose {name}"])
    return not state.stopped


def _remark(figures: "Figures") -> tuple[float, str]:
    losses = " ".join(f"{name} {value:.3f}" for name, value in figures.loss.items())
    place = f"step {figures.step}" + (f" of {figures.steps}" if figures.steps else "")
    total = f"{sum(figures.loss.values()):.3f} {figures.unit} ({losses})" if figures.unit else f"loss: {losses}"
    remark = f"{place}  {total}  {figures.rows_per_s:,.0f} rows/s  {figures.left_s / 60:.0f} min left"
    return figures.step / figures.steps if figures.steps else 0.0, remark
