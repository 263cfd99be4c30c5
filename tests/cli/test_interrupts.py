"""Real processes: what a person stops is saved, and goes on to the same bits; no traceback anywhere."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

PROGRAM = [sys.executable, "-c", "from partimento.cli import main; main()"]
PATIENCE_S = 120  # for a slow machine; what is measured begins with the signal
SOON_S = 30


def heeding():
    """A shell's background work, such as these tests perhaps, begins deaf to Ctrl-C: its children are not to be."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def started(workshop, tmp_path):
    """Starts the program beside the test, with the workshop at hand; none outlives the test."""
    running = []
    environment = {**os.environ, "PARTIMENTO_DATA": str(workshop / "data"), "PARTIMENTO_HOME": str(workshop)}

    def start(*arguments):
        command = [*PROGRAM, *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started = subprocess.Popen(command, env=environment, cwd=tmp_path, text=True, preexec_fn=heeding, **pipes)
        running.append(started)
        return running[-1]

    yield start
    for process in running:
        with suppress(OSError):
            process.kill()
        process.communicate()


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_training_is_saved_and_goes_on_to_the_same_bits(number, started, partimento, tiny_flags, tmp_path):
    asked = ("train", "transformer", *tiny_flags, "--runs", "r", "--name")
    process = started(*asked, "parts", "--steps", 1_000_000)
    wait_for((tmp_path / "r" / "parts" / "log.jsonl").exists)
    process.send_signal(number)
    _, err = process.communicate(timeout=SOON_S)
    (saved,) = (tmp_path / "r" / "parts" / "checkpoints").glob("step-*")
    stopped = int(saved.name.removeprefix("step-"))
    assert process.returncode == 0 and re.search(
        rf"^stopped at step {stopped}; go on with --resume$", err, re.MULTILINE
    )
    assert partimento(*asked, "parts", "--steps", stopped + 9, "--resume").status == 0
    assert partimento(*asked, "whole", "--steps", stopped + 9).status == 0
    last = f"checkpoints/step-{stopped + 9:08d}/weights.safetensors"
    assert (tmp_path / "r" / "parts" / last).read_bytes() == (tmp_path / "r" / "whole" / last).read_bytes()


def test_a_reader_that_goes_away_ends_a_stream_without_a_word(started):
    process = started("compose", "mine", "--stream", "--notes", 100_000, "--quiet")
    assert process.stdout.readline().startswith('{"onset_s"')
    process.stdout.close()
    assert process.wait(PATIENCE_S) == 1 and process.stderr.read() == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_prepare_says_so_in_a_line_and_leaves_nothing(number, started, workshop, tmp_path):
    (tmp_path / "in").mkdir()
    for i in range(3000):
        copy = (workshop / "midi" / "piece-0.mid").read_bytes() + bytes([i % 256, i // 256])
        (tmp_path / "in" / f"{i}.mid").write_bytes(copy)
    process = started("data", "prepare", "folder", "--from", tmp_path / "in", "--name", "stopped", "--quiet")
    wait_for(lambda: list((workshop / "data").glob(".stopped.*.part")))
    process.send_signal(number)
    _, err = process.communicate(timeout=SOON_S)
    assert process.returncode == 128 + number
    assert err == "partimento: stopped; the old corpus stays as it was; run the same command again\n"
    assert not list((workshop / "data").glob(".*")) and not (workshop / "data" / "stopped").exists()
