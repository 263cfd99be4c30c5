"""A piece by the command line: its files, what is in them, and what was asked for."""

import base64
import json
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from partimento import midi
from partimento.cli import formats
from partimento.sound import PEAK

SHORT = ("--seconds", 6, "--seed", 7)
SILENT = ("--format", "mid")


def notes(path):
    return midi.read(path)[0].notes.tolist()


def told(stem):
    return json.loads(Path(f"{stem}.json").read_text())


@pytest.fixture
def piece(partimento, tmp_path):
    """Composed from nothing: the folder of its four files."""
    assert partimento("compose", "mine", *SHORT, "--out", "made", "--name", "p").status == 0
    return tmp_path / "made"


def test_a_piece_is_midi_sound_picture_and_where_it_comes_from(piece):
    assert sorted(path.name for path in piece.iterdir()) == ["p.json", "p.mid", "p.png", "p.wav"]
    assert (piece / "p.png").read_bytes().startswith(b"\x89PNG\r\n")
    sound, rate = soundfile.read(piece / "p.wav")
    assert rate == 44_100 and np.abs(sound).max() == pytest.approx(PEAK, abs=2**-15)


def test_other_programs_read_the_midi_file(piece):
    file = mido.MidiFile(piece / "p.mid")
    first = {message.type: message for message in file.tracks[0]}
    assert file.type == 1 and [track.name for track in file.tracks] == ["mine 7", "Piano"]
    assert first["set_tempo"].tempo == 500_000
    texts = [message.text for message in file.tracks[0] if message.type == "text"]
    assert texts[0].startswith("Composed by Partimento") and json.loads(texts[1])["seed"] == 7


def test_the_sidecar_tells_all(piece, best):
    origin, heard = told(piece / "p")["provenance"], told(piece / "p")["statistics"]
    manifest = json.loads((best / "manifest.json").read_text())
    assert origin["weights_sha256"] == manifest["files"]["weights.safetensors"]
    assert (origin["model"], origin["seed"], origin["length"]["seconds"]) == ("mine", 7, 6.0)
    assert heard["notes"] == len(notes(piece / "p.mid")) and heard["duration_s"] <= 6.0 and origin["primer"] == ""


def test_the_same_seed_gives_the_same_bytes(piece, partimento, tmp_path):
    assert partimento("compose", "mine", *SHORT, "--out", "again", "--name", "p").status == 0
    for path in piece.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_a_seed_that_was_drawn_by_chance_is_told_and_gives_the_piece_again(partimento):
    asked = ("compose", "mine", "--notes", 5, *SILENT, "--json", "--name", "p")
    first = partimento(*asked, "--out", "one").json
    again = partimento(*asked, "--out", "two", "--seed", first["seed"]).json
    assert notes(first["pieces"][0]["files"][0]) == notes(again["pieces"][0]["files"][0])
    assert partimento(*asked, "--out", "three").json["seed"] != first["seed"]


def test_a_piece_of_many_is_the_same_piece(partimento, tmp_path):
    asked = ("compose", "mine", *SHORT, *SILENT, "--name", "p")
    for count in (1, 2, 3):
        assert partimento(*asked, "--count", count, "--out", f"of-{count}").status == 0
    for number in ("1.mid", "1.json", "2.mid", "2.json"):
        assert (tmp_path / f"of-2/p-{number}").read_bytes() == (tmp_path / f"of-3/p-{number}").read_bytes()
    assert notes("of-1/p.mid") == notes("of-3/p-1.mid")
    assert len({str(notes(path)) for path in (tmp_path / "of-3").glob("*.mid")}) == 3


def test_a_primer_comes_out_tick_for_tick_and_lies_in_the_sidecar(partimento, primer):
    assert partimento("compose", "mine", *SHORT, *SILENT, "--primer", primer, "--name", "p", "--out", ".").status == 0
    given, made = midi.read(primer)[0], midi.read("p.mid")[0]
    last = given.notes["onset"].max()
    assert np.array_equal(made.notes[made.notes["onset"] <= last], given.notes) and len(made) > len(given)
    assert made.ticks_per_quarter == given.ticks_per_quarter and np.array_equal(made.tempi, given.tempi)
    kept = told("p")["provenance"]["primer"]
    assert midi.parse(base64.b64decode(kept), "kept")[0] == given


def test_a_dropped_primer_leaves_what_was_written_from_zero(partimento, primer):
    asked = ("compose", "mine", *SHORT, *SILENT, "--primer", primer, "--primer-seconds", 3, "--out", ".")
    assert partimento(*asked, "--name", "kept").status == 0
    assert partimento(*asked, "--name", "dropped", "--drop-primer").status == 0
    kept, dropped = midi.read("kept.mid")[0], midi.read("dropped.mid")[0]
    written = kept.notes[kept.seconds(kept.notes["onset"]) >= 3.0]
    assert written["pitch"].tolist() == dropped.notes["pitch"].tolist() and len(dropped)
    assert np.allclose(kept.seconds(written["onset"]) - 3.0, dropped.seconds(dropped.notes["onset"]), atol=0.01)
    assert told("kept")["primer_seconds"] == 3.0


@pytest.mark.parametrize("flags", [(), ("--primer",), ("--primer", "--drop-primer")])
def test_a_stream_is_the_file_of_the_same_seed(flags, partimento, primer):
    given = ("--primer", primer, "--primer-seconds", 3, *flags[1:]) if flags else ()
    asked = ("compose", "mine", *SHORT, *given)
    heard = [json.loads(line) for line in partimento(*asked, "--stream").out.splitlines()]
    assert partimento(*asked, *SILENT, "--out", ".", "--name", "p").status == 0
    score = midi.read("p.mid")[0]
    written = score.notes[len(score) - len(heard) :]
    assert heard and [note["pitch"] for note in heard] == written["pitch"].tolist()
    assert np.allclose([note["onset_s"] for note in heard], score.seconds(written["onset"]), atol=0.002)


@pytest.mark.parametrize("count", [1, 2, 37])
def test_as_many_notes_come_as_are_asked_for(count, partimento):
    (piece,) = partimento("compose", "mine", "--notes", count, *SILENT, "--json").json["pieces"]
    assert piece["statistics"]["notes"] == count == len(notes(piece["files"][0]))


def test_quiet_says_nothing_beside_the_result(partimento):
    said = partimento("compose", "mine", *SHORT, *SILENT, "--quiet")
    assert said.err == "" and "compositions/mine-7.mid" in said.out


def test_the_licence_is_said(partimento):
    assert "mine: unknown, yours to know" in partimento("compose", "mine", *SHORT, *SILENT).err.splitlines()


@pytest.mark.parametrize(("asked", "made"), [("svg", {"svg"}), (" MID, mid,flac", {"mid", "flac"})])
def test_the_formats_asked_for_are_made_each_once(asked, made, partimento, tmp_path):
    files = partimento("compose", "mine", *SHORT, "--format", asked, "--json").json["pieces"][0]["files"]
    assert len(files) == len(made) + 1
    assert {path.suffix[1:] for path in (tmp_path / "compositions").iterdir()} == {*made, "json"}


def test_a_checkpoint_folder_is_a_model(partimento, best):
    said = partimento("compose", best, "--notes", 3, *SILENT, "--seed", 1, "--json")
    assert said.json["pieces"][0]["files"][0] == str(Path("compositions/best-1.mid"))


def test_wishes_are_written_down(partimento):
    asked = ("--density", 6, "--dynamics", 45, "--temperature", 0.8, "--top-p", 0.9, "--top-k", 9, "--min-p", 0.01)
    assert partimento("compose", "mine", "--notes", 4, *asked, *SILENT, "--name", "p").status == 0
    origin = told("compositions/p")["provenance"]
    assert origin["controls"] == {"density": 6.0, "dynamics": 45.0}
    assert {"temperature": 0.8, "top_p": 0.9, "top_k": 9, "min_p": 0.01}.items() <= origin["sampling"].items()


def test_a_search_is_written_down_and_streamed_as_it_is_written(partimento):
    wishes = ("--notes", 9, "--seed", 3, "--beam", 3, "--beam-rows", 4, "--length-penalty", 0.5)
    assert partimento("compose", "mine", *wishes, *SILENT, "--name", "p").status == 0
    searched = told("compositions/p")["provenance"]["sampling"]
    assert {"beam": 3, "beam_rows": 4, "length_penalty": 0.5}.items() <= searched.items()
    streamed = [
        json.loads(line)["pitch"] for line in partimento("compose", "mine", *wishes, "--stream").out.splitlines()
    ]
    assert sorted(streamed) == sorted(note[2] for note in notes("compositions/p.mid"))


def test_at_temperature_zero_every_seed_gives_the_likeliest_piece_of_its_kind(partimento):
    wishes = ("--temperature", 0, "--density", 3, "--dynamics", 60)
    for seed in (1, 2):
        partimento("compose", "mine", "--notes", 6, *wishes, "--seed", seed, *SILENT, "--name", seed)
    assert notes("compositions/1.mid") == notes("compositions/2.mid")


def test_pieces_that_are_the_same_are_said_to_be(partimento):
    asked = ("--notes", 4, "--density", 3, "--dynamics", 60, "--count", 2, "--format", "mid")
    assert "of 2 pieces 1 differ: a --temperature of 0" in partimento("compose", "mine", *asked, "--temperature", 0).err
    assert "differ" not in partimento("compose", "mine", *asked, "--temperature", 2).err


def test_a_sampler_for_one_column_is_written_down(partimento):
    asked = ("--notes", 4, "--temperature", 2, "--columns", "pitch", *SILENT, "--name", "p")
    assert partimento("compose", "mine", *asked).status == 0
    assert {"temperature": 2, "columns": "pitch"}.items() <= told("compositions/p")["provenance"]["sampling"].items()


def test_what_was_repaired_in_the_primer_is_said_and_else_nothing(partimento, primer, tmp_path):
    (tmp_path / "long.mid").write_bytes(primer.read_bytes() + b"more")
    asked = ("compose", "mine", "--notes", 1, *SILENT, "--primer")
    assert partimento(*asked, tmp_path / "long.mid").err.splitlines()[1:] == [
        "long.mid: 60 notes kept",
        "4 bytes after the last chunk passed over",
    ]
    assert len(partimento(*asked, primer).err.splitlines()) == 1


def test_the_player_opens_the_sound_before_the_midi_file(partimento, monkeypatch):
    opened = []
    monkeypatch.setattr(formats.subprocess, "Popen", lambda command, **rest: opened.append(command[-1]))
    assert partimento("compose", "mine", *SHORT, "--format", "mid,wav", "--play").status == 0
    assert opened == [str(Path("compositions/mine-7.wav"))]


def test_without_a_player_the_piece_is_there_and_one_line_says_so(partimento, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    said = partimento("compose", "mine", *SHORT, *SILENT, "--play", "--quiet")
    assert said.status == 1 and len(said.err.splitlines()) == 1 and "with a player of yours" in said.err
    assert notes(tmp_path / "compositions" / "mine-7.mid")


def test_what_is_done_when_one_stops_is_kept(partimento, monkeypatch, tmp_path):
    from partimento.compose.model import Model

    whole = Model.pieces

    def stopped(*arguments):
        yield next(iter(whole(*arguments)))
        raise KeyboardInterrupt

    monkeypatch.setattr(Model, "pieces", stopped)
    said = partimento("compose", "mine", *SHORT, *SILENT, "--count", 3, "--quiet")
    assert said.status == 130 and said.complaint == "partimento: stopped; what was finished is kept"
    assert len(list((tmp_path / "compositions").glob("*.mid"))) == 1


def test_a_stream_says_its_licence_beside_it(partimento):
    said = partimento("compose", "mine", "--notes", 2, "--stream")
    assert said.err == "mine: unknown, yours to know\n" and len(said.out.splitlines()) == 2


def test_a_piece_never_lies_there_without_its_licence(partimento, monkeypatch, tmp_path):
    monkeypatch.setattr(midi, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    assert partimento("compose", "mine", *SHORT, *SILENT, "--name", "p", "--quiet").status == 130
    assert [path.name for path in (tmp_path / "compositions").iterdir()] == []


def test_a_piece_without_a_note_is_said(partimento, monkeypatch):
    from partimento.compose.model import Model
    from partimento.compose.piece import Piece

    empty = Piece(midi.parse(b"MThd\0\0\0\6\0\0\0\1\1\xe0MTrk\0\0\0\4\0\xff\x2f\0", "a")[0], {"piece": 0})
    monkeypatch.setattr(Model, "pieces", lambda *_: iter([empty]))
    monkeypatch.setattr(Piece, "save", lambda piece, path: path)
    said = partimento("compose", "mine", *SHORT, *SILENT)
    assert said.status == 0 and "the model wrote no note; take another --seed" in said.err
