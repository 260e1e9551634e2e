"""The summary's records of the Earth's shadow: when what is in orbit goes into it and out of it."""

from yaan.results.record import record


@record
class ShadowEdge:
    """An instant at which an edge of the shadow is crossed.

    Attributes:
        time: [s].
        utc: the same as a date.
    """

    time: float
    utc: str


@record
class ShadowPass:
    """A pass through the Earth's shadow; an edge is None where the orbit begins or ends within it.

    Attributes:
        penumbra_start: the first of the Sun's disc is gone.
        umbra_start: all of it is gone; None of a pass that only grazes the shadow.
        umbra_end: the first of it is back.
        penumbra_end: all of it is back.
        umbra: time without the Sun [s]; 0 of a pass that only grazes the shadow.
    """

    penumbra_start: ShadowEdge | None
    umbra_start: ShadowEdge | None
    umbra_end: ShadowEdge | None
    penumbra_end: ShadowEdge | None
    umbra: float


@record
class Shadow:
    """The Earth's shadow on what is in orbit.

    Attributes:
        start: from when it is told [s].
        end: until when it is told [s].
        passes: in order of time.
        umbra_share: share of that time without the Sun.
        longest_umbra: [s].
    """

    start: float
    end: float
    passes: tuple[ShadowPass, ...]
    umbra_share: float
    longest_umbra: float
