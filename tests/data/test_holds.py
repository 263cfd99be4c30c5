from dataclasses import replace

import pytest
from fakes import corpus_of
from sheets import melody

from partimento.codecs import codec_of
from partimento.data.holds import require_holds
from partimento.data.source import FRAMES
from partimento.errors import UsageError


def test_frames_are_not_read_as_if_they_said_what_is_held(tmp_path):
    corpus = corpus_of(tmp_path / "corpus", [melody(67)])
    entry = corpus.entries[0]
    frames = replace(
        corpus, manifest=replace(corpus.manifest, entries=(replace(entry, piece=replace(entry.piece, kind=FRAMES)),))
    )
    with pytest.raises(UsageError, match="--no-hold"):
        require_holds(frames, 0, codec_of("chorale"))
    require_holds(frames, 0, codec_of("chorale", hold=False))
    require_holds(corpus, 0, codec_of("chorale"))
