"""Piano rolls: a Score as a picture, time to the right, pitch upwards, velocity as colour.

Drawn with matplotlib's objects alone: importing its pyplot takes as long as drawing a roll, and
collections draw thousands of notes at once. Shapes: N boxes. Sizes are inches, times seconds.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .edit import fold_pedal
from .errors import UnknownName, UsageError, WorkFailed
from .score import Score
from .units import MAX_VELOCITY, PITCH_CLASSES, PITCHES, clock_text, pitch_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection
    from matplotlib.figure import Figure

Boxes = NDArray[np.float64]

# neither date nor version in the file, so that the same music gives the same bytes
FORMATS: dict[str, dict[str, Any]] = {
    ".png": {"format": "png", "metadata": {"Software": None}},
    ".svg": {"format": "svg", "metadata": dict.fromkeys(("Date", "Creator", "Format", "Type"))},
}
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
COLOURS = "magma_r"  # perceptually uniform: soft is pale, loud is dark, in grey print as well
COLOUR_SPAN = (0.16, 0.94)  # its ends are too near to the white of the page and to black
DOTS_PER_INCH = 110
INCHES_PER_SECOND, WIDTHS = 0.17, (7.0, 60.0)
INCHES_PER_SEMITONE = 7 / DOTS_PER_INCH  # whole dots, so that all rows are of one height
LEFT, RIGHT, BOTTOM = 0.62, 0.95, 0.48  # margins around the roll
HEADED_TOP, BARE_TOP = 0.40, 0.12  # with a title, without
STRIP, STRIP_GAP = 0.11, 0.06  # the pedals' strip under the roll, and the space above it
PITCH_MARGIN, LEAST_PITCHES = 2, 24  # semitones
NOTE_HEIGHT = 0.86  # semitones
LEAST_WIDTH = 0.014  # a note narrower than this would not be seen
NOTE_GAP = 0.009  # one dot, so that repeated notes stay apart
TAIL_OPACITY = 0.22  # of what the pedal adds to a note
TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18_000, 43_200, 86_400)
TIME_LABEL = 0.6  # from one label to the next, at least
CLOCK_FROM_S = 10.0  # shorter music is measured in seconds and their fractions
LETTERS_PER_INCH = 11  # of the title
AIR = 1.005  # what the time axis spans, in lengths of the music
BLACK_KEYS = np.array([pitch for pitch in range(PITCHES) if len(PITCH_CLASSES[pitch % 12]) == 2])


def write_roll(score: Score, path: Path | str, title: str = "", primer_s: float = 0.0) -> None:
    """Write the piano roll of ``figure_of`` to ``path``, as PNG or SVG by its suffix.

    Raises UnknownName for another suffix, UsageError for a negative primer, WorkFailed where the
    file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UnknownName("picture format", path.suffix, FORMATS)
    picture = BytesIO()
    with _style():
        figure_of(score, title, primer_s).savefig(picture, **FORMATS[path.suffix.lower()])
    _write_whole(path, picture.getvalue())


def figure_of(score: Score, title: str = "", primer_s: float = 0.0) -> "Figure":
    """The piano roll of ``score``, which grows with the music's length up to five feet.

    ``title`` is its heading (the score's own by default); the first ``primer_s`` seconds are shaded
    and labelled as the primer. Raises UsageError where ``primer_s`` is negative or no number.
    """
    if not primer_s >= 0.0:
        raise UsageError(f"primer of {primer_s} seconds: give 0 (none) or more")
    from matplotlib.figure import Figure

    (low, high), end_s, title = _pitch_span(score), score.duration_s * AIR or 1.0, _plain(title or score.title)
    width, height = float(np.clip(end_s * INCHES_PER_SECOND, *WIDTHS)), (high - low) * INCHES_PER_SEMITONE
    base = BOTTOM + (STRIP + STRIP_GAP if len(score.pedals) else 0.0)
    top = HEADED_TOP if title else BARE_TOP
    with _style():
        figure = Figure((LEFT + width + RIGHT, base + height + top), dpi=DOTS_PER_INCH)
        roll = _axes(figure, LEFT, base, width, height)
        roll.set(xlim=(0.0, end_s), ylim=(low, high))
        _draw_keyboard(roll, low, high)
        _draw_primer(roll, min(primer_s, end_s))
        notes = _draw_notes(roll, score, s_per_inch=end_s / width)
        bar = _axes(figure, LEFT + width + 0.15, base, 0.11, height)
        figure.colorbar(notes, cax=bar, ticks=[1, 32, 64, 96, MAX_VELOCITY], label="velocity")
        lowest = _draw_pedals(_axes(figure, LEFT, BOTTOM, width, STRIP), roll, score) if base > BOTTOM else roll
        _draw_time(lowest, end_s, width)
        _draw_title(roll, title, int(width * LETTERS_PER_INCH))
    return figure


@contextmanager
def _style() -> Iterator[None]:
    """Our style, whatever the user's matplotlib is set to; no word about glyphs that the font lacks."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _axes(figure: "Figure", left: float, bottom: float, width: float, height: float) -> "Axes":
    """Axes at a place given in inches."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def _pitch_span(score: Score) -> tuple[float, float]:
    """The edges of the pitch axis: the music's pitches with a margin, two octaves at least."""
    pitches = score.notes["pitch"].astype(int) if len(score) else np.array([60])
    low, high = pitches.min() - PITCH_MARGIN, pitches.max() + PITCH_MARGIN
    lacking = max(0, LEAST_PITCHES - int(high - low))
    return float(low - lacking // 2 - 0.5), float(high + (lacking + 1) // 2 + 0.5)


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


def _draw_keyboard(roll: "Axes", low: float, high: float) -> None:
    """Black keys as faint bands, a line under each C, its name beside it."""
    across = roll.get_xlim()
    _draw_boxes(roll, _boxes(*across, BLACK_KEYS - 0.5, BLACK_KEYS + 0.5), facecolors="#f3f2f5", zorder=0)
    cs = [pitch for pitch in range(0, PITCHES, 12) if low < pitch < high]
    roll.hlines(np.array(cs) - 0.5, *across, colors="#d5d2da", linewidths=0.6, zorder=0.5)
    roll.set_yticks(cs, [pitch_name(pitch) for pitch in cs])
    roll.tick_params(axis="y", length=0)
    roll.set_ylabel("pitch")


def _draw_notes(roll: "Axes", score: Score, s_per_inch: float) -> "PolyCollection":
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


def _note_boxes(score: Score, s_per_inch: float) -> Boxes:
    """float[N, 4, 2]: a box per note, wide enough to be seen and a dot short of the next."""
    onsets, pitches = score.seconds(score.notes["onset"]), score.notes["pitch"].astype(float)
    ends = np.maximum(score.seconds(score.releases) - NOTE_GAP * s_per_inch, onsets + LEAST_WIDTH * s_per_inch)
    return _boxes(onsets, ends, pitches - NOTE_HEIGHT / 2, pitches + NOTE_HEIGHT / 2)


def _draw_primer(roll: "Axes", primer_s: float) -> None:
    """The primer's time shaded, with its name above."""
    if primer_s > 0.0:
        roll.axvspan(0.0, primer_s, color="#3b7dd8", alpha=0.10, linewidth=0, zorder=1)
        roll.axvline(primer_s, color="#3b7dd8", linewidth=1.0, zorder=1)
        roll.annotate("primer", (0, 1), (4, -3), "axes fraction", "offset points", va="top", color="#2a5ca3")


def _draw_pedals(strip: "Axes", roll: "Axes", score: Score) -> "Axes":
    """When the dampers are off, as a strip under the roll."""
    downs, ups = score.seconds(score.pedals["onset"]), score.seconds(score.pedals["release"])
    _draw_boxes(strip, _boxes(downs, ups, 0.0, 1.0), facecolors="#8d86a0")
    strip.set(xlim=roll.get_xlim(), ylim=(0, 1), yticks=[0.5], yticklabels=["pedal"])
    strip.tick_params(axis="y", length=0)
    roll.tick_params(axis="x", bottom=False, labelbottom=False)
    return strip


def _draw_time(axes: "Axes", end_s: float, width: float) -> None:
    """The time axis: minutes and seconds, or seconds alone where the music is short."""
    if end_s < CLOCK_FROM_S:
        axes.set_xlabel("time (seconds)")
        return
    step_s = next((step for step in TIME_STEPS_S if step * width >= TIME_LABEL * end_s), end_s)
    times = np.arange(0.0, end_s, step_s)
    axes.set_xticks(times, [clock_text(time_s) for time_s in times])
    axes.set_xlabel("time (minutes:seconds)")


def _plain(title: str) -> str:
    """``title`` on one line, without what no font and no SVG can show."""
    return "".join(letter for letter in " ".join(title.split()) if letter.isprintable())


def _draw_title(roll: "Axes", title: str, letters: int) -> None:
    """The heading, cut to fit; as plain text, since a dollar sign would begin a formula."""
    shown = title if len(title) <= letters else f"{title[: letters - 1]}…"
    roll.set_title(shown, loc="left", fontsize=11, parse_math=False)


def _write_whole(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        raise WorkFailed(f"{path} can't be written: {error.strerror}; free space or choose another") from None
    finally:
        with suppress(OSError):
            beside.unlink()
