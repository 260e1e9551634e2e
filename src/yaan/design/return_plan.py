"""What the mission asks of the time between separation and landing, as models and SI numbers."""

from dataclasses import dataclass

import numpy as np

from yaan.description import Ascent, EntryPhaseSpec, ReturnFlight, ZoneSpec
from yaan.design.choice import Wish
from yaan.flight.approach import Craft, Way, craft_of, way_of
from yaan.flight.guiding import Guiding, guiding_of
from yaan.flight.models.craft import (
    build_bank,
    build_spacecraft,
    build_train,
)
from yaan.flight.turning import Turning, turning_of
from yaan.gnc.bank import BankProfile
from yaan.spacetime.zone import Zone
from yaan.vehicle.parachute import Train
from yaan.vehicle.spacecraft import Spacecraft


@dataclass(frozen=True)
class Bank:
    """How an entry is banked."""

    given: BankProfile | None
    """Flown as it is where the file gives one; otherwise solved."""
    nominal: float
    """Size that an aim is chosen for [rad]."""
    roll_rate: float  # [rad/s]
    load_limit: float  # standard gravities


@dataclass(frozen=True)
class Raising:
    """The orbit that is wanted."""

    craft: Spacecraft
    apogee: int
    perigee: float  # [m]
    band: tuple[float, float] | None
    """Perigees that the landing may choose [m]."""
    apogee_height: float | None
    """Trimmed by a second burn where it is given [m]."""


@dataclass(frozen=True)
class ReturnTask:
    """Everything that is asked of a return, in SI, and what flies it."""

    raising: Raising
    craft: Craft
    train: Train | None
    way: Way
    wish: Wish
    aim: tuple[float, float] | None
    """A fixed point (latitude, longitude [rad])."""
    bank: Bank
    turning: Turning | None
    """How the capsule turns, where its entry is that of a rigid body."""
    guiding: Guiding | None
    """What guides the entry; None: the designed bank is flown by time."""


def make_return(ascent: Ascent, asked: ReturnFlight) -> ReturnTask:
    """The models and wishes of a return from the orbit of an ascent."""
    landing, raise_ = asked.landing, asked.orbit.circularise
    trimmed = raise_.perigee if raise_.apogee_height is None else raise_.apogee_height
    capsule = asked.spacecraft.capsule
    return ReturnTask(
        raising=Raising(
            craft=build_spacecraft(ascent, asked),
            apogee=raise_.apogee,
            perigee=raise_.perigee,
            band=None if asked.orbit.perigee_band is None else _pair(asked.orbit.perigee_band),
            apogee_height=trimmed if raise_.burns == 2 else None,
        ),
        craft=craft_of(ascent, asked),
        train=None if capsule.parachutes is None else build_train(capsule.parachutes),
        way=way_of(asked),
        wish=Wish(zone_of(landing.zone), landing.time, landing.window, landing.light),
        aim=None if landing.aim is None else (landing.aim.latitude, landing.aim.longitude),
        bank=bank_of(asked.entry),
        turning=turning_of(capsule, asked.entry),
        guiding=guiding_of(asked.plan),
    )


def bank_of(spec: EntryPhaseSpec) -> Bank:
    """How an entry is banked."""
    return Bank(build_bank(spec.bank), spec.nominal_bank, spec.roll_rate, spec.load_limit)


def zone_of(spec: ZoneSpec) -> Zone:
    """The landing zone."""
    corners = np.asarray(spec.polygon, dtype=float)
    return Zone(corners[:, 0], corners[:, 1])


def _pair(values: list[float]) -> tuple[float, float]:
    low, high = values
    return low, high
