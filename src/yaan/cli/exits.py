"""How a command ends: one exit code for each kind of ending, and a sentence instead of a traceback.

Every verb is wrapped by `guarded`. It turns the errors that a user can mend into lines on
standard error, or into one JSON document where `--json` asked for it.
"""

import errno
import functools
import json
import sys
from collections.abc import Callable
from enum import IntEnum
from typing import Any, ParamSpec

import typer

from yaan.cli.stop import STOP
from yaan.cli.streams import Output, reader_left

P = ParamSpec("P")


class ExitCode(IntEnum):
    """What the shell sees."""

    OK = 0
    VERDICT_FAILED = 1
    BAD_INPUT = 2
    NO_SOLUTION = 3
    NOT_FOUND = 4
    DEFECT = 70
    OUTPUT = 74
    HUNG_UP = 129
    INTERRUPTED = 130
    READER_LEFT = 141
    TERMINATED = 143


MEANINGS = {
    ExitCode.OK: "done; a flight flew and all its verdicts held",
    ExitCode.VERDICT_FAILED: "flown, but a verdict failed",
    ExitCode.BAD_INPUT: "bad input: a file, a key, a value or an option",
    ExitCode.NO_SOLUTION: "no solution: the vehicle cannot; the shortfall is told",
    ExitCode.NOT_FOUND: "not found: the search met no targets; the nearest flight is told",
    ExitCode.DEFECT: "a defect in Yaan; please report it with the traceback",
    ExitCode.OUTPUT: "an output cannot be written (full, closed); what is kept is told",
    ExitCode.HUNG_UP: "stopped by a lost terminal; what was finished is kept",
    ExitCode.INTERRUPTED: "stopped by Ctrl-C; what was finished is kept",
    ExitCode.READER_LEFT: "done, but the reader of the output left before its end",
    ExitCode.TERMINATED: "stopped by SIGTERM; what was finished is kept",
}

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Only what writes fails with these; any other failure of a file may be that of an input."""


def guarded(command: Callable[P, int]) -> Callable[P, None]:
    """Wrap a verb so that it always ends with one of the exit codes.

    The verb returns its code. A keyword argument `as_json` of the verb decides
    whether an error is written as JSON on standard output.
    """

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        as_json = STOP.as_json = bool(kwargs.get("as_json"))
        try:
            code = command(*args, **kwargs)
        except typer.Exit:
            raise
        except KeyboardInterrupt as stop:
            code = _stopped(str(stop), as_json)
        except Exception as error:
            # An interrupt may come out of a library as any error.
            code = _stopped("", as_json) if STOP.asked() else _explain(error, as_json)
        raise typer.Exit(int(code))

    return run


def after_output(code: int, out: Output) -> int:
    """The exit code after all is printed: `code`, or what standard output has come to.

    A verb whose output nobody could read has not told its result, so its own code would say more
    than is known; a defect or a stop stays what it is.
    """
    if out.error is None or code >= ExitCode.DEFECT:
        return code
    if reader_left(out.error):
        return ExitCode.READER_LEFT
    reason = out.error.strerror or "it fails"
    print(f"Standard output cannot be written: {reason}. {STOP.kept}".rstrip(), file=sys.stderr)
    return ExitCode.OUTPUT


def defect() -> ExitCode:
    """Print the traceback of what is being handled."""
    import traceback

    traceback.print_exc()
    return ExitCode.DEFECT


def _stopped(text: str, as_json: bool) -> int:
    code = 128 + STOP.signal if STOP.signal else ExitCode.INTERRUPTED
    return _tell(code, "interrupted", [text or "Stopped."], as_json)


def _explain(error: Exception, as_json: bool) -> int:
    """Tell one error, and choose its exit code."""
    from yaan.base.errors import InputError, NoSolutionError, OutputError, YaanError

    if isinstance(error, InputError):
        lines = [problem.sentence() for problem in error.problems]
        problems = [_fields(problem) for problem in error.problems]
        return _tell(ExitCode.BAD_INPUT, "bad-input", lines, as_json, problems=problems)
    if isinstance(error, NoSolutionError):
        return _tell(ExitCode.NO_SOLUTION, "no-solution", [str(error)], as_json)
    if isinstance(error, OutputError):
        return _tell(ExitCode.OUTPUT, "output", [str(error)], as_json)
    if isinstance(error, YaanError):
        return _tell(ExitCode.BAD_INPUT, "refused", [str(error)], as_json)
    if isinstance(error, OSError):
        code, kind = ExitCode.BAD_INPUT, "file"
        if error.errno in _FULL:
            code, kind = ExitCode.OUTPUT, "output"
        return _tell(code, kind, [_file_sentence(error)], as_json)
    defect()
    return _tell(ExitCode.DEFECT, "defect", [f"This is a defect in Yaan: {error!r}"], as_json)


def _fields(problem: Any) -> dict[str, Any]:
    names = ("file", "line", "key", "value", "expected", "hint")
    return {name: getattr(problem, name) for name in names}


def _file_sentence(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _tell(code: int, kind: str, lines: list[str], as_json: bool, **more: Any) -> int:
    if as_json:
        STOP.told()
        text = "\n".join(lines)
        print(json.dumps({"error": {"kind": kind, "exit": int(code), "text": text, **more}}))
    else:
        for line in lines:
            print(line, file=sys.stderr)
    return code
