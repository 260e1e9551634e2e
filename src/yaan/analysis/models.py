"""The models that flew, and what each ignores: collected from them, never told anew."""

from collections.abc import Iterator, Sequence
from typing import Final

from yaan.aerodynamics.coefficients import Coefficients
from yaan.aerodynamics.tables import ForceTable
from yaan.analysis import abort_map
from yaan.analysis.flown import Flown
from yaan.base.model import Model
from yaan.base.units import format_quantity
from yaan.description import (
    BodyEngineSpec,
    EntryFlight,
    EntryPhaseSpec,
    EnvironmentSpec,
    FreeFlight,
    PulseSpec,
)
from yaan.design import bank_search
from yaan.flight.models.world import about_ground, about_world, missed_bodies
from yaan.gnc.powered import OpenLoop
from yaan.motion import body
from yaan.motion.descent import Descent
from yaan.motion.entry import Entry
from yaan.motion.fall import Fall
from yaan.motion.orbit import about_orbit
from yaan.motion.powered import Powered
from yaan.motion.rigid_ascent import RigidAscent
from yaan.motion.rigid_entry import RigidEntry

_ABOUT: Final = {
    "powered": Powered.about,
    "entry": Entry.about,
    "canopies": Descent.about,
    "rigid": body.RIGID,
    "fall": Fall.about,
}

_METHODS = {"rk4": "Runge-Kutta 4", "dop853": "Dormand and Prince 8"}


def models(flown: Flown) -> Iterator[Model]:
    """What flew, the world first."""
    plan, climb, entering = flown.plan, flown.climb, flown.plan.entry_flight
    yield from about_world(plan, flown.world)
    if climb is not None:
        yield from (Powered.about, ForceTable.about, OpenLoop.about)
        if climb.turned is not None:
            yield RigidAscent.about
        if climb.ascent.vehicle.payload.ballistic_coefficient is not None:
            yield abort_map.ABOUT
        yield _integrator(
            f"Runge-Kutta 4, steps of {format_quantity(plan.step, 's')} or the phase's own at "
            "most, shorter where their error asks for it; events landed to 0.1 ns"
        )
    if flown.return_design is not None:
        yield orbit_model(plan.environment)
    if entering is not None and (flown.return_design is not None or climb is None):
        yield from entry_models(entering)
        if climb is None:
            yield _integrator(f"Runge-Kutta 4, steps of {_step(entering.entry)} at most")
    if plan.free_flight is not None:
        yield from body_models(plan.free_flight)
    if flown.chain is not None:
        used = {one.phase.motion for path in flown.chain.paths for one in path.phases}
        yield from (_ABOUT[name] for name in _ABOUT if name in used)


def orbit_model(environment: EnvironmentSpec) -> Model:
    """That of the orbit that is kept."""
    missed = missed_bodies(environment)
    order = [one for one in ("sun", "moon") if one in environment.third_bodies]
    order += [one for one in environment.third_bodies if one not in order]
    return about_orbit([one.capitalize() for one in order], missed)


def entry_models(entering: EntryFlight) -> Iterator[Model]:
    """Those of an entry and its landing."""
    yield RigidEntry.about if entering.entry.motion == "rigid" else Entry.about
    if entering.capsule.parachutes is not None:
        yield Descent.about
    if entering.entry.bank.solve:
        yield bank_search.ABOUT
    yield about_ground(entering.ground)


def _step(asked: EntryPhaseSpec) -> str:
    if asked.motion == "rigid":
        return format_quantity(asked.attitude_step, "s")
    return f"{format_quantity(asked.step, 's')} in the air"


def body_models(free: FreeFlight) -> Iterator[Model]:
    """Those of a body: how it moves, what acts on it."""
    motions = {phase.motion for phase in free.phases}
    if "rigid" in motions:
        yield body.RIGID
        yield body.TURNED if free.plan.environment.gravity_gradient else body.NOT_TURNED
    if "point" in motions:
        yield body.POINT
    if any(phase.rail is not None for phase in free.phases):
        yield body.RAIL
    configurations = free.body.configurations
    if any(c.aerodynamics is not None for c in configurations.values()):
        yield Coefficients.about
    burning = {free.configuration_of(phase) for phase in free.phases if phase.engine == "on"}
    for name, configuration in configurations.items():
        if name in burning and configuration.engine is not None:
            yield _engine(f"engine of {name}", configuration.engine)
        if name in burning:
            told = configuration.motors.items()
            yield from (_engine(f"motor {key} of {name}", motor) for key, motor in told)
    if any(phase.control is not None for phase in free.phases):
        yield body.CONTROL
    yield from map(_pulse, free.pulses)
    steps = dict.fromkeys(format_quantity(phase.step, "s") for phase in free.phases)
    yield _integrator(f"{_METHODS[free.plan.method]}, fixed steps of {', '.join(steps)}")


def _integrator(text: str) -> Model:
    return Model(name="integrator", text=text, ignores="")


def _engine(name: str, engine: BodyEngineSpec) -> Model:
    thrust, ignored = format_quantity(engine.peak, "N", digits=6), "build-up, tail-off, "
    if engine.thrust_curve is not None:
        points = len(engine.thrust_curve)
        thrust, ignored = f"a thrust curve of {points} points that peaks at {thrust}", ""
    text = f"{thrust} in vacuum less back pressure, at a fixed gimbal; {_burnt(engine)}"
    return Model(name=name, text=text, ignores=f"{ignored}misalignment")


def _burnt(jet: BodyEngineSpec | PulseSpec) -> str:
    if jet.specific_impulse is None and jet.flow is None:
        return "flow in proportion to thrust, so that the curve burns all propellant"
    if jet.specific_impulse is not None:
        return f"a specific impulse of {format_quantity(jet.specific_impulse, 's', digits=6)}"
    return f"it burns {format_quantity(jet.flow or 0.0, 'kg/s', digits=6)}"


def _pulse(pulse: PulseSpec) -> Model:
    """What it pushes and turns by, from when to when."""
    ends = (format_quantity(time, "s") for time in (pulse.from_, pulse.to))
    parts = [
        f"{words} {_three(values)} {unit}"
        for words, values, unit in (("force", pulse.force, "N"), ("torque", pulse.torque, "N m"))
        if any(values)
    ]
    text = f"from {' to '.join(ends)}: {', '.join(parts) or 'nothing'}, body axes"
    if pulse.at is not None and any(pulse.force):
        text += f"; the force acts at {_three(pulse.at)} m, structural axes"
    ignored = "build-up, tail-off" if pulse.burns else "the mass that it burns, build-up"
    if pulse.burns:
        text += f"; {_burnt(pulse)}"
        ignored += ", where its jets are" if pulse.at is None else ""
    return Model(name=f"pulse {pulse.name}", text=text, ignores=ignored)


def _three(values: Sequence[float]) -> str:
    return f"({', '.join(f'{value:.6g}' for value in values)})"
