"""What verbs say: lines and progress on standard error, results on standard output."""

import json
import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from cyclopts import Parameter

from ..printable import printable

LINE_EVERY_S = 10.0  # without a terminal
QUIET = "no progress and no remarks; the licence is then said by the files alone"


@Parameter(name="*")
@dataclass(frozen=True)
class Output:
    """How much a verb says, and in which form."""

    json: Annotated[bool, Parameter(help="one JSON object on standard output, nothing else there", negative="")] = False
    quiet: Annotated[bool, Parameter(help=QUIET, negative="")] = False

    def say(self, line: str) -> None:
        """A remark, on standard error."""
        if not self.quiet:
            print(printable(line), file=sys.stderr)

    def result(self, value: Mapping[str, Any], lines: Iterable[str] = ()) -> None:
        """What the verb was asked for: the object with ``--json``, else the lines."""
        if self.json:
            print(json.dumps(finite(value), allow_nan=False))
            return
        for line in lines:
            print(printable(line))

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[float, str], None]]:
        """A bar on a terminal, a line every ten seconds elsewhere; call with the share done and a remark."""
        if self.quiet:
            yield _nothing
        elif sys.stderr.isatty():
            with _bar(title) as update:
                yield update
        else:
            yield _lines(title)


def finite(value: Any) -> Any:
    """``value`` with null for infinity and for what is no number: JSON has neither."""
    if isinstance(value, Mapping):
        return {name: finite(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _nothing(share: float, remark: str = "") -> None:
    pass


@contextmanager
def _bar(title: str) -> Iterator[Callable[[float, str], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[remark]}"), console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=1.0, remark="")

        def update(share: float, remark: str = "") -> None:
            bar.update(task, completed=share, remark=remark)

        yield update


def _lines(title: str) -> Callable[[float, str], None]:
    last = [time.monotonic()]

    def update(share: float, remark: str = "") -> None:
        if time.monotonic() - last[0] > LINE_EVERY_S:
            last[0] = time.monotonic()
            print(f"{title}: {share:.0%} {remark}".rstrip(), file=sys.stderr)

    return update
