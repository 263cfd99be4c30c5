import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.data.controls import DENSITY_EDGES, DYNAMICS_EDGES, FIRST_NAMES, MEASURED, Controls, composers
from partimento.errors import UnknownName, UsageError
from partimento.score import from_notes

BOTH = Controls(("Frédéric Chopin", "Johann Sebastian Bach"))


def test_composers_are_those_named_often_enough_in_alphabetical_order():
    assert composers(["b", "a", "b", "", ""], at_least=1).composers == ("a", "b")
    assert composers(["b", "a", "b"], at_least=2).composers == ("b",)
    assert composers([]).composers == ()


def test_id_0_is_not_said():
    assert BOTH.asked({}) == BOTH.nothing == (0, 0, 0, 0)
    assert BOTH.composer_id("Nobody") == 0
    assert BOTH.read(from_notes([]), "Nobody") == (0, 0, 0, 0)


def test_a_piece_says_who_how_dense_and_how_loud():
    score = from_notes([(0, 500, 60, 30), (500, 500, 67, 40)])  # 2 notes in 1 s, mean velocity 35
    assert BOTH.read(score, "Johann Sebastian Bach") == (2, 2, 1, MEASURED["key"].asked("c-major"))


def test_what_is_asked_has_the_ids_of_what_is_read():
    score = from_notes([(0, 100, 60, 64)])
    asked = BOTH.asked({"composer": "chopin", "density": 10, "dynamics": 64.0, "key": "c-major"})
    assert asked == BOTH.read(score, "Frédéric Chopin")
    assert BOTH.asked({"density": "10"}) == BOTH.asked({"density": 10.0})


@given(st.floats(0.1, 100), st.floats(1, 127))
def test_every_id_is_within_its_size(density, dynamics):
    ids = BOTH.asked({"composer": "bach", "density": density, "dynamics": dynamics, "key": "h-minor"})
    assert all(0 < i < size for i, size in zip(ids, BOTH.sizes, strict=True))


@pytest.mark.parametrize(
    ("notes", "seconds", "bin_"), [(0, 5.0, 0), (5, 0.0, 0), (1, 1.0, 1), (2, 1.0, 2), (99, 1.0, 12)]
)
def test_density_is_a_bin_of_notes_per_second(notes, seconds, bin_):
    score = from_notes([(0, round(1000 * seconds), 60, 64)] * notes) if seconds else from_notes([])
    assert MEASURED["density"].read(score) == bin_ * bool(seconds) <= len(DENSITY_EDGES) + 1


@pytest.mark.parametrize(("velocity", "bin_"), [(1, 1), (36, 2), (127, len(DYNAMICS_EDGES) + 1)])
def test_dynamics_are_a_bin_of_the_mean_velocity(velocity, bin_):
    assert MEASURED["dynamics"].read(from_notes([(0, 1, 60, velocity)])) == bin_


@pytest.mark.parametrize(
    ("wanted", "error", "words"),
    [
        ({"compser": "Bach"}, UnknownName, "did you mean composer"),
        ({"composer": "Bahc"}, UnknownName, "unknown composer 'Bahc'"),
        ({"density": 101}, UsageError, "0.1 to 100 notes per second"),
        ({"density": "many"}, UsageError, "density many is out of range"),
        ({"dynamics": float("nan")}, UsageError, "1 to 127 mean velocity"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(wanted, error, words):
    with pytest.raises(error, match=words):
        BOTH.asked(wanted)


@pytest.mark.parametrize(
    ("part", "found"),
    [("Rachmaninoff", "Sergei Rachmaninoff"), ("frederic", "Frédéric Chopin"), ("Liszt / R", "Franz Liszt / R. Roe")],
)
def test_a_composer_is_named_by_part_and_one_alone_goes_first(part, found):
    names = ("Felix M. / Sergei Rachmaninoff", "Franz Liszt / R. Roe", "Frédéric Chopin", "Sergei Rachmaninoff")
    known = Controls(names)
    assert known.asked({"composer": part})[0] == known.composer_id(found)


def test_of_several_composers_the_shortest_name_is_meant():
    assert Controls(("Johann Strauss junior", "Johann Strauss")).asked({"composer": "strauss"})[0] == 2


def test_a_model_without_controls_is_told_nothing_and_can_be_asked_for_nothing():
    untold, primer = Controls(("Bach",), untold=True), from_notes([(0, 500, 60, 30)])
    assert untold.said({}, primer, np.random.default_rng(0)) == BOTH.nothing != BOTH.said({}, primer, None)
    with pytest.raises(UsageError, match=r"^density: this model was trained without controls"):
        untold.asked({"density": 4})


def test_a_key_is_read_off_the_notes_and_told_by_its_name():
    g_minor = from_notes([(i * 500, 400, pitch, 64) for i, pitch in enumerate((55, 58, 62, 66, 67, 70, 74, 67))])
    assert BOTH.describe(BOTH.read(g_minor, ""))["key"] == "g-minor"
    assert BOTH.asked({"key": "g-flat-major"}) == BOTH.asked({"key": "F# major"})
    assert {BOTH.describe(BOTH.asked({"key": key}))["key"] for key in ("b-minor", "d-flat-major")} == {
        "b-minor",
        "d-flat-major",
    }


def test_a_model_of_before_keys_knows_none():
    before = Controls(names=FIRST_NAMES)
    assert before.asked({}) == (0, 0, 0) and len(before.sizes) == 3
    with pytest.raises(UnknownName, match="unknown control 'key'"):
        before.asked({"key": "c-major"})
