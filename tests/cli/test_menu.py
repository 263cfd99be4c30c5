"""The menu: asks until an answer will do, calls the verbs, and survives whatever is typed."""

import json
import os
import signal

import pytest
from choir import tiny_choir

from partimento import midi
from partimento.cli import formats
from partimento.cli.app import run
from partimento.train.run import Run
from partimento.zoo import BUNDLED, HERE

MENU = "enter a number (Ctrl-C"
MINE = len(BUNDLED) + 1  # the number of the first model that does not come along


@pytest.fixture
def asked(partimento, monkeypatch):
    """Runs the menu with answers, of which an exception is raised, and the end of the input behind them."""

    def call(*answers):
        rest = iter(answers)

        def answer(question):
            print(question)
            given = next(rest, EOFError())
            if isinstance(given, BaseException):
                raise given
            return str(given)

        monkeypatch.setattr("builtins.input", answer)
        said = partimento("menu")
        assert "Traceback" not in said.err and "a defect" not in said.err
        return said

    return call


@pytest.fixture
def new(own_recipe):
    """The answers that lead to a new model, up to the filter."""
    return (1, 1, *own_recipe, "m", 1)


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """Runs of this test alone."""
    monkeypatch.setenv("PARTIMENTO_HOME", str(tmp_path))


WRONG = ("", "x", 0, 4, -1, "1.5", "²", "1" * 5000, "\x1b[31m", "\0", "0x1", " ", "ä\udce9")


def test_every_wrong_entry_is_told_what_is_allowed(asked):
    said = asked(*WRONG, 3)
    assert said.status == 0 and said.out.count("enter a number from 1 to 3") == len(WRONG)
    assert said.out.endswith("goodbye\n") and "\x1b" not in said.out and not said.err


def test_the_end_of_the_input_ends_politely_wherever_it_comes(asked, new):
    for answers in ((), (1,), (2,), (1, 1), (2, 1, 5), new, (2, 1, 5, 1, 2)):
        said = asked(*answers)
        assert said.status == 0 and said.out.endswith("goodbye\n") and not said.err


def test_nought_leads_back(asked):
    said = asked(1, 0, 1, 1, 0, 2, 0, 3)
    assert said.status == 0 and said.out.count(MENU) == 4


def test_ctrl_c_leads_back_and_twice_leaves(asked):
    said = asked(2, 1, KeyboardInterrupt(), 1, KeyboardInterrupt(), KeyboardInterrupt())
    assert said.status == 0 and said.out.count("Ctrl-C once more leaves it") == 2 and said.out.endswith("goodbye\n")
    assert asked(KeyboardInterrupt(), 2, 0, KeyboardInterrupt(), 3).out.count(MENU) == 4


def test_a_model_is_trained_gone_on_with_and_composed_with(asked, new, fresh, tmp_path):
    said = asked(*new, "piece", 1, 0.0001, 1, 2, 0.001, 2, MINE, 2, 1, 1, 3)
    assert said.status == 0 and "partimento train --name=m --resume" in said.out, said.err
    assert said.out.count("m is finished") == 2 and Run(tmp_path / "runs" / "m").exists()
    assert len(list((tmp_path / "compositions").glob("m-*.mid"))) == 1


def test_a_filter_shows_what_it_chooses(asked, new):
    said = asked(*new, "composr=x", "zz", "title=piece-", 2, "piece", 0, 3)
    assert (
        "unknown filter key" in said.out and said.out.count("8 pieces, 480 notes (7 train, 1 validation, 0 test)") == 2
    )
    assert "  piece-0" in said.out and "and 3 more" in said.out


def test_a_name_that_cannot_be_is_asked_for_again(asked, own_recipe):
    said = asked(1, 1, *own_recipe, "", "a/b", "maestro", "mine", "\0", "n", 0, 3)
    assert said.status == 0 and said.out.count("a plain name is needed") == 3
    assert "a bundled model has this name" in said.out and "run 'mine' exists" in said.out


def test_a_recipe_that_is_none_is_asked_for_again(asked, own_recipe, tmp_path):
    (tmp_path / "bad.toml").write_text("[modle]")
    said = asked(1, 1, own_recipe[0], "", "no.txt", "no.toml", "~nobody/x.toml", tmp_path / "bad.toml", own_recipe[1])
    assert said.status == 0 and "did you mean model" in said.out and said.out.count("name of the model") == 1


def test_a_corpus_that_is_not_here_comes_with_the_way_to_get_it(asked, new, partimento, monkeypatch, tmp_path):
    monkeypatch.setenv("PARTIMENTO_DATA", str(tmp_path / "nothing"))
    said = asked(*new, 2, 3, 0, 3)
    assert said.out.count("run `partimento data prepare") == 3 and said.status == 0


def test_what_a_verb_refuses_leads_back(asked, primer, tmp_path):
    said = asked(2, MINE, 3600, 1, 2, primer, "", "", 3)
    assert said.status == 0 and "at most 3600 can be made to sound" in said.err and said.out.count(MENU) == 2
    assert not (tmp_path / "compositions").exists()


def test_primers_are_asked_for_until_they_are_there(asked, primer, tmp_path):
    files = ("", "no.mid", tmp_path, f"'{primer}'", "third", "50%", "x", 3)
    said = asked(2, MINE, 2, 1, 2, *files, 3)
    (made,) = (tmp_path / "compositions").glob("mine-*.json")
    assert said.status == 0 and json.loads(made.read_text())["provenance"]["primer_origin"]["from_s"] > 1
    said = asked(2, MINE, 2, 1, 3, 3, 2, "zz", "", 2, 3)
    assert (
        "corpus tiny has no piece in it" in said.out and "is called so" in said.out and "validation of tiny" in said.err
    )


def test_the_piece_can_be_played_where_there_is_a_player(asked, monkeypatch):
    opened = []
    monkeypatch.setattr(formats.subprocess, "Popen", lambda command, **rest: opened.append(command[-1]))
    monkeypatch.setattr(formats.shutil, "which", lambda name: name)
    said = asked(2, MINE, 1, 1, 1, 1, 3)
    assert said.status == 0 and len(opened) == 1 and f"play {opened[0]}" in said.out and opened[0].endswith(".wav")


def test_what_is_composed_when_one_stops_is_kept(asked, monkeypatch, tmp_path):
    from partimento.compose.model import Model

    whole = Model.pieces

    def stopped(*arguments):
        yield next(iter(whole(*arguments)))
        raise KeyboardInterrupt

    monkeypatch.setattr(Model, "pieces", stopped)
    said = asked(2, MINE, 1, 3, 1, 3)
    assert said.status == 0 and "stopped; what was finished is kept" in said.err
    (kept,) = (tmp_path / "compositions").glob("mine-*-1.mid")
    assert midi.read(kept) and f"kept: compositions/{kept.name}" in said.out


def test_sigterm_while_training_saves_and_ends(asked, new, fresh, monkeypatch, tmp_path):
    monkeypatch.setattr(Run, "log", lambda run, row: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(SystemExit) as left:
        asked(*new, "", 5, 3)
    assert left.value.code == 143 and Run(tmp_path / "runs" / "m").saved()


def test_without_a_terminal_no_verb_gives_help(partimento):
    assert partimento().out.startswith("Usage: partimento") and run(["menu", "--help"]) == 0


def test_a_chorale_model_is_asked_for_bars(asked, fresh, monkeypatch, tmp_path):
    commands = []
    monkeypatch.setattr("partimento.cli.menu.composing.perform", lambda words: commands.append(words) or 2)
    tiny_choir(tmp_path / "runs" / "choir" / "checkpoints" / "best")
    bundled = sum((HERE / name).exists() for name in BUNDLED)
    assert "'x': enter a number from 1 to 250" in asked(2, bundled + 1, "x", 8, 2, 3).out
    assert commands[0][:4] == ["compose", "choir", "--bars=8", "--count=2"]
