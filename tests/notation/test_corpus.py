"""Real chorales, written and read back: those of music21's wheel, which are no part of the repository."""

from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import pytest
from musicxml_schema import shipped

from partimento.notation import to_musicxml
from partimento.notation.containers import text_of
from partimento.notation.spelling import LETTERS, spelled
from partimento.notation.streams import parsed, score_of, score_of_stream
from partimento.voices import NAMES

pytestmark = pytest.mark.skipif(find_spec("music21") is None, reason="needs music21: pip install partimento[score]")
PIECES, EVERY = 20, 17  # of about 400 files, one in so many


@pytest.fixture(scope="module")
def chorales():
    """Streams of music21 with the Scores in them: twenty chorales of four voices."""
    files = sorted((Path(find_spec("music21").origin).parent / "corpus" / "bach").glob("bwv*.mxl"))
    streams = (parsed(text_of(file.read_bytes(), "mxl"), "musicxml") for file in files[::EVERY])
    pairs = ((stream, score_of_stream(stream)[0]) for stream in streams)
    return list(islice((pair for pair in pairs if pair[1].tracks == NAMES), PIECES))


def places_of(stream, score):
    """The edition's place on the line of fifths of each note of ``score``, by tick, pitch and track."""
    found = {}
    for track, part in enumerate(stream.parts):
        for note in part.recurse().notes:
            tick = round(note.getOffsetInHierarchy(stream) * score.ticks_per_quarter)
            found[tick, note.pitch.midi, track] = LETTERS.index(note.pitch.step) - 1 + 7 * int(note.pitch.alter)
    return found


def test_chorales_are_read_back_note_for_note(chorales):
    assert len(chorales) == PIECES
    for stream, score in chorales:
        again, report = score_of(to_musicxml(score).decode(), "musicxml")
        assert again == score and again.tracks == NAMES, stream.metadata.title
        assert not {*report.changes} - {"texts"}


def test_what_is_written_of_chorales_keeps_to_the_schema(chorales):
    schema = shipped()
    assert [schema.faults(to_musicxml(score)) for _, score in chorales[:8]] == [[]] * 8


def test_nearly_all_notes_are_spelled_as_the_edition_has_them(chorales):
    right = total = 0
    for stream, score in chorales:
        theirs = places_of(stream, score)
        for place, row in zip(spelled(score).tolist(), score.notes.tolist(), strict=True):
            right += place == theirs[row[0], row[2], row[4]]
            total += 1
    assert total > 3000 and right / total > 0.995
