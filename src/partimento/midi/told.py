"""What Partimento itself wrote among the texts of a MIDI file: where the music comes from, and on what terms."""

import json
from collections.abc import Iterable
from typing import Any

from ..score import Provenance

NEEDED = ("partimento", "model", "licence")
LONGEST = 10_000  # letters of a licence or a credit


def told(texts: Iterable[str]) -> dict[str, Any]:
    """The provenance among ``texts``, as plain values that nobody has checked; empty where there is none."""
    found: dict[str, Any] = {}
    for text in texts:
        if text.startswith("{") and '"partimento"' in text:
            found = _object(text) or found
    return found


def whose(name: str, texts: Iterable[str]) -> Provenance:
    """The provenance of a Score from the file called ``name``: its licence and credit where we wrote them."""
    terms = told(texts)
    licence, credit = (str(terms.get(part) or "")[:LONGEST] for part in ("licence", "credit"))
    return Provenance(source=name, licence=licence, credit=credit)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    sound = isinstance(found, dict) and all(isinstance(found.get(part), str) for part in NEEDED)
    return found if sound else {}
