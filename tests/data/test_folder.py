from dataclasses import replace

import pytest

from partimento.data.folder import pieces
from partimento.data.source import Split
from partimento.errors import InputError


def test_files_are_found_at_any_depth_in_order(folder):
    assert [piece.path for piece, _ in pieces(folder, Split())] == ["a.mid", "b.MIDI", "deep/c.mid"]


def test_title_is_the_name_of_the_file(folder, midi):
    piece, data = list(pieces(folder, Split()))[2]
    assert (piece.id, piece.title, piece.composer, data) == ("deep/c", "c", "", midi(64))


def test_adding_files_moves_no_other(folder, midi):
    before = {piece for piece, _ in pieces(folder, Split())}
    for pitch in range(70, 80):
        (folder / f"{pitch}.mid").write_bytes(midi(pitch))
    assert before < {piece for piece, _ in pieces(folder, Split())}


def test_identical_files_share_a_split(folder, midi):
    for i in range(20):
        (folder / f"copy{i}.mid").write_bytes(midi(60))
    copies = [piece for piece, data in pieces(folder, Split((0.4, 0.3, 0.3))) if data == midi(60)]
    assert len(copies) == 21
    assert len({replace(piece, id="", title="", path="") for piece in copies}) == 1


def test_folder_without_music_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"holds no file that ends in \.mid or \.midi"):
        list(pieces(tmp_path, Split()))
