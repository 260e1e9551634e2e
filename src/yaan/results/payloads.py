"""What a launcher carries to an orbit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """One orbit and what is carried to it.

    Attributes:
        height: of the circular orbit, above 6378.137 km [m].
        inclination: [rad].
        payload: [kg]; NaN where none was found.
        left: propellant that it leaves beyond the reserve [kg].
        tries: ascents that were solved.
        word: flown, or not-found.
        text: what is missing; empty where nothing is.
    """

    height: float
    inclination: float
    payload: float
    left: float
    tries: int
    word: str
    text: str = ""
