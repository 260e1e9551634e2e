"""The benchmarks run: nothing is timed here, and no peer is needed."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def rigid_entry(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return import_module("rigid_entry")


def test_a_peer_that_is_not_installed_is_told_so(rigid_entry, monkeypatch):
    flown = {"body_steps_per_cpu_s": 6.0}
    monkeypatch.setattr(rigid_entry, "_flown", lambda python, command, more: flown)
    there = rigid_entry.Peer("json", "json", "rigid_json.py", sys.executable)
    away = rigid_entry.Peer("Away", "no_such_module", "rigid_away.py", sys.executable)
    ours, first, second = rigid_entry.lines([there, away], lanes=2, duration=0.1)
    assert ours["value"] == 6.0
    assert (first["value"], first["parts"]["json"]) == (1.0, flown)
    assert (second["value"], second["parts"]["Away"]) == (None, "not installed")


@pytest.mark.slow
def test_lanes_on_the_same_device_end_alike():
    command = [sys.executable, "gpu.py", "--device", "cpu", "--lanes", "2", "--duration", "0.1"]
    ended = subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True, check=True)
    (line,) = [json.loads(text) for text in ended.stdout.splitlines()]
    assert set(line["parts"]["greatest_difference"].values()) == {0.0}
    assert line["parts"]["body_steps"] == 10
