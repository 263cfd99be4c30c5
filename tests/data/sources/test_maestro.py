import hashlib
import json

import pytest

from partimento.data.source import Split
from partimento.data.sources import maestro
from partimento.errors import InputError

COLUMNS = ("canonical_composer", "canonical_title", "split", "year", "midi_filename")
ROWS = [
    ("Fryderyk Chopin", "Étude, Op. 10", "test", "2008", "2008/b.midi"),
    ("Bach", "Fugue", "train", "2004", "2004/a.midi"),
]


def csv_index():
    lines = [",".join(COLUMNS), *(",".join(f'"{value}"' for value in row) for row in ROWS)]
    return "\n".join(lines).encode()


def json_index():
    columns = {name: {str(i): row[k] for i, row in enumerate(ROWS)} for k, name in enumerate(COLUMNS)}
    return json.dumps(columns).encode()


def write(root, midi, index, data):
    """A small MAESTRO below ``root`` with its sums."""
    files = {f"maestro-v3.0.0.{index}": data, "2004/a.midi": midi(60), "2008/b.midi": midi(61)}
    for name, content in files.items():
        (root / "maestro" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "maestro" / name).write_bytes(content)
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


@pytest.mark.parametrize(("index", "data"), [("csv", csv_index()), ("json", json_index())])
def test_either_index_gives_the_pieces_sorted_by_file(tmp_path, index, data, midi):
    sums = write(tmp_path, midi, index, data)
    first, second = maestro.pieces(tmp_path, Split(), sums)
    bach, chopin = first.piece, second.piece
    assert (first.total, second.total) == (2, 2)
    assert (bach.id, bach.split, bach.year, first.data) == ("2004/a", "train", 2004, midi(60))
    assert (chopin.composer, chopin.title, chopin.split) == ("Fryderyk Chopin", "Étude, Op. 10", "test")


def test_changed_file_is_refused_by_name(tmp_path, midi):
    sums = write(tmp_path, midi, "csv", csv_index())
    (tmp_path / "maestro/2008/b.midi").write_bytes(midi(99))
    with pytest.raises(InputError, match=r"2008/b\.midi: differs from the published file"):
        list(maestro.pieces(tmp_path, Split(), sums))


def test_missing_file_is_refused_by_name(tmp_path, midi):
    sums = write(tmp_path, midi, "csv", csv_index())
    (tmp_path / "maestro/2004/a.midi").unlink()
    with pytest.raises(InputError, match=r"2004/a\.midi"):
        list(maestro.pieces(tmp_path, Split(), sums))


def test_index_with_other_splits_is_refused(tmp_path, midi):
    sums = write(tmp_path, midi, "csv", csv_index())
    write(tmp_path, midi, "csv", csv_index().replace(b"test", b"train"))
    with pytest.raises(InputError, match=r"maestro-v3\.0\.0\.csv: differs"):
        list(maestro.pieces(tmp_path, Split(), sums))


def test_folder_without_an_index_is_refused(folder):
    with pytest.raises(InputError, match="holds neither"):
        list(maestro.pieces(folder, Split()))


def test_sums_name_every_performance_once():
    names = [name for name in maestro.sums_of_files() if name.endswith(".midi")]
    assert len(names) == 1276
    assert len(set(maestro.sums_of_files().values())) == 1276 + len(maestro.INDEXES)


def test_the_published_archive_has_its_official_splits(shared_data):
    archive = shared_data / "maestro-v3.0.0-midi.zip"
    splits = [file.piece.split for file in maestro.pieces(archive, Split())]
    assert [splits.count(name) for name in ("train", "validation", "test")] == [962, 137, 177]
