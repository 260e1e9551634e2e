"""Standard output and standard error that never fail where something is printed.

A reader who has left, a full disk or a stream that was closed before the start must not end a
flight of minutes in the middle. The failure is kept, and decides the exit code at the very end.
"""

import errno
import io
import os
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

from typing_extensions import override

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Output(io.RawIOBase):
    """Bytes to one standard stream; after a failure they go nowhere.

    Attributes:
        error: the first failure; None as long as there was none.
    """

    def __init__(self, raw: Any, error: OSError | None = None) -> None:
        super().__init__()
        self._raw = raw
        self.error = error

    @override
    def write(self, data: "Buffer", /) -> int:
        """Write, or keep the failure; returns how many bytes are done with."""
        while self.error is None:
            try:
                written = self._raw.write(data)
            except OSError as error:
                self.error = error
            else:
                if written is not None:
                    return written
                time.sleep(0.01)  # a stream that does not block, and whose reader is slow
        return memoryview(data).nbytes

    @override
    def writable(self) -> bool:
        return True

    @override
    def fileno(self) -> int:
        return self._raw.fileno()

    @override
    def isatty(self) -> bool:
        return self._raw.isatty()


def reader_left(error: OSError) -> bool:
    """Whether a failure to write says that nobody reads any more."""
    # Windows has another word for it.
    left = (errno.EPIPE, errno.EINVAL) if sys.platform == "win32" else (errno.EPIPE,)
    return error.errno in left


def replace_streams() -> Output:
    """Put an `Output` below both standard streams; returns that of standard output.

    Characters that the encoding of a stream lacks are written as `?`.
    """
    sys.stdout, out = _safe(sys.stdout, 1)
    sys.stderr, _ = _safe(sys.stderr, 2)
    return out


def _safe(stream: TextIO | None, descriptor: int) -> tuple[TextIO, Output]:
    if stream is None:  # closed before Python started
        closed = OSError(errno.EBADF, os.strerror(errno.EBADF))
        output = Output(io.FileIO(descriptor, "w", closefd=False), closed)
        return _text(output, "utf-8", lines=False), output
    buffer: Any = stream.buffer
    output = Output(getattr(buffer, "raw", buffer))
    through = bool(getattr(stream, "write_through", False))
    lines = bool(getattr(stream, "line_buffering", False)) or through
    return _text(output, stream.encoding, lines=lines), output


def _text(output: Output, encoding: str, *, lines: bool) -> TextIO:
    buffered = io.BufferedWriter(output)
    return io.TextIOWrapper(buffered, encoding, errors="replace", line_buffering=lines)
