"""The flight of one body: its state at both ends, in full digits, and how its phases went."""

from typing import Final

import numpy as np
from jaxtyping import Array, Float

from yaan.analysis.flown import Flown
from yaan.analysis.history import at_row, elements_record
from yaan.base.programme import programme
from yaan.description import FreeFlight
from yaan.flight.body import FlownBody
from yaan.flight.models.world import epoch_of
from yaan.results.summary import BodyFlight, BodyPhase, BodyState
from yaan.results.summary_ascent import Elements
from yaan.results.trajectory import History
from yaan.spacetime.elements import Elements as Osculating
from yaan.spacetime.elements import elements
from yaan.spacetime.frame import Frame, vector

FRAME: Final = "GCRS, osculating, heights above 6378.137 km"


def body_flight(flown: Flown) -> BodyFlight | None:
    """States and phases; None of what is no flight of a body."""
    free, body = flown.plan.free_flight, flown.body
    if free is None or body is None:
        return None
    legs = body.legs
    return BodyFlight(
        start=state_at(free, body, 0),
        end=state_at(free, body, len(body.history) - 1),
        phases=tuple(
            BodyPhase(
                phase=phase.name,
                configuration=free.configuration_of(phase),
                motion=phase.motion,
                pointing=phase.pointing or "stream" if phase.motion == "point" else None,
                engine=phase.engine,
                start=float(legs.start[k]),
                end=float(legs.stop[k]),
                steps=int(legs.steps[k]),
                step=phase.step,
                outcome=code.word,
            )
            for k, (phase, code) in enumerate(zip(free.phases, body.outcomes, strict=True))
        ),
    )


def state_at(free: FreeFlight, flown: FlownBody, row: int) -> BodyState:
    """The whole state of a row."""
    h, attitude = flown.history, flown.history["attitude"][row]
    time = float(h["time"][row])
    return at_row(
        BodyState,
        h,
        row,
        utc=(epoch_of(free.plan) + time).iso(),
        phase=h.phases[int(h["phase"][row])],
        velocity_itrs=tuple(velocity_itrs(h, row).tolist()),
        quaternion=tuple(attitude.tolist()),
        matrix=tuple(tuple(line) for line in matrix(attitude).tolist()),
        pitch_deg=float(np.degrees(h["pitch_body"][row])),
        orbit=orbit_at(h, row, flown.world.mu),
    )


def velocity_itrs(history: History, row: int) -> np.ndarray:
    """Velocity against the turning Earth in ITRS [m/s]."""
    north, east, down = history["velocity_ned"][row]
    latitude, longitude = history["latitude"][row], history["longitude"][row]
    slat, clat = np.sin(latitude), np.cos(latitude)
    slon, clon = np.sin(longitude), np.cos(longitude)
    return (
        north * np.array([-slat * clon, -slat * slon, clat])
        + east * np.array([-slon, clon, 0.0])
        - down * np.array([clat * clon, clat * slon, slat])
    )


def matrix(q: np.ndarray) -> np.ndarray:
    """Direction cosines [3, 3] of a unit quaternion: GCRS components to body components."""
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
            [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
            [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


@programme
def _elements(position: Array, velocity: Array, mu: Array) -> Osculating:
    return elements(vector(position, Frame.GCRS), vector(velocity, Frame.GCRS), mu)


def orbit_at(history: History, row: int, mu: Float[Array, ""]) -> Elements | None:
    """Osculating elements at a row, with `mu` [m^3/s^2]; None of what meets or leaves the Earth."""
    e = _elements(history["position_gcrs"][row], history["velocity_gcrs"][row], mu)
    # What is not a number is in no orbit either.
    if not (float(e.eccentricity) < 1.0 and float(e.perigee) > 0.0):
        return None
    return elements_record(e, FRAME)
