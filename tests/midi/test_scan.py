"""What is refused before anything decodes a file, and what is counted."""

import pytest

from partimento.errors import REASONS, InputError
from partimento.midi import LIMITS, Limits, parse, read, scan
from partimento.midi.quantity import read_quantity, write_quantity

from .conftest import NOTE, file_of


@pytest.mark.parametrize(("value", "raw"), [(0, "00"), (127, "7f"), (128, "8100"), (0x0FFFFFFF, "ffffff7f")])
def test_quantities_read_as_they_are_written(value, raw):
    assert write_quantity(value).hex() == raw
    assert read_quantity(bytes.fromhex(raw), 0) == (value, len(raw) // 2)


def test_a_quantity_of_five_bytes_is_refused():
    with pytest.raises(InputError, match="more than 4 bytes"):
        read_quantity(b"\x81\x80\x80\x80\x00", 0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": 2}, "format 2"),
        ({"division": 0}, "0 ticks per quarter"),
        ({"division": 0xE728}, "SMPTE"),
    ],
)
def test_a_header_that_no_music_can_have_is_refused_in_words(smf, note, change, words):
    with pytest.raises(InputError, match=words):
        scan(smf(note, **change))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no MIDI file"),
        (b"Dear Sir or Madam,\n", "no MIDI file"),
        (b"RIFF\x00\x00\x00\x00RMID", "extract the .mid"),
        (b"MThd\x00\x00\x00\x06\x00\x01", "cut off inside its MIDI header"),
        (b"MThd\x00\x00\x00\x06\x00\x01\x00\x01\x01\xe0", "holds 0 MIDI tracks"),
    ],
)
def test_what_is_no_midi_file_is_refused_in_words(data, words):
    with pytest.raises(InputError, match=words):
        scan(data)


def test_a_track_that_claims_more_than_the_file_has_is_refused(smf, note):
    with pytest.raises(InputError, match="claims 12 bytes, 9 are left"):
        scan(smf(note)[:-3])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\x00\x3c\x40", "without a status"),
        (b"\x00\xf4\x00", "status 0xF4"),
        (b"\x00\x90\xc8\x40", "data byte above 127"),
        (b"\x00\xff\x01\x7fabc", "cut off"),
    ],
)
def test_an_event_that_breaks_the_format_is_named_with_its_track(smf, note, body, words):
    with pytest.raises(InputError, match=f"track 2: .*{words}"):
        scan(smf(note, body))


META = b"\x00\xff\x01\x01a"


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(max_bytes=20), "more than 20 bytes"),
        (Limits(max_events=4), "more than 1 events"),
        (Limits(max_tracks=0), "holds 2 MIDI tracks"),
        (Limits(max_metas=1), "more than 1 texts"),
        (Limits(max_ticks=9), "runs for 10 ticks"),
        (Limits(max_duration_s=0.01), "hours"),
    ],
)
def test_each_limit_holds(smf, note, limits, words):
    with pytest.raises(InputError, match=words):
        scan(smf(note + META, note + META), limits)


def test_events_are_counted_through_running_status_metas_and_system_exclusives(smf):
    report = scan(smf(b"\x00\x90\x3c\x40\x05\x3e\x40\x00\xff\x01\x01a\x00\xf0\x02\x00\xf7\x05\x90\x3c\x00\x00\x3e\x00"))
    assert (report.events, report.note_ons, report.end) == (6, 2, 10)


def test_running_status_survives_a_meta_event(smf):
    assert scan(smf(b"\x00\x90\x3c\x40\x05\xff\x01\x01a\x05\x3e\x40")).note_ons == 2


def test_running_status_ends_at_a_system_exclusive(smf):
    with pytest.raises(InputError, match="without a status"):
        scan(smf(b"\x00\x90\x3c\x40\x05\xf0\x01\xf7\x05\x3e\x40"))


def test_tracks_are_found_whatever_the_header_says(smf, note):
    report = scan(smf(note, note, declared=1))
    assert (report.tracks_declared, report.tracks_found) == (1, 2)


def test_chunks_that_are_no_tracks_are_counted(smf, note):
    report = scan(smf(note) + b"XFIH\x00\x00\x00\x02ab" + b"junk")
    assert (report.tracks_found, report.alien_chunks, report.trailing_bytes) == (1, 1, 4)


def test_zero_tempi_are_counted_and_leave_the_duration_alone(smf, note):
    report = scan(smf(b"\x00\xff\x51\x03\x00\x00\x00" + note, division=5))
    assert (report.zero_tempi, report.duration_s) == (1, 1.0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"Dear Sir or Madam,\n", "not-midi"),
        (b"MThd\x00\x00\x00\x06\x00\x01", "cut-off"),
        (file_of(NOTE, kind=2), "not-midi"),
        (file_of(NOTE, division=0), "damaged"),
        (file_of(NOTE)[:-3], "cut-off"),
        (file_of(b"\x00\x3c\x40"), "damaged"),
        (file_of(b"\x00\xff\x01\x7fabc"), "cut-off"),
        (file_of(b"\xff\xff\xff\x7f\xff\x01\x00" * 9), "too-much"),
        (bytes(LIMITS.max_bytes + 1), "too-large"),
    ],
)
def test_each_refusal_has_its_code_and_keeps_it_when_the_file_is_named(data, code):
    with pytest.raises(InputError, match=r"^a\.mid ") as caught:
        parse(data, "a.mid")
    assert caught.value.code == code and code in REASONS


def test_a_file_that_is_not_there_is_unreadable(tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path / "absent.mid")
    assert caught.value.code == "unreadable"
