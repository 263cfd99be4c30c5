"""Menu 2: a piece by a model that is here."""

import secrets
from collections.abc import Sequence
from glob import escape
from pathlib import Path

from ...errors import PartimentoError
from ..formats import PLAYABLE, has_player, play
from .ask import answer, choice, number, pick, say, whole
from .perform import perform
from .primers import PRIMERS, Asked
from .shelf import model_line
from .stops import unbroken

SEEDS = 2**31
MOST = 100  # pieces
LONGEST_S = 3600.0  # that can be made to sound


def compose(runs: str, out: Path) -> None:
    """Ask for a piece, compose it, say where its files are, and offer to play it."""
    with unbroken():
        from ... import picture, sound  # noqa: F401 (what is imported here cannot be broken off later)
        from ...compose import model  # noqa: F401
    asked = _model(runs)
    ask = _of_chorales if _is_of_chorales(asked) else _of_performances
    flags = [*ask(asked), f"--seed={asked.seed}", f"--out={out}"]
    status = perform(["compose", asked.model, *flags, *([f"--runs={runs}"] if runs else [])])
    stem = f"{asked.model}-{asked.seed}"
    made = sorted(path for path in out.glob(f"{escape(stem)}*") if path.suffix[1:] in PLAYABLE)
    _offer(made) if status == 0 else say(*(f"kept: {path}" for path in made))


def _of_performances(asked: Asked) -> list[str]:
    seconds = answer("seconds", number(0.1, LONGEST_S, "seconds"), "60")
    count = answer("how many pieces", whole(1, MOST), "1")
    ready = list(PRIMERS.values())
    primer = pick("Go on from what?", list(PRIMERS), lambda index: ready[index](asked), "1")
    return [f"--seconds={seconds:g}", f"--count={count}", *primer()]


def _of_chorales(asked: Asked) -> list[str]:
    from ...compose.tasks import MOST_BARS

    bars = answer("bars", whole(1, MOST_BARS), "16")
    return [f"--bars={bars}", f"--count={answer('how many pieces', whole(1, MOST), '1')}"]


def _is_of_chorales(asked: Asked) -> bool:
    from ... import zoo
    from ...checkpoint import whole_recipe
    from ...models.grid import writes_cells

    return writes_cells(whole_recipe(zoo.find(asked.model, asked.home)).family)


def _model(runs: str) -> Asked:
    from ... import zoo

    home = zoo.runs_home(runs)
    bundled = [name for name in zoo.BUNDLED if (zoo.HERE / name).exists()]
    names = [*bundled, *zoo.trained(home)]
    chosen = choice("Compose with which model?", [model_line(name, home) for name in names], "1")
    return Asked(names[chosen], home, secrets.randbelow(SEEDS))


def _offer(made: Sequence[Path]) -> None:
    """Play one of the pieces, where there is a player."""
    sounds = [path for path in made if path.suffix[1:] == PLAYABLE[0]]
    if not sounds or not has_player():
        return
    chosen = choice("Play it?", [f"play {path}" for path in sounds])
    try:
        play([str(sounds[chosen])])
    except PartimentoError as error:
        say(str(error))
