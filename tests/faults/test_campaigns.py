"""A few trials of the campaigns that fork: in a process of their own, as a fork needs one without threads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRIALS = {"training": 3, "files": 8, "disk": 7, "clock": 1}
SCRIPT = """
import json, sys
from importlib import import_module
for name, trials in json.loads(sys.argv[1]).items():
    told = {"real": False} if name == "disk" else {}
    print(json.dumps(import_module("benchmarks.faults." + name).campaign(trials, 7, **told).to_json()))
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="campaigns fork")


@pytest.fixture(scope="module")
def tallies():
    child = [sys.executable, "-c", SCRIPT, json.dumps(TRIALS)]
    done = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return {tally["name"]: tally for tally in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", TRIALS)
def test_every_trial_survives(tallies, name):
    assert tallies[name]["failures"] == []
    assert tallies[name]["trials"] == tallies[name]["survived"] == TRIALS[name]
