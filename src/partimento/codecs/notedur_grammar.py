"""The 312 tokens of notes, durations and waits, and which of them the ``notedur`` codec itself would write next."""

from collections.abc import Sequence

import numpy as np

from ..tokens import Column, Range
from ..units import PITCHES
from .codec import Grammar, Mask

LONGEST_WAIT, LONGEST_NOTE = 160, 128  # grid steps
TOKEN = Column(
    "token",
    (
        Range("begin"),
        Range("pad"),
        Range("end"),
        Range("s2scls"),
        Range("mask"),
        Range("cseq"),
        Range("mseq"),
        Range("nscls"),
        Range("sep"),
        Range("pitch", PITCHES),
        Range("duration", LONGEST_WAIT + 1),
        Range("tempo", 10),
        Range("dummy", 4),
    ),
)
BEGIN, END, SEP = (TOKEN.id(name) for name in ("begin", "end", "sep"))
PITCH, DURATION, TEMPO = (TOKEN.offsets[name] for name in ("pitch", "duration", "tempo"))
FULL_WAIT = DURATION + LONGEST_WAIT


class NoteDurationGrammar(Grammar):
    """State: the time, each pitch's sounding end, the last pitch at this time, and what the last token was."""

    def __init__(self) -> None:
        self.now = 0
        self.until = np.zeros(PITCHES, np.int64)  # when each pitch falls silent
        self.lowest = PITCHES  # of the pitches at this time
        self.last = -1  # -1: nothing yet
        self.waited = 0  # the steps of the wait that just ended; 0 where the last token said none

    def allowed(self, chosen: Sequence[int]) -> Mask:
        """bool[V] for the next token."""
        mask = np.zeros(TOKEN.size, bool)
        if self.last in (-1, END):
            mask[BEGIN] = self.last == -1
        elif self.last == SEP:
            waits = np.arange(1, LONGEST_WAIT + 1)  # after less than a full wait some pitch has to be silent
            mask[DURATION + 1 : TEMPO] = (self.now + waits >= self.until.min()) | (waits == LONGEST_WAIT)
        elif PITCH <= self.last < DURATION:
            mask[DURATION + 1 : DURATION + LONGEST_NOTE + 1] = True
        else:
            mask[PITCH:DURATION] = (self.until <= self.now) & (np.arange(PITCHES) < self.lowest)
            mask[SEP] = self.waited in (0, LONGEST_WAIT)
            mask[END] = not self.waited
        return mask

    def push(self, row: Sequence[int]) -> None:
        """Take a token, legal or not, as past."""
        token, before = int(row[0]), self.last
        self.last, self.waited = token, 0
        if not DURATION <= token < TEMPO:
            return
        if before == SEP:
            self.waited = token - DURATION
            self.now, self.lowest = self.now + self.waited, PITCHES
        elif PITCH <= before < DURATION:
            self.lowest = before - PITCH
            self.until[self.lowest] = self.now + token - DURATION
