import pytest
from sheets import sheet

from partimento.data.tabular import COLUMNS, read_rows, rows_of, score_of
from partimento.errors import InputError

CHORALE = sheet(
    [(67, 4), (None, 1), (69, 3)], [(64, 8)], [(60, 6), (62, 2)], [(48, 4), (48, 4)], key=(0, -2, False), fermatas=[5]
)


def test_a_line_is_a_sixteenth():
    rows = rows_of(CHORALE, "bwv1")
    assert rows[0] == ["67", "64", "60", "48", "0", "0", "-2", "bwv1"] and len(rows) == 8
    assert rows[4] == ["r", "_", "_", "48", "0", "0", "-2", "bwv1"]
    assert rows[5] == ["69", "_", "_", "_", "1", "1", "-2", "bwv1"]


def test_lines_read_give_the_notes_fermatas_and_key_again():
    back = score_of(rows_of(CHORALE, "bwv1"), "bwv1")
    for name in ("notes", "fermatas", "keys"):
        assert getattr(back, name).tolist() == getattr(CHORALE, name).tolist()


@pytest.mark.parametrize("cell", ["", "x", "-1", "200", "1"])
def test_a_cell_that_says_nothing_is_refused(cell):
    with pytest.raises(InputError, match="no row of a chorale"):
        score_of([[cell, "64", "60", "48", "0", "0", "0", "p"]], "p")


@pytest.mark.parametrize("data", [b"", b"soprano,alto\n", (",".join(COLUMNS) + "\n1,2\n").encode()])
def test_a_file_of_another_form_is_refused(data):
    with pytest.raises(InputError, match=r"a\.csv"):
        list(read_rows(data, "a.csv"))
