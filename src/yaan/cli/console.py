"""What the user sees: consoles that respect pipes, NO_COLOR and old code pages.

Results go to standard output, progress and errors to standard error. Rich is imported late:
`yaan --help` needs only Typer.
"""

import json
import os
import sys
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

from yaan.cli.stop import STOP

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

PIPE_WIDTH = 118  # characters, where no terminal tells its own


def tell_notes() -> None:
    """Show a warning about the cache as one plain line; those of others stay as they are."""
    usual = warnings.formatwarning

    def formatted(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        line: str | None = None,
    ) -> str:
        from yaan.base.kept import CacheWarning

        if issubclass(category, CacheWarning):
            return f"note: {message}\n"
        return usual(message, category, filename, lineno, line)

    warnings.formatwarning = formatted


def out() -> "Console":
    """The console of results: standard output."""
    return _console(sys.stdout)


def err() -> "Console":
    """The console of progress and errors: standard error."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> "Console":
    from rich.console import Console

    width = None if stream.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH
    # Rich falls back to ASCII boxes by itself where the encoding is not UTF-8.
    return Console(file=stream, width=width, highlight=False, emoji=False, markup=False)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> "Table":
    """A table whose columns are right-aligned if their head starts with `>`.

    Args:
        title: printed above, may be empty.
        columns: heads; the `>` is not printed.
        rows: ready-made cells, as many as columns.
    """
    from rich import box
    from rich.table import Table

    made = Table(
        title=title or None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1),
        collapse_padding=True,
    )
    for index, head in enumerate(columns):
        right = head.startswith(">")
        # The first column is what a reader searches for: it is never broken.
        made.add_column(head.lstrip(">"), justify="right" if right else "left", no_wrap=index == 0)
    for row in rows:
        made.add_row(*row)
    return made


def print_json(document: Any) -> None:
    """Write one JSON document, in plain ASCII, to standard output."""
    STOP.told()
    print(json.dumps(document, indent=2, allow_nan=False, default=str))


def word(text: str) -> "Text":
    """A word of judgement in its colour; the word itself always carries the meaning."""
    from rich.text import Text

    return Text(text, style=_STYLES.get(text, ""))


_STYLES = {"ok": "green", "held": "green", "warn": "yellow", "open": "yellow", "FAILED": "bold red"}
