"""A piece with where it comes from, and the files that it can be saved as."""

import base64
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import audit, midi
from ..errors import UnknownName
from ..originality import Brief
from ..score import Score
from ..store import write_atomically


@dataclass(frozen=True)
class Piece:
    """``score``, its ``provenance`` as plain values, how many seconds of it were the primer, and what of it is copied.

    ``originality``: None where what the model was trained on is not known here.
    """

    score: Score
    provenance: Mapping[str, Any] = field(default_factory=dict)
    primer_s: float = 0.0
    originality: Brief | None = None

    def __repr__(self) -> str:
        seconds = float(self.score.seconds(self.score.end))
        return f"<{type(self).__name__} {self.score.title!r}: {seconds:.1f} s, {len(self.score)} notes>"

    @property
    def statistics(self) -> dict[str, Any]:
        """What one hears, in numbers."""
        return audit.audit(self.score).to_json()

    @property
    def sidecar(self) -> dict[str, Any]:
        """All that is known of the piece."""
        own = {"originality": self.originality.to_json()} if self.originality else {}
        told = {"provenance": dict(self.provenance), "statistics": self.statistics, "primer_seconds": self.primer_s}
        return {**told, **own}

    @property
    def suffixes(self) -> Mapping[str, Callable[[Any, Path], None]]:
        """What it can be saved as: how, by suffix."""
        return SUFFIXES

    def save(self, path: str | Path) -> Path:
        """Write the file that the suffix of ``path`` names: see ``suffixes``. Raises UnknownName, WorkFailed."""
        path = Path(path)
        if path.suffix.lower() not in self.suffixes:
            raise UnknownName("file type", path.suffix, self.suffixes)
        self.suffixes[path.suffix.lower()](self, path)
        return path

    render = save

    def show(self) -> None:
        """The piano roll, in a notebook."""
        from IPython.display import Image, display  # type: ignore[import-not-found]

        from .. import picture

        drawn = io.BytesIO()
        picture.figure_of(self.score, title=self.score.title, primer_s=self.primer_s).savefig(drawn, format="png")
        display(Image(drawn.getvalue()))


def texts(provenance: Mapping[str, Any]) -> tuple[str, ...]:
    """The provenance as MIDI text events: a line for people, and the whole of it without the primer's bytes."""
    if not provenance:
        return ()
    plain = {name: value for name, value in provenance.items() if name != "primer"}
    line = f"Composed by Partimento {provenance['partimento']} ({provenance['model']}); {provenance['licence']}"
    return line, json.dumps(plain, sort_keys=True)


def _copyright(piece: Piece) -> str:
    """The line for people, or nothing of a piece of unknown origin."""
    return next(iter(texts(piece.provenance)), "")


def embedded(primer: Score) -> str:
    """A primer as MIDI bytes in base64, to be written into a sidecar."""
    return base64.b64encode(midi.to_bytes(primer)).decode()


def sidecar_bytes(sidecar: Mapping[str, Any]) -> bytes:
    """What is known of a piece as the file beside it."""
    return (json.dumps(sidecar, indent=1, sort_keys=True) + "\n").encode()


def _save_midi(piece: Piece, path: Path) -> None:
    midi.write(piece.score, path, texts(piece.provenance))


def _save_sound(piece: Piece, path: Path) -> None:
    from .. import sound

    sound.write_sound(piece.score, path, copyright=_copyright(piece))


def _save_picture(piece: Piece, path: Path) -> None:
    from .. import picture

    title, copyright = piece.score.title, _copyright(piece)
    picture.write_roll(piece.score, path, title, piece.primer_s, copyright)


def _save_sidecar(piece: Piece, path: Path) -> None:
    write_atomically(path, sidecar_bytes(piece.sidecar))


SUFFIXES: dict[str, Callable[[Piece, Path], None]] = {
    ".mid": _save_midi,
    ".midi": _save_midi,
    ".json": _save_sidecar,
    **dict.fromkeys((".wav", ".flac", ".mp3", ".ogg"), _save_sound),
    **dict.fromkeys((".png", ".svg"), _save_picture),
}
