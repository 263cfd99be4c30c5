"""A parser that a file can take over: one that begins with ``#`` is Python, which the child runs."""

from partimento.midi.read import parse_packed

CRASH = b"#\nimport os; os.abort()"
GARBAGE = b"#\nimport os; os.write(3, bytes(8))"
DEFECT = b"#\n1 / 0"
HANG = b"#\nimport time; time.sleep(60)"


def parse_or_run(data, name, limits):
    """As ``parse_packed``, but a file that begins with ``#`` is run."""
    if data.startswith(b"#"):
        exec(data)
    return parse_packed(data, name, limits)


def die_sometimes(data, name, limits):
    """As ``parse_packed``, but the process crashes on every third file that it is given."""
    import os

    os.environ["FILES_READ"] = str(int(os.environ.get("FILES_READ", "0")) + 1)
    if int(os.environ["FILES_READ"]) > 2:
        os.abort()
    return parse_packed(data, name, limits)
