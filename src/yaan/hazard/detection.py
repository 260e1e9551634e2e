"""Detectors of a failure: how soon they tell it, and how often they tell one that is none.

A detector samples a signal with white noise every `period`. It alarms at the sample that is the
last of `persistence` in a row beyond its threshold, and the alarm is acted on `latency` later.
The count
of samples in a row is a Markov chain: one more with the probability that a sample lies beyond, back
to none otherwise, and the alarm takes it in. So the chance of an alarm by each sample is exact.

The first sample after a failure comes anywhere within a period: chances are the mean over that.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

_PHASES: Final = 8  # places of the first sample within a period that are taken
_MOST: Final = 2_000_000  # samples followed for one call


@dataclass(frozen=True)
class Detector:
    """A threshold on the departure of a signal from what it should be.

    Attributes:
        threshold: departure that alarms, above 0 [unit of the signal].
        noise: standard deviation of one sample [unit of the signal].
        period: between samples [s].
        persistence: samples in a row that must lie beyond, at least 1.
        latency: from the last of them to the act [s].
        both_sides: whether a departure to the other side alarms too.
    """

    threshold: float
    noise: float
    period: float
    persistence: int = 1
    latency: float = 0.0
    both_sides: bool = False

    def __post_init__(self) -> None:
        wrong = {
            "threshold": (self.threshold > 0.0, "above 0"),
            "noise": (self.noise >= 0.0, "at least 0"),
            "period": (self.period > 0.0, "above 0 s"),
            "persistence": (self.persistence >= 1, "at least 1 sample"),
            "latency": (self.latency >= 0.0, "at least 0 s"),
        }
        told = [
            f"{name} {getattr(self, name)!r}: expected {what}"
            for name, (right, what) in wrong.items()
            if not right or not np.isfinite(getattr(self, name))
        ]
        if told:
            raise ValueError("detector: " + "; ".join(told))

    def beyond(self, departure: ArrayLike) -> NDArray[np.float64]:
        """Probability that one sample lies beyond the threshold; `departure` of any shape."""
        x = np.asarray(departure, dtype=float)
        if self.noise == 0.0:
            over = np.abs(x) if self.both_sides else x
            return np.where(over > self.threshold, 1.0, 0.0)
        above = ndtr((x - self.threshold) / self.noise)
        below = ndtr((-x - self.threshold) / self.noise) if self.both_sides else 0.0
        return np.asarray(above + below)


@dataclass(frozen=True)
class Detection:
    """How soon a failure is told.

    Attributes:
        time: since the failure, of the rows [s], shape [rows].
        probability: that it has been acted on by then, [lanes, rows].
        mean: time to the act, of those cases that come to one within the rows [s], [lanes]; NaN if
            none does.
        late: time by which 99 % of all have been acted on [s], [lanes]; infinite if fewer are.
    """

    time: NDArray[np.float64]
    probability: NDArray[np.float64]
    mean: NDArray[np.float64]
    late: NDArray[np.float64]


def detection(
    detector: Detector, *, step: ArrayLike = 0.0, ramp: ArrayLike = 0.0, duration: float
) -> Detection:
    """Chance that a failure has been told, against the time since it.

    Args:
        detector: what listens.
        step: departure of the signal at once [its unit], a number or [lanes].
        ramp: departure that grows with time [its unit/s], likewise.
        duration: of what is followed after the failure [s].

    Raises:
        ValueError: nothing to follow, or more samples than can be.
    """
    jump, slope = np.broadcast_arrays(np.atleast_1d(step).astype(float), np.atleast_1d(ramp))
    count = int(np.ceil(duration / detector.period)) if duration > 0.0 else 0
    if count < 1 or count * jump.size > _MOST:
        raise ValueError(
            f"duration {duration!r}: expected one sample at least and {_MOST} in all, "
            f"of every {detector.period:g} s"
        )
    phases = (np.arange(_PHASES) + 0.5) / _PHASES
    # Rows: each sample of each phase in the order of time.
    sampled = (np.arange(count)[:, None] + phases) * detector.period  # [samples, phases]
    alarmed = np.empty((count, _PHASES, jump.size))
    held = np.zeros((detector.persistence, _PHASES, jump.size))  # by samples in a row: 0, 1, ...
    held[0] = 1.0
    done = np.zeros((_PHASES, jump.size))
    for k in range(count):
        p = detector.beyond(jump + slope * sampled[k][:, None])
        done = done + p * held[-1]
        held = np.concatenate([(held.sum(axis=0) * (1.0 - p))[None], held[:-1] * p])
        alarmed[k] = done
    by = alarmed.reshape(count * _PHASES, jump.size)
    fresh = np.diff(alarmed, axis=0, prepend=0.0).reshape(by.shape) / _PHASES
    time = sampled.ravel() + detector.latency
    probability = np.minimum(np.cumsum(fresh, axis=0), 1.0).T
    told = fresh.sum(axis=0)
    with np.errstate(invalid="ignore"):
        mean = np.where(told > 0.0, (fresh * time[:, None]).sum(axis=0) / told, np.nan)
    first = np.argmax(probability >= 0.99 - 1e-12, axis=1)
    late = np.where(probability[:, -1] >= 0.99 - 1e-12, time[first], np.inf)
    return Detection(time, probability, mean, late)


def false_alarms(detector: Detector) -> float:
    """Alarms per hour of a signal that is as it should be; the count begins anew after each.

    The chain's mean number of samples to `m` in a row is (1 - p^m) / ((1 - p) p^m), exact for
    white noise; noise that is correlated from sample to sample alarms more often.
    """
    p = float(detector.beyond(0.0))
    run = p**detector.persistence
    samples_per_hour = 3600.0 / detector.period
    if p >= 1.0:
        return samples_per_hour / detector.persistence
    return samples_per_hour * (1.0 - p) * run / (1.0 - run)
