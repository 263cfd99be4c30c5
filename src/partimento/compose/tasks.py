"""What a chorale model may be asked: harmonise, fill, compose. Each is a Prompt, and what is said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..keys import key_name, key_of
from ..prompt import Prompt, Span
from ..score import TEMPO, Score, table
from ..voices import NAMES
from .bars import Ticks, bar_list, bar_range, region
from .chorales.prompts import USUAL_TEMPO, from_nothing
from .melody import Said, check_singable, melody, metre_of, music
from .melody_parts import Parts, voices_said

MOST_BARS = 250
SAID = tuple(f.name for f in fields(Said))
EVERY = tuple(range(len(NAMES)))
Source = str | Path | Score


@dataclass(frozen=True)
class Task:
    """``prompt`` is what is known and what is free; ``told`` what was asked; ``remarks`` are for people."""

    prompt: Prompt
    told: Mapping[str, Any]
    remarks: tuple[str, ...] = field(default=())


def harmonize(source: Source, keep: str | Sequence[str] = "", bars: str = "", said: Said = Said()) -> Task:
    """Voices to a melody; or all but the voices of ``keep`` anew in a four-part score, everywhere or in ``bars``.

    Where nothing is said of them, the voices of a file of fewer than four are kept, or else the soprano. Raises
    InputError, UsageError.
    """
    said_voices = voices_said("--keep", keep)
    numbers = bar_range("--bars", bars) if bars else None
    score, name, lines = music(source)
    found = melody(score, name, said, said_voices)
    kept = said_voices or (found.voices if len(found.voices) < len(NAMES) else EVERY[:1])
    _check_kept(kept, found, name)
    if numbers is None:
        where = int(found.score.notes["onset"].min()), found.score.end
    else:
        where = _region("--bars", found, numbers, name)
    free = [voice for voice in EVERY if voice not in kept]
    told = {"verb": "harmonize", "keep": _names(kept), **({"bars": bars} if bars else {})}
    return _task(found, free, where, {**told, **_said(said)}, name, lines)


def fill(source: Source, bars: str, voices: str | Sequence[str] = "", said: Said = Said()) -> Task:
    """``bars`` of a four-part score anew, in all voices or those named. Raises InputError, UsageError."""
    free = voices_said("--voices", voices) or EVERY
    numbers = bar_range("--bars", bars)
    score, name, lines = music(source)
    found = melody(score, name, said)
    where = _region("--bars", found, numbers, name)
    told = {"verb": "fill", "bars": bars, "voices": _names(free), **_said(said)}
    return _task(found, free, where, told, name, lines)


def compose(bars: int, key: str = "", metre: str = "4/4", fermatas: str | Sequence[int] = ()) -> Task:
    """So many bars from nothing, the last with a fermata. Raises UsageError."""
    if not 0 < bars <= MOST_BARS:
        raise UsageError(f"--bars {bars} is out of range: 1 to {MOST_BARS}")
    closes = bar_list("--fermata", fermatas) if fermatas else ()
    beyond = [bar for bar in closes if not 0 < bar <= bars]
    if beyond:
        raise UsageError(f"--fermata {beyond[0]}: there is no such bar; the piece has bars 1 to {bars}")
    signature = key_of(key) if key else None
    prompt = from_nothing(bars, metre_of(metre), signature, sorted({*closes, bars}))
    told = {"verb": "compose", "bars": bars, "metre": metre, "key": key_name(*signature) if signature else ""}
    return Task(prompt, {**told, "fermatas": sorted({*closes, bars})})


def said_of(options: Mapping[str, Any]) -> tuple[Said, dict[str, Any]]:
    """What of ``options`` is said of a file, and the rest."""
    said = Said(**{name: value for name, value in options.items() if name in SAID})
    return said, {name: value for name, value in options.items() if name not in SAID}


def _region(flag: str, found: Parts, numbers: range, name: str) -> Ticks:
    if len(found.voices) < len(NAMES):
        there = ", ".join(_names(found.voices))
        raise UsageError(f"{flag} needs a four-part score, of which the rest stays; {name} has only {there}")
    return region(flag, found.score, numbers)


def _check_kept(kept: Sequence[int], found: Parts, name: str) -> None:
    absent = [voice for voice in kept if voice not in found.voices]
    if absent:
        there = ", ".join(_names(found.voices))
        raise UsageError(f"--keep {','.join(_names(absent))}: {name} has no such voice; it has {there}")
    if len(kept) == len(NAMES):
        raise UsageError("--keep names all four voices, so nothing is left to write; name fewer")


def _task(
    found: Parts, free: Sequence[int], where: Ticks, told: Mapping[str, Any], name: str, lines: Sequence[str]
) -> Task:
    start, stop = where
    tempi = found.score.tempi if len(found.score.tempi) else table(TEMPO, [(0, USUAL_TEMPO)])
    prompt = Prompt(replace(found.score, tempi=tempi), tuple(Span(start, stop, track=voice) for voice in free))
    check_singable(prompt.kept, name, told.get("transpose", 0))
    keys = [key_name(sharps, minor) for _, sharps, minor in found.score.keys.tolist()]
    return Task(prompt, {**told, "file": name, "keys": keys}, (*lines, *found.remarks))


def _names(voices: Sequence[int]) -> list[str]:
    return [NAMES[voice].lower() for voice in voices]


def _said(said: Said) -> dict[str, Any]:
    """What was said of the file."""
    fermatas = bar_list("--fermata", said.fermatas) if said.fermatas else ()
    every = {"key": said.key, "metre": said.metre, "fermatas": list(fermatas), "transpose": said.transpose}
    return {name: value for name, value in every.items() if value}
