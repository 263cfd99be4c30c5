"""The packages of the extra ``score``, which are imported only where they are used."""

from importlib.util import find_spec

from ..errors import MissingData

INSTALL = 'pip install "partimento[score]"'


def require(package: str, work: str) -> None:
    """Raise MissingData, with what to install, where ``package`` is not here; ``work`` is what needs it."""
    if find_spec(package) is None:
        raise MissingData(f"{work} needs {package}, which is not installed: {INSTALL}")
