"""From one frame to another, for arrays on the host: the axes of each frame against GCRS by ERFA.

ITRS turns, and its velocities are against the turning Earth. The axes of date (CIRS, MOD, TOD,
TEME) are taken as they stand at each instant: that they creep by 8e-12 rad/s is left out, 5e-5 m/s
in a low orbit, as others do.
"""

from collections.abc import Callable, Sequence
from typing import Final

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.constants import SECONDS_PER_DAY
from yaan.base.errors import FrameError, YaanError
from yaan.spacetime.frame import Frame
from yaan.spacetime.time import EarthOrientation, Epoch

Array = NDArray[np.float64]
When = Epoch | Sequence[Epoch] | tuple[Epoch, ArrayLike]
"""One epoch, one for each row, or an epoch and the seconds since it of each row [n, s]."""

OF_TIME: Final = (
    Frame.GCRS,
    Frame.EME2000,
    Frame.MOD,
    Frame.TOD,
    Frame.TEME,
    Frame.CIRS,
    Frame.ITRS,
)
"""Frames whose axes are known by the time alone."""

_J2000_JD: Final = 2_451_545.0  # [day]

BESIDE: Final = 30.0
"""[s] before and after an instant by which the spin of the Earth is told."""


def to_frame(frame: Frame, when: When, orientation: EarthOrientation | None = None) -> Array:
    """Matrices from GCRS to the axes of `frame` [n, 3, 3]: v_frame = matrix v_GCRS.

    EME2000 is GCRS less the frame bias of IAU 2006; MOD has the precession of IAU 2006, TOD and
    CIRS the nutation of IAU 2000A besides (adjusted to 2006), without the observed offsets of the
    pole (1 cm in a low orbit). ITRS is the product of the IERS conventions with those offsets, as
    in `iers_rotation`. TEME is where ITRS stands without polar motion, turned back by the mean
    sidereal time of 1982: the frame in which SGP4's ground tracks come out right. By the nutation
    of 1980 and the equation of the equinoxes the same name means axes up to 0.1 arcseconds away.

    Source: IERS TN 36, chapter 5, by ERFA; Vallado et al., Revisiting Spacetrack Report #3 (AIAA
    2006-6753), appendix C: TEME by GMST82.

    Raises:
        FrameError: the frame depends on more than time, as those of a body or an orbit.
        YaanError: ITRS or TEME without `orientation`.
    """
    return _matrices(frame, _Times(_epochs(when)), orientation)


def convert(
    position: ArrayLike,
    velocity: ArrayLike,
    when: When,
    source: Frame,
    target: Frame,
    orientation: EarthOrientation | None = None,
) -> tuple[Array, Array]:
    """Position [n, 3, m] and velocity [n, 3, m/s] in the axes of `target`.

    Rows and instants are as many, or one of either serves all of the other. A velocity in ITRS is
    against the turning Earth, by the spin of the same chain; all others are inertial, as the
    module says.

    Raises:
        FrameError: a frame depends on more than time.
        YaanError: ITRS or TEME without `orientation`, or as many rows as there are no instants.
    """
    epochs = _epochs(when)
    place, motion = _rows(position), _rows(velocity)
    counts = {len(place), len(epochs)} - {1}
    if place.shape != motion.shape or len(counts) > 1:
        raise YaanError(
            f"{len(place)} positions, {len(motion)} velocities and {len(epochs)} instants: "
            "expected as many of each, or one"
        )
    times = _Times(epochs)
    if source is not target:
        there = _matrices(source, times, orientation)
        if source is Frame.ITRS:
            motion = motion + np.cross(_spin(epochs, orientation), place)
        turn = _matrices(target, times, orientation) @ np.swapaxes(there, 1, 2)
        place, motion = _turned(turn, place), _turned(turn, motion)
        if target is Frame.ITRS:
            motion = motion - np.cross(_spin(epochs, orientation), place)
    rows = max(len(place), len(epochs))
    return np.array(np.broadcast_to(place, (rows, 3))), np.array(np.broadcast_to(motion, (rows, 3)))


def older_axes(frame: Frame, epoch: Epoch) -> Array:
    """The matrix [3, 3] to `frame` from the inertial axes of `iau1980_rotation`.

    Those axes are EME2000 itself, whatever they are called there. MOD is the precession of 1976
    from them, TOD the nutation of 1980 besides, TEME turned back from it by the equation of the
    equinoxes.

    Raises:
        FrameError: none of these frames.
    """
    tt = epoch.tt()
    found: dict[Frame, Callable[[], Array]] = {
        Frame.GCRS: lambda: np.eye(3),
        Frame.EME2000: lambda: np.eye(3),
        Frame.MOD: lambda: erfa.pmat76(*tt),
        Frame.TOD: lambda: erfa.pnm80(*tt),
        Frame.TEME: lambda: erfa.rz(erfa.eqeq94(*tt), erfa.pnm80(*tt)),
    }
    if frame not in found:
        raise FrameError(f"{frame.name} has no axes by the conventions of 1980")
    return found[frame]()


class _Times:
    """TT, TAI and UTC of instants, two-part Julian dates [n, day], each made once."""

    def __init__(self, epochs: Sequence[Epoch]) -> None:
        self.tai = _parts([one.tai() for one in epochs])
        self.tt = erfa.taitt(*self.tai)
        self._utc = _parts([one.jd("UTC") for one in epochs])

    def ut1(self, now: dict[str, Array]) -> tuple[Array, Array]:
        """UT1, as `iers_rotation` has it."""
        return self.tai[0], self.tai[1] + now["ut1_tai"] / SECONDS_PER_DAY

    def pole(self, orientation: EarthOrientation | None, frame: Frame) -> dict[str, Array]:
        """The orientation of the Earth then."""
        if orientation is None:
            raise YaanError(
                f"{frame.name} turns with the Earth: give its orientation, as bundled_orientation()"
            )
        return orientation.at(self._utc[0] - 2_400_000.5 + self._utc[1])


def _parts(dates: list[tuple[float, float]]) -> tuple[Array, Array]:
    first, second = np.array(dates, dtype=float).T
    return first, second


def _epochs(when: When) -> list[Epoch]:
    if isinstance(when, Epoch):
        return [when]
    found: list[Epoch] = []
    for one in when:
        if isinstance(one, Epoch):
            found.append(one)
        else:  # the seconds since the epoch before
            since = np.atleast_1d(np.asarray(one, dtype=float))
            found = [found[0] + float(t) for t in since]
    return found


def _rows(vectors: ArrayLike) -> Array:
    return np.atleast_2d(np.asarray(vectors, dtype=float))


def _turned(matrices: Array, vectors: Array) -> Array:
    return np.einsum("nij,nj->ni", *_alike(matrices, vectors))


def _alike(matrices: Array, vectors: Array) -> tuple[Array, Array]:
    count = max(len(matrices), len(vectors))
    return np.broadcast_to(matrices, (count, 3, 3)), np.broadcast_to(vectors, (count, 3))


def _matrices(frame: Frame, times: _Times, orientation: EarthOrientation | None) -> Array:
    if frame in (Frame.ITRS, Frame.TEME):
        return _turning(frame, times, times.pole(orientation, frame))
    tt = times.tt
    known: dict[Frame, Callable[[], Array]] = {
        Frame.GCRS: lambda: np.eye(3),
        Frame.EME2000: lambda: erfa.bp06(_J2000_JD, 0.0)[0],
        Frame.MOD: lambda: erfa.pmat06(*tt),
        Frame.TOD: lambda: erfa.pnm06a(*tt),
        Frame.CIRS: lambda: erfa.c2i06a(*tt),
    }
    if frame not in known:
        raise FrameError(f"{frame.name} is no frame of time alone: {frame.value}")
    return np.broadcast_to(known[frame](), (len(tt[0]), 3, 3))


def _turning(frame: Frame, times: _Times, now: dict[str, Array]) -> Array:
    """The axes that rest on how the Earth has turned."""
    x, y, s = erfa.xys06a(*times.tt)
    intermediate = erfa.c2ixys(x + now["dx"], y + now["dy"], s)
    ut1, locator = times.ut1(now), erfa.sp00(*times.tt)
    angle = erfa.era00(*ut1)
    if frame is Frame.TEME:
        # The polar motion of 1980 has no locator, so that it is part of the turn: 0.4 mm.
        return erfa.rz(angle + locator - erfa.gmst82(*ut1), intermediate)
    return erfa.c2tcio(intermediate, angle, erfa.pom00(now["xp"], now["yp"], locator))


def _spin(epochs: list[Epoch], orientation: EarthOrientation | None) -> Array:
    """Angular velocity of ITRS against GCRS, in ITRS [n, 3, rad/s].

    From the same chain a little before and after, as the spin of `EarthRotation` is from its nodes
    600 s apart: the two are within 1e-13 rad/s.
    """
    early, late = (
        _matrices(Frame.ITRS, _Times([one + sign * BESIDE for one in epochs]), orientation)
        for sign in (-1.0, 1.0)
    )
    return erfa.rm2v(late @ np.swapaxes(early, 1, 2)) / (2.0 * BESIDE)
