"""What every benchmark shares: CPU and wall seconds, medians, the machine, tables in Markdown, the command line."""

import json
import math
import os
import platform
import sys
import time
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from partimento.errors import PartimentoError, WorkFailed

Result = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Spent:
    """Seconds by the wall's clock and of all processors, of this process and of the children that it waited for."""

    wall_s: float
    cpu_s: float

    def each(self, count: int) -> "Spent":
        """The mean over ``count`` equal pieces of work."""
        return Spent(self.wall_s / count, self.cpu_s / count)


def timed(work: Callable[[], T]) -> tuple[T, Spent]:
    """What ``work`` returns, and what it took."""
    wall, cpu = time.perf_counter(), _cpu_s()
    value = work()
    return value, Spent(time.perf_counter() - wall, _cpu_s() - cpu)


def middle(spent: Iterable[Spent]) -> Spent:
    """The median wall and the median CPU time."""
    each = list(spent)
    return Spent(median(one.wall_s for one in each), median(one.cpu_s for one in each))


def repeated(work: Callable[[], object], repeats: int) -> Spent:
    """The median of ``repeats`` runs of ``work``."""
    return middle(timed(work)[1] for _ in range(repeats))


def _cpu_s() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def machine() -> Result:
    """What the figures depend on; ``load`` (before the run) shows whether the machine was quiet."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": metadata.version("torch"),
        "partimento": metadata.version("partimento"),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", ""),
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def child_environment() -> dict[str, str]:
    """The environment of a measured child: it keeps compiled modules, as an installed program does."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """A Markdown table whose header is the keys of the first row."""
    header = list(rows[0])
    body = [[shown(row[name]) for name in header] for row in rows]
    widths = [max(len(cells[i]) for cells in (header, *body)) for i in range(len(header))]
    lines = (header, ["-" * width for width in widths], *body)
    padded = ([cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines)
    return [f"| {' | '.join(cells)} |" for cells in padded]


def shown(value: Any) -> str:
    """A number with at least three significant digits, anything else as it is."""
    if not isinstance(value, float) or not math.isfinite(value):
        return f"{value:,}" if isinstance(value, int) else str(value)
    digits = 2 - math.floor(math.log10(abs(value))) if value else 0
    return f"{value:,.{min(max(digits, 0), 6)}f}"


def parser(text: str | None) -> ArgumentParser:
    """The command line of a benchmark, which every one begins with ``--quick`` and ``--json``."""
    made = ArgumentParser(description=text, formatter_class=RawDescriptionHelpFormatter)
    made.add_argument("--quick", action="store_true", help="a smoke test: little work, figures of no worth")
    made.add_argument("--json", type=Path, metavar="FILE", help="write the result there, too")
    return made


def run(
    options: ArgumentParser,
    measured: Callable[[Namespace], Result],
    told: Callable[[Result], Iterable[str]],
) -> Result:
    """Parse, measure, print the table, write the JSON; the result. A user's mistake is one line and an exit status."""
    given = options.parse_args()
    try:
        result = {"benchmark": Path(sys.argv[0]).stem, "quick": given.quick, "machine": machine(), **measured(given)}
        print(", ".join(f"{name} {value}" for name, value in result["machine"].items() if value not in ("", None)))
        print(*("", *told(result)), sep="\n")
        if given.json:
            _write(given.json, result)
        return result
    except PartimentoError as error:
        print(f"{options.prog}: {error}", file=sys.stderr)
        sys.exit(error.exit_status)


def say(line: str) -> None:
    """A remark on standard error: how far a long benchmark is."""
    print(line, file=sys.stderr, flush=True)


def _write(path: Path, result: Result) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(result, indent=1) + "\n")
    except OSError as error:
        raise WorkFailed(f"--json {path}: cannot be written: {error.strerror}; choose another place") from error
