import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.data.source import PassedOver, Split
from partimento.data.sources.folder import ids, pieces
from partimento.errors import InputError


def test_what_is_no_midi_by_its_name_is_counted_with_the_first(folder):
    assert next(pieces(folder, Split())).others == PassedOver()
    for name in ("x.txt", "deep/a.pdf", "c.mid.bak"):
        (folder / name).write_bytes(b"")
    assert {file.others for file in pieces(folder, Split())} == {PassedOver(3, "c.mid.bak")}


def test_files_are_found_at_any_depth_in_order(folder):
    assert [file.piece.path for file in pieces(folder, Split())] == ["a.mid", "b.MIDI", "deep/c.mid"]


def test_title_is_the_name_of_the_file(folder, midi):
    file = list(pieces(folder, Split()))[2]
    piece = file.piece
    assert (piece.id, piece.title, piece.composer, file.data) == ("deep/c", "c", "", midi(64))


def test_adding_files_moves_no_other(folder, midi):
    before = {file.piece for file in pieces(folder, Split())}
    for pitch in range(70, 80):
        (folder / f"{pitch}.mid").write_bytes(midi(pitch))
    assert before < {file.piece for file in pieces(folder, Split())}


def test_identical_files_share_a_split(folder, midi):
    for i in range(20):
        (folder / f"copy{i}.mid").write_bytes(midi(60))
    copies = [file.piece for file in pieces(folder, Split((0.4, 0.3, 0.3))) if file.data == midi(60)]
    assert len(copies) == 21
    assert len({replace(piece, id="", title="", path="") for piece in copies}) == 1


def test_folder_without_music_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"holds no file that ends in \.mid or \.midi"):
        list(pieces(tmp_path, Split()))


def test_a_file_that_cannot_be_read_is_refused_in_its_place(folder):
    (folder / "aa.mid").symlink_to("nowhere")
    first, second, *_ = pieces(folder, Split())
    assert (second.piece.path, second.data, second.refusal.code) == ("aa.mid", b"", "unreadable")
    assert first.refusal is None and first.total == second.total == 4


def test_a_name_of_any_bytes_is_shown_with_escapes(folder, midi):
    try:
        (folder / os.fsdecode(b"\x1b[2J\xff.mid")).write_bytes(midi(70))
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such names")
    first = next(iter(pieces(folder, Split())))
    assert (first.piece.path, first.piece.title) == (r"\x1b[2J\udcff.mid", r"\x1b[2J\udcff")


def test_a_link_to_a_folder_is_not_followed(folder):
    (folder / "deep" / "loop").symlink_to(folder)
    assert len(list(pieces(folder, Split()))) == 3


def test_two_files_that_differ_in_the_suffix_have_ids_of_their_own(folder, midi):
    (folder / "a.midi").write_bytes(midi(70))
    assert [file.piece.id for file in pieces(folder, Split())] == ["a.mid", "a.midi", "b", "deep/c"]


@given(st.lists(st.from_regex(r"[ab](/a)?(\.mid|\.midi|\.x){0,2}\.midi?", fullmatch=True), unique=True))
def test_every_file_has_an_id_of_its_own(names):
    assert len(set(ids(names))) == len(names)


def test_a_name_with_two_suffixes_is_cut_where_nothing_clashes():
    assert ids(["a.mid.mid", "./b.mid"]) == ["a.mid", "b"]
