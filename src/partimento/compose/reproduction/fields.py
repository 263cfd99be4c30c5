"""What may stand in a provenance that comes from outside: every field with its check, none beyond.

What is in the objects of a request is checked where they become dataclasses again.
"""

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...errors import InputError
from ..request import MOST_PIECES

Check = Callable[[Any], bool]

LONGEST_TEXT, LONGEST_NAME = 100_000, 200  # letters
MOST_ROWS, DEEPEST = 100_000, 5
MOST_TICK, MOST_TRACK = 2**31 - 1, 2**16 - 1
DIGEST = re.compile(r"[0-9a-f]{64}")


def is_text(value: Any) -> bool:
    """A text of bounded length."""
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def is_name(value: Any) -> bool:
    """A name that cannot be a path to anywhere."""
    plain = isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable()
    return plain and Path(value).name == value and "\\" not in value and not value.startswith(".")


def is_digest(value: Any) -> bool:
    """The SHA-256 of something, in hexadecimal digits."""
    return isinstance(value, str) and DIGEST.fullmatch(value) is not None


def is_number(value: Any) -> bool:
    """A finite number; a truth value is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def whole(low: int, high: int) -> Check:
    """Whole numbers from ``low`` to ``high``."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def none_or(check: Check) -> Check:
    """Nothing, or what ``check`` allows."""
    return lambda value: value is None or check(value)


def one_of(kind: type) -> Check:
    """Values of a type of Python's own."""
    return lambda value: isinstance(value, kind)


def rows(*checks: Check) -> Check:
    """A list of rows of bounded length, each with a value for every check."""

    def is_row(row: Any) -> bool:
        return isinstance(row, list) and len(row) == len(checks) and all(c(v) for c, v in zip(checks, row, strict=True))

    return lambda value: isinstance(value, list) and len(value) <= MOST_ROWS and all(map(is_row, value))


def table(checks: Mapping[str, Check]) -> Check:
    """An object with these fields and no others."""
    return lambda value: (
        isinstance(value, dict) and value.keys() == checks.keys() and all(checks[name](value[name]) for name in checks)
    )


def is_plain(value: Any, depth: int = DEEPEST) -> bool:
    """Plain values of bounded size and depth, which are copied and never acted on."""
    if isinstance(value, dict):
        return depth > 0 and all(is_text(name) and is_plain(part, depth - 1) for name, part in value.items())
    if isinstance(value, list):
        return depth > 0 and len(value) <= MOST_ROWS and all(is_plain(part, depth - 1) for part in value)
    return value is None or isinstance(value, bool) or is_text(value) or is_number(value)


def is_object(value: Any) -> bool:
    """Plain values by name."""
    return isinstance(value, dict) and is_plain(value)


def is_controls(value: Any) -> bool:
    """A text or a number by name."""
    return isinstance(value, dict) and all(is_text(each) or is_number(each) for each in value.values())


TICK = whole(0, MOST_TICK)
COMMON: dict[str, Check] = {
    **dict.fromkeys(("partimento", "torch", "numpy", "platform", "family", "licence", "credit"), is_text),
    "model": is_name,
    "weights_sha256": is_digest,
    "codec": is_object,
    "seed": whole(0, 2**63 - 1),
    "piece": whole(0, MOST_PIECES - 1),
}
PERFORMANCE: dict[str, Check] = {
    **COMMON,
    "length": is_object,
    "sampling": is_object,
    "controls": is_controls,
    "told": is_plain,
    "keep_primer": one_of(bool),
    "primer_s": none_or(is_number),
    "primer_sha256": lambda value: value == "" or is_digest(value),
}
CHORALE: dict[str, Check] = {
    **COMMON,
    "manner": is_object,
    "gibbs": is_object,
    "task": is_object,
    "free": rows(TICK, none_or(TICK), none_or(whole(0, MOST_TRACK))),
    "fermatas": lambda value: isinstance(value, list) and len(value) <= MOST_ROWS and all(map(TICK, value)),
    "tempi": rows(TICK, lambda value: is_number(value) and 1e-3 < value < 1e9),
    "source": table(dict.fromkeys(("title", "composer", "licence", "credit"), is_text)),
    "primer_sha256": is_digest,
}
OPTIONAL: dict[str, Check] = {
    "primer": one_of(str),
    "primer_origin": is_object,
    "max_copy": whole(0, MOST_ROWS),
    "task": is_object,
    "form": is_name,
}


def is_of_chorale(told: Mapping[str, Any]) -> bool:
    """Whether a provenance is that of a chorale."""
    return "manner" in told


def check(told: Mapping[str, Any], name: str) -> None:
    """Raise InputError where a provenance, read from a file called ``name``, is none that this version writes."""
    known = CHORALE if is_of_chorale(told) else PERFORMANCE
    unknown = sorted(told.keys() - known.keys() - OPTIONAL.keys())
    if unknown:
        raise InputError(f"{name}: its provenance has a field {unknown[0]!r:.60}, which this version knows nothing of")
    missing = [each for each in known if each not in told]
    if missing:
        raise InputError(f"{name}: its provenance lacks {missing[0]!r}; it was made by {_version(told)} of Partimento")
    wrong = [each for each, value in told.items() if not {**known, **OPTIONAL}[each](value)]
    if wrong:
        raise InputError(f"{name}: the {wrong[0]} of its provenance is none that Partimento writes; it was changed")


def _version(told: Mapping[str, Any]) -> str:
    found = told.get("partimento")
    return f"version {found[:40]}" if isinstance(found, str) else "another version"
