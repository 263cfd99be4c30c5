"""A run as one value: data, codec, model, windows, training, seed. TOML is its only outside form.

Every field of every part is a flag of ``partimento train``; its metadata say what it means and its range.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

import tomli_w

from .codecs import CODECS, Codec, codec_of
from .data.windows import WindowConfig
from .errors import UnknownName, UsageError
from .models import MODELS, family_of
from .nn.filters import PLAIN, Sampling

OPTIMIZERS = ("muon", "adamw", "adam", "nadam", "adamax", "adagrad", "adadelta", "rmsprop", "sgd")
PRECISIONS = ("auto", "bfloat16", "float32")
PARTS = ("data", "codec", "model", "windows", "training", "sampling")
RECIPES = {path.stem: path for path in sorted((Path(__file__).parent / "recipes").glob("*.toml"))}


@dataclass(frozen=True)
class DataConfig:
    """Which pieces."""

    corpus: str = field(default="maestro", metadata={"help": "a prepared corpus, by name", "flag": "--data"})
    filter: str = field(default="", metadata={"help": "composer=Chopin,title=Sonata,year=2004-2008"})
    all_but_test: bool = field(default=False, metadata={"help": "learn the validation pieces too: the last is best"})


@dataclass(frozen=True)
class TrainConfig:
    """How a model is trained."""

    steps: int = field(default=0, metadata={"help": "updates; 0: as epochs or minutes say", "range": (0, 10**9)})
    epochs: float = field(default=8.0, metadata={"help": "passes over the training pieces", "range": (0.0, 1e6)})
    minutes: float = field(default=0.0, metadata={"help": "timed by the first steps, then fixed", "range": (0.0, 1e6)})
    core_minutes: float = field(
        default=0.0,
        metadata={"help": "the same in processor time, all cores summed, whatever else runs", "range": (0.0, 1e6)},
    )
    optimizer: str = field(default="muon", metadata={"help": "by name", "choices": OPTIMIZERS})
    matrix_rate: float = field(
        default=0.02, metadata={"help": "learning rate of Muon's matrices", "range": (0.0, 10.0)}
    )
    learning_rate: float = field(default=3e-3, metadata={"help": "learning rate of the rest", "range": (0.0, 10.0)})
    weight_decay: float = field(
        default=0.0, metadata={"help": "decoupled decay of what AdamW moves", "range": (0.0, 10.0)}
    )
    warmup: int = field(default=100, metadata={"help": "steps of rising rate", "range": (0, 10**6)})
    decay: float = field(
        default=0.6, metadata={"help": "last share of the steps, with falling rate", "range": (0.0, 1.0)}
    )
    clip: float = field(default=1.0, metadata={"help": "largest norm of the gradient; 0: none", "range": (0.0, 1e6)})
    ema: float = field(
        default=0.0, metadata={"help": "decay of the averaged weights; 0: none", "range": (0.0, 0.99999)}
    )
    validate_minutes: float = field(default=10.0, metadata={"help": "time between validations", "range": (0.01, 1e5)})
    validate_epochs: int = field(
        default=0, metadata={"help": "epochs between validations, in place of minutes; 0: by time", "range": (0, 10**6)}
    )
    save_minutes: float = field(default=3.0, metadata={"help": "time between checkpoints", "range": (0.01, 1e5)})
    patience: int = field(
        default=0, metadata={"help": "validations without gain before the end; 0: never", "range": (0, 10**6)}
    )
    precision: str = field(default="auto", metadata={"help": "of matrix products", "choices": PRECISIONS})

    def __post_init__(self) -> None:
        if self.minutes and self.core_minutes:
            raise UsageError(
                "minutes and core_minutes exclude each other: one is the clock's time, one the processor's"
            )

    @property
    def budget_s(self) -> float:
        """The seconds that a run may train, by the clock or of processor time; 0: as steps or epochs say."""
        return 60 * (self.minutes or self.core_minutes)


@dataclass(frozen=True)
class Recipe:
    """All that decides a run, down to the bit."""

    data: DataConfig = DataConfig()
    codec: Codec = field(default_factory=lambda: codec_of("notes"))
    family: str = "transformer"
    model: Any = None
    windows: WindowConfig = WindowConfig()
    training: TrainConfig = TrainConfig()
    seed: int = field(default=0, metadata={"help": "of every generator", "range": (0, 2**63 - 1)})
    sampling: Sampling = PLAIN  # how its models compose where nothing else is said; it decides nothing of the run

    def __post_init__(self) -> None:
        if self.model is None:
            object.__setattr__(self, "model", family_of(self.family).Config())
        for part in (self, self.data, self.model, self.windows, self.training, self.sampling):
            check_ranges(part)

    @property
    def preset(self) -> dict[str, Any]:
        """What of ``sampling`` is not as it comes."""
        return {name: value for name, value in asdict(self.sampling).items() if value != getattr(PLAIN, name)}

    def to_dict(self) -> dict[str, Any]:
        """Nested plain values, complete; a part ``sampling`` only where something in it is not as it comes."""
        return {
            "seed": self.seed,
            "data": _plain(self.data),
            "codec": {"name": self.codec.name, **_plain(self.codec)},
            "model": {"family": self.family, **_plain(self.model)},
            "windows": _plain(self.windows),
            "training": _plain(self.training),
            **({"sampling": self.preset} if self.preset else {}),
        }

    def to_toml(self) -> str:
        """The outside form."""
        return tomli_w.dumps(self.to_dict())


def from_dict(given: Mapping[str, Any]) -> Recipe:
    """A Recipe from nested plain values; what is not said keeps its default. Raises UnknownName, UsageError."""
    _known("part of a recipe", given, ("seed", *PARTS))
    spoken = {name: _part(name, given) for name in PARTS}
    name = str(spoken["model"].pop("family", "transformer"))
    family = family_of(name)
    return Recipe(
        data=filled(DataConfig, spoken["data"], "[data]"),
        codec=_codec({"name": family.codec, **spoken["codec"]}),
        family=name,
        model=filled(family.Config, spoken["model"], f"[model] ({name})"),
        windows=filled(WindowConfig, spoken["windows"], "[windows]"),
        training=filled(TrainConfig, spoken["training"], "[training]"),
        sampling=filled(Sampling, spoken["sampling"], "[sampling]"),
        seed=_typed(next(f for f in fields(Recipe) if f.name == "seed"), given.get("seed", 0)),
    )


def _codec(given: Mapping[str, Any]) -> Codec:
    """The codec of a recipe, each option of its field's type."""
    name, options = str(given["name"]), {key: given[key] for key in given if key != "name"}
    for f in fields(CODECS[name]) if name in CODECS else ():  # type: ignore[arg-type]
        if f.name in options and f.init:
            options[f.name] = _typed(f, options[f.name])
    return codec_of(name, **options)


def _part(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    part = given.get(name, {})
    if not isinstance(part, Mapping):
        raise UsageError(f"part {name} of a recipe is {part!r}, not a table; write [{name}] and its fields below it")
    return dict(part)


def read(path: Path) -> Recipe:
    """The recipe in a TOML file. Raises UsageError."""
    try:
        return from_dict(tomllib.loads(path.read_text()))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"recipe {path}: cannot be read: {reason}; name a TOML file or a family") from error
    except UsageError as error:
        raise UsageError(f"recipe {path}: {error}") from error


def called(name: str) -> Recipe:
    """What a TOML file, the name of one of RECIPES or else that of a family (all as it comes) stands for.

    Raises UnknownName, UsageError.
    """
    if name.endswith(".toml"):
        return read(Path(name))
    if name in RECIPES:
        return read(RECIPES[name])
    if name in MODELS:
        return from_dict({"model": {"family": name}})
    raise UnknownName("family or recipe", name, dict.fromkeys([*MODELS, *RECIPES]))


def told(name: str) -> str:
    """What the first line of one of RECIPES says of it."""
    with RECIPES[name].open(encoding="utf-8") as file:
        return file.readline().strip("# \n")


def filled(config: type[Any], given: Mapping[str, Any], place: str = "") -> Any:
    """``config`` with the values in ``given``, each of its field's type and in its range; errors name ``place``."""
    kinds = {f.name: f for f in fields(config)}
    _known(f"field of {place or config.__name__}", given, kinds)
    made = config(**{name: _typed(kinds[name], value) for name, value in given.items()})
    check_ranges(made)
    return made


def check_ranges(config: Any) -> None:
    """Refuse a field that is out of the range or choices in its metadata. Raises UsageError, UnknownName."""
    for f in fields(config):
        low, high = f.metadata.get("range", (None, None))
        value = getattr(config, f.name)
        if value not in f.metadata.get("choices", (value,)):
            raise UnknownName(f.name, str(value), f.metadata.get("fitting", f.metadata["choices"]))
        if low is not None and not low <= value <= high:
            raise UsageError(f"{f.name} {value} is out of range: {low} to {high} ({f.metadata['help']})")


def _typed(f: Any, value: Any) -> Any:
    kind = type(f.default) if f.default is not MISSING else str
    if kind is bool and isinstance(value, str):
        value = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(
            value.lower(), value
        )
    if kind is str and not isinstance(value, str):
        raise UsageError(f"{f.name} {value!r} is not a text ({f.metadata.get('help', '')})")
    value = _folded(value, f.metadata["choices"]) if kind is str and "choices" in f.metadata else value
    fits = isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)
    try:
        return value if fits or (kind is bool and isinstance(value, bool)) else _cast(kind, value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{f.name} {value!r} is not a {kind.__name__} ({f.metadata.get('help', '')})") from error


def _folded(value: str, choices: Iterable[str]) -> str:
    """The one of ``choices`` that is ``value`` but for capitals; ``value`` where none is."""
    return next((choice for choice in choices if choice.casefold() == value.casefold()), value)


def _cast(kind: type[Any], value: Any) -> Any:
    if kind is bool or isinstance(value, bool):
        raise ValueError(value)
    cast = kind(value)
    if kind is int and isinstance(value, float) and cast != value:
        raise ValueError(value)
    return cast


def _known(kind: str, given: Mapping[str, Any], known: Any) -> None:
    for name in given:
        if name not in known:
            raise UnknownName(kind, name, known)


def _plain(value: Any) -> dict[str, Any]:
    return {f.name: getattr(value, f.name) for f in fields(value) if f.init} if is_dataclass(value) else {}
