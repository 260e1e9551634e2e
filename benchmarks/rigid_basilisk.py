"""The capsule of `rigid_problem.py` in Basilisk (pip package `bsk`), one spacecraft at a time.

What differs: the density, being a module of its own, is held over a step; attitude is in modified
Rodrigues parameters. The Earth is a point mass, a sphere, and does not turn. The method is the
classical one of Runge and Kutta, and all of it is compiled C++.

Its argument: DURATION
"""

import sys
from importlib import import_module
from math import sqrt
from typing import Any

from rigid_problem import (
    AREA,
    BEHIND,
    DRAG,
    HEIGHT,
    INERTIA,
    MASS,
    RATE,
    SCALE_HEIGHT,
    SEA_LEVEL_DENSITY,
    STEP,
    Flight,
    axes,
    measure,
    steps_of,
    velocity,
)

MU = 3.986004418e14  # [m^3/s^2]
RADIUS = 6378137.0  # [m]
RUNS = 5


def simulation(name: str) -> Any:
    """A module of Basilisk's simulation package."""
    return import_module(f"Basilisk.simulation.{name}")


def turned(east: float, north: float, up: float) -> list[float]:
    """Local axes at longitude 0 on the equator, to inertial ones."""
    return [up, east, north]


def prepare(duration: float) -> tuple[Any, Any, tuple[Any, ...]]:
    """A simulation ready to be run, the spacecraft in it, and what must not be collected."""
    bases = import_module("Basilisk.utilities.SimulationBaseClass")
    macros = import_module("Basilisk.utilities.macros")
    kinematics = import_module("Basilisk.utilities.RigidBodyKinematics")
    gravity = import_module("Basilisk.utilities.simIncludeGravBody").gravBodyFactory()

    simulated = bases.SimBaseClass()
    process = simulated.CreateNewProcess("process")
    process.addTask(simulated.CreateNewTask("task", macros.sec2nano(STEP)))

    craft = simulation("spacecraft").Spacecraft()
    craft.hub.mHub = MASS
    craft.hub.r_BcB_B = [[0.0], [0.0], [0.0]]
    craft.hub.IHubPntBc_B = [[INERTIA[i] if i == j else 0.0 for j in range(3)] for i in range(3)]
    earth = gravity.createEarth()
    earth.isCentralBody = True
    earth.mu, earth.radEquator = MU, RADIUS
    gravity.addBodiesTo(craft)

    air = simulation("exponentialAtmosphere").ExponentialAtmosphere()
    air.planetRadius = RADIUS
    air.baseDensity, air.scaleHeight = SEA_LEVEL_DENSITY, SCALE_HEIGHT
    air.addSpacecraftToModel(craft.scStateOutMsg)

    drag = simulation("facetDragDynamicEffector").FacetDragDynamicEffector()
    drag.addFacet(AREA, DRAG, [1.0, 0.0, 0.0], [-BEHIND, 0.0, 0.0])
    drag.atmoDensInMsg.subscribeTo(air.envOutMsgs[0])
    craft.addDynamicEffector(drag)
    method = simulation("svIntegrators").svIntegratorRK4(craft)
    craft.setIntegrator(method)

    for module, priority in ((air, 3), (drag, 2), (craft, 1)):
        simulated.AddModelToTask("task", module, priority)

    craft.hub.r_CN_NInit = turned(0.0, 0.0, RADIUS + HEIGHT)
    craft.hub.v_CN_NInit = turned(*velocity())
    rows = [turned(*axis) for axis in axes()]
    craft.hub.sigma_BNInit = [
        [value] for value in kinematics.C2MRP(import_module("numpy").array(rows))
    ]
    craft.hub.omega_BN_BInit = [[value] for value in RATE]
    simulated.InitializeSimulation()
    simulated.ConfigureStopTime(macros.sec2nano(duration))
    return simulated, craft, (gravity, air, drag, method)


def end_of(craft: Any) -> dict[str, float]:
    state = craft.scStateOutMsg.read()
    r, v = state.r_BN_N, state.v_BN_N
    return {
        "height_m": sqrt(sum(x * x for x in r)) - RADIUS,
        "speed_m_s": sqrt(sum(x * x for x in v)),
        "rate_rad_s": sqrt(sum(x * x for x in state.omega_BN_B)),
    }


def main() -> None:
    duration = float(sys.argv[1])

    def ready() -> Flight:
        simulated, craft, kept = prepare(duration)

        def fly() -> dict[str, float]:
            simulated.ExecuteSimulation()
            assert kept
            return end_of(craft)

        return fly

    measure("Basilisk", ready, steps_of(duration), RUNS)


if __name__ == "__main__":
    main()
