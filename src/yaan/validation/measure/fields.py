"""Accelerations of fields by another way than Yaan's, and the air of NRLMSISE-00 by its authors.

The other way is Cunningham's: functions V and W by recursion, not normalised, and the acceleration
from them, as Montenbruck and Gill have it. It shares no equation with Pines's form.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from math import factorial, sqrt
from typing import Any, Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.session import computing
from yaan.environment import Drivers, Instant, load_nrlmsise00
from yaan.environment.fields import harmonic_gravity
from yaan.environment.nrlmsise00 import GASES
from yaan.validation.case import Array, Case, Fly, Line, data, number

_MU: Final = 3.986004415e14  # [m^3/s^2] of both fields
_RADIUS: Final = 6378136.3  # [m]
_ROUND: Final = "two ways to the same sum in 64 bits, whose terms cancel by some digits"
_ASKED: Final = "1e-6 was asked; the cases are printed with more digits than that"


def cases() -> tuple[Case, ...]:
    """Two fields and an atmosphere."""
    way = "Cunningham's recursion (Montenbruck and Gill, Satellite Orbits, section 3.2)"
    return (
        Case(
            "earth",
            "accelerations",
            "EGM96 to 21x21 and GGM02C to 12x12 against a second implementation",
            (),
            f"200 places from the surface to 2,000 km, poles among them, by {way}.",
            "EGM96 as carried by CS-SI/Orekit; GGM02C as carried by JEOD",
            _accelerations,
        ),
        Case(
            "earth",
            "nrlmsise00",
            "NRLMSISE-00, the cases of its authors",
            (),
            "Thirteen cases of the test driver, gases, densities and temperatures.",
            "NRL, as carried by AVSLab/basilisk",
            _air,
        ),
    )


def _accelerations(fly: Fly) -> Sequence[Line]:
    del fly
    rows = np.loadtxt(data("egm96_21x21.txt"))
    egm96 = {(int(n), int(m)): (c, s) for n, m, c, s, *_ in rows if n > 1}
    told = json.loads(data("ggm02c_12x12.json").read_text(encoding="utf-8"))["coefficients"]
    ggm02c = {(int(k.split(",")[0]), int(k.split(",")[1])): tuple(v) for k, v in told.items()}
    places = _places()
    lines: list[Line] = []
    for name, field in (("EGM96", egm96), ("GGM02C", ggm02c)):
        degree = max(n for n, _ in field)
        c, s = np.zeros((degree + 1, degree + 1)), np.zeros((degree + 1, degree + 1))
        c[0, 0] = 1.0
        for at, (cosine, sine) in field.items():
            c[at], s[at] = cosine, sine
        with computing():
            model = harmonic_gravity(_MU, _RADIUS, c, s, degree)
            x, y, z = (jnp.asarray(places[:, i]) for i in range(3))
            ours = np.stack([np.asarray(a) for a in model.acceleration(x, y, z)], axis=1)
        theirs = np.stack([_cunningham(c, s, place) for place in places])
        off = np.linalg.norm(ours - theirs, axis=1)
        at = int(np.argmax(off))
        size = (float(np.linalg.norm(theirs[at])), float(np.linalg.norm(ours[at])))
        known = number(f"{name} to degree {degree}", "m/s²", size, 1e-12, f"1e-12 of it: {_ROUND}")
        lines.append(replace(known, distance=float(off[at])))
    return lines


def _places() -> Array:
    """[200, 3, m], the poles first."""
    draw = np.random.default_rng(14)
    towards = draw.normal(size=(200, 3))
    towards[:2] = [[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]]
    towards /= np.linalg.norm(towards, axis=1)[:, None]
    return towards * (_RADIUS + draw.uniform(0.0, 2e6, 200))[:, None]


def _cunningham(c: Array, s: Array, place: Array) -> Array:
    """Acceleration [3, m/s^2] at a place [3, m], from normalised coefficients."""
    top = len(c)  # one degree more than the field
    r2 = float(place @ place)
    x, y, z = place * (_RADIUS / r2)
    shrink = _RADIUS**2 / r2
    v, w = np.zeros((top + 1, top + 1)), np.zeros((top + 1, top + 1))
    v[0, 0] = _RADIUS / sqrt(r2)
    for m in range(top + 1):
        if m > 0:
            v[m, m] = (2 * m - 1) * (x * v[m - 1, m - 1] - y * w[m - 1, m - 1])
            w[m, m] = (2 * m - 1) * (x * w[m - 1, m - 1] + y * v[m - 1, m - 1])
        for n in range(m + 1, top + 1):
            a, b = (2 * n - 1) / (n - m) * z, (n + m - 1) / (n - m) * shrink
            v[n, m] = a * v[n - 1, m] - (b * v[n - 2, m] if n > m + 1 else 0.0)
            w[n, m] = a * w[n - 1, m] - (b * w[n - 2, m] if n > m + 1 else 0.0)
    pull = np.zeros(3)
    for n in range(top):
        for m in range(n + 1):
            size = (1 if m == 0 else 2) * (2 * n + 1) * factorial(n - m) / factorial(n + m)
            cosine, sine = sqrt(size) * c[n, m], sqrt(size) * s[n, m]
            if m == 0:
                pull[0] -= cosine * v[n + 1, 1]
                pull[1] -= cosine * w[n + 1, 1]
            else:
                low = (n - m + 2) * (n - m + 1)
                ahead, back = (v[n + 1, m + 1], w[n + 1, m + 1]), (v[n + 1, m - 1], w[n + 1, m - 1])
                pull[0] += 0.5 * (-cosine * ahead[0] - sine * ahead[1])
                pull[0] += 0.5 * low * (cosine * back[0] + sine * back[1])
                pull[1] += 0.5 * (-cosine * ahead[1] + sine * ahead[0])
                pull[1] += 0.5 * low * (-cosine * back[1] + sine * back[0])
            pull[2] += (n - m + 1) * (-cosine * v[n + 1, m] - sine * w[n + 1, m])
    return pull * (_MU / _RADIUS**2)


def _air(fly: Fly) -> Sequence[Line]:
    del fly
    known = json.loads(data("nrlmsise00_cases.json").read_text(encoding="utf-8"))["cases"]
    pairs: dict[str, list[tuple[float, float]]] = {"density": [], "heat": []}
    for history in (False, True):
        some = [one for one in known if (one["ap_array"] is not None) == history]
        with computing():
            model = load_nrlmsise00(history=history)
            made: Any = jax.device_get(eqx.filter_vmap(model)(*_asked(some)))
        for row, one in enumerate(some):
            told = one["expected"]
            gases = [
                (told[f"{gas}_cm3"], 1e-6 * made.number[row][i]) for i, gas in enumerate(GASES)
            ]
            gases.append((told["anomalous_O_cm3"], 1e-6 * made.anomalous_oxygen[row]))
            gases.append((told["rho_g_cm3"], 1e-3 * made.density[row]))
            pairs["density"] += [(a, float(b)) for a, b in gases if a > 0.0]
            hot = (told["T_exo_K"], float(made.exospheric_temperature[row]))
            pairs["heat"] += [hot, (told["T_alt_K"], float(made.temperature[row]))]
    dense = max(pairs["density"], key=lambda pair: abs(pair[1] / pair[0] - 1.0))
    heat = max(pairs["heat"], key=lambda pair: abs(pair[1] - pair[0]))
    share = f"1e-6 of it: {_ASKED}"
    return [
        number("gases and densities", "1/cm³, g/cm³", dense, 1e-6 * dense[0], share),
        number("temperatures", "K", heat, 1e-4, "1e-4 K were asked"),
    ]


def _asked(cases: list[dict[str, Any]]) -> tuple[Any, ...]:
    names = ("alt_km", "lat_deg", "lon_deg", "doy", "sec", "lst_h", "f107", "f107A")
    columns = (jnp.asarray([float(one[name]) for one in cases]) for name in names)
    height, latitude, longitude, day, second, clock, f107, f107a = columns
    history = cases[0]["ap_array"] is not None
    ap = jnp.asarray([one["ap_array"] if history else [one["ap"]] for one in cases])
    instant = Instant(latitude, longitude, day, second, clock)
    return height, instant, Drivers(f107, f107a, ap)
