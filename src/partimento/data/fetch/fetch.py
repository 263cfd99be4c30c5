"""The data of a source from its published address: downloaded, verified, unpacked.

Two things vouch for it: the SHA-256 of the archive, and that of every file in it. From the published address both must
be right. Another address (a mirror) may have packed the same files differently: there the archive's hash is a remark,
and what the source's table of files does not list is left out.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ...errors import InputError, UnknownName, UsageError, WorkFailed
from ...store import restore
from .. import SOURCES
from ..source import Source
from .download import Listener, Terms, download
from .downloads import downloads
from .link import checked_url
from .partial import Partial
from .unpack import Unpacked, unpack

LOCK_WAIT_S = 2.0
ROUNDS = 6  # whole downloads at the most, where one after the other turns out not to be as published


@dataclass(frozen=True)
class Fetched:
    """Where the files of a source are; ``archive``: where it was kept. ``unchanged``: they were there already."""

    folder: Path
    files: int
    archive: Path | None = None
    unchanged: bool = False


@dataclass(frozen=True)
class Wanted:
    """The archive of a source at an address, and where it goes."""

    source: Source
    url: str
    target: Path

    @property
    def part(self) -> Partial:
        """The archive while it is being fetched and unpacked."""
        return Partial(self.target.with_name(f"{self.source.name}.part"))

    @property
    def archive(self) -> Path:
        """The archive, where it is to be kept."""
        return self.target.with_name(f"{self.source.name}.zip")

    @property
    def published(self) -> bool:
        """Whether the address is the publisher's own."""
        return self.url == self.source.archive_url


def fetch(
    name: str, url: str = "", *, keep_archive: bool = False, terms: Terms = Terms(), listener: Listener = Listener()
) -> Fetched:
    """Fetch the files of the source ``name``, from ``url`` or from where they are published, unless they are here.

    Raises UnknownName, UsageError for a source without an address, InputError for an address that is refused and for an
    archive that is not as published, WorkFailed where it can't be had or written, or another process is at it.
    """
    source = _source(name)
    wanted = Wanted(source, checked_url(url or source.archive_url), downloads() / name)
    with _alone(wanted):
        sound, archive = _is_sound(wanted), wanted.archive if wanted.archive.is_file() else None
        if sound and (archive or not keep_archive):
            return Fetched(wanted.target, _count(wanted.target), archive, unchanged=True)
        if wanted.target.exists() and not sound:
            listener.remark(f"{wanted.target}: a file is missing or not as published; fetching all of them anew")
        unpacked = _obtained(wanted, terms, listener)
        if unpacked.left_out:
            listener.remark(f"{unpacked.left_out:,} files that no table vouches for were left out")
        archive = _settled(wanted, keep_archive)
    return Fetched(wanted.target, unpacked.files, archive)


def _source(name: str) -> Source:
    if name not in SOURCES:
        raise UnknownName("source", name, SOURCES)
    if not SOURCES[name].archive_url:
        raise UsageError(f"source {name}: has no published address; run `partimento data prepare {name} --from PATH`")
    return SOURCES[name]


@contextmanager
def _alone(wanted: Wanted) -> Iterator[None]:
    """No other process fetches this source meanwhile. Raises WorkFailed."""
    lock = FileLock(wanted.target.with_name(f"{wanted.source.name}.lock"), timeout=LOCK_WAIT_S)
    try:
        wanted.target.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise WorkFailed(f"{wanted.source.name}: another process is fetching it; wait until it is done") from None
    except (OSError, NotImplementedError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WorkFailed(
            f"{wanted.target.parent}: can't be written: {reason}; name another folder in PARTIMENTO_DATA"
        ) from error
    try:
        restore(wanted.target.parent)
        yield
    finally:
        lock.release()


def _is_sound(wanted: Wanted) -> bool:
    """Whether all files are here, each as the table of the source says."""
    try:
        return wanted.target.is_dir() and all(
            _sha256(wanted.target / name) == digest for name, digest in wanted.source.sums().items()
        )
    except OSError:
        return False


def _count(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _obtained(wanted: Wanted, terms: Terms, listener: Listener) -> Unpacked:
    """Download and unpack. What is not as published may be pieces of two versions: it is fetched anew, until the same
    bytes come twice or ROUNDS are over.
    """
    seen: set[str] = set()
    while True:
        download(wanted.url, wanted.part, terms, listener, room=wanted.source.unpacked_bytes)
        digest = wanted.part.sha256()
        try:
            as_published = _as_published(wanted, digest, listener)
            return unpack(
                wanted.part.path,
                wanted.target,
                wanted.source.sums(),
                all_files=as_published or not wanted.source.sums(),
            )
        except InputError as error:
            wanted.part.discard()
            if digest in seen or len(seen) == ROUNDS - 1:
                raise InputError(f"{wanted.url}: {error}", error.code) from error
            seen.add(digest)
            listener.remark(f"{error}; fetching it once more")


def _as_published(wanted: Wanted, digest: str, listener: Listener) -> bool:
    """Whether the archive is the published one, byte for byte. Raises InputError where it should be and is not."""
    published = wanted.source.archive_sha256
    if not published or digest == published:
        return bool(published)
    told = f"the archive is not the published one (SHA-256 {digest[:12]}..., published {published[:12]}...)"
    if wanted.published:
        raise InputError(told, "damaged")
    listener.remark(f"{told}; each of its files is compared instead")
    return False


def _settled(wanted: Wanted, keep_archive: bool) -> Path | None:
    """Keep or drop the archive, whose files are all unpacked; where it is kept."""
    if keep_archive:
        wanted.part.path.replace(wanted.archive)
    wanted.part.discard()
    return wanted.archive if keep_archive else None
