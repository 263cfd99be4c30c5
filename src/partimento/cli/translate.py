"""``partimento translate``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from ..errors import UnknownName, UsageError
from .console import Output
from .options import checked_folder
from .translation_files import places, write

if TYPE_CHECKING:
    from ..codecs import Codec
    from ..evaluate.translation import Translation
    from ..score import Score

    Scores = Mapping[Path, Score]
    Codecs = Mapping[str, Codec]

WITHOUT_MODEL = "has the vocabulary of these files alone, which flatters it; --model NAME takes that of a model"
CODECS_HELP = "codecs, with commas; all, if neither these nor --model are given"


@Parameter(name="*")
@dataclass(frozen=True)
class Words:
    """The codecs that are asked for."""

    codec: Annotated[str, Parameter(help=CODECS_HELP)] = ""
    sets: Annotated[
        tuple[str, ...], Parameter(name="--set", help="OPTION=VALUE of every codec that has it, or CODEC.OPTION=VALUE")
    ] = ()
    model: Annotated[str, Parameter(help="models, with commas: the codec of each, with what it learnt")] = ""
    runs: Annotated[str, Parameter(help="where your own runs are")] = ""

    def read(self) -> "dict[str, Codec]":
        """The codecs by their labels; a model's is called MODEL-CODEC. Raises UnknownName, UsageError."""
        from ..codecs import CODECS, codec_of

        names = _parts(self.codec) or ([] if self.model else list(CODECS))
        for name in names:
            codec_of(name)  # it is there
        options = _options(names, self.sets)
        made = {name: _made(name, options[name]) if options[name] else codec_of(name) for name in names}
        return made | dict(_fitted(model, self.runs) for model in _parts(self.model))


def translate(
    *files: Path,
    words: Words = Words(),
    out: Annotated[
        Path | None, Parameter(help="a folder for the decoded MIDI file, its words and a picture of both rolls")
    ] = None,
    output: Output = Output(),
) -> None:
    """Put MIDI files into the words of codecs and back, and say what is lost: notes, time, loudness, pedal.

    Parameters
    ----------
    files
        MIDI files.
    """
    from ..evaluate.table import aligned
    from ..evaluate.translation import LEGEND, summed, table_of, told

    codecs = words.read()
    wanted = list(dict.fromkeys(files))
    stems = _checked_places(wanted, codecs, out)
    scores = _scores(wanted, output)
    codecs = _learnt(codecs, scores, output)
    found, written = _translated(scores, codecs, stems, output)
    about = [line for label, codec in codecs.items() for line in told(label, codec, _chosen(codec))]
    value = {
        "translations": [each.to_json() for each in found],
        "sums": [each.to_json() for each in summed(found)],
        "codecs": {label: _described(codec) for label, codec in codecs.items()},
        "files": written,
    }
    output.result(value, [*aligned(table_of(found)), "", LEGEND, "", *about, *_counted(written, out)])


def _parts(text: str) -> list[str]:
    """What stands between commas, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _options(names: Sequence[str], sets: Sequence[str]) -> dict[str, dict[str, str]]:
    """The options of each codec. Raises UsageError, UnknownName where no codec has one."""
    known = {name: _known(name) for name in names}
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for text in sets:
        place, equals, value = text.partition("=")
        codec, _, option = place.strip().rpartition(".")
        if not equals or not option:
            raise UsageError(f"--set {text}: OPTION=VALUE is needed, such as pedal=stream")
        if codec and codec not in names:
            raise UnknownName("codec", codec, names, f"(--set {text}: one of --codec)")
        having = [name for name in ([codec] if codec else names) if option in known[name]]
        if not having:
            options = {each for name in names for each in known[name]}
            raise UnknownName("option", option, options, f"(of codec {codec or ', '.join(names) or 'of no --codec'})")
        for name in having:
            found[name][option] = value.strip()
    return found


def _known(name: str) -> list[str]:
    """The options of a codec."""
    from ..codecs import CODECS

    return [f.name for f in fields(CODECS[name]) if f.init]  # type: ignore[arg-type]


def _made(name: str, options: Mapping[str, str]) -> "Codec":
    """A codec with options as they are typed. Raises UsageError, UnknownName."""
    from ..recipe import from_dict

    return from_dict({"codec": {"name": name, **options}}).codec


def _fitted(model: str, runs: str) -> "tuple[str, Codec]":
    """The codec of a model, with what it learnt, and its label."""
    from .. import zoo
    from ..checkpoint import whole_recipe

    codec = whole_recipe(zoo.find(model, zoo.runs_home(runs))).codec
    return f"{Path(model).absolute().name}-{codec.name}", codec


def _checked_places(files: Sequence[Path], codecs: "Codecs", out: Path | None) -> dict[tuple[Path, str], Path | None]:
    """Where what comes of each file by each codec is written, without suffix. Raises UsageError."""
    if not files:
        raise UsageError("translate needs a MIDI file: partimento translate song.mid --codec notes")
    if out is None:
        return {(file, label): None for file in files for label in codecs}
    return dict(places(files, list(codecs), checked_folder("--out", out)))


def _scores(files: Sequence[Path], output: Output) -> "dict[Path, Score]":
    """The music of each file. Raises InputError, UsageError where there is none."""
    from .. import midi

    scores = {}
    for file in files:
        score, report = midi.read_isolated(file, midi.PRIMER_LIMITS)
        if not len(score):
            raise UsageError(f"{file}: has no notes, so there is nothing to translate")
        for line in report.lines() if report.changes else ():
            output.say(line)
        scores[file] = score
    return scores


def _learnt(codecs: "Codecs", scores: "Scores", output: Output) -> "dict[str, Codec]":
    """The same, those with a vocabulary to learn, and none learnt yet, with that of ``scores``."""
    from ..codecs import CODECS

    found = dict(codecs)
    for label in [label for label in codecs if label in CODECS]:
        found[label] = codecs[label].fit(scores.values())
        if found[label] is not codecs[label]:
            output.say(f"{label}: {WITHOUT_MODEL}")
    return found


def _translated(
    scores: "Scores", codecs: "Codecs", stems: Mapping[tuple[Path, str], Path | None], output: Output
) -> "tuple[list[Translation], list[str]]":
    """Every file by every codec, and the files that were written of it."""
    from ..evaluate.translation import measured, spoken

    found, written = [], []
    with output.progress("translating") as update:
        for done, ((file, label), stem) in enumerate(stems.items(), 1):
            codec, score = codecs[label], scores[file]
            said = spoken(codec, score)
            found.append(measured(str(file), label, codec, score, said))
            written += write(stem, file.stem, label, score, said) if stem else []
            update(done / len(stems), f"{file.name}: {label}")
    return found, written


def _counted(written: Sequence[str], out: Path | None) -> list[str]:
    return [f"{len(written)} files in {out}"] if written else []


def _described(codec: "Codec") -> dict[str, Any]:
    from ..evaluate.translation import vocabulary

    sizes = vocabulary(codec)
    said = {"vocabulary": sizes, "ids": sum(sizes.values()), "unsaid": list(codec.unsaid)}
    return {"name": codec.name, "options": _chosen(codec), "fitted": codec.fingerprint, **said}


def _chosen(codec: "Codec") -> dict[str, Any]:
    return {name: getattr(codec, name) for name in _known(codec.name)}
