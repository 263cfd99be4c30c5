"""First weights: blocks that add nothing, or what Keras draws where nothing is said, as the systems written in it have.

A post-norm decoder whose rows say their place by an added vector is a bigram until a head has found the row before.
It finds it sooner where ids speak softly beside places, and where the layers behind attention say something from the
first step; so these weights, which are also those that such systems were published with, shorten that wait.
"""

from math import sqrt

from torch import Tensor, nn

from .attention import Attention
from .positions import Learned
from .rows import initialise

EMBEDDED = 0.05  # Keras's "uniform": from less this to this


def glorot(module: nn.Module) -> None:
    """Glorot and Bengio's uniform draw (2010, eq. 16) for maps, a narrow one for tables of vectors."""
    if isinstance(module, nn.Embedding):
        nn.init.uniform_(module.weight, -EMBEDDED, EMBEDDED)
    elif isinstance(module, Learned):
        nn.init.uniform_(module.table, -EMBEDDED, EMBEDDED)
    elif isinstance(module, nn.Linear):
        _drawn(module.weight, module.in_features, module.out_features)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, Attention):
        _attention(module)


def _attention(module: Attention) -> None:
    """Keras counts width, heads and head width as the sides of one kernel, so its attention begins far smaller."""
    width, heads, each = module.inward.in_features, module.heads, module.head_width
    _drawn(module.inward.weight, width * heads, width * each)
    _drawn(module.outward.weight, heads * each, heads * width)


def _drawn(weight: Tensor, fan_in: int, fan_out: int) -> None:
    most = sqrt(6 / (fan_in + fan_out))
    nn.init.uniform_(weight, -most, most)


FIRST_WEIGHTS = {"identity": initialise, "glorot": glorot}
