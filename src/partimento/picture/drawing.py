"""What is drawn into axes that have their place: keyboard, notes, pedals, primer, time, title.

Shapes: N boxes. Sizes are inches, times seconds, unless a name says otherwise.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..edit import fold_pedal
from ..score import Score
from ..units import MAX_VELOCITY, PITCH_CLASSES, PITCHES, clock_text, pitch_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection

Boxes = NDArray[np.float64]

COLOURS = "magma_r"  # perceptually uniform: soft is pale, loud is dark, in grey print as well
COLOUR_SPAN = (0.16, 0.94)  # its ends are too near to the white of the page and to black
NOTE_HEIGHT = 0.86  # semitones
LEAST_WIDTH = 0.014  # a note narrower than this would not be seen
NOTE_GAP = 0.009  # one dot, so that repeated notes stay apart
TAIL_OPACITY = 0.22  # of what the pedal adds to a note
TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18_000, 43_200, 86_400)
TIME_LABEL = 0.6  # from one label to the next, at least
CLOCK_FROM_S = 10.0  # shorter music is measured in seconds and their fractions
BLACK_KEYS = np.array([pitch for pitch in range(PITCHES) if len(PITCH_CLASSES[pitch % 12]) == 2])


def _boxes(left: ArrayLike, right: ArrayLike, bottom: ArrayLike, top: ArrayLike) -> Boxes:
    """float[N, 4, 2]: the corners of N boxes."""
    left, right, bottom, top = np.broadcast_arrays(left, right, bottom, top)
    return np.stack([left, bottom, right, bottom, right, top, left, top], axis=-1).reshape(-1, 4, 2)


def _draw_boxes(axes: "Axes", boxes: Boxes, **look: object) -> "PolyCollection":
    from matplotlib.collections import PolyCollection

    settings: Any = {"verts": boxes, "linewidths": 0, **look}
    collection = PolyCollection(**settings)
    axes.add_collection(collection, autolim=False)
    return collection


def draw_keyboard(roll: "Axes", low: float, high: float) -> None:
    """Black keys as faint bands, a line under each C, its name beside it."""
    across = roll.get_xlim()
    _draw_boxes(roll, _boxes(*across, BLACK_KEYS - 0.5, BLACK_KEYS + 0.5), facecolors="#f3f2f5", zorder=0)
    cs = [pitch for pitch in range(0, PITCHES, 12) if low < pitch < high]
    roll.hlines(np.array(cs) - 0.5, *across, colors="#d5d2da", linewidths=0.6, zorder=0.5)
    roll.set_yticks(cs, [pitch_name(pitch) for pitch in cs])
    roll.tick_params(axis="y", length=0)
    roll.set_ylabel("pitch")


def draw_notes(roll: "Axes", score: Score, s_per_inch: float) -> "PolyCollection":
    """The notes, coloured by velocity; as a pale tail, how long the pedal holds each."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    colours = ListedColormap(colormaps[COLOURS](np.linspace(*COLOUR_SPAN, MAX_VELOCITY)))
    layers = [(score, 1.0), (fold_pedal(score), TAIL_OPACITY)][: 1 + bool(len(score.pedals))]
    drawn = []
    for layer, opacity in layers:
        notes = _draw_boxes(roll, _note_boxes(layer, s_per_inch), cmap=colours, alpha=opacity, zorder=2 + opacity)
        notes.set_array(layer.notes["velocity"].astype(float))
        notes.set_clim(1, MAX_VELOCITY)
        drawn.append(notes)
    return drawn[0]


def draw_surprise(
    roll: "Axes", score: Score, nats: NDArray[np.float64], highest: float, s_per_inch: float
) -> "PolyCollection":
    """The notes, coloured by ``nats`` [N] from 0 to ``highest`` and beyond."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    colours = ListedColormap(colormaps[COLOURS](np.linspace(*COLOUR_SPAN, MAX_VELOCITY)))
    notes = _draw_boxes(roll, _note_boxes(score, s_per_inch), cmap=colours, zorder=3)
    notes.set_array(nats)
    notes.set_clim(0.0, highest)
    return notes


def _note_boxes(score: Score, s_per_inch: float) -> Boxes:
    """float[N, 4, 2]: a box per note, wide enough to be seen and a dot short of the next."""
    onsets, pitches = score.seconds(score.notes["onset"]), score.notes["pitch"].astype(float)
    ends = np.maximum(score.seconds(score.releases) - NOTE_GAP * s_per_inch, onsets + LEAST_WIDTH * s_per_inch)
    return _boxes(onsets, ends, pitches - NOTE_HEIGHT / 2, pitches + NOTE_HEIGHT / 2)


def draw_primer(roll: "Axes", primer_s: float) -> None:
    """The primer's time shaded, with its name above."""
    if primer_s > 0.0:
        roll.axvspan(0.0, primer_s, color="#3b7dd8", alpha=0.10, linewidth=0, zorder=1)
        roll.axvline(primer_s, color="#3b7dd8", linewidth=1.0, zorder=1)
        roll.annotate("primer", (0, 1), (4, -3), "axes fraction", "offset points", va="top", color="#2a5ca3")


def draw_pedals(strip: "Axes", roll: "Axes", score: Score) -> "Axes":
    """When the dampers are off, as a strip under the roll."""
    downs, ups = score.seconds(score.pedals["onset"]), score.seconds(score.pedals["release"])
    _draw_boxes(strip, _boxes(downs, ups, 0.0, 1.0), facecolors="#8d86a0")
    strip.set(xlim=roll.get_xlim(), ylim=(0, 1), yticks=[0.5], yticklabels=["pedal"])
    strip.tick_params(axis="y", length=0)
    roll.tick_params(axis="x", bottom=False, labelbottom=False)
    return strip


def draw_time(axes: "Axes", end_s: float, width: float) -> None:
    """The time axis: minutes and seconds, or seconds alone where the music is short."""
    if end_s < CLOCK_FROM_S:
        axes.set_xlabel("time (seconds)")
        return
    step_s = next((step for step in TIME_STEPS_S if step * width >= TIME_LABEL * end_s), end_s)
    times = np.arange(0.0, end_s, step_s)
    axes.set_xticks(times, [clock_text(time_s) for time_s in times])
    axes.set_xlabel("time (minutes:seconds)")


def draw_title(roll: "Axes", title: str, letters: int) -> None:
    """The heading, cut to fit; as plain text, since a dollar sign would begin a formula."""
    shown = title if len(title) <= letters else f"{title[: letters - 1]}…"
    roll.set_title(shown, loc="left", fontsize=11, parse_math=False)
