"""Ctrl-C and its kin: what is finished is kept, and the process ends with a code of its own.

Nothing is raised where a signal arrives. A KeyboardInterrupt in the middle of an import, of a
reader or of a call from compiled code is swallowed there, told as a mistake of the input, or
takes the process down. A thread hears the signals instead, also while the main thread compiles.
Mostly nothing can be lost, and the process ends at once. Where something is worth finishing it
holds: then the signal is noted, and the work asks for it where it can stop.
"""

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is not known everywhere
_AGAIN = 1.0  # [s]: `timeout` and terminals may send a signal twice, which asks only once


class Stop:
    """A request to stop.

    Attributes:
        signal: number of the signal that asked; zero where none did.
        kept: a sentence that says where what is finished is kept; "" where nothing is.
        words: makes the sentence that is said before leaving, and keeps what is to be kept.
        before: written to standard error first, such as what gives a terminal its cursor back.
        as_json: the sentence is wanted as a JSON document on standard output.
    """

    def __init__(self) -> None:
        self.signal = 0
        self.kept = ""
        self.words: Callable[[], str] = self._plain
        self.before = ""
        self.as_json = False
        self._numbers: list[int] = []
        self._since = 0.0
        self._came = math.inf
        self._held = False
        self._watched = False
        # Whoever leaves takes it and never gives it back: what else needs it waits for the end.
        self._lock = threading.Lock()

    def listen(self) -> None:
        """Hear signals from now on; those that the caller's shell ignores stay ignored."""
        for name in _NAMES:
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._come)
                self._numbers.append(number)
        _occupy()
        heard, written = os.pipe()
        if sys.platform != "win32":  # which neither can nor needs to
            os.set_blocking(written, False)
        signal.set_wakeup_fd(written, warn_on_full_buffer=False)
        threading.Thread(target=self._watch, args=(heard,), daemon=True).start()
        self._watched = True

    def asked(self) -> bool:
        """Whether a signal asked to stop; whoever asks while the process leaves gets no answer."""
        with self._lock:
            return self.signal > 0

    def hold(self) -> None:
        """From now on a first signal is only noted."""
        with self._lock:
            self._held = True

    def release(self, kept: str) -> None:
        """From now on a signal ends the process at once, and says what is `kept`."""
        with self._lock:
            self._held, self.kept, self.words = False, kept, self._plain

    def told(self) -> None:
        """The one JSON document is being written: what comes now is told as plain text."""
        with self._lock:
            self.as_json = False

    def code(self, code: int) -> int:
        """The last word: `code`, unless a signal asked for another; none is heard from then on."""
        self._lock.acquire()
        return 128 + self.signal if self.signal else code

    def heard(self, number: int) -> None:
        """Note a signal, and leave unless something is held."""
        now = time.monotonic()
        if self.signal and now < self._since + _AGAIN:
            return
        if self.signal:
            os._exit(128 + self.signal)
        with self._lock:
            self.signal, self._since = number, now
            if not self._held:
                self._leave()

    def _plain(self) -> str:
        return f"Stopped. {self.kept}".rstrip()

    def _come(self, number: int, frame: FrameType | None) -> None:
        """What Python calls in the main thread: the other one acts, if it is there and not stuck.

        It may be called late, after compiled code, so the time between its own calls counts.
        """
        del frame
        now = time.monotonic()
        if not self._watched or now > self._came + _AGAIN:
            os._exit(128 + (self.signal or number))
        self._came = min(self._came, now)

    def _watch(self, pipe: int) -> None:
        while True:
            for number in os.read(pipe, 64):
                if number in self._numbers:
                    self.heard(number)

    def _leave(self) -> NoReturn:
        try:
            text = self.words()
        except Exception:  # such as a full disk: nothing may stand in the way of leaving
            text = "Stopped."
        code = 128 + self.signal
        if self.as_json:
            import json

            told = {"error": {"kind": "interrupted", "exit": code, "text": text}}
            _write(1, json.dumps(told) + "\n")
        else:
            _write(2, self.before + text + "\n")
        os._exit(code)


def _occupy() -> None:
    """Occupy closed standard descriptors: the next file would get their number, and their text."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _write(descriptor: int, text: str) -> None:
    """Write past the streams of Python, which the main thread may be using."""
    try:
        os.write(descriptor, text.encode(sys.getfilesystemencoding(), "replace"))
    except OSError:
        return  # a closed stream: there is no one to tell


STOP = Stop()
"""The one of this process: signals belong to it as a whole."""
