"""Events that no MIDI file should hold, or only just may: each with its delta time, for the start of a track.

Source of what is legal: MIDI Manufacturers Association, *Standard MIDI Files 1.0* (RP-001).
"""

END_OF_TRACK = b"\x00\xff\x2f\x00"
NOTE = b"\x00\x90\x3c\x40\x0a\x80\x3c\x00"  # C4 from tick 0 to 10
LONGEST_WAIT = b"\xff\xff\xff\x7f"  # 0x0FFFFFFF ticks

RUNNING_STATUS = (
    b"\x00\x3c\x40",  # first in its track
    NOTE[:4] + b"\x00\xff\x01\x00\x05\x3c\x00",  # goes on after a meta event
    NOTE[:4] + b"\x00\xf0\x01\xf7\x05\x3c\x00",  # goes on after a system exclusive
    NOTE[:4] + b"\x00\xf7\x00\x05\x3c\x00",
    b"\x00\x90\x80\x40",  # data bytes above 127
    b"\x00\x90\x3c\xff\x00\x3c\x40",
    b"\x00\xc0\x90\x3c\x40",
    *(b"\x00" + bytes([status]) + b"\x3c\x40" for status in (0xF1, 0xF2, 0xF3, 0xF4, 0xF6, 0xF8, 0xFA, 0xFE)),
)
ODD_METAS = (
    b"\x00\xff\x51\x03\x00\x00\x00",  # tempo 0
    b"\x00\xff\x51\x03\x00\x00\x01",  # 60 million quarters a minute
    b"\x00\xff\x51\x03\xff\xff\xff",
    b"\x00\xff\x51\x02\x07\xa1",  # tempo of two bytes
    b"\x00\xff\x51\x00",
    b"\x00\xff\x51\x7f\x07\xa1\x20",  # longer than the rest of the track
    b"\x00\xff\x58\x04\x04\xff\x18\x08",  # 4 / 2^255
    b"\x00\xff\x58\x04\x00\x00\x00\x00",
    b"\x00\xff\x58\x04\xff\x07\x18\x08",
    b"\x00\xff\x58\x01\x04",
    b"\x00\xff\x59\x02\x80\x00",  # 128 flats
    b"\x00\xff\x59\x02\x07\x02",
    b"\x00\xff\x59\x00",
    b"\x00\xff\x2f\x05abcde",  # an end of track that holds something
    b"\x00\xff\x20\x01\x7f",
    b"\x00\xff\x54\x05\xff\xff\xff\xff\xff",
    b"\x00\xff\x7f\x00",
    b"\x00\xff\x80\x00",  # no such type
    b"\x00\xff",
)
ODD_TEXTS = tuple(
    b"\x00\xff" + bytes([kind, len(text)]) + text
    for kind in (1, 2, 3, 5, 15)
    for text in (
        b"\x1b]0;owned\x07\x1b[2J",
        b"\xff\xfe\x80\x81",
        b"\xed\xa0\x80",
        b"a\0b\r\nc",
        "\u202e\u2028".encode(),
        b"",
    )
)
EXCLUSIVES = (
    b"\x00\xf0\x05\x7e\x7f\x09\x01\xf7",
    b"\x00\xf0\x04\x7e\x7f\x09\x01",  # without an end
    b"\x00\xf0\x7f\x00",  # longer than the rest of the track
    b"\x00\xf0",
    b"\x00\xf0\x00",
    b"\x00\xf7\x03\x90\x3c\x40",
    b"\x00\xf0" + b"\xff" * 20,
)
