"""Product lists: every species that can form, and the few that do, for two propellants.

The library is 7 to 12 times faster with the species that matter. Which they are is found once with
the full list, at the corners of what is asked; the guard then looks at every answer for a species
that is left out and would have a mole fraction above `guard.TRACE`, and adds it.
"""

import functools
from collections.abc import Iterable
from typing import Final

import numpy as np
from jaxtyping import Float

from yaan.base.errors import YaanError
from yaan.chemistry.feed import System
from yaan.chemistry.guard import TRACE
from yaan.chemistry.species import SpeciesTable, possible

_FEW: Final = 20  # species of which none is left out


class ProductList:
    """The products of two propellants.

    Attributes:
        full: all that can form, gases first.
        kept: those that matter, in the order of `full`; empty until they are known.
        known: whether `kept` has been found.
    """

    def __init__(self, elements: tuple[str, ...]) -> None:
        self.full = all_of(elements)
        self._kept: frozenset[str] = frozenset()
        self.kept = self.full
        if len(self.full.names) <= _FEW:
            self.keep(self.full.names)

    @property
    def known(self) -> bool:
        """Whether it is known what matters."""
        return bool(self._kept)

    def keep(self, names: Iterable[str]) -> bool:
        """Add species to those that matter; whether any was new."""
        wanted = self._kept | frozenset(names)
        if wanted == self._kept:
            return False
        self._kept = wanted
        self.kept = table_of(tuple(n for n in self.full.names if n in wanted), self.full.elements)
        return True

    def keep_found(self, amounts: Float[np.ndarray, "n full"]) -> None:
        """Keep what there is of a solution over the full list."""
        share = amounts / np.maximum(amounts.sum(axis=1)[:, None], 1e-300)
        most = np.nan_to_num(share).max(axis=0, initial=0.0)
        # Condensed phases are left to the guard: the library puts in some that do not belong.
        self.keep(
            name
            for name, x, condensed in zip(self.full.names, most, self.full.condensed, strict=True)
            if x > TRACE and (not condensed or x > 1e-5)
        )


@functools.lru_cache(maxsize=256)
def table_of(names: tuple[str, ...], elements: tuple[str, ...]) -> SpeciesTable:
    """The table of these species, made once."""
    return SpeciesTable.of(names, elements)


@functools.cache
def all_of(elements: tuple[str, ...]) -> SpeciesTable:
    """Every species that can form of these elements, gases first; charged ones with `E`."""
    names = possible(elements, ions="E" in elements)
    if not names:
        raise YaanError(f"no species is known to form of {', '.join(elements)}")
    return SpeciesTable.of(names, elements)


@functools.cache
def products(system: System) -> ProductList:
    """The product list of two propellants, which this process keeps and improves."""
    return ProductList(system.elements)
