"""Tables of samples that `dispersions` refer to, read where the mission is resolved.

`table: {file: mass.csv, column: m}` becomes `table: {values: [..], source: ..}`: a resolved mission
has all its numbers in it. A table is comma-separated, its first row names the columns.
"""

import csv
import io
import math
from pathlib import Path
from typing import Final

from yaan.base import InputError, Problem, nearest, quote
from yaan.mission.file.library import bytes_of
from yaan.mission.file.read import decode
from yaan.mission.file.tree import Address, Node, children, dotted

_BLOCK: Final = "dispersions"
_EXAMPLE: Final = "a path that ends in .csv"


def with_samples(node: Node, problems: list[Problem], lost: set[Address]) -> Node:
    """The tree of a mission with the values of its tables in it.

    Args:
        node: its root.
        problems: gets one for each table that cannot be read.
        lost: gets the address of each entry that has such a table.
    """
    block = node.child(_BLOCK)
    if block is None:
        return node
    changed: dict[str, Node] = {}
    for key, entry in children(block).items():
        table = entry.child("table")
        if table is None or (table.child("file") is None and table.child("column") is None):
            continue
        try:
            read = _read(table, (_BLOCK, key, "table"))
            changed[key] = entry.with_value({**children(entry), "table": read})
        except InputError as error:
            problems += error.problems
            lost.add((_BLOCK, key))
            changed[key] = entry.with_value(None)
    if not changed:
        return node
    made = block.with_value({**children(block), **changed})
    return node.with_value({**children(node), _BLOCK: made})


def _read(table: Node, path: Address) -> Node:
    """A table with the values of its file.

    Raises:
        InputError: what is wrong with it, or with the file.
    """
    parts = children(table)
    for name in ("file", "column"):
        if not isinstance((parts[name] if name in parts else table).value, str):
            expected = _EXAMPLE if name == "file" else "the name of a column of the file"
            raise _wrong(table, parts.get(name), (*path, name), expected)
    if "values" in parts:
        raise _wrong(table, parts["values"], (*path, "values"), "nothing beside file")
    file, column = parts["file"], parts["column"]
    name = str(file.value)
    folder = file.source.folder
    if folder is None or not name.endswith(".csv"):
        raise _wrong(table, file, (*path, "file"), _EXAMPLE)
    try:
        text = decode(bytes_of(folder / name, name), name)
    except (OSError, ValueError) as error:
        hint = getattr(error, "strerror", None) or "its name is not one of a file"
        looked = f"{hint}; looked in {Path(folder).absolute()}"
        raise _wrong(table, file, (*path, "file"), "a file that can be read", looked) from error
    except InputError as error:
        told = error.problems[0]
        raise _wrong(table, file, (*path, "file"), told.expected, told.hint) from error
    rows = list(csv.reader(io.StringIO(text)))
    heads = [head.strip() for head in rows[0]] if rows else []
    if column.value not in heads:
        hint = nearest(str(column.value), heads)
        raise _wrong(table, column, (*path, "column"), f"a column of {name}", hint)
    at = heads.index(str(column.value))
    values = [
        Node(_number(row[at] if at < len(row) else "", name, line), file.source, file.line)
        for line, row in enumerate(rows[1:], 2)
        if any(cell.strip() for cell in row)
    ]
    kept = {key: one for key, one in parts.items() if key not in ("file", "column")}
    source = Node(f"{name}, column {column.value}", file.source, file.line)
    made = Node(values, file.source, file.line)
    return table.with_value({"source": source, **kept, "values": made})


def _number(cell: str, name: str, line: int) -> str | float:
    """A cell: a number, or a text with a unit, which the check reads.

    Raises:
        InputError: nothing, or a number that is none.
    """
    try:
        number = float(cell)
    except ValueError:
        number = None
    if (number is None and cell[:1].isalpha()) or not cell.strip():
        raise InputError(Problem(name, line, "", quote(cell), "a number, or one with a unit"))
    if number is not None and not math.isfinite(number):
        raise InputError(Problem(name, line, "", quote(cell), "a finite number"))
    return cell.strip() if number is None else number


def _wrong(
    table: Node, node: Node | None, path: Address, expected: str, hint: str = ""
) -> InputError:
    """A mistake at a key of a table, or at the table where the key is left out."""
    place = table if node is None else node
    value = "" if node is None else quote(node.plain())
    told = expected if node is not None else f"required: {expected}"
    return InputError(
        Problem(place.source.label, place.line, dotted(path, None), value, told, hint)
    )
