"""The descent under parachutes, the place of landing, and how it meets the ground."""

import numpy as np
from numpy.typing import ArrayLike

from yaan.analysis.entry import NEAR
from yaan.analysis.flown import Fall, Flown
from yaan.analysis.history import cut_to, degrees, phase_rows
from yaan.crew import water_limit
from yaan.description import (
    BoxSpec,
    CapsuleSpec,
    GroundSpec,
    ParachutesSpec,
    StepSpec,
    TouchdownLimitSpec,
)
from yaan.design.choice import light
from yaan.design.return_plan import zone_of
from yaan.dynamics.forces import World
from yaan.environment.placed import wind_over
from yaan.flight.chain import ChainFlown
from yaan.flight.models.world import epoch_of
from yaan.motion.descent import TIMEOUT, Descended
from yaan.results import summary_return as records
from yaan.results.extremes import peak
from yaan.results.outcome import OutcomeCode
from yaan.results.summary_ascent import Place
from yaan.results.trajectory import History
from yaan.spacetime.earth import Geodetic
from yaan.spacetime.ephemeris import sun_elevation
from yaan.spacetime.time import bundled_orientation


def descent(flown: Flown) -> records.Descent | None:
    """The parachutes, each step as it went; None where there are none, or it never came so far."""
    history, fall = flown.history, flown.fall
    if fall is None:
        return None if flown.chain is None else _hung(flown.chain)
    leg, canopies = fall.landed.descent, fall.landed.canopies
    parachutes = fall.entering.capsule.parachutes
    if leg is None or canopies is None or parachutes is None:
        return None
    code = OutcomeCode(int(leg.outcome[0]))
    return _descent(parachutes, canopies, cut_to(history, "descent"), code)


def _hung(chain: ChainFlown) -> records.Descent | None:
    """Those of a chain, as they are at the end of its last phase under them."""
    path = chain.flight
    hung = [] if path is None else [one for one in path.phases if one.canopies is not None]
    if path is None or not hung:
        return None
    last = hung[-1]
    parachutes = chain.parts.parachutes(last.flies)
    if parachutes is None or last.canopies is None:
        return None
    rows = cut_to(path.history, *(one.phase.name for one in hung))
    return _descent(parachutes, last.canopies, rows, last.code)


def _descent(
    parachutes: ParachutesSpec, canopies: Descended, hung: History, code: OutcomeCode
) -> records.Descent:
    """What became of `parachutes`; `hung` are the rows under them."""
    opening = peak(hung["time"], hung["load"])
    return records.Descent(
        steps=tuple(_step(canopies, step, i) for i, step in enumerate(parachutes.steps)),
        peak_load=records.LoadPeak(time=opening.time, value_g=opening.value),
        outcome=code.word,
        text=descent_sentence(code),
    )


def descent_sentence(code: OutcomeCode) -> str:
    """How a descent ended; it has no condition that a file could mend."""
    if code is OutcomeCode.TIMED_OUT:
        return (
            f"The descent did not come down within {TIMEOUT:g} s under its canopies. "
            "Deploy them lower, let them be smaller, or the capsule heavier."
        )
    return code.sentence("descent")


def _step(descended: Descended, step: StepSpec, i: int) -> records.ParachuteStep:
    record, openings = descended.deployed, descended.openings
    started = np.isfinite(np.asarray(openings.start[i]))
    deployed, released = _seconds(record.time[i]), _seconds(descended.released[i])
    deploy, box, carries = None, None, step.drags == "capsule"
    if deployed is not None:
        deploy = records.Deployment(
            time=deployed,
            height=float(record.height[i]),
            speed=float(record.speed[i]),
            dynamic_pressure=float(record.dynamic_pressure[i]),
            mach=float(record.mach[i]),
            in_box=bool(descended.in_box[i]),
            outside=_outside(descended, i, step.box),
        )
    if step.box is not None:
        box = records.DeploymentBox(
            mach=_range(step.box.mach),
            dynamic_pressure=_range(step.box.dynamic_pressure),
            height=None if step.box.height is None else _range(step.box.height),
        )
    return records.ParachuteStep(
        name=step.name,
        carries=carries,
        carries_at_end=bool(carries and step.opened and deploy is not None and not released),
        count=step.count,
        working=step.opened,
        deploy=deploy,
        fill_times=tuple(float(f) for f in np.asarray(openings.fill[i])[started]),
        full_open=_seconds(descended.full_open[i]),
        release=released,
        peak_load=float(descended.peak_load[i]),
        box=box,
    )


def _range(ends: list[float]) -> records.Range:
    low, high = ends
    return low, high


def _seconds(value: ArrayLike) -> float | None:
    """An instant, or None for what has not happened."""
    number = float(np.asarray(value))
    return number if np.isfinite(number) else None


def _outside(descended: Descended, i: int, box: BoxSpec | None) -> str:
    """What was outside the box at a deployment, in words; empty where nothing was."""
    if box is None or descended.in_box[i]:
        return ""
    record = descended.deployed
    sides = (
        ("Mach", record.mach[i], box.mach, "", 1.0, 3),
        ("at", record.dynamic_pressure[i], box.dynamic_pressure, " kPa", 1e3, 3),
        ("at", record.height[i], box.height, " km", 1e3, 3),
    )
    return ", ".join(
        f"{word} {float(value) / scale:.{digits}g}{unit}, allowed is"
        f" {ends[0] / scale:g} to {ends[1] / scale:g}{unit}"
        for word, value, ends, unit, scale, digits in sides
        if ends is not None and not ends[0] <= value <= ends[1]
    )


def landing(flown: Flown) -> records.Landing | None:
    """Where it comes down, against where it should; None where neither return nor entry began."""
    plan, history, fall = flown.plan, flown.history, flown.fall
    if flown.returned is None and fall is None:
        return None if flown.chain is None else _come_down(flown, flown.chain)
    zone = None if plan.landing is None else plan.landing.zone
    aim, touchdown, inside = None, None, None
    if fall is not None:
        time, latitude, longitude = fall.landed.end
        aim = None if fall.landed.aim is None else _place(*fall.landed.aim)
        if zone is not None:
            inside = bool(np.all(zone_of(zone).contains(latitude, longitude)))
        epoch = epoch_of(plan)
        sun = float(sun_elevation(epoch, bundled_orientation(), time, latitude, longitude)[0])
        touchdown = records.Touchdown(
            time=time,
            utc=(epoch + time).iso(),
            latitude_deg=degrees(latitude),
            longitude_deg=degrees(longitude),
            sun_elevation_deg=degrees(sun),
            light=light(sun),
            contact=_contact(history, fall),
        )
    hung = fall is not None and fall.landed.descent is not None
    return records.Landing(
        zone=None if zone is None else (zone.title or zone.name).split(",")[0],
        polygon=() if zone is None else tuple(_place(*corner) for corner in zone.polygon),
        aim=aim,
        touchdown=touchdown,
        miss=None if fall is None else fall.landed.miss,
        inside=inside,
        wind_drift=_drift(fall.lander.world, history) if fall is not None and hung else None,
    )


def _come_down(flown: Flown, chain: ChainFlown) -> records.Landing | None:
    """Where a chain comes down under canopies; None of what does not."""
    path, plan = chain.flight, flown.plan
    last = None if path is None else path.phases[-1]
    if path is None or last is None or last.canopies is None:
        return None
    history, down = path.history, last.canopies
    if last.code != OutcomeCode.REACHED or history["height"][-1] > float(chain.world.ground) + NEAR:
        return None
    time, latitude, longitude = (float(history[c][-1]) for c in ("time", "latitude", "longitude"))
    epoch = epoch_of(plan)
    ground = plan.ground if isinstance(plan.ground, GroundSpec) else GroundSpec()
    sun = float(sun_elevation(epoch, bundled_orientation(), time, latitude, longitude)[0])
    parachutes = chain.parts.parachutes(last.flies)
    lost = parachutes is not None and _lost(parachutes, down)
    vertical, horizontal = _speeds(history, down)
    contact = records.Contact(
        vertical=vertical,
        horizontal=horizontal,
        speed=float(np.hypot(vertical, horizontal)),
        mass=float(chain.parts.mass(last.end)[0]),
        height=float(history["height"][-1]),
        surface=ground.kind,
        canopy_lost=lost,
        limits=_limits(chain.parts.capsule(last.flies), ground, lost=lost),
    )
    return records.Landing(
        zone=None,
        polygon=(),
        aim=None,
        touchdown=records.Touchdown(
            time=time,
            utc=(epoch + time).iso(),
            latitude_deg=degrees(latitude),
            longitude_deg=degrees(longitude),
            sun_elevation_deg=degrees(sun),
            light=light(sun),
            contact=contact,
        ),
        miss=None,
        inside=None,
        wind_drift=None,
    )


def _place(latitude: float, longitude: float) -> Place:
    return Place(latitude_deg=degrees(latitude), longitude_deg=degrees(longitude))


def _drift(world: World, history: History) -> float:
    """How far the wind goes during a descent [m], which the canopies follow within some metres."""
    rows = phase_rows(history, "descent")
    time = history["time"][rows]
    columns = (history[name][rows] for name in ("latitude", "longitude", "height"))
    place = Geodetic(*(np.asarray(column) for column in columns))
    wind = [np.asarray(w) for w in wind_over(world.wind, place, np.asarray(time))]
    east, north = (float(np.trapezoid(w + 0.0 * time, time)) for w in wind)
    return float(np.hypot(east, north))


def _contact(history: History, fall: Fall) -> records.Contact | None:
    """How it meets the ground, and what is allowed; None of what never came there."""
    landed, capsule, ground = fall.landed, fall.entering.capsule, fall.entering.ground
    end = landed.descent if landed.descent is not None else landed.entry
    if np.ravel(end.outcome)[0] != OutcomeCode.REACHED:
        return None
    if history["height"][-1] > float(fall.lander.world.ground) + NEAR:
        return None
    vertical, horizontal = _speeds(history, landed.canopies)
    lost = capsule.parachutes is not None and _lost(capsule.parachutes, landed.canopies)
    return records.Contact(
        vertical=vertical,
        horizontal=horizontal,
        speed=float(np.hypot(vertical, horizontal)),
        mass=float(np.asarray(fall.lander.capsule.mass)),
        height=float(history["height"][-1]),
        surface=ground.kind,
        canopy_lost=lost,
        limits=_limits(capsule, ground, lost=lost),
    )


def _speeds(history: History, descended: Descended | None) -> tuple[float, float]:
    """Speed down and across against the ground [m/s]."""
    if descended is not None:
        return float(descended.vertical_speed), float(descended.horizontal_speed)
    speed = float(history["speed_relative"][-1])
    angle = float(history["flight_path_angle_relative"][-1])
    return float(-speed * np.sin(angle)), float(speed * np.cos(angle))


def _lost(spec: ParachutesSpec, descended: Descended | None) -> bool:
    """Whether a canopy that should carry the capsule to the ground is not open in full."""
    return any(
        descended is None or step.opened < step.count or not np.isfinite(descended.full_open[i])
        for i, step in enumerate(spec.steps)
        if step.drags == "capsule" and not (descended and np.isfinite(descended.released[i]))
    )


def _limits(
    capsule: CapsuleSpec | None, ground: GroundSpec, *, lost: bool
) -> records.TouchdownLimits:
    """The limit of each speed [m/s], None where nobody knows one, and whose it is."""
    told = None if capsule is None else capsule.touchdown
    own = getattr(told, ground.kind, None) or TouchdownLimitSpec()
    name = "vertical_lost" if lost and own.vertical_lost is not None else "vertical"
    down, known = getattr(own, name), water_limit()
    usual = ground.kind == "water" and down is None
    keys = {"vertical": name, "horizontal": "horizontal", "total": "total"}
    return records.TouchdownLimits(
        vertical=known.down(lost=lost) if usual else down,
        vertical_from="class" if usual else "capsule" if down is not None else None,
        horizontal=own.horizontal,
        total=own.total,
        assumed=tuple(speed for speed, key in keys.items() if key in own.assumed),
        source=own.source or None,
        capsule_class=records.ClassLimits(
            vertical=known.down(lost=lost),
            horizontal=known.horizontal,
            status=known.status,
            source=known.source,
        ),
    )
