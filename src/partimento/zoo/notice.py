"""The LICENSE that lies beside bundled weights: on what terms they may be used, and everyone to be named."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

AS_THE_DATA = """The weights in this folder were trained by Partimento on:

    {credit}

They are licensed as those data are: {licence}
{text}
What is composed with them carries the same notice in its provenance.
"""
FREE = """The weights in this folder were trained by Partimento on:

    {credit}

The weights are licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/): you may share and
adapt them for any purpose, also commercially, if you name Partimento, say what you changed, and keep
this file with them or link to it, because it names those whose work they were trained on.

That work was published under: {licence}.
What was done to it: the files were read as notes, transposed, made faster or slower and louder or softer
at random, and a neural network was trained on the result. Nobody named here endorses the network or what
is composed with it. No warranty is given.

What is composed with these weights carries their licence in its provenance, which points to this file.
"""
TEXTS = {
    "CC BY-NC-SA 4.0": (
        "(https://creativecommons.org/licenses/by-nc-sa/4.0/): you may share and adapt them with this notice,\n"
        "not for commercial purposes, and only under the same licence.\n"
    )
}
WEIGHTS_OF_FREE_DATA = "CC BY 4.0"
FREE_LICENCES = {  # those whose terms weights under CC BY 4.0 can keep, if everyone is named
    **{f"CC-BY-{version}": f"https://creativecommons.org/licenses/by/{version}/" for version in ("2.5", "3.0", "4.0")},
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "Public-Domain": "dedicated to the public domain by those who typeset it",
}


def is_free(licence: str) -> bool:
    """Whether every part of a licence of data is one that weights under CC BY 4.0 can keep."""
    return bool(licence) and set(licence.split(", ")) <= set(FREE_LICENCES)


def terms(card: Mapping[str, Any]) -> dict[str, Any]:
    """What the card of bundled weights says in place of that of the run: free data make weights under CC BY 4.0."""
    data = str(card.get("licence", "unknown"))
    return {"licence": WEIGHTS_OF_FREE_DATA, "data_licence": data} if is_free(data) else {}


def notice(card: Mapping[str, Any]) -> str:
    """The text for the weights of a run with this card."""
    licence, credit = (str(card.get(name, "unknown")) for name in ("licence", "credit"))
    head = FREE if is_free(licence) else AS_THE_DATA
    text = head.format(credit=credit, licence=licence, text=TEXTS.get(licence, ""))
    return text + "".join(_section(name, rows) for name, rows in _by_licence(card.get("credits", ())))


def _by_licence(credits: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, Iterable[Mapping[str, Any]]]]:
    return groupby(sorted(credits, key=lambda row: (row["licence"], row["credit"])), lambda row: str(row["licence"]))


def _section(licence: str, credits: Iterable[Mapping[str, Any]]) -> str:
    """Everyone under one licence, each with the pieces."""
    where = FREE_LICENCES.get(licence, "")
    people = (f"\n{row['credit']}\n" + "".join(f"    {piece}\n" for piece in row["pieces"]) for row in credits)
    return f"\n\n{licence}{f' ({where})' if where else ''}\n" + "".join(people)
