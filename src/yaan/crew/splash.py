"""What a capsule feels as its round heat shield meets water: impact of a spherical cap.

The water that must move out of the way is a growing added mass, that of a disc as wide as the
wetted patch, on one side: m_a = 4/3 rho a^3, and momentum along the water's normal is shared with
it: m V_0 = (m + m_a) V (T. von Karman, The Impact on Seaplane Floats During Landing, NACA TN 321,
1929). The patch is a^2 = 2 R z where it is the cut through the still surface (von Karman), or a^2 =
3 R z where the water that is pushed up is counted (H. Wagner, Z. angew. Math. Mech. 12, 1932,
193-215, for a sphere), R the radius of the cap and z its depth. So V = V_0 / (1 + mu), mu = m_a /
m, and the deceleration is 3/2 V_0^2 mu / z / (1 + mu)^3, largest at mu = 1/8. A rigid cap in a
finer computation lies between the two (J. T. Wang and K. H. Lyle, Simulating Space Capsule Water
Landing with Explicit Finite Element Method, AIAA, summary).

Speed across the water counts by its part along the normal of a wave's face. A sphere is the same
however it is tilted; but the force points to its centre, so a tilt turns it in the axes of the
body, takes its line past the centre of mass, and so turns the capsule: the mass at the point of
contact is then 1 / (1/m + arm^2/I).

Valid: a patch that stays within the cap until the load is largest; where the edge of the shield
meets the water before, the load is less than is told, and `edge` says so. The blow ends as the
patch is as wide as the base.
Ignores: elasticity of shield, structure and couch, which the flights of Apollo say can raise or
lower a load; air under the shield; friction, planing and what the water does sideways; gravity,
buoyancy and canopies during these hundredths of a second; the motion of the waves; capsizing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike

from yaan.base.constants import STANDARD_GRAVITY
from yaan.crew.couch import CouchFrame
from yaan.crew.dynamic_response import Response, dynamic_response
from yaan.crew.limits import Condition, Level, ResponseLimits

Theory = Literal["von-karman", "wagner"]

_PATCH: Final[dict[Theory, float]] = {"von-karman": 2.0, "wagner": 3.0}
"""Square of the wetted radius over R z."""

_WATER = 1025.0  # [kg/m3] of the sea
_ROWS = 120
_WORST = 0.125  # [1] of added mass over mass, where the load is largest
_SPENT = 8.0  # [1] of added mass over mass, where 1 % of the largest load is left


@dataclass(frozen=True)
class WaterBody:
    """A capsule as water meets it.

    Attributes:
        mass: [kg].
        cap_radius: of the heat shield's sphere [m].
        base_radius: of the shield's edge [m].
        centre: height of the centre of mass over the shield's lowest point, along the axis [m].
        inertia: about an axis across, through the centre of mass [kg m2]; None: it does not turn.
    """

    mass: float
    cap_radius: float
    base_radius: float
    centre: float = 0.0
    inertia: float | None = None


@dataclass(frozen=True)
class Splash:
    """The blow that each of many lanes feels, on the vehicle's axes x to the nose, y right, z down.

    Attributes:
        time: of the rows since contact [s], shape [lanes, rows].
        force: specific force of the centre of mass by the water [m/s2], shape [lanes, rows, 3].
        acceleration: angular acceleration [rad/s2], likewise.
        peak: largest specific force [m/s2], shape [lanes].
        edge: whether the water meets the shield's edge before the load is largest, shape [lanes]:
            what is told is then an upper bound.
    """

    time: Float[np.ndarray, "lanes rows"]
    force: Float[np.ndarray, "lanes rows 3"]
    acceleration: Float[np.ndarray, "lanes rows 3"]
    peak: Float[np.ndarray, " lanes"]
    edge: Bool[np.ndarray, " lanes"]

    @property
    def peak_g(self) -> Float[np.ndarray, " lanes"]:
        """Largest load [g0]."""
        return self.peak / STANDARD_GRAVITY


def splash(
    body: WaterBody,
    down: float | ArrayLike,
    across: float | ArrayLike = 0.0,
    *,
    slope: float | ArrayLike = 0.0,
    pitch: float | ArrayLike = 0.0,
    heading: float | ArrayLike = 0.0,
    theory: Theory = "wagner",
) -> Splash:
    """How a capsule meets the water, in as many lanes as the arguments have together.

    Args:
        body: the capsule.
        down: vertical speed [m/s], shape [lanes] or one for all, as those that follow.
        across: horizontal speed against the water [m/s].
        slope: of the water where it is met [rad], positive where it rises ahead.
        pitch: lean of the nose from the vertical, positive ahead [rad].
        heading: of the motion about the vehicle's axis [rad]: 0 is towards -z, the heads of a crew
            that lies as usual, and pi/2 towards +y.
        theory: `wagner` tells more than was felt of a rigid cap, `von-karman` less.

    Raises:
        ValueError: the capsule does not fall against the water's face in some lane.
    """
    v, u, face, lean, course = (
        np.atleast_1d(one).astype(float)
        for one in np.broadcast_arrays(down, across, slope, pitch, heading)
    )
    speed = v * np.cos(face) + u * np.sin(face)
    if not (np.isfinite(speed).all() and (speed > 0.0).all()):
        raise ValueError("splash: down, across and slope: expected a motion into the water's face")
    tilt = lean + face  # of the nose from the water's normal, ahead
    arm = (body.cap_radius - body.centre) * np.sin(tilt)
    turning = 0.0 if body.inertia is None else 1.0 / body.inertia
    mass = 1.0 / (1.0 / body.mass + arm**2 * turning)
    reach = np.arcsin(min(body.base_radius / body.cap_radius, 1.0))
    widest = np.cbrt(0.75 * _WORST * mass / _WATER)  # of the patch, where the load is largest
    edge = np.abs(tilt) + np.arcsin(np.minimum(widest / body.cap_radius, 1.0)) > reach
    patch = _PATCH[theory] * body.cap_radius
    added = np.minimum(4.0 / 3.0 * _WATER * body.base_radius**3 / mass, _SPENT)
    # Rows lie evenly in the root of the depth, in which load rises straight from contact.
    share = np.linspace(0.0, 1.0, _ROWS)
    depth = (0.75 * added * mass / _WATER) ** (2.0 / 3.0) / patch
    z = depth[:, None] * share**2
    mu = added[:, None] * share**3
    time = (z + 0.4 * mu * z) / speed[:, None]
    over = added[:, None] * share / depth[:, None]  # mu / z
    pull = 1.5 * speed[:, None] ** 2 * over / (1.0 + mu) ** 3
    felt = pull * (mass / body.mass)[:, None]
    # It ends at once as the water leaves the shield.
    felt = np.pad(felt, ((0, 0), (0, 1)))
    time = np.pad(time, ((0, 0), (0, 1)), mode="edge")
    cosine, sine = np.cos(tilt), np.sin(tilt)
    ahead = np.stack([0.0 * course, np.sin(course), -np.cos(course)], axis=1)
    normal = -sine[:, None] * ahead
    normal[:, 0] = cosine
    # The force acts on the line through the sphere's centre, on the axis above the centre of mass.
    lever = np.array([body.cap_radius - body.centre, 0.0, 0.0])
    turn = np.cross(lever, normal) * (body.mass * turning)
    return Splash(
        time,
        felt[:, :, None] * normal[:, None],
        felt[:, :, None] * turn[:, None],
        felt.max(axis=1),
        edge,
    )


def splash_response(
    blow: Splash,
    couch: CouchFrame,
    limits: ResponseLimits,
    condition: Condition = "fresh",
    *,
    centre: ArrayLike | None = None,
    levels: Sequence[Level] | None = None,
) -> Response:
    """What the blow of a splash does to who lies in a couch.

    Args:
        blow: of `splash`.
        couch: where it stands.
        limits: of the response.
        condition: of the crew.
        centre: of mass in structural axes [m]; left out, the origin.
        levels: of which beta is asked; all of them if left out.
    """
    loads = couch.loads(blow.force, acceleration=blow.acceleration, centre=centre)
    return dynamic_response(blow.time, loads, limits, condition, levels=levels)
