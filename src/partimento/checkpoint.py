"""A trained model as a folder: weights, recipe, card, and while training what the next step depends on.

    weights.safetensors   the parameters
    recipe.toml           all that decided the run
    card.json             format, columns, controls, data and its licence, figures
    resume.safetensors    moments, averages, generators (only in a run's own checkpoints)
    manifest.json         the SHA-256 of the files above

Nothing here runs code on loading.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from .data.controls import Controls
from .errors import CheckpointError, PartimentoError
from .models import family_of
from .models.family import Family
from .recipe import Recipe, from_dict
from .store import staged_folder

FORMAT = 1
WEIGHTS, RECIPE, CARD, RESUME, MANIFEST = (
    "weights.safetensors",
    "recipe.toml",
    "card.json",
    "resume.safetensors",
    "manifest.json",
)


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
        openings = ((int(a), int(b), int(c)) for a, b, c in self.card.get("openings", ()))
        return Controls(tuple(self.card.get("composers", ())), tuple(openings))

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
    said = {"composers": controls.composers, "openings": controls.openings}
    return {"format": FORMAT, "family": recipe.family, "columns": columns, **said, **rest}


def save_checkpoint(
    folder: Path,
    recipe: Recipe,
    card: Mapping[str, Any],
    weights: Mapping[str, Tensor],
    resume: Mapping[str, Tensor] | None = None,
) -> None:
    """Write a checkpoint whole or not at all. Raises WorkFailed."""
    files = {
        WEIGHTS: save(_contiguous(weights)),
        RECIPE: recipe.to_toml().encode(),
        CARD: json.dumps(dict(card), indent=1).encode(),
    }
    if resume is not None:
        files[RESUME] = save(_contiguous(resume))
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files[MANIFEST] = json.dumps({"format": FORMAT, "files": sums}, indent=1).encode()
    with staged_folder(folder) as staged:
        for name, data in files.items():
            (staged.folder / name).write_bytes(data)


def load_checkpoint(folder: Path) -> Checkpoint:
    """The checkpoint in ``folder``, every byte compared with the manifest. Raises CheckpointError."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        _check_format(folder, manifest.get("format"))
        files = {str(name): str(digest) for name, digest in manifest["files"].items()}
        for name in dict.fromkeys((WEIGHTS, RECIPE, CARD, *files)):
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != files[name]:
                raise CheckpointError(f"{folder / name}: is damaged; use another checkpoint, or train with --resume")
        recipe = from_dict(tomllib.loads((folder / RECIPE).read_text()))
        card = {**json.loads((folder / CARD).read_text()), "files": files}
        resume = load_file(folder / RESUME) if RESUME in files else {}
        return Checkpoint(recipe, card, load_file(folder / WEIGHTS), resume, folder)
    except CheckpointError:
        raise
    except (OSError, ValueError, KeyError, AttributeError, TypeError, SafetensorError) as error:
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        raise CheckpointError(f"{folder}: is no whole checkpoint ({reason}); use another one") from error
    except PartimentoError as error:
        raise CheckpointError(f"{folder}: has a recipe that this version cannot serve: {error}") from error


def _check_format(folder: Path, found: object) -> None:
    if found != FORMAT:
        raise CheckpointError(f"{folder}: has format version {found}; this version reads {FORMAT}; update partimento")


def _contiguous(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
