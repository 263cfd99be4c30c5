"""The same network in `transformers`: seconds of music per second of computing, side by side, on one thread.

Against it stands `generate` of Hugging Face transformers with its cache, on a Llama of the model's layers,
width, heads and hidden width with random weights, over the vocabulary of MidiTok's REMI as it comes. Neither
side is credited with what its network happens to say: rows and tokens are turned into seconds of music by
their number per second in the same real pieces, encoded by the model's codec and by that REMI. Each side
writes as many rows or tokens as --seconds of real music have, and draws them (Llama from its whole
distribution). REMI's grid is 62.5 ms at 120 to the minute, the codec's 10 ms: the rates are of music as
finely as each says it.

    pip install -r benchmarks/requirements.txt
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import metadata
from statistics import median
from typing import Any

import torch
from measure import Result, Spent, parser, run, table, timed

from partimento import midi
from partimento.codecs import Codec
from partimento.compose.model import Model, load
from partimento.data.corpus import Corpus, corpus
from partimento.errors import UsageError
from partimento.train.session import spread
from partimento.zoo import DEFAULT

try:
    from miditok import REMI
    from symusic import Score as MidiScore
    from transformers import LlamaConfig, LlamaForCausalLM
except ImportError as absent:
    MISSING = absent.name
else:
    MISSING = None

TOGETHER = (1, 16)
FEW = 2  # pieces that --quick counts in
QUICK_S = 4.0


def options() -> ArgumentParser:
    """The model, the corpus and the lengths beside the common ones."""
    made = parser(__doc__)
    made.add_argument("--model", default=DEFAULT, help="a bundled model, a run's name or a checkpoint folder")
    made.add_argument("--runs", help="where your own runs are")
    made.add_argument("--data", default="maestro", help="the prepared corpus whose pieces are counted in")
    made.add_argument("--pieces", type=int, default=40, help="of its validation split, evenly spread")
    made.add_argument("--seconds", type=float, default=60.0, help="of music that is written")
    made.add_argument("--repeats", type=int, default=3, help="of each side in turn; medians count")
    return made


def measured(given: Namespace) -> Result:
    """Rates of both sides for 1 piece and for 16 side by side. Raises UsageError."""
    if MISSING:
        raise UsageError(f"{MISSING} is not installed; run: pip install -r benchmarks/requirements.txt")
    torch.set_num_threads(1)
    seconds, repeats = (QUICK_S, 1) if given.quick else (given.seconds, given.repeats)
    pieces, found = FEW if given.quick else given.pieces, corpus(given.data)
    model, tokenizer = load(given.model, given.runs), REMI()
    density = densities(found, pieces, model.checkpoint.recipe.codec, tokenizer)
    rows, tokens = (max(int(seconds * density[unit]), 1) for unit in ("rows_per_s", "tokens_per_s"))
    llama = llama_like(model, len(tokenizer), tokens + 1)
    sides = {
        "partimento": (lambda count: composed_rows(model, count, rows), "rows_per_s"),
        "transformers": (lambda count: generated_tokens(llama, count, tokens), "tokens_per_s"),
    }
    for work, _ in sides.values():
        work(1)
    return {
        "model": model.name,
        "versions": {name: metadata.version(name) for name in ("transformers", "miditok", "torch")},
        "parameters": {"partimento": size_of(model.family), "transformers": size_of(llama)},
        "vocabulary": len(tokenizer),
        "seconds": seconds,
        "repeats": repeats,
        **density,
        "rates": [compared(sides, density, count, repeats) for count in TOGETHER],
    }


def densities(found: Corpus, pieces: int, codec: Codec, tokenizer: Any) -> Result:
    """Rows and tokens per second of real music, in the same pieces."""
    rows, tokens, seconds = 0, 0, 0.0
    chosen = spread(found.split("validation"), pieces)
    for score in map(found.score, chosen):
        rows += len(codec.encode(score)) - 1
        tokens += sum(len(track) for track in tokenizer(MidiScore.from_midi(midi.to_bytes(score))))
        seconds += score.duration_s
    return {"pieces_counted": len(chosen), "rows_per_s": rows / seconds, "tokens_per_s": tokens / seconds}


def llama_like(model: Model, vocabulary: int, positions: int) -> Any:
    """A Llama of the model's sizes that never ends by itself. Raises UsageError for a family without such sizes."""
    config = model.checkpoint.recipe.model
    if model.family.name != "transformer":
        raise UsageError(f"--model {model.name}: family {model.family.name} has no counterpart; take a transformer")
    torch.manual_seed(0)
    sizes = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=config.width,
        intermediate_size=config.hidden,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        num_key_value_heads=config.heads,
        max_position_embeddings=positions,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=None,
    )
    return LlamaForCausalLM(sizes).eval()


def size_of(network: torch.nn.Module) -> int:
    """How many parameters it has."""
    return sum(parameter.numel() for parameter in network.parameters())


def composed_rows(model: Model, count: int, rows: int) -> int:
    """Compose pieces of so many notes from nothing; how many rows say them."""
    request = replace(model.request(None, None, rows, seed=0), count=count)
    codec = model.checkpoint.recipe.codec
    return sum(len(codec.encode(piece.score)) - 1 for piece in model.pieces(request))


@torch.inference_mode()
def generated_tokens(llama: Any, count: int, tokens: int) -> int:
    """Generate so many tokens after the first one, for each of ``count``; how many there are."""
    first = torch.ones(count, 1, dtype=torch.int64)
    drawn = {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0}
    made = llama.generate(first, attention_mask=torch.ones_like(first), max_new_tokens=tokens, use_cache=True, **drawn)
    return count * (made.shape[1] - 1)


Side = tuple[Callable[[int], int], str]


def compared(sides: dict[str, Side], density: Result, count: int, repeats: int) -> Result:
    """Both sides in turn, ``repeats`` times; the ratio is the median of the turns' ratios."""
    turns = [{name: timed(lambda work=work: work(count)) for name, (work, _) in sides.items()} for _ in range(repeats)]
    music = [{name: music_rate(turn[name], density[unit]) for name, (_, unit) in sides.items()} for turn in turns]
    rates = {name: median(turn[name] for turn in music) for name in sides}
    units = {name: median(made / spent.wall_s for made, spent in (turn[name] for turn in turns)) for name in sides}
    ratio = median(turn["partimento"] / turn["transformers"] for turn in music)
    return {"pieces": count, "units_per_s": units, "music_s_per_s": rates, "ratio": ratio}


def music_rate(made: tuple[int, Spent], per_second: float) -> float:
    """Seconds of music per second of the clock."""
    return made[0] / per_second / made[1].wall_s


def told(result: Result) -> Iterable[str]:
    """One row per number of pieces."""
    yield from table(
        [
            {
                "pieces at once": row["pieces"],
                "rows/s": row["units_per_s"]["partimento"],
                "tokens/s": row["units_per_s"]["transformers"],
                "music s/s": row["music_s_per_s"]["partimento"],
                "transformers music s/s": row["music_s_per_s"]["transformers"],
                "ratio": row["ratio"],
            }
            for row in result["rates"]
        ]
    )
    sizes, versions = result["parameters"], result["versions"]
    yield f"\n{result['model']}: {sizes['partimento']:,} parameters; Llama: {sizes['transformers']:,}; one thread"
    yield (
        f"real music has {result['rows_per_s']:.2f} rows and {result['tokens_per_s']:.2f} REMI tokens to the second "
        f"({result['pieces_counted']} pieces); {result['seconds']:g} s a piece, median of {result['repeats']}"
    )
    yield ", ".join(f"{name} {version}" for name, version in versions.items())


if __name__ == "__main__":
    run(options(), measured, told)
