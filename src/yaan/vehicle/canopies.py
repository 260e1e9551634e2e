"""What a train of parachutes does in flight: which canopies are out, how far, and what is due.

`Canopies` holds when each thing happened. Between two switchings nothing here changes but time,
so the drag areas are smooth functions of it, and every kink is an instant known beforehand.

All functions are of one lane.
"""

import enum

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from yaan.vehicle.parachute import OPENINGS, Train

_SOON = 1e-9  # [s]; an instant this near has come


class Deployment(enum.IntEnum):
    """How a step of the train was deployed."""

    IN_BOX = 0
    NEVER = 1
    """Its trigger was not met before the ground."""
    ABOVE = 2
    """At a larger Mach number, dynamic pressure or height than its box allows; it opened."""
    BELOW = 3
    """At a smaller one."""


class Record(eqx.Module):
    """What a step met at its deployment; infinite before."""

    time: Float[Array, "*batch steps"]  # [s]
    height: Float[Array, "*batch steps"]  # [m]
    speed: Float[Array, "*batch steps"]
    """Airspeed [m/s]."""
    dynamic_pressure: Float[Array, "*batch steps"]  # [Pa]
    mach: Float[Array, "*batch steps"]


class Openings(eqx.Module):
    """The openings of the canopies, reefing stages first."""

    start: Float[Array, "*batch steps openings"]  # [s], infinite before
    fill: Float[Array, "*batch steps openings"]  # [s]
    base: Float[Array, "*batch steps openings"]
    """Drag area at the start, over the full one."""
    pressure: Float[Array, "*batch steps openings"]
    """Dynamic pressure at the start [Pa]."""
    peak: Float[Array, "*batch steps openings"]
    """Largest load of one canopy [N]."""


class Canopies(eqx.Module):
    """What has happened to a train."""

    begin: Float[Array, "*batch"]
    """When the first step was armed [s]."""
    triggered: Float[Array, "*batch steps"]
    """When its trigger was met [s], infinite before; it is deployed after its lag."""
    deployed: Record
    released: Float[Array, "*batch steps"]  # [s], infinite before
    openings: Openings

    @property
    def aloft(self) -> Bool[Array, "*batch steps"]:
        """Deployed and not cut away."""
        return jnp.isfinite(self.deployed.time) & jnp.isinf(self.released)

    @property
    def current(self) -> Bool[Array, " steps openings"]:
        """Which opening is the last that has begun, of canopies aloft."""
        begun = jnp.isfinite(self.openings.start)
        last = begun & ~jnp.pad(begun[:, 1:], ((0, 0), (0, 1)))
        return last & self.aloft[:, None]


class Met(eqx.Module):
    """What the capsule meets as something may switch."""

    speed: Float[Array, ""]
    """Airspeed [m/s]."""
    pressure: Float[Array, ""]
    """Dynamic pressure [Pa]."""
    mach: Float[Array, ""]
    height: Float[Array, ""]  # [m]
    sink: Float[Array, ""]
    """Speed downwards [m/s]."""


def packed(t: Float[Array, ""], train: Train) -> Canopies:
    """All of a train in its container; its first step is armed at `t` [s]."""
    steps = train.exists.shape[0]
    never, nothing = jnp.full(steps, jnp.inf), jnp.zeros((steps, OPENINGS))
    record = Record(never, never, never, never, never)
    openings = Openings(nothing + jnp.inf, nothing, nothing, nothing, nothing)
    return Canopies(t, never, record, never, openings)


def areas(t: Float[Array, ""], canopies: Canopies, train: Train) -> Float[Array, " steps"]:
    """Drag area of one canopy of each step at `t` [m^2]; none where no canopy of it works."""
    openings, current = canopies.openings, canopies.current
    # An opening that has not begun is infinitely far away: it is put at zero, then left out.
    elapsed = t - jnp.where(current, openings.start, t)
    ratio = train.opened(elapsed, openings.fill, openings.base)
    full = jnp.where(train.working > 0.0, train.drag_area, 0.0)
    return jnp.sum(jnp.where(current, ratio, 0.0), axis=1) * full


def triggers(
    t: Float[Array, ""], met: Met, canopies: Canopies, train: Train
) -> Float[Array, " events"]:
    """Rise through zero at deployments, then releases, by height or speed; one for each step.

    What is due by its time while still climbing is deployed as the fall begins.
    """
    waiting = jnp.isinf(canopies.deployed.time) & train.exists
    armed = waiting & jnp.pad(~waiting[:-1], (1, 0), constant_values=True)
    armed = armed & jnp.isinf(canopies.triggered)
    low = (train.deploy_height - met.height) * 1e-3
    slow = (train.deploy_speed - met.speed) * 1e-2
    overdue = jnp.where(_due(canopies, train) < t - _SOON, 1.0, -1.0)
    due = jnp.maximum(jnp.maximum(low, slow), overdue)
    deploy = jnp.where(armed, jnp.minimum(due, _falling(met, train)), -1.0)
    release = jnp.where(canopies.aloft, (train.release_height - met.height) * 1e-3, -1.0)
    return jnp.concatenate([deploy, release])


def advance(
    t: Float[Array, ""],
    canopies: Canopies,
    met: Met,
    fired: Bool[Array, " events"],
    train: Train,
) -> Canopies:
    """Keep the peaks, then deploy, cut away and disreef whatever is due.

    `fired` says which of the `triggers` have just happened.
    """
    loads = met.pressure * areas(t, canopies, train)[:, None]
    peak = canopies.openings.peak
    peak = jnp.where(canopies.current, jnp.maximum(peak, loads), peak)
    canopies = eqx.tree_at(lambda c: c.openings.peak, canopies, peak)
    by_trigger = jnp.split(fired, 2)
    triggered, record, new = _deploy(t, canopies, met, by_trigger[0], train)
    deployed = jnp.isfinite(record.time)
    cut = deployed[train.release_with] & (train.release_with >= 0)
    cut = cut | by_trigger[1] | (met.height <= train.release_height)
    cut = cut | (record.time + train.release_delay <= t + _SOON)
    released = jnp.where(deployed & cut & jnp.isinf(canopies.released), t, canopies.released)
    openings = _open(t, canopies, met, new, train)
    return Canopies(canopies.begin, triggered, record, released, openings)


def _deploy(
    t: Array, canopies: Canopies, met: Met, fired: Array, train: Train
) -> tuple[Array, Record, Bool[Array, " steps"]]:
    """When triggers were met, the record with what is deployed now, and which steps those are."""
    record = canopies.deployed
    due = _due(canopies, train) <= t + _SOON
    # A delay of nothing: with the step before, even where that one is deployed just now.
    due = due | (train.deploy_delay <= 0.0)
    due = due | (met.height <= train.deploy_height) | (met.speed <= train.deploy_speed)
    due = fired | (due & (_falling(met, train) >= 0.0))
    known = canopies.triggered
    met_by_now = jnp.isfinite(known) | (due & train.exists)
    ready = met_by_now & (jnp.where(jnp.isfinite(known), known, t) + train.lag <= t + _SOON)
    ready = jnp.isfinite(record.time) | ready
    # A step is armed, and so deployed, only after all before it.
    out = jnp.cumprod(ready.astype(int)) > 0
    armed = jnp.pad(out[:-1], (1, 0), constant_values=True)
    triggered = jnp.where(armed & met_by_now & jnp.isinf(known), t, known)
    new = out & jnp.isinf(record.time)
    record = Record(
        jnp.where(new, t, record.time),
        jnp.where(new, met.height, record.height),
        jnp.where(new, met.speed, record.speed),
        jnp.where(new, met.pressure, record.dynamic_pressure),
        jnp.where(new, met.mach, record.mach),
    )
    return triggered, record, new


def _open(
    t: Array, canopies: Canopies, met: Met, new: Bool[Array, " steps"], train: Train
) -> Openings:
    """Begin the first openings of the steps deployed now, and the next ones that are due."""
    openings = canopies.openings
    over = canopies.current & (openings.start + train.duration <= t + _SOON)
    first = jnp.arange(OPENINGS) == 0
    begin = jnp.pad(over[:, :-1], ((0, 0), (1, 0))) | (new[:, None] & first)
    base = areas(t, canopies, train) / jnp.maximum(train.drag_area, 1e-9)
    fill = train.fill_time(met.speed)
    # What opens at once is loaded most at once: the end of the step would come too late.
    sudden = jnp.where(train.working > 0.0, met.pressure * train.drag_area, 0.0)
    sudden = sudden[:, None] * train.ratio
    return Openings(
        start=jnp.where(begin, t, openings.start),
        fill=jnp.where(begin, fill, openings.fill),
        base=jnp.where(begin, base[:, None], openings.base),
        pressure=jnp.where(begin, met.pressure, openings.pressure),
        peak=jnp.where(begin & (fill <= 0.0), sudden, openings.peak),
    )


def _falling(met: Met, train: Train) -> Float[Array, " steps"]:
    """Not negative where a step may be deployed: in a fall, or wherever it says so."""
    return jnp.where(train.climbing, 1.0, met.sink * 1e-2)


def _due(canopies: Canopies, train: Train) -> Float[Array, " steps"]:
    """When each step is deployed by its delay [s]; infinite before it is armed."""
    before = jnp.concatenate([canopies.begin[None], canopies.deployed.time[:-1]])
    return before + train.deploy_delay


def deadline(t: Float[Array, ""], canopies: Canopies, train: Train) -> Float[Array, ""]:
    """The next instant at which a canopy switches by time, or its area has a kink [s]."""
    openings, record = canopies.openings, canopies.deployed
    waiting = jnp.isinf(record.time) & train.exists
    opens = jnp.where(waiting, _due(canopies, train), jnp.inf)
    lagging = jnp.where(waiting, canopies.triggered + train.lag, jnp.inf)
    cuts = jnp.where(canopies.aloft, record.time + train.release_delay, jnp.inf)
    lengths = jnp.stack([openings.fill, 2.0 * openings.fill, train.duration])
    kinks = jnp.where(canopies.current, openings.start + lengths, jnp.inf)
    known = jnp.concatenate([opens, lagging, cuts, kinks.ravel()])
    return jnp.min(jnp.where(known > t + _SOON, known, jnp.inf))


def opening(t: Float[Array, ""], canopies: Canopies) -> Bool[Array, ""]:
    """Whether any canopy's area changes just after `t`."""
    settled = canopies.openings.start + 2.0 * canopies.openings.fill
    return jnp.any(canopies.current & (t < settled - _SOON))


def deployment(record: Record, train: Train) -> Int[Array, " steps"]:
    """The `Deployment` of each step."""
    boxes = (
        (record.mach, train.mach),
        (record.dynamic_pressure, train.dynamic_pressure),
        (record.height, train.height),
    )
    never = jnp.isinf(record.time)
    above, below = jnp.zeros_like(never), jnp.zeros_like(never)
    for value, box in boxes:
        above, below = above | (value > box[:, 1]), below | (value < box[:, 0])
    cases = [
        (never, Deployment.NEVER),
        (above, Deployment.ABOVE),
        (below, Deployment.BELOW),
    ]
    codes = [jnp.full(never.shape, int(code)) for _, code in cases]
    rest = jnp.full(never.shape, int(Deployment.IN_BOX))
    return jnp.select([case for case, _ in cases], codes, rest)


def full_open(t: Float[Array, ""], canopies: Canopies, train: Train) -> Float[Array, " steps"]:
    """When each step was first at full size [s]; infinite where it was not by `t`."""
    first = _filled(canopies, train)
    return jnp.where(first <= jnp.minimum(canopies.released, t) + _SOON, first, jnp.inf)


def happened(
    canopies: Canopies, train: Train, deployed: Int[Array, ""], opened: Int[Array, ""]
) -> Float[Array, ""]:
    """When a step was `deployed`, or another one is full `opened`, whichever is first [s].

    Steps count from 0; a negative one is none. Infinite where it is not known yet.
    """
    out = canopies.deployed.time[deployed]
    full = _filled(canopies, train)
    full = jnp.where(full <= canopies.released, full, jnp.inf)[opened]
    both = jnp.where(deployed >= 0, out, jnp.inf), jnp.where(opened >= 0, full, jnp.inf)
    return jnp.minimum(*both)


def _filled(canopies: Canopies, train: Train) -> Float[Array, " steps"]:
    """When the opening to full size of each step ends, or will [s]; infinite: not begun."""
    openings = canopies.openings
    ends = jnp.where(train.ratio >= 1.0, openings.start + openings.fill, jnp.inf)
    return jnp.min(ends, axis=1)
