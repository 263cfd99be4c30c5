"""The table of verbs, and what every one of them has in common: exit status and error line."""

import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from types import FrameType

from cyclopts import App, CycloptsError

from ..errors import PartimentoError
from ..version import version

VERBS = {
    "compose": ("compose:compose", "Compose a piece, from nothing or from a primer: MIDI, sound, picture."),
    "harmonize": ("harmonize:harmonize", "Write four voices to a melody, or voices of a four-part score anew."),
    "fill": ("fill:fill", "Write bars of a four-part score, or seconds of a performance, anew; the rest stays."),
    "vary": ("steering:vary", "Write a share of a performance anew; the rest stays as it is."),
    "lead": ("steering:lead", "Write music that leads up to a piece, which follows as it is."),
    "accompany": ("steering:accompany", "Write an accompaniment to a melody, all of whose notes stay."),
    "train": ("train:train", "Train a model: `partimento train transformer --help` lists every hyperparameter."),
    "data": ("data:app", "List, fetch, prepare and show the corpora that models are trained on."),
    "evaluate": ("evaluate:evaluate", "Likelihood and accuracy on held-out pieces, composed pieces beside real ones."),
    "curves": ("curves:curves", "Draw the learning curves of runs: PNG or SVG."),
    "originality": ("originality:originality", "Say how much of a piece stands in a corpus, beside unseen music."),
    "reproduce": ("reproduce:reproduce", "Compose a file again from its own metadata, and compare every byte."),
    "explain": ("explain:explain", "Show how surprising every note of a piece is to a model, and what was likelier."),
    "render": ("render:render", "Turn a MIDI or notation file into notation, picture or sound."),
    "translate": ("translate:translate", "Put MIDI files into the words of codecs and back, and say what is lost."),
    "models": ("models:models", "List what is bundled and trained, with licence and figures."),
    "doctor": ("models:doctor", "Say what this installation can do."),
    "menu": ("menu.loop:menu", "Train and compose by numbered questions; without a verb, a terminal gets them too."),
}
FAILED, REFUSED, INTERRUPTED, TERMINATED = 1, 2, 130, 143  # the last two as shells count signals 2 and 15
TRACEBACK = "PARTIMENTO_TRACEBACK"  # an environment variable

app = App(
    name="partimento",
    help="Compose piano music with neural networks that you can train, compare and trust.",
    version=version,
    help_format="markdown",
    suppress_keyboard_interrupt=False,  # ``run`` has a line for it
)
for name, (place, summary) in VERBS.items():
    app.command(f"{__package__}.{place}", name=name, help=summary)


def run(arguments: Sequence[str]) -> int:
    """Run a verb; its exit status: 0 done, 1 the work failed, 2 wrong use or refused input."""
    ended: list[int] = []
    try:
        with _sigterm_as_ctrl_c(ended):
            app(list(arguments) or [_alone()], exit_on_error=False, print_error=False, result_action="return_value")
        return 0
    except PartimentoError as error:
        return _complain(str(error), error.exit_status)
    except CycloptsError as error:
        return _complain(f"{error} (see partimento --help, or --help behind a verb)", REFUSED)
    except KeyboardInterrupt as stop:
        return _complain(str(stop) or "stopped; what was finished is kept", TERMINATED if ended else INTERRUPTED)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 (whoever read our output has gone)
        return FAILED
    except MemoryError:
        return _complain("out of memory; ask for less at once", FAILED)
    except OSError as error:
        return _complain(f"{error.filename or 'the system'}: {error.strerror or error}", FAILED)
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        return _complain(f"{_defect(error)}; please report it, with what {TRACEBACK}=1 shows", FAILED)


def _alone() -> str:
    """What is run without a verb: questions for a person at a terminal, else help."""
    return "menu" if sys.stdin.isatty() and sys.stdout.isatty() else "--help"


@contextmanager
def _sigterm_as_ctrl_c(ended: list[int]) -> Iterator[None]:
    """SIGTERM ends a verb as Ctrl-C does, so that it cleans up; ``ended`` notes that it came."""

    def stop(number: int, frame: FrameType | None) -> None:
        ended.append(number)
        raise KeyboardInterrupt

    if current_thread() is not main_thread():  # whoever runs us has the signals
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _complain(line: str, status: int) -> int:
    """Say ``line``, of which nothing may steer the terminal: it can hold a name from outside."""
    plain = "".join(letter if letter.isprintable() else " " for letter in line)
    print("partimento:", *plain.split(), file=sys.stderr)
    return status


def _defect(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"a defect: {type(error).__name__}: {error} (line {place.lineno} of {Path(place.filename).name})"
