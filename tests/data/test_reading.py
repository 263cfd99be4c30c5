from contextlib import closing

import pytest

from partimento.data import reading
from partimento.data.reading import read_all
from partimento.data.source import Parser, Piece, RawFile
from partimento.errors import InputError
from tests.data import hostile


def file(name, data):
    return RawFile(Piece(name, "train", name, name, name), data)


TAKEN_OVER = Parser(hostile.parse_or_run)  # the children run what a file says


@pytest.mark.parametrize("workers", [1, 3])
def test_every_file_has_its_outcome_in_order(workers, midi):
    bad = {"x1": hostile.CRASH, "x2": hostile.GARBAGE, "x3": hostile.DEFECT, "x4": b"no music"}
    good = {str(pitch): midi(pitch) for pitch in range(60, 70)}
    files = [file(name, data) for name, data in sorted({**good, **bad}.items(), key=lambda row: row[0][-1])]
    told = list(read_all(files, workers, TAKEN_OVER))
    assert [one.piece for one in told] == [one.piece for one in files]
    assert {one.piece.id: int(one.score.notes["pitch"][0]) for one in told if one.score} == {
        name: int(name) for name in good
    }
    codes = {one.piece.id: one.refusal.code for one in told if one.refusal}
    assert {name: codes.pop(name) for name in ("x1", "x2", "x3")} == {"x1": "crashed", "x2": "crashed", "x3": "refused"}
    assert list(codes) == ["x4"]


def test_processes_that_die_of_their_age_lose_no_file(midi):
    told = list(read_all([file(str(pitch), midi(pitch)) for pitch in range(60, 70)], 2, Parser(hostile.die_sometimes)))
    assert [int(one.score.notes["pitch"][0]) for one in told] == list(range(60, 70))


def test_a_file_that_could_not_be_read_keeps_its_place_and_reason(midi):
    refusal = InputError("b: is a pipe", "unreadable")
    files = [file("a", midi(60)), RawFile(file("b", b"").piece, refusal=refusal), file("c", midi(62))]
    assert [one.refusal and one.refusal.code for one in read_all(files)] == [None, "unreadable", None]


def test_a_file_without_notes_is_refused_with_its_counts():
    silent = b"MThd" + bytes([0, 0, 0, 6, 0, 0, 0, 1, 0, 96]) + b"MTrk" + bytes([0, 0, 0, 4, 0, 255, 47, 0])
    (told,) = read_all([file("a", silent)])
    assert (told.score, told.refusal.code, told.counts["notes"]) == (None, "no-notes", 0)


def test_a_reader_that_goes_away_ends_the_work(midi):
    files = (file(str(n), data) for n, data in enumerate([midi(60), *[hostile.HANG] * 900]))
    with closing(read_all(files, 2, TAKEN_OVER)) as told:
        assert next(told).score
    assert next(files).data == hostile.HANG


def test_few_files_are_held_at_once(midi, monkeypatch):
    monkeypatch.setattr(reading, "AHEAD_FILES", 3)
    drawn = []
    files = (drawn.append(pitch) or file(str(pitch), midi(pitch)) for pitch in range(40, 80))
    with closing(read_all(files, 1)) as told:
        next(told)
        assert len(drawn) <= 5


def test_an_answer_longer_than_any_parse_gives_is_refused_and_large_files_wait(midi, monkeypatch):
    monkeypatch.setattr(reading, "ANSWER_BYTES", 10)
    monkeypatch.setattr(reading, "ANSWER_PER_BYTE", 1)
    (told,) = read_all([file("a", midi(60))])
    assert told.refusal.code == "crashed" and "answered with more than" in str(told.refusal)
    assert reading._full(reading.deque([reading._Pending(file("a", b""), reading.AHEAD_BYTES + 1, None)]), 8)
