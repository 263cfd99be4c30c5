"""What a chorale model may be asked: what stays, what is free, and what is refused."""

import pytest
from sheets import melody, sheet

from partimento.compose.melody import Said
from partimento.compose.tasks import compose, fill, harmonize, said_of
from partimento.errors import InputError, UnknownName, UsageError

TUNE = melody(*[67, 69, 71, 72] * 4)  # four bars of 16 ticks
CHOIR = sheet(*[[(pitch, 4)] * 16 for pitch in (67, 64, 60, 48)])


def free(task):
    """Track, start and stop of what is free."""
    return [(span.track, span.start, span.stop) for span in task.prompt.free]


def test_a_melody_stays_and_the_other_voices_are_free():
    task = harmonize(TUNE)
    assert free(task) == [(1, 0, 64), (2, 0, 64), (3, 0, 64)] and task.prompt.kept.notes.tolist() == TUNE.notes.tolist()
    assert task.told == {"verb": "harmonize", "keep": ["soprano"], "file": "the score", "keys": ["c-major"]}


def test_a_melody_may_be_another_voice():
    assert free(harmonize(melody(48, 50, names=("Tune",)), keep="bass")) == [(0, 0, 8), (1, 0, 8), (2, 0, 8)]


def test_what_sounds_before_the_melody_is_silence():
    assert free(harmonize(sheet([(None, 12), (67, 4)])))[0] == (1, 12, 16)


def test_two_voices_both_stay_and_of_four_the_soprano():
    pair = sheet([(67, 16)], [(48, 16)], names=("Soprano", "Bass"))
    assert {track for track, *_ in free(harmonize(pair))} == {1, 2}
    assert {track for track, *_ in free(harmonize(pair, keep="bass"))} == {0, 1, 2}
    assert {track for track, *_ in free(harmonize(CHOIR))} == {1, 2, 3}


def test_bars_alone_are_written_anew():
    assert free(harmonize(CHOIR, keep="soprano,bass", bars="2-3")) == [(1, 16, 48), (2, 16, 48)]
    assert free(fill(CHOIR, "4")) == [(voice, 48, 64) for voice in range(4)]
    assert free(fill(CHOIR, "1", "alto")) == [(1, 0, 16)]


def test_what_is_out_of_range_may_stand_where_it_is_written_anew():
    low = sheet([(67, 64)], [(30, 16), (64, 48)], [(60, 64)], [(48, 64)])
    assert fill(low, "1", "alto") and harmonize(low)
    with pytest.raises(InputError, match="beyond the range of the alto"):
        fill(low, "2")


def test_a_score_without_a_tempo_gets_that_of_a_chorale():
    assert harmonize(TUNE).prompt.score.tempi.tolist() == [(0, 72.0)]


def test_a_chorale_from_nothing_ends_on_a_fermata():
    task = compose(4, "g-minor", "3/4", (2,))
    score = task.prompt.score
    assert [stop / score.ticks_per_quarter for *_, stop in free(task)] == [12.0] * 4 and not len(score)
    assert score.keys.tolist() == [(0, -2, True)] and score.metres.tolist() == [(0, 3, 4)]
    assert len(score.fermatas) == 2 and task.told["fermatas"] == [2, 4]


@pytest.mark.parametrize(
    ("ask", "advice"),
    [
        (lambda: harmonize(TUNE, bars="1-2"), "--bars needs a four-part score"),
        (lambda: fill(TUNE, "1"), "--bars needs a four-part score.* has only soprano"),
        (lambda: fill(CHOIR, ""), "--bars '' names no bars"),
        (lambda: fill(CHOIR, "3-2"), "runs backwards"),
        (lambda: fill(CHOIR, "4-5"), "--bars 5: there is no such bar; the piece has bars 1 to 4"),
        (lambda: fill(CHOIR, "1", "altoo"), "did you mean alto"),
        (lambda: harmonize(CHOIR, keep="s,a,t,b"), "nothing is left to write"),
        (lambda: harmonize(sheet([(67, 8)], [(48, 8)], names=("Soprano", "Bass")), keep="alto"), "has no such voice"),
        (lambda: harmonize(TUNE, said=Said(fermatas=(9,))), "--fermata 9: there is no such bar"),
        (lambda: compose(0), "--bars 0 is out of range: 1 to 250"),
        (lambda: compose(4, fermatas="4,5"), "--fermata 5: there is no such bar"),
        (lambda: compose(4, "x-minor"), "unknown key 'x-minor'"),
        (lambda: compose(4, metre="5/32"), "--metre 5/32"),
    ],
)
def test_what_cannot_be_asked(ask, advice):
    with pytest.raises((UsageError, UnknownName), match=advice):
        ask()


def test_what_is_said_of_a_file_is_told_from_the_rest():
    assert said_of({"key": "g-minor", "temperature": 0.5}) == (Said(key="g-minor"), {"temperature": 0.5})
