"""``partimento data list``."""

from typing import TYPE_CHECKING, Any

from ..data import SOURCES
from ..errors import InputError
from .console import Output

if TYPE_CHECKING:
    from ..data.source import Source


def list_(*, output: Output = Output()) -> None:
    """The sources that corpora are made of, and the corpora that are prepared here."""
    from ..data.corpus import home, prepared
    from ..evaluate.table import aligned, plain

    sources = [{"name": each.name, "get": _way(each), "licence": each.licence} for each in SOURCES.values()]
    corpora = [_corpus(name) for name in prepared()]
    first = aligned(plain("Sources", ("source", "how to get it", "licence"), sources))
    here = f"Prepared in {home()}"
    second = (
        aligned(plain(here, ("corpus", "pieces", "source", "licence"), corpora)) if corpora else [f"{here}: nothing"]
    )
    output.result({"sources": sources, "corpora": corpora, "home": str(home())}, [*first, "", *second])


def _way(source: "Source") -> str:
    """The command that makes a corpus of a source."""
    if source.installed:
        return f"partimento data prepare {source.name}"
    if source.archive_url:
        return f"partimento data fetch {source.name}"
    return f"partimento data prepare {source.name} --from {source.archive_name or 'PATH'}"


def _corpus(name: str) -> dict[str, Any]:
    """What ``data list`` says of a prepared corpus."""
    from ..data.corpus import place
    from ..data.manifest import read_manifest

    try:
        manifest = read_manifest(place(name))
    except InputError as error:
        return {"name": name, "pieces": 0, "source": "damaged", "licence": str(error)}
    return {"name": name, "pieces": len(manifest.entries), "source": manifest.source, "licence": manifest.licence}
