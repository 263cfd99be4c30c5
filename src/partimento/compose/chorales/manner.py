"""How a chorale is written: the sampler, the rules while drawing, the schedule, the rounds of repair."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from ...errors import UnknownName, UsageError
from ...models.grid import GridFamily
from ...nn.filters import Sampling
from ...nn.gibbs import Gibbs
from ...recipe import check_ranges, filled
from .pick import Leading

MOST_ROUNDS = 100
OWN = ("masks", "strict", "rounds", "cadences", "repair")
WAY = tuple(f.name for f in fields(Gibbs) if f.name != "temperature")
OPTIONS = (*OWN, *WAY, *(f.name for f in fields(Sampling)))
ONCE = "--iterations: model family {} writes every cell once; leave it out, or say a schedule such as blocks"


@dataclass(frozen=True)
class Manner:
    """``gibbs`` None: the family's own way; its temperature is that of ``sampling``."""

    sampling: Sampling = Sampling()
    masks: bool = field(default=True, metadata={"help": "weigh voice leading while drawing"})
    strict: bool = field(default=True, metadata={"help": "never write parallel fifths, octaves or beyond a range"})
    rounds: int = field(default=3, metadata={"help": "rounds of repair at most; 0: none", "range": (0, MOST_ROUNDS)})
    cadences: bool = field(default=True, metadata={"help": "end phrases on triads, and the piece on its tonic"})
    gibbs: Gibbs | None = None

    @property
    def leading(self) -> Leading:
        """The rules while drawing."""
        return Leading.of(self.masks, self.strict)

    def schedule(self, model: GridFamily) -> Gibbs:
        """Which cells ``model`` writes when."""
        return replace(self.gibbs or model.gibbs, temperature=self.sampling.temperature)

    def said(self, options: Mapping[str, Any], model: GridFamily) -> "Manner":
        """This manner with ``options``: fields of Manner, Sampling and Gibbs by name, and ``repair`` False for none.

        Raises UsageError for a value out of range, UnknownName for a name that is no option.
        """
        check_options(options)
        own = {name: options[name] for name in OWN[:4] if name in options}
        own = {**own, "rounds": 0} if options.get("repair") is False else own
        way = {name: options[name] for name in WAY if name in options}
        rest = {name: value for name, value in options.items() if name not in (*OWN, *WAY)}
        sampling = filled(Sampling, {**asdict(self.sampling), **rest})
        gibbs = replace(self.gibbs or model.gibbs, **way)
        if "iterations" in way and gibbs.schedule == "once":
            raise UsageError(ONCE.format(model.name))
        manner = replace(self, sampling=sampling, gibbs=gibbs if way else self.gibbs, **own)
        for each in (manner, gibbs):
            check_ranges(each)
        return manner


def check_options(options: Iterable[str], others: Sequence[str] = ()) -> None:
    """Refuse names that are neither OPTIONS of a manner nor among the ``others`` of a task. Raises UnknownName."""
    for name in options:
        if name not in (*OPTIONS, *others):
            raise UnknownName("option", name, (*OPTIONS, *others))
