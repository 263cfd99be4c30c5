import os
import subprocess
import sys
import time

import pytest

from partimento.isolate import guard
from partimento.isolate.limits import KERNEL_LIMITS, resident_mb, waits


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
