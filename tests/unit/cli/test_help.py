"""`yaan --help` must be quick, and everyone who has to know the exit codes finds them there."""

import os
import subprocess
import sys
import time

from tests.unit.cli.conftest import Yaan

HEAVY = ("numpy", "scipy", "jax", "equinox", "pydantic", "xarray", "plotly", "ruamel.yaml", "rich")


def test_help_imports_nothing_heavy():
    command = [sys.executable, "-X", "importtime", "-m", "yaan", "--help"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rsplit("|", 1)[-1].strip() for line in ended.stderr.splitlines()}
    assert "yaan.cli.app" in imported
    assert not imported.intersection(HEAVY)


def test_help_of_engines_loads_no_arrays():
    command = [sys.executable, "-X", "importtime", "-m", "yaan", "engine", "--help"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rsplit("|", 1)[-1].strip() for line in ended.stderr.splitlines()}
    assert not imported.intersection({"numpy", "scipy", "jax", "xarray", "plotly"})


def test_help_is_quick():
    """0.15 s on a free core. The best of three is taken, and processor time where it is known."""
    command = [sys.executable, "-m", "yaan", "--help"]
    seconds: list[float] = []
    for _ in range(3):
        begin, before = time.perf_counter(), os.times()
        subprocess.run(command, capture_output=True, check=True)
        wall, after = time.perf_counter() - begin, os.times()
        spent = after.children_user + after.children_system
        spent -= before.children_user + before.children_system
        seconds.append(min(spent, wall) if spent > 0.0 else wall)
    assert min(seconds) < 0.3


def test_help_tells_the_exit_codes(yaan_cli: Yaan):
    text = yaan_cli("--help").out
    for code in ("0", "1", "2", "3", "70", "74", "130", "141", "143"):
        assert f" {code}  " in text


def test_version(yaan_cli: Yaan):
    assert yaan_cli("--version").out.startswith("yaan 0.")
