"""What a network is shown of the cells of a grid: what each voice does, what sounds in it, and for how long.

A cell that is not shown is unknown, and so is what sounds in one that holds a note whose beginning is not shown.
Shapes: B pieces, T rows, V voices, D width.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int
from torch import Tensor, nn

from ..tokens import Column

MOST_AGE = 32  # rows: two bars of 4/4 in 16ths; longer is the same
STATES = ("unknown", "begin", "end", "rest", "hold", "pitch")
UNKNOWN = 0  # of all three tables
HELD = STATES.index("hold")
PITCH_CLASSES = 12


@dataclass(frozen=True)
class Shown:
    """Of each cell [B, T, V]: its state (of STATES), the id that sounds plus one, and its age plus one; 0: unknown."""

    state: Int[Tensor, "B T V"]
    sounding: Int[Tensor, "B T V"]
    age: Int[Tensor, "B T V"]

    def last(self) -> "Shown":
        """The last row alone."""
        return Shown(self.state[:, -1:], self.sounding[:, -1:], self.age[:, -1:])


class Reading(nn.Module):
    """Reads cells off ids, given which of them are shown."""

    states: Tensor

    def __init__(self, voices: Sequence[Column]) -> None:
        super().__init__()
        self.register_buffer("states", _states(voices), persistent=False)

    def forward(self, ids: Int[Tensor, "B T V"], shown: Bool[Tensor, "B T V"]) -> Shown:
        """What is to be seen in ``ids`` where ``shown``."""
        voices = torch.arange(ids.shape[-1], device=ids.device)
        state = self.states[voices, ids] * shown
        said = (ids + 1) * shown
        again = (said[:, 1:] == said[:, :-1]) & (state[:, 1:] == STATES.index("pitch"))
        goes_on = state == HELD
        if not self.holds:  # a pitch that comes again goes on
            goes_on = torch.cat([torch.zeros_like(goes_on[:, :1]), again], 1)
        rows = torch.arange(ids.shape[1], device=ids.device)[:, None].expand_as(ids)
        began = torch.where(goes_on, 0, rows).cummax(1).values
        held = torch.where(state == HELD, UNKNOWN, said)
        sounding = held.gather(1, began)
        return Shown(state, sounding, ((rows - began).clamp_max(MOST_AGE - 1) + 1) * (sounding != UNKNOWN))

    @property
    def holds(self) -> bool:
        """Whether the grid tells notes held from notes struck again."""
        return bool((self.states == HELD).any())


class CellVectors(nn.Module):
    """The vector of a row: the sum over its voices of what is shown of each, or of the ids alone (not ``states``)."""

    def __init__(self, voices: Sequence[Column], width: int, states: bool = True) -> None:
        super().__init__()
        self.sounding = nn.ModuleList(nn.Embedding(column.size + 1, width) for column in voices)
        self.pitch_class = nn.ModuleList(nn.Embedding(PITCH_CLASSES + 1, width) for _ in voices)
        self.state = nn.ModuleList(nn.Embedding(len(STATES), width) for _ in voices[: len(voices) * states])
        self.age = nn.ModuleList(nn.Embedding(MOST_AGE + 1, width) for _ in voices[: len(voices) * states])
        for v, column in enumerate(voices):
            self.register_buffer(f"classes_{v}", _classes(column), persistent=False)

    def __len__(self) -> int:
        """V."""
        return len(self.sounding)

    def forward(self, shown: Shown) -> Tensor:
        """float[B, T, D]."""
        total = torch.zeros((), device=shown.state.device)
        for v in range(len(self.state)):
            total = total + self.voice(v, shown.sounding[..., v])
            total = total + self.state[v](shown.state[..., v]) + self.age[v](shown.age[..., v])
        return total

    def voice(self, v: int, sounding: Int[Tensor, "*B"]) -> Tensor:
        """float[..., D]: what an id (plus one) of one voice says."""
        classes = getattr(self, f"classes_{v}")
        vector: Tensor = self.sounding[v](sounding) + self.pitch_class[v](classes[sounding])
        return vector


def _states(voices: Sequence[Column]) -> Int[Tensor, "V ids"]:
    """The state of each id of each voice."""
    table = torch.full((len(voices), max(column.size for column in voices)), STATES.index("pitch"))
    for v, column in enumerate(voices):
        for number, name in enumerate(STATES[1:-1], 1):
            if name in column.offsets:
                table[v, column.offsets[name]] = number
    return table


def _classes(column: Column) -> Int[Tensor, " ids"]:
    """The pitch class, from 1, of each id plus one; 0 where it names no pitch."""
    values = torch.tensor(column.values)
    named = torch.zeros(column.size, dtype=torch.bool)
    named[column.span("pitch")] = True
    return torch.cat([torch.zeros(1, dtype=torch.long), torch.where(named, values % PITCH_CLASSES + 1, 0)])
