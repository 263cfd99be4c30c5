"""The program alone at a terminal: what a person types, Ctrl-C included, waited for prompt by prompt."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

PROGRAM = [sys.executable, "-c", "from partimento.cli import main; main()"]
PATIENCE_S = 120  # for a slow machine
MENU = "enter a number (Ctrl-C"


class Terminal:
    """The program at a pseudo-terminal: what it shows is waited for, what is typed has an end of line."""

    def __init__(self, environment, folder):
        ours, theirs = pty.openpty()
        ends = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
        self.process = subprocess.Popen(PROGRAM, env=environment, cwd=folder, preexec_fn=_at(theirs), **ends)
        os.close(theirs)
        self.screen, self.ours, self.seen = "", ours, 0

    def wait_for(self, text):
        """Read until ``text`` comes behind what was waited for before."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := self.screen.find(text, self.seen)) < 0:
            ready, _, _ = select.select([self.ours], [], [], max(deadline - time.monotonic(), 0))
            assert ready, f"{text!r} did not come: {self.screen[self.seen :]}"
            self.screen += os.read(self.ours, 65536).decode(errors="replace")
        self.seen = found + len(text)

    def enter(self, *pairs):
        """What is to be waited for and what is then typed, by turns."""
        for question, text in pairs:
            self.wait_for(question)
            os.write(self.ours, text if isinstance(text, bytes) else f"{text}\n".encode())


def _at(terminal):
    """Makes the child's own session, with ``terminal`` in control: what is typed there can stop it."""

    def begin():
        import fcntl
        import termios

        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return begin


@pytest.fixture
def terminal(workshop, tmp_path):
    homes = {"PARTIMENTO_DATA": str(workshop / "data"), "PARTIMENTO_HOME": str(tmp_path)}
    begun = Terminal({**os.environ, **homes, "TERM": "xterm", "COLUMNS": "200", "PATH": ""}, tmp_path)
    yield begun
    with suppress(OSError):
        begun.process.kill()
    begun.process.wait()
    os.close(begun.ours)


def test_at_a_terminal_a_training_is_stopped_gone_on_with_and_composed_with(terminal, own_recipe, tmp_path):
    terminal.enter(
        (MENU, ""), ("nothing was entered", "train"), ("from 1 to 3", b"\xff\xfe\n"), ("from 1 to 3", b"\x03")
    )
    number, path = own_recipe
    terminal.enter(("once more", 1), ("Train what?", 1), ("Which family", number), ("path of", path), ("name of", "m"))
    terminal.enter(("which corpus", 1), ("filter", ""), ("minutes of", 500), ("nats/row", b"\x03"))
    terminal.enter(("m stands at step", 1), ("2  m: lstm, step", 2), ("minutes more", 0.001), ("m is finished", 2))
    terminal.enter(("4  m: lstm", 4), ("seconds", 2), ("how many", 1), ("Go on from", 1), (".mid", 3))
    terminal.wait_for("goodbye")
    assert terminal.process.wait(PATIENCE_S) == 0 and "Traceback" not in terminal.screen
    assert len(list((tmp_path / "compositions").glob("m-*.mid"))) == 1
