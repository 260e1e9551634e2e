"""The NRLMSISE-00 atmosphere: gases and temperature from the ground to the exosphere.

Above 123 km a Bates temperature and each gas in its own diffusive equilibrium from a density at 120
km; below it a spline of inverse temperature through nodes at 110, 100, 90 and 72.5 km, where each
gas passes from its own equilibrium to the mixed air's; below 72.5 km mixed air through two more
splines. What is varied, and how, is in `nrlmsise00_series`.

Everything is carried as logarithms of densities. Along the spline and above it, the density of a
gas of molar mass m and of thermal diffusion factor a is

    ln n = ln n(120 km) + (1 + a) p + m q

with p and q functions of height alone, found once for all gases (`_Curve`). The model is an array
programme without branches: every part is computed and the right one is taken, so that lanes at all
heights fly together.

Traps. The steps of the model are its own and are kept: at 300 km the nodes of the spline lose their
variation, at 160 to 450 km each gas drops its mixed part, and the exospheric temperature below 123
km is the mean one. Heights are in km and angles in degrees inside this file, as the constants are;
`NRLMSISE00Atmosphere` in `thermosphere` takes metres and radians.

Source: J. M. Picone, A. E. Hedin, D. P. Drob, A. C. Aikin, NRLMSISE-00 empirical model of the
atmosphere, JGR 107 (A12) 1468 (2002); the algorithm as in the authors' Fortran of 2002-02-01
(GTD7, GTD7D, GTS7, DENSU, DENSM), all switches on.
"""

from importlib import resources
from typing import Final, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from yaan.base.trigonometry import cos, sin
from yaan.environment import nrlmsise00_series as sums
from yaan.environment.nrlmsise00_series import DEGREE, YEAR, Drivers, Instant, Series

GASES: Final = ("He", "O", "N2", "O2", "Ar", "H", "N")
_MASS: Final = np.array([4.0, 16.0, 28.0, 32.0, 40.0, 1.0, 14.0])  # [kg/kmol]
_DIFFUSION: Final = np.array([-0.38, 0.0, 0.0, 0.0, 0.17, -0.38, 0.0])
_MIXED_BELOW: Final = np.array([200.0, 300.0, 160.0, 250.0, 240.0, 320.0, 450.0])  # [km]
_HE, _O, _N2, _O2, _AR, _H, _N = range(7)
_RATIO: Final = np.array([1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0])  # mixes to a share of N2 below
_LOW: Final = np.array([_HE, _N2, _O2, _AR])  # what the model has below 72.5 km

_GAS: Final = 831.4  # [cm2 g / (s2 K mol)] with heights in km, as the model has it
_ATOMIC: Final = 1.66e-27  # [kg]
_NODES: Final = np.array([110.0, 100.0, 90.0, 72.5])  # [km] below the Bates curve
_MESOSPHERE: Final = np.array([72.5, 55.0, 45.0, 32.5])  # [km]
_TROPOSPHERE: Final = np.array([32.5, 20.0, 15.0, 10.0, 0.0])  # [km]
_MIXED: Final = 62.5  # [km] air is fully mixed below
_DEEPEST: Final = -5.0  # [km] held below
# Of storms above Ap 300 near a pole the authors' program makes negative temperatures at 110 km.
_HOTTEST: Final = 0.1  # least of 1 - G of a node
_LEAST: Final = 1e-4  # [1/K] of inverse temperature


class Gases(NamedTuple):
    """What the model tells of a place and a time; each scalar."""

    number: Float[Array, "7"]
    """Number densities of `GASES` [1/m^3]; O, H and N are zero below 72.5 km."""
    anomalous_oxygen: Float[Array, ""]
    """Number density of hot atoms and ions of oxygen [1/m^3]; it matters above 500 km."""
    density: Float[Array, ""]
    """Mass density without anomalous oxygen [kg/m^3] (GTD7)."""
    density_for_drag: Float[Array, ""]
    """Mass density with it [kg/m^3] (GTD7D)."""
    exospheric_temperature: Float[Array, ""]
    """Temperature far above [K]; its mean below 123 km."""
    temperature: Float[Array, ""]
    """Temperature here [K]."""


class _Corrections(eqx.Module):
    """Departures of the gases from equilibrium: target ratio, height of half of it, its scales."""

    ratio: Float[Array, "7"] = eqx.field(converter=jnp.asarray)
    height: Float[Array, "7"] = eqx.field(converter=jnp.asarray)  # [km]
    scales: Float[Array, "2 7"] = eqx.field(converter=jnp.asarray)  # [km] of half of it each


class _Hot(eqx.Module):
    """Anomalous oxygen."""

    log_density: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # ln of [1/cm^3] at 120 km
    temperature: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [K]
    height: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [km]
    scale: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [km]


class NRLMSISE00(eqx.Module):
    """The model with its coefficients; `load_nrlmsise00` makes it.

    Valid: 0 to 1,000 km; above, its gases go on in diffusive equilibrium; below -5 km the air of
    -5 km is held. Solar flux of 65 to 250, which it was fitted to, and Ap of 0 to 300: in greater
    storms temperatures near 110 km are bounded where the authors' program fails. Error of total
    density against drag: some 15 % (one sigma) at quiet times, more in storms (Picone et al.).
    Ignores: winds, chemistry of minor gases, anything faster than three hours.
    """

    series: Series
    surface: Float[Array, "3"] = eqx.field(converter=jnp.asarray)
    """Exospheric temperature [K], gradient [K/km] and temperature [K] at 120 km, means."""
    log_density: Float[Array, "7"] = eqx.field(converter=jnp.asarray)  # ln of [1/cm^3] at 120 km
    nodes: Float[Array, "4"] = eqx.field(converter=jnp.asarray)  # [K] means
    lower: Float[Array, "7"] = eqx.field(converter=jnp.asarray)  # [K] means
    node_slopes: Float[Array, "3"] = eqx.field(converter=jnp.asarray)
    """Gradients at 72.5, 32.5 and 0 km over the square of the temperature there [1/(K km)]."""
    join: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [km] where Bates and spline meet
    base: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [km] where densities are given
    mixed_mass: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [kg/kmol]
    transition: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [km]
    turbopause: Float[Array, "7"] = eqx.field(converter=jnp.asarray)  # [km]
    turbopause_season: Float[Array, "2"] = eqx.field(converter=jnp.asarray)
    """Swing of the turbopause of N2 by latitude, and its phase in the year [day]."""
    share: Float[Array, "7"] = eqx.field(converter=jnp.asarray)
    """Of N2's number density in mixed air."""
    ground: _Corrections
    chemistry: _Corrections
    flux_gain: Float[Array, ""] = eqx.field(converter=jnp.asarray)
    hot: _Hot

    def __call__(self, height: Float[Array, ""], instant: Instant, drivers: Drivers) -> Gases:
        """The air at `height` [km] above the ellipsoid."""
        z = jnp.maximum(height, _DEEPEST)
        high = jnp.maximum(z, _MESOSPHERE[0])
        found = self.series(instant, drivers, low=z < _MIXED)
        field = _field(instant.latitude)
        upper = self._temperatures(found, high)
        curves = self._curves(z, self._turbopause(high, instant), found, upper, field)
        log_n, log_mixed = self._thermosphere(high, found, curves, drivers)
        log_hot = self.hot.log_density + found[sums.HOT_OXYGEN] + curves.log_hot
        hot = jnp.exp(log_hot - self._fade(high, field))
        air = self._below(z, jnp.exp(log_n), jnp.exp(log_mixed), curves)
        return self._told(air, hot, z, curves, upper.tinf)

    def _temperatures(self, found: Array, z: Array) -> "_Upper":
        tinf = self.surface[0] * (1.0 + jnp.where(z > self.join, found[sums.TINF], 0.0))
        slope = self.surface[1] * (1.0 + jnp.where(z > _NODES[-1], found[sums.SLOPE], 0.0))
        tlb = self.surface[2] * (1.0 + found[sums.TLB])
        vary = jnp.where(z < 300.0, 1.0, 0.0)  # [km] the model's own step
        nodes = self.nodes / jnp.maximum(1.0 - vary * found[sums.NODES], _HOTTEST)
        end = self.node_slopes[0] * (1.0 + vary * found[sums.NODE_SLOPE]) * nodes[3] ** 2
        return _Upper(tinf, tlb, slope / (tinf - tlb), nodes, end)

    def _turbopause(self, z: Array, instant: Instant) -> Array:
        """The heights that are asked for [km]: `z`, and the turbopause of each gas."""
        swing, phase = self.turbopause_season
        season = sin(DEGREE * instant.latitude) * cos(YEAR * (instant.day - phase))
        nitrogen = np.arange(7) == _N2
        pause = self.turbopause * jnp.where(nitrogen, 1.0 + swing * season, 1.0)
        return jnp.concatenate([z[None], pause])

    def _curves(
        self, z: Array, heights: Array, found: Array, upper: "_Upper", field: "_Field"
    ) -> "_Curves":
        """What gases share at `heights` [km], the first of which is that of the air, as `z`."""
        rise = field.between(jnp.maximum(heights, self.join), self.base)
        bates = upper.bates(rise)
        joined = upper.bates(field.between(self.join, self.base))
        stretch = ((field.radius + self.base) / (field.radius + self.join)) ** 2
        slope = (upper.tinf - joined) * upper.rate * stretch
        lower = self.lower / (1.0 - found[sums.LOWER])
        ends = lower[np.array([2, 6])] ** 2
        middle, ground = self.node_slopes[1:] * (1.0 + found[sums.LOWER_SLOPES]) * ends
        # Splines from the top: the gases', hot oxygen's and the troposphere's, each of five nodes.
        top = jnp.concatenate([self.join[None], _NODES])
        first = jnp.stack([joined, self.hot.temperature])
        nodes = jnp.concatenate([first[:, None], jnp.stack([upper.nodes] * 2)], axis=1)
        splines = _Splines.through(
            jnp.stack([top, top, jnp.asarray(_TROPOSPHERE)], axis=1),
            jnp.concatenate([nodes, lower[None, 2:]]).T,
            (
                jnp.stack([slope, 0.0 * slope, middle]),
                jnp.stack([upper.node_slope, upper.node_slope, ground]),
            ),
            field,
        )
        asked = jnp.concatenate([heights, heights[:1], z[None]])
        curve, weight = splines.at(asked, np.array([0] * len(heights) + [1, 2]), field)
        warm = jnp.concatenate([upper.nodes[3:], lower[:3]])
        mesosphere = _Splines.through(
            jnp.asarray(_MESOSPHERE)[:, None],
            warm[:, None],
            (upper.node_slope[None], middle[None]),
            field,
        )
        between, more = mesosphere.at(z[None], np.array([0]), field)
        return self._exponents(
            _Asked(rise, bates, joined, curve, weight, between[0], more[0], warm), upper, field
        )

    def _exponents(self, asked: "_Asked", upper: "_Upper", field: "_Field") -> "_Curves":
        log_bates = jnp.log(upper.tlb / asked.bates)
        pull = field.at(self.base) / _GAS
        p = log_bates + jnp.log(asked.joined / asked.curve[:-2])
        q = pull / (upper.rate * upper.tinf) * (log_bates - upper.rate * asked.rise)
        warm, weight = asked.curve[-2:], asked.weight[-2:]
        isothermal = -pull / self.hot.temperature * asked.rise[0] - weight[0]
        log_hot = jnp.log(self.hot.temperature / warm[0]) + 16.0 * isothermal
        low = jnp.log(asked.warm[0] / asked.between) + jnp.log(asked.warm[3] / warm[1])
        return _Curves(
            p=p,
            q=q - asked.weight[:-2],
            log_hot=log_hot,
            log_low=low - self.mixed_mass * (asked.more + weight[1]),
            high=asked.bates[0] * asked.curve[0] / asked.joined,
            middle=asked.between,
            low=warm[1],
        )

    def _thermosphere(
        self, z: Array, found: Array, curves: "_Curves", drivers: Drivers
    ) -> tuple[Array, Array]:
        """Logarithms of the gases and of mixed N2 [1/cm^3]."""
        base = self.log_density + found[sums.GASES]
        p, q = curves.p, curves.q
        diffuse = base + (1.0 + _DIFFUSION) * p[0] + _MASS * q[0]
        foot = base + _DIFFUSION * p[1:] + (_MASS - self.mixed_mass) * q[1:]
        mixed = foot + p[0] + self.mixed_mass * q[0]
        net = _joined(diffuse, mixed, self.transition / (self.mixed_mass - _MASS))
        flux = 1.0 + self.flux_gain * (drivers.f107a - 150.0)
        target = jnp.log(self.share) + foot[_N2] - foot
        own = self.ground.ratio * jnp.where(np.arange(7) == _O, flux, 1.0)
        net = net + _corrected(z, jnp.where(_RATIO > 0.0, target, own), self.ground)
        molecular = np.arange(7) == _O2
        own = self.chemistry.ratio * jnp.where(molecular, flux, 1.0)
        chemistry = _corrected(z, own, self.chemistry)
        # Of oxygen molecules the departure by chemistry stays above, of the others none.
        above = diffuse + jnp.where(molecular, chemistry, 0.0)
        return jnp.where(z > _MIXED_BELOW, above, net + chemistry), mixed[_N2]

    def _fade(self, z: Array, field: "_Field") -> Array:
        """How hot oxygen fades downwards: the logarithm of it."""
        scale = _GAS * self.hot.temperature / (field.at(self.hot.height) * 16.0)
        return jnp.expm1(-(z - self.hot.height) / self.hot.scale) * self.hot.scale / scale

    def _below(self, z: Array, number: Array, nitrogen: Array, curves: "_Curves") -> Array:
        """The gases [1/cm^3], also below 72.5 km; of there, `number` and mixed `nitrogen`."""
        mixed = nitrogen * jnp.exp(curves.log_low)
        # What the air at 72.5 km has against mixed air fades until 62.5 km.
        fade = jnp.clip((z - _MIXED) / (_MESOSPHERE[0] - _MIXED), 0.0, 1.0)
        of_nitrogen = np.arange(7) == _N2
        over = jnp.where(of_nitrogen, nitrogen, self.share * number[_N2])
        left = 1.0 + (number / over - 1.0) * fade
        gases = self.share * left * jnp.where(of_nitrogen, 1.0, left[_N2])
        low = jnp.where(np.isin(np.arange(7), _LOW), mixed * gases, 0.0)
        return jnp.where(z < _MESOSPHERE[0], low, number)

    def _told(self, number: Array, hot: Array, z: Array, curves: "_Curves", tinf: Array) -> Gases:
        below = z < _MESOSPHERE[0]
        lower = jnp.where(z < _TROPOSPHERE[0], curves.low, curves.middle)
        temperature = jnp.where(below, lower, curves.high)
        number, hot = 1e6 * number, jnp.where(below, 0.0, 1e6 * hot)  # from [1/cm^3]
        density = _ATOMIC * jnp.sum(_MASS * number)
        return Gases(number, hot, density, density + _ATOMIC * 16.0 * hot, tinf, temperature)


class _Upper(NamedTuple):
    """Temperatures above 72.5 km, all scalar but the nodes."""

    tinf: Array  # [K]
    tlb: Array  # [K] at 120 km
    rate: Array  # [1/km] of the Bates curve
    nodes: Array  # [K] at `_NODES`
    node_slope: Array  # [K/km] at the lowest of them

    def bates(self, rise: Array) -> Array:
        """Temperature [K] at a geopotential height [km] above 120 km."""
        return self.tinf - (self.tinf - self.tlb) * jnp.exp(-self.rate * rise)


class _Asked(NamedTuple):
    """Temperatures [K] and weights [kmol/kg] at the heights that are asked for."""

    rise: Array  # [km] geopotential, above 120 km, at least to where the splines begin
    bates: Array
    joined: Array  # where the splines begin
    curve: Array  # along the gases' spline; then hot oxygen's and the troposphere's
    weight: Array
    between: Array  # in the mesosphere
    more: Array
    warm: Array  # nodes of the mesosphere


class _Curves(NamedTuple):
    """What all gases share: along it ln n = (1 + a) p + m q."""

    p: Array  # [heights]
    q: Array  # [heights], in kmol/kg
    log_hot: Array  # of hot oxygen, without its fading
    log_low: Array  # of mixed air against that at 72.5 km
    high: Array  # [K] temperature if above 72.5 km
    middle: Array  # [K] if between that and 32.5 km
    low: Array  # [K] if below


class _Field(NamedTuple):
    """Gravity of a latitude."""

    surface: Array  # [cm/s^2]
    radius: Array  # [km] effective

    def at(self, z: Array) -> Array:
        """Gravity at a height [km], in cm/s^2."""
        return self.surface / (1.0 + z / self.radius) ** 2

    def between(self, z: Array, foot: Array) -> Array:
        """Geopotential height [km] of `z` above `foot` [km]."""
        return (z - foot) * (self.radius + foot) / (self.radius + z)


def _field(latitude: Array) -> _Field:
    tilt = cos(2.0 * DEGREE * latitude)
    surface = 980.616 * (1.0 - 0.0026373 * tilt)
    return _Field(surface, 2.0e-5 * surface / (3.085462e-6 + 2.27e-9 * tilt))


class _Splines(NamedTuple):
    """Cubic splines of inverse temperature [1/K] over the share x of a geopotential height."""

    x: Array  # [n, splines], from 0 at the top to 1 at the foot
    value: Array  # [n, splines]
    second: Array  # [n, splines] second derivatives
    top: Array  # [splines], in km
    foot: Array  # [splines], in km
    span: Array  # [splines], geopotential in km, below zero

    @classmethod
    def through(
        cls, heights: Array, temperature: Array, slopes: tuple[Array, Array], field: _Field
    ) -> "_Splines":
        """Through `temperature` [K] at `heights` [km], both [n, splines].

        `slopes`: gradients [K/km] at the top and at the foot, each [splines].
        """
        top, foot = heights[0], heights[-1]
        span = field.between(foot, top)
        x, value = field.between(heights, top[None]) / span[None], 1.0 / temperature
        first = -slopes[0] * value[0] ** 2 * span
        stretch = ((field.radius + foot) / (field.radius + top)) ** 2
        last = -slopes[1] * value[-1] ** 2 * span * stretch
        return cls(x, value, _seconds(x, value, first, last), top, foot, span)

    def at(self, z: Array, which: np.ndarray, field: _Field) -> tuple[Array, Array]:
        """Temperature [K] at heights `z` [km], and the weight of the air above [kmol/kg].

        `which`: the spline of each height. Above the top of a spline both are those of the top;
        below its foot too, but for a spline that ends on the ground, which goes on. The logarithm
        of a pressure falls by its molar mass times the weight.
        """
        top, foot, span = self.top[which], self.foot[which], self.span[which]
        deep = jnp.minimum(z, top)
        deep = jnp.where(foot > 0.0, jnp.maximum(deep, foot), deep)
        x = (field.between(deep, top) / span)[:, None]
        nodes, value, second = self.x.T[which], self.value.T[which], self.second.T[which]
        low, high = nodes[:, :-1], nodes[:, 1:]
        last = np.arange(high.shape[1]) == high.shape[1] - 1
        reached = jnp.clip(x, low, jnp.where(last[None], jnp.inf, high))
        step = high - low
        a, b = (high - reached) / step, (reached - low) / step
        y0, y1, m0, m1 = value[:, :-1], value[:, 1:], second[:, :-1], second[:, 1:]
        sixth = step * step / 6.0
        a2, b2 = a * a, b * b
        rise = b * (y1 - y0) + ((a2 - 1.0) * a * m0 + (b2 - 1.0) * b * m1) * sixth
        bent = (-((1.0 - a2) ** 2) * m0 + (b2 - 2.0) * b2 * m1) * 0.25 * sixth
        area = step * (0.5 * ((1.0 - a2) * y0 + b2 * y1) + bent)
        inverse = jnp.maximum(value[:, 0] + jnp.sum(rise, axis=-1), _LEAST)
        return 1.0 / inverse, field.at(top) * span / _GAS * jnp.sum(area, axis=-1)


def _seconds(x: Array, y: Array, first: Array, last: Array) -> Array:
    """Second derivatives of cubic splines with given slopes at both ends, by elimination."""
    n = len(x)
    step = [x[i + 1] - x[i] for i in range(n - 1)]
    slope = [first, *((y[i + 1] - y[i]) / step[i] for i in range(n - 1)), last]
    diagonal, right = [2.0 * step[0]], [6.0 * (slope[1] - slope[0])]
    for i in range(1, n):
        share = step[i - 1] / diagonal[-1]
        across = step[i - 1] + (step[i] if i < n - 1 else 0.0)
        diagonal.append(2.0 * across - share * step[i - 1])
        right.append(6.0 * (slope[i + 1] - slope[i]) - share * right[-1])
    found = [right[-1] / diagonal[-1]]
    for i in range(n - 2, -1, -1):
        found.append((right[i] - step[i] * found[-1]) / diagonal[i])
    return jnp.stack(found[::-1])


def _joined(diffuse: Array, mixed: Array, power: Array) -> Array:
    """Logarithm of the density between diffusive and mixed air, the model's root mean."""
    share = power * (mixed - diffuse)
    between = diffuse + jnp.log1p(jnp.exp(jnp.clip(share, -10.0, 10.0))) / power
    return jnp.where(share < -10.0, diffuse, jnp.where(share > 10.0, mixed, between))


def _corrected(z: Array, ratio: Array, correction: _Corrections) -> Array:
    """Logarithm of a correction that is `ratio` far below its height and none far above."""
    far = jnp.clip((z - correction.height)[None] / correction.scales, -70.0, 70.0)
    return ratio / (1.0 + jnp.mean(jnp.exp(far), axis=0))


def load_nrlmsise00(*, history: bool = False) -> NRLMSISE00:
    """The model with its packaged coefficients.

    Args:
        history: whether storms are told by seven indices (`Drivers.ap`), not by the day's.

    Returns:
        The model, its arrays in the precision that is active when it is built.
    """
    source = resources.files("yaan") / "library" / "tables" / "nrlmsise00.npz"
    with source.open("rb") as file, np.load(file) as table:
        t = dict(table)
    ptm, pdm, pdl, pma, mean = (t[name] for name in ("ptm", "pdm", "pdl", "pma", "pavgm"))
    # Numbers of the gases in `pd` and in `pdm`; the Fortran's numbers less one throughout.
    gases, boundary = t["pd"][[0, 1, 2, 4, 5, 6, 7], 0], np.arange(7)
    nodes = ptm[[6, 2, 7, 4]] * t["ptl"][:, 0]
    lower = pma[:7, 0] * mean[:7]
    slopes = np.array([ptm[8] * pma[8, 0], mean[8] * pma[9, 0], mean[7] * pma[7, 0]])
    share = np.ones(7)
    share[[_HE, _O2, _AR]] = pdm[[0, 3, 4], 1]
    share[[_H, _N]] = pdm[[5, 6], 1] * np.abs([pdl[1, 17], pdl[0, 2]])
    one, other = _corrections(pdm, pdl)
    return NRLMSISE00(
        series=sums.series(t, history=history),
        surface=np.array([ptm[0] * t["pt"][0], ptm[3] * t["ps"][0], ptm[1] * t["pd"][3, 0]]),
        log_density=np.log(pdm[boundary, 0] * gases),
        nodes=nodes,
        lower=lower,
        node_slopes=slopes / np.array([nodes[3], lower[2], lower[6]]) ** 2,
        join=pdl[1, 15],
        base=ptm[5],
        mixed_mass=pdm[2, 4],
        transition=pdm[2, 3] * pdl[1, 5],
        turbopause=np.where(boundary == _N2, pdm[boundary, 2] * pdl[1, 24], pdm[boundary, 2]),
        turbopause_season=np.array([pdl[0, 24], t["pt"][13]]),
        share=share,
        ground=one,
        chemistry=other,
        flux_gain=pdl[0, 23],
        hot=_Hot(np.log(pdm[7, 0] * t["pd"][8, 0]), pdm[7, 9] * pdl[0, 6], pdm[7, 4], pdm[7, 5]),
    )


def _corrections(pdm: np.ndarray, pdl: np.ndarray) -> tuple[_Corrections, _Corrections]:
    """Towards the ground, and by chemistry; a gas without one has a ratio of zero."""
    first, second = pdl
    ratio = np.zeros(7)
    ratio[_O] = pdm[_O, 1] * second[16]
    ground = {
        _HE: second[[0, 1, 1]],
        _O: second[[2, 3, 4]],
        _O2: second[[6, 7, 7]],
        _AR: second[[8, 9, 9]],
        _H: second[[10, 11, 11]],
        _N: first[[0, 1, 1]],
    }
    towards = _Corrections(ratio, *_heights(pdm[:7, 4:6], ground))
    ratio = np.zeros(7)
    ratio[[_O, _O2, _H, _N]] = pdm[[_O, _O2, _H, _N], 3] * [*second[[14, 23, 20]], first[5]]
    chemistry = {
        _O: second[[12, 13, 13]],
        _O2: np.array([second[21], second[22], first[22]]),
        _H: second[[18, 19, 19]],
        _N: first[[3, 4, 4]],
    }
    return towards, _Corrections(ratio, *_heights(pdm[:7, 6:8], chemistry))


def _heights(means: np.ndarray, factors: dict[int, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Heights [7] and scales [2, 7] in km, from means of both [7, 2] and factors of each gas."""
    height, scales = np.zeros(7), np.ones((2, 7))
    for gas, (middle, *widths) in factors.items():
        height[gas] = means[gas, 0] * middle
        scales[:, gas] = means[gas, 1] * np.array(widths)
    return height, scales
