"""A tiny corpus and a tiny trained model, made once and through the command line itself; and a way to call it."""

import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from fakes import random_score

from partimento import midi
from partimento.cli.app import run

MODEL = "--layers 1 --width 16 --heads 2 --time-heads 1 --hidden 16 --reach 4 --context 16 --dropout 0.1"
TRAINING = "--data tiny --sequence 16 --batch-size 2 --warmup 2 --decay 0"
OWN_RECIPE = """# a recipe of one's own, that takes no time
[model]
family = "lstm"
layers = 1
units = 8
embedding = 4
hidden_dense = 0
[windows]
sequence = 16
batch_size = 2
"""


@dataclass(frozen=True)
class Said:
    """What a call left: its exit status and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def complaint(self):
        """The one line of a refusal, when there is nothing else."""
        (line,) = self.err.splitlines()
        assert line.startswith("partimento: ") and not self.out
        return line


def call(*arguments):
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        status = run([str(argument) for argument in arguments])
    return Said(status, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def tiny_flags():
    """The flags of a model and a training that take no time."""
    return [*MODEL.split(), *TRAINING.split()]


@pytest.fixture(scope="session")
def workshop(tmp_path_factory, tiny_flags):
    """A folder with ``midi/`` (eight files), ``data/`` (the corpus tiny) and ``runs/`` (the run mine)."""
    home = tmp_path_factory.mktemp("workshop")
    (home / "midi").mkdir()
    for i in range(8):
        midi.write(random_score(np.random.default_rng(i), notes=60, span_s=20.0), home / "midi" / f"piece-{i}.mid")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARTIMENTO_DATA", str(home / "data"))
        patch.setenv("PARTIMENTO_HOME", str(home))
        prepared = call("data", "prepare", "folder", "--from", home / "midi", "--name", "tiny", "--split", "0.7,0.3,0")
        assert prepared.status == 0, prepared.err
        trained = call("train", "transformer", "--name", "mine", "--steps", 40, *tiny_flags)
        assert trained.status == 0, trained.err
    return home


@pytest.fixture
def partimento(workshop, tmp_path, monkeypatch):
    """Calls a verb in an empty folder, with the workshop's corpus and run at hand."""
    monkeypatch.setenv("PARTIMENTO_DATA", str(workshop / "data"))
    monkeypatch.setenv("PARTIMENTO_HOME", str(workshop))
    monkeypatch.chdir(tmp_path)
    return call


@pytest.fixture(scope="session")
def primer(workshop) -> Path:
    """A file of sixty notes with a tempo change."""
    return workshop / "midi" / "piece-0.mid"


@pytest.fixture(scope="session")
def best(workshop) -> Path:
    """The checkpoint that the model mine is loaded from."""
    return workshop / "runs" / "mine" / "checkpoints" / "best"


@pytest.fixture
def own_recipe(tmp_path):
    """The number of the choice of a recipe of one's own, and the path of one that takes no time."""
    from partimento.models import MODELS
    from partimento.recipe import RECIPES

    (tmp_path / "own.toml").write_text(OWN_RECIPE)
    return len({*MODELS, *RECIPES}) + 1, tmp_path / "own.toml"
