"""Menu 1: a new model, or a run further."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ...errors import PartimentoError, UsageError
from ..options import checked_name
from ..train import check_runs  # which also says how torch's threads are to wait, before torch is imported
from .ask import answer, choice, number, path_of, pick, say
from .perform import perform
from .shelf import Standing, corpora, preview, standing
from .stops import unbroken

if TYPE_CHECKING:
    from ...data.corpus import Corpus

OWN = "a recipe of your own: a TOML file"
FILTER = "filter, such as composer=Debussy or title=Sonata,year=2004-2008; nothing for all pieces"
MOST_MINUTES = 100_000.0
MINUTES, MORE = number(0.0, MOST_MINUTES, "minutes"), number(0.001, MOST_MINUTES, "minutes")
DEFAULT_MINUTES = "10"


def train(runs: str) -> None:
    """Ask what to train and train it; ``runs`` is the folder of the runs as the command line has it."""
    with unbroken():
        from ...train import session  # noqa: F401 (what is imported here cannot be broken off later)
    from ... import zoo

    home = zoo.runs_home(runs)
    kept = [standing(home, name) for name in zoo.begun(home)]
    chosen = choice("Train what?", ["a new model", *(run.line for run in kept)])
    flags = _new(runs) if chosen == 0 else _further(kept[chosen - 1])
    perform(["train", *flags, *([f"--runs={runs}"] if runs else [])])
    name = next(flag.removeprefix("--name=") for flag in flags if flag.startswith("--name="))
    say(*_how_to_go_on(standing(home, name), runs))


def _new(runs: str) -> list[str]:
    """The flags of a new model, each asked for."""
    label = _label()
    name = answer("name of the model", partial(_free_name, runs))
    corpus = _corpus()
    chosen = _filter(corpus)
    minutes = answer("minutes of training; 0 for as long as the recipe says", MINUTES, DEFAULT_MINUTES)
    flags = [*label, f"--name={name}", f"--data={corpus.folder.name}"]
    return flags + [f"--filter={chosen}"] * bool(chosen) + [f"--minutes={minutes:g}"] * bool(minutes)


def _further(run: Standing) -> list[str]:
    """The flags that go on with a run: to its end, or for some minutes more."""
    flags = [f"--name={run.name}", "--resume"]
    if run.finished:
        more = answer(f"it is finished ({run.place}); minutes more", MORE, DEFAULT_MINUTES)
    else:
        question = f"minutes more; nothing for as long as was asked ({run.place})"
        more = answer(question, lambda text: MORE(text) if text else 0.0)
    return flags + [f"--minutes={run.trained_s / 60 + more:.6g}", "--steps=0"] * bool(more)


def _label() -> list[str]:
    """A family, a recipe, or a TOML file."""
    from ...models import MODELS
    from ...recipe import RECIPES, told

    families = [name for name in MODELS if name not in RECIPES]  # a recipe of that name goes before it
    lines = [f"{name}: a family, as it comes" for name in families]
    lines += [f"{name}: {told(name)}" for name in RECIPES]
    chosen = choice("Which family or recipe?", [*lines, OWN], "1")
    if chosen == len(lines):
        return [answer("path of the TOML file", _recipe_file)]
    return [[*families, *RECIPES][chosen]]


def _recipe_file(text: str) -> str:
    from ...recipe import read

    path = path_of(text)
    if path.suffix != ".toml":
        raise UsageError(f"{text or 'nothing was entered'}: the name of a recipe's file ends in .toml")
    read(path)
    return str(path)


def _free_name(runs: str, name: str) -> str:
    check_runs([checked_name("name", name)], resume=False, init="", runs=runs)
    return name


def _corpus() -> "Corpus":
    """A prepared corpus; one that is not is told with the way to get it."""
    from ...data.corpus import corpus
    from ...recipe import DataConfig

    here = corpora()
    names, usual = list(here), DataConfig().corpus
    return pick(
        "On which corpus?", list(here.values()), lambda index: corpus(names[index]), str(names.index(usual) + 1)
    )


def _filter(corpus: "Corpus") -> str:
    """A filter whose choice was shown and agreed to."""
    while True:
        text, view = answer(FILTER, partial(_filtered, corpus))
        say(*preview(view))
        if not text or choice("Train on these?", ["yes", "no, another filter"], "1") == 0:
            return text


def _filtered(corpus: "Corpus", text: str) -> tuple[str, "Corpus"]:
    """A filter and the pieces that it chooses; a text alone is looked for in composers, then in titles."""
    if not text:
        return _trainable("", corpus)
    from ...data.filters import filtered

    if "=" not in text:
        text = next((f"{key}={text}" for key in ("composer", "title") if _chooses(corpus, f"{key}={text}")), text)
    return _trainable(text, filtered(corpus, text))


def _chooses(corpus: "Corpus", text: str) -> bool:
    from ...data.filters import filtered

    try:
        return bool(len(filtered(corpus, text)))
    except PartimentoError:
        return False


def _trainable(text: str, view: "Corpus") -> tuple[str, "Corpus"]:
    if not view.split("train"):
        raise UsageError(f"filter {text!r}: none of the {len(view)} pieces is one to train on; choose more")
    return text, view


def _how_to_go_on(run: Standing, runs: str) -> Sequence[str]:
    """What can be done next with a run; nothing of one that was not begun."""
    if not run.step:
        return []
    if run.finished:
        return [f"{run.name} is finished: 2 in the menu composes with it, 1 trains it further"]
    flags = f" --runs {runs}" if runs else ""
    return [
        f"{run.name} stands at {run.place}, saved: 1 in the menu goes on with it, "
        f"as does partimento train --name {run.name} --resume{flags}"
    ]
