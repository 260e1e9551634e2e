"""Marks what needs NASA's cea: skipped where it is not installed, as on Linux on arm64."""

import pytest

from yaan.chemistry.species import MISSING, installed

needs_cea = pytest.mark.skipif(installed() is None, reason=MISSING)
