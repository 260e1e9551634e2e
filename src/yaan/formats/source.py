"""A file as text that knows its name, and refuses what is wrong with a place and a reason."""

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yaan.base.errors import InputError, Problem, quote

LARGEST: Final = 256_000_000
"""Bytes of a file, unpacked, that are read: a year of states each half minute is a tenth of it."""

_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file.

    Attributes:
        label: the file as the user knows it.
        text: what it holds, unpacked.
        digest: SHA-256 of the file as it lies on the disk; "" of a text that is in none.
    """

    label: str
    text: str
    digest: str = ""

    def refusal(
        self, line: int | None, key: str, value: object, expected: str, hint: str = ""
    ) -> InputError:
        """The error to raise; `value` None is a value that is missing."""
        told = "" if value is None else quote(value)
        return InputError(Problem(self.label, line, key, told, expected, hint))


def source_of(path: Path | str, label: str | None = None) -> Source:
    """The text of a file, unpacked where it is compressed by gzip.

    Raises:
        InputError: a file that cannot be read, is too large, or is no text.
    """
    name = str(path) if label is None else label
    blank = Source(name, "")
    try:
        with Path(path).open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise blank.refusal(
            None, "", None, "a file that can be read", str(error.strerror)
        ) from error
    content = _unpacked(blank, raw) if raw.startswith(_GZIP) else raw
    if len(content) > LARGEST:
        raise blank.refusal(None, "", None, f"a file of at most {LARGEST // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise blank.refusal(line, "", None, "a text in UTF-8") from error
    return Source(name, text, hashlib.sha256(raw).hexdigest())


def _unpacked(blank: Source, raw: bytes) -> bytes:
    try:
        # At most so much of it: a few kilobytes can hold gigabytes of zeros.
        unpacker = zlib.decompressobj(wbits=31)
        content = unpacker.decompress(raw, LARGEST + 1)
        if len(content) <= LARGEST and not unpacker.eof:
            raise EOFError
    except (zlib.error, EOFError) as error:
        raise blank.refusal(None, "", None, "a whole file, compressed by gzip") from error
    return content


def packed(text: str) -> bytes:
    """The text compressed by gzip, the same bytes whenever it is done."""
    return gzip.compress(text.encode("utf-8"), mtime=0)
