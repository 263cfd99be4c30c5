"""The part of ``partimento evaluate`` that is about models that write chorales cell by cell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ..errors import UsageError
from .console import Output
from .listening import with_time_left

if TYPE_CHECKING:
    from ..checkpoint import Checkpoint
    from ..evaluate.cells import CellRow, Chorales
    from ..evaluate.chorale_orders import Orders
    from ..evaluate.likelihood import Conditions, Material
    from .listening import Place

    Task = tuple[str, Checkpoint, Material]


def apart(places: "Sequence[Place]", samples: bool, output: Output) -> "tuple[list[Place], list[Place]]":
    """The models that write cells of a grid, and all others; of the first no ``samples`` are composed here."""
    from ..models.grid import writes_cells

    cells = [place for place in places if writes_cells(place[1].recipe.family)]
    for name, *_ in cells if samples else ():
        output.say(f"{name}: writes chorales, of which --samples composes none; harmonize and compose do")
    return cells, [place for place in places if not any(place is each for each in cells)]


def refuse_windows(cells: "Sequence[Place]", others: "Sequence[Place]", given: Mapping[str, bool]) -> None:
    """Raise UsageError where a flag that is ``given`` holds for none of the models."""
    flags = [flag for flag, is_given in given.items() if is_given]
    if cells and not others and flags:
        advice = "chorales are judged whole, accuracy included; leave it out"
        raise UsageError(f"{flags[0]} is not for model {cells[0][0]}: {advice}")


def cell_tasks(places: "Sequence[Place]", conditions: "Conditions", orders: "Orders") -> "list[Task]":
    """What is measured, all looked at before the first is. Raises UsageError where no model knows orders."""
    from ..evaluate.chorale_orders import in_any_order
    from ..evaluate.likelihood import check_columns, shared

    if orders.count and not any(in_any_order(checkpoint) for _, checkpoint, _ in places):
        raise UsageError("--orders: none of these models writes cells in any order; grid-transformer does")
    known: dict[str, Material] = {}
    tasks = []
    for name, checkpoint, corpus in places:
        check_columns(name, checkpoint)
        tasks.append((name, checkpoint, shared(known, corpus, checkpoint.recipe.codec, conditions)))
    return tasks


def cell_rows(
    tasks: "Sequence[Task]", conditions: "Conditions", orders: "Orders", keys: bool, anchors: bool, output: Output
) -> "list[CellRow]":
    """The models on each material, in all ``keys`` too where it is asked for, then what they must beat."""
    from ..evaluate.cells import Chorales

    rows = []
    for material in {id(task[2]): task[2] for task in tasks}.values():
        chorales = Chorales.of(material)
        mine = [(name, checkpoint) for name, checkpoint, own in tasks if own is material]
        found = [row for each in mine for row in _measured(*each, chorales, conditions, orders, keys, output)]
        rows += [*found, *(_floors(chorales, found, output) if anchors else ())]
    return rows


def _measured(
    name: str,
    checkpoint: "Checkpoint",
    chorales: "Chorales",
    conditions: "Conditions",
    orders: "Orders",
    keys: bool,
    output: Output,
) -> "Iterator[CellRow]":
    """A model as its family writes; and where it is asked for, and can be, in all keys and in random orders."""
    from ..evaluate.cells import model_row
    from ..evaluate.chorale_keys import key_rows
    from ..evaluate.chorale_orders import in_any_order, order_rows

    with output.progress(f"evaluating {name}") as update:
        yield model_row(name, checkpoint, chorales, conditions, with_time_left(update))
        if keys:
            yield from key_rows(name, checkpoint, chorales, conditions, with_time_left(update))
    if not orders.count:
        return
    if not in_any_order(checkpoint):
        output.say(f"{name}: family {checkpoint.recipe.family} needs all other cells of a piece: no random orders")
        return
    with output.progress(f"evaluating {name} in random orders") as update:
        yield from order_rows(name, checkpoint, chorales, conditions, orders, with_time_left(update))


def _floors(chorales: "Chorales", rows: "Sequence[CellRow]", output: Output) -> "Iterator[CellRow]":
    """The count model beside likelihoods, and the hold floor beside every accuracy."""
    from ..evaluate.cells import LIKELIHOOD, Spent, cell_row
    from ..evaluate.chorale_floors import HOLD_FLOOR, count_models, held_cells

    cells, right = held_cells(chorales.material)
    measures = list(dict.fromkeys(row.measure for row in rows if row.accuracy))
    if LIKELIHOOD in measures:
        with output.progress("counting the count models") as update:
            found = list(count_models(chorales.material, update))
        if not found:
            output.say(f"corpus {chorales.material.corpus.folder.name} has no training piece here: no count model")
        for name, nats in found:
            yield cell_row(name, "anchor", chorales, Spent(cells, nats), LIKELIHOOD)
    for measure in measures:
        yield cell_row(HOLD_FLOOR, "floor", chorales, Spent(cells, right=right), measure)
