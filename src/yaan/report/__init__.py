"""The report of a flight: results in, one self-contained page out; and of many flights on one."""

from yaan.report.course import Course
from yaan.report.engine import EnginePage, write_engine
from yaan.report.figures.lanes import Drawing, Key, Lanes
from yaan.report.figures.payload import Payloads
from yaan.report.page import (
    write_capability,
    write_comparison,
    write_escape_report,
    write_orbit,
    write_report,
    write_sweep,
)

__all__ = [
    "Course",
    "Drawing",
    "EnginePage",
    "Key",
    "Lanes",
    "Payloads",
    "write_capability",
    "write_comparison",
    "write_engine",
    "write_escape_report",
    "write_orbit",
    "write_report",
    "write_sweep",
]
