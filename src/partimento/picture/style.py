"""The look of all pictures, whatever the user's matplotlib is set to."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

STYLE: Any = {  # matplotlib types the names of its settings one by one
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.linewidth": 0.6,
    "axes.edgecolor": "#666666",
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "svg.hashsalt": "partimento",
    "svg.fonttype": "none",
}


@contextmanager
def styled() -> Iterator[None]:
    """Our style, whatever the user's matplotlib is set to; no word about glyphs that the font lacks."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield
