"""The commands of the documentation are commands: each names a verb, and its options are the verb's."""

import re
import shlex
from pathlib import Path

import pytest
from cyclopts import CycloptsError

from partimento.cli.app import VERBS, app
from partimento.cli.train import parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "CONTRIBUTING.md")
OF_DEV = {"test", "lint"}  # verbs of ./dev alone


def commands(page):
    """The words of every line in a block of ``sh`` that calls partimento or ./dev, without the comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    return [words for words in lines if words and words[0] in ("partimento", "./dev")]


WRITTEN = [words for name in PAGES for words in commands((ROOT / name).read_text(encoding="utf-8"))]


def check(words):
    """Parse what stands behind the name of the program, as far as can be done without running it."""
    program, *rest = words
    if program == "./dev" and rest and rest[0] in OF_DEV:
        return
    assert rest and rest[0] in VERBS, f"no verb: {' '.join(words)}"
    reader, tokens = parser(rest[1:]) if rest[0] == "train" else (app, rest)
    reader.parse_args(tokens, exit_on_error=False, print_error=False)


def test_commands_are_found():
    page = "```sh\npartimento compose  # a piece\nls\n./dev test\n```\n```text\npartimento no\n```\n"
    assert commands(page) == [["partimento", "compose"], ["./dev", "test"]]


@pytest.mark.parametrize("words", ["partimento compse", "partimento", "./dev frobnicate"])
def test_what_is_no_verb_is_noticed(words):
    with pytest.raises(AssertionError, match="no verb"):
        check(words.split())


@pytest.mark.parametrize("words", ["partimento compose --sede 7", "partimento train transformer --layer 3"])
def test_what_is_no_option_is_noticed(words):
    with pytest.raises(CycloptsError):
        check(words.split())


@pytest.mark.parametrize("words", WRITTEN, ids=" ".join)
def test_a_command_of_the_documentation_can_be_called(words):
    check(words)
