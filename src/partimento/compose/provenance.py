"""The part of a provenance that is not the request's: which model, which versions, which machine."""

import platform
from typing import Any

import numpy as np
import torch

from ..checkpoint import Checkpoint
from ..nn.precision import has_bfloat16
from ..version import version


def made_by(name: str, checkpoint: Checkpoint) -> dict[str, Any]:
    """The model called ``name``, its weights' hash, family and codec, and what its bytes depend on beside them."""
    recipe = checkpoint.recipe
    return {
        **installation(),
        "model": name,
        "weights_sha256": checkpoint.weights_hash,
        "family": recipe.family,
        "codec": {"name": recipe.codec.name, **recipe.to_dict()["codec"]},
    }


def installation() -> dict[str, str]:
    """Versions and platform: where all of these are the same, the same request gives the same bytes.

    The platform names what decides in which order sums are taken: system, machine, vector instructions, and whether
    the processor multiplies bfloat16; not the processor itself.
    """
    parts = (platform.system(), platform.machine(), torch.backends.cpu.get_cpu_capability())
    return {
        "partimento": version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "platform": " ".join((*parts, *(["bfloat16"] if has_bfloat16() else []))),
    }
