"""Which numbers a processor multiplies fast."""

from contextlib import AbstractContextManager, nullcontext

import torch


def precision(name: str, device: torch.device) -> AbstractContextManager[None]:
    """Autocast to bfloat16 where the processor or GPU has it and the recipe does not forbid it."""
    capable = device.type == "cuda" or has_bfloat16()
    if name == "float32" or (name == "auto" and not capable):
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)


def has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 matrices itself."""
    return bool(getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)())
