"""The entry point of `yaan`: signals and streams first, then the verbs, then one exit code.

Little is imported before the signals are heard; the verbs come after that.
"""

import os
import sys
from typing import NoReturn

from yaan.cli.stop import STOP


def main() -> NoReturn:
    """Run the command line."""
    STOP.listen()
    from yaan.cli.streams import replace_streams

    out = replace_streams()
    code = _run()
    from yaan.cli.exits import after_output

    sys.stdout.flush()
    code = STOP.code(after_output(code, out))
    sys.stderr.flush()
    # At once: all is written, and to take JAX down in order costs most of a second.
    os._exit(code)


def _run() -> int:
    import gc

    gc.disable()  # a command is short: to look for cycles in one flight would cost half a second
    try:
        from yaan.cli.console import tell_notes
        from yaan.cli.verbs import app

        tell_notes()
        app()
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    except BaseException:
        from yaan.cli.exits import ExitCode, defect

        return ExitCode.INTERRUPTED if STOP.asked() else defect()
    return 0
