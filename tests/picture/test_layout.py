"""What is drawn in a piano roll, and where."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Text

from partimento.picture import figure_of, stacked
from partimento.score import PEDAL, Score, from_notes, table

TUNE = from_notes([(0, 500, 60, 30), (500, 500, 64, 64), (1000, 1500, 67, 120)])
PEDALLED = Score(TUNE.notes, pedals=table(PEDAL, [(100, 900, 0), (1000, 2000, 0)]))


def words(figure) -> str:
    return " ".join(text.get_text() for text in figure.findobj(Text))


def boxes(figure) -> np.ndarray:
    """float[N, 4]: left, bottom, right, top of the notes."""
    notes = next(c for c in figure.axes[0].collections if c.get_array() is not None)
    return np.array([path.get_extents().extents for path in notes.get_paths()])


def test_notes_lie_at_their_seconds_and_pitches() -> None:
    left, bottom, right, top = boxes(figure_of(TUNE)).T
    assert left.tolist() == [0.0, 0.5, 1.0]
    assert ((bottom + top) / 2).tolist() == [60, 64, 67]
    assert np.allclose(right, [0.5, 1.0, 2.5], atol=0.01)


def test_colour_is_velocity_on_a_fixed_scale() -> None:
    notes = next(c for c in figure_of(TUNE).axes[0].collections if c.get_array() is not None)
    assert notes.get_array().tolist() == [30, 64, 120]
    assert notes.get_clim() == (1, 127)


def test_a_very_short_note_is_drawn_wide_enough() -> None:
    left, _, right, _ = boxes(figure_of(from_notes([(0, 1, 60, 64), (9000, 500, 60, 64)])))[0]
    assert right - left > 0.01


@pytest.mark.parametrize(
    ("seconds", "word"), [(3, "time (seconds)"), (60, "0:55"), (3600, "30:00"), (2_000_000, "time (minutes:seconds)")]
)
def test_the_time_axis_fits_the_length(seconds: int, word: str) -> None:
    figure = figure_of(from_notes([(0, seconds * 1000, 60, 64)]))
    assert word in words(figure)
    assert len(figure.axes[0].get_xticks()) <= 110


def test_the_pitch_axis_is_cropped_and_names_its_cs() -> None:
    low, high = figure_of(from_notes([(0, 500, 40, 64), (0, 500, 70, 64)])).axes[0].get_ylim()
    assert (low, high) == (37.5, 72.5)
    assert all(name in words(figure_of(TUNE)) for name in ("C4", "C5", "velocity", "pitch"))


def test_width_grows_with_the_music_to_a_bound() -> None:
    widths = [figure_of(from_notes([(0, s * 1000, 60, 64)])).get_size_inches()[0] for s in (1, 60, 300, 3000)]
    assert widths == sorted(widths) and widths[1] < widths[2] < 62


def test_primer_and_pedal_are_labelled_where_there_are_some() -> None:
    assert not {"primer", "pedal"} & set(words(figure_of(TUNE)).split())
    assert {"primer", "pedal"} <= set(words(figure_of(PEDALLED, primer_s=1.0)).split())


def test_the_title_is_plain_text_and_cut_to_fit() -> None:
    assert "$5 and $6" in words(figure_of(TUNE, "$5 and $6"))
    assert "x" * 200 not in words(figure_of(TUNE, "x" * 500)) and "…" in words(figure_of(TUNE, "x" * 500))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(*(st.integers(*r) for r in ((0, 10**8), (0, 10**8), (0, 127), (1, 127)))), max_size=5))
def test_any_score_can_be_drawn(notes) -> None:
    figure = figure_of(from_notes(notes))
    low, high = figure.axes[0].get_ylim()
    assert all(low < pitch < high for _, _, pitch, _ in notes)
    assert len(boxes(figure)) == len(notes)


def test_rolls_stand_one_below_the_other_on_the_same_axes() -> None:
    low = from_notes([(0, 9000, 20, 64)])
    figure = stacked({"above": TUNE, "below": low})
    rolls = [axes for axes in figure.axes if axes.get_ylabel() == "pitch"]
    assert [roll.get_title(loc="left") for roll in rolls] == ["above", "below"]
    assert rolls[0].get_position().y0 > rolls[1].get_position().y1
    assert rolls[0].get_xlim() == rolls[1].get_xlim() and rolls[0].get_ylim() == rolls[1].get_ylim() == (17.5, 69.5)
