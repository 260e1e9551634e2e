"""What stands on the shelves of the library, found without reading YAML, and offered to shells."""

import contextlib
import os
import re
from collections.abc import Iterator
from typing import Annotated, Any

import typer


def complete(incomplete: str) -> list[str]:
    """What a shell offers for a mission: names of the library, files and folders."""
    offered = [name for name, _ in library_titles("missions") if name.startswith(incomplete)]
    folder, typed = os.path.split(incomplete)
    with contextlib.suppress(OSError), os.scandir(folder or ".") as entries:
        for entry in entries:
            if not entry.name.startswith(typed) or (entry.name[0] == "." and not typed):
                continue
            path = os.path.join(folder, entry.name)
            if entry.is_dir():
                offered.append(f"{path}/")
            elif entry.name.endswith((".yaml", ".yml")):
                offered.append(path)
    return sorted(offered)


MissionArgument = Annotated[
    str,
    typer.Argument(help="A name of the library, or a YAML file.", autocompletion=complete),
]


def library_titles(kind: str) -> Iterator[tuple[str, str]]:
    """Name and title of each file on one shelf of the library, by name.

    The title is one line of ours at the left margin; reading it so spares the YAML reader, which
    would take most of the time of `yaan list`.
    """
    for file in sorted(_shelf(kind).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            match = re.search(r"^title:\s*(.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            title = match[1].strip().strip("\"'") if match else ""
            yield file.name.removesuffix(".yaml"), title


def kind_of(name: str) -> str:
    """What kind of file a mission of the library is, read as its title is."""
    text = (_shelf("missions") / f"{name}.yaml").read_text(encoding="utf-8")
    match = re.search(r"^kind:\s*(\w+)$", text, re.MULTILINE)
    return match[1] if match else ""


def _shelf(kind: str) -> Any:
    from importlib.resources import files

    return files("yaan") / "library" / kind
