"""Axes that move along with an orbit: RTN, VVLH, TNW and VNC; traced, and as matrices on the host.

With h = r x v the angular momentum, seen from an inertial frame:

    RTN   x along r, z along h, y = z x x      (also RSW, RIC, QSW)
    TNW   x along v, z along h, y = z x x, to the inside of the orbit
    VNC   x along v, y along h, z = x x y, to the outside      (also VNB)
    VVLH  z against r, y against h, x = y x z

"LVLH" names two of them, depending on who says it, and is none of these words.

Source: the SANA registry of orbit-relative reference frames of CCSDS (RSW, TNW, VNC; not re-read);
Orekit's LOFType has the same axes under QSW, TNW, VNC and VVLH, GMAT those of VNC under VNB.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.errors import FrameError, YaanError
from yaan.spacetime.attitude import from_axes
from yaan.spacetime.frame import Frame, Vector, frame_named
from yaan.spacetime.rotation import Rotation

LOCAL: Final = (Frame.RTN, Frame.VVLH, Frame.TNW, Frame.VNC)
"""Frames whose axes are those of a place and a velocity."""

_STRAIGHT: Final = 1e-12  # sine between r and v: what is left of h is rounding


def local_axes(frame: Frame, position: Vector, velocity: Vector) -> tuple[Vector, Vector, Vector]:
    """Unit axes x, y and z of a local frame, in the frame of `position` and `velocity`.

    RTN: x from the Earth's centre, z along the angular momentum. TNW: x along the velocity, z along
    the angular momentum. VNC (GMAT's VNB): x along the velocity, y along the angular momentum.
    VVLH: z to the Earth's centre, y against the angular momentum. Not defined for a straight fall.

    Raises:
        FrameError: a frame that is not of an orbit, or two frames.
    """
    _require_local(frame)
    normal = position.cross(velocity).unit()
    if frame is Frame.RTN:
        radial = position.unit()
        return radial, normal.cross(radial), normal
    if frame is Frame.TNW:
        ahead = velocity.unit()
        return ahead, normal.cross(ahead), normal
    if frame is Frame.VNC:
        ahead = velocity.unit()
        return ahead, normal, ahead.cross(normal)
    down = -position.unit()
    right = -normal
    return right.cross(down), right, down


def axes_of(frame: Frame, position: Vector, velocity: Vector) -> Rotation:
    """The rotation to a local frame from the inertial one of `position` and `velocity`.

    Raises:
        FrameError: as `local_axes`.
    """
    return from_axes(*local_axes(frame, position, velocity), frame)


def local_matrices(
    kind: Frame | str, position: ArrayLike, velocity: ArrayLike
) -> NDArray[np.float64]:
    """Matrices [n, 3, 3] from an inertial frame to the local axes `kind` of each row; on the host.

    Their rows are the axes: v_local = matrix v. `position` [n, 3, m] and `velocity` [n, 3, m/s]
    are in that inertial frame. Lengths from 1e-150 to 1e150: the squares of others are not numbers.

    Raises:
        FrameError: a frame that is not of an orbit; `lvlh`, which names two.
        YaanError: a state that moves along its position, or not at all, and has no orbit.
    """
    frame = frame_named(kind) if isinstance(kind, str) else kind
    _require_local(frame)
    r, v = (np.atleast_2d(np.asarray(x, dtype=float)) for x in (position, velocity))
    # Directions first: the product of two very short vectors would underflow to no plane.
    out, ahead = (np.divide(x, _length(x), where=_length(x) > 0.0, out=0.0 * x) for x in (r, v))
    h = np.cross(out, ahead)
    if np.any(_length(h) <= _STRAIGHT):
        raise YaanError(f"a state that moves along its position has no axes {frame.name}")
    normal = h / _length(h)
    rows = {
        Frame.RTN: (out, np.cross(normal, out), normal),
        Frame.TNW: (ahead, np.cross(normal, ahead), normal),
        Frame.VNC: (ahead, normal, np.cross(ahead, normal)),
        Frame.VVLH: (np.cross(normal, out), -normal, -out),
    }[frame]
    return np.stack(rows, axis=1)


def _length(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.linalg.norm(vectors, axis=1, keepdims=True)


def _require_local(frame: Frame) -> None:
    if frame not in LOCAL:
        known = ", ".join(one.name.lower() for one in LOCAL)
        raise FrameError(f"{frame.name} is no frame of an orbit; those are {known}")
