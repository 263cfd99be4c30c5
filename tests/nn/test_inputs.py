import pytest
import torch

from partimento.codecs import codec_of
from partimento.nn.inputs import NoteFirst, Notes, Numeric, OneHot
from partimento.tokens import Column, Range

COLUMNS = (Column("pitch", (Range("pitch", 4),)), Column("step", (Range("begin"), Range("time", 2))))
STEP, PITCH, DURATION = codec_of("timed").columns
ROW = torch.tensor([[STEP.id("time", 500), PITCH.id("pitch", 64), DURATION.id("duration", 250)]])
IDS = torch.tensor([[[0, 2], [3, 0]]])


def test_an_id_as_a_number_is_its_place_in_the_vocabulary():
    made = Numeric(COLUMNS)
    assert made(IDS)[0].tolist() == [[0.0, pytest.approx(2 / 3)], [0.75, 0.0]] and made.width == 2


def test_an_id_as_a_vector_is_all_0_but_for_one():
    made = OneHot(COLUMNS)
    assert made(IDS)[0].tolist() == [[1, 0, 0, 0, 0, 0, 1], [0, 0, 0, 1, 1, 0, 0]] and made.width == 7


@pytest.mark.parametrize(("embedding", "width"), [(8, 12), (0, 6)])
def test_a_pitch_is_embedded_or_a_number_as_well(embedding, width):
    notes = Notes((STEP, PITCH, DURATION), embedding)
    found = notes(ROW)
    assert found.shape == (1, width) and sum(notes.widths) == width
    assert found[0, [0, -2]].tolist() == [0.5, 0.25] and (embedding or found[0, 2] == 0.5)


@pytest.mark.parametrize(("everything", "numbers"), [(True, [0.5, 1, 0.25, 1]), (False, [])])
def test_the_note_stands_first_and_the_others_behind_it_where_all_is_read(everything, numbers):
    found = NoteFirst((STEP, PITCH, DURATION), 1, embedding=8, everything=everything)(ROW)
    assert found.shape == (1, 8 + len(numbers)) and found[0, 8:].tolist() == numbers
