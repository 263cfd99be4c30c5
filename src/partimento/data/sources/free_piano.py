"""Free piano music: 603 solo pieces and 1,432 song accompaniments as MIDI, typeset by volunteers and free to use.

The solo pieces come from the Mutopia Project and from the Fryderyk Chopin Institute's first editions, the
accompaniments from the OpenScore Lieder Corpus. The licence and who made it known stand beside each piece; the
timing is that of a score, and most files have few velocities.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from ...errors import InputError
from ..origin import opened
from ..source import Piece, RawFile, Source, Split
from .published import Published, folder_of, published_sums

INDEX = "index.csv"
TITLE = "free-piano"
ADVICE = f"take {TITLE}.zip as it was published"
LICENCES = {f"Creative Commons Attribution {version}": f"CC-BY-{version}" for version in ("2.5", "3.0", "4.0")}
MUTOPIA_NAME = re.compile(r"([A-Z][a-z]+(?:-[A-Z][a-z]+)*)([A-Z][A-Za-z]*)")  # BachJS, BeethovenLv


def sums_of_files() -> dict[str, str]:
    """SHA-256 of the index and of each MIDI file, by name within the archive."""
    return published_sums(f"{TITLE}.sha256")


def pieces(origin: Path, split: Split, sums: Mapping[str, str] | None = None) -> Iterator[RawFile]:
    """Every piece with its bytes, sorted by file name; ``split`` is ignored for the official one.

    A file that is missing or not as published is refused by itself. Raises InputError where the index is.
    """
    known = sums_of_files() if sums is None else sums
    with opened(origin) as archive:
        prefix, index = folder_of(archive, INDEX)
        if not index:
            raise InputError(f"{origin}: holds no {INDEX}; expected {TITLE}.zip or its folder")
        published = Published(archive, prefix, known, TITLE, ADVICE)
        rows = list(csv.DictReader(io.StringIO(published.read(INDEX).decode("utf-8"))))
        for row in sorted(rows, key=lambda row: row["filename"]):
            yield _file(_piece(row, known), published, len(rows))


def _file(piece: Piece, published: Published, total: int) -> RawFile:
    try:
        return RawFile(piece, published.read(piece.path), total=total)
    except InputError as error:
        return RawFile(piece, refusal=error, total=total)


def _piece(row: Mapping[str, str], sums: Mapping[str, str]) -> Piece:
    path = row["filename"].removeprefix(f"{TITLE}/")
    return Piece(
        id=str(PurePosixPath(path).with_suffix("")),
        split=row["split"],
        title=_plain(row["title"]),
        path=path,
        sha256=sums.get(path, ""),
        composer=composer_of(row["composer"]),
        kind=row["kind"],
        licence=LICENCES.get(row["licence"], row["licence"]),
        credit=row["credit"],
    )


def composer_of(name: str) -> str:
    """A composer as people write the name: ``BachJS`` is J. S. Bach; any other name stays as it is."""
    match = MUTOPIA_NAME.fullmatch(name)
    return " ".join([*(f"{letter}." for letter in match[2]), match[1]]) if match else name


def _plain(title: str) -> str:
    """A title without the escapes and double spaces of the file that it was taken from."""
    return " ".join(title.replace('\\"', '"').split())


FREE_PIANO = Source(
    name=TITLE,
    licence="CC0-1.0, public domain or CC BY, said of each piece",
    credit=(
        "The Mutopia Project and its contributors; the OpenScore Lieder Corpus; First Editions of Fryderyk Chopin's "
        "Music, Copyright 2017-2021 The Fryderyk Chopin Institute (https://nifc.pl), website "
        "https://chopinscores.org, digital scores https://github.com/pl-wnifc/humdrum-chopin-first-editions, "
        "licence https://creativecommons.org/licenses/by/4.0"
    ),
    homepage=(
        "https://github.com/MutopiaProject/MutopiaProject, https://github.com/OpenScore/Lieder, "
        "https://github.com/pl-wnifc/humdrum-chopin-first-editions"
    ),
    archive_url="",
    official_splits=True,
    pieces=pieces,
    remarks=("The timing is a score's: no performer shaped it.",),
    sums=sums_of_files,
)
