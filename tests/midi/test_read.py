"""What a Score holds of a MIDI file, and what the report counts."""

import mido
import pytest

from partimento.errors import InputError
from partimento.midi import Limits, parse, read, read_isolated


def rows(score):
    return [note[:3] for note in score.notes.tolist()]


def intervals(score):
    return [pedal[:2] for pedal in score.pedals.tolist()]


def test_notes_keep_their_ticks(smf, note):
    score, report = parse(smf(note), "a.mid")
    assert (rows(score), score.ticks_per_quarter, report.notes, report.changes) == ([(0, 10, 60)], 480, 1, {})


def test_a_note_without_an_end_is_closed_at_the_end_of_its_track(smf):
    score, report = parse(smf(b"\x00\x90\x3c\x40\x0a\x90\x3e\x40\x0a\x80\x3e\x00"), "a.mid")
    assert (rows(score), report.changes) == ([(0, 20, 60), (10, 10, 62)], {"unclosed": 1})


def test_a_note_off_without_a_note_ends_nothing(smf):
    score, report = parse(smf(b"\x00\x80\x3c\x00\x05\x90\x3c\x40\x05\xff\x01\x00"), "a.mid")
    assert (rows(score), report.unclosed) == ([(5, 5, 60)], 1)


def test_a_note_is_cut_where_its_pitch_begins_again(smf):
    score, report = parse(smf(b"\x00\x90\x3c\x40\x0a\x90\x3c\x46\x0a\x80\x3c\x00\x0a\x80\x3c\x00"), "a.mid")
    assert (rows(score), report.changes) == ([(0, 10, 60), (10, 20, 60)], {"overlaps": 1})


def test_of_two_notes_that_begin_together_the_longer_stays(smf):
    score, report = parse(smf(b"\x00\x90\x3c\x40\x00\x90\x3c\x46\x0a\x80\x3c\x00\x0a\x80\x3c\x00"), "a.mid")
    assert (rows(score), report.notes, report.overlaps) == ([(0, 20, 60)], 1, 1)


def test_a_note_of_no_length_is_dropped(smf):
    score, report = parse(smf(b"\x00\x90\x3c\x40\x00\x80\x3c\x00"), "a.mid")
    assert (len(score), report.changes) == (0, {"zero_length": 1})


def test_drums_are_dropped(smf, note):
    score, report = parse(smf(note, b"\x00\x99\x3c\x40\x0a\x89\x3c\x00"), "a.mid")
    assert (len(score), score.tracks, report.changes) == (1, ("Piano",), {"drums": 1})


def test_tracks_beyond_the_declared_are_read(smf, note):
    score, report = parse(smf(b"", note, note, declared=1), "a.mid")
    assert (score.notes["track"].tolist(), report.changes) == ([0, 1], {"undeclared_tracks": 2})


def test_declared_tracks_that_are_missing_are_counted(smf, note):
    assert parse(smf(note, declared=4), "a.mid")[1].changes == {"missing_tracks": 3}


def test_a_pedal_holds_from_64_and_is_released_at_the_end(smf):
    controls = [b"\x01\xb0\x40" + bytes([value]) for value in (63, 64, 127, 63, 127)]
    score, report = parse(smf(b"\x00\x90\x3c\x40" + b"".join(controls) + b"\x05\x80\x3c\x00"), "a.mid")
    assert (intervals(score), report.changes) == ([(2, 4), (5, 10)], {"pedals_left_down": 1})


def test_a_pedal_on_a_track_without_notes_is_kept(smf, note):
    score, _ = parse(smf(note, b"\x00\xb0\x40\x7f\x05\xb0\x40\x00"), "a.mid")
    assert (score.pedals.tolist(), len(score.tracks)) == ([(0, 5, 1)], 2)


def test_a_pedal_of_no_length_is_dropped(smf, note):
    score, report = parse(smf(b"\x00\xb0\x40\x7f\x00\xb0\x40\x00" + note), "a.mid")
    assert (len(score.pedals), report.changes) == (0, {"orphan_pedals": 1})


def test_the_conductor_gives_title_texts_and_maps(smf, note):
    names = b"\x00\xff\x03\x04Aria\x00\xff\x01\x02me"
    maps = b"\x00\xff\x51\x03\x0f\x42\x40\x00\xff\x58\x04\x03\x02\x18\x08\x00\xff\x59\x02\xfe\x01"
    score, report = parse(smf(names + maps, b"\x00\xff\x03\x02\xe9\x41" + note), "a.mid")
    assert (score.title, score.tracks, report.texts) == ("Aria", ("éA",), ("me",))
    assert (score.tempi.tolist(), score.metres.tolist()) == ([(0, 60.0)], [(0, 3, 4)])
    assert score.keys.tolist() == [(0, -2, True)]


def test_the_last_tempo_of_a_tick_counts(smf, note):
    score, _ = parse(smf(b"\x00\xff\x51\x03\x07\xa1\x20\x00\xff\x51\x03\x0f\x42\x40" + note), "a.mid")
    assert score.tempi.tolist() == [(0, 60.0)]


def test_impossible_maps_are_dropped(smf, note):
    maps = b"\x00\xff\x51\x03\x00\x00\x00\x00\xff\x58\x04\x00\x02\x18\x08\x00\xff\x59\x02\x63\x01"
    assert parse(smf(maps + note), "a.mid")[1].changes == {"zero_tempi": 1, "bad_metres": 1, "bad_keys": 1}


def test_channels_and_programs_of_one_track_are_parts_and_bounded(smf, note):
    data = smf(note + b"\x00\x91\x3c\x40\x0a\x81\x3c\x00" + b"\x00\xc0\x05" + note, kind=0)
    assert sorted(parse(data, "a.mid")[0].notes["track"].tolist()) == [0, 1, 2]
    with pytest.raises(InputError, match="more than 2 parts"):
        parse(data, "a.mid", Limits(max_tracks=2))


def test_a_file_without_notes_is_an_empty_score(smf):
    score, report = parse(smf(b""), "a.mid")
    assert (len(score), score.tracks, report.notes) == (0, ("Piano",), 0)


def test_the_report_is_for_people_and_for_json(smf):
    report = parse(smf(b"\x00\x90\x3c\x40\x0a\xff\x01\x00"), "a.mid")[1]
    assert report.lines() == ["a.mid: 1 notes kept", "1 notes without an end closed at the end of their track"]
    assert report.to_json()["unclosed"] == 1


@pytest.mark.parametrize(
    ("name", "words"), [("absent.mid", "No such file"), (".", "is no file"), ("a\0b", "null byte")]
)
def test_a_path_that_is_no_file_is_refused(tmp_path, name, words):
    with pytest.raises(InputError, match=words):
        read(f"{tmp_path}/{name}")


def test_read_isolated_gives_what_read_gives_and_frozen(tmp_path, smf, note):
    path = tmp_path / "a $(touch b).mid"
    path.write_bytes(smf(note))
    score, report = read_isolated(path)
    assert (score, report) == read(path)
    assert not score.notes.flags.writeable


def test_mido_counts_the_same_notes_in_a_real_performance(performance):
    on = [m for track in mido.MidiFile(performance).tracks for m in track if m.type == "note_on" and m.velocity]
    score, report = read(performance)
    assert (len(score), report.notes, report.unread) == (len(on), len(on), 0)


DROPPED = {
    "controls": b"\x00\xb0\x43\x7f",
    "pitch_bends": b"\x00\xe0\x00\x40",
    "programs": b"\x00\xc0\x05",
    "aftertouch": b"\x00\xa0\x3c\x40",
    "exclusives": b"\x00\xf0\x02\x00\xf7",
    "texts_dropped": b"\x00\xff\x05\x02la",
}


@pytest.mark.parametrize("kind", DROPPED)
def test_an_event_that_no_score_holds_is_counted(kind, smf, note):
    report = parse(smf(b"", DROPPED[kind] * 2 + note), "a.mid")[1]
    assert report.changes == {kind: 2} and report.lines()[1].startswith("2 ")


def test_what_is_kept_or_says_piano_counts_as_nothing_dropped(smf, note):
    body = b"\x00\xff\x01\x01a\x00\xff\x03\x01b\x00\xc0\x00\x00\xb0\x40\x7f\x05\xb0\x40\x00"
    assert parse(smf(body + note), "a.mid")[1].changes == {}


def test_channel_pressure_is_aftertouch_and_a_drums_pedal_a_control(smf, note):
    report = parse(smf(b"\x00\xd0\x40\x00\xb9\x40\x7f" + note), "a.mid")[1]
    assert report.changes == {"aftertouch": 1, "controls": 1}


def test_the_name_of_a_track_is_cut(smf, note):
    name = b"\x00\xff\x03\x83\x60" + b"x" * 480
    score, _ = parse(smf(name + note), "a.mid")
    assert score.tracks == ("x" * 200,)
