"""The capsule of `rigid_problem.py` in RocketPy, one flight at a time, without parachutes.

What differs: the Earth is flat, and gravity falls with height as the normal gravity of the
ellipsoid does; it turns (Coriolis, no centrifugal term beyond that of normal gravity). RocketPy has
methods of variable step only, so the classical Runge-Kutta method is put beside them as a solver of
SciPy's kind: every step is then the same as the others', with four evaluations. The equations are
its general ones of six degrees of freedom, which work out a motor's terms also where there is none.

Its argument: DURATION
"""

import sys
from importlib import import_module
from math import cos, exp, pi, sin, sqrt, tan
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

RUNS = 2
GAS = 287.05287  # [J/(kg K)] RocketPy's
WEIGHT = SEA_LEVEL_DENSITY * 9.80665 * SCALE_HEIGHT  # [Pa] of all the air


def classical(base: Any) -> Any:
    """The classical Runge-Kutta method of fixed step as a `scipy.integrate.OdeSolver`."""

    class Classical(base):
        def __init__(self, fun: Any, t0: float, y0: Any, t_bound: float, **_: Any) -> None:
            super().__init__(fun, t0, y0, t_bound, vectorized=False)
            self.before = self.y

        def _step_impl(self) -> tuple[bool, None]:
            # The last step ends on the bound, as near as a sum of steps can be told from it.
            h = min(STEP, self.t_bound - self.t)
            if self.t_bound - self.t - h < 1e-9:
                h = self.t_bound - self.t
            t, y = self.t, self.y
            self.before = y
            k1 = self.fun(t, y)
            k2 = self.fun(t + 0.5 * h, y + 0.5 * h * k1)
            k3 = self.fun(t + 0.5 * h, y + 0.5 * h * k2)
            k4 = self.fun(t + h, y + h * k3)
            self.y = y + h / 6.0 * (k1 + 2.0 * (k2 + k3) + k4)
            self.t = t + h
            return True, None

        def _dense_output_impl(self) -> Any:
            # Asked once: RocketPy takes the start, going down, for a summit that was passed.
            t, h, y, change = self.t_old, self.t - self.t_old, self.before, self.y - self.before
            return lambda at: y + change * ((at - t) / h)

    return Classical


def capsule() -> Any:
    """The capsule; its axis points along z of RocketPy's body axes."""
    rocketpy = import_module("rocketpy")
    rocket = rocketpy.Rocket(
        radius=sqrt(AREA / pi),
        mass=MASS,
        inertia=(INERTIA[1], INERTIA[2], INERTIA[0]),
        power_off_drag=0,
        power_on_drag=0,
        center_of_mass_without_motor=0,
        coordinate_system_orientation="tail_to_nose",
    )

    plate = rocketpy.GenericSurface(AREA, 2.0 * sqrt(AREA / pi), coefficients())
    rocket.add_surfaces(plate, -BEHIND)
    return rocket


def coefficients() -> dict[str, Any]:
    """Coefficients that make the force of RocketPy 1.13 the one that is meant, along the stream.

    Its generic surface turns forces from wind to body axes the wrong way (its issue 932): a drag
    alone would be destabilising. What is given here is the force in body axes turned back by the
    same rotation.
    """

    def wind(alpha: float, beta: float) -> tuple[float, float, float]:
        along = (tan(beta), tan(alpha), 1.0)
        size = -DRAG / (along[0] ** 2 + along[1] ** 2 + 1.0)
        x, y, z = (size * value for value in along)
        y, z = cos(alpha) * y + sin(alpha) * z, cos(alpha) * z - sin(alpha) * y
        return cos(beta) * x + sin(beta) * z, y, cos(beta) * z - sin(beta) * x

    # RocketPy counts the arguments: angles, Mach and Reynolds numbers, rates.
    return {
        "cQ": lambda alpha, beta, mach, reynolds, q, r, p: wind(alpha, beta)[0],
        "cL": lambda alpha, beta, mach, reynolds, q, r, p: -wind(alpha, beta)[1],
        "cD": lambda alpha, beta, mach, reynolds, q, r, p: -wind(alpha, beta)[2],
    }


def main() -> None:
    duration = float(sys.argv[1])
    rocketpy = import_module("rocketpy")
    flight_module = import_module("rocketpy.simulation.flight")
    solvers = flight_module.ODE_SOLVER_MAP
    solvers["RK4"] = classical(import_module("scipy.integrate").OdeSolver)
    rotation = import_module("scipy.spatial.transform").Rotation

    forward, right, down = axes()
    columns = [list(row) for row in zip(right, down, forward, strict=True)]
    quaternion = rotation.from_matrix(columns).as_quat(scalar_first=True)
    start = [0.0, 0.0, 0.0, HEIGHT, *velocity(), *quaternion, RATE[1], RATE[2], RATE[0]]
    start = [float(value) for value in start]
    environment = rocketpy.Environment(latitude=0.0, longitude=0.0, elevation=0.0)
    environment.set_atmospheric_model(
        "custom_atmosphere",
        pressure=lambda height: WEIGHT * exp(-height / SCALE_HEIGHT),
        temperature=WEIGHT / SEA_LEVEL_DENSITY / GAS,
        wind_u=0,
        wind_v=0,
    )
    rocket = capsule()

    def fly() -> dict[str, float]:
        flight = rocketpy.Flight(
            rocket,
            environment,
            rail_length=1.0,
            initial_solution=start,
            max_time=duration,
            max_time_step=STEP,
            ode_solver="RK4",
        )
        end = flight.solution[-1]
        assert len(flight.solution) == steps_of(duration) + 1
        return {
            "height_m": float(end[3]),
            "speed_m_s": float(sqrt(sum(x * x for x in end[4:7]))),
            "rate_rad_s": float(sqrt(sum(x * x for x in end[11:14]))),
        }

    def ready() -> Flight:
        return fly

    measure("RocketPy", ready, steps_of(duration), RUNS)


if __name__ == "__main__":
    main()
