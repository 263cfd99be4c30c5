"""Frames that do not say which notes are held are not read as if they did: a likelihood with holds would be another."""

from ..codecs import Codec
from ..errors import UsageError
from .corpus import Corpus
from .source import FRAMES


def require_holds(corpus: Corpus, piece: int, codec: Codec) -> None:
    """Raise UsageError where ``codec`` tells held notes from repeated ones and the piece does not."""
    if codec.says_holds and corpus.pieces[piece].kind == FRAMES:
        where = f"{corpus.pieces[piece].path} in corpus {corpus.folder.name}"
        raise UsageError(
            f"{where}: does not say which notes are held; take codec {codec.name} without hold (--no-hold)"
        )
