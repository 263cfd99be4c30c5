"""The table of families: a name, and the module that is imported when it is asked for.

A new family is one file beside this and one row here.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from ..errors import UnknownName

if TYPE_CHECKING:
    from .family import Family

MODELS = {
    "transformer": "transformer:Transformer",
    "lstm": "recurrent:Lstm",
    "gru": "recurrent:Gru",
    "seq2seq": "seq2seq:Seq2Seq",
    "three-head": "three_head:ThreeHead",
    "next-note": "next_note:NextNote",
    "gan": "gan:Gan",
    "deepbach": "deepbach:DeepBach",
    "grid-transformer": "grid_transformer:GridTransformer",
}


def family_of(name: str) -> "type[Family]":
    """The family called ``name``; its module is imported now. Raises UnknownName."""
    if name not in MODELS:
        raise UnknownName("family", name, MODELS)
    module, _, attribute = MODELS[name].partition(":")
    found: type[Family] = getattr(import_module(f".{module}", __name__), attribute)
    return found
