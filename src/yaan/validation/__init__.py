"""The outside world's cases, how far Yaan is from them, and the wall that shows it."""

from yaan.validation.case import Case, Line, Result
from yaan.validation.run import choose, document, run
from yaan.validation.suites import CASES
from yaan.validation.wall import write_wall

__all__ = ["CASES", "Case", "Line", "Result", "choose", "document", "run", "write_wall"]
