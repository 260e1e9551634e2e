"""Where results go is looked at before they are worked out: a flight may take minutes."""

import os
from pathlib import Path


def require_folder(folder: Path, option: str) -> None:
    """Refuse a folder that can neither be written in nor be made; nothing is made here.

    Args:
        folder: where something is to be written.
        option: the option that named it, as "--out".

    Raises:
        InputError: a file stands in its way, or its place cannot be written in.
    """
    reason = _unnameable(folder)
    if not reason:
        there = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
        reason = _obstacle(there)
    if reason:
        _refuse(folder, option, "a folder that can be made or written in", reason)


def require_file(path: Path, option: str) -> None:
    """Refuse a file that cannot be written; its folder is not made.

    Args:
        path: what is to be written.
        option: the option that named it, as "--html".

    Raises:
        InputError: a folder has its name, or it has no folder that can be written in.
    """
    reason = _unnameable(path)
    if not reason:
        reason = f"{path} is a folder" if path.is_dir() else _obstacle(path.parent)
    if reason:
        _refuse(path, option, "a file that can be written", reason)


def _unnameable(path: Path) -> str:
    """Why no file can have this path, such as a name that is too long; "" if one can."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return str(error.strerror)
    return ""


def _obstacle(folder: Path) -> str:
    """Why nothing can be written into a folder; "" if it can."""
    import tempfile

    if not folder.is_dir():
        return f"{folder} is no folder"
    try:
        # Only to write tells: permissions say nothing to an administrator, nor of a full disk.
        with tempfile.TemporaryFile(dir=folder):
            return ""
    except OSError as error:
        return f"{folder}: {error.strerror}"


def _refuse(path: Path, option: str, expected: str, reason: str) -> None:
    from yaan.base.errors import InputError, Problem, quote

    raise InputError(Problem(option, None, "", quote(str(path)), expected, reason))
