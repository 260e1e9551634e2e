"""Every test computes in 64 bits, as every public call of Yaan does."""

from collections.abc import Generator
from pathlib import Path

import jax
import pytest

from yaan.base.programme import forget

jax.config.update("jax_enable_x64", True)

_MAPS = Path("/proc/self/maps")
_MANY = 30_000  # half of the maps that Linux lets a process have, which compiled programmes use up


@pytest.fixture(autouse=True, scope="module")
def _room_for_programmes() -> Generator[None]:
    yield
    if _MAPS.exists() and _MAPS.read_bytes().count(b"\n") > _MANY:
        forget()
