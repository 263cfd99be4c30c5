"""What a child process does to itself, the parent survives and puts in words."""

import os
import signal
import time

import pytest

from partimento.errors import InputError, UnknownName, UsageError, WorkFailed
from partimento.isolate import KERNEL_LIMITS, guard, isolated, resident_mb


def double(number):
    print("this must not reach the answer")
    return 2 * number


def refuse():
    raise UnknownName("codec", "rol", ["roll"])


def fail():
    raise ZeroDivisionError("division by zero")


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def fill(megabytes):
    return len(bytearray(megabytes * 2**20))


def test_the_result_comes_back():
    assert isolated(double, 21) == 42


def test_its_own_refusal_comes_back_as_it_was():
    with pytest.raises(UnknownName, match="unknown codec 'rol': did you mean roll"):
        isolated(refuse)


def test_any_other_exception_is_failed_work():
    with pytest.raises(WorkFailed, match="ZeroDivisionError: division by zero"):
        isolated(fail)


def test_a_crash_is_refused_input():
    with pytest.raises(InputError, match=r"idea\.mid: working on it crashed \(SIGSEGV\)"):
        isolated(crash, subject="idea.mid")


def test_a_hang_is_refused_input():
    with pytest.raises(InputError, match=r"took more than 0\.3 s"):
        isolated(time.sleep, 60, timeout_s=0.3)


def test_an_exit_is_refused_input():
    with pytest.raises(InputError, match="ended the process"):
        isolated(os._exit, 3)


@pytest.mark.skipif(not KERNEL_LIMITS, reason="only Linux limits memory in the kernel")
def test_memory_beyond_the_limit_is_refused_input():
    with pytest.raises(InputError, match="needed more than 64 MB"):
        isolated(fill, 200, memory_mb=64)


def test_memory_within_the_limit_is_given():
    assert isolated(fill, 32, memory_mb=64) == 32 * 2**20


def test_a_watching_parent_stops_what_grows(monkeypatch):
    monkeypatch.setattr("partimento.isolate.KERNEL_LIMITS", False)
    monkeypatch.setattr("partimento.isolate.resident_mb", lambda _process: 65.0)
    with pytest.raises(InputError, match="needed more than 64 MB"):
        isolated(time.sleep, 60, memory_mb=64)
    assert "watching" in guard()


def test_the_watching_parent_sees_this_process():
    if not (size := resident_mb(os.getpid())):
        pytest.skip("there is no ps here")
    assert 5 < size < 5000


@pytest.mark.parametrize("call", [(lambda: 1,), (double, lambda: 1)])
def test_what_a_child_cannot_import_is_wrong_use(call):
    with pytest.raises(UsageError, match="importable module"):
        isolated(*call)
