"""The generator of spoilt files: from a seed, of every kind, hostile in earnest."""

from collections import Counter
from itertools import islice

import pytest

from benchmarks.faults.floods import FLOODS, LARGEST, floods
from benchmarks.faults.mutants import generated, mutants, real
from benchmarks.faults.mutations import KINDS, with_events
from partimento.errors import REASONS, InputError
from partimento.midi import parse


def outcome(data):
    """Notes, or the code of the refusal; anything else is an exception."""
    try:
        return len(parse(data, "x.mid")[0])
    except InputError as error:
        return error.code


def test_a_seed_and_a_number_give_the_same_file():
    first, longer = list(mutants(7, 30, generated())), list(mutants(7, 60, generated()))
    assert first == longer[:30]
    assert first != list(mutants(8, 30, generated()))


def test_each_kind_comes_in_turn_and_a_flood_now_and_then():
    kinds = Counter(mutant.kind for mutant in mutants(1, 60, generated(), flood_every=20))
    assert {*KINDS, "name"} <= {*kinds}
    assert sum(kind.startswith("flood") for kind in kinds) == 3


def test_no_two_files_have_one_name_and_few_are_the_same():
    made = list(mutants(1, 500, generated(), flood_every=1000))
    assert len({mutant.name for mutant in made}) == 500
    assert len({mutant.data for mutant in made}) > 420


def test_the_originals_are_sound():
    assert all(outcome(data) > 0 for data in generated())


def test_real_originals_are_sound(shared_data):
    found = real(shared_data)
    assert found and all(outcome(data) > 0 for data in found)


def test_events_are_put_in_with_a_true_length():
    score, report = parse(with_events(generated()[1], b"\x00\x90\x20\x40\x05\x80\x20\x00", _first()), "x.mid")
    assert score.notes[0].tolist()[:4] == (0, 5, 32, 64) and not report.trailing_bytes


def _first():
    class First:
        choice = staticmethod(lambda values: values[0])

    return First()


@pytest.mark.parametrize("kind", [*KINDS, "name"])
def test_a_mutant_is_read_or_refused_with_a_known_code(kind):
    of_kind = (mutant for mutant in mutants(3, 270, generated(), 1000) if mutant.kind == kind)
    found = [outcome(mutant.data) for mutant in islice(of_kind, 10) if len(mutant.data) < 100_000]
    assert found and all(isinstance(result, int) or result in REASONS for result in found)


def test_the_kinds_are_neither_all_read_nor_all_refused():
    found = [outcome(m.data) for m in mutants(3, 200, generated(), 1000) if len(m.data) < 100_000]
    assert 40 < sum(isinstance(result, int) for result in found) < 160


def test_floods_are_as_large_as_may_be():
    sizes = {name: len(data) for name, data in floods()}
    assert sizes.keys() == FLOODS.keys() and min(sizes.values()) > 3e6 and max(sizes.values()) <= LARGEST
