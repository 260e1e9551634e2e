"""The verb that asks the draws of a campaign: query."""

import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yaan.cli import console
from yaan.cli.exits import ExitCode
from yaan.cli.files import JsonOption
from yaan.cli.stop import STOP

if TYPE_CHECKING:
    from yaan.campaign.shards import Answer

_SHOWN = 40
"""Rows of a table on the screen, where no number is given."""


def query(
    run: Annotated[Path, typer.Argument(help="The folder of a campaign.", metavar="RUN")],
    sql: Annotated[
        str,
        typer.Argument(
            help="One SELECT of DuckDB from the table draws, as 'select count(*) from draws'.",
            metavar="SQL",
        ),
    ],
    *,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print comma-separated values.")] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=1, help=f"Rows at the most; {_SHOWN} of a table if left out, else all."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Ask the draws of a campaign by SQL; reads, and never writes."""
    from yaan.base.errors import InputError, Problem
    from yaan.campaign.shards import query as ask

    if as_csv and as_json:
        raise InputError(Problem("query", None, "", "--csv with --json", "one of them"))
    most = limit if limit is not None or as_csv or as_json else _SHOWN
    found = ask(run, sql, most)
    if as_json:
        _print_json(found)
        return ExitCode.OK
    if as_csv:
        _print_csv(found)
    else:
        _print_table(found)
    for damage in found.damaged:
        console.err().print(f"note: {damage.sentence()}", soft_wrap=True)
    if found.more:
        told = f"note: the first {len(found.rows)} rows; --limit tells how many are shown."
        console.err().print(told, soft_wrap=True)
    return ExitCode.OK


def _print_json(found: "Answer") -> None:
    from yaan.results.record import plain

    console.print_json(
        {
            "columns": list(found.names),
            "rows": [[plain(_known(value)) for value in row] for row in found.rows],
            "more": found.more,
            "damaged": [damage.sentence() for damage in found.damaged],
        }
    )


def _print_csv(found: "Answer") -> None:
    import csv

    STOP.told()
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(found.names)
    rows.writerows(found.rows)


def _print_table(found: "Answer") -> None:
    numeric = [
        all(isinstance(row[column], int | float | Decimal | None) for row in found.rows)
        for column in range(len(found.names))
    ]
    heads = [
        f">{_cell(name)}" if right else _cell(name)
        for name, right in zip(found.names, numeric, strict=True)
    ]
    rows = [tuple(map(_cell, row)) for row in found.rows]
    console.out().print(console.table("", heads, rows))


def _cell(value: object) -> str:
    """A value without what moves the cursor of its reader."""
    if value is None:
        return "-"
    text = f"{value:.7g}" if isinstance(value, float) else str(value)
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _known(value: object) -> object:
    """A value as JSON has a word for it; dates and the like as texts."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, list | tuple):
        return [_known(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _known(one) for key, one in value.items()}
    return value if value is None or isinstance(value, bool | int | float) else str(value)
