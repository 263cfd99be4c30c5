import pytest

from partimento.data import SOURCES


@pytest.mark.parametrize("name", SOURCES)
def test_source_states_its_name_and_licence(name):
    assert SOURCES[name].name == name
    assert SOURCES[name].licence
