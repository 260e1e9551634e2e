"""Run folders: what a flight leaves on disk, and how nothing finished is lost.

Every file is written beside its final place and moved there in one step, so that a killed process
leaves either the old file, the new file or none. `summary.json` is written last: a folder that has
it is complete. It holds results only, so the same input gives the same bytes; clocks, hosts and
versions go to `manifest.json`.
"""

import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Final, cast

from yaan.base.errors import OutputError, YaanError, quote
from yaan.base.model import Own
from yaan.results.commands import COMMANDS, Commands, read_commands
from yaan.results.json_file import read_json
from yaan.results.netcdf import Groups, netcdf_bytes, read_netcdf
from yaan.results.record import from_plain, plain, to_plain
from yaan.results.schema1 import upgraded
from yaan.results.summary import SCHEMA, Summary
from yaan.results.trajectory import Array, History, make_history

MANIFEST_SCHEMA = 1
"""The version of `manifest.json`."""

PACKAGES = ("jax", "jaxlib", "numpy", "scipy", "equinox", "diffrax", "pydantic", "ruamel.yaml")
"""Packages whose version can change a number; the manifest keeps those that are installed."""

_LONGEST_STEM = 200  # bytes; file systems take 255, and a number follows

SUMMARY: Final = "summary.json"
"""The file that makes a folder a finished run folder."""

_MISSION, _MANIFEST = "mission.yaml", "manifest.json"

_TEXT_ATTRIBUTES = ("mission", "title", "profile", "epoch", "yaan")


@dataclass(frozen=True)
class FlightRecord:
    """What a run folder holds.

    Attributes:
        summary: contents of `summary.json`.
        history: the flown profile; None if the flight left no history.
        groups: ``abort/<profile>``, ``profiles/<profile>`` and ``branch/<name>`` to their columns.
        mission: contents of `mission.yaml`, the input that flies it again; None if there is none.
        manifest: contents of `manifest.json`; empty if there is none.
        commands: contents of `commands.json`, which fly it again without a search; None if there
            is none.
    """

    summary: Summary
    history: History | None = None
    groups: Groups = field(default_factory=dict[str, dict[str, Array]])
    mission: str | None = None
    manifest: dict[str, Any] = field(default_factory=dict[str, Any])
    commands: Commands | None = None

    @property
    def branches(self) -> dict[str, History]:
        """The history of each branch, by its name."""
        sequence, found = self.summary.sequence, dict[str, History]()
        if sequence is None:
            return found
        for end in sequence.ends:
            columns = self.groups.get(f"branch/{end.path}")
            if columns is not None:
                phases = [one.phase for one in sequence.phases if one.path == end.path]
                found[end.path] = make_history(columns, phases=phases)
        return found


def new_run_folder(parent: Path | str, mission: str) -> Path:
    """Make the next free folder ``<parent>/<mission>-<n>`` and return it.

    The number is one above the highest in use, so folders sort by age. Two processes that start
    together get two folders: making a folder is atomic, and whoever comes second counts on.

    Args:
        parent: folder of runs; made if absent.
        mission: name of the mission; what a file name cannot hold becomes a hyphen, and what is
            too long for one is cut.

    Raises:
        OutputError: if the folder cannot be made.
    """
    parent = Path(parent)
    stem = re.sub(r"[^\w.-]+", "-", mission).strip("-.") or "mission"
    stem = stem.encode()[:_LONGEST_STEM].decode(errors="ignore")
    pattern = re.compile(re.escape(stem) + r"-(\d+)")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        used = [int(m[1]) for p in parent.iterdir() if (m := pattern.fullmatch(p.name))]
        number = max(used, default=0) + 1
        while True:
            folder = parent / f"{stem}-{number}"
            try:
                folder.mkdir()
            except FileExistsError:
                number += 1
            else:
                return folder
    except OSError as error:
        raise OutputError(f"Cannot make a run folder in {parent}: {error.strerror}.") from error


def write_run(parent: Path | str, record: FlightRecord, timings: Mapping[str, float]) -> Path:
    """Write a new run folder below `parent`; returns it.

    The summary comes last: a folder that has it can be read, compared and reported. The manifest
    is written anew, of the machine and the versions that write it.

    Args:
        parent: folder of runs; made if absent.
        record: what the folder shall hold; its manifest is not.
        timings: part of the computation to wall time [s].

    Raises:
        OutputError: if a file cannot be written; it says what is kept.
    """
    summary = record.summary
    folder = new_run_folder(parent, summary.mission)
    with telling_kept(folder):
        inputs: dict[str, bytes] = {}
        if record.mission is not None:
            # As `_text_of` read it: a damaged file is copied as it is.
            inputs[_MISSION] = record.mission.encode("utf-8", errors="surrogateescape")
            write_bytes(folder / _MISSION, inputs[_MISSION])
        extra = own_models((model.name, model.own) for model in summary.models)
        extra |= _started_from(summary)
        write_manifest(folder, yaan=summary.yaan, inputs=inputs, timings=timings, extra=extra)
        if record.commands is not None:
            write_json(folder / COMMANDS, to_plain(record.commands))
        write_flight(folder, summary, record.history, record.groups)
    return folder


def _started_from(summary: Summary) -> dict[str, Any]:
    """The entry of a manifest on the source of the state that a flight began with, if any."""
    told = [source.text for source in summary.sources if source.key == "start.state"]
    return {"started_from": told[0]} if told else {}


def own_models(owned: Iterable[tuple[str, Own | None]]) -> dict[str, Any]:
    """The entry of a manifest on models of the user's own, by what they are of; none if none is."""
    told = [
        {"model": word, "class": own.name, "source_sha256": own.source, "values_sha256": own.values}
        for word, own in owned
        if own is not None
    ]
    return {"own_models": told} if told else {}


def write_flight(
    folder: Path | str,
    summary: Summary,
    history: History | None = None,
    groups: Mapping[str, Mapping[str, Array]] | None = None,
) -> None:
    """Write `flight.nc` (where there is a history) and then `summary.json`.

    Args:
        folder: an existing run folder.
        summary: results.
        history: the flown profile, from `make_history`.
        groups: names to columns, as in `FlightRecord`.

    Raises:
        YaanError: if something does not fit the catalogue.
        OutputError: if something cannot be written.
    """
    folder = Path(folder)
    if history is not None:
        texts = {key: getattr(summary, key) or "" for key in _TEXT_ATTRIBUTES}
        texts = {key: text for key, text in texts.items() if text}
        write_bytes(folder / "flight.nc", netcdf_bytes(history, groups or {}, texts))
    write_json(folder / SUMMARY, to_plain(summary))


def read_flight(folder: Path | str) -> FlightRecord:
    """Read a run folder.

    Raises:
        YaanError: if it is no run folder, one of an unknown schema, or a damaged one.
    """
    folder = Path(folder)
    if folder.name == SUMMARY:
        folder = folder.parent
    told = folder / SUMMARY
    try:
        finished = told.is_file()
    except OSError as error:
        raise YaanError(f"Cannot read {told}: {error.strerror}.") from error
    if not finished:
        raise YaanError(
            f"{folder} is not a finished run folder: it has no summary.json."
            " `yaan fly` writes one and prints its path."
        )
    summary = summary_of(read_json(told), told)
    flight, mission = (folder / name for name in ("flight.nc", _MISSION))
    history, groups = read_netcdf(flight) if flight.exists() else (None, {})
    return FlightRecord(
        summary,
        history,
        groups,
        _text_of(mission) if mission.exists() else None,
        read_manifest(folder),
        read_commands(folder) if (folder / COMMANDS).exists() else None,
    )


def read_manifest(folder: Path | str) -> dict[str, Any]:
    """Contents of `manifest.json`; empty if there is none.

    Raises:
        YaanError: if it is damaged.
    """
    path = Path(folder) / _MANIFEST
    return read_json(path) if path.exists() else {}


def _text_of(path: Path) -> str:
    try:
        return path.read_text(
            encoding="utf-8", errors="surrogateescape"
        )  # who parses it finds the damage
    except OSError as error:
        raise YaanError(f"Cannot read {path}: {error.strerror}.") from error


_LATER: Final = {"sequence": None, "shadow": None, "contacts": None}
"""Sections that files of this schema may lack: an older Yaan did not know them."""


def _completed(document: Mapping[str, object]) -> dict[str, object]:
    """The same with what an older Yaan of this schema did not know of."""
    made = _LATER | dict(document)
    rows = made.get("assumptions")
    if isinstance(rows, list):
        listed = cast("list[object]", rows)
        made["assumptions"] = [
            {"on_return": None, **cast("dict[str, object]", row)} if isinstance(row, dict) else row
            for row in listed
        ]
    models = made.get("models")
    if isinstance(models, list):
        made["models"] = [
            {"own": None, **cast("dict[str, object]", row)} if isinstance(row, dict) else row
            for row in cast("list[object]", models)
        ]
    return made


def summary_of(document: Mapping[str, object], path: Path | str = "summary.json") -> Summary:
    """The summary that plain data are, of this schema or of schema 1.

    Raises:
        InputError: the first place that is wrong: file, key, value and what was expected.
        YaanError: if the schema is unknown here.
    """
    schema = document.get("schema")
    if type(schema) is int and schema == SCHEMA:
        return from_plain(Summary, _completed(document), path)
    if type(schema) is int and schema == 1:
        return from_plain(Summary, upgraded(document), path, partial=True)
    if isinstance(schema, int) and schema > SCHEMA:
        advice = f"It was written by a newer Yaan ({document.get('yaan', 'unknown')}); update Yaan."
    else:
        advice = "Fly the mission again to get a run folder that this Yaan reads."
    raise YaanError(
        f"{path} carries schema {quote(schema)}; this Yaan reads schemas 1 and {SCHEMA}. {advice}"
    )


def write_manifest(
    folder: Path | str,
    *,
    yaan: str,
    inputs: Mapping[str, Path | bytes],
    timings: Mapping[str, float],
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write `manifest.json`: what made the numbers, and how long it took.

    Args:
        folder: an existing run folder.
        yaan: version of Yaan.
        inputs: what a person calls each input, to its file or its bytes.
        timings: part of the computation to wall time [s].
        extra: further entries, such as a seed or the command line.

    Returns:
        The manifest as written.
    """
    manifest: dict[str, Any] = {
        "schema": MANIFEST_SCHEMA,
        "kind": "manifest",
        "yaan": yaan,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "byte_order": sys.byteorder,
        "packages": {name: version for name in PACKAGES if (version := _version(name))},
        "inputs": [{"name": name, **_digest(source)} for name, source in inputs.items()],
        "timings": dict(timings),
        **(extra or {}),
    }
    write_json(Path(folder) / _MANIFEST, manifest)
    return manifest


def write_json(path: Path | str, document: Mapping[str, Any]) -> None:
    """Write `document` in UTF-8, in one step.

    Keys keep the order they were given in, which is the order of the computation; floats are
    written so that they read back bit by bit; what is not finite becomes null, since JSON has no
    word for it.
    """
    text = json.dumps(plain(document), indent=1, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def write_text(path: Path | str, text: str) -> None:
    """Write `text` in UTF-8 with newlines as given, in one step.

    Raises:
        OutputError: if it cannot be written.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path | str, content: bytes) -> None:
    """Write `content`, in one step.

    Raises:
        OutputError: if it cannot be written.
    """
    path = Path(path)
    temporary = _beside(path)
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError(f"Cannot write {path}: {error.strerror}.") from error
    finally:
        with suppress(OSError):  # what made the writing fail may do so again
            temporary.unlink(missing_ok=True)


@contextmanager
def telling_kept(folder: Path) -> Generator[None]:
    """Where something cannot be written, say what the run folder has all the same.

    Raises:
        OutputError: that of what is done inside, with what is kept; an empty folder is removed.
    """
    try:
        yield
    except OutputError as error:
        kept = sorted(path.name for path in folder.glob("[!.]*"))
        if not kept:
            with suppress(OSError):
                folder.rmdir()
            raise OutputError(f"{error} Nothing of the flight is kept.") from error
        words = f"{error} Kept in {folder}: {', '.join(kept)}."
        if "summary.json" in kept and "report.html" not in kept:
            words += f" Once there is room, `yaan report {folder}` writes the report."
        raise OutputError(words, folder) from error


def _beside(path: Path) -> Path:
    """A name next to `path`, on its file system, so that the move is one step."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _digest(source: Path | bytes) -> dict[str, Any]:
    content = source if isinstance(source, bytes) else source.read_bytes()
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
