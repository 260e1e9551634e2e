"""Between records and arcs: an ephemeris as arcs in GCRS, and arcs as ephemerides and states."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from typing_extensions import override

from yaan.base.errors import YaanError
from yaan.formats.blocks import FRAMES, frame_of
from yaan.formats.clock import SYSTEMS
from yaan.formats.oem import span
from yaan.formats.record import Array, Header, Oem, Opm, Segment, Spacecraft
from yaan.spacetime.arc import NODES, AbstractArc, TabulatedArc
from yaan.spacetime.axes import When, convert
from yaan.spacetime.frame import Frame
from yaan.spacetime.time import Epoch, bundled_orientation


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is in a file that is written: the craft, its frame and time system, and what it is."""

    name: str = ""
    designator: str = ""
    frame: str = "EME2000"
    time_system: str = "UTC"
    spacecraft: Spacecraft = field(default_factory=Spacecraft)
    comments: tuple[str, ...] = ()
    header: Header = field(default_factory=Header)


@dataclass(frozen=True)
class UsableArc(AbstractArc):
    """The part of a table that its file calls usable; rows beyond it hold up the interpolation."""

    name: str
    epoch: Epoch
    start: float
    stop: float
    table: TabulatedArc

    @override
    def _at(self, t: Array) -> tuple[Array, Array]:
        return self.table.at(t)


def arcs_of(oem: Oem) -> tuple[AbstractArc, ...]:
    """An arc a segment, from its first to its last usable instant, in GCRS."""
    return tuple(_arc(segment) for segment in oem.segments)


def _arc(segment: Segment) -> AbstractArc:
    when = segment.frame_epoch or (segment.epoch, segment.time)
    rows = _gcrs(segment.frame, when, (segment.position, segment.velocity))
    table = TabulatedArc(segment.name, segment.epoch, segment.time, *rows)
    low, high = span(segment)
    # A rounding beyond the last row is within it.
    start, stop = max(low, table.start), min(high, table.stop)
    if (start, stop) == (table.start, table.stop):
        return table
    return UsableArc(segment.name, segment.epoch, start, stop, table)


def arc_at(oem: Oem, instant: Epoch) -> AbstractArc:
    """The arc that holds an instant; of two that meet there the later.

    Raises:
        YaanError: an instant that no usable span holds.
    """
    arcs = arcs_of(oem)
    for arc in reversed(arcs):
        if arc.start <= (instant - arc.epoch) <= arc.stop:
            return arc
    first, last = arcs[0], arcs[-1]
    ends = f"{(first.epoch + first.start).iso()} to {(last.epoch + last.stop).iso()}"
    raise YaanError(f"{instant.iso()} is outside what the file holds, {ends}")


def gcrs_of(opm: Opm) -> tuple[Array, Array]:
    """Position [3, m] and velocity [3, m/s] of a state in GCRS."""
    when = opm.frame_epoch or opm.epoch
    place, speed = _gcrs(opm.frame, when, (opm.position, opm.velocity))
    return place[0], speed[0]


def _gcrs(name: str, when: When, motion: tuple[Array, Array]) -> tuple[Array, Array]:
    """Rows in GCRS, of those in a frame that a file names."""
    frame = frame_of(name)
    assert frame is not None
    return convert(*motion, when, frame, Frame.GCRS, bundled_orientation())


def _from_gcrs(name: str, when: When, motion: tuple[Array, Array]) -> tuple[Array, Array]:
    frame = frame_of(name)
    assert frame is not None
    return convert(*motion, when, Frame.GCRS, frame, bundled_orientation())


def oem_of(arc: AbstractArc, step: float, who: Identity | None = None) -> Oem:
    """The arc as an ephemeris: rows every `step` [s] from its start, and one at its end.

    Where a table of rows has an event (two at one instant) a segment ends and the next begins.

    Raises:
        YaanError: a step that is not positive, or a frame or time system that no file has.
    """
    known = _checked(who, arc)
    if not step > 0.0 or not np.isfinite(step):
        raise YaanError(f"{arc.name}: a step of {step:g} s between states, expected more than 0 s")
    segments = list[Segment]()
    for first, last, ending in _pieces(arc):
        count = max(int(np.ceil((last - first) / step - 1e-9)), 1)
        t = np.append(first + step * np.arange(count), last) if last > first else np.array([first])
        position, velocity = (values.copy() for values in arc.at(t))
        if ending is not None:
            position[-1], velocity[-1] = ending
        segments.append(_segment(arc, t, (position, velocity), known))
    return Oem(tuple(segments), known.header)


def opm_of(arc: AbstractArc, t: float, who: Identity | None = None) -> Opm:
    """The state of the arc at `t` [s] since its epoch, after what happens there.

    Raises:
        YaanError: an instant that the arc does not hold, or a frame that no file has.
    """
    known = _checked(who, arc)
    place, motion = _from_gcrs(known.frame, arc.epoch + t, arc.at(t))
    return Opm(
        name=known.name,
        designator=known.designator,
        frame=known.frame,
        time_system=known.time_system,
        epoch=arc.epoch + t,
        position=place[0],
        velocity=motion[0],
        spacecraft=known.spacecraft,
        header=known.header,
        comments=known.comments,
    )


def _checked(who: Identity | None, arc: AbstractArc) -> Identity:
    known = who or Identity()
    if frame_of(known.frame) is None:
        raise YaanError(f"{known.frame}: expected a frame of {', '.join(FRAMES)}")
    if known.time_system not in SYSTEMS:
        raise YaanError(f"{known.time_system}: expected a time system of {', '.join(SYSTEMS)}")
    return known if known.name else replace(known, name=arc.name)


def _pieces(arc: AbstractArc) -> Iterator[tuple[float, float, tuple[Array, Array] | None]]:
    """The ends of the smooth pieces of an arc [s], and the state before the event that ends one."""
    first = arc.start
    if isinstance(arc, TabulatedArc):
        for k in np.flatnonzero(np.diff(arc.time) <= 0.0):
            last = float(arc.time[k])
            if first < last:
                yield first, last, (arc.position[k], arc.velocity[k])
                first = last
    if first < arc.stop or arc.start == arc.stop:
        yield first, arc.stop, None


def _segment(arc: AbstractArc, t: Array, motion: tuple[Array, Array], known: Identity) -> Segment:
    place, speed = _from_gcrs(known.frame, (arc.epoch, t), motion)
    start, stop = arc.epoch + float(t[0]), arc.epoch + float(t[-1])
    return Segment(
        name=known.name,
        designator=known.designator,
        frame=known.frame,
        time_system=known.time_system,
        epoch=start,
        time=t - t[0],
        position=place,
        velocity=speed,
        start=start,
        stop=stop,
        interpolation=("HERMITE", min(2 * NODES, 2 * t.size) - 1),
        comments=(*known.comments, *_told(known.spacecraft)),
    )


def _told(craft: Spacecraft) -> Iterator[str]:
    """What is known of the craft as comments, as NASA's station files have it."""
    for key, value in (
        ("MASS", craft.mass),
        ("DRAG_AREA", craft.drag_area),
        ("DRAG_COEFF", craft.drag_coefficient),
        ("SOLAR_RAD_AREA", craft.solar_area),
        ("SOLAR_RAD_COEFF", craft.solar_coefficient),
    ):
        if value is not None:
            yield f"{key}={value:.15g}"
