"""The files that notation comes in, down to their text: plain, or zipped as .mxl is."""

import zipfile
from io import BytesIO
from xml.etree import ElementTree

from ..errors import InputError

KINDS = {".musicxml": "musicxml", ".xml": "musicxml", ".mxl": "mxl", ".krn": "kern"}
MOST_BYTES = 16 * 2**20  # of a file, and of what is zipped in it
CONTAINER = "META-INF/container.xml"
ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}  # by the mark in front; UTF-8 otherwise


def text_of(data: bytes, kind: str) -> str:
    """The MusicXML or kern in the bytes of a file. Raises InputError where it is none, or could grow on being read."""
    text = _decoded(_unzipped(data) if kind == "mxl" or data[:4] == b"PK\3\4" else data)
    if kind == "kern":
        if "**kern" not in text:
            raise InputError("the file has no **kern spine; check that it is a Humdrum file", "damaged")
        return text
    if "<!ENTITY" in text:
        raise InputError("the file declares XML entities, which are not read; export it anew", "damaged")
    if "<score-timewise" in text:
        raise InputError("the file is MusicXML timewise, which is not read; export it as partwise", "damaged")
    if "<score-partwise" not in text:
        raise InputError("the file is no MusicXML score; export one from your notation program", "damaged")
    return text


def _decoded(data: bytes) -> str:
    encoding = ENCODINGS.get(data[:2], "utf-8-sig")
    return data.decode(encoding, errors="replace").replace("\r\n", "\n")


def _unzipped(data: bytes) -> bytes:
    """The score in a .mxl, as its container names it."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            container = ElementTree.fromstring(_member(archive, CONTAINER))
            root = next(each for each in container.iter() if each.tag.endswith("rootfile"))
            return _member(archive, root.attrib["full-path"])
    except (zipfile.BadZipFile, KeyError, StopIteration, ElementTree.ParseError, OSError, NotImplementedError) as error:
        raise InputError(f"the file is no whole .mxl ({type(error).__name__}); export it anew", "damaged") from None


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        data = member.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InputError(f"{name} unpacks to more than {MOST_BYTES // 2**20} MB: too large for a score", "too-large")
    return data
