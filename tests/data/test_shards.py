from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.data.shards import TABLES, ShardWriter, map_shards
from partimento.errors import InputError
from partimento.score import FERMATA, NOTE, PEDAL, Score, table

notes = st.tuples(*[st.integers(0, 2**20)] * 2, *[st.integers(0, 127)] * 2, st.integers(0, 15))
pedals = st.tuples(*[st.integers(0, 2**20)] * 2, st.integers(0, 15))
scores = st.builds(lambda n, p: Score(table(NOTE, n), pedals=table(PEDAL, p)), st.lists(notes), st.lists(pedals))


def write(folder, written):
    with ShardWriter(folder) as shards:
        for score in written:
            shards.append(score)
        return shards.finish()


@given(st.lists(scores, max_size=4))
def test_what_is_written_is_mapped(tmp_path_factory, written):
    folder = tmp_path_factory.mktemp("shards")
    write(folder, written)
    tables, offsets = map_shards(folder)
    for i, score in enumerate(written):
        for k, name in enumerate(TABLES):
            assert np.array_equal(tables[name][offsets[i, k] : offsets[i + 1, k]], getattr(score, name))


def test_mapped_tables_are_read_only(tmp_path):
    write(tmp_path, [Score(table(NOTE, [(0, 1, 60, 64, 0)]))])
    with pytest.raises(ValueError, match="read-only"):
        map_shards(tmp_path)[0]["notes"]["pitch"] = 0


@pytest.mark.parametrize("name", ["notes.npy", "keys.npy", "offsets.npy"])
@pytest.mark.parametrize("keep", [0, 50, -4])
def test_truncated_shard_is_refused(tmp_path, name, keep):
    write(tmp_path, [Score(table(NOTE, [(0, 1, 60, 64, 0)]))])
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:keep])
    with pytest.raises(InputError, match="prepare it again"):
        map_shards(tmp_path)


@pytest.mark.parametrize("rows", [[[0] * 5, [2, 0, 0, 0, 0]], [[0] * 5, [2] * 5, [1] * 5], [[0]], []])
def test_offsets_that_do_not_fit_are_refused(tmp_path, rows):
    write(tmp_path, [Score(table(NOTE, [(0, 1, 60, 64, 0)]))])
    np.save(tmp_path / "offsets.npy", np.array(rows, dtype=np.int64))
    with pytest.raises(InputError, match="prepare it again"):
        map_shards(tmp_path)


def test_fermatas_are_written_only_where_a_piece_has_one(tmp_path):
    plain, held = Score(table(NOTE)), Score(table(NOTE), fermatas=table(FERMATA, [(3,)]))
    for name, scores, columns in (("without", [plain, plain], 5), ("with", [plain, held], 6)):
        (tmp_path / name).mkdir()
        files = write(tmp_path / name, scores)
        assert ("fermatas.npy" in files) == (tmp_path / name / "fermatas.npy").exists() == (name == "with")
        assert np.load(tmp_path / name / "offsets.npy").shape == (3, columns)
        tables, offsets = map_shards(tmp_path / name)
        assert offsets[-1, 5] == len(tables["fermatas"]) == (name == "with")


@pytest.mark.parametrize("bit", range(8))
@pytest.mark.parametrize("at", [0, 9, 10, 11, 40, 60, 70, 127])
def test_a_flipped_bit_in_a_header_is_refused_or_changes_nothing(tmp_path, at, bit):
    write(tmp_path, [Score(table(NOTE, [(0, 9, 60, 64, 0)]))])
    path = tmp_path / "notes.npy"
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :])
    with suppress(InputError):
        map_shards(tmp_path)
