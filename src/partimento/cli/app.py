"""The table of verbs, and what every one of them has in common: exit status and error line."""

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError
from rich.console import Console as Screen

from ..errors import PartimentoError
from ..version import version

VERBS = {
    "compose": ("compose:compose", "Compose a piece, from nothing or from a primer: MIDI, sound, picture."),
    "train": ("train:train", "Train a model: `partimento train transformer --help` lists every hyperparameter."),
    "data": ("data:app", "List, prepare and show the corpora that models are trained on."),
    "evaluate": ("evaluate:evaluate", "Likelihood of held-out pieces and statistics of composed ones."),
    "render": ("render:render", "Turn a MIDI file into sound or picture."),
    "models": ("models:models", "List what is bundled and trained, with licence and figures."),
    "doctor": ("models:doctor", "Say what this installation can do."),
}
FAILED, REFUSED, INTERRUPTED = 1, 2, 130

app = App(
    name="partimento",
    help="Compose piano music with neural networks that you can train, compare and trust.",
    version=version,
    help_format="markdown",
)
for name, (place, summary) in VERBS.items():
    app.command(f"{__package__}.{place}", name=name, help=summary)


def run(arguments: Sequence[str]) -> int:
    """Run a verb; its exit status: 0 done, 1 the work failed, 2 wrong use or refused input."""
    try:
        app(list(arguments) or ["--help"], exit_on_error=False, print_error=False, result_action="return_value")
        return 0
    except PartimentoError as error:
        return _complain(str(error), error.exit_status)
    except CycloptsError as error:
        return _complain(_sentence(error), REFUSED)
    except KeyboardInterrupt:
        return _complain("stopped; what was finished is kept", INTERRUPTED)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 (whoever read our output has gone)
        return FAILED
    except MemoryError:
        return _complain("out of memory; ask for less at once", FAILED)
    except OSError as error:
        return _complain(f"{error.filename or 'the system'}: {error.strerror or error}", FAILED)


def _complain(line: str, status: int) -> int:
    print("partimento: " + " ".join(line.split()), file=sys.stderr)
    return status


def _sentence(error: CycloptsError) -> str:
    """The parser's complaint on one line, with where help is."""
    with Screen(file=open(os.devnull, "w"), width=10_000).capture() as _:  # noqa: PTH123
        line = " ".join(str(error).split())
    return f"{line} (see partimento --help, or --help behind a verb)"
