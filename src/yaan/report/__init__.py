"""The report of a flight: results in, one self-contained page out."""

from yaan.report.page import write_report

__all__ = ["write_report"]
