"""Make `library/tables/us76_high.npz`: the US Standard Atmosphere 1976 from 86 to 1,000 km.

    python builders/us76.py src/yaan/library/tables/us76_high.npz

Integrates the defining equations of U.S. Standard Atmosphere, 1976 (NOAA-S/T 76-1562, NASA-TM-X-
74335), sections 1.2.4 to 1.3.3: the temperature segments (equations 25, 27, 29, 31) and the number
densities of N2, O, O2, Ar, He and H with eddy and molecular diffusion (equations 36 to 41). Prints
the distance to the densities and pressures which the standard publishes, and of the packaged
interpolation to the integration.

The table holds, for each half kilometre, the cubics that meet value and one-sided slope at both
ends of ln(pressure), kinetic temperature and molecular-scale temperature T_M = T M0 / M (equation
22), as powers of the fraction of that half kilometre. One-sided, because the standard's equations
have a corner at 100 km (mean molar mass) and a step at 150 km (hydrogen enters), which fall on
whole kilometres.

What the text of the standard leaves open is the mean molar mass M in the eddy term of equation 36
for O. Mixed air (M0) below 100 km, as for the other gases, repeats the published densities to
0.09 %; M of nitrogen gives 7 % too much oxygen at 120 km and 6.7 % too much density at 500 km.
"""

import itertools
import sys
from pathlib import Path

import numpy as np
from scipy.integrate import cumulative_simpson

R = 8314.32  # [J/(kmol K)] table 2
BOLTZMANN = 1.380622e-23  # [J/K] table 2
AVOGADRO = 6.022169e26  # [1/kmol] table 2
G0 = 9.80665  # [m/s^2]
RADIUS = 6356766.0  # [m] r0
M0 = 28.9644  # [kg/kmol] mean molar mass at sea level
STEP = 10.0  # [m] of the integration
SPACING = 500.0  # [m] of the table; whole numbers of STEP
# Where the equations change [km]. Each piece is integrated on its own, so that no rule straddles a
# corner, and each height where two pieces meet is held twice, once with the equations of each.
PIECES = [86, 91, 95, 97, 100, 110, 115, 120, 150, 500, 1000]

# Table 3: molar mass [kg/kmol]. Table 5: number density at 86 km (H: 500 km) [1/m^3].
MOLAR = {"N2": 28.0134, "O": 15.99939, "O2": 31.9988, "Ar": 39.948, "He": 4.0026, "H": 1.00797}
START = {"N2": 1.129794e20, "O": 8.6e16, "O2": 3.030898e19, "Ar": 1.351400e18, "He": 7.5817e14}
HYDROGEN_500 = 8.0e10  # [1/m^3]
HYDROGEN_FLUX = 7.2e11  # [1/(m^2 s)] phi
# Table 6: thermal diffusion factor; a [1/(m s)] and b of D = a/N (T/273.15)^b.
ALPHA = {"O": 0.0, "O2": 0.0, "Ar": 0.0, "He": -0.40, "H": -0.25}
DIFFUSION = {
    "O": (6.986e20, 0.750),
    "O2": (4.863e20, 0.750),
    "Ar": (4.487e20, 0.870),
    "He": (1.700e21, 0.691),
    "H": (3.305e21, 0.500),
}
# Table 7: Q [1/km^3], U [km], W [1/km^3] of the flux term, and q, u, w of oxygen below 97 km.
FLUX = {
    "O": (-5.809644e-4, 56.90311, 2.706240e-5),
    "O2": (1.366212e-4, 86.0, 8.333333e-5),
    "Ar": (9.434079e-5, 86.0, 8.333333e-5),
    "He": (-2.457369e-4, 86.0, 6.666667e-4),
}
FLUX_OXYGEN = (-3.416248e-3, 97.0, 5.008765e-4)

# Density [kg/m^3] and pressure [Pa] published in table 1 of the standard.
PUBLISHED = {
    86: (6.958e-6, 3.7338e-1),
    90: (3.416e-6, 1.8359e-1),
    100: (5.604e-7, 3.2011e-2),
    110: (9.708e-8, 7.1042e-3),
    120: (2.222e-8, 2.5382e-3),
    150: (2.076e-9, 4.5422e-4),
    200: (2.541e-10, 8.4736e-5),
    300: (1.916e-11, 8.7704e-6),
    400: (2.803e-12, 1.4518e-6),
    500: (5.215e-13, 3.0236e-7),
    600: (1.137e-13, 8.2130e-8),
    700: (3.070e-14, 3.1908e-8),
    800: (1.136e-14, 1.7036e-8),
    900: (5.759e-15, 1.0873e-8),
    1000: (3.561e-15, 7.5138e-9),
}


def grid(step: float) -> tuple[np.ndarray, np.ndarray, list[slice]]:
    """Heights [m], the middle of the piece each belongs to [m], and the pieces."""
    edges = list(itertools.pairwise(PIECES))
    parts = [np.linspace(a * 1e3, b * 1e3, round((b - a) * 1e3 / step) + 1) for a, b in edges]
    middle = [np.full(len(z), 500.0 * (a + b)) for z, (a, b) in zip(parts, edges, strict=True)]
    ends = np.cumsum([0] + [len(z) for z in parts])
    pieces = [slice(a, b) for a, b in itertools.pairwise(ends)]
    return np.concatenate(parts), np.concatenate(middle), pieces


def temperature(z: np.ndarray, middle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kinetic temperature [K] and its slope [K/m] at geometric height z [m]; equations 25 to 31."""
    arc = np.clip((z - 91e3) / -19942.9, -0.99, 0.0)
    root = np.sqrt(1.0 - arc * arc)
    t_arc, slope_arc = 263.1905 - 76.3232 * root, -76.3232 * arc / root / 19942.9
    reach = (RADIUS + 120e3) / (RADIUS + z)
    decay = 640.0 * np.exp(-0.01875e-3 * (z - 120e3) * reach)
    where = [middle < 91e3, middle < 110e3, middle < 120e3]
    t = np.select(where, [186.8673, t_arc, 240.0 + 12e-3 * (z - 110e3)], 1000.0 - decay)
    slope = np.select(where, [0.0, slope_arc, 12e-3], 0.01875e-3 * reach * reach * decay)
    return t, slope


def eddy(z: np.ndarray) -> np.ndarray:
    """Eddy diffusion coefficient K [m^2/s]; section 1.3.1, equations 7a to 7c."""
    inside = np.clip(z - 95e3, 0.0, 20e3 - 1e-3) / 1e3
    return np.where(z < 115e3, 120.0 * np.exp(1.0 - 400.0 / (400.0 - inside * inside)), 0.0)


def flux(gas: str, z: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Flux term [1/m] of equation 37; neglected above 150 km as the standard does."""
    km = z / 1e3
    q, u, w = FLUX[gas]
    term = q * (km - u) ** 2 * np.exp(-w * (km - u) ** 3)
    if gas == "O":
        q, u, w = FLUX_OXYGEN
        below = np.maximum(u - km, 0.0)
        term = term + q * below**2 * np.exp(-w * below**3)
    return np.where(middle < 150e3, term, 0.0) / 1e3


class Profile:
    """The six gases on the fine grid, each in the order in which the next needs it."""

    def __init__(self, step: float = STEP):
        self.z, self.middle, self.pieces = grid(step)
        self.t, self.slope = temperature(self.z, self.middle)
        self.g = G0 * (RADIUS / (RADIUS + self.z)) ** 2  # equation 17
        self.k = eddy(self.z)
        self.n = {"N2": self.nitrogen()}  # [1/m^3]
        for gas in ("O", "O2", "Ar", "He"):
            self.n[gas] = self.diffusing(gas)
        self.n["H"] = self.hydrogen()

    def integral(self, rate: np.ndarray) -> np.ndarray:
        """Integral of `rate` over height from 86 km."""
        out, start = np.zeros_like(rate), 0.0
        for piece in self.pieces:
            out[piece] = start + cumulative_simpson(rate[piece], x=self.z[piece], initial=0.0)
            start = out[piece][-1]
        return out

    def mean_molar(self) -> np.ndarray:
        """The M of equations 36 and 38 [kg/kmol]: mixed air to 100 km, nitrogen above."""
        return np.where(self.middle < 100e3, M0, MOLAR["N2"])

    def nitrogen(self) -> np.ndarray:
        """Equation 38: hydrostatic, all of it mixed below 100 km."""
        rate = self.mean_molar() * self.g / (R * self.t)
        return START["N2"] * (186.8673 / self.t) * np.exp(-self.integral(rate))

    def diffusing(self, gas: str) -> np.ndarray:
        """Equations 36 and 37: molecular and eddy diffusion, and the net flux."""
        a, b = DIFFUSION[gas]
        background = self.n["N2"]
        if gas in ("Ar", "He"):
            background = background + self.n["O"] + self.n["O2"]
        mean = self.mean_molar()
        d = a / background * (self.t / 273.15) ** b
        molar = MOLAR[gas] + mean * self.k / d + ALPHA[gas] * R / self.g * self.slope
        rate = self.g / (R * self.t) * d / (d + self.k) * molar
        rate = rate + flux(gas, self.z, self.middle)
        return START[gas] * (186.8673 / self.t) * np.exp(-self.integral(rate))

    def hydrogen(self) -> np.ndarray:
        """Equations 39 to 41 from 500 km down to 150 km, below which the standard has none."""
        a, b = DIFFUSION["H"]
        at_500 = np.searchsorted(self.z, 500e3)
        tau = self.integral(self.g * MOLAR["H"] / (R * self.t))
        tau = tau - tau[at_500]
        ratio = (self.t / self.t[at_500]) ** (1.0 + ALPHA["H"])
        d = a / sum(self.n.values()) * (self.t / 273.15) ** b
        lost = self.integral(HYDROGEN_FLUX / d * ratio * np.exp(tau))
        # The flux ends at 500 km: above, hydrogen is in diffusive equilibrium (table 4's profile).
        lost = np.minimum(lost - lost[at_500], 0.0)
        return np.where(self.middle > 150e3, (HYDROGEN_500 - lost) / ratio * np.exp(-tau), 0.0)

    def air(self) -> dict[str, np.ndarray]:
        """ln(pressure [Pa]), temperature [K], molecular-scale temperature [K], density [kg/m^3]."""
        number = sum(self.n.values())
        mass = sum(MOLAR[gas] * n for gas, n in self.n.items()) / AVOGADRO
        pressure = number * BOLTZMANN * self.t
        return {
            "log_pressure": np.log(pressure),
            "temperature": self.t,
            "scale_temperature": pressure * M0 / (R * mass),
            "density": mass,
        }


def cubics(profile: Profile) -> np.ndarray:
    """For each half kilometre the cubics in w = 0 to 1: [1828, 3, 4], powers of w rising.

    Each meets the value and the one-sided slope at both ends of its half kilometre.
    """
    air = profile.air()
    steps = round(SPACING / STEP)
    # Slope at the first of six even nodes, fifth order.
    rule = np.array([-137.0, 300.0, -300.0, 200.0, -75.0, 12.0]) / 60.0
    quantities = ("log_pressure", "temperature", "scale_temperature")
    table = []
    for piece in profile.pieces:
        values = np.stack([air[q][piece] for q in quantities])
        for i in range(0, values.shape[1] - 1, steps):
            y = values[:, i : i + steps + 1]
            low, high = y[:, :6] @ rule * steps, -y[:, :-7:-1] @ rule * steps
            rise = y[:, -1] - y[:, 0]
            cubic = [y[:, 0], low, 3 * rise - 2 * low - high, low + high - 2 * rise]
            table.append(np.stack(cubic, axis=1))
    return np.stack(table)


def report(profile: Profile, table: np.ndarray) -> None:
    """Print the distance to the published values, to a coarser step, and of the cubics."""
    air = profile.air()
    print("  km   density kg/m^3  published  diff %   pressure Pa  published  diff %")
    for km, (density, pressure) in PUBLISHED.items():
        i = np.searchsorted(profile.z, km * 1e3)
        ours, p = air["density"][i], np.exp(air["log_pressure"][i])
        print(
            f"{km:5d}   {ours:.5e}  {density:.3e}  {100 * (ours / density - 1):+.3f}"
            f"   {p:.5e}  {pressure:.4e}  {100 * (p / pressure - 1):+.3f}"
        )
    coarse = Profile(2 * STEP).air()
    for name in ("log_pressure", "scale_temperature"):
        ours = np.concatenate([air[name][piece][::2] for piece in profile.pieces])
        error = np.abs(ours - coarse[name])
        error = error / (1.0 if name == "log_pressure" else ours)
        print(f"step doubled, {name}: at most {error.max():.1e}")
    steps = round(SPACING / STEP)
    w = np.arange(steps + 1) / steps
    fit = np.einsum("nqk,kw->qnw", table, w ** np.arange(4)[:, None])
    for q, name in enumerate(("log_pressure", "temperature", "scale_temperature")):
        exact = np.concatenate(
            [
                np.lib.stride_tricks.sliding_window_view(air[name][piece], steps + 1)[::steps]
                for piece in profile.pieces
            ]
        )
        error = np.abs(fit[q] - exact) / (1.0 if q == 0 else exact)
        where = 86 + int(np.argmax(error.max(axis=1))) * SPACING / 1e3
        print(f"cubics, {name}: at most {error.max():.1e} relative, at {where} km")


if __name__ == "__main__":
    fine = Profile()
    cubic = cubics(fine)
    report(fine, cubic)
    target = Path(sys.argv[1])
    np.savez_compressed(target, cubic=cubic, base=np.float64(86e3), step=np.float64(SPACING))
    print(f"{target}: {cubic.shape}, {target.stat().st_size} bytes")
