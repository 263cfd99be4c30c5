"""Which version this is."""

from functools import cache
from importlib import metadata


@cache
def version() -> str:
    """The installed version; looked up when asked for, since that takes longer than the import of most rooms."""
    return metadata.version("partimento")
