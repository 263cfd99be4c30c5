import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from partimento.isolate import guard
from partimento.isolate.limits import KERNEL_LIMITS, TIME, WATCH_S, Watch, resident_mb, waits


def test_the_watching_parent_sees_this_process():
    if not (size := resident_mb(os.getpid())):
        pytest.skip("there is no ps here")
    assert 5 < size < 5000


@pytest.mark.parametrize(("kernel", "words"), [(True, "kernel limits"), (False, "watching parent")])
def test_the_guard_says_which_limits_hold(monkeypatch, kernel, words):
    monkeypatch.setattr("partimento.isolate.limits.KERNEL_LIMITS", kernel)
    assert words in guard()


@pytest.mark.skipif(not KERNEL_LIMITS, reason="only Linux tells what a process does")
@pytest.mark.parametrize(("work", "waiting"), [("while True: pass", False), ("import time; time.sleep(60)", True)])
def test_a_process_that_computes_does_not_wait(work, waiting):
    child = subprocess.Popen([sys.executable, "-c", f"print(1, flush=True)\n{work}"], stdout=subprocess.PIPE)
    try:
        child.stdout.readline()
        looks = (time.sleep(0.01) or waits(child.pid) for _ in range(500))
        assert next((look for look in looks if look == waiting), None) is waiting
    finally:
        child.kill()
        child.communicate()


def test_a_process_that_is_gone_waits():
    assert waits(2**30)


@pytest.fixture
def sleeper():
    child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    yield child
    child.kill()
    child.wait()


def test_one_watch_sees_one_piece_of_work_after_the_other(sleeper):
    watch = Watch(sleeper)
    for timeout_s in (60.0, 0.0):
        watch.begin(timeout_s)
        time.sleep(3 * WATCH_S)
        if timeout_s:
            assert watch.end() == "" and sleeper.poll() is None
    sleeper.wait(20)
    assert watch.end() == TIME


def test_a_child_without_work_may_take_its_time(sleeper):
    watch = Watch(sleeper)
    watch.begin(0.0)
    assert watch.end() == ""
    time.sleep(2 * WATCH_S)
    assert sleeper.poll() is None
    watch.close()


def test_a_process_that_waits_for_a_disk_does_not_wait(monkeypatch):
    monkeypatch.setattr("partimento.isolate.limits.KERNEL_LIMITS", True)
    for state, waiting in (("D", False), ("S", True), ("T", True)):
        monkeypatch.setattr(Path, "read_text", lambda _path, state=state: f"7 (a) b) {state} 1")
        assert waits(7) is waiting
