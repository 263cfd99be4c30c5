"""A Score as MIDI bytes: exact, whole or not at all."""

import io

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partimento.errors import UsageError, WorkFailed
from partimento.midi import Limits, parse, to_bytes, write
from partimento.score import KEY, METRE, NOTE, PEDAL, TEMPO, Score, from_notes, table

GAPS = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 500)), max_size=4)


def disjoint(gaps):
    """Half-open intervals, one after another, from (gap, length) pairs."""
    end, spans = 0, []
    for gap, length in gaps:
        spans.append((end + gap, length))
        end += gap + length
    return spans


def ticks_to(values):
    return st.dictionaries(st.integers(0, 5000), values, max_size=3)


@st.composite
def scores(draw):
    """Scores in which no pitch overlaps itself on its track."""
    voices = draw(st.dictionaries(st.tuples(st.integers(0, 19), st.integers(0, 127)), GAPS, max_size=4))
    velocity = st.integers(1, 127)
    notes = [(on, long, p, draw(velocity), t) for (t, p), gaps in voices.items() for on, long in disjoint(gaps)]
    feet = draw(st.dictionaries(st.integers(0, 19), GAPS, max_size=2))
    pedals = [(on, on + long, track) for track, gaps in feet.items() for on, long in disjoint(gaps)]
    tempi = draw(ticks_to(st.integers(200, 2**24 - 1)))
    metres = draw(ticks_to(st.tuples(st.integers(1, 255), st.sampled_from([1, 2, 4, 8, 16, 32, 64, 128]))))
    keys = draw(ticks_to(st.tuples(st.integers(-7, 7), st.booleans())))
    return Score(
        table(NOTE, notes),
        draw(st.integers(1, 32767)),
        table(PEDAL, pedals),
        table(TEMPO, [(tick, 60_000_000 / m) for tick, m in tempi.items()]),
        table(METRE, [(tick, *metre) for tick, metre in metres.items()]),
        table(KEY, [(tick, *key) for tick, key in keys.items()]),
    )


@given(scores())
def test_parse_undoes_to_bytes(score):
    again, report = parse(to_bytes(score), "a.mid", Limits(max_duration_s=1e9))
    assert again == score
    assert report.changes == {}


def test_names_title_and_texts_come_back():
    score = Score(from_notes([(0, 9, 60, 64)]).notes, tracks=("Right", "Left"), title="Aria")
    again, report = parse(to_bytes(score, texts=("seed 7", "é")), "a.mid")
    assert (again.tracks, again.title, report.texts) == (("Right", "Left"), "Aria", ("seed 7", "é"))


def test_mido_reads_the_messages_in_order():
    score = Score(from_notes([(0, 5, 60, 64), (5, 5, 60, 70)]).notes, pedals=table(PEDAL, [(0, 5, 0), (5, 9, 0)]))
    track = mido.MidiFile(file=io.BytesIO(to_bytes(score))).tracks[1]
    told = [(m.time, m.type, m.bytes()[2]) for m in track if not m.is_meta]
    assert told[:2] == [(0, "control_change", 127), (0, "note_on", 64)]
    assert told[2:6] == [(5, "note_off", 0), (0, "control_change", 0), (0, "control_change", 127), (0, "note_on", 70)]
    assert told[6:] == [(4, "control_change", 0), (1, "note_off", 0)]


def test_mido_reads_the_conductor():
    score = Score(from_notes([]).notes, tempi=table(TEMPO, [(0, 100.0)]), keys=table(KEY, [(7, -3, 1)]))
    conductor = mido.MidiFile(file=io.BytesIO(to_bytes(score, texts=["by hand"]))).tracks[0]
    assert [m.type for m in conductor] == ["text", "set_tempo", "key_signature", "end_of_track"]
    assert (conductor[0].text, conductor[1].tempo, conductor[2].key) == ("by hand", 600_000, "Cm")


def test_no_track_is_written_on_the_drum_channel():
    score = Score(table(NOTE, [(0, 9, 60, 64, track) for track in range(20)]))
    tracks = mido.MidiFile(file=io.BytesIO(to_bytes(score))).tracks
    assert 9 not in {m.channel for track in tracks for m in track if not m.is_meta}


@pytest.mark.parametrize("score", [from_notes([], 40_000), from_notes([(2**30, 1, 60, 64)])])
def test_numbers_that_do_not_fit_are_refused(score):
    with pytest.raises(UsageError, match="do not fit a MIDI file"):
        to_bytes(score)


def test_write_leaves_one_file_that_others_may_read(tmp_path):
    write(from_notes([(0, 9, 60, 64)]), tmp_path / "a.mid")
    (tmp_path / "plain").touch()
    assert {p.name for p in tmp_path.iterdir()} == {"a.mid", "plain"}
    assert (tmp_path / "a.mid").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    (tmp_path / "a.mid").write_bytes(b"old")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WorkFailed, match="No space left"):
        write(from_notes([]), tmp_path / "a.mid")
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(WorkFailed, match="absent"):
        write(from_notes([]), tmp_path / "absent" / "a.mid")


def test_as_many_tracks_as_are_read_are_also_read_back():
    notes = table(NOTE, [(0, 1, 60, 64, track) for track in range(3)])
    score = Score(notes, tracks=("a", "b", "c"))
    assert parse(to_bytes(score), "a.mid", Limits(max_tracks=3))[0].tracks == score.tracks
