"""Notes and rests as MusicXML elements: pitch, ties, accidentals, beams, fermatas."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from ..score import Score
from .bars import Bar
from .marks import Drawn
from .spelling import altered, name
from .staves import Symbol
from .values import Beams, beams

ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}


def append(parent: Element, tag: str, text: object = None, **attributes: str) -> Element:
    """A new child of ``parent``, its text without the letters that XML 1.0 cannot hold."""
    child = SubElement(parent, tag, {name: _legal(value) for name, value in attributes.items()})
    child.text = None if text is None else _legal(str(text))
    return child


def _legal(text: str) -> str:
    return "".join(letter for letter in text if letter in "\t\n" or " " <= letter <= "\ud7ff" or letter >= "\ue000")


@dataclass
class Pen:
    """Writes the symbols of one track; ``fermatas`` are the notes that bear one."""

    score: Score
    places: Sequence[int]
    drawn: Drawn
    track: int
    fermatas: Set[int]

    def write(self, measure: Element, symbols: Sequence[Symbol], bar: Bar, sharps: int) -> None:
        """The ``symbols`` of ``bar``, under a signature of ``sharps``."""
        beamed = beams([symbol.value if symbol.note is not None else None for symbol in symbols], bar)
        signs: dict[tuple[str, int], int] = {}
        for symbol, beam in zip(symbols, beamed, strict=True):
            if number := self.drawn.numbers.get((self.track, symbol.start)):
                self._number(measure, number, symbol)
            self._note(measure, symbol, beam, signs, altered(sharps))

    def _number(self, measure: Element, number: str, symbol: Symbol) -> None:
        direction = append(measure, "direction", placement="above")
        colour = self.drawn.colours[self.track, symbol.start]
        append(append(direction, "direction-type"), "words", number, color=colour)

    def _note(
        self,
        measure: Element,
        symbol: Symbol,
        beam: Beams,
        signs: dict[tuple[str, int], int],
        signature: dict[str, int],
    ) -> None:
        """A note or rest. ``signs`` are the alterations so far in the bar, by letter and octave."""
        colour = self.drawn.colours.get((self.track, symbol.start))
        note = append(measure, "note", **({"color": colour} if colour else {}))
        sign = self._pitch(note, symbol, signs, signature)
        append(note, "duration", symbol.steps)
        for kind in _ties(symbol):
            append(note, "tie", type=kind)
        append(note, "voice", 1)
        if symbol.value:
            append(note, "type", symbol.value.kind)
            for _ in range(symbol.value.dots):
                append(note, "dot")
        if sign is not None:
            append(note, "accidental", ACCIDENTALS[sign])
        for level, what in enumerate(beam, 1):
            append(note, "beam", what, number=str(level))
        self._notations(note, symbol)

    def _pitch(
        self, note: Element, symbol: Symbol, signs: dict[tuple[str, int], int], signature: dict[str, int]
    ) -> int | None:
        """Pitch or rest; the alteration that has to be drawn before the head, if any."""
        if symbol.note is None:
            append(note, "rest", **({"measure": "yes"} if symbol.whole_bar else {}))
            return None
        letter, alter, octave = name(self.places[symbol.note], int(self.score.notes["pitch"][symbol.note]))
        pitch = append(note, "pitch")
        append(pitch, "step", letter)
        if alter:
            append(pitch, "alter", alter)
        append(pitch, "octave", octave)
        if symbol.tied_in or signs.get((letter, octave), signature[letter]) == alter:
            return None
        signs[letter, octave] = alter
        return alter

    def _notations(self, note: Element, symbol: Symbol) -> None:
        bears = symbol.note is not None and not symbol.tied_out and symbol.note in self.fermatas
        if not (bears or _ties(symbol)):
            return
        notations = append(note, "notations")
        for kind in _ties(symbol):
            append(notations, "tied", type=kind)
        if bears:
            append(notations, "fermata", type="upright")


def _ties(symbol: Symbol) -> list[str]:
    """What the symbol's ties do, in the order of the schema."""
    return ["stop"] * symbol.tied_in + ["start"] * symbol.tied_out
