"""docs/systems.md speaks of flags, recipes and tests that are there, docs/chorales.md of its own recipe."""

import re
from pathlib import Path

from partimento.models import MODELS
from partimento.recipe import RECIPES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "systems.md").read_text(encoding="utf-8")
CHORALES = (ROOT / "docs" / "chorales.md").read_text(encoding="utf-8")
VERBS = (
    "compose",
    "evaluate",
    "curves",
    "translate",
    "data prepare",
    "menu",
    *(f"train {name}" for name in (*MODELS, "mechanical-bach-lstm")),
)
THEIRS = re.compile(r"`--(lstm|transformer|gan|embed|num|ff)_[a-z_]+|python benchmarks/.*")  # and what is no verb's


def test_every_flag_on_the_page_is_one(partimento):
    helps = " ".join(partimento(*verb.split(), "--help").out for verb in VERBS)
    known = set(re.findall(r"--[a-z][a-z-]*[a-z]", helps))
    said = set(re.findall(r"(?<![-\w])--[a-z][a-z-]*[a-z](?![\w])", THEIRS.sub("", PAGE)))
    assert said - known == set()


def test_every_recipe_is_on_the_page_and_every_test_that_it_names_exists():
    assert [name for name in RECIPES if f"train {name} --name" not in PAGE + CHORALES] == []
    assert [path for path in re.findall(r"`(tests/[\w/]+\.py)`", PAGE) if not (ROOT / path).exists()] == []
