"""A four-part chorale: a row per 16th, a column per voice, and beside them its place in the bar, fermatas and key.

    rest     the voice is silent
    hold     it goes on sounding
    pitch    it strikes a note of its range; one that sounds is struck again

Every voice also says ``begin`` and ``end``, in rows of their own. Without ``hold`` a cell is the pitch that sounds, as
in the literature's ``Jsb16thSeparated``; a pitch that comes again then is one note, so that likelihoods of the two
are never compared. The last three columns are ``given``. Hadjeres, Pachet and Nielsen, "DeepBach", ICML 2017, has
the same columns, its place counted in the beat: here that is the place in the bar modulo 4. Shapes: T rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ..score import Score
from ..tokens import Column, Ids, Range, TokenTable
from ..voices import NAMES, VOICES, Voice
from .chorale_cells import HOLD, REST, Cells, cells_of, frames_of, joined, notes_of
from .chorale_grammar import BEGIN, EDGE, END, FIRST_BEAT, PLAIN, SILENT, ChoraleGrammar
from .chorale_meta import (
    LONGEST_BAR,
    MOST_SHARPS,
    SIGNATURES,
    UNKNOWN,
    beats_of,
    fermata_rows,
    fermatas_of,
    key_rows,
    keys_of,
    metres_of,
)
from .codec import Codec

BEAT = Column("beat", (Range("edge"), Range("beat", LONGEST_BAR)), given=True)
PLACE_OF_FERMATA = Column("fermata", (Range("plain"), Range("fermata")), given=True)
KEY = Column(
    "key",
    (Range("unknown"), Range("major", SIGNATURES, -MOST_SHARPS), Range("minor", SIGNATURES, -MOST_SHARPS)),
    given=True,
)
GIVEN = (BEAT, PLACE_OF_FERMATA, KEY)
EDGES = (EDGE, PLAIN, UNKNOWN)  # what the given columns say in the rows begin and end
UNSAID = (
    "the tempo",
    "velocities and the pedal",
    "times finer than a 16th",
    "notes beyond the range of their voice",
    "all but the highest of the notes that a voice strikes at once",
    "how a bar of its length is divided (6/8 is 3/4)",
)
NO_HOLDS = "whether a pitch that goes on is held or struck again"


@dataclass(frozen=True)
class ChoraleCodec(Codec):
    """``hold``: whether a note that goes on is told from one that is struck again."""

    hold: bool = field(default=True, metadata={"help": "tell notes held from notes struck again"})

    name: ClassVar[str] = "chorale"
    steps_per_second: ClassVar[int] = 8  # 16ths at 120 quarters to the minute, at which it decodes

    @property
    def unsaid(self) -> tuple[str, ...]:
        """What is no notation of four voices, and without holds the repetitions."""
        return UNSAID if self.hold else (*UNSAID, NO_HOLDS)

    @property
    def says_holds(self) -> bool:
        """As the option says."""
        return self.hold

    @property
    def keeps_time(self) -> bool:
        """Rows stand in musical time, whatever the tempo."""
        return False

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Four voices from the soprano down, then what is given."""
        return *(_voice_column(voice, self.hold) for voice in VOICES), *GIVEN

    def grammar(self) -> ChoraleGrammar:
        """The grammar before the first row."""
        return ChoraleGrammar(self.columns)

    def canonical(self, score: Score) -> Score:
        """On the grid of 16ths, four voices within their ranges: notes beyond them are dropped."""
        return self.decode(self.encode(score))

    def encode(self, score: Score) -> TokenTable:
        """Begin, a row for each 16th until the last release, end."""
        return self.table(cells_of(score), score)

    def table(self, cells: Cells, score: Score) -> TokenTable:
        """Begin, a row for each 16th of ``cells`` int[T, 4] with what ``score`` says of its place and key, end."""
        said = cells if self.hold else frames_of(cells)
        voices = [_ids(column, said[:, c]) for c, column in enumerate(self.columns[: len(VOICES)])]
        length = len(cells)
        given = beats_of(score, length) + FIRST_BEAT, fermatas_of(score, length), keys_of(score, length)
        rows = np.column_stack([*voices, *given])
        edges = [[[edge] * len(VOICES) + [*EDGES]] for edge in (BEGIN, END)]
        return TokenTable(np.vstack([edges[0], rows, edges[1]]).astype(np.int16), self.columns)

    def decode(self, table: TokenTable) -> Score:
        """The notes from each pitch to its last hold; a hold of nothing is silent, and so is all after an end."""
        ids = _rows(table.ids).astype(np.int64)
        beats, fermatas, keys = ids[:, len(VOICES) :].T
        return Score(
            notes_of(self.cells(table)),
            metres=metres_of(np.maximum(beats - FIRST_BEAT, 0)),
            keys=key_rows(keys),
            tracks=NAMES,
            fermatas=fermata_rows(fermatas != PLAIN),
        )

    def cells(self, table: TokenTable) -> Cells:
        """int[T, 4]: REST, HOLD or the MIDI pitch of each voice in each 16th, begin and end left out."""
        ids = _rows(table.ids)
        columns = [_cells(column, ids[:, c]) for c, column in enumerate(self.columns[: len(VOICES)])]
        cells = np.stack(columns, axis=1).astype(np.int16)
        return cells if self.hold else joined(cells)

    def advances(self, before: Sequence[int]) -> NDArray[np.int32]:
        """int[V]: every row stands a step after the one before, the first at 0."""
        return np.full(self.columns[0].size, before[0] != BEGIN, np.int32)

    def times(self, ids: Ids) -> NDArray[np.int64]:
        """int[T]: the number of rows before each, begin left out."""
        return np.maximum(np.arange(len(ids)) - _begins(ids), 0)

    def says_note(self, row: Sequence[int], before: Sequence[int]) -> int:
        """How many voices strike; without holds, how many sound another pitch than before."""
        struck = [self.strikes(c)[token] for c, token in enumerate(row[: len(VOICES)])]
        return int(
            sum(hit and (self.hold or token != old) for hit, token, old in zip(struck, row, before, strict=False))
        )

    def strikes(self, column: int) -> NDArray[np.int32]:
        """int[V]: 1 where a voice is at a pitch."""
        first = self.columns[column].offsets.get("pitch", self.columns[column].size)
        return (np.arange(self.columns[column].size) >= first).astype(np.int32)

    def silent(self, row: Sequence[int]) -> list[int]:
        """All voices at rest, or the same edge; what is given stays."""
        return [*(min(token, SILENT) for token in row[: len(VOICES)]), *row[len(VOICES) :]]


def _voice_column(voice: Voice, hold: bool) -> Column:
    pitches = Range("pitch", len(voice.pitches), voice.low)
    return Column(voice.name.lower(), (Range("begin"), Range("end"), Range("rest"), *[Range("hold")] * hold, pitches))


def _ids(column: Column, cells: Cells) -> Ids:
    """The ids of one voice's cells."""
    struck = cells.astype(np.int64) + column.offsets["pitch"] - column.range("pitch").low
    return np.where(cells > HOLD, struck, cells + SILENT).astype(np.int16)


def _cells(column: Column, ids: Ids) -> Cells:
    """The cells of one voice's ids; begin and end are silent."""
    first = column.offsets["pitch"]
    return np.where(ids >= first, ids - first + column.range("pitch").low, np.maximum(ids - SILENT, REST))


def _rows(ids: Ids) -> Ids:
    """The rows of 16ths: without a begin before them, and what stands from an end on."""
    ids = ids[_begins(ids) :]
    ends = np.flatnonzero(ids[:, 0] == END)
    return ids[: ends[0] if len(ends) else len(ids)]


def _begins(ids: Ids) -> int:
    return int(len(ids) > 0 and ids[0, 0] == BEGIN)
