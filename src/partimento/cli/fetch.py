"""``partimento data fetch``."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from cyclopts import Parameter

from ..data import SOURCES
from ..units import MEGABYTE, clock_text
from .console import Output

Update = Callable[[float, str], None]
FETCHED = [name for name, source in SOURCES.items() if source.archive_url]


def fetch(
    source: Annotated[str, Parameter(help=f"one of: {', '.join(FETCHED)}")],
    /,
    *,
    url: Annotated[str, Parameter(help="another address of the same archive, by http or https")] = "",
    keep_archive: Annotated[bool, Parameter(help="keep the archive beside the unpacked files", negative="")] = False,
    output: Output = Output(),
) -> None:
    """Download the files of a source, verify and unpack them; Ctrl-C keeps what is here, the same command goes on."""
    from ..data.fetch.download import Listener
    from ..data.fetch.fetch import fetch as fetch_files

    with output.progress(f"fetching {source}") as update:
        try:
            listener = Listener(Pace(update).step, output.say)
            found = fetch_files(source, url, keep_archive=keep_archive, listener=listener)
        except KeyboardInterrupt:
            raise KeyboardInterrupt("stopped; what is here is kept, the same command goes on from it") from None
    said = "here already, each file as published" if found.unchanged else "fetched and verified"
    told = {"folder": str(found.folder), "files": found.files, "unchanged": found.unchanged}
    lines = [f"{found.folder}: {found.files:,} files {said}; next: partimento data prepare {source}"]
    output.result({**told, "archive": found.archive and str(found.archive)}, lines)


@dataclass
class Pace:
    """Tells of a download with its rate since it began or went on, and the time left."""

    update: Update
    clock: Callable[[], float] = time.monotonic
    first: tuple[float, int] | None = field(default=None, init=False)

    def step(self, here: int, total: int) -> None:
        """``here`` of ``total`` bytes have come; a total below 0 is not known."""
        if self.first is None or here < self.first[1]:
            self.first = self.clock(), here
        seconds, taken = self.clock() - self.first[0], here - self.first[1]
        self.update(here / total if total > 0 else 0.0, remark(here, total, taken / seconds if seconds > 0 else 0.0))


def remark(here: int, total: int, rate: float) -> str:
    """Bytes here and in all (below 0: not known), bytes per second and the time left, for people."""
    parts = [f"{here / MEGABYTE:,.1f}" + (f" of {total / MEGABYTE:,.1f} MB" if total >= 0 else " MB")]
    if rate > 0:
        parts.append(f"{rate / MEGABYTE:,.1f} MB/s")
    if rate > 0 and total >= 0:
        parts.append(f"{clock_text((total - here) / rate)} left")
    return ", ".join(parts)
