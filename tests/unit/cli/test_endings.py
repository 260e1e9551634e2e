"""How a command ends: readers that leave, streams that are full or closed, signals, full disks."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.cli.conftest import SUMMARY, Desk, PaperFlight, Yaan
from yaan.base.errors import OutputError
from yaan.cli import stop as stops
from yaan.cli.exits import MEANINGS, ExitCode, after_output
from yaan.cli.stop import Stop
from yaan.cli.streams import Output

posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals or devices")

# A flight of paper in a process of its own; `WHEN` says what it does in the middle.
CHILD = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
for name in ("SIGTERM", "SIGHUP"):  # whoever runs the tests may have them ignored
    if hasattr(signal, name):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
import yaan
from tests.unit.cli.conftest import SUMMARY, PaperFlight, PaperMission
from types import SimpleNamespace
def wait(*_):
    print("now", file=sys.stderr, flush=True)
    time.sleep(WAIT)
class Mission(PaperMission):
    def fly(self, *, progress, profile=None, commands=None):
        WHEN_FLYING
        return Flight(self.summary)
class Flight(PaperFlight):
    def save(self, parent):
        WHEN_SAVED
        return super().save(parent)
yaan.load = lambda *_: Mission({}, SUMMARY)
sys.argv = ["yaan", "fly", "paper", *sys.argv[1:]]
from yaan.cli.app import main
main()
"""


def begin(place: Path, *more: str, wait: float = 60.0, **when: str) -> "subprocess.Popen[str]":
    """Start a flight of paper; returns when it is where it waits."""
    script = CHILD.replace("WAIT", str(wait))
    for name in ("WHEN_FLYING", "WHEN_SAVED"):
        script = script.replace(name, when.get(name.lower(), "pass"))
    pipe = subprocess.PIPE
    root = str(Path(__file__).parents[3])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    child = subprocess.Popen(
        [sys.executable, "-c", script, *more],
        stdout=pipe,
        stderr=pipe,
        text=True,
        cwd=place,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert child.stderr is not None
    assert child.stderr.readline() == "now\n"
    return child


@posix
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_ends_a_flight_at_once_and_keeps_its_log(tmp_path: Path, name: str, code: int):
    child = begin(tmp_path, when_flying="wait()")
    begun = time.monotonic()
    child.send_signal(getattr(signal, name))
    out, err = child.communicate(timeout=30.0)
    assert child.returncode == code
    assert (out, err) == ("", "Stopped; the log is in runs/paper-1.\n")
    assert time.monotonic() - begun < 20.0
    assert "Stopped by the user" in (tmp_path / "runs/paper-1/log.txt").read_text(encoding="utf-8")


@posix
def test_an_interrupt_is_one_json_document_where_that_was_asked_for(tmp_path: Path):
    child = begin(tmp_path, "--json", when_flying="wait()")
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30.0)
    assert json.loads(out)["error"]["exit"] == child.returncode == 130
    assert err == ""


@posix
def test_what_swallows_an_interrupt_does_not_hide_it(tmp_path: Path):
    swallow = "\n        ".join(
        ("try: wait()", "except BaseException: raise ValueError('a mistake')")
    )
    child = begin(tmp_path, when_flying=swallow)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30.0)
    assert child.returncode == 130
    assert "mistake" not in err


@posix
def test_a_flight_that_is_being_saved_is_saved_first(tmp_path: Path):
    child = begin(tmp_path, "-q", wait=1.0, when_saved="wait()")
    child.send_signal(signal.SIGTERM)
    out, err = child.communicate(timeout=30.0)
    assert child.returncode == 143
    assert "Run folder: runs/paper-1" in out
    assert err == "Stopped. The flight is kept in runs/paper-1.\n"
    assert (tmp_path / "runs/paper-1/log.txt").is_file()


@posix
def test_a_ranking_stops_where_it_tells_something(tmp_path: Path):
    rank = "record = SimpleNamespace(stage='rank', text='', phase=None, time=None, height=None,"
    rank += " speed=None, fraction=None); progress(record); wait(); progress(record)"
    child = begin(tmp_path, "-q", wait=1.0, when_flying=rank)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30.0)
    assert child.returncode == 130
    assert err == "Stopped; the log is in runs/paper-1.\n"


class Left(Exception):
    pass


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """What is written by whoever leaves, and a way out of leaving."""
    said: list[tuple[int, str]] = []

    def leave(code: int) -> None:
        said.append((-1, str(code)))
        raise Left

    monkeypatch.setattr(stops, "_write", lambda descriptor, text: said.append((descriptor, text)))
    monkeypatch.setattr(os, "_exit", leave)
    return said


def test_a_second_signal_leaves_at_once(
    ending: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
):
    stop, now = Stop(), [10.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    stop.hold()
    stop.heard(2)
    now[0] += 0.5
    stop.heard(2)  # `timeout` sends it to the process and to its group
    assert ending == []
    now[0] += 5.0
    with pytest.raises(Left):
        stop.heard(15)
    assert ending == [(-1, "130")]


def test_a_second_signal_leaves_though_the_thread_is_stuck(
    ending: list[tuple[int, str]], monkeypatch: pytest.MonkeyPatch
):
    stop, now = Stop(), [10.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    with pytest.raises(Left):
        stop._come(2, None)  # before there is a thread
    stop._watched = True
    for moment in (20.0, 20.5):
        now[0] = moment
        stop._come(2, None)
    now[0] = 25.0
    with pytest.raises(Left):
        stop._come(2, None)
    assert ending == [(-1, "130")] * 2


def test_words_that_fail_do_not_stand_in_the_way(ending: list[tuple[int, str]]):
    def fail() -> str:
        raise OutputError("no room")

    stop = Stop()
    stop.words = fail
    with pytest.raises(Left):
        stop.heard(15)
    assert ending == [(2, "Stopped.\n"), (-1, "143")]


def test_after_the_document_is_told_a_signal_is_told_in_words(ending: list[tuple[int, str]]):
    stop = Stop()
    stop.as_json = True
    stop.told()
    stop.release("The flight is kept in runs/m-1.")
    with pytest.raises(Left):
        stop.heard(2)
    assert ending[0] == (2, "Stopped. The flight is kept in runs/m-1.\n")


def test_the_cursor_comes_back(ending: list[tuple[int, str]]):
    stop = Stop()
    stop.before = "\x1b[?25h\n"
    with pytest.raises(Left):
        stop.heard(2)
    assert ending[0] == (2, "\x1b[?25h\nStopped.\n")


def test_a_signal_that_was_only_noted_decides_the_code():
    stop = Stop()
    assert stop.code(3) == 3
    stop = Stop()
    stop.hold()
    stop.heard(15)
    assert stop.code(0) == 143


class Broken(io.RawIOBase):
    """Takes two writes, then fails."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number, self.left = number, 2

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int | None:
        self.left -= 1
        if self.left == 1:
            return None  # as a stream does that would have to wait
        if self.left == 0:
            return 1
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize(
    ("number", "code", "says"),
    [
        (errno.EPIPE, 141, ""),
        (errno.ENOSPC, 74, "No space left on device"),
        (errno.EIO, 74, "error"),
    ],
)
def test_a_stream_fails_at_the_end_only(
    capsys: pytest.CaptureFixture[str], number: int, code: int, says: str
):
    output = Output(Broken(number))
    stream = io.TextIOWrapper(io.BufferedWriter(output), "utf-8", line_buffering=True)
    for _ in range(3):
        print("text", file=stream)
    stream.flush()
    assert output.error is not None
    assert [after_output(given, output) for given in (0, 1, 3)] == [code] * 3
    assert [after_output(given, output) for given in (70, 74, 130)] == [70, 74, 130]
    err = capsys.readouterr().err
    assert says in err
    assert bool(err) == bool(says)


STREAMS = [
    ("list", "| true", 141),
    ("list", "> /dev/full", 74),
    ("list", ">&-", 74),
    ("list", ">&- 2>&-", 74),
    ("list", "<&- >&- 2> /dev/full", 74),
    ("list", "2>&-", 0),
    ("list", "2> /dev/full", 0),
    ("--help", "| true", 141),
    ("--help", "> /dev/full", 74),
    ("--version", ">&-", 74),
    ("check nothing --json", "> /dev/full", 74),
    ("check nothing", "2>&-", 2),
]


@posix
@pytest.mark.parametrize(("verb", "tail", "code"), STREAMS)
def test_streams_that_fail(tmp_path: Path, verb: str, tail: str, code: int):
    line = f"{sys.executable} -m yaan {verb} {tail}; exit ${{PIPESTATUS[0]}}"
    if tail == "| true":  # let the reader leave first, however busy the machine
        line = (
            f"( sleep 0.3; exec {sys.executable} -m yaan {verb} ) | true; exit ${{PIPESTATUS[0]}}"
        )
    ended = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert ended.returncode == code
    assert "Traceback" not in ended.stderr
    if tail in ("> /dev/full", ">&-"):
        assert ended.stderr.startswith("Standard output cannot be written: ")
        assert ended.stderr.count("\n") == 1


@posix
def test_a_flight_whose_output_is_full_says_where_it_is_kept(tmp_path: Path):
    for number, tail in enumerate(("> /dev/full", "2>&- >&-")):
        (tmp_path / str(number)).mkdir()
        # What compiled code says to a closed stream is no signal, whoever has its number now.
        words = "import os; os.write(2, bytes([2, 15])); os.write(1, bytes([2, 15]))"
        script = CHILD.replace("WHEN_FLYING", words * number or "pass")
        script = script.replace("WHEN_SAVED", "pass")
        root = Path(__file__).parents[3]
        line = f'exec "$0" -c "$1" {tail}'
        paths = os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH"))))
        ended = subprocess.run(
            ["bash", "-c", line, sys.executable, script],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path / str(number),
            env={**os.environ, "PYTHONPATH": paths},
        )
        assert ended.returncode == 74
        assert (tmp_path / str(number) / "runs/paper-1/log.txt").is_file()
        if number == 0:
            assert ended.stderr.endswith("The flight is kept in runs/paper-1.\n")


def unsaved(text: str, folder: Path | None) -> Callable[..., Path]:
    def save(self: PaperFlight, parent: Path) -> Path:
        raise OutputError(text, folder)

    return save


@pytest.mark.parametrize("folder", [Path("runs/paper-1"), None])
def test_a_flight_that_cannot_be_written_is_still_told(
    desk: Desk, yaan_cli: Yaan, monkeypatch: pytest.MonkeyPatch, folder: Path | None
):
    monkeypatch.setattr(PaperFlight, "save", unsaved("Cannot write it: no room. Kept.", folder))
    ended = yaan_cli("fly", "paper", "-q")
    assert ended.code == 74
    assert SUMMARY["outcome"]["text"] in ended.out
    assert ("Run folder: runs" in ended.out) == bool(folder)
    assert "report.html" not in ended.out
    assert ended.err == "Cannot write it: no room. Kept.\n"
    document = json.loads(yaan_cli("fly", "paper", "--json").out)
    assert document["summary"]["mission"] == "paper"
    assert document["error"]["exit"] == 74
    assert document["folder"] == (folder and str(folder))


def test_a_log_that_cannot_be_written_is_told(
    desk: Desk, yaan_cli: Yaan, monkeypatch: pytest.MonkeyPatch
):
    replace = os.replace

    def full(source: Path, target: Path) -> None:
        if target.name == "log.txt":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    ended = yaan_cli("fly", "paper", "-q")
    assert ended.code == 74
    assert "log.txt: No space left on device. Kept in runs/paper-1: report.html." in ended.err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_at_any_file_is_told_apart(desk: Desk, yaan_cli: Yaan, number: int):
    desk.load_error = OSError(number, os.strerror(number), "somewhere")
    ended = yaan_cli("check", "paper")
    desk.fly_error = desk.load_error
    desk.load_error = None
    ended = yaan_cli("fly", "paper")
    assert ended.code == 74
    assert "somewhere" in ended.err


def test_every_code_has_a_meaning():
    assert {*MEANINGS} == {*ExitCode}


def test_short_help(yaan_cli: Yaan):
    assert yaan_cli("-h").out == yaan_cli("--help").out
    assert yaan_cli("fly", "-h").code == 0
