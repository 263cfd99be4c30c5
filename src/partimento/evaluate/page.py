"""An evaluation as one HTML file that loads nothing: tables, curves, piano rolls and sound are all in it."""

import base64
from collections.abc import Callable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from ..audit import audit
from ..compose.piece import Piece
from ..data.corpus import Corpus
from ..picture.layout import figure_of
from ..picture.style import styled
from ..picture.write import FORMATS
from ..sound import write_sound
from .cells import CellRow
from .curves import Accuracies, Curve, curves_bytes, figure_of_curves, named
from .likelihood import Row
from .report import every_table, remarks
from .samples import Heard
from .table import Table

SOUND = ".mp3"  # what every browser plays
TYPES = {".svg": "image/svg+xml", ".mp3": "audio/mpeg"}
FIRST_CAPTIONS = ("Likelihood", "Likelihood in other units, and nats by column")

PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'">
<title>Evaluation: $title</title>
<style>
:root { --ink: #1d1b22; --paper: #fff; --line: #d5d2da; --soft: #f3f2f5; --link: #2a5ca3; }
@media (prefers-color-scheme: dark) {
 :root { --ink: #e8e6ec; --paper: #17161a; --line: #45424c; --soft: #242229; --link: #8ab4f0; }
}
body { color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif;
 max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 1rem 0; }
.scroll:focus-visible { outline: 3px solid var(--link); }
table { border-collapse: collapse; font-size: .875rem; overflow-wrap: normal; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; }
thead th { background: var(--soft); }
tbody th { max-width: 16rem; }
figure { margin: 1rem 0; }
img { max-width: 100%; height: auto; background: #fff; border-radius: .25rem; }
audio { width: 100%; max-width: 40rem; }
ul { padding-left: 1.25rem; }
</style>
</head>
<body>
<main>
<h1>Evaluation: $title</h1>
<p>In bold: the best of the rows that may be compared.</p>
$tables
$curves
$models
<h2>How it was measured</h2>
<ul>
$remarks
</ul>
$data
</main>
</body>
</html>
""")
TABLE = Template("""<div class="scroll" role="region" aria-label="$caption" tabindex="0">
<table>
<caption>$caption</caption>
<thead><tr>$heads</tr></thead>
<tbody>
$rows
</tbody>
</table>
</div>""")
FIGURE = Template("""<figure>
<img alt="$told" src="$picture">
<figcaption>$caption</figcaption>
<audio controls preload="none" aria-label="$caption" src="$sound"></audio>
</figure>""")


def html(
    rows: Sequence[Row],
    heard: Sequence[Heard],
    curves: Sequence[Curve],
    corpora: Sequence[Corpus],
    progress: Callable[[float], None] = lambda share: None,
    cells: Sequence[CellRow] = (),
) -> str:
    """The page. Composed pieces are drawn and played while it is made, which takes seconds for each."""
    measured: list[Row | CellRow] = [*rows, *cells]
    names = list(dict.fromkeys([*(row.name for row in measured if row.kind == "model"), *_models(heard)]))
    return PAGE.substitute(
        title=escape(", ".join(names)),
        tables="\n".join(_table(each, caption) for each, caption in _captioned(every_table(rows, heard, cells))),
        curves=_curves(curves, measured),
        models=_sections([each for each in heard if each.kind == "model"], progress),
        remarks="\n".join(f"<li>{escape(line)}</li>" for line in remarks(rows, heard, cells)),
        data=_data(corpora),
    )


def _models(heard: Sequence[Heard]) -> list[str]:
    return [each.name for each in heard if each.kind == "model"]


def _captioned(tables: Sequence[Table]) -> list[tuple[Table, str]]:
    """Each with what stands above it; the first two have no caption in a terminal."""
    untold = iter(FIRST_CAPTIONS)
    return [(each, each.caption or next(untold)) for each in tables]


def _table(table: Table, caption: str) -> str:
    heads = "".join(f'<th scope="col">{escape(head.label) or "name"}</th>' for head in table.heads)
    rows = [_row([cell.text for cell in row], i, table.best) for i, row in enumerate(table.rows)]
    return TABLE.substitute(caption=escape(caption), heads=heads, rows="\n".join(rows))


def _row(texts: Sequence[str], number: int, best: set[tuple[int, int]]) -> str:
    first, *rest = (escape(text) for text in texts)
    cells = [f"<strong>{text}</strong>" if (number, c) in best else text for c, text in enumerate(rest, 1)]
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _curves(curves: Sequence[Curve], rows: Sequence[Row | CellRow]) -> str:
    right = accuracies_of(rows)
    if not curves and not right:
        return ""
    told = "; ".join(_told_curve(each) for each in curves) or "accuracy by column, as in the table"
    picture = _inline(curves_bytes(figure_of_curves(curves, right), ".svg"), ".svg")
    return f'<h2>Learning curves and accuracy</h2>\n<p><img alt="{escape(told)}" src="{picture}"></p>'


def accuracies_of(rows: Sequence[Row | CellRow]) -> Accuracies:
    """Of every row that has any, by column."""
    found = (row.accuracy if isinstance(row, CellRow) else row.accuracy.share for row in rows)
    shares = ({name: each.value for name, each in share.items()} for share in found)
    return named((row.name, row.material.codec_text, found) for row, found in zip(rows, shares, strict=True))


def _told_curve(curve: Curve) -> str:
    """A curve in words, for who cannot see it."""
    parts = []
    losses = {f"training loss{name.removeprefix(curve.name)}": points for name, points in curve.losses.items()}
    for label, points in (*losses.items(), ("validation", curve.validation)):
        if points:
            (first, begun), (last, ended) = points[0], points[-1]
            parts.append(f"{label} from {begun:.3f} at step {first} to {ended:.3f} at step {last}")
    return f"{curve.name}: {', '.join(parts)}"


def _sections(models: Sequence[Heard], progress: Callable[[float], None]) -> str:
    """Pieces, licence and credit of each model."""
    parts, done, total = [], 0, sum(len(each.shown) for each in models)
    for each in models:
        parts += [f"<h2>{escape(each.name)}</h2>", f"<p>{escape(each.conditions)}; on {escape(each.corpus)}.</p>"]
        parts.append(_licence(each))
        for number, piece in enumerate(each.shown, 1):
            parts.append(_figure(piece, f"{each.name}, piece {number}"))
            done += 1
            progress(done / total)
    return "\n".join(parts)


def _licence(each: Heard) -> str:
    licence, credit = each.card.get("licence") or "unknown", each.card.get("credit", "")
    said = f"Family {each.card.get('family', '')}, trained on {each.card.get('corpus', '')}. Licence: {licence}."
    return f"<p>{escape(said)}</p>\n<p>{escape(credit)}</p>" if credit else f"<p>{escape(said)}</p>"


def _data(corpora: Sequence[Corpus]) -> str:
    """Licence and credit of what was measured on."""
    lines = []
    for each in {corpus.folder.name: corpus for corpus in corpora}.values():
        licence, credit = each.manifest.licence or "unknown", each.manifest.credit
        lines.append(f"<li>{escape(f'{each.folder.name}: {licence}. {credit}')}</li>")
    return "\n".join(["<h2>Data</h2>", "<ul>", *lines, "</ul>"]) if lines else ""


def _figure(piece: Piece, caption: str) -> str:
    """A piece seen and heard."""
    found = audit(piece.score)
    told = f"Piano roll of {caption}: {found.notes} notes in {found.duration_s:.0f} s"
    told += f", pitches {found.pitch_min} to {found.pitch_max}"
    drawn, played = _inline(_roll(piece), ".svg"), _inline(_sound(piece), SOUND)
    return FIGURE.substitute(caption=escape(caption), told=escape(told), picture=drawn, sound=played)


def _roll(piece: Piece) -> bytes:
    drawn = BytesIO()
    with styled():
        figure_of(piece.score, primer_s=piece.primer_s).savefig(drawn, **FORMATS[".svg"])
    return drawn.getvalue()


def _sound(piece: Piece) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"piece{SOUND}"
        write_sound(piece.score, path)
        return path.read_bytes()


def _inline(data: bytes, suffix: str) -> str:
    return f"data:{TYPES[suffix]};base64,{base64.b64encode(data).decode()}"
