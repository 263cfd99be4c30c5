"""A lock that ends with its process."""

import os
import signal
import subprocess
import sys

import pytest

from partimento.store import locked

HOLDER = """
import sys, time
from pathlib import Path
from partimento.store import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_lock_is_for_one_at_a_time(tmp_path):
    with locked(tmp_path), pytest.raises(BlockingIOError), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_a_lock_goes_with_a_killed_process(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "held\n"
    with pytest.raises(BlockingIOError), locked(tmp_path, patience_s=0.02):
        pass
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    with locked(tmp_path):
        pass


def test_what_is_not_there_has_no_lock(tmp_path):
    with pytest.raises(FileNotFoundError), locked(tmp_path / "absent"):
        pass
