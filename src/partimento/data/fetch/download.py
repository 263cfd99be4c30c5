"""One file by HTTP: resumed where it was cut, tried again after growing pauses, held against limits.

RFC 9110: If-Range is section 13.1.5, range requests are section 14, 416 is section 15.5.17.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import BinaryIO

from ...errors import InputError, WorkFailed
from ...units import MEGABYTE
from .downloads import require_space
from .link import BeyondEnd, Interrupted, Unreachable, ask, total_of, words
from .partial import UNKNOWN, Partial, Version

CHUNK = 1 << 16  # bytes
PARTIAL_CONTENT = 206
TOO_LARGE = "too-large"  # of errors.REASONS


@dataclass(frozen=True)
class Terms:
    """How long a download waits, in seconds, and how much it takes, in bytes; what tests put in place of the world."""

    attempts: int = 8  # in a row that bring nothing new
    first_attempts: int = 3  # where there was no server, and nothing came from it before
    first_pause_s: float = 1.0
    longest_pause_s: float = 60.0
    stall_s: float = 30.0  # without a byte
    slowest: float = 100.0  # bytes per second over ``stall_s``
    largest: int = 2**30
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random  # 0 to 1; no music depends on it

    def pause_s(self, failures: int) -> float:
        """Seconds before the next try: twice as many each time, and between half and all of them by chance."""
        return min(self.first_pause_s * 2 ** (failures - 1), self.longest_pause_s) * (0.5 + 0.5 * self.chance())


@dataclass(frozen=True)
class Listener:
    """Who is told of a download: of the bytes here and in all (UNKNOWN: not said), and of what happens, in words."""

    progress: Callable[[int, int], None] = lambda here, total: None
    remark: Callable[[str], None] = lambda line: None


def download(url: str, part: Partial, terms: Terms, listener: Listener, room: int = 0) -> None:
    """Make ``part`` the whole file at ``url``, from what is already there; ``room``: bytes to leave free beyond it.

    Raises InputError for an address that is refused and for a file that is too large, WorkFailed where it can't be
    had or written. What came until then stays, also on Ctrl-C, unless it is of no use.
    """
    if part.version(url) is None:
        part.discard()
    furthest, failures = part.size, 0
    while True:
        try:
            return _transfer(url, part, terms, listener, room)
        except InputError as refusal:
            if refusal.code == TOO_LARGE:
                part.discard()
            raise
        except Interrupted as cut:
            failures = 1 if part.size > furthest else failures + 1
            furthest = max(furthest, part.size)
            _pause(url, cut, failures, part, terms, listener)


def _pause(url: str, cut: Interrupted, failures: int, part: Partial, terms: Terms, listener: Listener) -> None:
    """Wait before the next try. Raises WorkFailed after the last."""
    here = f"{part.size / MEGABYTE:,.1f} MB are here"
    if isinstance(cut, Unreachable) and not part.size and failures >= terms.first_attempts:
        raise WorkFailed(f"{url}: {cut}; check address and network, or give another address with --url")
    if failures >= terms.attempts:
        raise WorkFailed(f"{url}: {cut}, {failures} times on end; {here}: the same command goes on from there")
    seconds = max(terms.pause_s(failures), min(cut.pause_s, terms.longest_pause_s))
    listener.remark(f"{cut}; {here}; trying again in {seconds:.0f} s")
    terms.sleep(seconds)


def _transfer(url: str, part: Partial, terms: Terms, listener: Listener, room: int) -> None:
    """One request for what is missing. Raises Interrupted where it does not bring all of it."""
    known = part.version(url)
    if known and part.size == known.length:
        return
    try:
        with ask(url, _ranged(part, known), terms.stall_s) as answer:
            version = _begun(url, answer, part, known)
            _check_size(url, part, version, terms, room)
            _receive(answer, part, version, terms, listener)
    except BeyondEnd as end:
        if known is None or end.total != part.size:
            part.discard()
            raise Interrupted("what was here does not fit the file on the server") from None
        version = known
    part.complete(version)


def _ranged(part: Partial, known: Version | None) -> dict[str, str]:
    """The headers that ask for the rest, or for all of it if the file has changed."""
    if known is None:
        return {}
    return {"Range": f"bytes={part.size}-", **({"If-Range": known.validator} if known.validator else {})}


def _begun(url: str, answer: HTTPResponse, part: Partial, known: Version | None) -> Version:
    """The version that is being sent, ``part`` being ready for its bytes."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise WorkFailed(
            f"{url}: the server sends it encoded, which was not asked for; give another address with --url"
        )
    if answer.status == PARTIAL_CONTENT:
        return _continued(url, answer, part, known)
    version = _described(url, answer, UNKNOWN if answer.length is None else answer.length)
    part.begin(version)
    return version


def _continued(url: str, answer: HTTPResponse, part: Partial, known: Version | None) -> Version:
    """The version known, if it is the rest of that which comes; otherwise what is here goes."""
    content_range = answer.headers.get("Content-Range", "")
    version = _described(url, answer, total_of(content_range))
    if known and content_range.startswith(f"bytes {part.size}-") and not known.differs(version):
        return version if known.length == UNKNOWN else known
    part.discard()
    raise Interrupted("the file on the server changed, or another part of it came")


def _described(url: str, answer: HTTPResponse, length: int) -> Version:
    return Version(url, answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", ""), length)


def _check_size(url: str, part: Partial, version: Version, terms: Terms, room: int) -> None:
    if version.length > terms.largest:
        raise _too_large(url, terms)
    require_space(part.path.parent, max(version.length - part.size, 0) + room)


def _too_large(url: str, terms: Terms) -> InputError:
    return InputError(f"{url}: more than {terms.largest:,} bytes, the most that is fetched", TOO_LARGE)


def _receive(answer: HTTPResponse, part: Partial, version: Version, terms: Terms, listener: Listener) -> None:
    """Append the body to ``part``. Raises Interrupted where it ends before the length that was said."""
    here, total = part.size, version.length
    with _appended(part) as file:
        for chunk in _chunks(answer, total - here if total != UNKNOWN else None, terms):
            here += len(chunk)
            if here > terms.largest:
                raise _too_large(version.url, terms)
            file.write(chunk)
            listener.progress(here, total)
    if here < total:
        raise Interrupted("the connection ended early")


def _chunks(answer: HTTPResponse, left: int | None, terms: Terms) -> Iterator[bytes]:
    """The body as it comes, at most ``left`` bytes. Raises Interrupted where it breaks off, stalls or crawls."""
    mark, since = terms.clock(), 0
    while left is None or left > 0:
        try:
            chunk = answer.read1(CHUNK if left is None else min(CHUNK, left))
        except (OSError, HTTPException) as error:
            raise Interrupted(words(error)) from error
        if not chunk:
            return
        yield chunk
        left, since = None if left is None else left - len(chunk), since + len(chunk)
        if terms.clock() - mark > terms.stall_s:
            if since < terms.slowest * terms.stall_s:
                raise Interrupted("next to nothing comes")
            mark, since = terms.clock(), 0


@contextmanager
def _appended(part: Partial) -> Iterator[BinaryIO]:
    """``part``, open at its end and synced when the block ends, however it does. Raises WorkFailed for an OSError."""
    try:
        with part.path.open("ab") as file:
            try:
                yield file
            finally:
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        reason = f"{error.strerror or error}; make room, then the same command goes on"
        raise WorkFailed(f"{part.path}: can't be written: {reason}") from error
