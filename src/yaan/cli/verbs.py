"""The command line: `yaan VERB ...`.

Only Typer is imported here, and each verb imports what it needs when it runs; `yaan --help`
must stay below 0.3 s (tests/unit/cli/test_help.py).
"""

from collections.abc import Callable
from typing import Annotated

import typer

from yaan.cli import (
    campaign,
    doctor,
    engine,
    escape,
    files,
    fly,
    orbits,
    query,
    runs,
    sky,
    validate,
)
from yaan.cli.exits import MEANINGS, guarded

# The backspace keeps Typer from joining the lines.
_EXITS = "\b\nExit codes:\n" + "\n".join(f"  {code:>3d}  {text}" for code, text in MEANINGS.items())

app = typer.Typer(
    name="yaan",
    help="Designs, flies and clears crewed space missions.",
    epilog=_EXITS,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"yaan {version('yaan')}")
        raise typer.Exit


@app.callback()
def yaan(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Designs, flies and clears crewed space missions.

    Start with `yaan fly gaganyaan`. A MISSION is a name of the library (`yaan list`) or a YAML
    file.
    """


_VERBS: dict[str, Callable[..., int]] = {
    "fly": fly.fly,
    "escape": escape.escape,
    "check": files.check,
    "list": files.list_library,
    "new": files.new,
    "schema": files.schema,
    "sources": files.sources,
    "report": runs.report,
    "compare": runs.compare,
    "contacts": sky.contacts,
    "events": sky.events,
    "sweep": campaign.sweep,
    "disperse": campaign.disperse,
    "capability": campaign.capability,
    "query": query.query,
    "propagate": orbits.propagate,
    "engine": engine.engine,
    "validate": validate.validate,
    "doctor": doctor.doctor,
}
for _name, _verb in _VERBS.items():
    app.command(_name, epilog=_EXITS)(guarded(_verb))
