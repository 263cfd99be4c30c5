"""The bundled piano: levels, the tail and files; the sounds here are of a second or two."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from partimento import sound
from partimento.errors import UnknownName, UsageError, WorkFailed
from partimento.score import PEDAL, TEMPO, Score, from_notes, table
from partimento.sound import FORMATS, NATIVE_RATE, render, write_sound

CHORD = from_notes([(0, 500, 60, 90), (100, 400, 64, 70), (200, 300, 67, 50)])
MINUS_1_DBFS = 10 ** (-1 / 20)


def pitch_hz(frames: np.ndarray, rate: int) -> float:
    return float(np.abs(np.fft.rfft(frames[:, 0])).argmax() * rate / len(frames))


def test_render_gives_stereo_at_minus_one_decibel() -> None:
    frames = render(CHORD)
    assert (frames.shape[1], frames.dtype) == (2, np.float32)
    assert np.abs(frames).max() == pytest.approx(MINUS_1_DBFS, abs=1e-6)


def test_silence_stays_silence() -> None:
    frames = render(from_notes([]))
    assert len(frames) and not frames.any()


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_note_sounds_at_its_pitch_and_time(rate: int) -> None:
    frames = render(from_notes([(1000, 1000, 69, 100)]), rate)
    assert pitch_hz(frames[rate : 2 * rate], rate) == pytest.approx(440, abs=2)
    assert np.abs(frames[: rate - 100]).max() < 1e-3 < np.abs(frames[rate : rate + 2000]).max()


def test_the_tail_rings_out_and_ends_without_a_click() -> None:
    frames = render(CHORD)
    assert 0.5 + 0.2 < len(frames) / 44_100 < 0.5 + 4.0
    assert np.abs(frames[-50:]).max() < 1e-4 < np.abs(frames[22_050:]).max()


def test_a_quiet_end_is_kept_to_the_last_release() -> None:
    loud_then_quiet = from_notes([(0, 300, 60, 127), (3000, 500, 60, 1)])
    assert len(render(loud_then_quiet)) >= 3.5 * 44_100


def test_the_pedal_holds_the_sound() -> None:
    held = Score(CHORD.notes, pedals=table(PEDAL, [(100, 2500, 0)]))
    dry, wet = (np.abs(render(score)[66_150:70_000]).max(initial=0) for score in (CHORD, held))
    assert wet > 100 * dry


def test_the_tail_follows_the_tempo_map() -> None:
    slow = Score(CHORD.notes, 500, tempi=table(TEMPO, [(0, 60.0)]))
    assert 1.0 + 0.2 < len(render(slow)) / 44_100 < 1.0 + 4.2


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_score_gives_the_same_bytes(suffix: str, tmp_path: Path, monkeypatch) -> None:
    frames = render(CHORD)
    monkeypatch.setattr(sound, "render", lambda score, sample_rate: frames)
    for name in ("one", "two"):
        write_sound(CHORD, tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


@pytest.mark.parametrize(("suffix", "error"), [(".wav", 1e-4), (".FLAC", 1e-4), (".mp3", 0.2), (".ogg", 0.2)])
def test_files_hold_what_was_rendered(suffix: str, error: float, tmp_path: Path) -> None:
    path, frames = tmp_path / f"chord{suffix}", render(CHORD)
    write_sound(CHORD, path)
    read, rate = soundfile.read(path)
    assert rate == 44_100 and soundfile.info(path).format == suffix.strip(".").upper()
    assert np.abs(read[: len(frames)] - frames[: len(read)]).max() < error


def test_a_wave_file_has_sixteen_bits(tmp_path: Path) -> None:
    write_sound(CHORD, tmp_path / "chord.wav")
    assert soundfile.info(tmp_path / "chord.wav").subtype == "PCM_16"


def test_ogg_pages_keep_valid_checksums() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, (100_000, 2)).astype(np.float32)
    ogg = sound._encoded(noise, 44_100, ".ogg")
    assert ogg[14:18] == bytes(4)
    assert len(soundfile.read(BytesIO(ogg))[0]) == len(noise)  # libogg skips pages whose checksum is wrong


def tone(hz: int, rate: int) -> np.ndarray:
    wave = np.sin(2 * np.pi * hz * np.arange(rate) / rate).astype(np.float32)
    return np.stack([wave, wave], axis=1)


def test_resampling_keeps_what_both_rates_can_hold() -> None:
    resampled = sound._resampled(tone(15_000, NATIVE_RATE), 44_100)
    assert np.abs(resampled - tone(15_000, 44_100))[100:-100].max() < 1e-4


def test_resampling_drops_what_the_lower_rate_cannot_hold() -> None:
    assert np.abs(sound._resampled(tone(23_800, NATIVE_RATE), 44_100))[100:-100].max() < 1e-3


def test_refusals_leave_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"\.flac"):
        write_sound(CHORD, tmp_path / "a.flca")
    with pytest.raises(UsageError, match="44100 or 48000"):
        write_sound(CHORD, tmp_path / "a.wav", sample_rate=8000)
    with pytest.raises(UsageError, match="cut it"):
        render(from_notes([(4_000_000, 1, 60, 64)]))
    with pytest.raises(WorkFailed, match="can't be written"):
        write_sound(CHORD, tmp_path / "missing" / "a.wav")
    assert not list(tmp_path.iterdir())


@given(st.integers(0, 2000))
def test_resampled_length_is_that_of_the_time(frames: int) -> None:
    assert len(sound._resampled(np.zeros((frames, 2), np.float32), 44_100)) == -(-frames * 147 // 160)


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_copyright_stands_in_the_file_and_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_sound(CHORD, tmp_path / f"{name}{suffix}", copyright="Composed by x; CC0-1.0")
    with soundfile.SoundFile(tmp_path / f"one{suffix}") as made:
        assert made.comment == "Composed by x; CC0-1.0"
        assert made.copyright == made.comment or suffix == ".mp3"  # written there too, but libsndfile reads none
    assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()
