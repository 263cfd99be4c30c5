"""The index of a prepared corpus: built once, into a folder within the corpus's own, and renamed when it is whole."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ..data.corpus import Corpus, corpus, home
from ..errors import UsageError
from ..store import restore, staged_folder
from .compact import COMPACT, Compact
from .human import human_figures
from .index import INDEX, Index, Source

FOLDER = "originality"  # within a corpus's folder: whoever prepares the corpus anew gets rid of it
Progress = Callable[[float, str], None]


def indexed(name: str, progress: Progress = lambda share, remark: None) -> Index:
    """The index over the training pieces of the corpus called ``name``; built where it is not there or not of it.

    Raises MissingData or UnknownName where the corpus is not prepared, InputError where it is damaged, WorkFailed.
    """
    of = corpus(name)
    folder = of.folder / FOLDER
    restore(of.folder)
    if (folder / INDEX).exists():
        index = Index.open(folder)
        if index.fingerprint == of.fingerprint:
            return index
    build(of, folder, progress)
    return Index.open(folder)


def build(
    of: Corpus, folder: Path, progress: Progress = lambda share, remark: None, train: Sequence[int] | None = None
) -> None:
    """Write the index of ``of`` and its compact form to ``folder``; ``train``: the pieces, by default of that split.

    What stands beside the figures comes from all other pieces. Raises UsageError where there is nothing to index.
    """
    chosen = of.split("train") if train is None else list(train)
    if not chosen:
        raise UsageError(f"corpus {of.folder.name}: has no training pieces to compare with; name another one")
    scores = []
    for nth, piece in enumerate(chosen):
        progress(0.2 * nth / len(chosen), "reading")
        scores.append(of.score(piece))
    progress(0.2, "sorting")
    sources = [Source.of(of.entries[piece]) for piece in chosen]
    index = Index.of(of.folder.name, of.fingerprint, sources, scores)
    held = sorted(set(range(len(of))) - set(chosen))
    human = human_figures(index, of, held, lambda share: progress(0.4 + 0.6 * share, "comparing unseen pieces"))
    with staged_folder(folder) as staged:
        Index(index.corpus, index.fingerprint, index.sources, index.lines, human).save(staged.folder)
        Compact.of(index, human).save(staged.folder / COMPACT)


def compact_of(checkpoint: Path, name: str) -> Compact | None:
    """The compact form beside a model's weights, or in the index of the corpus called ``name``; None: neither is here.

    Raises InputError where it is damaged.
    """
    beside = checkpoint / COMPACT
    index = home() / name / FOLDER / COMPACT
    path = beside if beside.exists() else index
    return Compact.open(path) if name and path.exists() else None
