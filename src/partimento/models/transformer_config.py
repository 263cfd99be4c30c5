"""The options of the family ``transformer``, and which of them do not go together."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..nn.activations import ACTIVATIONS
from ..nn.blocks import FEEDFORWARDS, NORMS, PLACEMENTS, BlockSizes
from ..nn.glorot import FIRST_WEIGHTS
from ..nn.losses import named, unfit
from ..nn.positions import POSITIONS
from ..tokens import Column

SCORES = ("gated", "linear")


@dataclass(frozen=True)
class TransformerConfig:
    """The sizes and parts of the decoder."""

    layers: int = field(default=6, metadata={"help": "decoder blocks", "range": (1, 64)})
    width: int = field(default=256, metadata={"help": "width of a row's vector", "range": (8, 8192)})
    heads: int = field(default=4, metadata={"help": "attention heads; they divide the width", "range": (1, 128)})
    time_heads: int = field(default=2, metadata={"help": "heads that turn with musical time", "range": (0, 128)})
    hidden: int = field(default=704, metadata={"help": "width inside the feed-forward layer", "range": (8, 32768)})
    dropout: float = field(default=0.0, metadata={"help": "share of activations dropped", "range": (0.0, 0.9)})
    pointers: str = field(default="all", metadata={"help": "columns that may point at rows, with commas; all; none"})
    reach: int = field(default=32, metadata={"help": "rows that a pointer reaches back", "range": (1, 1024)})
    octaves: bool = field(default=True, metadata={"help": "embed pitch class and octave beside the pitch"})
    context: int = field(
        default=512,
        metadata={"help": "rows seen at once in composing; learned or sinusoidal positions", "range": (8, 65536)},
    )
    positions: str = field(
        default="rotary", metadata={"help": "how a row's place is said", "choices": tuple(POSITIONS)}
    )
    scale_embedding: bool = field(default=False, metadata={"help": "multiply embedded rows by the root of the width"})
    head_width: int = field(
        default=0, metadata={"help": "width of each head; 0: the heads share the width", "range": (0, 8192)}
    )
    biases: bool = field(default=False, metadata={"help": "in attention and feed-forward layers"})
    norm: str = field(default="rms", metadata={"help": "kind of norm around the blocks", "choices": tuple(NORMS)})
    norm_placement: str = field(
        default="pre", metadata={"help": "before each part of a block or behind it", "choices": PLACEMENTS}
    )
    feedforward: str = field(
        default="swiglu", metadata={"help": "gated, or with this activation", "choices": FEEDFORWARDS}
    )
    hidden_dense: int = field(default=0, metadata={"help": "dense layers behind the blocks", "range": (0, 64)})
    hidden_dense_size: int = field(default=256, metadata={"help": "units of each dense layer", "range": (1, 8192)})
    hidden_dense_activation: str = field(
        default="relu", metadata={"help": "of the dense layers", "choices": tuple(ACTIVATIONS)}
    )
    dense_dropout: float = field(
        default=0.0, metadata={"help": "share dropped before each dense layer", "range": (0.0, 0.9)}
    )
    scores: str = field(
        default="gated",
        metadata={"help": "ids scored behind a gated layer or by a linear map alone", "choices": SCORES},
    )
    first_weights: str = field(
        default="identity",
        metadata={"help": "blocks that add nothing at first, or what Keras draws", "choices": tuple(FIRST_WEIGHTS)},
    )
    ahead: int = field(
        default=0,
        metadata={"help": "blocks that read what is known ahead, for fill, vary, accompany; 0: none", "range": (0, 16)},
    )
    loss: str = field(
        default="cross-entropy",
        metadata={"help": "by its usual name", **named("ids")},
    )

    @property
    def turns(self) -> bool:
        """Whether any head turns: by the row's place or by musical time."""
        return self.positions == "rotary" or self.time_heads > 0

    @property
    def each_head(self) -> int:
        """The width of one head."""
        return self.head_width or self.width // self.heads

    @property
    def block(self) -> BlockSizes:
        """What each block is made of."""
        return BlockSizes(
            width=self.width,
            heads=self.heads,
            hidden=self.hidden,
            dropout=self.dropout,
            head_width=self.head_width,
            feedforward=self.feedforward,
            norm=self.norm,
            placement=self.norm_placement,
            bias=self.biases,
        )

    def pointing(self, columns: tuple[Column, ...]) -> list[str]:
        """The names of the columns that may point."""
        if self.pointers == "all":
            return [column.name for column in columns]
        return [name for name in self.pointers.split(",") if name and self.pointers != "none"]


def misfit(config: TransformerConfig, columns: tuple[Column, ...]) -> str:
    """The first thing in which the options contradict each other or the columns, in words; empty if nothing."""
    return next(filter(None, (check(config, columns) for check in _CHECKS)), "")


def misfit_windows(config: TransformerConfig, sequence: int) -> str:
    """Why windows of ``sequence`` rows have more places than there are vectors for, in words; empty where not."""
    if POSITIONS[config.positions] is None or sequence <= config.context:
        return ""
    advice = f"say --sequence {config.context}, or --context {sequence}"
    return f"sequence {sequence} is longer than its {config.context} positions; {advice}"


def _heads(config: TransformerConfig, columns: tuple[Column, ...]) -> str:
    twice = "twice " if config.turns else ""
    if config.head_width or config.width % ((1 + config.turns) * config.heads) == 0:
        return ""
    return f"width {config.width} is not a multiple of {twice}the {config.heads} heads; or say --head-width"


def _head_width(config: TransformerConfig, columns: tuple[Column, ...]) -> str:
    if not config.turns or config.head_width % 2 == 0:
        return ""
    return f"head width {config.head_width} is odd: what turns are pairs; or say --positions learned --time-heads 0"


def _time_heads(config: TransformerConfig, columns: tuple[Column, ...]) -> str:
    many = config.time_heads > config.heads
    return f"{config.time_heads} time heads of {config.heads} heads" if many else ""


def _sines(config: TransformerConfig, columns: tuple[Column, ...]) -> str:
    odd = config.positions == "sinusoidal" and config.width % 2
    return f"width {config.width} is odd: sinusoidal positions are pairs of sine and cosine" if odd else ""


def _pointers(config: TransformerConfig, columns: tuple[Column, ...]) -> str:
    known = [column.name for column in columns]
    strange = [name for name in config.pointing(columns) if name not in known]
    return f"pointers for {', '.join(strange)}: its columns are {', '.join(known)}" if strange else ""


def _ahead(config: TransformerConfig, columns: tuple[Column, ...]) -> str:
    """Rows that are known ahead are found by the times that their first column alone says."""
    timed = [c for c, column in enumerate(columns) if column.advances.any()]
    said = timed == [0] and {"time", "end"} <= columns[0].offsets.keys() and len(columns) > 1
    advice = "take --codec notes, or --ahead 0"
    if config.ahead and not (said and "pitch" in columns[1].offsets):
        return f"what is known ahead asks for a codec with a row per note, its step first and then its pitch; {advice}"
    return "what is known ahead asks for heads that turn; say --positions rotary" if _upright(config) else ""


def _upright(config: TransformerConfig) -> bool:
    return bool(config.ahead) and not config.turns


def _loss(config: TransformerConfig, columns: tuple[Column, ...]) -> str:
    return unfit(config.loss, "ids")


Check = Callable[[TransformerConfig, tuple[Column, ...]], str]
_CHECKS: tuple[Check, ...] = (_heads, _head_width, _time_heads, _sines, _pointers, _ahead, _loss)
