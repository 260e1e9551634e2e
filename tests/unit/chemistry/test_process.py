"""The process of cea: crashes, hangs and refusals are messages, and it lives on."""

import os
import signal
import subprocess
import sys
import time
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cea_there import needs_cea
from yaan.base.errors import YaanError
from yaan.chemistry import process, species
from yaan.chemistry.process import WorkerError

PRODUCTS = ("H2", "O2", "H2O", "OH", "H", "O")
SYSTEM = {
    "formulas": ((("H", 2.0),), (("O", 2.0),)),
    "products": PRODUCTS,
    "ions": False,
    "transport": False,
    "insert": (),
}


def point(pressure: float = 50.0, **changes):
    return {
        "weights": np.array([0.2, 0.8]),
        "pc": pressure,
        "hc": -100.0,
        "iac": True,
        "supar": np.array([10.0]),
        **changes,
    }


def solve(points: list[Any], limit: float = process.LIMIT, **changes: Any) -> list[Any]:
    return list(chain(*process.solve("rocket", {**SYSTEM, **changes}, points, limit)))


def temperatures(answers):
    return [float(answer["T"][0]) for answer in answers]


@needs_cea
def test_points_are_answered_in_order_over_many_messages():
    pressures = np.linspace(10.0, 100.0, 3 * process._PART + 5)
    answers = solve([point(p) for p in pressures])
    assert [answer["P"][0] for answer in answers] == pytest.approx(pressures)


@needs_cea
@pytest.mark.parametrize("products", [(*PRODUCTS, "CO2"), (*PRODUCTS, "H2O+", "e-"), ("H2",)])
def test_a_crash_is_an_error_and_the_next_question_is_answered(products):
    (failed,) = solve([point()], products=products)
    assert isinstance(failed, WorkerError)
    assert "crashed (signal 11)" in str(failed)
    assert temperatures(solve([point()])) == pytest.approx([2997.07], abs=0.01)


@needs_cea
def test_a_killed_worker_is_started_again():
    solve([point()])
    assert process._worker is not None
    os.kill(process._worker.child.pid, signal.SIGTERM)
    process._worker.child.wait()
    assert temperatures(solve([point()])) == pytest.approx([2997.07], abs=0.01)


@needs_cea
def test_what_the_library_refuses_of_one_point_spares_the_others():
    broken = point(mdot=9000.0, iac=False, supar=None)
    first, refused, last = solve([point(), broken, point()])
    assert isinstance(refused, WorkerError)
    assert "mdot is too large" in str(refused)
    assert temperatures([first, last]) == pytest.approx([2997.07] * 2, abs=0.01)


_PUPPET = """
import os, pickle, sys, time, faulthandler
replies = os.fdopen(os.dup(1), "wb")
pickle.dump(("ready", "puppet"), replies); replies.flush()
while True:
    kind, limit, job = pickle.load(sys.stdin.buffer)
    if "die" in job["points"]:
        sys.stderr.write("what it printed"); sys.stderr.flush(); os._exit(3)
    if "hang" in job["points"]:
        faulthandler.dump_traceback_later(limit, exit=True); time.sleep(60.0)
    n = len(job["points"])
    pickle.dump(("done", {"T": list(job["points"]), "counts": [1] * n, "errors": [0] * n}), replies)
    replies.flush()
"""


@pytest.fixture
def puppet(tmp_path, monkeypatch):
    """A worker that does as it is told."""
    process.stop()
    (tmp_path / "worker.py").write_text(_PUPPET)
    monkeypatch.setattr(process, "__file__", str(tmp_path / "process.py"))
    monkeypatch.setattr(process, "installed", lambda: tmp_path)
    yield
    process.stop()


def test_a_batch_is_halved_until_the_point_that_kills_is_alone(puppet):
    points = [*"abcdefghij", "die", *"klmnop"]
    answers = list(chain(*process.solve("rocket", SYSTEM, points)))
    told = ["died" if isinstance(one, WorkerError) else one["T"][0] for one in answers]
    assert told == [*"abcdefghij", "died", *"klmnop"]
    assert "ended with code 3; it said: what it printed" in str(answers[10])


def test_a_hang_is_stopped(puppet):
    begun = time.monotonic()
    (answer,) = chain(*process.solve("rocket", SYSTEM, ["hang"], 0.2))
    assert isinstance(answer, WorkerError)
    assert "took too long and was stopped" in str(answer)
    assert time.monotonic() - begun < 10.0  # [s]


def test_replies_that_nobody_wants_answer_no_other_question(puppet):
    points = [str(i) for i in range(3 * process._PART)]
    for _ in process.solve("rocket", SYSTEM, points):
        break
    (answer,) = solve(["mine"])
    assert answer["T"] == ["mine"]


def test_without_cea_one_sentence_names_the_extra(monkeypatch):
    process.stop()
    monkeypatch.setattr(process, "installed", lambda: None)
    with pytest.raises(YaanError, match=r"pip install 'yaan\[engines\]'"):
        list(process.solve("rocket", SYSTEM, [point()]))


_PARENT = """
import time
from yaan.chemistry import process
process.version()
print(process._worker.child.pid, flush=True)
time.sleep(60.0)
"""


@needs_cea
@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are looked up in /proc")
def test_the_worker_ends_with_its_parent():
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        parent.kill()
    for _ in range(100):
        if not _alive(child):
            return
        time.sleep(0.1)
    raise AssertionError("the worker lives on")


def _alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@needs_cea
def test_the_library_is_never_loaded_here():
    script = (
        "import sys; from yaan.propulsion.chamber import rocket;"
        "rocket('LH2', 'LOX', pressure=7e6, mixture=6.0, area_ratios=(40.0,));"
        "print('cea' in sys.modules, 'jax' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    assert told.stdout.split()[0] == "False"
    assert species.installed() is not None
