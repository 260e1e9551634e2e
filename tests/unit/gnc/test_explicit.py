"""Explicit guidance alone: beside optima found without it, off its model, where nothing can be."""

from typing import Any

import numpy as np
import pytest

from tests.unit.gnc.explicit_flights import (
    Case,
    Flown,
    Leg,
    burns,
    field,
    law,
    motion,
    orbit,
    place,
    together,
)
from yaan.base.constants import EARTH_J2, STANDARD_GRAVITY

# A core and a cryogenic stage like those of LVM3, from the separation of its strap-ons on.
CORE: dict[str, float] = {"thrust": 1.682e6, "isp": 293.0}
CRYO: dict[str, float] = {"thrust": 186.36e3, "isp": 442.0, "ramp": 3.0}
FLOW = {key: x["thrust"] / x["isp"] / STANDARD_GRAVITY for key, x in (("core", CORE), ("c", CRYO))}
START, SHED, CUT, GAP = 131.14, 210.0, 301.94, 5.16  # [s]
ABOVE = 46.99e3  # [kg], at the ignition of the cryogenic stage
LOADED = 28e3  # [kg]
WHOLE = 161.2e3  # [kg], at the start


def model(tail: float = 0.0) -> Any:
    return burns(
        CORE | {"mass": WHOLE, "stop": SHED, "dry": 65.3e3},
        CORE | {"fresh": False, "shed": 6e3, "stop": CUT, "dry": 59.3e3},
        CRYO | {"mass": ABOVE, "gap": GAP, "dry": ABOVE - LOADED, "tail_off": tail},
    )


def whole(
    target: Any = None, *, thrust: float = 1.0, flow: float = 1.0, late: float = 0.0,
    tail: float = 0.0, **last: Any,
) -> Case:  # fmt: skip
    """From the separation of the strap-ons to the orbit, off the model by factors."""
    target = orbit(170e3, 430e3, np.radians(51.5), anomaly=0.1) if target is None else target
    r = place(62.3e3, np.radians(13.7))
    angle = np.radians(23.4)
    v = motion(r, 2088.0 * np.sin(angle), 2088.0 * np.cos(angle), np.radians(136.0))
    core: dict[str, Any] = {"thrust": CORE["thrust"] * thrust, "flow": FLOW["core"] * flow}
    cryo: dict[str, Any] = {"thrust": CRYO["thrust"] * thrust, "flow": FLOW["c"] * flow}
    legs = [
        Leg(burn=0, mass=WHOLE, end=SHED, **core),
        Leg(burn=1, shed=6e3, end=CUT, **core),
        Leg(burn=2, lit=False, mass=ABOVE, lasts=GAP),
        Leg(burn=2, ramp=3.0, delay=late, dry=ABOVE - LOADED, **cryo | last),
        Leg(burn=2, tail=tail, lasts=max(tail, 1e-3), active=False, **cryo),
    ]
    return Case(law(model(tail), target, field=field(EARTH_J2)), legs, r, v, START)


MASS = 38.2e3  # [kg] of the upper stage alone, as it is lit
ALOFT = (168.5e3, 675.0, 4687.0)  # [m, m/s]
LEVEL = orbit(170e3, 430e3, 0.0, anomaly=0.1, node=0.0)


def upper(target: Any = LEVEL, start: tuple[float, float, float] = ALOFT, **truth: Any) -> Case:
    """The upper stage alone over a spherical Earth, without a ramp, along the equator."""
    rows = [{}, {}, CRYO | {"ramp": 0.0, "mass": MASS, "dry": MASS - LOADED}]
    r = place(start[0])
    v = motion(r, start[1], start[2], np.pi / 2)
    known = {"thrust": CRYO["thrust"], "flow": FLOW["c"], "mass": MASS, "dry": MASS - LOADED}
    legs = [Leg(burn=2, **known | truth)]
    return Case(law(burns(*rows), target), legs, r, v)


WEAK = 0.72
CASES = {
    "coplanar": upper(),
    "as believed": whole(),
    "strong": whole(thrust=1.03, flow=1.03),
    "weak": whole(thrust=0.97, flow=0.97),
    "thirsty": whole(flow=1.01),
    "sparing": whole(flow=0.99),
    "late": whole(late=5.0),
    "tail-off": whole(tail=4.0),
    "short": upper(thrust=WEAK * CRYO["thrust"], flow=WEAK * FLOW["c"]),
    "dead": upper(fails=100.0, left=0.0, end=160.0),
    "behind": upper(start=(172e3, 10.0, 8500.0)),
    "off the plane": whole(orbit(170e3, 430e3, np.radians(8.0), anomaly=0.1), end=1000.0),
}


@pytest.fixture(scope="module")
def flights() -> dict[str, list[Flown]]:
    return together(CASES)
