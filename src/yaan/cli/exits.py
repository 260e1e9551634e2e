"""How a command ends: one exit code for each kind of ending, and a sentence instead of a traceback.

Every verb is wrapped by `guarded`. It turns the errors that a user can mend into lines on
standard error, or into one JSON document where `--json` asked for it.
"""

import functools
import json
import sys
from collections.abc import Callable
from enum import IntEnum
from typing import Any, ParamSpec

import typer

P = ParamSpec("P")


class ExitCode(IntEnum):
    """What the shell sees."""

    OK = 0
    VERDICT_FAILED = 1
    BAD_INPUT = 2
    NO_SOLUTION = 3
    NOT_FOUND = 4
    DEFECT = 70
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.OK: "done; a flight flew and all its verdicts held",
    ExitCode.VERDICT_FAILED: "flown, but a verdict failed",
    ExitCode.BAD_INPUT: "bad input: a file, a key, a value or an option",
    ExitCode.NO_SOLUTION: "no solution: the vehicle cannot; the shortfall is told",
    ExitCode.NOT_FOUND: "not found: the search met no targets; the nearest flight is told",
    ExitCode.DEFECT: "a defect in Yaan; please report it with the traceback",
    ExitCode.INTERRUPTED: "stopped by Ctrl-C; what was finished is kept",
}


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """Wrap a verb so that it always ends with one of the exit codes.

    The verb returns its code. A keyword argument `as_json` of the verb decides
    whether an error is written as JSON on standard output.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        as_json = bool(kwargs.get("as_json"))
        try:
            code = command(*args, **kwargs)
        except (typer.Exit, BrokenPipeError):
            raise
        except KeyboardInterrupt as stop:
            lines = [str(stop) or "Stopped."]
            code = _tell(ExitCode.INTERRUPTED, "interrupted", lines, as_json)
        except Exception as error:
            code = _explain(error, as_json)
        raise typer.Exit(int(code))

    return run


def _explain(error: Exception, as_json: bool) -> ExitCode:
    """Tell one error, and choose its exit code."""
    from yaan.base.errors import InputError, NoSolutionError, YaanError

    if isinstance(error, InputError):
        lines = [problem.sentence() for problem in error.problems]
        problems = [_fields(problem) for problem in error.problems]
        return _tell(ExitCode.BAD_INPUT, "bad-input", lines, as_json, problems=problems)
    if isinstance(error, NoSolutionError):
        return _tell(ExitCode.NO_SOLUTION, "no-solution", [str(error)], as_json)
    if isinstance(error, YaanError):
        return _tell(ExitCode.BAD_INPUT, "refused", [str(error)], as_json)
    if isinstance(error, OSError):
        return _tell(ExitCode.BAD_INPUT, "file", [_file_sentence(error)], as_json)
    import traceback

    traceback.print_exc()
    return _tell(ExitCode.DEFECT, "defect", [f"This is a defect in Yaan: {error!r}"], as_json)


def _fields(problem: Any) -> dict[str, Any]:
    names = ("file", "line", "key", "value", "expected", "hint")
    return {name: getattr(problem, name) for name in names}


def _file_sentence(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _tell(code: ExitCode, kind: str, lines: list[str], as_json: bool, **more: Any) -> ExitCode:
    if as_json:
        text = "\n".join(lines)
        print(json.dumps({"error": {"kind": kind, "exit": int(code), "text": text, **more}}))
    else:
        for line in lines:
            print(line, file=sys.stderr)
    return code
