"""Units and the few constants of the field that more than one room needs."""

import math

MILLISECONDS = 1000  # in a second
MEGABYTE = 1_000_000  # bytes, as people are told of them
PERFORMANCE_TICKS_PER_QUARTER = 500  # with 120 quarters to the minute: 1 tick = 1 ms
DEFAULT_QUARTERS_PER_MINUTE = 120.0
MICROSECONDS_PER_MINUTE = 60_000_000
PITCHES = 128
PIANO_PITCHES = range(21, 109)  # A0 to C8
MAX_VELOCITY = 127
SUSTAIN_CONTROLLER = 64
PEDAL_THRESHOLD = 64  # a controller value of this or more holds the dampers off
NATS_PER_BIT = math.log(2.0)
VALIDATIONS = {  # what a model is judged by while it trains, lower is better: its key on a card, its unit in words
    "validation_nats_per_note": "nats per note",
    "validation_nats_per_cell": "nats per cell",
    "validation_distance": "standard deviations from real music",
}

PITCH_CLASSES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def pitch_name(pitch: int) -> str:
    """The scientific name of a MIDI pitch (60 is C4)."""
    return f"{PITCH_CLASSES[pitch % 12]}{pitch // 12 - 1}"


def bits(nats: float) -> float:
    """Nats in bits."""
    return nats / NATS_PER_BIT


def clock_text(seconds: float) -> str:
    """Seconds as ``m:ss`` for people."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
