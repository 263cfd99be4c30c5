import numpy as np
from choristers import CODEC
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from partimento.codecs.chorale_cells import frames_of
from partimento.compose.chorales.surroundings import UNKNOWN, Reader
from partimento.models.grid import Cells
from partimento.tokens import TokenTable

VOICES = CODEC.columns[:4]
ROWS = 8
HOLD = 3  # an id
ids_of = arrays(np.int64, (ROWS, 4), elements=st.sampled_from([2, 3, 3, 3, 9, 12]))


def table(inner):
    """Begin, the rows, end; then what is given."""
    edges = np.array([[0] * 4]), np.array([[1] * 4])
    return np.pad(np.vstack([edges[0], inner, edges[1]]), ((0, 0), (0, 3)))


def read(ids, known, row, voice):
    reader = Reader(VOICES, np.zeros(len(ids), int), np.zeros((len(ids), 4), bool))
    return reader.read(Cells(voice, np.array([[0, row]]), ids[None], known[None]))


@given(inner=ids_of, row=st.integers(1, ROWS), voice=st.integers(0, 3))
def test_where_all_is_known_the_frames_are_the_music(inner, row, voice):
    ids = table(inner)
    frames = np.pad(frames_of(CODEC.cells(TokenTable(ids.astype(np.int16), CODEC.columns))), ((1, 1), (0, 0)))
    around = read(ids, np.ones((ROWS + 2, 4), bool), row, voice)
    held = row
    while ids[held + 1, voice] == HOLD:
        held += 1
    others = [v for v in range(4) if v != voice]
    rows = [row - 1, row, held, held + 1]
    assert around.around.frames[0][:, others].tolist() == frames[rows][:, others].tolist()
    assert around.before[0] == frames[row - 1, voice] and around.goes_on[0] == (held > row)


def test_what_holds_an_unknown_note_is_unknown():
    ids = table(np.array([[9] * 4, [HOLD] * 4, [9] * 4] + [[2] * 4] * 5))
    known = np.ones((ROWS + 2, 4), bool)
    known[1, 1] = False
    around = read(ids, known, 3, 1)
    assert around.before[0] == UNKNOWN and around.around.frames[0, 0].tolist()[1] == 0
    assert around.around.frames[0, 0, 0] > 0


def test_the_cell_itself_is_never_known():
    ids = table(np.array([[9] * 4] * ROWS))
    assert read(ids, np.ones((ROWS + 2, 4), bool), 2, 0).around.frames[0, 1].tolist()[0] == 0
