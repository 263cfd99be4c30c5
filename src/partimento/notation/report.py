"""What reading a score dropped or changed, counted."""

from dataclasses import asdict, dataclass, fields

_WORDS = {
    "graces": "grace notes dropped",
    "unpitched": "notes without pitch dropped",
    "chord_symbols": "chord symbols dropped",
    "lyrics": "lyrics dropped",
    "dynamics": "dynamics dropped",
    "articulations": "articulations and ornaments dropped",
    "slurs": "slurs, brackets and other spanners dropped",
    "texts": "texts in the score dropped",
    "repeats": "repeat signs not played out",
    "loose_ties": "ties that lead to no note of the same pitch dropped",
    "voices": "voices that share a staff taken apart",
    "rounded": "notes moved to the nearest 10,080th of a quarter",
}
MOST_PLACES = 8  # that are named


@dataclass(frozen=True)
class ReadReport:
    """``notes`` kept, ``off_grid`` of them off the grid of 16ths (``places`` names the first), and what was dropped."""

    name: str = ""
    notes: int = 0
    off_grid: int = 0
    places: tuple[str, ...] = ()
    graces: int = 0
    unpitched: int = 0
    chord_symbols: int = 0
    lyrics: int = 0
    dynamics: int = 0
    articulations: int = 0
    slurs: int = 0
    texts: int = 0
    repeats: int = 0
    loose_ties: int = 0
    voices: int = 0
    rounded: int = 0

    @property
    def changes(self) -> dict[str, int]:
        """The counts that are not zero, by name."""
        counts = {f.name: getattr(self, f.name) for f in fields(self) if f.name in _WORDS}
        return {name: count for name, count in counts.items() if count}

    def lines(self) -> list[str]:
        """One line of notes kept, then one for each kind of change, for people."""
        lines = [f"{self.name or 'the file'}: {self.notes:,} notes kept"]
        if self.off_grid:
            more = ", ..." if self.off_grid > len(self.places) else ""
            lines.append(f"{self.off_grid:,} notes off the grid of 16ths: {'; '.join(self.places)}{more}")
        return [*lines, *(f"{count:,} {_WORDS[name]}" for name, count in self.changes.items())]

    def to_json(self) -> dict[str, object]:
        """All fields, as plain values."""
        return {**asdict(self), "places": list(self.places)}


COUNTED = tuple(f.name for f in fields(ReadReport) if f.name not in ("name", "places"))
