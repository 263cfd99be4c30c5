"""The values of the family ``next-note``; defaults are those of music-lstm's README and code."""

from dataclasses import dataclass, field

from ..nn.losses import named


def _weight(column: str) -> float:
    text = f"of the {column}'s loss in the sum (the tutorial: 0.05 for the pitch, 1 for the others)"
    return field(default=1.0, metadata={"help": text, "range": (0.0, 1000.0)})


def _loss(column: str) -> str:
    text = f"of the {column}: a regression, a mixture of distributions, or ids as classes"
    return field(default="mse", metadata={"help": text, **named("numbers")})


@dataclass(frozen=True)
class NextNoteConfig:
    """The sizes of the network and what it is judged by; defaults are music-lstm's."""

    window: int = field(default=50, metadata={"help": "rows that the next one is predicted from", "range": (1, 4096)})
    embedding: int = field(
        default=64, metadata={"help": "width of a pitch's vector; 0: the pitch is a number", "range": (0, 8192)}
    )
    layers: int = field(default=1, metadata={"help": "LSTM layers", "range": (1, 64)})
    units: int = field(default=512, metadata={"help": "units of each of them and direction", "range": (1, 8192)})
    bidirectional: bool = field(default=True, metadata={"help": "read the window in both directions"})
    pool: str = field(
        default="max",
        metadata={"help": "of the outputs: the maximum over time, or the last", "choices": ("max", "last")},
    )
    dropout: float = field(
        default=0.0, metadata={"help": "share dropped between layers and before the heads", "range": (0.0, 0.9)}
    )
    conditional: bool = field(default=False, metadata={"help": "tell a head what the columns before it became"})
    step_loss: str = _loss("step")
    velocity_loss: str = _loss("velocity")
    duration_loss: str = _loss("duration")
    components: int = field(default=5, metadata={"help": "logistics of a mixture", "range": (1, 64)})
    step_weight: float = _weight("step")
    pitch_weight: float = _weight("pitch")
    velocity_weight: float = _weight("velocity")
    duration_weight: float = _weight("duration")
    pressure: float = field(
        default=0.0,
        metadata={
            "help": "times what is below 0 of a number, added to l1 and mse (the tutorial: 10)",
            "range": (0.0, 1e6),
        },
    )
    per_window: int = field(
        default=32,
        metadata={"help": "rows of each window of the data that a step learns to predict; 0: all", "range": (0, 65536)},
    )
