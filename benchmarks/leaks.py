"""What of the held-out music a model could know beforehand, here and as systems 000 and 003 dealt the same pieces.

    python benchmarks/leaks.py --data maestro

000 cuts one flat list of all notes into windows of 50 and the next, and makes its validation list of the characters
of its training tokens. 003 shuffles chunks of 101 tokens (3.0 a note) in a buffer of 10,000 anew every epoch, and
takes the batches of training, validation and test after that. Windows here are drawn as training draws them, from
some pieces; all else is counted over all.
"""

from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator

import numpy as np
from measure import Result, parser, run, table
from numpy.typing import NDArray

from partimento.codecs import codec_of
from partimento.data.corpus import Corpus, corpus
from partimento.data.source import Piece
from partimento.data.windows import WindowConfig, Windows
from partimento.score import Score

ROWS = 50  # notes that 000 predicts the next one from
TOKENS_PER_NOTE, CHUNK, BUFFER, BATCH = 3.0, 101, 10_000, 256  # 003's
TOLD = 1_800_000 // CHUNK  # chunks that there are by its README
TRAINED, TESTED = 0.8, 0.9  # 003: the share of batches that is trained on, and the share behind which is tested
NAMES = ("C", "C#", "D", "E-", "E", "F", "F#", "G", "G#", "A", "B-", "B")


def options() -> ArgumentParser:
    """What may be asked."""
    made = parser(__doc__)
    made.add_argument("--data", default="maestro", help="a prepared corpus")
    made.add_argument("--pieces", type=int, default=32, help="training pieces whose windows and tokens are looked at")
    made.add_argument("--epochs", type=int, default=40, help="of 003, before its last test")
    return made


def measured(given: Namespace) -> Result:
    """The counts of both sides, a row each."""
    held, pieces = corpus(given.data), 4 if given.quick else given.pieces
    some = spread(held.split("train"), pieces)
    crossing, drawn = crossing_windows(held, some)
    flat, every = flat_crossing(np.array([held.entries[i].notes for i in held.split("train")]))
    whole, characters = characters_that_are_tokens(held.score(i) for i in some)
    chunks = int(TOKENS_PER_NOTE * sum(entry.notes for entry in held.entries)) // CHUNK
    epochs = 2 if given.quick else given.epochs
    dealt = [of(*dealt_anew(count, epochs)) for count in (min(chunks, TOLD) if given.quick else chunks, TOLD)]
    train, test = set(held.split("train")), held.split("test")
    kinds: dict[str, Callable[[Piece], Hashable]] = {
        "recordings (by content) in two splits": lambda piece: piece.sha256,
        "compositions (composer and title) in two splits": lambda piece: (piece.composer, piece.title),
    }
    shared = [row(what, *in_two_splits(held.pieces, key), "(its split is the same)") for what, key in kinds.items()]
    mixed = row("windows that run over a piece's end", crossing, drawn, f"000: {of(flat, every)}")
    lists = [bool(train & set(held.split(name))) for name in ("validation", "test")]
    tokens = f"000: both; {of(whole, characters)} of their characters are tokens at all"
    unreal = row("held-out lists with something of training", sum(lists), len(lists), tokens)
    known = row("test pieces (or chunks) that were trained on", len(train & set(test)), len(test), "")
    known["the original's way"] = (
        f"003: {dealt[0]} after {epochs} epochs; {dealt[1]} of its README's 1.8 million tokens"
    )
    return {"pieces": len(held), "rows": [*shared, mixed, unreal, known]}


def row(what: str, count: int, total: int, original: str) -> Result:
    """A line of the table."""
    return {"what": what, "here": of(count, total), "the original's way": original}


def of(count: int, total: int) -> str:
    """A count, of how many, and the share."""
    return f"{count:,} of {total:,} ({count / max(total, 1):.2%})"


def spread(pieces: list[int], count: int) -> list[int]:
    """``count`` of them, evenly."""
    return pieces[:: max(len(pieces) // count, 1)][:count]


def in_two_splits(pieces: Iterable[Piece], key: Callable[[Piece], Hashable]) -> tuple[int, int]:
    """How many keys have pieces in more than one split, and how many there are."""
    splits = defaultdict[Hashable, set[str]](set)
    for piece in pieces:
        splits[key(piece)].add(piece.split)
    return sum(len(found) > 1 for found in splits.values()), len(splits)


def crossing_windows(held: Corpus, pieces: list[int]) -> tuple[int, int]:
    """Of the windows of an epoch those in which anything follows an end, or a beginning anything; and all."""
    codec = codec_of("notes")
    column = codec.columns[0]
    begin, end = column.id("begin"), column.id("end")
    crossing = drawn = 0
    for batch in Windows(held, pieces, codec, WindowConfig(sequence=ROWS, batch_size=BATCH)).epoch(0):
        first = batch.ids[..., 0].numpy()
        crossing += int(((first[:, 1:] == begin) | (first[:, :-1] == end)).any(1).sum())
        drawn += len(first)
    return crossing, drawn


def flat_crossing(notes: NDArray[np.int64]) -> tuple[int, int]:
    """000: windows of ROWS notes and the next, one at every note of the flat list, that hold notes of two pieces."""
    ends = np.cumsum(notes)
    starts = np.arange(ends[-1] - ROWS)
    whose = (np.searchsorted(ends, starts + further, side="right") for further in (0, ROWS))
    return int(np.not_equal(*whose).sum()), len(starts)


def characters_that_are_tokens(scores: Iterable[Score]) -> tuple[int, int]:
    """000: of the characters of the training tokens, which are its held-out lists, those that are tokens; and all."""
    tokens = [token for score in scores for token in tokens_of(score)]
    known, characters = set(tokens), "".join(tokens)
    return sum(characters.count(each) for each in set(characters) & known), len(characters)


def tokens_of(score: Score) -> Iterator[str]:
    """A note's name with its octave, a chord's pitch classes with dots: by onset."""
    _, firsts = np.unique(score.notes["onset"], return_index=True)
    for group in np.split(score.notes["pitch"], firsts[1:]):
        classes = sorted({int(pitch) % 12 for pitch in group})
        single = f"{NAMES[classes[0]]}{int(group[0]) // 12 - 1}"
        yield single if len(group) == 1 else ".".join(map(str, classes))


def dealt_anew(chunks: int, epochs: int) -> tuple[int, int]:
    """003: chunks of the test after ``epochs`` that one of them was trained on; and how many are tested."""
    generator, batches = np.random.default_rng(0), chunks // BATCH
    trained = np.zeros(chunks, bool)
    for _ in range(epochs):
        trained[shuffled(chunks, generator)[: int(TRAINED * batches) * BATCH]] = True
    tested = shuffled(chunks, generator)[int(TESTED * batches) * BATCH : batches * BATCH]
    return int(trained[tested].sum()), len(tested)


def shuffled(count: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """0 to ``count`` as a buffer lets them out: one of it by chance, whose place the next one takes."""
    held = list(range(min(BUFFER, count)))
    places = generator.integers(0, len(held), count - len(held)).tolist()
    out = []
    for following, place in enumerate(places, start=len(held)):
        out.append(held[place])
        held[place] = following
    return np.array(out + generator.permutation(held).tolist())


def told(result: Result) -> Iterable[str]:
    """The table."""
    yield f"{result['pieces']:,} pieces"
    yield ""
    yield from table(result["rows"])


if __name__ == "__main__":
    run(options(), measured, told)
