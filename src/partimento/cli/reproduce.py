"""``partimento reproduce``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from ..errors import UsageError, WorkFailed
from .console import Output
from .options import checked_folder


def reproduce(
    file: Path,
    /,
    *,
    model: Annotated[str, Parameter(help="where its model is: a run or a folder; by default looked up by name")] = "",
    out: Annotated[Path | None, Parameter(help="write what was made again to this file")] = None,
    commercial: Annotated[bool, Parameter(help="refuse weights whose data forbid it", negative="")] = False,
    runs: Annotated[str, Parameter(help="where your own runs are")] = "",
    output: Output = Output(),
) -> None:
    """Compose a file again from what it says of itself, and say whether every byte is the same.

    Exit status 1 where it is not, with the parts that differ.

    Parameters
    ----------
    file
        A file that Partimento composed: .mid, .json, .musicxml; sound or picture with its .json beside it.
    """
    if out is not None:
        _check_out(out, file)
    from ..compose.reproduction import reproduce as composed_again
    from ..store import write_atomically

    with output.progress("composing again") as update:
        found = composed_again(file, model, runs or None, commercial, lambda share: update(share, ""))
    told = found.to_json()
    output.say(f"{told['model']}, weights {told['weights_sha256'][:12]}, seed {told['seed']}: {told['licence']}")
    for name in found.carried:
        output.say(f"{name}: taken over as the file has it; composing does not make it")
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(out, found.data)
    output.result(told, [f"{file}: same bytes"] if found.same else [f"differs: {each}" for each in found.differences])
    if not found.same:
        raise WorkFailed(f"{file}: not the same bytes")


def _check_out(out: Path, file: Path) -> None:
    """Raise UsageError for a file that cannot be written, or that is the one to be reproduced."""
    checked_folder("--out", out.parent)
    if out.suffix.lower() != file.suffix.lower():
        raise UsageError(f"--out {out}: what is made again is a {file.suffix or 'file without suffix'} as {file} is")
    if out.is_dir():
        raise UsageError(f"--out {out}: is a folder; name a file")
    if file.exists() and out.exists() and out.samefile(file):
        raise UsageError(f"--out {out}: is the file that is reproduced; choose another name")
