"""Crew escape in numbers: every mode at every instant, judged, and the best way out."""

from yaan.analysis.escape.fly import check_asked, escape

__all__ = ["check_asked", "escape"]
