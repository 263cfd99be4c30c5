"""What every verb has in common: help, version, status and the one line of an error."""

import errno

import pytest

from partimento.cli import main
from partimento.cli.app import TRACEBACK, VERBS, run
from partimento.data import corpus
from partimento.errors import WorkFailed
from partimento.version import version


def test_help_names_every_verb(partimento):
    assert partimento("--help") == partimento() and partimento().status == 0
    assert all(verb in partimento("--help").out for verb in VERBS)


def test_the_version_is_said(partimento):
    assert partimento("--version").out == f"{version()}\n"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb, partimento):
    said = partimento(verb, "--help")
    assert said.status == 0 and said.out.startswith(f"Usage: partimento {verb}") and said.err == ""


@pytest.mark.parametrize("verb", ["compose", "evaluate", "render", "models", "doctor"])
def test_every_verb_can_answer_in_json_and_be_quiet(verb, partimento):
    assert "--json" in partimento(verb, "--help").out and "--quiet" in partimento(verb, "--help").out


ENDINGS = {
    WorkFailed("the disk is full; make room"): (1, "the disk is full; make room"),
    KeyboardInterrupt(): (130, "stopped; what was finished is kept"),
    MemoryError(): (1, "out of memory; ask for less at once"),
    OSError(errno.EACCES, "Permission denied", "shut"): (1, "shut: Permission denied"),
    OSError("no name"): (1, "the system: no name"),
    ZeroDivisionError("by\nzero"): (
        1,
        f"a defect: ZeroDivisionError: by zero (line {{line}} of {{file}}); "
        f"please report it, with what {TRACEBACK}=1 shows",
    ),
}


@pytest.fixture
def ending(monkeypatch):
    """Lets ``data list`` end with an exception."""

    def put(error):
        def fail():
            raise error

        monkeypatch.setattr(corpus, "home", fail)
        return fail.__code__.co_firstlineno + 1

    return put


@pytest.mark.parametrize("error", ENDINGS, ids=lambda error: type(error).__name__)
def test_whatever_happens_is_one_line_and_a_status(error, ending, partimento):
    line = ending(error)
    status, told = ENDINGS[error]
    said = partimento("data", "list")
    assert (said.status, said.complaint) == (status, f"partimento: {told.format(line=line, file='test_app.py')}")


def test_a_defect_shows_its_traceback_where_one_asks_for_it(ending, monkeypatch):
    ending(ZeroDivisionError())
    monkeypatch.setenv(TRACEBACK, "1")
    with pytest.raises(ZeroDivisionError):
        run(["data", "list"])


def test_the_program_leaves_with_the_status(capsys):
    for arguments, status in ((["--version"], 0), (["frobnicate"], 2)):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == status
