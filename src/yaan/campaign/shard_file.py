"""One file of draws that have ended, in Parquet, and what tells that it is as it was written.

In its metadata a shard names its campaign and its draws, and holds two BLAKE2b checksums. `content`
is of the columns whatever wrote them, and tells whether two machines found the same. `file` is of
every byte of the file (its own place read as zeros), and tells whether it is as it was written:
Parquet itself notices a flipped bit neither of a number, nor of the least and the largest value by
which a query skips what it need not read.

NaN is kept as NULL, since in SQL NaN is larger than every number and would be counted in all that
is too much; it is read back as the one quiet NaN. All other numbers are read back bit by bit.
"""

import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from yaan.base.errors import OutputError
from yaan.results.store import write_bytes

Values = NDArray[Any]

SCHEMA: Final = 1
CHUNK: Final = 256
"""Draws of a shard, where a campaign says nothing else."""

KINDS: Final = {"float64": np.float64, "int64": np.int64, "bool": np.bool_, "text": np.object_}
"""What a column may hold."""

UNFINISHED: Final = ".draws-*.tmp"
"""Files that a killed process may leave."""

_NAME: Final = re.compile(r"draws-(\d{7,})-(\d{7,})\.parquet")
_OPENING: Final = b'{"kind": "yaan-draws", "file": "'
_DIGEST: Final = 16  # bytes
_ZEROS: Final = b"0" * (2 * _DIGEST)
_MAGIC: Final = b"PAR1"


@dataclass(frozen=True)
class About:
    """Of which campaign shards are.

    Attributes:
        campaign: digest of all that its draws depend on.
        chunk: draws of a shard; the last one may hold fewer.
    """

    campaign: str
    chunk: int = CHUNK


@dataclass(frozen=True)
class Shard:
    """A shard that is as it was written.

    Attributes:
        path: its file.
        about: its campaign.
        draws: numbers of its draws.
        columns: name to kind, of `KINDS`; `draw` is the first.
        content: checksum of the columns.
    """

    path: Path
    about: About
    draws: range
    columns: Mapping[str, str]
    content: str


class DamagedError(Exception):
    """Why a file is not used."""


def name_of(draws: range) -> str:
    """The name of the file of draws; names sort by draws up to 10 million of them."""
    return f"draws-{draws.start:07d}-{draws.stop - 1:07d}.parquet"


def draws_of(name: str) -> range | None:
    """The draws that a file is named for; None if it is no name of a shard."""
    parts = _NAME.fullmatch(name)
    return range(int(parts[1]), int(parts[2]) + 1) if parts else None


def in_order(first: int, columns: Mapping[str, Values]) -> dict[str, Values]:
    """Columns of the kinds that a shard has, `draw` before the others.

    Raises:
        ValueError: they are none, of unequal length, or of another kind; two names differ in case
            alone, which SQL takes for one; or `draw` does not count from `first`.
    """
    made = {name: _of_kind(name, values) for name, values in columns.items()}
    sizes = {len(values) for values in made.values()}
    if len(sizes) != 1 or not max(sizes):
        raise ValueError(f"the columns of a shard have {sorted(sizes)} rows")
    draws = np.arange(first, first + sizes.pop(), dtype=np.int64)
    if not np.array_equal(made.pop("draw", draws), draws):
        raise ValueError(f"the draws of a shard do not count from {first}")
    if len({name.casefold() for name in ("draw", *made)}) != 1 + len(made) or "" in made:
        raise ValueError("two columns of a shard have one name, or one has none")
    return {"draw": draws, **made}


def _of_kind(name: str, given: Values) -> Values:
    values = np.asarray(given)
    kind = {"f": "float64", "i": "int64", "b": "bool", "U": "text", "O": "text"}
    found = kind.get(values.dtype.kind)
    if found is None or values.ndim != 1 or (values.dtype.itemsize > 8 and found != "text"):
        raise ValueError(f"column {name} of a shard is {values.dtype}, {values.ndim}-dimensional")
    made = np.ascontiguousarray(values, KINDS[found])
    if found == "text" and not all(type(text) is str for text in made):
        raise ValueError(f"column {name} of a shard holds what is no text")
    return made


def content_of(columns: Mapping[str, Values]) -> str:
    """Checksum of columns: of their names, kinds and values, in their order.

    Numbers count by their bits, lowest byte first, but that one NaN is like another; texts by
    their lengths and their UTF-8.

    Raises:
        ValueError: a text has no UTF-8.
    """
    digest = blake2b(digest_size=_DIGEST)
    for name, values in columns.items():
        head = json.dumps([name, _kind(values), len(values)]) + "\n"
        digest.update(head.encode())
        if values.dtype == np.object_:
            texts = [text.encode() for text in values]
            digest.update(np.array([len(text) for text in texts], "<u8").tobytes())
            digest.update(b"".join(texts))
        elif values.dtype == np.float64:
            digest.update(np.where(np.isnan(values), np.nan, values).astype("<f8").tobytes())
        else:
            digest.update(values.astype(values.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()


def _kind(values: Values) -> str:
    return next(kind for kind, dtype in KINDS.items() if values.dtype == dtype)


def write(path: Path, columns: Mapping[str, Values], about: About, content: str) -> None:
    """Write a shard, in one step.

    Args:
        path: its file, by the name of its draws.
        columns: from `in_order`.
        about: its campaign.
        content: checksum of the columns.

    Raises:
        OutputError: it cannot be written.
        OSError: the same.
    """
    head = {
        "kind": "yaan-draws",
        "file": _ZEROS.decode(),
        "schema": SCHEMA,
        "campaign": about.campaign,
        "chunk": about.chunk,
        "first": int(columns["draw"][0]),
        "count": len(columns["draw"]),
        "columns": {name: _kind(values) for name, values in columns.items()},
        "content": content,
    }
    told = f"KV_METADATA {{yaan: {literal(json.dumps(head))}}}"
    # One group of rows: a query then skips a shard whole or not at all.
    how = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 10000000, USE_TMP_FILE false, {told}"
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft.tmp")
    duckdb, database = connect(threads=1)
    try:
        database.register("given", dict(columns))
        database.execute(f"COPY given TO {literal(str(draft.absolute()))} ({how})")
        written = bytearray(draft.read_bytes())
        place = _place(written)
        written[place : place + len(_ZEROS)] = _checksum(written, place)
        write_bytes(path, bytes(written))
    except duckdb.IOException as error:
        raise OutputError(f"Cannot write {path}: {_reason(error)}.") from error
    finally:
        database.close()
        with suppress(OSError):  # what made the writing fail may do so again
            draft.unlink(missing_ok=True)


def _checksum(written: bytes | bytearray, place: int) -> bytes:
    """Of all bytes but those of the checksum itself, which count as zeros."""
    digest = blake2b(memoryview(written)[:place], digest_size=_DIGEST)
    digest.update(_ZEROS)
    digest.update(memoryview(written)[place + len(_ZEROS) :])
    return digest.hexdigest().encode()


def _place(written: bytes | bytearray) -> int:
    """Where the checksum of the file stands, in what the shard tells of itself near its end."""
    begin = written.rfind(_OPENING)
    if begin < 0:
        raise DamagedError("it does not tell what it holds")
    return begin + len(_OPENING)


def sound(path: Path, about: About | None = None) -> Shard:
    """The shard that a file is, every byte of it.

    Args:
        path: the file.
        about: the campaign; any if left out.

    Raises:
        DamagedError: it is cut, has other bytes than were written, or is of another schema, another
            campaign or other draws than its name says.
    """
    try:
        written = path.read_bytes()
    except OSError as error:
        raise DamagedError(f"it cannot be read ({error.strerror})") from error
    if not (written.startswith(_MAGIC) and written.endswith(_MAGIC)):
        raise DamagedError("it is cut, or no file of Parquet")
    place = _place(written)
    if _checksum(written, place) != written[place : place + len(_ZEROS)]:
        raise DamagedError("its bytes are not those that were written")
    told = written[place - len(_OPENING) :].decode("latin-1")  # JSON in ASCII, and what follows it
    head: dict[str, Any] = json.JSONDecoder().raw_decode(told)[0]
    if head["schema"] != SCHEMA:
        raise DamagedError(f"it is of schema {head['schema']}, and this Yaan reads {SCHEMA}")
    draws = range(head["first"], head["first"] + head["count"])
    made = Shard(
        path, About(head["campaign"], head["chunk"]), draws, head["columns"], head["content"]
    )
    if draws_of(path.name) != draws:
        raise DamagedError(f"it holds the draws of {name_of(draws)}")
    if about is not None and made.about != about:
        raise DamagedError("it is of another campaign, or of chunks of another size")
    return made


class Reader:
    """Reads rows of shards, by one thread and one connection."""

    def __enter__(self) -> "Reader":
        self._duckdb, self._database = connect(threads=1)
        self._texts: dict[str, str] = {}
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def read(self, shards: Sequence[Shard], names: Sequence[str]) -> dict[str, Values]:
        """Columns of shards that follow each other; equal texts are one object.

        Raises:
            DamagedError: DuckDB does not read them, or reads other draws.
        """
        asked = ", ".join(map(_identifier, dict.fromkeys(["draw", *names])))
        expected = np.concatenate([np.arange(one.draws.start, one.draws.stop) for one in shards])
        try:
            rows = self._database.execute(f"SELECT {asked} FROM {source(shards)}").fetchnumpy()
        except self._duckdb.Error as error:
            raise DamagedError(f"DuckDB cannot read it ({_reason(error)})") from error
        if not np.array_equal(rows["draw"], expected):
            raise DamagedError("its rows are not those of its draws")
        return {name: self._plain(rows[name], shards[0].columns[name]) for name in names}

    def _plain(self, values: Any, kind: str) -> Values:
        if kind == "float64":
            return np.ma.filled(values, np.nan)
        if np.ma.is_masked(values):
            raise DamagedError("a value is missing")
        if kind == "text":
            # Most texts are a few words, told of every draw.
            return np.array([self._texts.setdefault(text, text) for text in values], np.object_)
        return np.asarray(values, KINDS[kind])


def connect(**config: Any) -> tuple[Any, Any]:
    """DuckDB, and a database of its own in memory.

    It fetches no extension, and sees no variable of Python. It is imported here, since no other
    verb needs it.
    """
    import duckdb

    usual = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    untyped = cast(Any, duckdb)
    return untyped, untyped.connect(":memory:", config={**usual, **config})


def source(shards: Sequence[Shard]) -> str:
    """What SQL selects from, for the rows of shards."""
    return f"read_parquet({paths(shards)})"


def paths(shards: Sequence[Shard]) -> str:
    """The files of shards as a list of SQL."""
    return "[" + ", ".join(literal(str(shard.path.absolute())) for shard in shards) + "]"


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _reason(error: Exception) -> str:
    """The operating system's words in an error of DuckDB, or the end of its first line."""
    number = re.search(r'"errno":"(\d+)"', str(error))
    return os.strerror(int(number[1])) if number else str(error).splitlines()[0].split(": ")[-1]
