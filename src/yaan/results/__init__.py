"""Plain records of a flight: what was flown, how it ended, and where it is kept."""

from yaan.results.compare import Difference, compare
from yaan.results.comparison import Change, Comparison, EventTimes, compare_runs
from yaan.results.json_file import read_json
from yaan.results.outcome import OutcomeCode
from yaan.results.store import (
    FlightRecord,
    new_run_folder,
    read_flight,
    summary_of,
    telling_kept,
    write_flight,
    write_json,
    write_manifest,
    write_run,
    write_text,
)
from yaan.results.summary import SCHEMA, Summary
from yaan.results.trajectory import (
    COLUMNS,
    GROUP_COLUMNS,
    Column,
    History,
    check_group,
    make_history,
)

__all__ = [
    "COLUMNS",
    "GROUP_COLUMNS",
    "SCHEMA",
    "Change",
    "Column",
    "Comparison",
    "Difference",
    "EventTimes",
    "FlightRecord",
    "History",
    "OutcomeCode",
    "Summary",
    "check_group",
    "compare",
    "compare_runs",
    "make_history",
    "new_run_folder",
    "read_flight",
    "read_json",
    "summary_of",
    "telling_kept",
    "write_flight",
    "write_json",
    "write_manifest",
    "write_run",
    "write_text",
]
