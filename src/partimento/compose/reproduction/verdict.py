"""A file composed again from what it says of itself, and held against it byte by byte."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ...errors import UnknownName
from ..piece import Piece, sidecar_bytes
from .again import Progress, again, model_of
from .claim import CARRIED, SIDECAR, Claim, claim
from .differences import differences


@dataclass(frozen=True, eq=False)
class Reproduction:
    """``piece`` is what was composed again, ``data`` the bytes of its file, ``differences`` what is not as in ``file``.

    ``carried``: parts of a JSON that were taken over as they stand, since composing does not make them.
    """

    file: Path
    piece: Piece
    data: bytes
    differences: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether every byte is the same."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        told = self.piece.provenance
        asked = {name: told[name] for name in ("model", "weights_sha256", "licence", "seed", "piece")}
        found = {"same": self.same, "differences": list(self.differences), "carried": list(self.carried)}
        return {"file": str(self.file), **found, **asked}


def reproduce(
    path: str | Path,
    model: str = "",
    runs: str | Path | None = None,
    commercial: bool = False,
    progress: Progress = lambda share: None,
) -> Reproduction:
    """Compose the file at ``path`` again from its own metadata, or from the JSON beside it, and compare the bytes.

    ``model`` says where its model is, if not under its name. Raises InputError for a file that does not say enough
    or whose words are not sound, UsageError for other weights than those that made it, LicenceError.
    """
    found = claim(path)
    piece = again(found, model_of(found, model, runs, commercial), progress)
    data = made(found, piece)
    is_sidecar = found.path.suffix.lower() == SIDECAR
    carried = tuple(n for n in CARRIED if is_sidecar and n in found.sidecar and n not in piece.sidecar)
    return Reproduction(found.path, piece, data, tuple(differences(found, piece, data)), carried)


def made(claim: Claim, piece: Piece) -> bytes:
    """The bytes of ``piece`` as a file such as that of ``claim``. Raises UnknownName for one of another kind."""
    suffix = claim.path.suffix.lower()
    if suffix == SIDECAR:
        return sidecar_bytes(_known_there(claim.sidecar, piece.sidecar))
    if suffix not in piece.suffixes:
        raise UnknownName("file type", suffix, piece.suffixes)
    with TemporaryDirectory() as folder:
        return piece.save(Path(folder) / f"made{suffix}").read_bytes()


def _known_there(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON ``now``, but of CARRIED what there was ``before`` where only one of the two was made with a corpus."""
    carried = {name: before[name] for name in CARRIED if name in before and name not in now}
    return {**{name: part for name, part in now.items() if name not in CARRIED or name in before}, **carried}
