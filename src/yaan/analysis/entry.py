"""The entry: its interface, its bank, its peaks, and of a rigid body how it turned."""

import numpy as np

from yaan.analysis.flown import Fall, Flown
from yaan.analysis.guidance import entry_guidance
from yaan.analysis.history import at_row, degrees, phase_rows
from yaan.design.deorbit import offsets
from yaan.design.landing import Landed
from yaan.flight.turning import FIRMER
from yaan.gnc.thrusters import CONVERGED
from yaan.motion.base import Leg
from yaan.motion.entry import TIMEOUT
from yaan.results import summary_return as records
from yaan.results.extremes import peak
from yaan.results.outcome import OutcomeCode
from yaan.results.summary_ascent import Place
from yaan.results.trajectory import Array, History
from yaan.spacetime.zone import distance

AT_LIMIT = 0.999
"""Share of the largest moment from which a thruster counts as open throughout."""

NEAR = 0.5
"""What is so far above the ground [m] has come down to it."""

_FELT = 10.0  # [Pa] of dynamic pressure: the angle off the trim counts from there


def entry(flown: Flown) -> records.Entry | None:
    """From the interface to the parachutes, or to the ground; None of what never came to one."""
    history, fall = flown.history, flown.fall
    if fall is None:
        return None
    rows, landed, asked = phase_rows(history, "entry"), fall.landed, fall.entering.entry
    time = history["time"][rows]
    loads, fluxes = (peak(time, history[c][rows]) for c in ("load", "heat_flux_stagnation"))
    load, flux = int(rows[loads.row]), int(rows[fluxes.row])
    aloft = history["height"][load] > float(fall.lander.world.ground) + NEAR
    code = OutcomeCode(int(landed.entry.outcome[0]))
    return records.Entry(
        interface=interface(history, int(rows[0])),
        bank=_bank(landed, float(time[0])),
        peak_load=at_row(
            records.EntryLoad,
            history,
            load,
            time=loads.time,
            value_g=loads.value,
            rising=bool(load == rows[-1] and aloft),
        ),
        peak_flux=at_row(records.EntryFlux, history, flux, time=fluxes.time, value=fluxes.value),
        heat_load=float(landed.entry.added.heat_load[0]),
        wall_temperature=float(np.max(history["wall_temperature"][rows])),
        duration=float(time[-1] - time[0]),
        load_limit_g=asked.load_limit,
        ballistic_peak_g=landed.ballistic_load,
        motion=asked.motion,
        turning=_turning(history, fall, rows),
        outcome=code.word,
        text=entry_sentence(code),
        guidance=entry_guidance(fall),
    )


def interface(history: History, row: int) -> records.Interface:
    """The state at the entry interface."""
    position, velocity = history["position_gcrs"][row], history["velocity_gcrs"][row]
    up = position / np.linalg.norm(position)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    heading = np.arctan2(velocity @ east, velocity @ np.cross(up, east))
    return at_row(records.Interface, history, row, heading_deg=degrees(heading) % 360.0)


def _bank(landed: Landed, start: float) -> records.BankProfile:
    bank, banked = landed.bank, landed.banked
    return records.BankProfile(
        kind="given" if banked is None else "solved",
        magnitude_deg=None if banked is None else degrees(banked.magnitude),
        reversal=None if banked is None else start + banked.reversal,
        time=tuple(float(t) for t in np.asarray(bank.time)),
        angle_deg=tuple(degrees(a) for a in np.asarray(bank.angle)),
    )


def entry_sentence(code: OutcomeCode) -> str:
    """How an entry ended, in words of its own where those of other phases do not fit."""
    if code is OutcomeCode.TIMED_OUT:
        return (
            f"The entry did not come down within {TIMEOUT:g} s. "
            "Enter more steeply or more slowly, from less high, or with less lift."
        )
    return code.sentence("entry")


def _turning(history: History, fall: Fall, rows: Array) -> records.Turning | None:
    """How a rigid body turned, beside the point: how far off, what it asked; None of a point."""
    turner, turned, landed = fall.lander.turning, fall.landed.turned, fall.landed
    if turner is None or turned is None:
        return None
    h, point, firm = history, turned.point, turned.firm
    held = firm.outcome[0] == OutcomeCode.REACHED
    trim = np.interp(
        h["mach"][rows], np.asarray(turner.body.capsule.mach), np.asarray(turner.body.capsule.angle)
    )
    air = h["dynamic_pressure"][rows] > _FELT
    off = np.hypot(h["incidence"][rows] + trim, h["sideslip"][rows])
    astray = h["bank"][rows] - h["bank_commanded"][rows]
    astray = np.abs((astray + np.pi) % (2.0 * np.pi) - np.pi)
    limit = turner.control.limit
    most = np.array([float(np.asarray(x)) for x in (limit.x, limit.y, limit.z)])
    asked = np.abs(h["moment_control"][rows])
    full = np.any(asked >= AT_LIMIT * np.maximum(most, 1e-9), axis=1)
    span = np.diff(h["time"][rows], append=h["time"][rows][-1])
    latitude, longitude = (degrees(angle) for angle in point.end[1:])
    return records.Turning(
        step=turner.step,
        entry_end=_offset(h, int(rows[0]), landed.entry, point.entry),
        landing_distance=float(distance(*landed.end[1:], *point.end[1:])),
        point_landing=Place(latitude_deg=latitude, longitude_deg=longitude),
        point_miss=point.miss,
        firm_distance=float(distance(*_place(firm), *_place(point.entry))) if held else None,
        firm=f"{FIRMER:g} times the frequency and unlimited moments",
        peak_off_trim_deg=degrees(np.max(off[air], initial=0.0)),
        peak_sideslip_deg=degrees(np.max(np.abs(h["sideslip"][rows])[air], initial=0.0)),
        peak_bank_error_deg=degrees(np.max(astray)),
        peak_rate_deg=degrees(np.max(np.linalg.norm(h["rate_body"][rows], axis=1))),
        peak_moment=_vector(np.max(asked, axis=0)),
        moment_limit=_vector(most),
        at_limit=float(np.sum(span[full])),
        impulse=_vector(np.sum(asked * span[:, None], axis=0)),
        thrusters=_pulsed(landed.entry),
    )


def _pulsed(body: Leg) -> records.Pulsed | None:
    """What thrusters that are on or off have done by the end of the entry."""
    firing = getattr(body.inner, "firing", None)
    if firing is None:
        return None
    return records.Pulsed(
        propellant=float(firing.used[0]),
        pulses=int(firing.pulses[0]),
        missed=float(firing.missed[0]),
        solved=bool(firing.left[0] <= CONVERGED),
    )


def _vector(values: Array) -> records.Vector:
    x, y, z = (float(value) for value in values)
    return x, y, z


def _place(leg: Leg) -> tuple[float, float]:
    return float(leg.place.latitude[0]), float(leg.place.longitude[0])


def _offset(history: History, start: int, body: Leg, point: Leg) -> records.Offset:
    """How far the body's end is from the point's, over a track from the row `start`."""
    origin = (history["latitude"][start], history["longitude"][start])
    places = [
        (np.array([latitude]), np.array([longitude]))
        for latitude, longitude in (origin, _place(point), _place(body))
    ]
    along, right = offsets(*places)
    return records.Offset(
        distance=float(distance(*_place(body), *_place(point))),
        along=float(along[0]),
        right=float(right[0]),
        later=float(body.end.t[0] - point.end.t[0]),
    )
