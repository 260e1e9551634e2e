"""`yaan query` prints what SQL finds in the draws of a campaign, and does nothing else."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.unit.cli.conftest import Yaan
from yaan.campaign.shards import About, write_shard


@pytest.fixture
def run(tmp_path: Path) -> Path:
    for first in (0, 50):
        count = np.arange(first, first + 50)
        columns = {
            "miss": np.where(count % 10 == 3, np.nan, count * 0.125),
            "outcome": np.array(["flown", "lo\x1bst"] * 25, dtype=object),
        }
        write_shard(tmp_path, first, columns, About("c0ffee", 50))
    return tmp_path


def test_a_table_is_printed(yaan_cli: Yaan, run: Path):
    ended = yaan_cli(
        "query", str(run), "select outcome, count(*) n from draws group by 1 order by 1"
    )
    assert ended.code == 0
    lines = [line.split() for line in ended.out.splitlines() if line.strip()]
    assert lines[0] == ["outcome", "n"]
    assert lines[2:] == [["flown", "50"], ["lo\\u001bst", "50"]]


def test_a_table_stops_and_says_so(yaan_cli: Yaan, run: Path):
    ended = yaan_cli("query", str(run), "select draw from draws order by 1")
    assert "the first 40 rows" in ended.err
    assert ended.out.split()[-1] == "39"
    assert not yaan_cli("query", str(run), "from draws", "--limit", "100").err


def test_comma_separated_values_are_all_there(yaan_cli: Yaan, run: Path):
    ended = yaan_cli("query", str(run), "select draw, miss from draws order by 1", "--csv")
    rows = list(csv.reader(io.StringIO(ended.out)))
    assert rows[0] == ["draw", "miss"]
    assert len(rows) == 101
    assert rows[4] == ["3", ""]
    assert rows[100] == ["99", "12.375"]


def test_json_is_one_document(yaan_cli: Yaan, run: Path):
    others = "1.5 as d, 'nan'::double as n, date '2026-12-01' as t, [1] as l"
    sql = f"select draw, miss, {others} from draws order by 1"
    ended = yaan_cli("query", str(run), sql, "--json", "--limit", "4")
    told = json.loads(ended.out)
    assert told["columns"] == ["draw", "miss", "d", "n", "t", "l"]
    assert told["rows"][2:] == [
        [2, 0.25, 1.5, None, "2026-12-01", [1]],
        [3, None, 1.5, None, "2026-12-01", [1]],
    ]
    assert told["more"]
    assert told["damaged"] == []


def test_a_damaged_shard_is_told(yaan_cli: Yaan, run: Path):
    path = run / "shards" / "draws-0000050-0000099.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    ended = yaan_cli("query", str(run), "select count(*) from draws")
    assert ended.code == 0
    assert ended.out.split()[-1] == "50"
    assert "draws-0000050-0000099.parquet is not used: it is cut" in ended.err
    told = json.loads(yaan_cli("query", str(run), "select 1", "--json").out)
    assert len(told["damaged"]) == 1


def test_what_is_no_query_is_refused(yaan_cli: Yaan, run: Path, tmp_path: Path):
    ended = yaan_cli("query", str(run), "selec 1")
    assert ended.code == 2
    assert "syntax error" in ended.err
    out = tmp_path / "out.csv"
    assert yaan_cli("query", str(run), f"copy draws to '{out}'").code == 2
    assert not out.exists()
    assert yaan_cli("query", str(run), "select 1", "--csv", "--json").code == 2
    nothing = yaan_cli("query", str(tmp_path / "none"), "select 1")
    assert nothing.code == 2
    assert "no draws" in nothing.err


def test_a_query_needs_neither_jax_nor_pandas(run: Path):
    command = [sys.executable, "-X", "importtime", "-m", "yaan", "query", str(run), "from draws"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = {line.rsplit("|", 1)[-1].strip() for line in ended.stderr.splitlines()}
    assert "duckdb" in imported
    assert not imported.intersection({"jax", "pandas", "pyarrow", "xarray"})
