"""``partimento models`` and ``partimento doctor``."""

import os
import platform
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from ..errors import PartimentoError
from ..units import VALIDATIONS
from .console import Output

SHOWN = ("family", "licence", "data_licence", "data", "trained", "figures", "preset", "credits", "remarks", "damaged")


def models(*, runs: Annotated[str, Parameter(help="where your own runs are")] = "", output: Output = Output()) -> None:
    """List what is bundled and trained: licence, size, training, and figures with the pieces that they are of."""
    from .. import zoo

    home = zoo.runs_home(runs)
    rows = [_row(name, zoo.HERE / name, bundled=True) for name in zoo.BUNDLED if (zoo.HERE / name).exists()]
    whole = zoo.trained(home)
    for name in zoo.begun(home):
        rows.append(_row(name, zoo.find(name, home) if name in whole else home / name, bundled=False))
    lines = [line for row in rows for line in _lines(row)]
    output.result({"models": rows}, lines or ["no model here; train one: partimento train transformer"])


def _row(name: str, folder: Path, bundled: bool) -> dict[str, Any]:
    import json

    from ..checkpoint import CARD

    try:
        card = json.loads((folder / CARD).read_text())
    except (OSError, ValueError):
        card = {"licence": "unknown", "damaged": True}
    row = {key: card.get(key) for key in (*SHOWN, *VALIDATIONS)}
    return {
        "name": name,
        "bundled": bundled,
        "folder": str(folder),
        **row,
        **_recipe(folder),
        "parameters": _size(folder),
    }


def _recipe(folder: Path) -> dict[str, Any]:
    """What a validation figure is of: the codec, which decides what is predicted, and the pieces; None: not known."""
    import tomllib

    from ..checkpoint import RECIPE

    try:
        told = tomllib.loads((folder / RECIPE).read_text())
        return {"codec": told["codec"]["name"], "corpus": told["data"]["corpus"], "filter": told["data"]["filter"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {"codec": None, "corpus": None, "filter": None}


def _size(folder: Path) -> int | None:
    """The numbers in the weights, from their header alone; None where that cannot be read."""
    from math import prod

    from safetensors import SafetensorError, safe_open

    from ..checkpoint import WEIGHTS

    try:
        with safe_open(folder / WEIGHTS, "np") as file:
            return sum(prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118 (no mapping)
    except (OSError, SafetensorError):
        return None


def _lines(row: dict[str, Any]) -> list[str]:
    """A line for the model, and one for each thing that its card has to add."""
    figures = "; ".join(f"{name} {value}" for name, value in (row["figures"] or {}).items())
    where = "bundled" if row["bundled"] else row["folder"]
    if row["damaged"]:
        return [f"{row['name']}: damaged ({where})"]
    first = f"{row['name']}: {row['family']}, {row['licence']} ({where}){'; ' + figures if figures else ''}"
    return [first, *(f"    {remark}" for remark in (*_training(row), *_credited(row), *(row["remarks"] or ())))]


def _training(row: dict[str, Any]) -> list[str]:
    """Size, training, and the validation figure with corpus and codec, as no other's is to be compared with it."""
    size = [f"{row['parameters']:,} parameters"] if row["parameters"] else []
    told, pieces = row["trained"] or {}, ", ".join(filter(None, (row["corpus"], row["filter"])))
    time = f" in {told['seconds'] / 60:,.1f} minutes" if "seconds" in told else ""
    trained = [f"{told['steps']:,} steps, {told['rows']:,} rows{time}"] if {"steps", "rows"} <= told.keys() else []
    place = f"validation on {pieces} by codec {row['codec']}"
    figures = [f"{place}: {row[key]:.3f} {unit}" for key, unit in VALIDATIONS.items() if row[key]]
    return [line for line in ("; ".join((*size, *trained)), *figures) if line]


def _credited(row: dict[str, Any]) -> list[str]:
    """How many are to be named, and where they are."""
    file = Path(row["folder"]) / ("LICENSE" if row["bundled"] else "card.json")
    found = len(row["credits"] or ())
    return [f"{found} credit{'s' if found != 1 else ''}, by name and piece: {file}"] if found else []


def doctor(*, output: Output = Output()) -> None:
    """Say what this installation can do."""
    import torch

    from .. import isolate, zoo
    from ..data.corpus import home, prepared
    from ..nn.precision import precision

    found = {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cores": os.cpu_count(),
        "torch": torch.__version__,
        "gpu": torch.cuda.get_device_name(0) if torch.cuda.is_available() else "none",
        "training_precision": "bfloat16"
        if isinstance(precision("auto", torch.device("cpu")), torch.autocast)
        else "float32",
        "limits_on_foreign_files": isolate.guard(),
        "corpora": {"folder": str(home()), "prepared": prepared()},
        "runs": str(zoo.runs_home().resolve()),
        "bundled": {name: _checked(name) for name in zoo.BUNDLED},
        "terminal": sys.stderr.isatty(),
    }
    output.result(found, [f"{name}: {value}" for name, value in found.items()])


def _checked(name: str) -> str:
    from .. import zoo

    try:
        zoo.load(name)
        return "whole"
    except PartimentoError as error:
        return str(error)
