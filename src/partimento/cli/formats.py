"""The files that a piece can be written as, and what opens them."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import MissingData, UsageError, WorkFailed

SOUNDS = ("wav", "flac", "mp3", "ogg")
FORMATS = ("mid", *SOUNDS, "png", "svg")
NOTATION = "musicxml"
SCORE_FORMATS = (*FORMATS, NOTATION)  # of music in bars, whose pictures are engraved
USUAL = ("mid", "wav", "png")
USUAL_SCORE = (NOTATION, *USUAL)
ENGRAVERS = {"svg": ("verovio",), "png": ("verovio", "resvg_py")}  # the packages that a format needs
PLAYABLE = (*SOUNDS, "mid")  # the best first
PLAYERS = {"darwin": ["open"], "win32": ["cmd", "/c", "start", ""], "linux": ["xdg-open"]}


def formats_of(text: str | None, play: bool, usual: Sequence[str] = USUAL) -> list[str]:
    """The suffixes that ``text`` names, each once; ``usual`` where it is None.

    Raises UsageError for what is none, and where none of them could be played.
    """
    chosen = list(dict.fromkeys(usual if text is None else _named(text)))
    for part in chosen:
        if part not in SCORE_FORMATS:
            raise UsageError(f"--format {part}: not one of {', '.join(SCORE_FORMATS)}")
    if not chosen:
        raise UsageError(f"--format {text!r}: names no format; choose of {', '.join(SCORE_FORMATS)}")
    if play and not {*chosen} & {*PLAYABLE}:
        raise UsageError("--play needs a sound or a MIDI file: add wav to --format")
    return chosen


def refuse_notation(formats: Sequence[str]) -> None:
    """Refuse formats that music without bars cannot have. Raises UsageError."""
    if NOTATION in formats:
        why = "the music is performed, in seconds, and has no bars to notate"
        raise UsageError(f"--format {NOTATION}: {why}; choose of {', '.join(FORMATS)}")


def engraved(text: str | None, play: bool) -> tuple[list[str], list[str]]:
    """As ``formats_of`` for music in bars; of the usual formats those that can be made here, with a line on the rest.

    Raises UsageError, and MissingData where what engraves a picture that was asked for is not installed.
    """
    formats, lines = formats_of(text, play, USUAL_SCORE), []
    for part in formats if text is None else ():
        try:
            _require_engraver(part)
        except MissingData as error:
            lines.append(f"no {part}: {error}")
            formats = [each for each in formats if each != part]
    for part in formats:
        _require_engraver(part)
    return formats, lines


def _named(text: str) -> list[str]:
    return [part.strip().lower() for part in text.split(",") if part.strip()]


def _require_engraver(part: str) -> None:
    from ..notation.extra import require

    for package in ENGRAVERS.get(part, ()):
        require(package, f"an engraved {part}")


def check_length(seconds: float, primer_s: float, formats: Sequence[str]) -> None:
    """Refuse what is too long for one of ``formats``: ``seconds`` behind a kept primer. Raises UsageError."""
    from ..sound import LONGEST_S

    sounds = [part for part in formats if part in SOUNDS]
    if sounds and seconds + primer_s > LONGEST_S:
        after = f" behind a primer of {primer_s:.0f}" if primer_s else ""
        advice = f"ask for less, or leave {' and '.join(sounds)} out of --format"
        raise UsageError(f"--seconds {seconds:g}{after}: at most {LONGEST_S:g} can be made to sound; {advice}")


def has_player() -> bool:
    """Whether the platform's player is here."""
    return shutil.which(PLAYERS.get(sys.platform, PLAYERS["linux"])[0]) is not None


def play(files: Sequence[str]) -> None:
    """Open the best of ``files`` with the platform's player, and go on. Raises WorkFailed where it has none."""
    by_suffix = {Path(file).suffix[1:]: file for file in files}
    best = next(by_suffix[suffix] for suffix in PLAYABLE if suffix in by_suffix)
    command = PLAYERS.get(sys.platform, PLAYERS["linux"])
    try:
        subprocess.Popen([*command, best], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise WorkFailed(f"--play: {command[0]} is not here; open {best} with a player of yours") from error
