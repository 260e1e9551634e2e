"""The benchmarks run: nothing is timed here, and no peer is needed."""

import json
import random
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from tests.cea_there import needs_cea

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


@needs_cea
def test_certified_cases_are_held_against_the_raw_library(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    equilibrium = import_module("equilibrium")
    known = equilibrium.importlib.util.find_spec
    monkeypatch.setattr(
        equilibrium.importlib.util, "find_spec", lambda n: None if n == "cantera" else known(n)
    )
    ratio, trimmed, cantera = equilibrium.lines(16)
    assert ratio["value"] > 0.0
    assert ratio["parts"]["species"] < 60
    assert trimmed["parts"]["species"] > 150
    assert (cantera["value"], cantera["parts"]["Cantera"]) == (None, "not installed")


@pytest.fixture
def faults_cache(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return import_module("faults_cache")


def test_a_cache_is_spoilt_by_one_bit_two_files_or_a_cut(faults_cache, tmp_path):
    whole = {"a-trace": bytes(range(64)), "b-trace": bytes(64), "c-compiled": b"c"}
    for spoil, changed in ((faults_cache.flip, 1), (faults_cache.swap, 2), (faults_cache.cut, 1)):
        for name, content in whole.items():
            (tmp_path / name).write_bytes(content)
        spoil(tmp_path, random.Random(1), "trace")
        now = {name: (tmp_path / name).read_bytes() for name in whole}
        assert sum(now[name] != whole[name] for name in whole) == changed
        assert now["c-compiled"] == b"c"


def test_a_flight_is_judged_by_its_exit_its_summary_and_what_it_tells(faults_cache):
    def end(code=0, summary=b"{}", told=()):
        return faults_cache.End(code, summary, Counter(told))

    assert faults_cache.judge(end(), end(), notes=0) == ""
    assert faults_cache.judge(end(), end(told=["note: why"]), notes=1) == ""
    for other in (end(70), end(summary=b""), end(told=["note: why"]), end(told=["Traceback"])):
        assert faults_cache.judge(end(), other, notes=0)
    for other in (end(), end(told=["Traceback"]), end(told=["note: why"] * 2)):
        assert faults_cache.judge(end(), other, notes=1)


@pytest.mark.slow
def test_lanes_on_the_same_device_end_alike():
    command = [sys.executable, "gpu.py", "--device", "cpu", "--lanes", "2", "--duration", "0.1"]
    ended = subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True, check=True)
    (line,) = [json.loads(text) for text in ended.stdout.splitlines()]
    assert set(line["parts"]["greatest_difference"].values()) == {0.0}
    assert line["parts"]["body_steps"] == 10
