"""Whether a MusicXML document keeps to an XSD: the order of elements, attributes and enumerated values.

The XSD is the one that music21's wheel ships, of MusicXML 2.0: later versions only add to what is checked here.
"""

import re
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

XS = "{http://www.w3.org/2001/XMLSchema}"
LATER = {("rest", "measure")}  # attributes that came with MusicXML 3.0


def shipped():
    """The schema in music21's wheel, or None."""
    found = find_spec("music21")
    return Schema(Path(found.origin).parent / "musicxml" / "musicxml.xsd") if found else None


class Schema:
    """``faults(document)`` lists what the XSD does not allow."""

    def __init__(self, path):
        self.root = ElementTree.parse(path).getroot()
        self.named = {(each.tag, each.get("name")): each for each in self.root}

    def faults(self, document):
        root = ElementTree.fromstring(document)
        return list(self._faults(root, self.named[XS + "element", root.tag]))

    def _faults(self, element, declared):
        kind = declared.find(XS + "complexType")
        kind = self.named.get((XS + "complexType", declared.get("type"))) if kind is None else kind
        if kind is None:
            yield from self._wrong_value(element, declared.get("type"), element.text or "")
            return
        children = "".join(f"<{child.tag}>" for child in element)
        if not re.fullmatch(self._pattern(kind), children):
            yield f"{element.tag}: children {children}"
        known = {each.get("name"): each for each in self._within(kind, "attribute")}
        for name, value in ((n, v) for n, v in element.attrib.items() if (element.tag, n) not in LATER):
            yield from [f"{element.tag}: attribute {name}"] if name not in known else ()
            yield from self._wrong_value(element, known[name].get("type"), value) if name in known else ()
        yield from (
            f"{element.tag}: no {name}"
            for name, each in known.items()
            if each.get("use") == "required" and name not in element.attrib
        )
        for extension in kind.iter(XS + "extension"):
            yield from self._wrong_value(element, extension.get("base"), element.text or "")
        inside = {each.get("name"): each for each in self._within(kind, "element")}
        for child in element:
            yield from self._faults(child, inside[child.tag]) if child.tag in inside else ()

    def _wrong_value(self, element, kind, value):
        declared = self.named.get((XS + "simpleType", kind))
        allowed = [each.get("value") for each in declared.iter(XS + "enumeration")] if declared is not None else []
        if allowed and declared.find(XS + "union") is None and value not in allowed:
            yield f"{element.tag}: {value!r} is no {kind}"

    def _within(self, node, tag):
        """Declarations of elements or attributes inside ``node``, groups and bases followed, nested types not."""
        for each in node:
            if each.tag == XS + tag:
                yield each
            elif each.tag != XS + "element":
                yield from self._within(self._followed(each), tag)
                yield from self._within(each, tag) if self._followed(each) is not each else ()

    def _followed(self, node):
        target = node.get("ref") or node.get("base")
        kinds = (node.tag, XS + "complexType")
        return next((self.named[kind, target] for kind in kinds if (kind, target) in self.named), node)

    def _pattern(self, node):
        if node.tag == XS + "element":
            inner = f"<{node.get('name')}>"
        elif self._followed(node) is not node:
            inner = self._pattern(self._followed(node)) + self._joined(node, "")
        else:
            inner = self._joined(node, "|" if node.tag == XS + "choice" else "")
        low, high = node.get("minOccurs", "1"), node.get("maxOccurs", "1")
        return f"(?:{inner}){{{low},{'' if high == 'unbounded' else high}}}"

    def _joined(self, node, between):
        parts = ("element", "group", "sequence", "choice", "complexContent", "extension")
        return between.join(self._pattern(each) for each in node if each.tag in {XS + part for part in parts})
