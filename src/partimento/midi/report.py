"""What an import dropped or repaired, counted."""

from dataclasses import asdict, dataclass, fields

DROPPED_EVENTS = ("controls", "pitch_bends", "programs", "aftertouch", "exclusives", "texts_dropped")
_WORDS = {
    "unclosed": "notes without an end closed at the end of their track",
    "overlaps": "notes cut where the same pitch begins again",
    "zero_length": "notes of no length dropped",
    "drums": "drum notes dropped (channel 10)",
    "controls": "other controls than the sustain pedal dropped",
    "pitch_bends": "pitch bends dropped",
    "programs": "changes to other instruments passed over: all is piano",
    "aftertouch": "aftertouch events dropped",
    "exclusives": "system exclusive events dropped",
    "texts_dropped": "texts, lyrics and markers dropped",
    "unread": "notes counted but not read",
    "pedals_left_down": "pedals released at the end of their track",
    "orphan_pedals": "pedals of no length dropped",
    "zero_tempi": "tempi of zero dropped",
    "bad_metres": "impossible metres dropped",
    "bad_keys": "impossible keys dropped",
    "missing_tracks": "tracks declared by the header are not there",
    "undeclared_tracks": "tracks that the header does not declare read all the same",
    "alien_chunks": "chunks that are no tracks passed over",
    "trailing_bytes": "bytes after the last chunk passed over",
}


@dataclass(frozen=True)
class ImportReport:
    """``notes`` kept, ``texts`` of the first track, and a count for each thing dropped or repaired."""

    name: str = ""
    notes: int = 0
    unclosed: int = 0
    overlaps: int = 0
    zero_length: int = 0
    drums: int = 0
    controls: int = 0
    pitch_bends: int = 0
    programs: int = 0
    aftertouch: int = 0
    exclusives: int = 0
    texts_dropped: int = 0
    unread: int = 0
    pedals_left_down: int = 0
    orphan_pedals: int = 0
    zero_tempi: int = 0
    bad_metres: int = 0
    bad_keys: int = 0
    missing_tracks: int = 0
    undeclared_tracks: int = 0
    alien_chunks: int = 0
    trailing_bytes: int = 0
    texts: tuple[str, ...] = ()

    @property
    def changes(self) -> dict[str, int]:
        """The counts that are not zero, by name."""
        counts = {f.name: getattr(self, f.name) for f in fields(self) if f.name in _WORDS}
        return {name: count for name, count in counts.items() if count}

    def lines(self) -> list[str]:
        """One line of notes kept, then one for each kind of change, for people."""
        first = f"{self.name or 'the file'}: {self.notes:,} notes kept"
        return [first, *(f"{count:,} {_WORDS[name]}" for name, count in self.changes.items())]

    def to_json(self) -> dict[str, object]:
        """All fields, as plain values."""
        return {**asdict(self), "texts": list(self.texts)}
