"""A folder of files that are checked before they are used.

What is kept there between runs is code: read back, it flies. So the folder and each of its files
must belong to the user and be closed to the hands of others, and each file carries a digest of its
name and its content. One that was cut short, altered or put in another's place counts as absent.
"""

import hashlib
import os
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

_MARK: Final = b"yaan kept 1\n"
_PART: Final = ".part-"
_ABANDONED: Final = 3600.0  # [s]: no file takes as long to write
_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH
_READING: Final = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class CacheWarning(UserWarning):
    """Nothing is kept between runs, for the reason that it tells."""


class Kept:
    """The files of one folder by their names; whatever fails is as if nothing were kept.

    Attributes:
        folder: one in which `hindrance` finds nothing amiss.
        taken: how many files were read and found whole.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken = 0

    def read(self, name: str) -> bytes | None:
        """The content of a file, or None where there is none that is whole and the user's own."""
        try:
            # Not blocking, since a pipe by that name would wait for its writer.
            with open(os.open(self.folder / name, _READING), "rb") as file:
                found = os.fstat(file.fileno())
                if not stat.S_ISREG(found.st_mode) or _stranger(found):
                    return None
                whole = file.read()
        except OSError:
            return None
        content = whole[len(_MARK) + hashlib.sha256().digest_size :]
        if whole != _head(name, content) + content:
            return None
        self.taken += 1
        return content

    def write(self, name: str, content: bytes) -> None:
        """Put a complete file in place at once: another process may be reading it."""
        try:
            handle, part = tempfile.mkstemp(prefix=_PART, dir=self.folder)
        except OSError:
            return  # a full disk costs time, not a flight
        try:
            with open(handle, "wb") as file:
                file.write(_head(name, content) + content)
            os.replace(part, self.folder / name)
        except OSError:
            with suppress(OSError):
                os.unlink(part)

    def sweep(self) -> None:
        """Remove what processes that were killed have left half written."""
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name.startswith(_PART) and _abandoned(entry):
                    with suppress(OSError):
                        os.unlink(entry)


def hindrance(folder: Path) -> str | None:
    """Why nothing may be kept in `folder`, named first; None where it may.

    A folder that does not exist is made, for the user alone.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stranger = _stranger(folder.stat())
    except FileExistsError:
        return f"{folder} is not a folder"
    except OSError:
        return f"{folder} cannot be made"
    if stranger:
        return f"{folder} {stranger}"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return f"{folder} cannot be written"
    return None


def _stranger(found: os.stat_result) -> str | None:
    """How somebody else has a hand in a file or folder; known where POSIX tells, else None."""
    if os.name != "posix":
        return None
    if found.st_uid != os.geteuid():
        return "belongs to another user"
    return "may be written by others (chmod go-w)" if found.st_mode & _OTHERS else None


def _head(name: str, content: bytes) -> bytes:
    return _MARK + hashlib.sha256(name.encode() + b"\0" + content).digest()


def _abandoned(entry: os.DirEntry[str]) -> bool:
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime > _ABANDONED
    except OSError:
        return False
