"""Text from outside as a terminal may show it: nothing in it steers the terminal, and no two texts look alike."""


def printable(text: str) -> str:
    """``text`` with escapes for every letter that is no Unicode, cannot be printed or begins an escape."""
    return "".join(letter if letter.isprintable() and letter != "\\" else _escape(letter) for letter in text)


def _escape(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
