# pyright: basic, reportAttributeAccessIssue=false, reportFunctionMemberAccess=false, reportArgumentType=false, reportReturnType=false
"""Independent 3-DoF reference of the LVM3-M5 ascent (NumPy and SciPy only).

This script shares no code with the simulator that it checks.  It flies an inertial point mass over
the WGS84 ellipsoid with J2 gravity, a rotating Earth and the US Standard Atmosphere 1976, from the
pad to the cut-off of the C25 stage.  The kick angle is solved so that the S200 pair separates at
62.3 km.  Time, height and Mach number are exact at every kink: the integration (DOP853) is cut at
each node of the thrust curve, each change of steering, each layer of the atmosphere and each node
of the drag table.  The mass needs no integration, because every burn has a closed-form impulse.

Two details of the inputs are open to reading, so both readings are kept (see ``READINGS``):
whether the pad holds the vehicle until the thrust exceeds the weight, and what the last node of
the S200 curve, printed as "about 0", is.  The rows of the closure table follow from "no
hold, 0.02", which was found by trial against that table: an inference, not a stated input.

Frames.  The inertial frame coincides with the Earth-fixed frame at t = 0 (S200 ignition).
Heights are geodetic.  Flight path angles are printed against the geodetic and the geocentric
horizontal.  "Tilt" is the angle from the local geodetic vertical.

Run it as ``python twin.py``; it takes some seconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

# Earth ------------------------------------------------------------------------------------------
MU = 3.986004418e14  # m3/s2
J2 = 1.08262668e-3
OMEGA = 7.292115e-5  # rad/s
R_EQ = 6378137.0  # m, WGS84 semi-major axis
FLATTENING = 1.0 / 298.257223563
E2 = FLATTENING * (2.0 - FLATTENING)
G0 = 9.80665  # m/s2

# US Standard Atmosphere 1976 --------------------------------------------------------------------
R_GEOPOTENTIAL = 6356766.0  # m, the radius that the standard itself uses
R_AIR = 8314.32 / 28.9644  # J/(kg K)
GAMMA_AIR = 1.4
LAYER_BASE = np.array([0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3])  # m, geopotential
LAYER_LAPSE = np.array([-6.5e-3, 0.0, 1e-3, 2.8e-3, 0.0, -2.8e-3, -2e-3])  # K/m
TOP_LOWER = 86e3  # m, geometric; above it the density table below holds
# Density of the standard above 86 km (geometric km, kg/m3), interpolated in its logarithm.
HIGH_KM = np.array([86, 90, 95, 100, 105, 110, 115, 120, 130, 140, 150, 160, 180, 200, 300.0])
HIGH_RHO = np.array(
    [
        6.958e-6,
        3.416e-6,
        1.393e-6,
        5.604e-7,
        2.325e-7,
        9.708e-8,
        4.289e-8,
        2.222e-8,
        8.152e-9,
        3.831e-9,
        2.076e-9,
        1.233e-9,
        5.194e-10,
        2.541e-10,
        1.916e-11,
    ]
)


def _layer_bases() -> tuple[np.ndarray, np.ndarray]:
    """Temperature and pressure at the base of each layer."""
    temperature, pressure = [288.15], [101325.0]
    for i in range(len(LAYER_BASE) - 1):
        depth = LAYER_BASE[i + 1] - LAYER_BASE[i]
        t, p = _in_layer(temperature[i], pressure[i], LAYER_LAPSE[i], depth)
        temperature.append(t)
        pressure.append(p)
    return np.array(temperature), np.array(pressure)


def _in_layer(t_base: float, p_base: float, lapse: float, depth: float) -> tuple[float, float]:
    """Temperature and pressure at a geopotential depth above the base of one layer."""
    t = t_base + lapse * depth
    if lapse == 0.0:
        return t, p_base * math.exp(-G0 * depth / (R_AIR * t_base))
    return t, p_base * (t / t_base) ** (-G0 / (R_AIR * lapse))


LAYER_T, LAYER_P = _layer_bases()


def geopotential(height: float) -> float:
    """Geopotential height (m) of a geometric height (m), as the standard defines it."""
    return R_GEOPOTENTIAL * height / (R_GEOPOTENTIAL + height)


def geometric(h_geopotential: float) -> float:
    """Geometric height (m) of a geopotential height (m)."""
    return R_GEOPOTENTIAL * h_geopotential / (R_GEOPOTENTIAL - h_geopotential)


def us76(height: float) -> tuple[float, float, float]:
    """Pressure (Pa), density (kg/m3) and speed of sound (m/s) at a geometric height (m)."""
    if height < TOP_LOWER:
        h = geopotential(height)
        i = max(0, int(np.searchsorted(LAYER_BASE, h, side="right")) - 1)
        t, p = _in_layer(LAYER_T[i], LAYER_P[i], LAYER_LAPSE[i], h - LAYER_BASE[i])
        return p, p / (R_AIR * t), math.sqrt(GAMMA_AIR * R_AIR * t)
    rho = math.exp(float(np.interp(height / 1e3, HIGH_KM, np.log(HIGH_RHO))))
    t = 186.87  # K; it only sets the Mach number, and drag is negligible here
    return rho * R_AIR * t, rho, math.sqrt(GAMMA_AIR * R_AIR * t)


# Vehicle ----------------------------------------------------------------------------------------
CURVE_T = np.array([0.0, 0.3, 5, 20, 40, 60, 80, 95, 106, 114, 122, 131.14])
CURVE_F = (0.0, 1.00, 1.06, 1.10, 1.02, 0.92, 0.83, 0.76, 0.66, 0.40, 0.14)  # and the last node
MACH = np.array([0, 0.5, 0.8, 0.95, 1.05, 1.2, 1.5, 2, 2.5, 3, 4, 5, 8, 30.0])
CD = np.array([0.42, 0.43, 0.50, 0.66, 0.80, 0.82, 0.74, 0.62, 0.54, 0.48, 0.41, 0.37, 0.34, 0.34])

T_L110 = 106.94
T_S200_SEP = 131.14
T_L110_OFF = 301.94
T_L110_SEP = 304.70
T_C25 = 307.10
T_C25_OFF = 950.94


@dataclass(frozen=True)
class Case:
    """Inputs of the LVM3-M5 case, in SI units (angles in degrees where the name says so)."""

    latitude_deg: float = 13.7199
    longitude_deg: float = 80.2304
    pad_hold: bool = True  # False: free from t = 0, so it sinks until the thrust exceeds the weight
    azimuth_deg: float = 110.98
    s200_impulse: float = 5.52e8  # N s each, vacuum
    s200_curve_end: float = 0.0  # relative thrust at the last node
    s200_stop_when_empty: bool = False  # True: the thrust ends once the propellant is spent
    s200_isp: float = 274.5
    s200_exit_area: float = 7.4  # m2 each
    s200_back_pressure_below: float = 2.0e6  # N each
    s200_propellant: float = 205e3  # kg each
    s200_inert: float = 31e3  # kg each
    with_s200: float = 2.5e3
    l110_thrust: float = 1.682e6
    l110_isp: float = 293.0
    l110_ramp: float = 1.5
    l110_mass: float = 125e3
    l110_inert: float = 9e3
    with_l110: float = 2.3e3
    c25_thrust: float = 186.36e3
    c25_isp: float = 442.0
    c25_ramp: float = 3.0
    c25_mass: float = 33e3
    to_orbit: float = 0.79e3
    payload: float = 4.41e3
    fairing: float = 2.0e3
    fairing_flux: float = 1135.0  # W/m2
    area_boosters: float = 28.7
    area_fairing: float = 19.63
    area_core: float = 12.57
    drag_factor: float = 1.0
    t_kick: tuple[float, float] = (8.0, 16.0)
    separation_height: float = 62.3e3
    # tan(pitch above the geocentric horizontal), s = (t - epoch) / 100
    pitch_l110: tuple[float, float] = (0.3944, 0.0429)
    pitch_c25: tuple[float, float] = (0.4689, -0.0826)


READINGS = {
    "as stated": Case(),
    "as stated, S200 stop when 205 t are spent": Case(s200_stop_when_empty=True),
    "no pad hold, last node 0.02": Case(pad_hold=False, s200_curve_end=0.02),
}


def ramp_impulse(t: float, start: float, ramp: float, off: float) -> float:
    """Impulse per unit thrust (s) of a burn with a linear start ramp and a sharp end."""
    x = min(t, off) - start
    if x <= 0.0:
        return 0.0
    return 0.5 * x * x / ramp if x < ramp else x - 0.5 * ramp


def _stop(function: Callable[[float, np.ndarray], float], sign: float) -> Callable:
    """Terminal event of ``solve_ivp`` where the function crosses zero in the given sense."""

    def event(t: float, y: np.ndarray) -> float:
        return function(t, y)

    event.terminal, event.direction = True, sign
    return event


class Ascent:
    """One ascent: forces, steering and the segmented integration."""

    def __init__(self, case: Case, kick_deg: float) -> None:
        """Prepare the S200 curve; nothing flies yet."""
        self.case = case
        self.kick = math.radians(kick_deg)
        self.curve = np.array([*CURVE_F, case.s200_curve_end])
        slices = 0.5 * (self.curve[1:] + self.curve[:-1]) * np.diff(CURVE_T)
        self.curve_area = np.concatenate(([0.0], np.cumsum(slices)))
        self.scale = case.s200_impulse / self.curve_area[-1]
        self.t_empty = self._empty_time() if case.s200_stop_when_empty else math.inf
        self.mode = "vertical"
        self.fairing_on = True
        self.azimuth = math.radians(case.azimuth_deg)
        self.marks: dict[str, float] = {}

    # Propulsion and mass
    def s200_thrust(self, t: float) -> float:
        """Vacuum thrust of one S200 (N)."""
        if t > self.t_empty:
            return 0.0
        return self.scale * float(np.interp(t, CURVE_T, self.curve))

    def _curve_integral(self, t: float) -> float:
        """Integral of the relative curve from ignition to t (s)."""
        t = min(max(t, 0.0), CURVE_T[-1])
        i = min(int(np.searchsorted(CURVE_T, t, side="right")) - 1, len(CURVE_T) - 2)
        f = float(np.interp(t, CURVE_T, self.curve))
        return float(self.curve_area[i] + 0.5 * (self.curve[i] + f) * (t - CURVE_T[i]))

    def s200_spent(self, t: float) -> float:
        """Propellant that one S200 has burnt (kg)."""
        integral = self._curve_integral(min(t, self.t_empty))
        return self.scale * integral / (self.case.s200_isp * G0)

    def _empty_time(self) -> float:
        """Time at which one S200 has burnt its stated propellant (s)."""
        c = self.case
        whole = c.s200_propellant * c.s200_isp * G0 / self.scale
        if whole >= self.curve_area[-1]:
            return math.inf
        return float(brentq(lambda t: self._curve_integral(t) - whole, 100.0, CURVE_T[-1]))

    def mass(self, t: float, boosters: bool, l110: bool) -> float:
        """Mass (kg) with the given stages attached."""
        c = self.case
        m = c.c25_mass + c.to_orbit + c.payload + (c.fairing if self.fairing_on else 0.0)
        c25 = ramp_impulse(t, T_C25, c.c25_ramp, T_C25_OFF)
        m -= c.c25_thrust * c25 / (c.c25_isp * G0)
        if l110:
            burnt = ramp_impulse(t, T_L110, c.l110_ramp, T_L110_OFF)
            m += c.l110_mass + c.with_l110 - c.l110_thrust * burnt / (c.l110_isp * G0)
        if boosters:
            m += 2.0 * (c.s200_propellant + c.s200_inert - self.s200_spent(t)) + c.with_s200
        return m

    def thrust(self, t: float, pressure: float, boosters: bool, l110: bool) -> float:
        """Total thrust along the thrust axis (N) at an ambient pressure (Pa)."""
        c = self.case
        f = 0.0
        if boosters:
            one = self.s200_thrust(t)
            share = min(1.0, one / c.s200_back_pressure_below)
            f += 2.0 * (one - share * pressure * c.s200_exit_area)
        if l110 and T_L110 < t <= T_L110_OFF:
            f += c.l110_thrust * min(1.0, (t - T_L110) / c.l110_ramp)
        if not l110 and T_C25 < t <= T_C25_OFF:
            f += c.c25_thrust * min(1.0, (t - T_C25) / c.c25_ramp)
        return f

    # Geometry
    @staticmethod
    def geodetic(r: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
        """Geodetic height (m) and the local up, north and east unit vectors (inertial axes)."""
        rho = math.hypot(r[0], r[1])
        lat = math.atan2(r[2], rho * (1.0 - E2))
        for _ in range(6):
            n = R_EQ / math.sqrt(1.0 - E2 * math.sin(lat) ** 2)
            lat = math.atan2(r[2] + E2 * n * math.sin(lat), rho)
        s, c = math.sin(lat), math.cos(lat)
        n = R_EQ / math.sqrt(1.0 - E2 * s * s)
        height = rho * c + r[2] * s - n * (1.0 - E2 * s * s)
        cl, sl = r[0] / rho, r[1] / rho
        up = np.array([c * cl, c * sl, s])
        north = np.array([-s * cl, -s * sl, c])
        return height, up, north, np.array([-sl, cl, 0.0])

    @staticmethod
    def gravity(r: np.ndarray) -> np.ndarray:
        """Gravitational acceleration with J2 (m/s2)."""
        d = float(np.linalg.norm(r))
        k = 1.5 * J2 * (R_EQ / d) ** 2
        z2 = 5.0 * (r[2] / d) ** 2
        return -MU / d**3 * r * (1.0 + k * (np.array([1.0, 1.0, 3.0]) - z2))

    @staticmethod
    def relative_velocity(r: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Velocity relative to the rotating Earth and its still air, in inertial axes."""
        return v - OMEGA * np.array([-r[1], r[0], 0.0])

    # Steering
    def direction(self, t: float, r: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Unit vector of the thrust."""
        if self.mode in ("vertical", "tilting", "holding"):
            _, up, north, east = self.geodetic(r)
            start, end = self.case.t_kick
            tilt = self.kick * min(max((t - start) / (end - start), 0.0), 1.0)
            ahead = math.cos(self.azimuth) * north + math.sin(self.azimuth) * east
            return math.cos(tilt) * up + math.sin(tilt) * ahead
        if self.mode == "turning":
            w = self.relative_velocity(r, v)
            return w / np.linalg.norm(w)
        tangents, epoch = (
            (self.case.pitch_l110, T_S200_SEP) if t < T_C25 else (self.case.pitch_c25, T_C25)
        )
        pitch = math.atan(tangents[0] + tangents[1] * (t - epoch) / 100.0)
        up = r / np.linalg.norm(r)
        ahead = v - up * (up @ v)
        return math.sin(pitch) * up + math.cos(pitch) * ahead / np.linalg.norm(ahead)

    def tilt_error(self, r: np.ndarray, v: np.ndarray) -> float:
        """Tilt of the Earth-relative velocity from the vertical, less the kick (rad)."""
        _, up, _, _ = self.geodetic(r)
        w = self.relative_velocity(r, v)
        return math.atan2(float(np.linalg.norm(np.cross(up, w))), float(up @ w)) - self.kick

    # Dynamics
    def air(self, r: np.ndarray, v: np.ndarray) -> tuple[float, float, float, np.ndarray]:
        """Pressure (Pa), density (kg/m3), Mach number and relative velocity."""
        p, rho, sound = us76(self.geodetic(r)[0])
        w = self.relative_velocity(r, v)
        return p, rho, float(np.linalg.norm(w)) / sound, w

    def derivative(self, t: float, y: np.ndarray, boosters: bool, l110: bool) -> np.ndarray:
        """Time derivative of position and velocity."""
        c = self.case
        r, v = y[:3], y[3:]
        p, rho, mach, w = self.air(r, v)
        core = c.area_fairing if self.fairing_on else c.area_core
        area = c.area_boosters if boosters else core
        cd = c.drag_factor * float(np.interp(mach, MACH, CD))
        force = self.thrust(t, p, boosters, l110) * self.direction(t, r, v)
        force = force - 0.5 * rho * cd * area * np.linalg.norm(w) * w
        return np.concatenate((v, self.gravity(r) + force / self.mass(t, boosters, l110)))

    def pad_state(self, t: float) -> np.ndarray:
        """Inertial state of the pad (height 0) at time t."""
        lat = math.radians(self.case.latitude_deg)
        lon = math.radians(self.case.longitude_deg) + OMEGA * t
        n = R_EQ / math.sqrt(1.0 - E2 * math.sin(lat) ** 2)
        r = n * np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), 0.0])
        r[2] = n * (1.0 - E2) * math.sin(lat)
        return np.concatenate((r, OMEGA * np.array([-r[1], r[0], 0.0])))

    def release_time(self) -> float:
        """Time at which the vehicle is free: the thrust exceeds the weight felt on the pad (s)."""
        if not self.case.pad_hold:
            return 0.0

        def surplus(t: float) -> float:
            r = self.pad_state(t)[:3]
            felt = self.gravity(r) + OMEGA**2 * np.array([r[0], r[1], 0.0])
            _, up, _, _ = self.geodetic(r)
            return self.thrust(t, us76(0.0)[0], True, True) + self.mass(t, True, True) * (felt @ up)

        return float(brentq(surplus, 0.0, CURVE_T[1], xtol=1e-12))

    def _crossings(self, y0: np.ndarray) -> list:
        """Events at the nearest kinks of air and drag above and below the present state."""
        height = self.geodetic(y0[:3])[0]
        levels = np.array([geometric(b) for b in LAYER_BASE[1:]] + list(1e3 * HIGH_KM))
        found = []
        for edge in levels[levels > height + 1e-3][:1]:
            found.append(_stop(lambda t, y, h=edge: self.geodetic(y[:3])[0] - h, 1.0))
        for edge in levels[levels < height - 1e-3][-1:]:
            found.append(_stop(lambda t, y, h=edge: self.geodetic(y[:3])[0] - h, -1.0))
        if height > TOP_LOWER - 1.0:
            return found
        mach = self.air(y0[:3], y0[3:])[2]
        for edge in MACH[MACH > mach + 1e-7][:1]:
            found.append(_stop(lambda t, y, m=edge: self.air(y[:3], y[3:])[2] - m, 1.0))
        for edge in MACH[MACH < mach - 1e-7][-1:]:
            found.append(_stop(lambda t, y, m=edge: self.air(y[:3], y[3:])[2] - m, -1.0))
        return found

    def _advance(
        self,
        t0: float,
        y0: np.ndarray,
        t1: float,
        boosters: bool,
        l110: bool,
        extra: Callable[[float, np.ndarray], float] | None = None,
    ) -> tuple[float, np.ndarray, bool]:
        """Integrate to t1, restarting at each kink of air and drag; stop early at ``extra``."""
        while t1 - t0 > 1e-9:
            events = self._crossings(y0)
            if extra is not None:
                events.append(_stop(extra, 1.0))
            out = solve_ivp(
                lambda t, y: self.derivative(t, y, boosters, l110),
                (t0, t1),
                y0,
                method="DOP853",
                rtol=1e-10,
                atol=1e-6,
                max_step=10.0,
                events=events,
            )
            if not out.success:
                raise RuntimeError(out.message)
            t0, y0 = float(out.t[-1]), out.y[:, -1]
            if extra is not None and len(out.t_events[-1]):
                return t0, y0, True
        return t0, y0, False

    def fly_boosters(self, stops: tuple[float, ...] = ()) -> dict[float, np.ndarray]:
        """Fly to the S200 separation; return the states at ``stops`` and at separation."""
        c = self.case
        t = self.release_time()
        y = self.pad_state(t)
        self.marks["release"] = t
        kinks = {*CURVE_T, *c.t_kick, T_L110, T_L110 + c.l110_ramp, self.t_empty, *stops}
        kept = {}

        def capture(_: float, state: np.ndarray) -> float:
            return self.tilt_error(state[:3], state[3:])

        for target in sorted(k for k in kinks if t < k <= T_S200_SEP):
            while t < target - 1e-9:
                self._set_mode(t, y)
                extra = capture if self.mode == "holding" else None
                t, y, hit = self._advance(t, y, target, True, True, extra)
                if hit:
                    self.mode = "turning"
                    self.marks["turning"] = t
            if target in stops or target == T_S200_SEP:
                kept[target] = y
        return kept

    def _set_mode(self, t: float, y: np.ndarray) -> None:
        """Move from vertical flight to the tilt and to the hold by the clock."""
        start, end = self.case.t_kick
        if self.mode == "vertical" and t >= start - 1e-9:
            self.mode = "tilting"
        if self.mode == "tilting" and t >= end - 1e-9:
            self.mode = "holding"
            if self.tilt_error(y[:3], y[3:]) >= 0.0:
                self.mode = "turning"
                self.marks["turning"] = t

    def fly_core(self, y: np.ndarray) -> dict[str, tuple[float, np.ndarray]]:
        """Fly from the S200 separation to the C25 cut-off with the tangent steering."""
        c = self.case
        self.mode = "tangent"

        def flux(t: float, y: np.ndarray) -> float:
            _, rho, _, w = self.air(y[:3], y[3:])
            return c.fairing_flux - 0.5 * rho * float(np.linalg.norm(w)) ** 3

        kept = {}
        t, y, hit = self._advance(T_S200_SEP, y, T_L110_OFF, False, True, flux)
        if hit:
            kept["fairing"] = (t, y)
            self.fairing_on = False
            t, y, _ = self._advance(t, y, T_L110_OFF, False, True)
        t, y, _ = self._advance(t, y, T_L110_SEP, False, True)
        kept["L110 separation"] = (t, y)
        t, y, _ = self._advance(t, y, T_C25, False, False)
        kept["C25 ignition"] = (t, y)
        for target in (T_C25 + c.c25_ramp, T_C25_OFF):
            t, y, _ = self._advance(t, y, target, False, False)
        kept["C25 cut-off"] = (t, y)
        return kept

    # Reporting
    def row(self, t: float, y: np.ndarray, boosters: bool = True, l110: bool = True) -> dict:
        """Height (km), inertial speed (m/s), flight path angles (deg), mass (t) and q (kPa)."""
        r, v = y[:3], y[3:]
        height, up, _, _ = self.geodetic(r)
        _, rho, mach, w = self.air(r, v)
        speed = float(np.linalg.norm(v))
        return {
            "t": t,
            "h": height / 1e3,
            "v": speed,
            "gamma": math.degrees(math.asin(float(up @ v) / speed)),
            "gamma_gc": math.degrees(math.asin(float(r @ v) / speed / float(np.linalg.norm(r)))),
            "m": self.mass(t, boosters, l110) / 1e3,
            "q": 0.5e-3 * rho * float(w @ w),
            "mach": mach,
        }


def solve_kick(case: Case, low: float = 4.0, high: float = 12.0) -> float:
    """Kick angle (deg) that puts the S200 separation at the height of the case."""

    def miss(kick: float) -> float:
        flight = Ascent(case, kick)
        state = flight.fly_boosters()[T_S200_SEP]
        return flight.geodetic(state[:3])[0] - case.separation_height

    return float(brentq(miss, low, high, xtol=1e-7, rtol=1e-12))


def max_q(flight: Ascent, start: float = 50.0, end: float = 62.0) -> dict:
    """Row at the peak of the dynamic pressure, from a fine second pass over start..end."""
    grid = tuple(np.round(np.arange(start, end, 0.1), 6))
    again = Ascent(flight.case, math.degrees(flight.kick))
    rows = [again.row(t, y) for t, y in again.fly_boosters(grid).items() if t in grid]
    return max(rows, key=lambda row: row["q"])


def show(name: str, row: dict) -> None:
    """Print one row."""
    print(
        f"{name:18s} t {row['t']:8.3f}  h {row['h']:8.3f} km  v {row['v']:9.2f} m/s  "
        f"gamma {row['gamma']:7.3f} (geocentric {row['gamma_gc']:7.3f}) deg  "
        f"m {row['m']:8.3f} t  q {row['q']:9.4f} kPa  M {row['mach']:6.3f}"
    )


def report(name: str, case: Case) -> None:
    """Solve the kick of one reading, fly the whole ascent and print its rows."""
    kick = solve_kick(case)
    flight = Ascent(case, kick)
    kept = flight.fly_boosters((56.0, T_L110))
    print(f"{name}: kick {kick:.4f} deg, mass {flight.mass(0.0, True, True):.1f} kg")
    print(f"  release {flight.marks['release']:.4f} s, turn from {flight.marks['turning']:.3f} s")
    print(f"  peak S200 vacuum thrust {flight.scale * max(CURVE_F) / 1e6:.4f} MN each")
    for t, y in kept.items():
        show("", flight.row(t, y))
    show("max q", max_q(flight))
    for event, (t, y) in flight.fly_core(kept[T_S200_SEP]).items():
        show(event, flight.row(t, y, False, t <= T_L110_SEP))


def main() -> None:
    """Report every reading."""
    for name, case in READINGS.items():
        report(name, case)
        print()


if __name__ == "__main__":
    main()
