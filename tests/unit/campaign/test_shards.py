"""Shards come whole or not at all, read back bit by bit, and what is damaged is told, not used."""

import errno
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from yaan.base.errors import InputError, OutputError, YaanError
from yaan.campaign import shard_file, shards
from yaan.campaign.shards import About, write_shard

ABOUT = About("c0ffee", 4)
NUMBERS = np.array([-0.0, np.nan, np.inf, 5e-324])
TEXTS = np.array(["", "Gaganyān é\U0001f680", 'it\'s "so"\n', "a\0b"], dtype=object)
COLUMNS: dict[str, Any] = {
    "capsule.mass": NUMBERS,
    "it's \"so\\": np.array([-np.inf, 0.1, np.nan, 2.0**-1030]),
    "events": np.array([2**63 - 1, -(2**63), 0, 1]),
    "held": np.array([True, False, True, False]),
    "outcome": TEXTS,
}


def bits(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns such that equality is of bits."""
    plain = {name: np.asarray(values) for name, values in columns.items()}
    return {
        name: (str(x.dtype), (x.view(np.int64) if x.dtype == np.float64 else x).tolist())
        for name, x in plain.items()
    }


def written(folder: Path, *firsts: int, about: About = ABOUT, **more: Any) -> list[Path]:
    return [write_shard(folder, first, {**COLUMNS, **more}, about) for first in firsts]


def flip(path: Path, place: int, bit: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)


def test_a_shard_is_read_back_bit_by_bit(tmp_path: Path):
    (path,) = written(tmp_path, 8)
    assert path == tmp_path / "shards" / "draws-0000008-0000011.parquet"
    found = shards.read_shard(path, ABOUT)
    assert list(found) == ["draw", *COLUMNS]
    assert bits(found) == bits({"draw": np.arange(8, 12), **COLUMNS})
    assert not list(path.parent.glob(".*"))


def test_every_nan_is_read_back_as_the_quiet_one(tmp_path: Path):
    others = np.array([0xFFF8 << 48, 0x7FF8 << 48 | 7], np.uint64).view(np.float64)
    path = write_shard(tmp_path, 0, {"x": others}, ABOUT)
    assert bits(shards.read_shard(path)) == bits({"draw": np.arange(2), "x": np.full(2, np.nan)})
    assert write_shard(tmp_path, 0, {"x": np.full(2, np.nan)}, ABOUT) == path


def test_any_layout_in_memory_gives_the_same_bytes(tmp_path: Path):
    table = np.arange(12.0).reshape(4, 3)
    swapped = table[:, 1].astype(">f8")
    found = {
        write_shard(tmp_path / str(i), 0, {"x": x}, ABOUT).read_bytes()
        for i, x in enumerate([table[:, 1], table[:, 1].copy(), swapped, table.T[1]])
    }
    assert len(found) == 1


def test_columns_are_in_the_order_of_draws_whoever_wrote_first(tmp_path: Path):
    for first in (8, 0, 12, 4):
        written(tmp_path, first, value=np.arange(first, first + 4) * 0.5)
    assert shards.finished(tmp_path, ABOUT) == [range(i, i + 4) for i in (0, 4, 8, 12)]
    found = shards.columns_of(tmp_path, ["value", "outcome"])
    assert list(found) == ["value", "outcome"]
    assert found["value"].tolist() == [0.5 * i for i in range(16)]
    assert found["outcome"].tolist() == TEXTS.tolist() * 4
    every = shards.columns_of(tmp_path)
    assert every["draw"].tolist() == list(range(16))
    assert np.array_equal(np.signbit(every["capsule.mass"][::4]), [True] * 4)


def test_names_sort_by_draws_to_ten_million():
    firsts = [0, 256, 99_840, 999_936, 9_999_872]
    names = [shard_file.name_of(range(first, first + 128)) for first in firsts]
    assert names == sorted(names)
    assert [shard_file.draws_of(name) for name in names] == [range(x, x + 128) for x in firsts]


def test_a_column_that_is_not_there_is_refused(tmp_path: Path):
    written(tmp_path, 0)
    with pytest.raises(InputError, match=r"did you mean capsule\.mass"):
        shards.columns_of(tmp_path, ["capsule.mas"])


def test_a_folder_without_shards_says_so(tmp_path: Path):
    assert shards.finished(tmp_path) == []
    for ask in (shards.columns_of, lambda folder: shards.query(folder, "select 1")):
        with pytest.raises(YaanError, match="no draws in shards"):
            ask(tmp_path)


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"x": np.array([])},
        {"x": np.zeros(2), "y": np.zeros(3)},
        {"x": np.zeros(5)},
        {"x": np.zeros((2, 2))},
        {"x": np.zeros(2, complex)},
        {"x": np.array(["a", None], dtype=object)},
        {"x": np.array(["a", "\ud800"], dtype=object)},
        {"x": np.zeros(2), "X": np.zeros(2)},
        {"draw": np.array([1, 2])},
    ],
)
def test_what_is_no_chunk_of_columns_is_refused(tmp_path: Path, columns: dict[str, Any]):
    with pytest.raises(ValueError, match=r"shard|chunk|utf-8"):
        write_shard(tmp_path, 0, columns, ABOUT)
    assert not list(tmp_path.rglob("*.parquet"))


@pytest.mark.parametrize("first", [-4, 1])
def test_a_shard_begins_where_a_chunk_does(tmp_path: Path, first: int):
    with pytest.raises(ValueError, match="no chunk of 4"):
        written(tmp_path, first)


def test_a_flipped_bit_is_found_wherever_it_is(tmp_path: Path):
    kept, path = written(tmp_path, 0, 4)
    whole = path.read_bytes()
    step = max(1, len(whole) // 150)
    for place in range(0, len(whole), step):
        flip(path, place, place % 8)
        found = shards.survey(tmp_path, ABOUT)
        assert [shard.path for shard in found.shards] == [kept], place
        (told,) = found.damaged
        assert told.sentence().startswith("draws-0000004-0000007.parquet is not used: it")
        with pytest.raises(YaanError, match="is not used"):
            shards.read_shard(path)
        path.write_bytes(whole)
    assert shards.finished(tmp_path, ABOUT) == [range(4), range(4, 8)]
    flip(path, len(whole) // 2)
    assert shards.columns_of(tmp_path, ["draw"])["draw"].tolist() == [0, 1, 2, 3]


def test_a_cut_file_is_found_wherever_it_is_cut(tmp_path: Path):
    (path,) = written(tmp_path, 0)
    whole = path.read_bytes()
    for size in (0, 3, 4, 8, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert shards.finished(tmp_path, ABOUT) == []
        assert len(shards.damaged(tmp_path, ABOUT)) == 1


def test_columns_that_are_not_those_that_were_written_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shards, "content_of", lambda _: "0" * 32)  # as another DuckDB might write
    (path,) = written(tmp_path, 0)
    monkeypatch.undo()
    with pytest.raises(YaanError, match="its columns are not those that were written"):
        shards.read_shard(path)


def renamed(folder: Path) -> None:
    written(folder, 0)[0].rename(folder / "shards" / "draws-0000004-0000007.parquet")


def foreign(folder: Path) -> None:
    path = folder / "shards" / "draws-0000000-0000003.parquet"
    path.parent.mkdir()
    _, database = shard_file.connect()
    database.execute(f"COPY (SELECT 1 AS draw) TO '{path}' (FORMAT parquet)")


def later(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(shard_file, "SCHEMA", 2)
        written(folder, 0)


def unreadable(folder: Path) -> None:
    (folder / "shards" / "draws-0000000-0000003.parquet").mkdir(parents=True)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda x: written(x, 0, about=About("other", 4)), "another campaign"),
        (lambda x: written(x, 0, about=About("c0ffee", 8)), "chunks of another size"),
        (renamed, "holds the draws of draws-0000000-0000003"),
        (foreign, "does not tell what it holds"),
        (later, "schema 2, and this Yaan reads 1"),
        (unreadable, "cannot be read"),
    ],
)
def test_what_is_no_shard_of_the_campaign_is_told_and_kept(
    tmp_path: Path, make: Callable[[Path], Any], reason: str
):
    make(tmp_path)
    (path,) = (tmp_path / "shards").iterdir()
    assert shards.finished(tmp_path, ABOUT) == []
    (told,) = shards.damaged(tmp_path, ABOUT)
    assert told.path == path
    assert reason in told.sentence()


def test_shards_that_do_not_go_together_are_told(tmp_path: Path):
    written(tmp_path, 0, 4)
    write_shard(tmp_path, 8, {"other": np.zeros(4)}, ABOUT)
    rotated = dict(reversed(COLUMNS.items()))
    write_shard(tmp_path, 12, rotated, ABOUT)
    assert shards.finished(tmp_path, ABOUT) == [range(4), range(4, 8)]
    words = [one.sentence() for one in shards.damaged(tmp_path, ABOUT)]
    assert all("columns are not those of draws-0000000" in text for text in words)
    assert len(words) == 2


def test_a_damaged_shard_is_not_overwritten_until_it_is_set_aside(tmp_path: Path):
    (path,) = written(tmp_path, 0)
    flip(path, 100)
    damaged = path.read_bytes()
    with pytest.raises(OutputError, match="a file is there already, and its bytes are not"):
        written(tmp_path, 0)
    assert path.read_bytes() == damaged
    aside = shards.set_aside(path)
    assert aside.name == "draws-0000000-0000003.parquet.damaged"
    written(tmp_path, 0)
    again = shards.set_aside(path)
    assert {aside, again} == set(path.parent.iterdir())
    assert aside.read_bytes() == damaged


def test_the_same_is_written_once_and_another_never_over_it(tmp_path: Path):
    (path,) = written(tmp_path, 0)
    before = path.stat().st_mtime_ns
    assert written(tmp_path, 0) == [path]
    assert path.stat().st_mtime_ns == before
    with pytest.raises(OutputError, match="other values of the same draws"):
        written(tmp_path, 0, held=np.ones(4, bool))


def test_a_longer_shard_takes_the_place_of_a_shorter_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    short = {name: values[:2] for name, values in COLUMNS.items()}
    path = write_shard(tmp_path, 0, short, ABOUT)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", lambda *_, **__: None)  # killed before it
        written(tmp_path, 0)
    assert path.exists()
    assert shards.finished(tmp_path, ABOUT) == [range(4)]
    assert shards.damaged(tmp_path, ABOUT) == []
    (tmp_path / "shards" / "draws-0000000-0000003.parquet").unlink()
    written(tmp_path, 0)
    assert not path.exists()


def full(*_: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_keeps_the_earlier_shards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
):
    written(tmp_path, 0)
    with monkeypatch.context() as patched:
        patched.setattr(os, call, full)
        with pytest.raises(OutputError, match=r"Cannot write .*: No space left on device"):
            written(tmp_path, 4)
    assert shards.finished(tmp_path, ABOUT) == [range(4)]
    assert len(list((tmp_path / "shards").iterdir())) == 1


def test_a_disk_that_fills_while_duckdb_writes_keeps_the_earlier_shards(tmp_path: Path):
    resource = pytest.importorskip("resource")
    about = About("c0ffee", 10_000)
    noise = np.random.default_rng(1).normal(size=10_000)
    write_shard(tmp_path, 0, {"x": noise}, about)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OutputError, match=r"Cannot write .*: File too large\."):
            write_shard(tmp_path, 10_000, {"x": noise}, about)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert shards.finished(tmp_path, about) == [range(10_000)]
    assert len(list((tmp_path / "shards").iterdir())) == 1


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path):
    (tmp_path / "shards").write_text("in the way")
    with pytest.raises(OutputError, match=r"Cannot write .*exists"):
        written(tmp_path, 0)


WRITER = """
import os, signal, sys
from pathlib import Path
import numpy as np
from yaan.campaign.shards import About, finished, write_shard
folder, call, rows = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
about = About("c0ffee", rows)
begin = sum(map(len, finished(folder, about)))
if call:
    usual = getattr(os, call)
    def killed(*args):
        if sys.argv[4] == "after":
            usual(*args)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(os, call, killed)
print("begins", flush=True)
for first in range(begin, begin + 1000 * rows, rows):
    noise = np.random.default_rng(first).normal(size=rows)
    write_shard(folder, first, {"x": noise, "word": np.array(["flown"] * rows, object)}, about)
"""

needs_kill = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")


def killed_after(folder: Path, seconds: float, rows: int) -> None:
    command = [sys.executable, "-c", WRITER, str(folder), "", str(rows)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(seconds)
        process.kill()


def require_whole(folder: Path, rows: int) -> int:
    """Every file with the name of a shard is one, and holds what was written."""
    found = shards.survey(folder, About("c0ffee", rows))
    assert found.damaged == ()
    names = {path.name for path in (folder / "shards").glob("draws-*")}
    assert names == {shard.path.name for shard in found.shards}
    for i, shard in enumerate(found.shards):
        assert shard.draws == range(i * rows, (i + 1) * rows)
        noise = np.random.default_rng(i * rows).normal(size=rows)
        assert np.array_equal(shards.read_shard(shard.path)["x"], noise)
    return len(found.shards)


@needs_kill
def test_a_process_killed_at_any_moment_leaves_whole_shards(tmp_path: Path):
    rows, moments = 20_000, random.Random(7)
    for _ in range(5):
        killed_after(tmp_path, moments.uniform(0.1, 0.5), rows)
        require_whole(tmp_path, rows)
    assert require_whole(tmp_path, rows) > 0
    shards.tidy(tmp_path)
    assert not list((tmp_path / "shards").glob(".*"))


@needs_kill
@pytest.mark.parametrize(
    ("call", "when", "left"),
    [("fsync", "before", 0), ("replace", "before", 0), ("replace", "after", 1)],
)
def test_a_process_killed_between_two_steps_leaves_a_whole_shard_or_none(
    tmp_path: Path, call: str, when: str, left: int
):
    (tmp_path / "shards").mkdir()
    command = [sys.executable, "-c", WRITER, str(tmp_path), call, "8", when]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert require_whole(tmp_path, 8) == left


def test_two_hundred_thousand_draws_take_seconds_and_little_memory(tmp_path: Path):
    rows, chunk, width = 200_000, 10_000, 30
    about = About("c0ffee", chunk)
    begin = time.process_time()
    for first in range(0, rows, chunk):
        noise = np.random.default_rng(first).normal(size=(width - 2, chunk))
        columns = {f"c{i}": values for i, values in enumerate(noise)}
        word = np.array(["flown", "lost"] * (chunk // 2), dtype=object)
        write_shard(tmp_path, first, {**columns, "word": word, "text": word}, about)
    before = peak()
    found = shards.columns_of(tmp_path)
    taken = sum(values.nbytes for values in found.values())
    assert len(found) == width + 1
    assert found["draw"].tolist() == list(range(rows))
    assert found["c3"][150_000] == np.random.default_rng(150_000).normal(size=(28, chunk))[3, 0]
    assert len({id(word) for word in found["word"]}) == 2
    assert peak() - before < 3 * taken
    assert time.process_time() - begin < 20.0


def peak() -> int:
    """Most memory of this process so far [B]."""
    resource = pytest.importorskip("resource")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    written(tmp_path, 0, 4, miss=np.array([1.0, 2.0, np.nan, np.inf]))
    return tmp_path


def test_sql_finds_what_the_draws_are(campaign: Path):
    found = shards.query(campaign, "SELECT count(*) AS n, count(miss), sum(draw) FROM draws;")
    assert found.names == ("n", "count(miss)", "sum(draw)")
    assert found.rows == [(8, 6, 28)]
    late = shards.query(campaign, "SELECT draw FROM draws WHERE miss > 1.5 ORDER BY 1")
    assert late.rows == [(1,), (3,), (5,), (7,)]  # no NaN among them
    assert not late.more


def test_rows_stop_where_they_are_told_to(campaign: Path):
    found = shards.query(campaign, "SELECT draw FROM draws ORDER BY 1", 3)
    assert (found.rows, found.more) == ([(0,), (1,), (2,)], True)
    assert not shards.query(campaign, "SELECT draw FROM draws", 8).more


def test_sql_sees_no_damaged_shard_and_names_it(campaign: Path):
    flip(campaign / "shards" / "draws-0000000-0000003.parquet", 60)
    found = shards.query(campaign, "SELECT min(draw), count(*) FROM draws")
    assert found.rows == [(4, 4)]
    assert [damage.path.name for damage in found.damaged] == ["draws-0000000-0000003.parquet"]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("selec 1", "syntax error"),
        ("SELECT nosuch FROM draws", "nosuch"),
        ("SELECT 'x'::int", "Could not convert"),
        ("", "one SELECT"),
        ("SELECT 1; SELECT 2", "one SELECT"),
        ("COPY draws TO '{folder}/out.csv'", "one SELECT"),
        ("COPY (SELECT 1) TO '{shard}'", "one SELECT"),
        ("SELECT 1; COPY draws TO '{shard}'", "one SELECT"),
        ("EXPORT DATABASE '{folder}/out'", "one SELECT"),
        ("ATTACH '{folder}/out.db'", "one SELECT"),
        ("DELETE FROM draws", "one SELECT"),
        ("CREATE TABLE t AS SELECT 1", "one SELECT"),
        ("SET enable_external_access = true", "one SELECT"),
        ("INSTALL httpfs", "one SELECT"),
        ("LOAD httpfs", "one SELECT"),
        ("SELECT * FROM query('COPY draws TO ''{folder}/out.csv''')", "single SELECT"),
        ("SELECT * FROM read_text('{folder}/secret.csv')", "Permission"),
        ("SELECT * FROM '{folder}/secret.csv'", "Permission"),
        ("SELECT * FROM read_csv('{folder}/*.csv')", "Permission"),
        ("SELECT * FROM glob('{folder}/*')", "Permission"),
        ("SELECT * FROM read_parquet('https://example.invalid/a.parquet')", "Permission"),
        ("SELECT * FROM outside", "does not exist"),
    ],
)
def test_sql_that_does_more_than_read_draws_is_refused(campaign: Path, sql: str, words: str):
    outside = {"a": np.zeros(1)}
    secret, shard = campaign / "secret.csv", campaign / "shards" / "draws-0000000-0000003.parquet"
    secret.write_text("secret\n1\n")
    before = {path: path.read_bytes() for path in campaign.rglob("*.*")}
    with pytest.raises(YaanError, match=words):
        shards.query(campaign, sql.format(folder=campaign, shard=shard))
    assert {path: path.read_bytes() for path in campaign.rglob("*.*")} == before
    assert outside


def test_a_folder_of_any_name_is_asked_and_read(tmp_path: Path):
    folder = tmp_path / "it's [a]*{b} é"
    written(folder, 0, 4)
    assert shards.query(folder, "SELECT count(*) FROM draws").rows == [(8,)]
    assert len(shards.columns_of(folder)["draw"]) == 8


def test_threads_write_beside_each_other(tmp_path: Path):
    threads = [threading.Thread(target=written, args=(tmp_path, 4 * i)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shards.finished(tmp_path, ABOUT) == [range(4 * i, 4 * i + 4) for i in range(6)]
