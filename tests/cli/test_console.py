"""What verbs say, and where."""

import json

import pytest

from partimento.cli import console
from partimento.cli.console import Output


def test_a_result_is_lines_or_one_object(capsys):
    Output().result({"a": 1}, ["one", "two"])
    assert capsys.readouterr().out == "one\ntwo\n"
    Output(json=True).result({"a": 1}, ["one", "two"])
    assert json.loads(capsys.readouterr().out) == {"a": 1}


def test_remarks_go_to_standard_error_unless_one_wants_quiet(capsys):
    Output().say("a")
    Output(quiet=True).say("b")
    assert capsys.readouterr() == ("", "a\n")


@pytest.mark.parametrize(("quiet", "lines"), [(False, ["composing: 50% half"]), (True, [])])
def test_without_a_terminal_progress_is_a_line_now_and_then(quiet, lines, capsys, monkeypatch):
    seconds = iter([0.0, 1.0, 11.0, 11.0, 12.0])
    monkeypatch.setattr(console.time, "monotonic", lambda: next(seconds))
    with Output(quiet=quiet).progress("composing") as update:
        for share, remark in ((0.1, "early"), (0.5, "half"), (0.9, "soon after")):
            update(share, remark)
    assert capsys.readouterr().err.splitlines() == lines


def test_on_a_terminal_progress_is_a_bar(capsys, monkeypatch):
    monkeypatch.setattr(console.sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with Output().progress("composing") as update:
        update(1.0, "done")
    told = capsys.readouterr()
    assert told.out == "" and "composing" in told.err and "100%" in told.err


def test_json_has_neither_infinity_nor_nan(capsys):
    Output(json=True).result({"a": [float("nan"), {"b": float("inf")}], "c": 1.5})
    assert json.loads(capsys.readouterr().out) == {"a": [None, {"b": None}], "c": 1.5}
