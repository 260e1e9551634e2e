"""What the return leaves in the summary of a flight: deorbit, entry, parachutes, touchdown.

Units are those of `summary`.
"""

import math

from yaan.results.record import Radians, RadiansOrNone, record
from yaan.results.summary_ascent import Burn, Place
from yaan.results.summary_guidance import EntryGuidance

Vector = tuple[float, float, float]
Range = tuple[float, float]


@record
class Separation:
    """Where capsule and service module part.

    Attributes:
        time: [s].
        height: geodetic [m].
        latitude_deg: geodetic.
        longitude_deg: east positive.
        speed_inertial: in GCRS [m/s].
        speed_relative: against the turning Earth [m/s].
    """

    time: float
    height: float
    latitude_deg: float
    longitude_deg: float
    speed_inertial: float
    speed_relative: float

    latitude = Radians()
    longitude = Radians()


@record
class Deorbit:
    """The burn that leads into the air, and what follows it up to the interface.

    Attributes:
        burn: against the motion.
        separation: of the service module.
    """

    burn: Burn
    separation: Separation


@record
class Interface:
    """The state at the entry interface.

    Attributes:
        time: [s].
        height: geodetic [m].
        latitude_deg: geodetic.
        longitude_deg: east positive.
        speed_inertial: in GCRS [m/s].
        speed_relative: against the turning Earth [m/s].
        flight_path_angle_inertial_deg: of the inertial velocity, against the plane across the
            radius.
        flight_path_angle_relative_deg: of the relative velocity, against the horizon.
        heading_deg: of the inertial velocity, from north.
    """

    time: float
    height: float
    latitude_deg: float
    longitude_deg: float
    speed_inertial: float
    speed_relative: float
    flight_path_angle_inertial_deg: float
    flight_path_angle_relative_deg: float
    heading_deg: float

    latitude = Radians()
    longitude = Radians()
    flight_path_angle_inertial = Radians()
    flight_path_angle_relative = Radians()
    heading = Radians()


@record
class BankProfile:
    """The bank of the entry.

    Attributes:
        kind: solved or given.
        magnitude_deg: as solved; None where given.
        reversal: when it changes its side [s]; None where given.
        time: of the knots, since the interface [s].
        angle_deg: at the knots.
    """

    kind: str
    magnitude_deg: float | None
    reversal: float | None
    time: tuple[float, ...]
    angle_deg: tuple[float, ...]

    magnitude = RadiansOrNone()

    @property
    def angle(self) -> tuple[float, ...]:
        """At the knots [rad]."""
        return tuple(map(math.radians, self.angle_deg))


@record
class EntryLoad:
    """The largest load of the entry.

    Attributes:
        time: [s].
        value_g: load.
        rising: whether the entry ended in the air while the load still rose.
        height: there [m].
        speed_relative: there [m/s].
    """

    time: float
    value_g: float
    rising: bool
    height: float
    speed_relative: float


@record
class EntryFlux:
    """The largest convective heat flux at the stagnation point.

    Attributes:
        time: [s].
        value: [W/m^2].
        height: there [m].
    """

    time: float
    value: float
    height: float


@record
class Offset:
    """How far the end of a rigid entry is from that of the point.

    Attributes:
        distance: over ground [m].
        along: beyond it, along the track [m].
        right: to the right of the track [m].
        later: [s].
    """

    distance: float
    along: float
    right: float
    later: float


@record
class Pulsed:
    """What thrusters that are on or off did in an entry.

    Attributes:
        propellant: that they burnt [kg]; it is not taken off the mass.
        pulses: how many times one came on.
        missed: the largest moment that was asked for and not allocated [N m].
        solved: whether every allocation was.
    """

    propellant: float
    pulses: int
    missed: float
    solved: bool


@record
class Turning:
    """How a rigid body turned in its entry, beside the entry of a point on the same bank.

    Attributes:
        step: of the attitude [s].
        entry_end: how far off the entry ends.
        landing_distance: how far off it lands [m].
        point_landing: where the point comes down.
        point_miss: of the point, from the aim [m].
        firm_distance: how far off a body ends its entry that is held firmly [m].
        firm: what firmly means.
        peak_off_trim_deg: largest angle off the trim.
        peak_sideslip_deg: largest sideslip.
        peak_bank_error_deg: largest angle off the bank that is asked for.
        peak_rate_deg: fastest turn, a second.
        peak_moment: largest that is asked for, about each axis [N m].
        moment_limit: largest that there is [N m].
        at_limit: for how long a limit is reached [s].
        impulse: of the moments [N m s].
        thrusters: what they did that are on or off; None of continuous moments.
    """

    step: float
    entry_end: Offset
    landing_distance: float
    point_landing: Place
    point_miss: float | None
    firm_distance: float | None
    firm: str
    peak_off_trim_deg: float
    peak_sideslip_deg: float
    peak_bank_error_deg: float
    peak_rate_deg: float
    peak_moment: Vector
    moment_limit: Vector
    at_limit: float
    impulse: Vector
    thrusters: Pulsed | None = None

    peak_off_trim = Radians()
    peak_sideslip = Radians()
    peak_bank_error = Radians()
    peak_rate = Radians()


@record
class Entry:
    """From the interface to the parachutes, or to the ground.

    Attributes:
        interface: where it starts.
        bank: how its lift is turned.
        peak_load: largest load.
        peak_flux: largest heat flux.
        heat_load: of the stagnation point [J/m^2].
        wall_temperature: hottest, in radiative equilibrium [K].
        duration: [s].
        load_limit_g: what is allowed.
        ballistic_peak_g: largest load without lift.
        motion: point or rigid.
        turning: of a rigid body; None of a point.
        outcome: a word, as `Outcome.code`.
        text: the same as a sentence.
        guidance: None of an entry that was flown by time.
    """

    interface: Interface
    bank: BankProfile
    peak_load: EntryLoad
    peak_flux: EntryFlux
    heat_load: float
    wall_temperature: float
    duration: float
    load_limit_g: float
    ballistic_peak_g: float
    motion: str
    turning: Turning | None
    outcome: str
    text: str
    guidance: EntryGuidance | None = None


@record
class LoadPeak:
    """A largest load.

    Attributes:
        time: [s].
        value_g: load.
    """

    time: float
    value_g: float


@record
class Deployment:
    """The state at which a parachute step is deployed.

    Attributes:
        time: [s].
        height: geodetic [m].
        speed: against the air [m/s].
        dynamic_pressure: [Pa].
        mach: against the air.
        in_box: whether it is inside its box.
        outside: what is not, in words; empty where nothing is.
    """

    time: float
    height: float
    speed: float
    dynamic_pressure: float
    mach: float
    in_box: bool
    outside: str


@record
class DeploymentBox:
    """Where a parachute step may be deployed: the lowest and the highest of each.

    Attributes:
        mach: against the air.
        dynamic_pressure: [Pa].
        height: geodetic [m]; None where any will do.
    """

    mach: Range
    dynamic_pressure: Range
    height: Range | None


@record
class ParachuteStep:
    """A step of the parachute train as it went.

    Attributes:
        name: of the step.
        carries: whether it carries the capsule, not only a cover or a bag.
        carries_at_end: whether it does so at the end of the descent.
        count: how many canopies it has.
        working: how many of them open.
        deploy: its deployment; None where it never came.
        fill_times: of each stage of reefing [s].
        full_open: when it is open in full [s]; None where it never was.
        release: when it is let go [s]; None where it stays.
        peak_load: on each of its canopies [N].
        box: where it may be deployed; None where nobody has said.
    """

    name: str
    carries: bool
    carries_at_end: bool
    count: int
    working: int
    deploy: Deployment | None
    fill_times: tuple[float, ...]
    full_open: float | None
    release: float | None
    peak_load: float
    box: DeploymentBox | None


@record
class Descent:
    """Under parachutes.

    Attributes:
        steps: in the order of the file.
        peak_load: largest of the openings.
        outcome: a word, as `Outcome.code`.
        text: the same as a sentence.
    """

    steps: tuple[ParachuteStep, ...]
    peak_load: LoadPeak
    outcome: str
    text: str


@record
class ClassLimits:
    """What capsules of the class came down with, on water.

    Attributes:
        vertical: [m/s].
        horizontal: [m/s].
        status: standing of the source.
        source: of the limits.
    """

    vertical: float
    horizontal: float
    status: str
    source: str


@record
class TouchdownLimits:
    """What a touchdown may be; None where nobody knows a limit.

    Attributes:
        vertical: [m/s].
        vertical_from: whose it is, capsule or class.
        horizontal: [m/s].
        total: [m/s].
        assumed: names of the speeds whose limit is assumed.
        source: of the capsule's own.
        capsule_class: what capsules of the class bear.
    """

    vertical: float | None
    vertical_from: str | None
    horizontal: float | None
    total: float | None
    assumed: tuple[str, ...]
    source: str | None
    capsule_class: ClassLimits


@record
class Contact:
    """How the capsule meets the ground.

    Attributes:
        vertical: speed down [m/s].
        horizontal: speed across, against the ground [m/s].
        speed: in all [m/s].
        mass: [kg].
        height: of the ground above the ellipsoid [m].
        surface: water or land.
        canopy_lost: whether a canopy that should carry it is not open in full.
        limits: of the speeds.
    """

    vertical: float
    horizontal: float
    speed: float
    mass: float
    height: float
    surface: str
    canopy_lost: bool
    limits: TouchdownLimits


@record
class Touchdown:
    """Where and when the flight comes down.

    Attributes:
        time: [s].
        utc: the same as a date.
        latitude_deg: geodetic.
        longitude_deg: east positive.
        sun_elevation_deg: of the Sun there.
        light: day, twilight or night.
        contact: how it meets the ground; None of what ends above it.
    """

    time: float
    utc: str
    latitude_deg: float
    longitude_deg: float
    sun_elevation_deg: float
    light: str
    contact: Contact | None

    latitude = Radians()
    longitude = Radians()
    sun_elevation = Radians()


@record
class Landing:
    """Where the flight comes down, against where it should.

    Attributes:
        zone: its name; None of a flight that has none.
        polygon: its corners.
        aim: where it is steered to; None without one.
        touchdown: None of what stays up.
        miss: of the aim [m]; None without one.
        inside: whether it is inside the zone; None without one.
        wind_drift: how far the wind goes during the descent [m]; None without one.
    """

    zone: str | None
    polygon: tuple[Place, ...]
    aim: Place | None
    touchdown: Touchdown | None
    miss: float | None
    inside: bool | None
    wind_drift: float | None
