"""The verbs on mission files: check, list, new, schema, sources."""

import errno
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yaan.cli import console
from yaan.cli.exits import ExitCode
from yaan.cli.shelves import MissionArgument, complete, kind_of, library_titles

if TYPE_CHECKING:
    from yaan.base.provenance import Source
    from yaan.description import Plan
    from yaan.description.arc import ArcSpec
    from yaan.mission import Tree


JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one value first; repeatable."),
]

KINDS = (
    "missions",
    "vehicles",
    "engines",
    "propellants",
    "sites",
    "spacecraft",
    "capsules",
    "parachutes",
    "zones",
    "stations",
    "escapes",
)

SCHEMA_FILE = "yaan.schema.json"
"""The schema as `yaan new` leaves it beside a mission file, for editors."""

# What a newcomer wants to know about each block of a mission file.
_COMMENTS = {
    "launch": "Where and when. A site is a name of the library, a path or a mapping.",
    "target": "The orbit to reach: heights above 6378.137 km.",
    "vehicle": "`from` names a vehicle of the library; what follows is merged over it.",
    "interface": "Where the entry starts, and how it moves.",
    "body": "What flies: by configuration its mass, inertia, coefficients and engine.",
    "start": "Where it begins, and how it moves there.",
    "capsule": "What enters: a name of the library, or a mapping that may start `from` one.",
    "spacecraft": "The payload as a craft of its own: engines, propellant, capsule, parachutes.",
    "orbit": "The orbit that is kept between separation and the way home.",
    "landing": "Where and when to come down. A zone is a name of the library, or a polygon.",
    "deorbit": "The burn that leads into the air.",
    "entry": "Flight through the air: a bank angle that is given, or solved for the aim.",
    "crew": "How the crew sits: components of the thrust direction along the couch axes.",
    "escape": "How the crew leaves the launcher: a name of the library, or a mapping.",
    "environment": "The world that it meets.",
    "step": "Integration step; a phase may have its own.",
    "reserve": "Propellant that the verdict asks to be left.",
    "steering": "Named choices of steering; free coefficients are solved at run time.",
    "phases": "In order. Each ends at the first of its `until` conditions.",
    "branches": "What leaves the flight at an event, and its own phases.",
    "failures": "What breaks: an engine, an ignition, a throttle, a jettison, a canopy.",
    "pulses": "Forces and torques at given times.",
    "published": "Figures of others, printed beside ours.",
    "stations": "Who looks up: names of the library, or stations of your own.",
}


def check(
    file: Annotated[
        str,
        typer.Argument(help="A mission file, or a name of the library.", autocompletion=complete),
    ],
    *,
    overrides: SetOption = None,
    as_json: JsonOption = False,
    expanded: Annotated[
        bool, typer.Option("--expanded", help="Print it as a flight of phases instead.")
    ] = False,
) -> int:
    """Validate a mission file and tell every mistake at once."""
    from yaan.description import Plan
    from yaan.mission.expansion import expanded as expand
    from yaan.mission.part import kind_at
    from yaan.mission.provenance import assumptions_by_place, text_of_tree

    part = None if overrides else _PARTS.get(kind_at(file) or "")
    if part is not None:
        return part(file, as_json)
    tree, plan = _checked(file, overrides)
    flies = isinstance(plan, Plan)
    if expanded and flies:
        print(text_of_tree(expand(tree)), end="")
        return ExitCode.OK
    assumed, notes = len(assumptions_by_place(tree)), told_notes(plan) if flies else []
    if as_json:
        told = {"file": file, "ok": True, "mission": plan.name, "assumptions": assumed}
        console.print_json(told | {"notes": notes})
    else:
        what = " ".join((plan.title or plan.name).split())
        print(f"{file}: ok. {what}; {assumed} assumed values (yaan sources {file}).")
        for note in notes:
            print(f"note: {note}")
    return ExitCode.OK


def _check_engine(file: str, as_json: bool) -> int:
    """Validate the file of an engine."""
    from yaan.mission.engines import load_engine

    entry = load_engine(file)
    assumed = len(entry.spec.assumed)
    if as_json:
        told = {"file": file, "ok": True, "engine": entry.name, "assumptions": assumed}
        console.print_json(told | {"notes": []})
    else:
        what = " ".join(entry.title.split())
        differing = ", ".join(figure.key for figure in entry.conflicts)
        print(f"{file}: ok. {what}; {assumed} assumed values.")
        if differing:
            print(f"note: sources differ on {differing}.")
    return ExitCode.OK


def _check_propellant(file: str, as_json: bool) -> int:
    """Validate the file of a propellant."""
    from yaan.mission.propellants import load_propellant, load_propellant_spec

    spec = load_propellant_spec(file)
    load_propellant(file)
    assumed = len(spec.assumed)
    if as_json:
        told = {"file": file, "ok": True, "propellant": spec.name, "assumptions": assumed}
        console.print_json(told | {"notes": []})
    else:
        what = " ".join((spec.title or spec.name).split())
        print(f"{file}: ok. {what}; {assumed} assumed values.")
    return ExitCode.OK


_PARTS = {"engine": _check_engine, "propellant": _check_propellant}
"""How files are checked that are no missions."""


def told_notes(plan: "Plan") -> list[str]:
    """What a reader of a checked file should know."""
    from yaan.description.notes import notes_of
    from yaan.description.work import work_of

    notes = notes_of(plan)
    words = work_of(plan).words
    return [*notes, f"It is a long flight: {words}."] if words else notes


def list_library(*, as_json: JsonOption = False) -> int:
    """List the missions of the library, and what they are made of."""
    shelves = {kind: dict(library_titles(kind)) for kind in KINDS}
    if as_json:
        console.print_json(shelves)
        return ExitCode.OK
    width = max(len(name) for shelf in shelves.values() for name in shelf)
    for kind, shelf in shelves.items():
        print(f"{kind}:")
        for name, title in shelf.items():
            what = f"{kind_of(name):<7}  " if kind == "missions" else ""
            print(f"  {name:<{width}}  {what}{title}")
    return ExitCode.OK


def new(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    *,
    source: Annotated[
        str, typer.Option("--from", metavar="NAME", help="A mission of the library.")
    ] = "gaganyaan",
) -> int:
    """Write a commented mission file to start from."""
    from yaan.base import InputError, Problem, nearest, quote
    from yaan.mission import name_of, names, template
    from yaan.results.store import write_text

    known = names("mission")
    if source not in known:
        hint = nearest(source, known) or "yaan list names them"
        raise InputError(Problem("--from", None, "", quote(source), "a library mission", hint))
    if not file.name.endswith((".yaml", ".yml")):
        expected, hint = "a path that ends in .yaml", f"as {file}.yaml"
        raise InputError(Problem("", None, "", quote(str(file)), expected, hint))
    if os.path.lexists(file):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
    file.parent.mkdir(parents=True, exist_ok=True)
    line = f"# yaml-language-server: $schema=./{SCHEMA_FILE}\n"
    write_text(file, line + commented(template(source), name_of(file)))
    write_text(file.with_name(SCHEMA_FILE), _schema_text())
    typed = shlex.quote(str(file))
    print(f"Wrote {file}. Next: yaan check {typed}, then yaan fly {typed}.")
    return ExitCode.OK


def _schema_text() -> str:
    """The schema that editors find by the first line of a mission file beside it."""
    import json

    from yaan.mission import json_schema

    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def summary_schema() -> str:
    """The JSON schema of `summary.json`, a key of a record a line."""
    from json import dumps

    from yaan.results import Summary
    from yaan.results.record import json_schema

    schema: dict[str, Any] = json_schema(Summary)
    records: list[str] = []
    for name, told in schema.pop("$defs").items():
        rows = [f"  {dumps(key)}: {dumps(held)}" for key, held in told.pop("properties").items()]
        keys = ",\n".join(rows)
        records.append(f'"{name}": {{{dumps(told)[1:-1]}, "properties": {{\n{keys}}}}}')
    held = ",\n".join(records)
    return f'{{{dumps(schema)[1:-1]}, "$defs": {{\n{held}}}}}'


def schema(
    *,
    summary: Annotated[
        bool, typer.Option("--summary", help="That of the summary.json of a run folder.")
    ] = False,
) -> int:
    """Print the JSON schema of a mission file, for editors, or of a summary, for programs."""
    if summary:
        print(summary_schema())
        return ExitCode.OK
    from yaan.mission import json_schema

    console.print_json(json_schema())
    return ExitCode.OK


def sources(
    mission: MissionArgument, *, overrides: SetOption = None, as_json: JsonOption = False
) -> int:
    """Print every number's source, and every assumed value."""
    from dataclasses import asdict

    from yaan.mission import sources as sources_of

    tree, _ = _checked(mission, overrides)
    given = sources_of(tree)
    if as_json:
        told = {"sources": [asdict(source) for source in given]}
        console.print_json(told | {"assumptions": assumptions_of(tree)})
        return ExitCode.OK
    from yaan.cli import tables
    from yaan.mission import assumptions

    screen = console.out()
    rows = [(row.key or "(mission)", row.text, place(row)) for row in given]
    screen.print(console.table("Sources", ("key", "source", "file"), rows))
    screen.print(tables.assumptions(assumptions(tree)) or "Nothing is assumed.")
    return ExitCode.OK


def _checked(file: str, overrides: list[str] | None) -> "tuple[Tree, Plan | ArcSpec]":
    """Load and check a file without loading what flies or propagates it.

    Raises:
        InputError: every mistake.
    """
    from yaan.cli.fly import parse_overrides
    from yaan.mission import check as checked
    from yaan.mission import load_tree
    from yaan.mission.checks import check_arc

    tree = load_tree(file, parse_overrides(overrides or []))
    return tree, check_arc(tree) if tree.data.get("kind") == "orbit" else checked(tree)


def assumptions_of(tree: "Tree") -> list[dict[str, Any]]:
    """The assumptions of a mission as plain records, ends of ranges as texts."""
    from dataclasses import asdict

    from yaan.mission import assumptions

    return [
        {**asdict(row), "low": row.low_text, "high": row.high_text} for row in assumptions(tree)
    ]


def commented(text: str, name: str) -> str:
    """A mission of the library as a file of the user's own: renamed, with a comment a block."""
    from yaan.mission.file.read import is_text

    said = name if is_text(name) else f'"{name}"'
    text = re.sub(r"^name:.*$", f"name: {said}", text, count=1, flags=re.MULTILINE)
    for key, comment in _COMMENTS.items():
        text = re.sub(rf"^(?={key}:)", f"# {comment}\n", text, count=1, flags=re.MULTILINE)
    return text


def place(row: "Source") -> str:
    """`file:line` of a source, the folder left out."""
    return f"{Path(row.file).name}{f':{row.line}' if row.line else ''}"
