"""The draws of a campaign that have ended, as Parquet files of a chunk of draws each.

`shards/draws-0000000-0000255.parquet` holds draws 0 to 255, a row a draw. Which draws share a file
depends on their numbers and the size of a chunk alone, so that any process may write any chunk, in
any order, and a campaign that was killed goes on with the chunks it lacks. A shard comes into being
in one step: a killed process leaves it whole or not at all. A file that is not as it was written
(`shard_file`) is told of and kept; it is neither read nor counted nor overwritten.
"""

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from yaan.base.errors import InputError, OutputError, Problem, YaanError, nearest, quote
from yaan.campaign.shard_file import (
    KINDS,
    UNFINISHED,
    About,
    DamagedError,
    Reader,
    Shard,
    Values,
    connect,
    content_of,
    draws_of,
    in_order,
    name_of,
    paths,
    sound,
    source,
    write,
)

FOLDER: Final = "shards"

_TOGETHER: Final = 65_536  # rows that are read at once


@dataclass(frozen=True)
class Damage:
    """A file with the name of a shard that is not used, and why."""

    path: Path
    reason: str

    def sentence(self) -> str:
        """File and reason in one line."""
        return f"{self.path.name} is not used: {self.reason}."


@dataclass(frozen=True)
class Survey:
    """What a folder has: sound shards in the order of their draws, and damaged ones."""

    shards: tuple[Shard, ...]
    damaged: tuple[Damage, ...]


@dataclass(frozen=True)
class Answer:
    """What SQL found.

    Attributes:
        names: of the columns.
        rows: as Python has them, NULL as None.
        more: there are rows beyond those that were asked for.
        damaged: shards whose draws are not among what was asked.
    """

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    more: bool
    damaged: tuple[Damage, ...]


def write_shard(
    folder: Path | str, first: int, columns: Mapping[str, Values], about: About
) -> Path:
    """Write draws `first` and on below `folder`, in one step; returns the file.

    A sound shard that it makes longer, as where a campaign is given more draws, is removed after
    it. Nothing is done where the same is written already.

    Args:
        folder: of the campaign; `shards` is made in it.
        first: number of the first draw, a multiple of the chunk.
        columns: name to values, as many as draws: floats, integers, truths, or texts (`str`).
            `draw` is added where it lacks.
        about: the campaign.

    Raises:
        OutputError: it cannot be written, or another file is in its place.
        ValueError: the columns are none, are of unequal length or of another kind, or the draws
            are no chunk.
    """
    made = in_order(first, columns)
    draws = range(first, first + len(made["draw"]))
    if first < 0 or first % about.chunk or len(draws) > about.chunk:
        raise ValueError(f"draws {first} to {draws.stop - 1} are no chunk of {about.chunk}")
    path = Path(folder) / FOLDER / name_of(draws)
    content = content_of(made)
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            _settle(path.parent.parent)
        if os.path.lexists(path):
            _require_same(path, about, content)
            return path
        write(path, made, about, content)
        _settle(path.parent)
        for shorter in _listed(path.parent):
            held = draws_of(shorter.name)
            if held and held.start == first and held.stop < draws.stop and _is(shorter, about):
                shorter.unlink()
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {error.strerror}.") from error
    return path


def _require_same(path: Path, about: About, content: str) -> None:
    try:
        same = sound(path, about).content == content
        reason = "it holds other values of the same draws"
    except DamagedError as error:
        same, reason = False, str(error)
    if not same:
        raise OutputError(f"Cannot write {path}: a file is there already, and {reason}.")


def _is(path: Path, about: About) -> bool:
    try:
        sound(path, about)
    except DamagedError:
        return False
    return True


def _settle(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some file systems do not
            raise
    finally:
        os.close(handle)


def _listed(folder: Path) -> list[Path]:
    """Files by the name of shards: by their first draw, of one first draw the longest first."""
    try:
        names = os.listdir(folder) if folder.is_dir() else []
    except OSError as error:
        raise YaanError(f"Cannot read {folder}: {error.strerror}.") from error
    found = [(draws, name) for name in names if (draws := draws_of(name)) is not None]
    return [folder / name for _, name in sorted(found, key=lambda x: (x[0].start, -x[0].stop))]


def survey(folder: Path | str, about: About | None = None) -> Survey:
    """Look at every byte of every shard of a campaign.

    Ignores: files of other names, and with them what a killed process left half; and a shard of
    which a longer one holds all.

    Args:
        folder: of the campaign.
        about: the campaign; that of the first sound shard where it is left out.

    Raises:
        YaanError: the folder cannot be read.
    """
    shards: list[Shard] = []
    damages: list[Damage] = []
    for path in _listed(Path(folder) / FOLDER):
        try:
            one = sound(path, about)
            about = one.about
            if shards and one.draws.start == shards[-1].draws.start:
                continue  # chunks of one size overlap in no other way
            if shards and list(one.columns.items()) != list(shards[0].columns.items()):
                raise DamagedError(f"its columns are not those of {shards[0].path.name}")
            shards.append(one)
        except DamagedError as error:
            damages.append(Damage(path, str(error)))
    return Survey(tuple(shards), tuple(damages))


def shards_of(folder: Path | str, about: About | None = None) -> list[Shard]:
    """The sound shards, in the order of their draws; see `survey`."""
    return list(survey(folder, about).shards)


def finished(folder: Path | str, about: About | None = None) -> list[range]:
    """The draws of the sound shards, in order; see `survey`."""
    return [shard.draws for shard in shards_of(folder, about)]


def damaged(folder: Path | str, about: About | None = None) -> list[Damage]:
    """The files that have the name of a shard and are not used; see `survey`."""
    return list(survey(folder, about).damaged)


def set_aside(path: Path) -> Path:
    """Rename a damaged shard, so that its draws can be flown again; returns its new place.

    Raises:
        OutputError: it cannot be renamed.
    """
    number, aside = 1, path.with_name(f"{path.name}.damaged")
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}.{number}.damaged")
    try:
        path.rename(aside)
    except OSError as error:
        raise OutputError(f"Cannot rename {path}: {error.strerror}.") from error
    return aside


def tidy(folder: Path | str) -> None:
    """Remove what killed processes left half; only while nobody writes into the folder."""
    for left in (Path(folder) / FOLDER).glob(UNFINISHED):
        with suppress(OSError):  # it takes room, and does no harm
            left.unlink()


def read_shard(path: Path, about: About | None = None) -> dict[str, Values]:
    """The columns of one shard.

    Raises:
        YaanError: it is damaged or of another campaign; with file and reason.
    """
    try:
        shard = sound(path, about)
        with Reader() as reader:
            columns = reader.read([shard], list(shard.columns))
        if content_of(columns) != shard.content:
            raise DamagedError("its columns are not those that were written")
    except DamagedError as error:
        raise YaanError(Damage(path, str(error)).sentence()) from error
    return columns


def columns_of(
    folder: Path | str, names: Iterable[str] | None = None, about: About | None = None
) -> dict[str, Values]:
    """Columns of all sound shards, in the order of the draws.

    Takes little more memory than what it returns; equal texts are one object.
    Ignores: damaged shards; `survey` tells of them.

    Args:
        folder: of the campaign.
        names: which columns; all if left out.
        about: the campaign; that of the first sound shard where it is left out.

    Raises:
        InputError: there is no such column.
        YaanError: there is no sound shard, or the folder cannot be read.
    """
    shards = _some(folder, about).shards
    kinds = shards[0].columns
    chosen = list(kinds) if names is None else list(dict.fromkeys(names))
    for name in chosen:
        if name not in kinds:
            hint = nearest(name, kinds)
            raise InputError(Problem(str(folder), None, "", quote(name), "a column of it", hint))
    size = sum(len(shard.draws) for shard in shards)
    made: dict[str, Values] = {name: np.empty(size, KINDS[kinds[name]]) for name in chosen}
    done = 0
    with Reader() as reader:
        for batch in _batches(shards):
            try:
                read = reader.read(batch, chosen)
            except DamagedError as error:
                told = f"{batch[0].path} to {batch[-1].path.name}"
                raise YaanError(f"Cannot read {told}: {error}.") from error
            count = sum(len(shard.draws) for shard in batch)
            for name, values in read.items():
                made[name][done : done + count] = values
            done += count
    return made


def _some(folder: Path | str, about: About | None) -> Survey:
    """The survey of a folder that has a sound shard."""
    made = survey(folder, about)
    if not made.shards:
        told = "".join(f" {one.sentence()}" for one in made.damaged)
        raise YaanError(f"{folder} has no draws in {FOLDER} that can be read.{told}")
    return made


def _batches(shards: Sequence[Shard]) -> Iterator[list[Shard]]:
    batch: list[Shard] = []
    rows = 0
    for shard in shards:
        if batch and rows + len(shard.draws) > _TOGETHER:
            yield batch
            batch, rows = [], 0
        batch.append(shard)
        rows += len(shard.draws)
    yield batch


def query(folder: Path | str, sql: str, most: int | None = None) -> Answer:
    """What one SELECT finds in the draws of a campaign, the table `draws`.

    SQL that comes from anybody does no harm: nothing is written, no other file and no address is
    opened, and no extension is loaded. Ignores: damaged shards, which it names.

    Args:
        folder: of the campaign.
        sql: one statement of DuckDB that reads.
        most: rows at the most; all if left out.

    Raises:
        YaanError: it is no such statement, with the words of DuckDB; or there is no sound shard.
    """
    surveyed = _some(folder, None)
    duckdb, database = connect(temp_directory="", python_enable_replacements=False)
    try:
        # A view reads its files when it is asked: these stay open to it, and nothing else does.
        database.execute(f"SET allowed_paths = {paths(surveyed.shards)}")
        database.execute("SET enable_external_access = false")
        database.execute(f"CREATE VIEW draws AS SELECT * FROM {source(surveyed.shards)}")
        database.execute("SET lock_configuration = true")
        statements = database.extract_statements(sql)
        # What may be read might be overwritten: only what is no COPY keeps the shards.
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise YaanError("A query is one SELECT from the table draws; nothing else is done.")
        database.execute(statements[0])
        names = tuple(str(column[0]) for column in database.description)
        rows = database.fetchall() if most is None else database.fetchmany(most + 1)
    except duckdb.Error as error:
        raise YaanError(_printable(str(error))) from error
    finally:
        database.close()
    more = most is not None and len(rows) > most
    return Answer(names, rows[:most], more, surveyed.damaged)


def _printable(text: str) -> str:
    """A sentence of DuckDB, which quotes what it was given, without what moves a cursor."""
    lines = text.strip().split("\n")
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)
