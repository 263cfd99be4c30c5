"""What verbs take: whole numbers, plain names, folders that can be written to, all refused before the work."""

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from cyclopts import Parameter, Token

from ..errors import UsageError

LONGEST_NAME = 200  # bytes: file systems take 255, and suffixes and the hidden name while writing need the rest


def whole(help: str, name: str | None = None, advice: str = "") -> Parameter:
    """An option that takes a whole number and no other: cyclopts alone makes 2 of 1.5.

    ``advice`` says what is asked for where something else is given.
    """

    def converted(kind: Any, tokens: Sequence[Token]) -> int:
        try:
            return int(tokens[0].value)
        except ValueError:
            what = f"{tokens[0].value!r} is no whole number"
            raise ValueError(f"{what}; {advice}" if advice else what) from None

    return Parameter(name=name, help=help, converter=converted)


def checked_name(flag: str, name: str) -> str:
    """``name``, if it can be that of a file or folder in a folder of ours. Raises UsageError."""
    plain = name.isprintable() and name.strip() and Path(name).name == name and not name.startswith(".")
    if not plain or len(name.encode()) > LONGEST_NAME:
        advice = f"no folders, no dot in front, at most {LONGEST_NAME} bytes"
        raise UsageError(f"{flag} {name!r}: a plain name is needed: {advice}")
    return name


def checked_folder(flag: str, folder: Path) -> Path:
    """``folder``, if it can be written to, or made where it is not there. Raises UsageError."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir():
        raise UsageError(f"{flag} {folder}: {there} is a file; choose a folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UsageError(f"{flag} {folder}: {there} cannot be written to; choose another folder")
    if there != folder:
        _check_holds(flag, folder, there)
    return folder


def _check_holds(flag: str, folder: Path, there: Path) -> None:
    """Refuse a place such as /proc, of which the system says that one may write there. Raises UsageError."""
    try:
        Path(mkdtemp(prefix=".", dir=there)).rmdir()
    except OSError as error:
        reason = f"no folder can be made in {there}: {error.strerror}"
        raise UsageError(f"{flag} {folder}: {reason}; choose another folder") from error
