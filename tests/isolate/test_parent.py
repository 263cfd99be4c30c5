"""What a child process does to itself, the parent survives and puts in words.

The children here run the Python that is their data: so much can a file do that took its parser over.
"""

import io
import sys
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.errors import InputError, PartimentoError, UnknownName, UsageError, WorkFailed
from partimento.isolate import isolated, write_message
from partimento.isolate.limits import KERNEL_LIMITS
from partimento.isolate.message import receive, send
from partimento.isolate.task import Defect, Task

TASK = Task(b"", 1, 5.0, "idea.mid")
SLOW = "import time; time.sleep(0.9)\n\ndef double(data):\n    return data * 2\n"

heads = st.recursive(st.none() | st.integers() | st.text(), lambda head: st.lists(head, max_size=3))


def work(kind, data):
    with pytest.raises(kind) as caught:
        isolated(exec, data, subject="idea.mid", timeout_s=5)
    return str(caught.value)


def test_the_result_comes_back_whatever_was_printed():
    assert isolated(eval, rb"print('not this') or b'\n\0'", {}) == b"\n\0"


def test_settings_travel_as_json():
    assert (
        isolated(eval, b"repr(settings).encode()", {"settings": [1, 0.5, "é", None]}) == "[1, 0.5, 'é', None]".encode()
    )


def test_its_own_refusal_comes_back_as_it_was():
    refusal = b"from partimento.errors import UnknownName; raise UnknownName('codec', 'rol', ['roll'])"
    assert work(UnknownName, refusal) == "unknown codec 'rol': did you mean roll?"


def test_any_other_exception_is_failed_work():
    assert "failed with ZeroDivisionError: division by zero" in work(WorkFailed, b"1 / 0")


def test_a_result_that_is_no_bytes_is_failed_work():
    assert "exec gave NoneType, not bytes" in work(WorkFailed, b"")


def test_a_crash_is_refused_input():
    crash = b"import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    assert work(InputError, crash).startswith("idea.mid: working on it crashed (SIGSEGV)")


def test_an_exit_is_refused_input():
    assert "ended the process that did it (status 3)" in work(InputError, b"import os; os._exit(3)")


def test_a_hang_is_refused_input():
    with pytest.raises(InputError, match=r"took more than 0\.3 s"):
        isolated(exec, b"import time; time.sleep(60)", timeout_s=0.3)


@pytest.mark.skipif(not KERNEL_LIMITS, reason="only Linux limits memory in the kernel")
def test_memory_beyond_the_limit_is_refused_input():
    with pytest.raises(InputError, match="needed more than 64 MB"):
        isolated(exec, b"bytearray(200 * 2**20)", memory_mb=64)


@pytest.mark.skipif(not KERNEL_LIMITS, reason="only Linux limits memory in the kernel")
@pytest.mark.parametrize("limit", ["RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_CORE"])
def test_the_work_cannot_lift_a_limit(limit):
    hard = b"b'%d' % resource.getrlimit(getattr(resource, limit))[1] if (resource := __import__('resource')) else 0"
    assert int(isolated(eval, hard, {"limit": limit})) != -1


def test_memory_within_the_limit_is_given():
    assert isolated(eval, b"b'%d' % len(bytearray(32 * 2**20))", memory_mb=64) == b"33554432"


def test_a_watching_parent_stops_what_grows(monkeypatch):
    monkeypatch.setattr("partimento.isolate.limits.KERNEL_LIMITS", False)
    monkeypatch.setattr("partimento.isolate.limits.resident_mb", lambda _process: 65.0)
    with pytest.raises(InputError, match="needed more than 64 MB"):
        isolated(exec, b"import time; time.sleep(60)", memory_mb=64)


@pytest.mark.parametrize("call", [(lambda data: data, b""), (exec, b"", object()), (work, b"")])
def test_what_would_not_reach_a_child_is_wrong_use(call, monkeypatch):
    monkeypatch.setattr(work, "__module__", "__main__")
    with pytest.raises(UsageError, match="importable module"):
        isolated(*call)


def test_a_forged_answer_is_data_and_never_run(tmp_path):
    script = b"cposix\nsystem\n(S'touch " + bytes(tmp_path / "ran") + b"'\ntR."
    forgery = b"import os; os.write(3, (%d).to_bytes(8, 'big') + %r); os._exit(0)" % (len(script), script)
    assert "an answer that can't be read" in work(InputError, forgery)
    assert not list(tmp_path.iterdir())


def test_the_code_of_a_refusal_comes_back_and_no_made_up_one():
    refusal = b"from partimento.errors import InputError; raise InputError('x', %r)"
    for code, told in (("cut-off", "cut-off"), ("invented", "refused")):
        with pytest.raises(InputError) as caught:
            isolated(exec, refusal % code)
        assert caught.value.code == told


@given(
    st.binary() | st.builds(write_message, heads | st.tuples(st.text(), st.text(), st.text()), st.binary(max_size=9))
)
def test_any_answer_is_a_result_or_an_error_of_one_line(answer):
    try:
        assert isinstance(TASK.result(answer), bytes)
    except PartimentoError as error:
        assert str(error).isprintable()


@pytest.mark.parametrize("name", ["", "annotations", "Iterable", "Exception", "PartimentoError.mro", "__name__"])
def test_a_kind_that_is_no_error_of_ours_is_failed_work(name):
    with pytest.raises(Defect, match="failed with x"):
        TASK.result(write_message([name, "x", ""]))


def test_an_answer_that_nests_too_deep_is_a_crash():
    with pytest.raises(InputError, match="can't be read") as caught:
        TASK.result(b"[" * 100_000)
    assert caught.value.code == "crashed"


def test_an_answer_larger_than_the_limit_is_refused():
    forgery = b"import os, time; os.write(3, bytes([127] * 8)); time.sleep(60)"
    assert "answered with more than 512 MB" in work(InputError, forgery)


@given(st.binary(max_size=99), st.binary(max_size=9))
def test_a_message_goes_through_a_pipe_whole_or_not_at_all(message, more):
    pipe = io.BytesIO()
    send(pipe, message)
    whole = pipe.getvalue()
    assert receive(io.BytesIO(whole + more)) == message
    assert receive(io.BytesIO(whole[:-1])) is None
    with pytest.raises(ValueError, match="bytes"):
        receive(io.BytesIO(whole), most_bytes=len(message) - 1)


@pytest.fixture
def slow_module(tmp_path, monkeypatch):
    """A module whose import takes longer than its work may."""
    (tmp_path / "slowly_imported.py").write_text(SLOW)
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("slowly_imported")
    del sys.modules["slowly_imported"]


def test_the_time_that_a_child_takes_to_start_is_not_the_works(slow_module):
    assert isolated(slow_module.double, b"ab", timeout_s=0.1) == b"abab"


def test_a_child_that_does_not_start_in_time_is_no_fault_of_the_input(slow_module, monkeypatch):
    monkeypatch.setattr("partimento.isolate.worker.START_S", 0.1)
    with pytest.raises(WorkFailed, match=r"took more than 0\.1 s to start"):
        isolated(slow_module.double, b"ab")


def test_children_that_end_before_they_are_ready_are_no_fault_of_the_input(monkeypatch):
    monkeypatch.setattr("partimento.isolate.worker._BOOT", "raise SystemExit(3)")
    with pytest.raises(WorkFailed, match="3 child processes ended before they were ready"):
        isolated(eval, b"b'a'", {})
