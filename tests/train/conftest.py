"""The tiny families under their names, as if they stood in MODELS."""

import pytest
from families import TINY

import partimento.checkpoint
import partimento.recipe
from partimento.models import family_of as real_family


@pytest.fixture
def tiny_families(monkeypatch):
    def find(name):
        return TINY[name] if name in TINY else real_family(name)

    monkeypatch.setattr(partimento.checkpoint, "family_of", find)
    monkeypatch.setattr(partimento.recipe, "family_of", find)
    return find
