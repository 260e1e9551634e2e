"""Whether errors are as large as the covariance that was told of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RANK = 1e-10
"""An eigenvalue of a correlation matrix below this share of its size is one of zero."""


@dataclass(frozen=True, slots=True)
class Consistency:
    """Errors against their covariance, over all rows.

    Attributes:
        nees: mean of the normalised estimation error squared, e' P^-1 e. It is the number of axes
            where the covariance is right, more where it is too small.
        within: share of rows within three standard deviations, by axis: 0.9973 of normal errors.
        rows: how many rows were counted.
        left_out: rows that were not, since they are not finite or their covariance has a negative
            eigenvalue.
    """

    nees: float
    within: NDArray[np.float64]
    rows: int
    left_out: int


def consistency(error: NDArray[np.float64], covariance: NDArray[np.float64]) -> Consistency:
    """Hold errors against what was told of them.

    Args:
        error: believed less true, [..., axes], in any units.
        covariance: [..., axes, axes], in the products of those units.

    A direction that has no variance adds nothing if it has no error, and makes the NEES infinite
    if it has one. Without a row that counts, NEES and shares are not numbers.

    Source: Bar-Shalom, Li and Kirubarajan, Estimation with Applications to Tracking and Navigation
    (2001), section 5.4 (not re-read).

    Raises:
        ValueError: shapes that do not belong together.
    """
    axes = error.shape[-1] if error.ndim else 0
    if axes == 0 or covariance.shape != (*error.shape, axes):
        raise ValueError(
            f"errors of shape {error.shape} have covariances of shape "
            f"{(*error.shape, axes)}, not {covariance.shape}"
        )
    errors, told = error.reshape(-1, axes), covariance.reshape(-1, axes, axes)
    finite = np.all(np.isfinite(errors), axis=1) & np.all(np.isfinite(told), axis=(1, 2))
    variance = np.diagonal(told, axis1=1, axis2=2)
    good = finite & np.all(np.where(finite[:, None], variance, 0.0) >= 0.0, axis=1)
    errors, told, sigma = errors[good], told[good], np.sqrt(variance[good])
    # In standard deviations, so that metres and radians weigh the same.
    unit = np.where(sigma > 0.0, sigma, 1.0)
    eigenvalues, vectors = np.linalg.eigh(told / (unit[:, :, None] * unit[:, None, :]))
    right = np.all(eigenvalues > -axes * _RANK, axis=1)
    along = np.einsum("nij,ni->nj", vectors, errors / unit)
    known = eigenvalues > axes * _RANK
    squares = np.where(known, along**2 / np.where(known, eigenvalues, 1.0), 0.0)
    beyond = np.any(~known & (np.abs(along) > np.sqrt(axes * _RANK)), axis=1)
    nees = np.where(beyond, np.inf, np.sum(squares, axis=1))[right]
    inside = (np.abs(errors) <= 3.0 * sigma)[right]
    counted = int(np.count_nonzero(right))
    return Consistency(
        nees=float(np.mean(nees)) if counted else float("nan"),
        within=np.mean(inside, axis=0) if counted else np.full(axes, np.nan),
        rows=counted,
        left_out=len(finite) - counted,
    )
