"""YAML 1.2 text to nodes with line numbers.

Built from parser events, in one pass and without recursion: no tag is ever executed, and what a
mission file has no use for (tags, anchors, aliases, several documents) is refused by name.
"""

import re
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from yaan.base import InputError, Problem, quote
from yaan.mission.file.tree import Node, Origin, Scalar

LARGEST: Final = 1_000_000
"""Bytes of a file that are too many: a mission is some kilobytes, so this is a wrong file."""

_MOST_VALUES: Final = 50_000  # of one file; the largest of the library has a thousand
_DEEPEST: Final = 40  # levels of nesting; the format needs nine
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,300}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
# What YAML has no place for, as it stands in a file.
_UNREADABLE: Final = re.compile(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
# A word, a number or a quantity, as most overrides are: no parser is asked for it.
_SIMPLE: Final = re.compile(r"[-+]?\.?[A-Za-z0-9][A-Za-z0-9.+/^-]*( [A-Za-z0-9.+/^%-]+)*")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # all but tab and line feed
# What the parser was reading -> what is wrong where that was opened.
_OPENED: Final = {
    "while parsing a flow mapping": "the { of this line is not closed, or a comma is missing,",
    "while parsing a flow sequence": "the [ of this line is not closed, or a comma is missing,",
    "while scanning a quoted scalar": "the quote of this line is not closed",
}
_LINES: Final = "this does not go on from the lines above: look at its indentation and its quotes"
_SIGN: Final = "quote a text that begins with such a character"
_ESCAPE: Final = "in double quotes a \\ begins an escape: write \\\\, or single quotes"
_COLON: Final = "could not find expected ':'"
# The parser's words, and ours.
_REASONS: Final = (
    (_COLON, "a colon and a space are missing between a key and its value"),
    ("mapping values are not allowed", 'quote a text with ": " in it, and look at the indentation'),
    ("expected <block end>", _LINES),
    ("are not allowed here", _LINES),
    ("expected '<document start>'", _LINES),
    ("that cannot start any token", _SIGN),
    ("expected alphabetic or numeric", _SIGN),
    ("escape", _ESCAPE),
    ("indentation indicator", "quote a text that begins with | or >"),
    ("expected chomping", "quote a text that begins with | or >"),
    ("a comment or a line break", "quote a text that begins with | or >"),
    ("tag handle", _SIGN),
    ("URI", _SIGN),
    ("after document end marker", "remove the line ..."),
    ("node content", "a key or a value is missing"),
    ("unclosed", "a { or a [ is not closed, or a comma is missing"),
    ("but got", "a { or a [ is not closed, or a comma is missing"),
)
_ANY: Final = "look at its indentation, its quotes and its brackets"
_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def decode(raw: bytes, label: str) -> str:
    """Bytes of a file to text: UTF-8 on every platform, with or without a byte order mark.

    Raises:
        InputError: not UTF-8, or far too large.
    """
    if len(raw) >= LARGEST:
        expected = "the file is too large to be a mission"
        raise InputError(Problem(label, None, "", "", expected, "it has 1 MB or more"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        expected = "the file is not text in UTF-8"
        raise InputError(
            Problem(label, line, "", "", expected, "save it as UTF-8, without other encodings")
        ) from error


def read(text: str, source: Origin, *, line: int | None = 1) -> Node:
    """Read one YAML document.

    Args:
        text: the document.
        source: file that the nodes are said to come from.
        line: line of the first line of `text`; None for an override, which has no lines.

    Raises:
        InputError: not well-formed, or with tags, anchors, repeated keys or several documents.
    """
    if _SIMPLE.fullmatch(text):
        return Node(_scalar(text), source, line)
    _refuse_unreadable(text, source, line)
    builder = _Builder(source, line)
    read_to = line
    try:
        reader: Any = YAML(typ="safe", pure=True)
        for event in reader.parse(text):
            builder.take(event)
            read_to = line and event.end_mark.line + line
    except InputError:
        raise
    except MarkedYAMLError as error:
        raise InputError(_malformed(error, source, line)) from error
    except Exception as error:
        # The parser meets broken input with many kinds of exception (ValueError for an escape
        # that is no character, for one). Whatever it is, the file is at fault.
        problem = Problem(source.label, read_to, "", "", "the file is not well-formed YAML", _ANY)
        raise InputError(problem) from error
    return builder.result()


def _refuse_unreadable(text: str, source: Origin, first: int | None) -> None:
    """Tell the line of a character that no YAML may hold.

    Raises:
        InputError: at the first of them.
    """
    found = _UNREADABLE.search(text)
    if found is not None:
        line = None if first is None else text.count("\n", 0, found.start()) + first
        hint = f"the character U+{ord(found[0]):04X} stands here, which no text shows"
        expected = "the file is not well-formed YAML"
        raise InputError(Problem(source.label, line, "", "", expected, hint))


def printable(text: str) -> str:
    """A text whose control characters are written as their escapes.

    Titles and reasons go to terminals and reports: none may move the cursor of its reader.
    """
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class _Builder:
    """Stack machine from parser events to nodes."""

    def __init__(self, source: Origin, first_line: int | None) -> None:
        self._source = source
        self._first = first_line
        self._documents = 0
        self._values = 0
        self._root: Node | None = None
        # One frame for each open collection: what it holds, its line, the key that waits.
        self._open: list[tuple[dict[str, Node] | list[Node], int | None]] = []
        self._keys: list[tuple[str, int | None] | None] = []

    def take(self, event: Any) -> None:
        """Advance by one event."""
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                raise self._error(event, "one document in a file", "remove the line ---")
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._start(event, {} if kind == "MappingStartEvent" else [])
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            value, line = self._open.pop()
            self._keys.pop()
            self._add(value, line)
        elif kind == "ScalarEvent":
            self._scalar(event)
        elif kind == "AliasEvent":
            raise self._error(event, "no aliases", f"write the value of *{event.anchor} out")

    def result(self) -> Node:
        """The finished root; an empty document is a null."""
        return self._root or Node(None, self._source, self._first)

    def _start(self, event: Any, value: dict[str, Node] | list[Node]) -> None:
        self._refuse_magic(event)
        if len(self._open) >= _DEEPEST:
            raise self._error(event, f"at most {_DEEPEST} levels of nesting", "")
        if self._wants_key():
            raise self._error(event, "a word as a key", "")
        self._open.append((value, self._line_of_value(event)))
        self._keys.append(None)

    def _scalar(self, event: Any) -> None:
        self._refuse_magic(event)
        text = printable(event.value)
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise self._error(
                event, "characters that exist", "a lone surrogate stands here"
            ) from None
        if self._wants_key():
            block = self._open[-1][0]
            if text in block:
                raise self._error(event, "each key once", f"{quote(text)} is written twice")
            self._keys[-1] = (text, self._line(event))
            return
        plain = event.style is None and event.implicit[0]
        self._add(_scalar(text) if plain else text, self._line_of_value(event))

    def _add(self, value: Any, line: int | None) -> None:
        self._values += 1
        if self._values > _MOST_VALUES:
            expected = f"at most {_MOST_VALUES} values in a file"
            raise InputError(Problem(self._source.label, line, "", "", f"expected {expected}"))
        node = Node(value, self._source, line)
        if not self._open:
            self._root = node
            return
        block = self._open[-1][0]
        if isinstance(block, list):
            block.append(node)
            return
        key = self._keys[-1]
        assert key is not None  # the parser gives a key before each value
        block[key[0]] = node
        self._keys[-1] = None

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1][0], dict) and self._keys[-1] is None

    def _line(self, event: Any) -> int | None:
        return None if self._first is None else event.start_mark.line + self._first

    def _line_of_value(self, event: Any) -> int | None:
        """Line of the key where there is one: that is where the eye looks."""
        key = self._keys[-1] if self._keys else None
        return key[1] if key is not None else self._line(event)

    def _refuse_magic(self, event: Any) -> None:
        if event.anchor is not None:
            raise self._error(event, "no anchors", f"remove &{event.anchor}")
        if event.tag is not None:
            raise self._error(event, "no tags", f"remove {event.tag}")

    def _error(self, event: Any, expected: str, hint: str) -> InputError:
        key = self._keys[-1][0] if self._keys and self._keys[-1] else ""
        return InputError(
            Problem(self._source.label, self._line(event), key, "", f"expected {expected}", hint)
        )


def _scalar(text: str) -> Scalar:
    """Core schema of YAML 1.2 for an unquoted scalar; a date stays text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def is_text(text: str) -> bool:
    """Whether YAML reads an unquoted scalar as a text, not as a number, a truth value or null."""
    return isinstance(_scalar(text), str)


def _malformed(error: Any, source: Origin, first: int | None) -> Problem:
    """Turn the parser's complaint into a problem with its line."""
    found = error.problem_mark or error.context_mark
    line = None if found is None or first is None else found.line + first
    reason = " ".join(str(error.problem or error.context or "").split())
    start = None if first is None or error.context_mark is None else error.context_mark.line + first
    opened = _OPENED.get(str(error.context))
    if "\\t" in reason:
        hint = "indent with spaces, not with tabs"
    elif opened is not None and start is not None and start != line:
        # The parser stumbles over what follows; the eye looks where it was opened.
        line, hint = start, f"{opened} before line {line}"
    else:
        line = start if reason == _COLON and start is not None else line
        hint = next((words for sign, words in _REASONS if sign in reason), _ANY)
    return Problem(source.label, line, "", "", "the file is not well-formed YAML", hint)
