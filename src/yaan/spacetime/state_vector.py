"""One state with its epoch, its frame and its centre, for whoever converts on the host."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yaan.base.errors import FrameError, YaanError
from yaan.spacetime.axes import OF_TIME, convert
from yaan.spacetime.equinoctial import Equinoctial, equinoctial
from yaan.spacetime.frame import Frame
from yaan.spacetime.keplerian import Keplerian, keplerian, require_above_ground, state_of_keplerian
from yaan.spacetime.mean_elements import Oblate, mean_elements
from yaan.spacetime.time import EarthOrientation, Epoch

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StateVector:
    """Where something is and how it moves, and by what that is meant.

    Raises:
        YaanError: not three finite numbers each.
        FrameError: a frame that depends on more than time.
    """

    epoch: Epoch
    position: Array
    """[3, m] from the centre, in the axes of `frame`."""
    velocity: Array
    """[3, m/s]; in ITRS against the turning Earth, else inertial."""
    frame: Frame
    centre: str = "Earth"

    def __post_init__(self) -> None:
        for name in ("position", "velocity"):
            given = np.array(getattr(self, name), dtype=float)
            if given.shape != (3,) or not np.all(np.isfinite(given)):
                raise YaanError(f"the {name} of a state: expected three finite numbers")
            given.setflags(write=False)
            object.__setattr__(self, name, given)
        if self.frame not in OF_TIME:
            raise FrameError(f"{self.frame.name} is no frame of time alone: {self.frame.value}")

    def to(self, frame: Frame, orientation: EarthOrientation | None = None) -> "StateVector":
        """The same state in another frame; from or to ITRS and TEME with `orientation`.

        Raises:
            FrameError: a frame that depends on more than time, or another centre than the Earth.
            YaanError: ITRS or TEME without `orientation`.
        """
        if frame is self.frame:
            return self
        if self.centre != "Earth":
            raise FrameError(f"frames are about the Earth; this state is about {self.centre}")
        moved = convert(self.position, self.velocity, self.epoch, self.frame, frame, orientation)
        return StateVector(self.epoch, moved[0][0], moved[1][0], frame)

    def __sub__(self, other: "StateVector") -> tuple[Array, Array]:
        """Position [m] and velocity [m/s] from `other` to this one, in their frame.

        Raises:
            FrameError: two frames, or two centres.
            YaanError: two epochs.
        """
        for name, one, two in (
            ("frame", self.frame.name, other.frame.name),
            ("centre", self.centre, other.centre),
        ):
            if one != two:
                raise FrameError(f"cannot subtract: one {name} is {one}, the other {two}")
        if self.epoch != other.epoch:
            apart = f"{self.epoch.iso(digits=9)} and {other.epoch.iso(digits=9)}"
            raise YaanError(f"cannot subtract states of two epochs, {apart}")
        return self.position - other.position, self.velocity - other.velocity

    @classmethod
    def of_keplerian(cls, epoch: Epoch, orbit: Keplerian, mu: float, frame: Frame) -> "StateVector":
        """The state of the elements that somebody gives, against the axes of `frame`.

        Raises:
            YaanError: no orbit, or one whose perigee is below the ground.
            FrameError: a frame that turns.
        """
        _require_inertial(frame)
        require_above_ground(orbit)
        position, velocity = state_of_keplerian(orbit, mu)
        return cls(epoch, position[0], velocity[0], frame)

    def keplerian(self, mu: float) -> Keplerian:
        """Osculating Keplerian elements [1], against the axes of its frame.

        Raises:
            FrameError: a frame that turns.
            YaanError: as `keplerian`.
        """
        _require_inertial(self.frame)
        return keplerian(self.position, self.velocity, mu)

    def equinoctial(self, mu: float, factor: int = 1) -> Equinoctial:
        """Osculating equinoctial elements [1], against the axes of its frame.

        Raises:
            FrameError: a frame that turns.
            YaanError: as `equinoctial`.
        """
        _require_inertial(self.frame)
        return equinoctial(self.position, self.velocity, mu, factor)

    def mean_elements(
        self, body: Oblate | None = None, orientation: EarthOrientation | None = None
    ) -> Keplerian:
        """Mean Keplerian elements [1] against the true equator and equinox of date.

        `body` is the Earth where it is left out.

        Raises:
            YaanError: as `mean_state`, or ITRS or TEME without `orientation`.
        """
        of_date = self.to(Frame.TOD, orientation)
        return mean_elements(of_date.position, of_date.velocity, body or Oblate())


def _require_inertial(frame: Frame) -> None:
    if frame is Frame.ITRS:
        raise FrameError("ITRS turns, so a state in it has no elements; take it to GCRS or TOD")
