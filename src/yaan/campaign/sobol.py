"""Sobol sequences with Owen's nested scrambling: point n of a dimension is a function of n alone.

The plain sequence is in its natural order, x(n) the exclusive or of the direction numbers of the
bits of n, with those of Joe and Kuo as SciPy has them. Scrambling flips the k-th bit of a point or
not, by a hash of the k - 1 bits above it and of the scramble's own number: a permutation at each
node of the binary tree, which keeps the points a net and makes each of them uniform.

Sources: S. Joe and F. Y. Kuo, Constructing Sobol sequences with better two-dimensional projections,
SIAM J. Sci. Comput. 30 (2008); A. B. Owen, Scrambled net variance for integrals of smooth
functions, Annals of Statistics 25 (1997); the hash is the finaliser of SplitMix64, Steele and
others, OOPSLA 2014. None was re-read.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Words = NDArray[np.uint64]

DIMENSIONS: Final = 256
"""Values of a draw that are points of the sequence; further ones are no better than random ones."""

_NUMBER: Final = 20
MOST: Final = 2**_NUMBER
"""Points of a sequence, more than a campaign may have draws."""

_DEPTH: Final = 32  # bits of a point
_BITS: Final = 53


def points(index: NDArray[np.int64], dimension: int) -> Words | None:
    """Plain points of one dimension, in units of 2**-32 [points]; None beyond `DIMENSIONS`.

    Args:
        index: numbers of the points, from 0 and below `MOST`.
        dimension: from 0.

    Raises:
        ValueError: a number beyond.
    """
    if index.size and not 0 <= index.min() <= index.max() < MOST:
        raise ValueError(f"a sequence has points 0 to {MOST - 1}")
    if dimension >= DIMENSIONS:
        return None
    directions = _directions()[:, dimension]
    number = index.astype(np.uint64)
    found = np.zeros(index.shape, dtype=np.uint64)
    for bit in range(int(number.max(initial=0)).bit_length()):
        on = (number >> np.uint64(bit)) & np.uint64(1)
        found ^= on * directions[bit]
    return found


def scores(plain: Words, scramble: Words) -> Array:
    """Scrambled points as uniform numbers of 53 bits, above 0 and below 1 [points].

    Args:
        plain: of `points`.
        scramble: a random word that names the scramble of each point.
    """
    key = _mixed(scramble)
    found = np.zeros_like(plain)
    for depth in range(_DEPTH):
        # A one before the bits above tells how many they are.
        node = (np.uint64(1) << np.uint64(depth)) | (plain >> np.uint64(_DEPTH - depth))
        flip = _mixed(key ^ _mixed(node)) >> np.uint64(63)
        bit = (plain >> np.uint64(_DEPTH - 1 - depth)) & np.uint64(1)
        found = (found << np.uint64(1)) | (bit ^ flip)
    # Below its bits a scrambled point is random: all further digits of the plain one are 0.
    leaf = _mixed(key ^ _mixed((np.uint64(1) << np.uint64(_DEPTH)) | plain))
    low = leaf >> np.uint64(64 - (_BITS - _DEPTH))
    bits = (found << np.uint64(_BITS - _DEPTH)) | low
    return (bits.astype(np.float64) + 0.5) * 2.0**-_BITS


def _mixed(words: Words) -> Words:
    """The finaliser of SplitMix64 of each word; it wraps as it should."""
    z = words + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@cache
def _directions() -> Words:
    """Direction numbers [bit, dimension], each an integer over 2**32.

    SciPy gives points in the order of Gray's code: point 2**k is the exclusive or of the numbers
    of bits k and k - 1.
    """
    from scipy.stats import qmc  # slow to import, and of no use to others

    found = np.zeros((_NUMBER, DIMENSIONS), dtype=np.uint64)
    engine = qmc.Sobol(DIMENSIONS, scramble=False, bits=_DEPTH)
    reached = 0
    for bit in range(_NUMBER):
        if 2**bit > reached:
            engine.fast_forward(2**bit - reached)
        point = np.asarray(engine.random(1))[0]
        reached = 2**bit + 1
        found[bit] = (point * 2.0**_DEPTH).astype(np.uint64)
        if bit:
            found[bit] ^= found[bit - 1]
    return found
