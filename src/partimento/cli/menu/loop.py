"""``partimento menu``, and ``partimento`` alone on a terminal: the numbered menu."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from .ask import Back, choice, say
from .composing import compose
from .stops import terminations
from .training import train

ROWS = ("train: a new model, or one of yours further", "compose with a model", "exit")
TITLE = "Partimento: enter a number (Ctrl-C leads back here from anywhere)"
AGAIN = "back at the menu; Ctrl-C once more leaves it"
GOODBYE = "goodbye"
TERMINATED = 143  # as shells count signal 15


def menu(
    *,
    runs: Annotated[str, Parameter(help="where runs are kept; runs/ here by default")] = "",
    out: Annotated[Path, Parameter(help="folder for composed files")] = Path("compositions"),
) -> None:
    """Train and compose by numbered questions; `partimento` alone on a terminal asks them too."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # whatever is typed or called is no reason to end
    with terminations() as terminated:
        turns = Menu((partial(train, runs), partial(compose, runs, out)))
        while turns.next() and not terminated():
            pass
        if terminated():
            raise SystemExit(TERMINATED)  # what was made is saved
    say(GOODBYE)


@dataclass
class Menu:
    """Turn by turn: a choice of ROWS, and the work that it stands for."""

    works: Sequence[Callable[[], None]]
    stopped: bool = False  # by the Ctrl-C before, and nothing was entered since

    def next(self) -> bool:
        """One turn; whether another is to come."""
        try:
            chosen = choice(TITLE, ROWS, back=False)
            self.stopped = False
            if chosen == len(self.works):
                return False
            self.works[chosen]()
        except Back:
            pass
        except EOFError:
            say("")
            return False
        except KeyboardInterrupt:
            return self._interrupted()
        return True

    def _interrupted(self) -> bool:
        say("", *([] if self.stopped else [AGAIN]))
        once, self.stopped = not self.stopped, True
        return once
