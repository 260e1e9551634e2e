"""What ascent and orbit leave in the summary of a flight.

All is SI, but for keys that end in `_deg` and `_g` (over 9.80665 m/s^2); what ends in `_deg` has a
property of the plain name in radians. Times are since the first ignition, of a flight that starts
aloft since its epoch. A number that is not known is NaN.
"""

from yaan.results.record import Radians, RadiansOrNone, record
from yaan.results.summary_guidance import AscentGuidance, OrbitGuidance


@record
class Place:
    """A place on the ground.

    Attributes:
        latitude_deg: geodetic.
        longitude_deg: east positive.
    """

    latitude_deg: float
    longitude_deg: float

    latitude = Radians()
    longitude = Radians()


@record
class Elements:
    """Osculating elements of an orbit.

    Attributes:
        perigee: height [m] above 6378.137 km.
        apogee: height [m] above 6378.137 km.
        inclination_deg: against the equator of `frame`.
        raan_deg: right ascension of the ascending node.
        argument_of_perigee_deg: from the ascending node.
        true_anomaly_deg: from the perigee.
        semi_major_axis: [m].
        eccentricity: 0 is a circle.
        frame: what the angles are against, and when the elements hold.
    """

    perigee: float
    apogee: float
    inclination_deg: float
    raan_deg: float
    argument_of_perigee_deg: float
    true_anomaly_deg: float
    semi_major_axis: float
    eccentricity: float
    frame: str

    inclination = Radians()
    raan = Radians()
    argument_of_perigee = Radians()
    true_anomaly = Radians()


@record
class LiftOff:
    """The vehicle on the pad.

    Attributes:
        mass: at the first ignition [kg].
        thrust_to_weight: the largest of the first second.
        azimuth_deg: of the launch, from north.
    """

    mass: float
    thrust_to_weight: float
    azimuth_deg: float

    azimuth = Radians()


@record
class PitchProgramme:
    """tan(pitch above the geocentric horizon) = a + b s + c s^2, s in 100 s since its start.

    Attributes:
        start: [s].
        a: first coefficient.
        b: second coefficient.
        c: third coefficient.
    """

    start: float
    a: float
    b: float
    c: float


@record
class TargetMiss:
    """How far the solved steering stays from one target.

    Attributes:
        target: its name.
        miss: in `unit`.
        unit: SI.
    """

    target: str
    miss: float
    unit: str


@record
class SearchAttempt:
    """One round of the search for the steering.

    Attributes:
        name: what was tried.
        starts: how many flights it began from.
        met: how many of them met the targets.
        largest_miss: the largest scaled miss of the nearest; 1 is the tolerance.
    """

    name: str
    starts: int
    met: int
    largest_miss: float


@record
class DogLegPrice:
    """What a turn out of the plane of launch costs.

    Attributes:
        price: ideal velocity [m/s].
        straight_azimuth_deg: azimuth of the ascent without the turn.
        straight_inclination_deg: inclination that it leads to.
    """

    price: float
    straight_azimuth_deg: float
    straight_inclination_deg: float

    straight_azimuth = Radians()
    straight_inclination = Radians()


@record
class Steering:
    """The steering of the ascent as it was solved.

    Attributes:
        kick_deg: of the pitch-over.
        azimuth_deg: of the launch, from north.
        yaw_deg: out of the plane of launch.
        pitch_programmes: by name.
        misses: of each target.
        batches: of flights that the search flew.
        attempts: rounds of the search.
        at_bounds: names of the constants that ended at a bound.
        dog_leg: its price, where one is forced.
        coasts: duration [s] of each free coast, by name.
    """

    kick_deg: float
    azimuth_deg: float
    yaw_deg: float
    pitch_programmes: dict[str, PitchProgramme]
    misses: tuple[TargetMiss, ...]
    batches: int
    attempts: tuple[SearchAttempt, ...]
    at_bounds: tuple[str, ...]
    dog_leg: DogLegPrice | None
    coasts: dict[str, float]

    kick = Radians()
    azimuth = Radians()
    yaw = Radians()


@record
class Target:
    """The orbit that the mission asks for.

    Attributes:
        perigee: height [m] above 6378.137 km.
        apogee: height [m] above 6378.137 km.
        inclination_deg: against the true equator of date.
    """

    perigee: float
    apogee: float
    inclination_deg: float

    inclination = Radians()


@record
class Profile:
    """One choice of steering of the mission, flown to its orbit.

    Attributes:
        title: name for people.
        met: whether it meets the targets.
        cut_off: of the last stage [s].
        separation: of the payload [s].
        propellant_left: in the last stage at cut-off [kg].
        max_dynamic_pressure: [Pa].
        max_load_g: of the ascent.
        apex_height: highest point of the ascent [m].
    """

    title: str
    met: bool
    cut_off: float
    separation: float
    propellant_left: float
    max_dynamic_pressure: float
    max_load_g: float
    apex_height: float


@record
class WorstAbort:
    """The worst unpowered falls of one profile.

    Attributes:
        peak_load_g: largest load from the release on, of all instants.
        peak_time: instant of that release [s].
        release_load_g: largest load at a release.
        release_time: instant of that release [s].
        canopies_until: last instant [s] whose capsule never comes as high as canopies open.
        not_flown: how many instants could not be integrated to the end.
    """

    peak_load_g: float
    peak_time: float
    release_load_g: float
    release_time: float
    canopies_until: float | None
    not_flown: int


@record
class AbortMap:
    """Unpowered falls from every second of the ascent.

    Attributes:
        ballistic_coefficient: of the capsule [kg/m^2].
        profiles: the worst of each profile, by name.
    """

    ballistic_coefficient: float
    profiles: dict[str, WorstAbort]


@record
class TurningPeak:
    """The largest or the least of one quantity of a rigid ascent.

    Attributes:
        time: [s].
        value: in the unit of its key.
    """

    time: float
    value: float


@record
class TurningAngle:
    """The same of an angle, or of a rate [a second].

    Attributes:
        time: [s].
        value_deg: in degrees.
    """

    time: float
    value_deg: float

    value = Radians()


@record
class PointDistance:
    """How far the body is from the point at one event.

    Attributes:
        event: its name.
        time: [s].
        distance: [m].
        speed: of their velocities' difference [m/s].
    """

    event: str
    time: float
    distance: float
    speed: float


@record
class AscentAttitude:
    """The ascent flown as a body that turns, by the commands of the point that is flown.

    Attributes:
        code: word of how that flight ended.
        text: the same as a sentence.
        until: when it ended [s].
        period: between samples of the control [s].
        from_point: how far it is from the point, event by event.
        attitude_error: largest angle between the axis flown and the one commanded.
        tracking_error: largest angle between the axis flown and the limited reference.
        gimbal: largest deflection.
        gimbal_rate: fastest of it, a second.
        at_limit: for how long a gimbal is within a hundredth of its angle or its rate [s].
        q_alpha: largest product of dynamic pressure and angle of attack [Pa rad].
        authority: least moment of the gimbals over what disturbs, where the air or the thrust does.
        held_angle: least angle of attack whose moment all of the gimbals' angle balances.
        gain_rise: least factor by which the loop's gain may rise; None: by any.
        gain_fall: least factor by which it may fall; None: by any.
        phase_margin: least phase margin; None where it is not known.
        unstable: for how long the linearised loop is not stable [s].
    """

    code: str
    text: str
    until: float
    period: float
    from_point: tuple[PointDistance, ...]
    attitude_error: TurningAngle
    tracking_error: TurningAngle
    gimbal: TurningAngle
    gimbal_rate: TurningAngle
    at_limit: float
    q_alpha: TurningPeak
    authority: TurningPeak
    held_angle: TurningAngle
    gain_rise: TurningPeak | None
    gain_fall: TurningPeak | None
    phase_margin: TurningAngle | None
    unstable: float


@record
class Ascent:
    """From the first ignition to the separation of the payload.

    Attributes:
        lift_off: the vehicle on the pad.
        steering: as solved.
        target: what was asked for.
        orbit: what was reached, at cut-off; None where no leg ends in an orbit.
        profiles: every steering profile, by name; that flown is `Summary.profile`.
        abort: unpowered falls; None without a ballistic coefficient.
        attitude: of a body that turns; None where the ascent is a point's alone.
        guidance: None of an ascent that was flown by time.
    """

    lift_off: LiftOff
    steering: Steering
    target: Target
    orbit: Elements | None
    profiles: dict[str, Profile]
    abort: AbortMap | None
    attitude: AscentAttitude | None = None
    guidance: AscentGuidance | None = None


@record
class OrbitState:
    """The orbit at one instant.

    Attributes:
        when: in words.
        time: [s].
        perigee: height [m] above 6378.137 km.
        apogee: height [m] above 6378.137 km.
        inclination_deg: against the true equator of date.
        period: [s].
    """

    when: str
    time: float
    perigee: float
    apogee: float
    inclination_deg: float
    period: float

    inclination = Radians()


@record
class Burn:
    """A burn of the service module.

    Attributes:
        name: what it is for.
        start: [s].
        duration: [s].
        delta_v: ideal velocity [m/s].
        propellant: burnt [kg].
        engines: how many.
        thrust: of all of them [N].
    """

    name: str
    start: float
    duration: float
    delta_v: float
    propellant: float
    engines: int
    thrust: float


@record
class Eclipse:
    """A spell in the Earth's shadow.

    Attributes:
        kind: umbra or penumbra.
        start: [s].
        end: [s].
    """

    kind: str
    start: float
    end: float


@record
class OrbitPhase:
    """The orbit between separation and the deorbit burn.

    Attributes:
        named_perigee: of the mission file [m].
        chosen_perigee: the one that a landing pass asks for [m].
        cost: what the change takes [m/s]; negative saves.
        elements: the orbit at some instants.
        mean_height: between raising and deorbit [m], above 6378.137 km.
        revolutions: up to the chosen pass; None without one.
        burns: that raise the orbit.
        eclipses: in order of time.
        eclipse_fraction: share of the time in the umbra.
        longest_eclipse: in the umbra [s].
        guidance: of burns that were solved again in flight; None of burns by the clock.
    """

    named_perigee: float
    chosen_perigee: float
    cost: float
    elements: tuple[OrbitState, ...]
    mean_height: float
    revolutions: int | None
    burns: tuple[Burn, ...]
    eclipses: tuple[Eclipse, ...]
    eclipse_fraction: float
    longest_eclipse: float
    guidance: OrbitGuidance | None


@record
class Opportunity:
    """A pass near the landing zone.

    Attributes:
        revolution: its number.
        time: of the nearest approach [s].
        utc: the same as a date.
        latitude_deg: of the nearest place.
        longitude_deg: of the nearest place.
        direction: ascending or descending.
        cross_track: how far it misses what can be reached [m]; 0 inside.
        sun_elevation_deg: of the Sun there.
        light: day, twilight or night.
        perigee: of the orbit [m].
        entry_angle_deg: flight-path angle at the interface; None out of reach.
        reachable: whether the zone is within reach.
        chosen: whether it is flown.
        why: what speaks for or against it.
    """

    revolution: int
    time: float
    utc: str
    latitude_deg: float
    longitude_deg: float
    direction: str
    cross_track: float
    sun_elevation_deg: float
    light: str
    perigee: float
    entry_angle_deg: float | None
    reachable: bool
    chosen: bool
    why: str

    latitude = Radians()
    longitude = Radians()
    sun_elevation = Radians()
    entry_angle = RadiansOrNone()
