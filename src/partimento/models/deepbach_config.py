"""The sizes of a DeepBach, and which cells it is trained on. The defaults are the original's."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DeepBachConfig:
    """What is read around a cell, by how large a network, and how training draws its cells.

    The names are those that a user of deep-bach (Keras) knows. The share of inputs that is dropped is drawn for each
    row, as torch does; of the units that go on from row to row the same are dropped at every row, as Keras does.
    """

    dt: int = field(
        default=16, metadata={"help": "16ths that are read before a cell, and behind it", "range": (1, 512)}
    )
    gap: int = field(
        default=1,
        metadata={"help": "16ths from one centre that training draws of a window to the next", "range": (1, 512)},
    )
    centres: int = field(
        default=16, metadata={"help": "centres that a step takes of a window, at most", "range": (1, 65536)}
    )
    shared: bool = field(default=False, metadata={"help": "one network for all voices; else one for each"})
    embedding: int = field(default=20, metadata={"help": "width of a cell's vector", "range": (1, 8192)})
    lstm1: int = field(default=256, metadata={"help": "units of the LSTM on either side", "range": (1, 8192)})
    lstm2: int = field(default=256, metadata={"help": "units of a second layer; 0: none", "range": (0, 8192)})
    lstm1_dropout: float = field(default=0.0, metadata={"help": "share of its inputs dropped", "range": (0.0, 0.9)})
    lstm1_recurrent_dropout: float = field(
        default=0.0, metadata={"help": "share of its units dropped from row to row", "range": (0.0, 0.9)}
    )
    lstm2_dropout: float = field(
        default=0.5, metadata={"help": "share of the second's inputs dropped", "range": (0.0, 0.9)}
    )
    lstm2_recurrent_dropout: float = field(
        default=0.0, metadata={"help": "share of the second's units dropped from row to row", "range": (0.0, 0.9)}
    )
    middle: int = field(
        default=256, metadata={"help": "units of the dense layer over the cells of the same 16th", "range": (1, 8192)}
    )
    middle_layers: int = field(default=1, metadata={"help": "how many such layers", "range": (1, 16)})
    middle_dropout: float = field(default=0.0, metadata={"help": "share dropped behind each", "range": (0.0, 0.9)})
    hidden: int = field(
        default=256, metadata={"help": "units of a dense layer over all three parts; 0: none", "range": (0, 8192)}
    )

    @property
    def layers(self) -> tuple[tuple[int, float, float], ...]:
        """Of each LSTM layer its units and the shares that are dropped, of inputs and from row to row."""
        first = (self.lstm1, self.lstm1_dropout, self.lstm1_recurrent_dropout)
        second = (self.lstm2, self.lstm2_dropout, self.lstm2_recurrent_dropout)
        return (first, second) if self.lstm2 else (first,)
