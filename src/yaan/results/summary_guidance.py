"""What a guided flight leaves in its summary: how its laws did, and how well it knew itself.

Units are those of `summary`; nothing of it is there of a flight by time.
"""

from yaan.results.record import Radians, record


@record
class Navigation:
    """What navigation was out by, against the covariance that it told of it.

    Attributes:
        draw: of its errors; 0: none was drawn, and the estimate is the truth.
        fixes: of satellites that it took.
        silent: how long it was without [s].
        position_error: largest [m].
        position_error_time: when that was [s].
        position_sigma: standard deviation that was told then, of all axes together [m].
        velocity_error: largest [m/s].
        velocity_error_time: when that was [s].
        velocity_sigma: standard deviation that was told then, of all axes together [m/s].
        nees: normalised error squared of position and velocity, the mean over the flight: 6 is
            expected, of many draws.
        within: share of the time in which the worst of the six is within three sigma.
    """

    draw: int
    fixes: int
    silent: float
    position_error: float
    position_error_time: float
    position_sigma: float
    velocity_error: float
    velocity_error_time: float
    velocity_sigma: float
    nees: float
    within: float


@record
class AscentGuidance:
    """How a guided ascent went, beside the flight by time that it was designed as.

    Attributes:
        law: what guided it.
        converged: whether the last solution of explicit guidance did; None of another law.
        shortfall: what the propellant lacked for the energy of the target [m/s].
        perigee_miss: of the target [m], at cut-off.
        apogee_miss: likewise [m].
        inclination_miss_deg: likewise.
        cut_off_later: than by time [s].
        propellant_more: left than by time [kg].
        solutions: how many the explicit law made; None of another law.
        unconverged: how many of them did not converge; None of another law.
        off_command_deg: largest angle between the axis that was flown and the one that the law asks
            for before its load relief and its limit of the rate.
        off_command_time: when that was [s].
        navigation: None where the truth is known.
    """

    law: str
    converged: bool | None
    shortfall: float
    perigee_miss: float
    apogee_miss: float
    inclination_miss_deg: float
    cut_off_later: float
    propellant_more: float
    solutions: int | None
    unconverged: int | None
    off_command_deg: float
    off_command_time: float
    navigation: Navigation | None

    inclination_miss = Radians()
    off_command = Radians()


@record
class ResolvedBurn:
    """A burn that was solved again in flight, beside the one that was designed.

    Attributes:
        name: of the burn; `phasing` moves the time of the interface, and is not designed.
        start: ignition, as flown [s].
        duration: as flown [s].
        delta_v: as flown, along the motion or against it [m/s].
        start_designed: ignition, as designed [s]; None of a burn that was not.
        duration_designed: likewise [s].
        delta_v_designed: what the engines would have gained in that time [m/s].
    """

    name: str
    start: float
    duration: float
    delta_v: float
    start_designed: float | None
    duration_designed: float | None
    delta_v_designed: float | None


@record
class OrbitGuidance:
    """How burns went that were solved again in flight.

    Attributes:
        law: what guided them.
        burns: in order of time.
        interface_later: than designed [s].
        interface_apart: from the designed interface over the ground [m].
        draw: of what navigation was out by before each; None where the truth is known.
    """

    law: str
    burns: tuple[ResolvedBurn, ...]
    interface_later: float
    interface_apart: float
    draw: int | None


@record
class EntryGuidance:
    """How a guided entry went, beside the bank by time that it was designed as.

    Attributes:
        law: what guided it.
        reversals: changes of side of the lift; None of a law that does not tell.
        reversal_times: when they were commanded [s].
        miss: of the landing from the aim [m]; None without an aim.
        miss_by_time: that of the designed bank [m]; None without an aim.
        peak_load_by_time: of the designed bank, in standard gravities.
        commands: how many the law was asked for, after each step.
        unheard: how many of them were not finite; the command before went on.
        unheard_first: when the first of those was [s]; None where all were heard.
        navigation: None where the truth is known.
    """

    law: str
    reversals: int | None
    reversal_times: tuple[float, ...]
    miss: float | None
    miss_by_time: float | None
    peak_load_by_time: float
    commands: int
    unheard: int
    unheard_first: float | None
    navigation: Navigation | None
