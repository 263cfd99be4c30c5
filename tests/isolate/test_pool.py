"""What one piece of work does to its process costs no other piece of work.

The children here run the Python that is their data: so much can a file do that took its parser over.
"""

import os
import threading
import time

import pytest

from partimento.errors import InputError, UsageError
from partimento.isolate import Defect, Pool, default_workers
from partimento.isolate.limits import KERNEL_LIMITS

LOOP = b"while True: pass"
MISDEEDS = {  # and the code by which each is refused
    "crash": (b"import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "crashed"),
    "loop": (LOOP, "time"),
    "no answer": (b"import os; os.write(3, bytes(8) + b'no answer'); os.write(3, b'x' * 99)", "crashed"),
    "huge length": (b"import os; os.write(3, bytes([127] * 8)); os._exit(0)", "crashed"),
    "half an answer": (b"import os; os.write(3, bytes(7) + bytes([9]) + b'four'); os._exit(0)", "crashed"),
    "closed pipe": (b"import os, time; os.close(3); os.close(1); time.sleep(60)", "crashed"),
    "defect": (b"1 / 0", "defect"),
}


def code(future):
    """The code by which a piece of work was refused; empty where it was done."""
    try:
        return "" if future.result() == b"done" else "else"
    except InputError as error:
        return error.code
    except Defect:
        return "defect"


def done(pool, which):
    return pool.submit(eval, b"b'done'", {"which": which})


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("misdeed", MISDEEDS)
def test_a_misdeed_is_refused_alone(misdeed):
    script, told = MISDEEDS[misdeed]
    with Pool(1, timeout_s=2.0 if told == "time" else 20.0) as pool:
        futures = [done(pool, 0), pool.submit(exec, script), done(pool, 1), done(pool, 2)]
        assert [code(future) for future in futures] == ["", told, "", ""]


@pytest.mark.skipif(not KERNEL_LIMITS, reason="only Linux limits memory in the kernel")
def test_work_that_needs_too_much_memory_is_refused_alone():
    with Pool(1, memory_mb=64) as pool:
        futures = [pool.submit(exec, b"bytearray(200 * 2**20)"), done(pool, 1)]
        assert [code(future) for future in futures] == ["memory", ""]


@pytest.mark.skipif(not KERNEL_LIMITS, reason="only Linux limits memory in the kernel")
def test_memory_that_earlier_work_kept_is_no_fault_of_the_next():
    hoard = b"import builtins; builtins.hoard = bytearray(40 * 2**20)"
    with Pool(1, memory_mb=64) as pool:
        futures = [pool.submit(exec, hoard), pool.submit(eval, b"b'done' if bytearray(40 * 2**20) else 0", {})]
        assert code(futures[1]) == ""


@pytest.mark.skipif(not KERNEL_LIMITS, reason="only Linux limits time in the kernel")
def test_processor_time_is_counted_anew_for_each_piece_of_work():
    burn = b"import time\nwhile time.process_time() < 1.1: pass"
    limit = b"b'%d' % __import__('resource').getrlimit(0)[0]"
    with Pool(1, timeout_s=30) as pool:
        before = int(pool.submit(eval, limit, {}).result())
        pool.submit(exec, burn)
        assert before < int(pool.submit(eval, limit, {"later": 1}).result()) <= before + 3


def test_what_crashes_once_is_done_by_a_fresh_process(tmp_path):
    once = b"""
import os, pathlib
marker = pathlib.Path(%r)
if not marker.exists():
    marker.touch()
    os._exit(9)
""" % str(tmp_path / "marker")
    once += b"raise __import__('partimento').errors.InputError('second', 'damaged')"
    with Pool(1) as pool:
        assert code(pool.submit(exec, once)) == "damaged"


def test_a_process_that_was_killed_from_outside_costs_nothing():
    with Pool(1) as pool:
        process = int(pool.submit(eval, b"b'%d' % __import__('os').getpid()", {}).result())
        os.kill(process, 9)
        assert code(done(pool, 1)) == ""


def test_processes_are_used_again():
    with Pool(2) as pool:
        told = {pool.submit(eval, b"b'%d' % __import__('os').getpid()", {"n": n}).result() for n in range(6)}
    assert 1 <= len(told) <= 2


def test_leaving_the_block_ends_every_process_at_once():
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), Pool(2, timeout_s=60) as pool:
        processes = [int(pool.submit(eval, b"b'%d' % __import__('os').getpid()", {}).result())]
        futures = [pool.submit(exec, LOOP) for _ in range(4)]
        raise KeyboardInterrupt
    assert time.monotonic() - began < 20 and all(future.done() for future in futures)
    assert not any(map(alive, processes))


def test_a_process_has_a_session_of_its_own_and_ignores_the_interrupt_of_a_terminal():
    asked = b"b'%d' % (os.getsid(0) == os.getpid() and signal.getsignal(2) == signal.SIG_IGN)"
    with Pool(1) as pool:
        modules = b"(os := __import__('os'), signal := __import__('signal')) and "
        assert pool.submit(eval, modules + asked, {}).result() == b"1"


def test_a_watching_parent_stops_what_grows(monkeypatch):
    monkeypatch.setattr("partimento.isolate.limits.KERNEL_LIMITS", False)
    monkeypatch.setattr("partimento.isolate.limits.resident_mb", lambda _process: 65.0)
    with Pool(1, memory_mb=64) as pool:
        assert code(pool.submit(exec, b"import time; time.sleep(60)")) == "memory"


def test_what_would_not_reach_a_child_is_wrong_use():
    with Pool(1) as pool, pytest.raises(UsageError, match="importable module"):
        pool.submit(lambda data: data, b"")


def test_there_are_as_many_workers_as_usable_cores_and_at_most_eight():
    assert 1 <= default_workers() <= min(8, os.cpu_count())


def test_an_answer_may_be_bounded_for_itself():
    with Pool(1) as pool:
        futures = [pool.submit(eval, b"b'x' * 2000", {}, answer_bytes=most) for most in (1000, 3000)]
        assert code(futures[0]) == "crashed" and len(futures[1].result()) == 2000


def test_a_pool_watches_with_one_thread_for_each_process():
    with Pool(1) as pool:
        before = [(done(pool, n).result(), threading.active_count())[1] for n in range(5)]
    assert len(set(before)) == 1
