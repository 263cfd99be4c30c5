"""Downloads from a server that misbehaves one to five times: each has to end with every file as published."""

import hashlib
import io
import os
import random
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from benchmarks.faults.server import Answer, Served, serving
from benchmarks.faults.tally import Tally, tallied
from partimento.data import SOURCES
from partimento.data.fetch.download import Listener, Terms
from partimento.data.fetch.fetch import fetch
from partimento.data.source import Source
from partimento.errors import PartimentoError

MEMBERS, MEMBER_BYTES = 8, 512 * 1024
MOST_FAULTS = 5
TERMS = Terms(stall_s=0.25, sleep=lambda seconds: None, largest=64 * 2**20)
STOPS_AT_MOST = 2  # of every trial's downloads, as by Ctrl-C

Fault = Callable[[random.Random, bytes], list[Answer]]


def _cut(rng: random.Random, body: bytes) -> int:
    return rng.randrange(len(body))


def _otherwise(rng: random.Random, body: bytes) -> bytes:
    """Another version of the file, of the same or of another length."""
    other = bytearray(body[: len(body) - rng.choice((0, 0, 1, 4096))])
    at = rng.randrange(len(other) - 1000)
    other[at : at + 1000] = rng.randbytes(1000)
    return bytes(other)


FAULTS: dict[str, Fault] = {
    "cut": lambda rng, body: [Answer(cut=_cut(rng, body))],
    "cut soon": lambda rng, body: [Answer(cut=rng.randrange(100))],
    "stall": lambda rng, body: [Answer(cut=_cut(rng, body), stall=True)],
    "too long": lambda rng, body: [Answer(lie=rng.randrange(1, 10**6))],
    "too short": lambda rng, body: [Answer(lie=-rng.randrange(1, len(body)))],
    "no length": lambda rng, body: [Answer(cut=_cut(rng, body), length=False)],
    "no ranges": lambda rng, body: [Answer(cut=_cut(rng, body)), Answer(ranges=False, cut=_cut(rng, body))],
    "416": lambda rng, body: [Answer(cut=_cut(rng, body)), Answer(416)],
    "busy": lambda rng, body: [Answer(rng.choice((429, 500, 502, 503, 504)))],
    "redirect": lambda rng, body: [Answer(rng.choice((301, 302, 303, 307, 308)), location="/elsewhere")],
    "changed": lambda rng, body: [Answer(body=_otherwise(rng, body), cut=_cut(rng, body))],
    "changed unsaid": lambda rng, body: [
        Answer(body=_otherwise(rng, body), cut=_cut(rng, body), tagged=False),
        Answer(tagged=False),
    ],
    "wrong range": lambda rng, body: [
        Answer(cut=_cut(rng, body)),
        Answer(content_range=f"bytes {_cut(rng, body)}-{len(body) - 1}/{len(body)}"),
    ],
}


def campaign(trials: int, seed: int) -> Tally:
    """``trials`` downloads of the same archive; each ends with the right files, or did not survive."""
    outcomes, kinds, asked = {}, Counter[str](), 0
    files, archive = published(random.Random(seed))
    for number in range(trials):
        trial = f"--seed {seed}, trial {number}"
        rng = random.Random(f"{seed}:{number}")
        chosen = rng.choices(list(FAULTS), k=rng.randint(1, MOST_FAULTS))
        with serving(archive, *(answer for name in chosen for answer in FAULTS[name](rng, archive))) as served:
            wrong = outcome(served, files, rng)
        outcomes[trial] = wrong and f"{', '.join(chosen)}: {wrong}"
        kinds.update(chosen)
        asked += len(served.ranges)
    notes = {"archive": f"{len(archive):,} bytes", "requests": asked, "faults": kinds.total(), **kinds}
    return tallied("downloads", outcomes, notes)


def outcome(served: Served, files: dict[str, bytes], rng: random.Random) -> str:
    """What is wrong with the files after fetching, begun again where it was stopped; empty: nothing."""
    stops = [rng.randrange(len(served.body)) for _ in range(rng.randint(0, STOPS_AT_MOST))]
    with tempfile.TemporaryDirectory() as home, offered(served, files, Path(home)) as name:
        while True:
            try:
                found = fetch(name, terms=TERMS, listener=Listener(_stopping(stops)))
                break
            except KeyboardInterrupt:
                continue
            except PartimentoError as error:
                return str(error)
        here = {path.name: path.read_bytes() for path in found.folder.iterdir()}
        beside = {path.name for path in found.folder.parent.iterdir()} - {name, f"{name}.lock"}
        return f"other files than published: {sorted(here)}" if here != files else f"left {beside}" if beside else ""


def _stopping(stops: list[int]) -> Callable[[int, int], None]:
    """Progress that stops the download once at each of the places, given in bytes."""

    def progress(here: int, total: int) -> None:
        if stops and here > stops[-1]:
            stops.pop()
            raise KeyboardInterrupt

    return progress


@contextmanager
def offered(served: Served, files: dict[str, bytes], home: Path) -> Iterator[str]:
    """A source with the served archive for the time of the block, with its data in ``home``; its name."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    sha256 = hashlib.sha256(served.body).hexdigest()
    source = Source("trial", "", "", "", served.url, False, _no_pieces, archive_sha256=sha256, sums=lambda: sums)
    told = {"PARTIMENTO_DATA": str(home), "no_proxy": "*"}
    with mock.patch.dict(os.environ, told), mock.patch.dict(SOURCES, {source.name: source}):
        yield source.name


def _no_pieces(*_: object) -> Iterator[object]:
    yield from ()


def published(rng: random.Random, members: int = MEMBERS, member_bytes: int = 0) -> tuple[dict[str, bytes], bytes]:
    """Files that do not pack, and the archive of them."""
    files = {f"{number}.mid": rng.randbytes(member_bytes or MEMBER_BYTES) for number in range(members)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(f"trial/{name}"), data)
    return files, buffer.getvalue()
