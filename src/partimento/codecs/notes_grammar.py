"""Which rows a codec with a row per note itself would write: the legal next ids, kept up to date row by row."""

from collections.abc import Sequence

import numpy as np

from ..tokens import Column
from ..units import PITCHES
from .codec import Grammar, Mask


class NotesGrammar(Grammar):
    """State: the time, each pitch's sounding end, the pedal, and what the last row was."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self.columns = columns
        self.step, self.pitch = columns[:2]
        self.duration = next((column for column in columns if column.name == "duration"), None)
        self.streams_pedal = "pedal" in self.pitch.offsets
        self.now = 0
        self.until = np.zeros(PITCHES, np.int64)  # when each pitch falls silent
        self.full = np.zeros(PITCHES, bool)  # whether its last row filled a whole duration
        self.last_pitch = -1  # the pitch column's id in the last row at this time
        self.pedal_down, self.pedal_moved_at = False, -1
        self.kind = "nothing"
        asks = {"step": self._steps, "pitch": self._pitches, "velocity": self._velocities, "duration": self._durations}
        self._columns = [asks[column.name] for column in columns]

    def allowed(self, chosen: Sequence[int]) -> Mask | None:
        """bool[V] for the column after those ``chosen``."""
        if chosen and chosen[0] < self.step.offsets["time"]:
            return _only(self.columns[len(chosen)], "none")
        return self._columns[len(chosen)](chosen)

    def push(self, row: Sequence[int]) -> None:
        """Take a whole row, legal or not, as past."""
        step, pitch = row[:2]
        moved = int(self.step.advances[step])
        self.now += moved
        self.kind = "music" if step >= self.step.offsets["time"] else self.step.describe(step)
        if moved or self.kind != "music":
            self.last_pitch = -1
        if pitch >= self.pitch.offsets["pitch"]:
            self._sound(int(self.pitch.values[pitch]), row[-1])
        elif pitch > 0:
            self.pedal_down, self.pedal_moved_at = bool(self.pitch.values[pitch]), self.now
        self.last_pitch = max(self.last_pitch, pitch) if self.kind == "music" else -1

    def _sound(self, key: int, duration: int) -> None:
        """Where rows say no durations, a note is past with the next later row, so nothing keeps its pitch."""
        length = 0 if self.duration is None else int(self.duration.values[duration])
        self.until[key] = self.now + length
        self.full[key] = self.duration is not None and length == self.duration.values[-1]

    def _steps(self, chosen: Sequence[int]) -> Mask:
        if self.kind == "nothing":
            return _only(self.step, "begin")
        mask = _but(self.step, "begin")
        mask[self.step.id("end")] = self.kind != "wait" and not self.pedal_down
        if not self.streams_pedal:  # at a time when every pitch still sounds there is nothing to write
            times = self.step.span("time")
            mask[times] = self.now + self.step.values[times] >= self.until.min()
        mask[self.step.id("time", 0)] = self._pitch_mask(self.now, self.last_pitch).any()
        return mask if self.kind != "end" else np.zeros_like(mask)

    def _pitches(self, chosen: Sequence[int]) -> Mask:
        moved = int(self.step.advances[chosen[0]])
        return self._pitch_mask(self.now + moved, -1 if moved else self.last_pitch)

    def _pitch_mask(self, now: int, above: int) -> Mask:
        """Silent pitches, and those that fall silent now; one pedal change at a time; ids in rising order."""
        mask = np.zeros(self.pitch.size, bool)
        mask[self.pitch.span("pitch")] = self.until <= now
        if self.streams_pedal and self.pedal_moved_at < now:
            mask[self.pitch.id("pedal", 0 if self.pedal_down else 1)] = True
        mask[: above + 1] = False
        return mask

    def _velocities(self, chosen: Sequence[int]) -> Mask:
        velocity = self.columns[2]
        if self._is_pedal(chosen):
            return _only(velocity, "none")
        mask = _but(velocity, "none")
        if "tie" in velocity.offsets:
            key = int(self.pitch.values[chosen[1]])
            now = self.now + int(self.step.advances[chosen[0]])
            mask[velocity.id("tie")] = self.full[key] and self.until[key] == now
        return mask

    def _durations(self, chosen: Sequence[int]) -> Mask:
        return _only(self.columns[-1], "none" if self._is_pedal(chosen) else "duration")

    def _is_pedal(self, chosen: Sequence[int]) -> bool:
        return chosen[1] < self.pitch.offsets["pitch"]


def _only(column: Column, name: str) -> Mask:
    mask = np.zeros(column.size, bool)
    mask[column.span(name)] = True
    return mask


def _but(column: Column, name: str) -> Mask:
    mask = np.ones(column.size, bool)
    mask[column.span(name)] = False
    return mask
