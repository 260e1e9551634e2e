"""The XML form of the messages (CCSDS 505.0-B-3, not re-read), with the line of each element."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from xml.parsers import expat

from yaan.base.errors import InputError
from yaan.formats.leaf import USER, Leaf, Message, Part
from yaan.formats.source import Source

MESSAGES: Final = ("oem", "opm", "omm")

_DEEPEST: Final = 32  # elements within each other; a message has six


@dataclass(slots=True)
class Node:
    """An element: its tag without a namespace, attributes, text, children, and line."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list["Node"])

    def all(self, tag: str) -> list["Node"]:
        """The children of a tag."""
        return [child for child in self.children if child.tag == tag]

    def leaves(self) -> Iterator[Leaf]:
        """Everything below that has no children, in order."""
        for child in self.children:
            if child.children:
                yield from child.leaves()
            else:
                yield child.leaf()

    def leaf(self) -> Leaf:
        """This element as a keyword."""
        name = self.attributes.get("parameter") if self.tag == "USER_DEFINED" else None
        key = self.tag if name is None else f"{USER}{name}"
        return Leaf(key, self.text.strip(), self.attributes.get("units", ""), self.line)


def tree_of(source: Source) -> Node:
    """The root element of a text.

    Raises:
        InputError: no XML, or one with a document type: entities can be made to fill a memory.
    """
    parser = expat.ParserCreate("UTF-8")  # as the text was read, whatever it says
    parser.buffer_text = True
    root, stack = Node("", {}, 0), list[Node]()

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > _DEEPEST:
            raise source.refusal(parser.CurrentLineNumber, tag, None, "an NDM: too deep for one")
        node = Node(tag.rpartition(":")[2], attributes, parser.CurrentLineNumber)
        (stack[-1] if stack else root).children.append(node)
        stack.append(node)

    def end(_: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].text += data

    def doctype(*_: object) -> None:
        line = parser.CurrentLineNumber
        raise source.refusal(line, "DOCTYPE", None, "XML without a document type")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(source.text.encode("utf-8"), True)
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, "")
        raise source.refusal(error.lineno, "", None, "well-formed XML", reason) from error
    return root.children[0]


def message_nodes(source: Source) -> list[Node]:
    """The messages of a text, alone or within `ndm`.

    Raises:
        InputError: no message that is known.
    """
    root = tree_of(source)
    nodes = (
        [node for node in root.children if node.tag != "COMMENT"] if root.tag == "ndm" else [root]
    )
    for node in nodes:
        if node.tag not in MESSAGES:
            hint = f"known: {', '.join(MESSAGES)}"
            raise source.refusal(node.line, node.tag, None, "a message that is read", hint)
    if not nodes:
        raise source.refusal(root.line, root.tag, None, "a message within")
    return nodes


def version_of(source: Source, node: Node) -> str:
    """The version of a message, as its element says."""
    wanted = f"CCSDS_{node.tag.upper()}_VERS"
    if node.attributes.get("id") != wanted:
        value = node.attributes.get("id")
        raise source.refusal(node.line, f"{node.tag}.id", value, wanted)
    return node.attributes.get("version", "")


def messages(source: Source) -> list[Message]:
    """The messages of a text as keywords alone; of OPM and OMM."""
    return [
        Message(node.tag, version_of(source, node), node.line, tuple(node.leaves()))
        for node in message_nodes(source)
    ]


def only(source: Source, node: Node, tag: str) -> Node:
    """The one child of a tag.

    Raises:
        InputError: none, or two.
    """
    found = node.all(tag)
    if len(found) != 1:
        line = found[1].line if found else node.line
        raise refusal_of_count(source, line, tag, len(found))
    return found[0]


def refusal_of_count(source: Source, line: int, tag: str, count: int) -> InputError:
    """The error about an element that must stand once."""
    return source.refusal(line, tag, None, f"one element {tag}, not {count}")


Segment = tuple[Part, Sequence[Part]]
"""Metadata and the parts of the data."""


def element(kind: str, version: str, header: Part, segments: Iterable[Segment]) -> Element:
    """A message as an element."""
    top = Element(kind, {"id": f"CCSDS_{kind.upper()}_VERS", "version": version})
    _fill(SubElement(top, "header"), header.leaves)
    body = SubElement(top, "body")
    for metadata, parts in segments:
        segment = SubElement(body, "segment")
        _fill(SubElement(segment, "metadata"), metadata.leaves)
        data = SubElement(segment, "data")
        for part in parts:
            if part.leaves:
                _fill(SubElement(data, part.tag) if part.tag else data, part.leaves)
    return top


def _fill(parent: Element, leaves: Iterable[Leaf]) -> None:
    for leaf in leaves:
        attributes = {"units": leaf.unit} if leaf.unit else {}
        tag = leaf.key
        if leaf.key.startswith(USER):
            tag, attributes = "USER_DEFINED", {"parameter": leaf.key.removeprefix(USER)}
        SubElement(parent, tag, attributes).text = leaf.value


def xml_text(root: Element) -> str:
    """An element as a document."""
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'
