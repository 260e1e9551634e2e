"""What a profile leaves free, and what it must meet: the unknowns and targets of a flight."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from yaan.base.constants import EARTH_MU, EARTH_RADIUS, EARTH_SPIN
from yaan.description import Ascent, ProfileSpec, TargetSpec
from yaan.flight.batches import Ends, SteeringBase
from yaan.flight.models.phases import duration_of
from yaan.flight.models.sequence import Sequence
from yaan.gnc.powered import TANGENT_UNIT
from yaan.search.unknowns import Answers, Unknown

_DEG = np.pi / 180.0

ORBIT_HEIGHT = 1e3
"""Perigee and apogee are met within this [m]."""

ORBIT_INCLINATION = 0.01 * _DEG
"""Inclination is met within this [rad]."""

_TANGENT_SCALE = 0.1
_KICKS = (1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 10.0, 12.0, 15.0)  # [deg] worth trying
_SWEPT = (1.5, 3.0, 5.0, 8.0, 13.0, 20.0, 29.0, 40.0)  # [deg] at which the kick is held
_STARTS = (0.05, 0.2, 0.35, 0.5, 0.7, 0.9, 1.2, 1.6)
_RISES = (-1.6, -1.1, -0.75, -0.5, -0.3, -0.1)
_REACH = 40.0 * _DEG  # of a free azimuth from its guess, where the site has no limits
_REACH_YAW = 60.0 * _DEG
_LEVEL = 1e-3 * _DEG
_EASTERLY = 0.05 * _DEG
_FIRST_TURN = 20.0 * _DEG
_NOT_SAVED = 1e3
_GUARD = "apogee"
_BEYOND = 1e7  # [m]: farther astray is no farther
_HIGHER = 4e3  # [m]
_NEARLY_CIRCULAR = 60e3  # [m] between perigee and apogee: below it the arrival is at perigee


Miss = Callable[[Ends, np.ndarray], np.ndarray]
"""Flown less wanted [SI], one a flight, of how flights ended and the unknowns they flew by."""


@dataclass(frozen=True)
class Target:
    """One condition: what is missed by how much, in units of `scale`."""

    name: str
    leg: int
    unit: str
    scale: float
    """The miss that counts as one [SI]."""
    miss: Miss


@dataclass(frozen=True)
class Aim:
    """A profile's problem."""

    unknowns: tuple[Unknown, ...]
    base: SteeringBase
    targets: tuple[Target, ...]
    approach: tuple[Target, ...]
    """Easier targets to start with: the flight arrives at the perigee."""
    saves: tuple[int, int]
    """Leg and stage whose propellant left shall be most."""
    total: float
    """Scale of that propellant [kg]."""
    orbit_leg: int | None
    wanted: TargetSpec

    def misses(self, ends: Ends, x: np.ndarray) -> np.ndarray:
        """Scaled misses of the targets of flights by the unknowns `x`, one row a flight."""
        return _scaled(self.targets, ends, x)

    def answers(self, ends: Ends, x: np.ndarray) -> Answers:
        """What the search asks of a batch."""
        return Answers(self.misses(ends, x), _scaled(self.approach, ends, x), self.cost(ends))

    def within(self, ends: Ends, x: np.ndarray, i: int = 0) -> bool:
        """Whether flight `i` meets its orbit as the verdict has it, and its shape to the same."""
        shape = [t for t in self.targets if t.leg != self.orbit_leg]
        near = all(abs(t.miss(ends, x)[i]) <= t.scale for t in shape)
        if self.orbit_leg is None or not near:
            return near
        leg, want = self.orbit_leg, self.wanted
        misses = [
            (ends.perigee[i, leg] - want.perigee) / ORBIT_HEIGHT,
            (ends.apogee[i, leg] - want.apogee) / ORBIT_HEIGHT,
            (ends.inclination[i, leg] - want.inclination) / ORBIT_INCLINATION,
        ]
        return bool(np.all(np.abs(misses) <= 1.0))

    @property
    def conditions(self) -> int:
        """How many targets bind: the apogee only guards an orbit that was never reached."""
        return sum(t.name != _GUARD for t in self.targets)

    def stages(self) -> list[list[int]]:
        """The columns of the approach that are heeded, as the flight comes to them."""
        legs = sorted({t.leg for t in self.approach})
        return [[i for i, t in enumerate(self.approach) if t.leg <= leg] for leg in legs]

    def cost(self, ends: Ends) -> np.ndarray:
        """Propellant spent, scaled so that the whole load is a thousand."""
        leg, stage = self.saves
        return -_NOT_SAVED * ends.propellant[:, leg, stage] / self.total


def _scaled(targets: tuple[Target, ...], ends: Ends, x: np.ndarray) -> np.ndarray:
    columns = [t.miss(ends, x) / t.scale for t in targets]
    return np.stack(columns, axis=-1) if columns else np.zeros((len(ends.time), 0))


def settled(aim: Aim, flat: np.ndarray) -> Aim:
    """The problem with its constants known: nothing is free, and its orbit is judged alone."""
    base = SteeringBase(flat, np.zeros((len(flat), 0)), aim.base.programmes)
    targets = tuple(target for target in aim.targets if target.leg != aim.orbit_leg)
    return replace(aim, unknowns=(), base=base, targets=targets, approach=())


def launch_azimuth(ascent: Ascent) -> float:
    """Azimuth [rad] from which the orbit needs no turn; due east below the site's latitude.

    Of the two solutions the one closer to the site's limits. Source: Vallado, Fundamentals of
    Astrodynamics, 4th ed. (2013), section 6.4.1, with the turning of the Earth taken off.
    """
    site, target = ascent.pad.site, ascent.target
    sine = np.clip(np.cos(target.inclination) / np.cos(site.latitude), -1.0, 1.0)
    low, high = site.azimuth_limits or (0.0, np.pi)
    middle = 0.5 * (low + high)
    semi_major = EARTH_RADIUS + 0.5 * (target.perigee + target.apogee)
    radius = EARTH_RADIUS + target.perigee
    speed = np.sqrt(EARTH_MU * (2.0 / radius - 1.0 / semi_major))
    found = []
    for inertial in (np.arcsin(sine), np.pi - np.arcsin(sine)):
        east = speed * np.sin(inertial) - EARTH_SPIN * EARTH_RADIUS * np.cos(site.latitude)
        found.append(np.arctan2(east, speed * np.cos(inertial)) % (2 * np.pi))
    return float(min(found, key=lambda a: abs((a - middle + np.pi) % (2 * np.pi) - np.pi)))


class _Layout:
    """Collects the unknowns and how they act on the flat constants."""

    def __init__(self, sequence: Sequence) -> None:
        self.coasts = tuple(sequence.coasts.values())
        self.first_coast = 3 + 3 * len(sequence.programmes)
        self.flat = np.zeros(self.first_coast + len(self.coasts))
        self.unknowns: list[Unknown] = []
        self.columns: list[np.ndarray] = []

    def leave(self, unknown: Unknown, acts: dict[int, float]) -> None:
        """Leave `unknown` free; `acts` are its coefficients on the flat constants."""
        column = np.zeros(len(self.flat))
        for index, value in acts.items():
            column[index] = value
        self.unknowns.append(unknown)
        self.columns.append(column)

    def base(self, programmes: tuple[str, ...]) -> SteeringBase:
        """The finished map."""
        spread = np.stack(self.columns, axis=1) if self.columns else np.zeros((len(self.flat), 0))
        return SteeringBase(self.flat, spread, programmes, self.coasts)


def make_aim(
    ascent: Ascent, profile: ProfileSpec, sequence: Sequence, stages: tuple[str, ...]
) -> Aim:
    """The unknowns and targets of one profile."""
    layout = _Layout(sequence)
    if profile.kick is not None:
        layout.flat[0] = profile.kick
    elif any(p.steer.law in ("pitch_over", "pitch_hold") for p in ascent.phases):
        scan = tuple(k * _DEG for k in _KICKS)
        held = tuple(k * _DEG for k in _SWEPT)
        kick = Unknown("kick", 6.0 * _DEG, _DEG, 0.05 * _DEG, 40.0 * _DEG, scan, sweep=held)
        layout.leave(kick, {0: 1.0})
    _turn(ascent, profile, layout)
    for i, name in enumerate(sequence.programmes):
        _programme(profile, sequence, layout, i, name)
    _coasts(ascent, sequence, layout)
    shape = _shape(profile, sequence)
    freedom = len(layout.unknowns)
    orbit, arrival = (
        ([], []) if sequence.orbit_leg is None else _orbit(ascent, sequence.orbit_leg, layout)
    )
    leg = sequence.orbit_leg if sequence.orbit_leg is not None else len(sequence.legs) - 1
    burning = np.asarray(sequence.phases.overdraws)[leg]
    stage = int(np.argmax(burning)) if burning.any() else len(stages) - 1
    spec_stage = ascent.vehicle.stages[stages[stage]]
    # An arrival fixes one thing more than the orbit does: `short` is no condition of its own.
    roomy = len(shape) + len(arrival) - 1 <= freedom
    return Aim(
        unknowns=tuple(layout.unknowns),
        base=layout.base(sequence.programmes),
        targets=tuple(shape + orbit),
        approach=tuple(shape + (arrival if roomy else orbit)),
        saves=(leg, stage),
        total=spec_stage.usable * spec_stage.count,
        orbit_leg=sequence.orbit_leg,
        wanted=ascent.target,
    )


def _turn(ascent: Ascent, profile: ProfileSpec, layout: _Layout) -> None:
    """Azimuth, or the yaw when the file gives the azimuth."""
    if ascent.pad.azimuth is None:
        if _along_the_equator(ascent):
            # Any turn would only leave the plane, whose inclination has its least value there.
            layout.flat[1:3] = launch_azimuth(ascent), profile.yaw or 0.0
            return
        turn = _first_turn(ascent)
        guess = launch_azimuth(ascent) + turn
        low, high = ascent.pad.site.azimuth_limits or (guess - _REACH, guess + _REACH)
        unknown = Unknown("azimuth", min(max(guess, low), high), _DEG, low, high)
        layout.leave(unknown, {1: 1.0})
        _free_yaw(profile, layout, -0.75 * turn)
        return
    layout.flat[1] = ascent.pad.azimuth
    _free_yaw(profile, layout, 0.0)


def _free_yaw(profile: ProfileSpec, layout: _Layout, guess: float) -> None:
    if profile.yaw is not None:
        layout.flat[2] = profile.yaw
    else:
        layout.leave(Unknown("yaw", guess, _DEG, -_REACH_YAW, _REACH_YAW), {2: 1.0})


def _along_the_equator(ascent: Ascent) -> bool:
    tilt = min(ascent.target.inclination, np.pi - ascent.target.inclination)
    return bool(max(tilt, abs(ascent.pad.site.latitude)) < _LEVEL)


def least_inclination(ascent: Ascent) -> float:
    """The inclination that is flown without a turn and is nearest to the wanted one [rad].

    A plane through the Earth's centre and the pad is tilted by the geocentric latitude at least.
    """
    round_earth = (1.0 - ascent.plan.environment.earth.shape.flattening) ** 2
    latitude = abs(np.arctan(round_earth * np.tan(ascent.pad.site.latitude)))
    return float(np.clip(ascent.target.inclination, latitude, np.pi - latitude))


def _first_turn(ascent: Ascent) -> float:
    """Where to look first for an orbit that needs a dog-leg: across the equator, then back [rad].

    Due east, or west, every change of the azimuth moves the inclination away to second order only.
    """
    beyond = least_inclination(ascent) - ascent.target.inclination
    if abs(beyond) < _EASTERLY:
        return 0.0
    return float(np.copysign(_FIRST_TURN, ascent.pad.site.latitude) * np.sign(beyond))


def _programme(
    profile: ProfileSpec, sequence: Sequence, layout: _Layout, index: int, name: str
) -> None:
    """Coefficients: the first programme starts steep, the last one ends level."""
    programme, at = profile.programmes[name], 3 + 3 * index
    if programme.coefficients is not None:
        given = programme.coefficients
        layout.flat[at : at + 3] = [given.a, given.b, given.c]
        return
    span, scale = sequence.spans[name] / TANGENT_UNIT, _TANGENT_SCALE
    last = index == len(sequence.programmes) - 1
    if not programme.continuous:
        start = Unknown(f"{name}.start", 0.4, scale, -2.0, 6.0, _STARTS, 1)
        layout.leave(start, {at: 1.0})
    guess, scan = (-0.5, _RISES) if last else (0.0, ())
    rise = Unknown(f"{name}.rise", guess, scale, -6.0, 6.0, scan, 1)
    layout.leave(rise, {at + 1: 1.0 / span})
    if programme.order == 2:
        bow = Unknown(f"{name}.bow", 0.0, scale, -4.0, 4.0)
        layout.leave(bow, {at + 1: 4.0 / span, at + 2: -4.0 / span**2})


def _coasts(ascent: Ascent, sequence: Sequence, layout: _Layout) -> None:
    for k, name in enumerate(sequence.coasts):
        until = next(phase.until for phase in ascent.phases if phase.name == name)
        low, high = until.duration_between or (0.0, 0.0)
        scan = tuple(float(v) for v in np.geomspace(low, high, 5)[1:-1])
        scale = max(0.02 * (high - low), 1.0)  # [s]
        guess = duration_of(until) or low
        free = Unknown(f"duration of {name}", guess, scale, low, high, scan, 1)
        layout.leave(free, {layout.first_coast + k: 1.0})


def _shape(profile: ProfileSpec, sequence: Sequence) -> list[Target]:
    """What the profile asks of the way."""
    targets = []
    for meet in profile.meet:
        leg = sequence.index(meet.at)
        label = meet.at if isinstance(meet.at, str) else f"{meet.at:g} s"
        if meet.height is not None:
            wanted = _less("height", leg, meet.height)
            targets.append(Target(f"height at {label}", leg, "m", 1e3, wanted))
        if meet.flight_path_angle is not None:
            wanted = _less("flight_path_angle", leg, meet.flight_path_angle)
            targets.append(Target(f"flight path angle at {label}", leg, "rad", _DEG, wanted))
    return targets


def _orbit(ascent: Ascent, leg: int, layout: _Layout) -> tuple[list[Target], list[Target]]:
    """The targets of the orbit, and those of an arrival at its perigee.

    Cut-off is on the energy, so that a place on the orbit, which is radius and flight-path angle at
    one true anomaly, gives perigee and apogee too. Where on the orbit the flight arrives is an
    unknown of its own: the perigee itself has a cusp where flights arrive at it, which is where the
    best ones do. A nearly circular orbit is arrived at in its perigee.
    """
    want = ascent.target
    tilt = Target(
        "inclination", leg, "rad", 0.01 * _DEG, _less("inclination", leg, want.inclination)
    )
    # Cut-off is on the energy: what is left to miss is an orbit that was never reached, or passed.
    short = Target(_GUARD, leg, "m", 1e3, _astray(leg, want))
    radius = Target("height of arrival", leg, "m", 1e3, _less("radial_height", leg, want.perigee))
    level = Target("level arrival", leg, "rad", 0.1 * _DEG, _less("flight_path_angle", leg, 0.0))
    arrival = [radius, level, tilt, short]
    if want.apogee - want.perigee < _NEARLY_CIRCULAR:
        return arrival, arrival
    if not layout.unknowns:
        perigee = Target("perigee", leg, "m", 1e3, _less("perigee", leg, want.perigee))
        return [perigee, tilt, short], arrival
    ellipse = _Ellipse(want, leg, len(layout.unknowns))
    # An angle has no bounds: at the apogee, half a turn away, it goes on.
    name, turn = "true anomaly of arrival", 2.0 * np.pi
    layout.leave(Unknown(name, 0.0, ellipse.scale, -turn, turn, mirrored=True), {})
    radius = Target("height of arrival", leg, "m", 1e3, ellipse.higher)
    angle = Target("flight path angle of arrival", leg, "rad", 0.1 * _DEG, ellipse.steeper)
    return [radius, angle, tilt, short], arrival


class _Ellipse:
    """An orbit to arrive at, at the true anomaly that is unknown number `index`."""

    def __init__(self, want: TargetSpec, leg: int, index: int) -> None:
        near, far = EARTH_RADIUS + want.perigee, EARTH_RADIUS + want.apogee
        self.eccentricity = (far - near) / (far + near)
        self.parameter = near * (1.0 + self.eccentricity)
        self.leg, self.index = leg, index
        # From perigee to where the orbit is higher by so much.
        bend = near * self.eccentricity / (1.0 + self.eccentricity)
        self.scale = float(np.sqrt(2.0 * _HIGHER / bend))

    def higher(self, ends: Ends, x: np.ndarray) -> np.ndarray:
        """Of the flight above the orbit [m]."""
        radius = self.parameter / (1.0 + self.eccentricity * np.cos(x[:, self.index]))
        return ends.radial_height[:, self.leg] - (radius - EARTH_RADIUS)

    def steeper(self, ends: Ends, x: np.ndarray) -> np.ndarray:
        """Flight-path angle above that of the orbit [rad]."""
        along = 1.0 + self.eccentricity * np.cos(x[:, self.index])
        angle = np.arctan2(self.eccentricity * np.sin(x[:, self.index]), along)
        return ends.flight_path_angle[:, self.leg] - angle


def _less(name: str, leg: int, wanted: float) -> Miss:
    return lambda ends, x: getattr(ends, name)[:, leg] - wanted


def _astray(leg: int, want: TargetSpec) -> Miss:
    """How far an orbit is from the energy that cut-off is on [m]: it was never reached, or before.

    Cut-off is within metres of it, but an earlier burn may have gone beyond.
    """

    def miss(ends: Ends, x: np.ndarray) -> np.ndarray:
        reached, above = ends.outcome[:, leg] == 0, ends.apogee[:, leg] - want.apogee
        beyond = above + ends.perigee[:, leg] - want.perigee
        over = np.where(beyond > ORBIT_HEIGHT, np.minimum(beyond, _BEYOND), 0.0)
        return np.where(reached, over, np.minimum(above, -1e3))

    return miss
