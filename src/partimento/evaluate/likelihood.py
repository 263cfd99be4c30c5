"""Held-out likelihood in the units of the literature, with the conditions under which it holds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch

from ..checkpoint import Checkpoint
from ..codecs import Codec, codec_of
from ..data.corpus import Corpus
from ..errors import UsageError
from ..models import family_of
from ..models.family import RowFamily
from ..models.likelihood import PieceLikelihood, likelihoods, piece_cells, piece_rows
from ..nn.precision import precision as number_format
from .accuracy import Accuracy, Hits, anchor_guesses, anchor_hits, model_hits
from .anchors import ANCHORS, Cells, anchored, count
from .fidelity import Fidelity, fidelity
from .units import Estimate, Floats, Totals

# Performance tokens per note on MAESTRO v3 as the literature's encoding counts them; the codec `performance`
# of this project counts 0.12 % fewer (docs/benchmarks.md).
TOKENS_PER_NOTE = {"train": 4.045, "validation": 4.054, "test": 4.033}
CONTEXT = (2, 65536)  # rows, as a window of training
PRECISIONS = ("float32", "bfloat16", "auto")
Progress = Callable[[float, str], None]


def _silent(share: float, remark: str) -> None:
    pass


@dataclass(frozen=True)
class Conditions:
    """How the pieces were read: the split, the window and its stride in rows, the numbers multiplied."""

    split: str = "validation"
    context: int = 256
    stride: int = 128
    pieces: int = 0  # 0: the whole split
    precision: str = "float32"

    def __post_init__(self) -> None:
        low, high = CONTEXT
        if not low <= self.context <= high:
            raise UsageError(f"--context {self.context} is out of range: {low} to {high} rows")
        if not 1 <= self.stride <= self.context:
            raise UsageError(f"--stride {self.stride} is out of range: 1 to the context, {self.context}")
        if self.pieces < 0:
            raise UsageError(f"--pieces {self.pieces} is out of range: 0 (all) or more")
        if self.precision not in PRECISIONS:
            raise UsageError(f"--precision {self.precision}: not one of {', '.join(PRECISIONS)}")


@dataclass(frozen=True)
class Material:
    """The held-out pieces of a corpus for a codec, and what was found out about them.

    ``tokens`` [P]: their Performance tokens; empty where ``tokens_per_note`` says how many there are (0: none).
    """

    corpus: Corpus
    codec: Codec
    split: str
    pieces: tuple[int, ...]
    fidelity: Fidelity
    tokens: Floats
    tokens_per_note: float

    @property
    def codec_text(self) -> str:
        """The codec with its options."""
        return text_of(self.codec)

    @property
    def claim(self) -> tuple[str, ...]:
        """What was predicted: equal where nats per note may be compared."""
        said = "performance" if self.codec.says_performance else self.codec_text
        return said, self.corpus.fingerprint, self.split, *map(str, self.pieces)


@dataclass(frozen=True)
class Row:
    """One line of the result: a model or an anchor on some material."""

    name: str
    kind: str  # model or anchor
    material: Material
    conditions: Conditions | None  # of a model
    units: dict[str, Estimate]
    by_column: dict[str, float]  # nats per cell; nan where none counts
    held: dict[str, float]  # rows, notes, seconds
    without_velocity: int  # pieces whose velocities do not count
    accuracy: Accuracy = Accuracy()

    @property
    def claim(self) -> tuple[str, ...]:
        """Equal where nats per note may be compared."""
        return self.material.claim


def text_of(codec: Codec) -> str:
    """The name of a codec with its options, and a hash of what it learnt from pieces, for people."""
    options = [f"{f.name}={getattr(codec, f.name)}" for f in fields(codec) if f.init]  # type: ignore[arg-type]
    fitted = [f"fitted={codec.fingerprint}"] if codec.fingerprint else []
    return " ".join([codec.name, *options, *fitted])


def has_likelihood(checkpoint: Checkpoint) -> bool:
    """Whether a model's family gives likelihoods."""
    return issubclass(family_of(checkpoint.recipe.family), RowFamily)


def check_rows(name: str, checkpoint: Checkpoint) -> None:
    """Refuse a model that gives no likelihoods, or was made for other columns. Raises UsageError."""
    if not has_likelihood(checkpoint):
        family = family_of(checkpoint.recipe.family).name
        raise UsageError(f"{name}: family {family} has no likelihood; compare its pieces instead, with --samples 20")
    check_columns(name, checkpoint)


def check_columns(name: str, checkpoint: Checkpoint) -> None:
    """Refuse a model that was made for other columns. Raises UsageError."""
    sizes = {column.name: column.size for column in checkpoint.recipe.codec.columns}
    if checkpoint.card.get("columns", sizes) != sizes:
        raise UsageError(
            f"{name}: was made for other columns than codec {checkpoint.recipe.codec.name} has; train anew"
        )


def own_windows(checkpoint: Checkpoint, context: int | None = None) -> tuple[int, int]:
    """Context and stride, in rows, as the family of a model asks for them; the stride alone where ``context`` is."""
    family, recipe = family_of(checkpoint.recipe.family), checkpoint.recipe
    assert issubclass(family, RowFamily)
    found, stride = family.windows_of_likelihood(recipe.model, context or recipe.windows.sequence)
    return (found, stride) if context is None else (context, min(stride, context))


def material(corpus: Corpus, codec: Codec, conditions: Conditions) -> Material:
    """The pieces of a split, or some of them evenly spread. Raises UsageError where it has none, UnknownName."""
    chosen = corpus.split(conditions.split)
    if not chosen:
        place = f"corpus {corpus.folder.name} has no piece in it"
        raise UsageError(f"--split {conditions.split}: {place}; choose another split")
    if conditions.pieces:
        chosen = chosen[:: max(len(chosen) // conditions.pieces, 1)][: conditions.pieces]
    lost = fidelity(codec, (corpus.score(piece) for piece in chosen))
    return Material(corpus, codec, conditions.split, tuple(chosen), lost, *_tokens(corpus, codec, chosen, conditions))


def shared(known: dict[str, Material], corpus: Corpus, codec: Codec, conditions: Conditions) -> Material:
    """``material``, or what is ``known`` of the same pieces in the same codec: its anchors are counted once."""
    key = f"{text_of(codec)} {corpus.fingerprint}"
    if key not in known:
        known[key] = material(corpus, codec, conditions)
    return known[key]


def model_row(
    name: str,
    checkpoint: Checkpoint,
    material: Material,
    conditions: Conditions,
    progress: Progress = _silent,
    accuracy: bool = False,
) -> Row:
    """The likelihood of a model on all of the material, and its accuracy. Raises UsageError for a family without."""
    check_rows(name, checkpoint)
    model = checkpoint.model()
    assert isinstance(model, RowFamily)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    corpus, codec = material.corpus, material.codec
    with number_format(conditions.precision, device):
        found = likelihoods(model.to(device), codec, corpus, material.pieces, conditions.context, conditions.stride)
        row = _row(name, "model", material, list(_followed(found, material, progress)), conditions)
        return replace(row, accuracy=_accuracy(model, material, conditions, progress)) if accuracy else row


def _accuracy(model: RowFamily, material: Material, conditions: Conditions, progress: Progress) -> Accuracy:
    """Of a model; nothing where its family scores no columns."""
    hits = []
    for number, piece in enumerate(material.pieces, 1):
        cells = piece_cells(material.codec, material.corpus, piece)
        found = model_hits(model, material.codec, *cells, conditions.context, conditions.stride)
        if found is None:
            return Accuracy()
        hits.append(found)
        progress(number / len(material.pieces), f"accuracy of {number} of {len(material.pieces)} pieces")
    return Accuracy.of(material.codec, hits)


def anchor_rows(material: Material, progress: Progress = _silent, accuracy: bool = True) -> list[Row]:
    """A row for each of ANCHORS, counted on the training split of the same corpus; none where it is empty."""
    corpus, codec = material.corpus, material.codec
    training = corpus.split("train")
    if not training:
        return []
    counts = count(_read(codec, corpus, training, progress), codec.columns)
    parts: dict[str, list[PieceLikelihood]] = {name: [] for name in ANCHORS}
    guesses = {name: anchor_guesses(name, counts, codec) for name in ANCHORS}
    hits: dict[str, list[Hits]] = {name: [] for name in ANCHORS}
    for piece in material.pieces:
        rows = piece_rows(codec, corpus, piece)
        for name, anchor in ANCHORS.items():
            parts[name].append(anchored(anchor, counts, rows))
            hits[name].append(anchor_hits(guesses[name], codec, rows))
    found = {name: _row(name, "anchor", material, some) for name, some in parts.items()}
    return [replace(row, accuracy=Accuracy.of(codec, hits[name] if accuracy else [])) for name, row in found.items()]


def _row(
    name: str, kind: str, material: Material, parts: Sequence[PieceLikelihood], conditions: Conditions | None = None
) -> Row:
    totals = Totals.of(parts, material.tokens, material.tokens_per_note)
    by_column = zip((column.name for column in material.codec.columns), totals.by_column.tolist(), strict=True)
    held = {part: float(getattr(totals, part).sum()) for part in ("rows", "notes", "seconds")}
    return Row(name, kind, material, conditions, totals.estimates(), dict(by_column), held, totals.partly)


def _tokens(corpus: Corpus, codec: Codec, pieces: Sequence[int], conditions: Conditions) -> tuple[Floats, float]:
    """float[P]: the Performance tokens of each piece (begin and end are none); or how many to a note."""
    if not codec.says_performance:
        return np.zeros(0), 0.0
    whole = sum(entry.piece.split == conditions.split for entry in corpus.manifest.entries)
    if corpus.manifest.source == "maestro" and len(pieces) == whole:
        return np.zeros(0), TOKENS_PER_NOTE[conditions.split]
    performance = codec_of("performance")
    return np.array([len(performance.encode(corpus.score(piece))) - 2 for piece in pieces], float), 0.0


def _followed(parts: Iterator[PieceLikelihood], material: Material, progress: Progress) -> Iterator[PieceLikelihood]:
    """The same parts, while ``progress`` hears which share of the notes is done."""
    total, done = sum(material.corpus.entries[piece].notes for piece in material.pieces), 0
    for number, (piece, part) in enumerate(zip(material.pieces, parts, strict=True), 1):
        yield part
        done += material.corpus.entries[piece].notes
        progress(done / max(total, 1), f"{number} of {len(material.pieces)} pieces")


def _read(codec: Codec, corpus: Corpus, pieces: Sequence[int], progress: Progress) -> Iterator[Cells]:
    for number, piece in enumerate(pieces, 1):
        yield piece_cells(codec, corpus, piece)
        progress(number / len(pieces), f"{number} of {len(pieces)} training pieces counted")
