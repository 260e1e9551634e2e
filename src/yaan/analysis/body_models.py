"""The models that flew a body, and what each ignores."""

from collections.abc import Iterator, Sequence

from yaan.analysis.summary import world_models
from yaan.base.units import format_quantity
from yaan.description import BodyEngineSpec, BodyPhaseSpec, FreeFlight, PulseSpec

Model = dict[str, str]


def models(free: FreeFlight) -> list[Model]:
    """The models that flew, and what each ignores."""
    return [*world_models(free.plan.environment), *_motions(free), *_loads(free), _integrator(free)]


def _motions(free: FreeFlight) -> Iterator[Model]:
    motions = {phase.motion for phase in free.phases}
    if "rigid" in motions:
        text = "rigid body: quaternion and rate against GCRS; inertia linear in the propellant"
        ignored = "slosh, flexibility, the centre of mass moving within the body"
        yield _model("body", text, ignored)
        turned = free.plan.environment.gravity_gradient
        text = "gravity turns the body: that of all mass at the Earth's centre"
        ignored = "harmonics, the Sun and the Moon in the torque"
        if not turned:
            text, ignored = "gravity does not turn the body", "the gradient of gravity"
        yield _model("torque of gravity", text, ignored)
    if "point" in motions:
        text = "point mass whose axes are prescribed: into the stream, held, or kept to a frame"
        yield _model("point", text, "moments, and what turns the axes")


def _loads(free: FreeFlight) -> Iterator[Model]:
    if any(c.aerodynamics is not None for c in free.body.configurations.values()):
        text = "coefficients by angle and Mach number, linear between nodes; damping by rate"
        ignored = "coupling of the two angles beyond the drag's, lag, Reynolds number"
        yield _model("aerodynamics", text, ignored)
    burning = {free.configuration_of(phase) for phase in free.phases if phase.engine == "on"}
    for name, configuration in free.body.configurations.items():
        if name in burning and configuration.engine is not None:
            ignored = "build-up, tail-off, misalignment"
            yield _model(f"engine of {name}", _engine(configuration.engine), ignored)
    for pulse in free.pulses:
        ignored = "build-up, tail-off" if pulse.burns else "the mass that it burns, build-up"
        if pulse.burns and pulse.at is None:
            ignored += ", where its jets are"
        yield _model(f"pulse {pulse.name}", _pulse(pulse), ignored)


def _engine(engine: BodyEngineSpec) -> str:
    thrust = format_quantity(engine.vacuum_thrust, "N", digits=6)
    return f"{thrust} in vacuum less back pressure, at a fixed gimbal; {_burnt(engine)}"


def _burnt(jet: BodyEngineSpec | PulseSpec) -> str:
    if jet.specific_impulse is not None:
        return f"a specific impulse of {format_quantity(jet.specific_impulse, 's', digits=6)}"
    return f"it burns {format_quantity(jet.flow or 0.0, 'kg/s', digits=6)}"


def _pulse(pulse: PulseSpec) -> str:
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
    return f"{text}; {_burnt(pulse)}" if pulse.burns else text


def _three(values: Sequence[float]) -> str:
    return f"({', '.join(f'{value:.6g}' for value in values)})"


def _integrator(free: FreeFlight) -> Model:
    method = {"rk4": "Runge-Kutta 4", "dop853": "Dormand and Prince 8"}[free.plan.method]
    steps = ", ".join(dict.fromkeys(_step(phase) for phase in free.phases))
    return _model("integrator", f"{method}, fixed steps of {steps}", "")


def _step(phase: BodyPhaseSpec) -> str:
    return format_quantity(phase.step, "s")


def _model(name: str, text: str, ignored: str) -> Model:
    return {"name": name, "text": text, "ignores": ignored}
