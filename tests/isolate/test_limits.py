import os

import pytest

from partimento.isolate import guard
from partimento.isolate.limits import resident_mb


def test_the_watching_parent_sees_this_process():
    if not (size := resident_mb(os.getpid())):
        pytest.skip("there is no ps here")
    assert 5 < size < 5000


@pytest.mark.parametrize(("kernel", "words"), [(True, "kernel limits"), (False, "watching parent")])
def test_the_guard_says_which_limits_hold(monkeypatch, kernel, words):
    monkeypatch.setattr("partimento.isolate.limits.KERNEL_LIMITS", kernel)
    assert words in guard()
