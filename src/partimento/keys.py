"""The names of keys as one writes them, such as g-minor, and the signatures that they stand for."""

import re

from .errors import UnknownName

LETTERS = "fcgdaeb"  # in the order of fifths: C stands at place 0 of their line
ACCIDENTALS = ("-flat", "", "-sharp")
MOST_SHARPS = 7
TO_MINOR = 3  # places from the tonic of a signature's major key to that of its minor one
SPELT = re.compile(r"([a-h])[ _-]*(flat|sharp|b|#|♭|♯)?[ _-]*(major|minor|dur|moll)")
MODES = {"dur": "major", "moll": "minor"}
SIGNS = {"b": "flat", "♭": "flat", "#": "sharp", "♯": "sharp"}

Key = tuple[int, bool]  # sharps (flats below 0), and whether it is minor


def key_name(sharps: int, minor: bool) -> str:
    """The key of a signature: ``g-minor``, ``b-flat-major``."""
    place = sharps + TO_MINOR * minor
    return f"{LETTERS[(place + 1) % 7]}{ACCIDENTALS[(place + 1) // 7 + 1]}-{'minor' if minor else 'major'}"


KEYS: dict[str, Key] = {
    key_name(sharps, minor): (sharps, minor)
    for minor in (False, True)
    for sharps in range(-MOST_SHARPS, MOST_SHARPS + 1)
}


def key_of(text: str) -> Key:
    """Sharps and mode of a key by its name; ``Bb major``, ``f#-minor`` and German ``h-minor`` do, too.

    Raises UnknownName.
    """
    found = SPELT.fullmatch(text.strip().lower())
    sign = found and found[2] and SIGNS.get(found[2], found[2])
    name = "-".join(filter(None, (found[1].replace("h", "b"), sign, MODES.get(found[3], found[3])))) if found else text
    if name not in KEYS:
        raise UnknownName("key", text, KEYS, "(--key)")
    return KEYS[name]
