"""The house rules, held by reading the source: floors, no torch on import, no pickle, short files, a true map."""

import ast
import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "partimento"
FILES = sorted(SOURCE.rglob("*.py"))
WRITTEN = [*FILES, *sorted((ROOT / "tests").rglob("*.py")), ROOT / "dev"]
TORCHLESS_FLOORS = range(0, 4)
KNOWS_TORCH = {"batch"}  # the first file that does
TORCHLESS_ROOMS = {"__init__", "cli", "menu", "studio"}
PICKLING = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
MAX_LINES = 250


def read_floors(page: str) -> dict[str, int]:
    """Room to floor, from the table of docs/architecture.md."""
    section = page.split("\n## Floors\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", section, re.MULTILINE)
    return {room: int(floor) for floor, rooms in rows for room in re.findall(r"`(\w+)`", rooms)}


FLOORS = read_floors((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))


def module_of(path: Path, source: Path = SOURCE) -> tuple[str, ...]:
    """The parts below ``partimento``: codecs/notes.py is (codecs, notes), a package's own file its folder."""
    parts = path.relative_to(source).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def room_of(module: tuple[str, ...]) -> str:
    return module[0] if module else "__init__"


def imported(text: str, module: tuple[str, ...], is_package: bool) -> Iterator[str]:
    """Dotted names of all that ``text`` imports, wherever it stands; relative ones made absolute."""
    home = ("partimento", *module)[: None if is_package else -1]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = home[: len(home) - node.level + 1] if node.level else ()
            origin = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def rooms_used(path: Path) -> set[str]:
    """The rooms that a file imports from; the package's own surface counts as ``__init__``."""
    names = imported(path.read_text(encoding="utf-8"), module_of(path), path.name == "__init__.py")
    inside = [name.split(".")[1:] for name in names if name.split(".")[0] == "partimento"]
    return {parts[0] if parts and parts[0] in FLOORS else "__init__" for parts in inside}


def allowed(user: str, used: str) -> bool:
    return user == used or FLOORS[used] < FLOORS[user]


@pytest.mark.parametrize(
    ("text", "module", "is_package", "names"),
    [
        ("import torch.nn", ("nn", "layers"), False, ["torch.nn"]),
        ("from ..score import Score", ("codecs", "notes"), False, ["partimento.score.Score"]),
        ("from ..score import Score", ("codecs",), True, ["partimento.score.Score"]),
        ("from . import score", ("edit",), False, ["partimento.score"]),
        ("def f():\n    from .train import run", (), True, ["partimento.train.run"]),
    ],
)
def test_every_kind_of_import_is_seen(text: str, module: tuple[str, ...], is_package: bool, names: list[str]) -> None:
    assert list(imported(text, module, is_package)) == names


def test_imports_upward_and_between_siblings_are_not_allowed() -> None:
    assert allowed("codecs", "score") and allowed("codecs", "codecs")
    assert not allowed("score", "codecs")
    assert not allowed("midi", "edit")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_module_stands_on_a_floor_and_imports_only_downward(path: Path) -> None:
    room = room_of(module_of(path))
    assert room in FLOORS, f"{room} has no floor: give it one in docs/architecture.md, under Floors"
    wrong = sorted(used for used in rooms_used(path) if not allowed(room, used))
    assert not wrong, f"{room} (floor {FLOORS[room]}) imports " + ", ".join(f"{w} (floor {FLOORS[w]})" for w in wrong)


def modules_used(path: Path) -> set[tuple[str, ...]]:
    """The project's other modules that a file imports, each by the longest part of the name that is one."""
    known = {module_of(file) for file in FILES}
    names = imported(path.read_text(encoding="utf-8"), module_of(path), path.name == "__init__.py")
    inside = [tuple(name.split(".")[1:]) for name in names if name.split(".")[0] == "partimento"]
    found = {next(parts[:n] for n in range(len(parts), -1, -1) if parts[:n] in known) for parts in inside}
    return found - {module_of(path)}


def test_no_import_runs_in_a_circle() -> None:
    TopologicalSorter({module_of(path): modules_used(path) for path in FILES}).prepare()


def torchless() -> list[str]:
    """The modules that exist and whose import must not bring torch."""
    rooms = TORCHLESS_ROOMS | {room for room, floor in FLOORS.items() if floor in TORCHLESS_FLOORS} - KNOWS_TORCH
    modules = [module_of(path) for path in FILES if path.name != "__main__.py"]
    return [".".join(["partimento", *module]) for module in modules if room_of(module) in rooms]


IMPORT_WITHOUT_TORCH = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
    assert "torch" not in sys.modules, name + " imports torch"
"""


def test_the_light_rooms_import_no_torch() -> None:
    child = [sys.executable, "-c", IMPORT_WITHOUT_TORCH, *torchless()]
    done = subprocess.run(child, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr.strip().splitlines()[-1]


def pickles(text: str) -> set[str]:
    """The names by which ``text`` could run code out of data: pickling modules, torch.load, allow_pickle."""
    tree = ast.parse(text)
    names = set(imported(text, ("x",), False))
    found = {name.split(".")[0] for name in names} & PICKLING | {name for name in names if "Pickl" in name}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("torch.load", "torch.save"):
            found.add(ast.unparse(node))
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and ast.unparse(node.value) != "False":
            found.add("allow_pickle")
    return found


def test_pickling_is_recognised() -> None:
    assert pickles("import pickle") == {"pickle"}
    assert pickles("from shelve import open") == {"shelve"}
    assert pickles("from multiprocessing.reduction import ForkingPickler") == {
        "multiprocessing.reduction.ForkingPickler"
    }
    assert pickles("torch.load('x'); np.load('x', allow_pickle=True)") == {"torch.load", "allow_pickle"}
    assert not pickles("np.load('x', allow_pickle=False)")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_is_pickled(path: Path) -> None:
    assert not pickles(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, f"{lines} lines, at most {MAX_LINES}: divide it"


def mapped(readme: str) -> set[str]:
    """The paths, relative to src/partimento, that the code block under ``## The tree`` names first in its lines."""
    block = readme.split("\n## The tree\n")[1].split("```")[1]
    paths = [line.split()[0] for line in block.splitlines()[1:] if line.strip()]
    return {path.removeprefix("src/partimento/") for path in paths} - {""}


def tree() -> set[str]:
    """Each module as a path, each package as its folder with a slash."""
    modules = {path.relative_to(SOURCE).as_posix() for path in FILES if path.name != "__init__.py"}
    packages = {f"{path.parent.relative_to(SOURCE).as_posix()}/" for path in FILES if path.name == "__init__.py"}
    return modules | packages - {"./"}


def test_a_map_is_read() -> None:
    readme = "# P\n\n## The tree\n\n```\nsrc/partimento/\ncodecs/   all\ncodecs/notes.py   one\n```\n\n## More\n"
    assert mapped(readme) == {"codecs/", "codecs/notes.py"}


def test_the_readme_maps_the_tree() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "\n## The tree\n" in readme, "README.md needs a section `## The tree` with a code block"
    assert sorted(mapped(readme) ^ tree()) == []


def dev() -> ModuleType:
    """The file ``dev`` as a module: it has no suffix."""
    spec = importlib.util.spec_from_loader("dev", SourceFileLoader("dev", str(ROOT / "dev")))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_dev_needs_only_the_standard_library() -> None:
    names = {name.split(".")[0] for name in imported((ROOT / "dev").read_text(encoding="utf-8"), ("x",), False)}
    assert names <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(
    ("listing", "build"),
    [
        ("Available versions: 2.15.0, 2.14.0+cpu, 2.13.0+cpu, 2.13.0, 2.9.1+cpu", "2.13.0+cpu"),
        ("Available versions: 2.9.1+cpu, 2.10.0+cpu", "2.10.0+cpu"),
        ("Available versions: 2.13.0, 2.14.0+cpu, 2.12.0+cu128", None),
    ],
)
def test_dev_takes_the_newest_cpu_build_in_range(listing: str, build: str | None) -> None:
    assert dev().newest_cpu_build(listing, "torch>=2.10,<2.14") == build


def test_dev_reads_the_range_of_torch_from_the_project() -> None:
    assert re.fullmatch(r"torch>=\d+\.\d+,<\d+\.\d+", dev().torch_range())
