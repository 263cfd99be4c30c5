"""What a corpus holds, in numbers: the content of ``data show``."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .corpus import Corpus
from .source import SPLITS


def show(corpus: Corpus) -> dict[str, Any]:
    """Pieces, notes and hours by split, pieces by composer, licence and kind, import report; ready for JSON."""
    manifest = corpus.manifest
    return {
        "source": manifest.source,
        "licence": manifest.licence,
        "credit": manifest.credit,
        "homepage": manifest.homepage,
        "folder": str(corpus.folder),
        "fingerprint": corpus.fingerprint,
        "options": dict(manifest.options),
        "splits": {split: _totals(corpus, corpus.split(split)) for split in SPLITS},
        "total": _totals(corpus, range(len(corpus))),
        "composers": _ranked(piece.composer or "unknown" for piece in corpus.pieces),
        "licences": _ranked(piece.licence or manifest.licence for piece in corpus.pieces),
        "kinds": _ranked(piece.kind for piece in corpus.pieces if piece.kind),
        "report": dict(manifest.report),
    }


def _ranked(names: Iterable[str]) -> dict[str, int]:
    """How often each name comes, the most frequent first."""
    return dict(sorted(Counter(names).items(), key=lambda row: (-row[1], row[0])))


def _totals(corpus: Corpus, indices: list[int] | range) -> dict[str, float]:
    entries = [corpus.entries[i] for i in indices]
    hours = sum(entry.seconds for entry in entries) / 3600
    return {"pieces": len(entries), "notes": sum(entry.notes for entry in entries), "hours": round(hours, 3)}
