"""A Score as sound: the bundled grand piano (a soundfont) played by midirenderer.

Shapes: S frames (a frame is one sample of each channel). Levels are relative to full scale.
"""

import wave
import zlib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from math import gcd
from pathlib import Path

import midirenderer
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .errors import UnknownName, UsageError, WorkFailed
from .midi import to_bytes
from .score import PEDAL, Score
from .store import write_atomically

Sound = NDArray[np.float32]

FORMATS = {  # suffix: format and subtype of libsndfile
    ".wav": ("WAV", "PCM_16"),
    ".flac": ("FLAC", "PCM_16"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
    ".ogg": ("OGG", "VORBIS"),
}
CHANNELS = 2
NATIVE_RATE = 48_000  # frames a second: the only rate at which midirenderer plays
SAMPLE_RATES = (44_100, NATIVE_RATE)
LONGEST_S = 3600.0  # such a piece takes about 5 GB
TAIL_S = 4.0  # after the last release, for the strings and the room to ring out
FADE_S = 0.1
SILENCE = 10 ** (-60 / 20)
PEAK = 10 ** (-1 / 20)
HALF_WIDTH, BAND, KAISER = 32, 0.97, 8.6  # the low-pass filter: samples, share of the band, shape
BLOCK = 1 << 12  # frames or rows at a time: bounds memory, and libsndfile's Vorbis takes no more than its stack
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))  # each byte with its bits reversed


def render(score: Score, sample_rate: int = 44_100) -> Sound:
    """float32[S, 2]: ``score`` in stereo at ``sample_rate`` frames a second, its peak at -1 dBFS.

    It ends 4 s after the last release, or sooner where all has decayed below -60 dB of the peak,
    in a short fade. Without notes it is silent. Raises UsageError for a rate that is not in
    SAMPLE_RATES or for more than an hour of music, WorkFailed where the synthesiser fails.
    """
    if sample_rate not in SAMPLE_RATES:
        raise UsageError(f"sample rate {sample_rate}: choose {' or '.join(map(str, SAMPLE_RATES))} frames a second")
    if not score.duration_s <= LONGEST_S:
        raise UsageError(f"{score.duration_s:.0f} s of music is too much to render: cut it to {LONGEST_S:.0f} s")
    frames = _faded(_play(_with_tail(score)), released=round(score.duration_s * NATIVE_RATE))
    return _normalised(_resampled(frames, sample_rate))


def write_sound(score: Score, path: Path | str, sample_rate: int = 44_100, copyright: str = "") -> None:
    """Render ``score`` to ``path``: WAV (16 bits), FLAC, MP3 or OGG by its suffix.

    ``copyright`` (origin and licence, one line) stands in the file as its copyright and as its comment.
    The same score gives the same bytes. Raises UnknownName for another suffix, WorkFailed where
    the file cannot be written, and what ``render`` raises.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise UnknownName("sound format", path.suffix, FORMATS)
    write_atomically(path, _encoded(render(score, sample_rate), sample_rate, path.suffix.lower(), copyright))


@cache
def _soundfont() -> bytes:
    return files("partimento").joinpath("assets/piano.sf2").read_bytes()


def _with_tail(score: Score) -> Score:
    """``score`` with a tap of the pedal TAIL_S after its end: midirenderer stops at the last event."""
    tap = int(score.ticks(score.duration_s + TAIL_S))
    pedals = np.concatenate([score.pedals, np.array([(tap, tap + 1, 0)], dtype=PEDAL)])
    return replace(score, pedals=pedals)


def _play(score: Score) -> Sound:
    """float32[S, 2] at the native rate and midirenderer's own level."""
    try:
        played = midirenderer.render_wave_from(_soundfont(), to_bytes(score))
    except (ValueError, RuntimeError) as error:
        raise WorkFailed(f"the synthesiser could not play {score.title or 'the piece'!r}: {error}") from error
    with wave.open(BytesIO(played)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").astype(np.float32)
    return samples.reshape(-1, CHANNELS) / np.float32(1 << 15)


def _faded(frames: Sound, released: int) -> Sound:
    """``frames`` until all is quiet after frame ``released``, its end faded."""
    levels = np.maximum(*np.abs(frames).T)  # ten times as fast as the maximum of each row
    loud = np.flatnonzero(levels > SILENCE * levels.max(initial=0.0))
    fade = round(FADE_S * NATIVE_RATE)
    frames = frames[: max(released, loud[-1] if len(loud) else 0) + fade].copy()
    frames[-fade:] *= np.linspace(1.0, 0.0, len(frames[-fade:]), dtype=np.float32)[:, None] ** 2
    return frames


def _normalised(frames: Sound) -> Sound:
    """``frames`` with its peak at -1 dBFS; silence stays silence."""
    peak = float(max(frames.max(initial=0.0), -frames.min(initial=0.0)))
    return np.multiply(frames, PEAK / peak, dtype=np.float32) if peak else frames


def _resampled(frames: Sound, sample_rate: int) -> Sound:
    """``frames`` from the native rate to ``sample_rate``: each group of samples is one matrix product.

    With rates in the ratio up : down, ``down`` samples and their neighbours give ``up`` samples.
    """
    if sample_rate == NATIVE_RATE:
        return frames
    up, down = (rate // gcd(sample_rate, NATIVE_RATE) for rate in (sample_rate, NATIVE_RATE))
    groups, low_pass = max(1, -(-len(frames) // down)), _low_pass(up, down)
    padding = (HALF_WIDTH, groups * down - len(frames) + HALF_WIDTH)
    windows = sliding_window_view(np.pad(frames, (padding, (0, 0))), len(low_pass), axis=0)[::down]
    resampled = np.empty((groups, up, CHANNELS), dtype=np.float32)
    for start in range(0, groups, BLOCK):
        for channel in range(CHANNELS):
            block = np.ascontiguousarray(windows[start : start + BLOCK, channel])
            resampled[start : start + BLOCK, :, channel] = block @ low_pass
    return resampled.reshape(-1, CHANNELS)[: -(-len(frames) * up // down)]


@cache
def _low_pass(up: int, down: int) -> Sound:
    """float32[down + 2 HALF_WIDTH, up]: a Kaiser-windowed sinc, centred where each new sample lies."""
    distance = np.arange(-HALF_WIDTH, down + HALF_WIDTH)[:, None] - np.arange(up) * down / up
    inside = np.sqrt(np.clip(1 - (distance / HALF_WIDTH) ** 2, 0.0, None))
    weights = np.sinc(BAND * up / down * distance) * np.where(inside > 0, np.i0(KAISER * inside), 0.0)
    return np.asarray(weights / weights.sum(axis=0), dtype=np.float32)


def _encoded(frames: Sound, sample_rate: int, suffix: str, copyright: str = "") -> bytes:
    """``frames`` as a file of the format that ``suffix`` names."""
    import soundfile  # type: ignore[import-untyped]

    kind, subtype = FORMATS[suffix]
    file = BytesIO()
    with soundfile.SoundFile(file, "w", sample_rate, CHANNELS, subtype, format=kind) as sound:
        if copyright:  # before the sound: libsndfile puts tags in front
            sound.copyright = sound.comment = copyright
        for start in range(0, len(frames), BLOCK):
            sound.write(frames[start : start + BLOCK])
    return _with_fixed_serial(file.getvalue()) if kind == "OGG" else file.getvalue()


def _with_fixed_serial(ogg: bytes) -> bytes:
    """``ogg`` with stream number 0 in all its pages: libsndfile draws one by the clock (RFC 3533, section 6)."""
    pages, start = bytearray(ogg), 0
    while start < len(pages):
        body = start + 27 + pages[start + 26]
        end = body + sum(pages[start + 27 : body])
        pages[start + 14 : start + 18] = pages[start + 22 : start + 26] = bytes(4)
        pages[start + 22 : start + 26] = _ogg_checksum(pages[start:end])
        start = end
    return bytes(pages)


def _ogg_checksum(page: bytearray) -> bytes:
    """Ogg's CRC-32 of a page: that of zlib with every bit order mirrored and neither end inverted."""
    plain = zlib.crc32(page.translate(MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return plain.to_bytes(4, "big").translate(MIRRORED)
