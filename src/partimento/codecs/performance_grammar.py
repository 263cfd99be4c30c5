"""The 388 events, and which of them the ``performance`` codec itself would write next."""

from collections.abc import Sequence

import numpy as np

from ..tokens import Column, Range
from ..units import PITCHES
from .codec import Grammar, Mask
from .grid import VELOCITIES

SHIFTS = 100
EVENT = Column(
    "event",
    (
        Range("begin"),
        Range("end"),
        Range("on", PITCHES),
        Range("off", PITCHES),
        Range("shift", SHIFTS, 1, 1),
        Range("velocity", VELOCITIES),
    ),
)
ON, OFF, SHIFT, VELOCITY = (EVENT.offsets[name] for name in ("on", "off", "shift", "velocity"))
BEGIN, END = EVENT.id("begin"), EVENT.id("end")


class PerformanceGrammar(Grammar):
    """State: what sounds since when, the velocity in force, and the kind of the last event."""

    def __init__(self) -> None:
        self.now = 0
        self.struck_at = np.full(PITCHES, -1, np.int64)  # -1: silent
        self.velocity, self.kind = -1, "nothing"
        self.last_on, self.last_off = -1, -1  # at this time
        self.short_shift = False

    def allowed(self, chosen: Sequence[int]) -> Mask:
        """bool[V] for the next event."""
        mask = np.zeros(EVENT.size, bool)
        if self.kind in ("nothing", "end"):
            mask[BEGIN] = self.kind == "nothing"
            return mask
        silent = self.struck_at < 0
        ons = silent & (np.arange(PITCHES) > self.last_on)
        if self.kind != "velocity":
            mask[EVENT.span("off")] = ~silent & (np.arange(PITCHES) > self.last_off) & (self.last_on < 0)
            mask[EVENT.span("shift")] = not self.short_shift
            mask[EVENT.span("velocity")] = ons.any()
            mask[VELOCITY + max(self.velocity, 0)] &= self.velocity < 0
            mask[END] = silent.all() and self.kind != "shift"
        mask[EVENT.span("on")] = ons & (self.velocity >= 0)
        return mask

    def push(self, row: Sequence[int]) -> None:
        """Take an event, legal or not, as past."""
        event = int(row[0])
        self.kind = EVENT.describe(event).split()[0]
        self.short_shift = self.kind == "shift" and event < SHIFT + SHIFTS - 1
        if self.kind == "shift":
            self.now += int(EVENT.values[event])
            self.last_on = self.last_off = -1
        elif self.kind == "velocity":
            self.velocity = int(EVENT.values[event])
        elif self.kind == "on":
            self.last_on = int(EVENT.values[event])
            self.struck_at[self.last_on] = self.now
        elif self.kind == "off":
            self.last_off = int(EVENT.values[event])
            self.struck_at[self.last_off] = -1
