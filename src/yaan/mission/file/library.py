"""The files that missions are made of: those of the library, and those of the user."""

import functools
import stat
from importlib import resources
from pathlib import Path
from typing import Final

from yaan.base import InputError, Problem, meant, nearest, quote
from yaan.mission.file.read import LARGEST, decode, read
from yaan.mission.file.tree import Node, Origin

_SUFFIXES: Final = (".yaml", ".yml")

# Kind of file -> its folder in the library.
FOLDERS: Final = {
    "mission": "missions",
    "flight": "missions",
    "vehicle": "vehicles",
    "engine": "engines",
    "site": "sites",
    "aerodynamics": "aerodynamics",
    "entry": "missions",
    "body": "missions",
    "orbit": "missions",
    "spacecraft": "spacecraft",
    "capsule": "capsules",
    "parachutes": "parachutes",
    "zone": "zones",
    "station": "stations",
    "limits": "limits",
    "propellant": "propellants",
    "escape": "escapes",
}


def names(kind: str = "mission") -> list[str]:
    """Names of the library's files of one kind, sorted."""
    folder = resources.files("yaan") / "library" / FOLDERS[kind]
    if not folder.is_dir():
        return []
    return sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".yaml"))


def library_text(kind: str, name: str) -> str:
    """Text of a library file.

    Raises:
        InputError: the library has no such file; the nearest name is the hint.
    """
    known = names(kind)
    if name not in known:
        raise unknown(kind, name, names_of_kind(kind))
    path = resources.files("yaan") / "library" / FOLDERS[kind] / f"{name}.yaml"
    return path.read_bytes().decode("utf-8")


def unknown(kind: str, name: str, known: list[str]) -> InputError:
    """The error of a name that the library does not have; the nearest of `known` is its hint."""
    return InputError(Problem("", None, "", quote(name), wanted(kind), nearest(name, known)))


def names_of_kind(kind: str) -> list[str]:
    """Names of the library's files that say that they are of one kind, sorted."""
    return [name for name in names(kind) if _is_of_kind(name, kind)]


def _is_of_kind(name: str, kind: str) -> bool:
    """Whether a file says that it is of a kind; some kinds share a folder."""
    path = resources.files("yaan") / "library" / FOLDERS[kind] / f"{name}.yaml"
    return f"\nkind: {kind}\n" in path.read_text(encoding="utf-8")


def wanted(kind: str) -> str:
    """What a reference must be, in words."""
    what = {
        "engine": "an engine",
        "entry": "an entry",
        "spacecraft": "a spacecraft",
        "aerodynamics": "a table of force coefficients",
        "parachutes": "a parachute train",
        "limits": "limits of a crew",
    }
    return f"{what.get(kind, f'a {kind}')} from the library, or a path that ends in .yaml"


@functools.cache
def library_node(kind: str, name: str) -> Node:
    """Read a library file, once in a process; nodes are never changed, so all can share it."""
    text = library_text(kind, name)
    return read(text, Origin(f"{FOLDERS[kind]}/{name}.yaml", None))


def user_node(path: Path, origin: Origin) -> Node:
    """Read a file of the user; `origin` says what it is called.

    Raises:
        InputError: no such file, or one that cannot be read; without a place, for the caller.
    """
    label = origin.label
    if not path.name.endswith(_SUFFIXES):
        # Nothing but mission files is opened, whatever a file from a stranger refers to.
        raise InputError(Problem("", None, "", quote(label), "a path that ends in .yaml"))
    try:
        raw = bytes_of(path, label)
    except FileNotFoundError:
        beside = sorted(path.parent.glob("*.yaml")) if path.parent.is_dir() else []
        # By their stems: the suffix alone would make all of them alike.
        close = meant(path.stem, [file.stem for file in beside])
        hint = f"{close[:-1]}.yaml?" if close else f"looked in {path.parent.absolute()}"
        raise InputError(Problem("", None, "", quote(label), "a file that exists", hint)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not one of a file"
        problem = Problem("", None, "", quote(label), "a file that can be read", reason)
        raise InputError(problem) from error
    return read(decode(raw, label), origin)


def bytes_of(path: Path, label: str) -> bytes:
    """What a plain file holds, so far as it may be a mission, or a table of one.

    Raises:
        InputError: a folder, or a pipe or a device, which might never end.
        OSError: it cannot be read.
        ValueError: no file can have the name.
    """
    found = path.stat()
    kind = found.st_mode
    if not stat.S_ISREG(kind):
        what = "it is a folder" if stat.S_ISDIR(kind) else "it is a pipe or a device"
        problem = Problem("", None, "", quote(label), "a file that can be read", what)
        raise InputError(problem)
    if found.st_size == 0:
        return b""  # what a kernel offers as an empty file may keep its reader waiting
    with path.open("rb") as file:
        return file.read(LARGEST)


def is_path(text: str) -> bool:
    """Whether a reference is meant as a path, not as a name from the library."""
    return text.endswith(_SUFFIXES) or "/" in text or "\\" in text
