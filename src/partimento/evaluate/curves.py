"""Learning curves from the logs of runs, and accuracies from an evaluation, as one picture."""

import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..checkpoint import RECIPE
from ..errors import InputError, UnknownName
from ..models import family_of
from ..picture.style import styled
from ..picture.write import FORMATS
from ..printable import printable
from ..store import write_atomically

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOG = "log.jsonl"
WIDTH, PANEL, GAP = 7.0, 2.6, 0.55  # inches; panels lie one below the other, so that a telephone shows them
LEFT, NAMED_LEFT, RIGHT = 0.1, 0.3, 0.96  # of the width: where panels begin, where names stand before bars; their end
Accuracies = Mapping[str, Mapping[str, float]]
Points = list[tuple[int, float]]
Parts = dict[str, float]  # a figure by the name of its column, or of whose loss it is


@dataclass(frozen=True)
class Curve:
    """A run: its loss (the sum over columns) and its validation, each by step.

    ``parts``: in place of the loss, those figures that do not add up, as what the critic and the generator of a
    GAN make of each other. ``right``: by column, the share of validation cells that were guessed right.
    """

    name: str
    loss: Points
    validation: Points
    parts: Mapping[str, Points] = field(default_factory=dict)
    right: Mapping[str, Points] = field(default_factory=dict)

    @property
    def losses(self) -> dict[str, Points]:
        """What was trained, by what a legend says of it."""
        parts = {f"{self.name}: {part}": points for part, points in self.parts.items()}
        return {name: points for name, points in {self.name: self.loss, **parts}.items() if points}

    @property
    def percents(self) -> dict[str, Points]:
        """Accuracy in percent by step, by what a legend says of it."""
        return {
            f"{self.name}: {column}": [(step, 100 * share) for step, share in points]
            for column, points in self.right.items()
            if points
        }


def curve(name: str, folder: Path) -> Curve:
    """The curve of the run in ``folder``; what was logged twice, before and after a resume, counts once.

    Half a line that a kill has left is passed over. Raises InputError where there is no log, or nothing in it.
    """
    losses, right, validation = dict[int, Parts](), dict[int, Parts](), dict[int, float]()
    for line in _log(name, folder):
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            row = json.loads(line)
            step = int(row["step"])
            for key, found in (("loss", losses), ("accuracy", right)):
                if row.get(key) is not None:
                    found[step] = _floats(row[key])
            if row.get("validation") is not None:
                validation[step] = float(row["validation"])
    if not losses and not validation:
        raise InputError(f"{folder / LOG}: holds no step of run {name}; train it first")
    drawn = Curve(name, [], _points(validation), right=_apart(right))
    if _adds_up(folder):
        return replace(drawn, loss=_points({step: sum(said.values()) for step, said in losses.items()}))
    return replace(drawn, parts=_apart(losses))


def _adds_up(folder: Path) -> bool:
    """Whether the losses of the run's family have a unit in common, as they have where nothing says otherwise."""
    with suppress(OSError, ValueError, KeyError, TypeError, UnknownName):
        return bool(family_of(tomllib.loads((folder / RECIPE).read_text())["model"]["family"]).unit)
    return True


def _apart(figures: Mapping[int, Parts]) -> dict[str, Points]:
    """The points of each part of the figures by step."""
    parts = dict.fromkeys(part for said in figures.values() for part in said)
    return {part: _points({step: said[part] for step, said in figures.items() if part in said}) for part in parts}


def accuracies(path: Path) -> Accuracies:
    """By row and column, from an ``evaluation.json``. Raises InputError."""
    try:
        held = json.loads(path.read_bytes())
        rows = [*held["rows"], *held.get("cells", [])]
        found = [(str(row["name"]), str(row.get("codec", "")), _floats(row.get("accuracy", {}))) for row in rows]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; name an evaluation.json") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: is no evaluation; partimento evaluate MODEL --out DIR writes one") from error
    return named(found)


def named(rows: Iterable[tuple[str, str, Mapping[str, float]]]) -> Accuracies:
    """Accuracies by name, and by name and codec where two rows that have any share a name, as anchors do."""
    kept = [(name, codec, found) for name, codec, found in rows if found]
    names = [name for name, *_ in kept]
    return {name if names.count(name) == 1 else f"{name} ({codec})": found for name, codec, found in kept}


def _floats(found: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): float(value) for name, value in found.items()}


def figure_of_curves(curves: Sequence[Curve], right: Accuracies | None = None) -> "Figure":
    """Loss, validation and accuracy by step, a line per run (and column), and a bar for each accuracy of ``right``."""
    from matplotlib.figure import Figure

    panels: list[tuple[float, Callable[[Axes], None]]] = []
    losses = {label: points for each in curves for label, points in each.losses.items()}
    validations = {each.name: each.validation for each in curves if each.validation}
    percents = {label: points for each in curves for label, points in each.percents.items()}
    for lines, label, dots in (
        (losses, "training loss", False),
        (validations, "validation", True),
        (percents, "guessed right (%)", True),
    ):
        if lines:
            panels.append((PANEL, partial(_lines, lines=lines, label=label, dots=dots)))
    if right:
        panels.append((0.5 + 0.16 * sum(map(len, right.values())), partial(_bars, right=right)))
    height, left = sum(each + GAP for each, _ in panels), NAMED_LEFT if right else LEFT
    with _plainly():
        figure, top = Figure((WIDTH, height), dpi=110), height - 0.25
        for tall, draw in panels:
            draw(figure.add_axes((left, (top - tall + 0.2) / height, RIGHT - left, (tall - 0.2) / height)))
            top -= tall + GAP
    return figure


def curves_bytes(figure: "Figure", suffix: str) -> bytes:
    """The picture as a file of one of FORMATS. Raises UnknownName."""
    if suffix not in FORMATS:
        raise UnknownName("picture format", suffix, FORMATS)
    drawn = BytesIO()
    with _plainly():
        figure.savefig(drawn, **FORMATS[suffix])
    return drawn.getvalue()


def write_curves(path: Path, curves: Sequence[Curve], right: Accuracies | None = None) -> None:
    """Write the picture as PNG or SVG, by the suffix of ``path``. Raises UnknownName, WorkFailed."""
    if path.suffix.lower() not in FORMATS:
        raise UnknownName("picture format", path.suffix, FORMATS)
    write_atomically(path, curves_bytes(figure_of_curves(curves, right), path.suffix.lower()))


def _log(name: str, folder: Path) -> list[bytes]:
    try:
        return (folder / LOG).read_bytes().split(b"\n")
    except OSError as error:
        advice = "curves are drawn of runs that were trained here"
        raise InputError(f"{folder / LOG}: cannot be read: {error.strerror}; {advice}") from error


def _points(values: Mapping[int, float]) -> Points:
    return sorted((step, value) for step, value in values.items() if isfinite(value))


def _lines(axes: "Axes", lines: Mapping[str, Points], label: str, dots: bool) -> None:
    """A line each, with ``dots`` at its values; one that has a single value is a dot."""
    for name, points in lines.items():
        mark: dict[str, Any] = {"marker": "o", "markersize": 3} if dots or len(points) < 2 else {}
        axes.plot(*zip(*points, strict=True), linewidth=1.2, label=_label(name), **mark)
    axes.set(xlabel="step", ylabel=label)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7)


def _bars(axes: "Axes", right: Accuracies) -> None:
    """A bar for each accuracy, those of a column together, the first on top."""
    columns = list(dict.fromkeys(column for row in right.values() for column in row))
    bars = [
        (f"{column}: {_label(name)}", row[column]) for column in columns for name, row in right.items() if column in row
    ]
    axes.barh(range(len(bars)), [100 * value for _, value in bars], color="#3b7dd8")
    axes.set_yticks(range(len(bars)), [text for text, _ in bars])
    axes.set(xlabel="accuracy (% of cells)", ylim=(len(bars) - 0.5, -0.5))
    axes.grid(alpha=0.3, axis="x")


def _label(name: str) -> str:
    """``name`` as a picture can show it; matplotlib leaves out of a legend what begins with an underscore."""
    return f" {printable(name)}" if name.startswith("_") else printable(name)


@contextmanager
def _plainly() -> Iterator[None]:
    """Our style, and every text as it stands."""
    import matplotlib

    with styled():
        matplotlib.rcParams["text.parse_math"] = False  # a dollar sign in a name begins no formula
        yield
