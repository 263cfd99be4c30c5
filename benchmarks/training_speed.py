"""Rows per second of `partimento train`, and how near its steps come to the speed of their own matrix products.

The matrix products (mm, addmm, bmm, baddbmm) of one step are written down: operator, number type, shapes,
strides, how often. Each is then timed alone, in rounds that alternate with rounds of whole steps. A step
that did nothing else would need the sum of these times; its share is that sum over what the step takes.
A step here is all that `partimento train` does with a batch: forward, backward, clipping, optimizer. Runs
on the processor, with as many threads as torch takes by itself (OMP_NUM_THREADS changes that).
"""

from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import torch
from measure import Result, Spent, middle, parser, run, table, timed
from products import Product, Products, time_of

from partimento.batch import Batch
from partimento.checkpoint import build
from partimento.data.controls import composers
from partimento.data.corpus import corpus
from partimento.data.windows import POOL, Windows
from partimento.recipe import Recipe, read
from partimento.train.progress import State
from partimento.train.session import FEW, spread
from partimento.train.step import take_step

ALONE_S = 0.02  # a product is repeated until it has taken so long
LISTED = 8


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    pieces: int = POOL  # whose windows are shuffled together
    rounds: int = 7
    steps: int = 10  # of a round
    alone_s: float = ALONE_S


QUICK = Plan(pieces=2, rounds=1, steps=2, alone_s=0.002)


def options() -> ArgumentParser:
    """The corpus and the recipe beside the common ones."""
    made = parser(__doc__)
    made.add_argument("--data", default="maestro", help="a prepared corpus, by name (PARTIMENTO_DATA says where)")
    made.add_argument("--recipe", type=Path, help="a recipe in TOML; the default of `partimento train transformer`")
    made.add_argument("--rounds", type=int, default=Plan.rounds, help="rounds of steps and of products; medians count")
    made.add_argument("--steps", type=int, default=Plan.steps, help="steps in a round")
    return made


def measured(given: Namespace) -> Result:
    """Rates of the step, of its products, and the share."""
    plan = QUICK if given.quick else Plan(rounds=given.rounds, steps=given.steps)
    recipe = read(given.recipe) if given.recipe else Recipe()
    windows = windows_of(recipe, given.data, plan)
    batches, making = timed(lambda: list(windows.epoch(0)))
    stepper = Stepper(recipe, windows, batches)
    products = stepper.products()
    rounds = [(stepper.timed(plan.steps), alone(products, plan.alone_s)) for _ in range(plan.rounds)]
    return {
        "data": given.data,
        "recipe": recipe.to_dict(),
        "threads": torch.get_num_threads(),
        "rounds": plan.rounds,
        "steps": plan.steps,
        **rates(stepper.rows, making.wall_s / len(batches), products, rounds),
    }


def windows_of(recipe: Recipe, data: str, plan: Plan) -> Windows:
    """The training windows of some pieces; the controls are those of all."""
    found = corpus(data)
    pieces = found.split("train")
    controls = composers([found.pieces[i].composer for i in pieces], FEW)
    return Windows(found, spread(pieces, plan.pieces), recipe.codec, recipe.windows, controls, recipe.seed)


class Stepper:
    """A training run without its surroundings."""

    def __init__(self, recipe: Recipe, windows: Windows, batches: Sequence[Batch]) -> None:
        torch.manual_seed(recipe.seed)
        self.state = State(build(recipe, windows.controls), recipe)
        self.state.model.train()
        self.batches: Iterator[Batch] = cycle(batches)
        self.rows = sum(int(batch.loss_mask.any(-1).sum()) for batch in batches) / len(batches)  # of a batch

    def take(self, steps: int) -> None:
        """Go on by so many steps."""
        for batch in islice(self.batches, steps):
            take_step(self.state, batch)
            self.state.step += 1

    def timed(self, steps: int) -> Spent:
        """What a step takes, in the mean over ``steps``."""
        return timed(lambda: self.take(steps))[1].each(steps)

    def products(self) -> Counter[Product]:
        """The products of one step, after steps in which the optimizers made their state."""
        self.take(3)
        with Products() as products:
            self.take(1)
        return products.counts


def alone(products: Iterable[Product], least_s: float) -> dict[Product, Spent]:
    """What each product takes by itself."""
    return {product: time_of(product, least_s) for product in products}


def rates(
    rows: float, making_s: float, products: Counter[Product], rounds: Sequence[tuple[Spent, dict[Product, Spent]]]
) -> Result:
    """Medians over the rounds."""
    flop = sum(product.flop * count for product, count in products.items())
    needed = [
        Spent(*(sum(getattr(alone[p], clock) * n for p, n in products.items()) for clock in ("wall_s", "cpu_s")))
        for _, alone in rounds
    ]
    step, ideal = middle(step for step, _ in rounds), middle(needed)
    shares = [need.wall_s / step.wall_s for need, (step, _) in zip(needed, rounds, strict=True)]
    cpu_shares = [need.cpu_s / step.cpu_s for need, (step, _) in zip(needed, rounds, strict=True)]
    return {
        "rows_per_step": rows,
        "rows_per_s": rows / step.wall_s,
        "rows_per_s_with_batches": rows / (step.wall_s + making_s),
        "step_wall_s": step.wall_s,
        "step_cpu_s": step.cpu_s,
        "products_wall_s": ideal.wall_s,
        "products_cpu_s": ideal.cpu_s,
        "gflop_per_step": flop / 1e9,
        "step_gflop_per_s": flop / step.wall_s / 1e9,
        "products_gflop_per_s": flop / ideal.wall_s / 1e9,
        "share": median(shares),
        "share_cpu": median(cpu_shares),
        "share_lowest_round": min(shares),
        "share_highest_round": max(shares),
        "products": listed(products, [alone for _, alone in rounds]),
    }


def listed(products: Counter[Product], rounds: Sequence[dict[Product, Spent]]) -> list[Result]:
    """Every product with its rate, those first on which a step spends most."""
    rows = []
    for product, count in products.items():
        each_s = median(alone[product].wall_s for alone in rounds)
        dtype = str(product.factors[0].dtype).removeprefix("torch.")
        rate = product.flop / each_s / 1e9
        rows.append(
            {"product": str(product), "type": dtype, "times": count, "ms": 1e3 * each_s * count, "GFLOP/s": rate}
        )
    return sorted(rows, key=lambda row: -row["ms"])


def told(result: Result) -> Iterable[str]:
    """The rates, then the products that cost most."""
    yield from table(
        [
            {"figure": "rows per second, steps alone", "value": result["rows_per_s"]},
            {"figure": "rows per second, with the making of batches", "value": result["rows_per_s_with_batches"]},
            {"figure": "step, ms (wall)", "value": 1e3 * result["step_wall_s"]},
            {"figure": "step, ms (CPU)", "value": 1e3 * result["step_cpu_s"]},
            {"figure": "its matrix products alone, ms (wall)", "value": 1e3 * result["products_wall_s"]},
            {"figure": "its matrix products alone, ms (CPU)", "value": 1e3 * result["products_cpu_s"]},
            {"figure": "GFLOP of a step", "value": result["gflop_per_step"]},
            {"figure": "GFLOP/s of the step", "value": result["step_gflop_per_s"]},
            {"figure": "GFLOP/s of its matrix products alone", "value": result["products_gflop_per_s"]},
            {"figure": "share (wall)", "value": f"{result['share']:.1%}"},
            {"figure": "share (CPU; means little with several threads)", "value": f"{result['share_cpu']:.1%}"},
        ]
    )
    low, high = result["share_lowest_round"], result["share_highest_round"]
    yield f"\nmedian of {result['rounds']} rounds (share {low:.1%} to {high:.1%}), {result['threads']} threads\n"
    yield from table(result["products"][:LISTED])


if __name__ == "__main__":
    run(options(), measured, told)
