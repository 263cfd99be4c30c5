"""A trained model as a folder: weights, recipe, card, and while training what the next step depends on.

    weights.safetensors   the parameters
    recipe.toml           all that decided the run
    card.json             format, columns, what the codec learnt, controls, data and its licence, figures
    resume.safetensors    moments, averages, generators (only in a run's own checkpoints)
    manifest.json         the SHA-256 of the files above, and of itself without that line

Nothing here runs code on loading.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from .data.controls import FIRST_NAMES, Controls
from .errors import CheckpointError, PartimentoError, UsageError
from .models import family_of
from .models.family import Family
from .recipe import Recipe, from_dict
from .store import restore, staged_folder

FORMAT = 1
WEIGHTS, RECIPE, CARD, RESUME, MANIFEST = (
    "weights.safetensors",
    "recipe.toml",
    "card.json",
    "resume.safetensors",
    "manifest.json",
)
CODEC = "codec"  # on the card: what the codec's ``fit`` found
PRESET = "preset"  # on the card: how it composes where nothing else is said
SEAL = "sha256"  # in the manifest: of the rest of it
DAMAGED = "is damaged; use another checkpoint, or train with --resume"


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint folder holds; ``resume`` is empty where the run's state is not kept."""

    recipe: Recipe
    card: dict[str, Any]
    weights: dict[str, Tensor]
    resume: dict[str, Tensor] = field(default_factory=dict)
    folder: Path = Path()

    @property
    def controls(self) -> Controls:
        """The controls that the model was trained with."""
        openings = (tuple(int(given) for given in row) for row in self.card.get("openings", ()))
        names = tuple(self.card.get("controls", FIRST_NAMES))
        untold = self.recipe.windows.forget == 1.0
        return Controls(tuple(self.card.get("composers", ())), tuple(openings), untold, names)

    @property
    def weights_hash(self) -> str:
        """The SHA-256 of the weights' file, for provenance."""
        return str(self.card["files"][WEIGHTS])

    def model(self) -> Family:
        """The model in single precision, ready to compose or to be trained on. Raises CheckpointError."""
        made = build(self.recipe, self.controls)
        try:
            made.load_state_dict({name: value.float() for name, value in self.weights.items()})
        except RuntimeError as error:
            reason = str(error).splitlines()[0]
            raise CheckpointError(f"{self.folder}: the weights do not fit the recipe: {reason}") from error
        return made.eval()


def build(recipe: Recipe, controls: Controls) -> Family:
    """A new model of a recipe, its weights drawn from torch's default generator."""
    return family_of(recipe.family)(recipe.model, recipe.codec.columns, controls.sizes)


def card_of(recipe: Recipe, controls: Controls, **rest: Any) -> dict[str, Any]:
    """The card of a model: what it reads and writes, and the rest that is known of it."""
    columns = {column.name: column.size for column in recipe.codec.columns}
    said = {"controls": controls.names, "composers": controls.composers, "openings": controls.openings}
    learnt = {CODEC: recipe.codec.state()} if recipe.codec.state() else {}
    preset = {PRESET: recipe.preset} if recipe.preset else {}
    return {"format": FORMAT, "family": recipe.family, "columns": columns, **learnt, **said, **preset, **rest}


def save_checkpoint(
    folder: Path,
    recipe: Recipe,
    card: Mapping[str, Any],
    weights: Mapping[str, Tensor],
    resume: Mapping[str, Tensor] | None = None,
    texts: Mapping[str, str] | None = None,
) -> None:
    """Write a checkpoint whole or not at all, with ``texts`` such as a licence beside it. Raises WorkFailed."""
    files = {
        WEIGHTS: save(_contiguous(weights)),
        RECIPE: recipe.to_toml().encode(),
        CARD: json.dumps(dict(card), indent=1).encode(),
        **{name: text.encode() for name, text in (texts or {}).items()},
    }
    if resume is not None:
        files[RESUME] = save(_contiguous(resume))
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files[MANIFEST] = json.dumps(_sealed({"format": FORMAT, "files": sums}), indent=1).encode()
    with staged_folder(folder) as staged:
        for name, data in files.items():
            (staged.folder / name).write_bytes(data)


def load_checkpoint(folder: Path) -> Checkpoint:
    """The checkpoint in ``folder``, every byte compared with the manifest. Raises CheckpointError.

    Where another one takes its place while it is read, it is read anew.
    """
    while True:
        restore(folder.parent)
        before = _identity(folder)
        try:
            return _load(folder)
        except CheckpointError:
            if _identity(folder) == before:
                raise


def whole_recipe(folder: Path) -> Recipe:
    """The recipe of the checkpoint in ``folder``, without a look at its weights. Raises CheckpointError."""
    with _damage_told(folder):
        sums = _sums(folder)
        return _recipe(folder, *(_read(folder, sums, name) for name in (RECIPE, CARD)))


def _load(folder: Path) -> Checkpoint:
    with _damage_told(folder):
        sums = _sums(folder)
        data = {name: _read(folder, sums, name) for name in dict.fromkeys((WEIGHTS, RECIPE, CARD, *sums))}
        recipe = _recipe(folder, data[RECIPE], data[CARD])
        card = {**json.loads(data[CARD]), "files": sums}
        resume = load(data[RESUME]) if RESUME in data else {}
        return Checkpoint(recipe, card, load(data[WEIGHTS]), resume, folder)


def _recipe(folder: Path, toml: bytes, card: bytes) -> Recipe:
    """The recipe, its codec with what the card says that it learnt. Raises CheckpointError where that cannot be."""
    recipe = from_dict(tomllib.loads(toml.decode()))
    try:
        return replace(recipe, codec=recipe.codec.fitted(dict(json.loads(card).get(CODEC, {}))))
    except UsageError as error:
        raise CheckpointError(f"{folder / CARD}: {error}; use another checkpoint") from error


def _sums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file, as the manifest says it. Raises CheckpointError; without a seal it is of 0.1."""
    damaged = CheckpointError(f"{folder / MANIFEST}: {DAMAGED}")
    try:
        manifest = dict(json.loads((folder / MANIFEST).read_bytes()))
    except (ValueError, TypeError) as error:
        raise damaged from error
    rest = {name: value for name, value in manifest.items() if name != SEAL}
    if SEAL in manifest and manifest != _sealed(rest):
        raise damaged
    if manifest.get("format") != FORMAT:
        reason = f"has format version {manifest.get('format')}; this version reads {FORMAT}; update partimento"
        raise CheckpointError(f"{folder}: {reason}")
    if rest.keys() != {"format", "files"} or not isinstance(rest["files"], dict):
        raise damaged
    return {str(name): str(digest) for name, digest in rest["files"].items()}


def _sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest with the SHA-256 of what it says: it vouches for the other files, so who vouches for it?"""
    said = json.dumps(manifest, sort_keys=True).encode()
    return {**manifest, SEAL: hashlib.sha256(said).hexdigest()}


def _read(folder: Path, sums: Mapping[str, str], name: str) -> bytes:
    """The bytes of a file, compared with its sum: read once, so that what was compared is what is used."""
    data, stated = (folder / name).read_bytes(), sums[name]
    if hashlib.sha256(data).hexdigest() != stated:
        raise CheckpointError(f"{folder / name}: {DAMAGED}")
    return data


@contextmanager
def _damage_told(folder: Path) -> Iterator[None]:
    """Whatever a damaged checkpoint meets in the block becomes a CheckpointError."""
    try:
        yield
    except CheckpointError:
        raise
    except (OSError, ValueError, KeyError, AttributeError, TypeError, SafetensorError) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise CheckpointError(f"{folder}: is no whole checkpoint ({reason}); use another one") from error
    except PartimentoError as error:
        raise CheckpointError(f"{folder}: has a recipe that this version cannot serve: {error}") from error


def _identity(folder: Path) -> int | None:
    """What tells a folder from the one that took its name."""
    try:
        return folder.stat().st_ino
    except (FileNotFoundError, NotADirectoryError):  # not asked for beforehand: it may go in between
        return None


def _contiguous(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
