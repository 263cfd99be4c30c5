import pytest
import torch
from sheets import sheet

from partimento.codecs import codec_of
from partimento.nn.cells import MOST_AGE, STATES, CellVectors, Reading

CHORD = sheet([(67, 4), (69, 4)], [(64, 8)], [(60, 6), (None, 2)], [(48, 4), (48, 4)])


def seen(hidden=(), hold=True):
    """What is shown of CHORD, the cells (row, voice) in ``hidden`` left out."""
    codec = codec_of("chorale", hold=hold)
    voices = codec.columns[:4]
    ids = torch.from_numpy(codec.encode(CHORD).ids[None, :, :4].astype("int64"))
    shown = torch.ones_like(ids, dtype=torch.bool)
    for row, voice in hidden:
        shown[0, row, voice] = False
    return Reading(voices)(ids, shown), voices


def pitch(shown, voices, row, voice):
    return voices[voice].values[int(shown.sounding[0, row, voice]) - 1]


def test_a_held_note_sounds_on_and_ages():
    shown, voices = seen()
    assert STATES[shown.state[0, 4, 0]] == "hold" and pitch(shown, voices, 4, 0) == 67
    assert shown.age[0, 1:6, 0].tolist() == [1, 2, 3, 4, 1]


def test_what_sounds_is_unknown_where_the_beginning_of_the_note_is_hidden():
    shown, _ = seen(hidden=[(1, 0)])
    assert shown.sounding[0, 1:5, 0].tolist() == [0] * 4 and shown.age[0, 1:5, 0].tolist() == [0] * 4
    assert STATES[shown.state[0, 2, 0]] == "hold" and STATES[shown.state[0, 1, 0]] == "unknown"


def test_a_hold_behind_a_hidden_cell_says_no_pitch():
    shown, _ = seen(hidden=[(3, 0)])
    assert shown.sounding[0, 4, 0] == 0 and shown.sounding[0, 2, 0] > 0


@pytest.mark.parametrize("hold", [True, False])
def test_a_pitch_struck_again_is_new_only_where_the_codec_tells(hold):
    shown, _ = seen(hold=hold)
    assert shown.age[0, 5, 3] == (1 if hold else 5)


def test_ages_have_an_end():
    voices = codec_of("chorale", hold=False).columns[:4]
    long = torch.full((1, 3 * MOST_AGE, 4), 30)
    assert Reading(voices)(long, torch.ones_like(long, dtype=torch.bool)).age.max() == MOST_AGE


def test_a_row_says_what_it_shows_and_nothing_of_what_it_hides():
    torch.manual_seed(0)
    shown, voices = seen(hidden=[(1, 2)])
    other, _ = seen(hidden=[(1, 2)])
    vectors = CellVectors(voices, 8)
    assert torch.equal(vectors(shown), vectors(other))
    assert not torch.equal(vectors(seen()[0])[0, 1], vectors(shown)[0, 1])
