"""The archive of free piano music, in small."""

import hashlib

import pytest

from partimento.data.source import Split
from partimento.data.sources import free_piano
from partimento.errors import InputError

HEADER = "filename,composer,title,kind,licence,credit,source,notes,split"
ROWS = (
    'free-piano/mutopia/b.mid,BachJS,"Fugue  in ""C""",solo,Creative Commons Attribution 2.5,A. Typist,x,1,test',
    'free-piano/lieder/a.mid,"Brahms, Johannes",Lied,accompaniment,CC0-1.0,OpenScore Lieder Corpus,x,1,train',
)


@pytest.fixture
def archive(tmp_path, midi):
    """A folder of two pieces and the sums of its files."""
    files = {"index.csv": "\n".join([HEADER, *ROWS]).encode(), "lieder/a.mid": midi(60), "mutopia/b.mid": midi(61)}
    for name, content in files.items():
        (tmp_path / "free-piano" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "free-piano" / name).write_bytes(content)
    return tmp_path, {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_each_piece_has_its_own_kind_licence_and_credit(archive, midi):
    lied, fugue = free_piano.pieces(archive[0], Split(), archive[1])
    assert (lied.piece.id, lied.piece.kind, lied.piece.split, lied.data) == (
        "lieder/a", "accompaniment", "train", midi(60),
    )  # fmt: skip
    assert (fugue.piece.licence, fugue.piece.credit, fugue.piece.split) == ("CC-BY-2.5", "A. Typist", "test")
    assert (fugue.piece.composer, fugue.piece.title) == ("J. S. Bach", 'Fugue in "C"')


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("ChopinFF", "F. F. Chopin"),
        ("BeethovenLv", "L. v. Beethoven"),
        ("Mendelssohn-BartholdyF", "F. Mendelssohn-Bartholdy"),
        ("Traditional", "Traditional"),
        ("Hardelot, Guy d’", "Hardelot, Guy d’"),
        ("J. Kuhnau (1660-1722)", "J. Kuhnau (1660-1722)"),
    ],
)
def test_a_composers_code_is_a_name_with_initials_and_other_names_stay(name, shown):
    assert free_piano.composer_of(name) == shown


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(b"MThd")])
def test_a_missing_or_changed_file_is_refused_by_name_and_the_others_come(archive, change):
    change(archive[0] / "free-piano/lieder/a.mid")
    lied, fugue = free_piano.pieces(archive[0], Split(), archive[1])
    assert "a.mid" in str(lied.refusal) and not lied.data
    assert fugue.refusal is None and fugue.data


def test_a_changed_index_is_refused(archive):
    with pytest.raises(InputError, match=r"index\.csv: differs from the published file"):
        list(free_piano.pieces(archive[0], Split(), {**archive[1], "index.csv": "0"}))


def test_a_folder_without_the_index_is_refused(folder):
    with pytest.raises(InputError, match=r"holds no index\.csv; expected free-piano\.zip"):
        list(free_piano.pieces(folder, Split()))


def test_the_published_archive_is_whole_and_free(shared_data):
    found = list(free_piano.pieces(shared_data / "free-piano.zip", Split()))
    assert len(found) == 2035 and not [file for file in found if file.refusal]
    assert {file.piece.licence for file in found} == {
        "CC0-1.0", "Public-Domain", "CC-BY-2.5", "CC-BY-3.0", "CC-BY-4.0",
    }  # fmt: skip
    assert [sum(file.piece.kind == kind for file in found) for kind in ("solo", "accompaniment")] == [603, 1432]
    assert all(file.piece.credit for file in found)
