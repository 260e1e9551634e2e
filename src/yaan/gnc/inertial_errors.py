"""What inertial navigation and its satellites are out by: parameters, and what is drawn of them.

Randomness is drawn beforehand, on the host, and is a function of time: white noise of the
instruments as the first terms of the Karhunen-Loeve series of its integral, slow errors of
satellites as waves of random frequency whose autocorrelation over all draws is exponential (Rahimi
and Recht, Random Features for Large-Scale Kernel Machines, 2007; not re-read), their white errors
by the number of the fix (counter-based: Threefry). So a draw is the same in every batch.
"""

import math
from typing import Any, Final, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, UInt32

HORIZON = 2_400.0  # [s] since alignment, over which the noise of the instruments is drawn
TERMS = 16
"""Of the series of that noise: it lacks 1.3 % of the variance, averaged over the horizon."""

_WAVES = 8  # of each error of the satellites
_FASTEST = 300.0  # of a wave, in inverse correlation times: holds 0.2 % of the variance

Scalar = Float[Array, ""]
_Value = Float[Any, "*lanes"]


class Bound(NamedTuple):
    """What is known of a parameter: its range, and why its default is what it is."""

    low: float
    high: float
    unit: str
    reason: str


BOUNDS: Final[dict[str, Bound]] = {
    "alignment_level": Bound(
        0.0, 0.1, "rad", "20 arcsec: levelling by accelerometers of 50 to 100 micro-g"
    ),
    "alignment_azimuth": Bound(
        0.0, 0.1, "rad", "90 arcsec: gyrocompassing with 0.01 deg/h takes 1 to 3 arcmin"
    ),
    "position": Bound(0.0, 1e5, "m", "the pad is surveyed; the vehicle sways"),
    "velocity": Bound(0.0, 100.0, "m/s", "at rest on the pad; sway"),
    "gyro_bias": Bound(0.0, 1e-4, "rad/s", "0.01 deg/h: navigation grade"),
    "gyro_walk": Bound(0.0, 1e-3, "rad/s^0.5", "0.002 deg/h^0.5: ring laser gyro"),
    "accelerometer_bias": Bound(0.0, 0.1, "m/s^2", "50 micro-g: navigation grade"),
    "accelerometer_scale": Bound(0.0, 0.01, "1", "100 ppm: navigation grade"),
    "accelerometer_walk": Bound(0.0, 0.1, "m/s^1.5", "10 micro-g/Hz^0.5"),
    "satellite_position": Bound(
        0.0, 1e4, "m", "10 m an axis; 42 m were flown in an entry (Chang'e 5-T1)"
    ),
    "satellite_correlation": Bound(
        1.0, 1e5, "s", "120 s: ionosphere and changes of the satellites in view"
    ),
    "satellite_noise": Bound(0.1, 1e4, "m", "1 m: noise of a receiver"),
    "satellite_velocity": Bound(
        1e-3, 100.0, "m/s", "0.1 m/s an axis, as flown in an entry (Chang'e 5-T1)"
    ),
    "satellite_period": Bound(0.01, 1e4, "s", "1 s: usual rate of a receiver"),
    "blackout_speed": Bound(
        0.0, math.inf, "m/s", "3.5 km/s against the air: the Shuttle heard again at 3.6 km/s"
    ),
    "blackout_low": Bound(-1e3, 1e6, "m", "40 km: capsules from orbit slow below 3.5 km/s there"),
    "blackout_high": Bound(-1e3, 1e6, "m", "90 km: plasma of an entry from orbit begins"),
    "outage_start": Bound(-math.inf, math.inf, "s", "none"),
    "outage_end": Bound(-math.inf, math.inf, "s", "none"),
}
"""Of every parameter. All defaults are assumed: no maker's figures of the vehicle are public."""


class InertialParameters(eqx.Module):
    """Standard deviations of what is drawn, and how the satellites serve; SI.

    Leaves may have lanes. The defaults are those of an alignment on the pad and are assumed:
    `BOUNDS` says why.

    Raises:
        ValueError: values out of their bounds, all of them in one sentence each. Made on the host.
    """

    alignment_level: _Value = 9.7e-5
    """Tilt about east and about north at the alignment [rad]."""
    alignment_azimuth: _Value = 4.4e-4
    """Tilt about the vertical at the alignment [rad]."""
    position: _Value = 2.0
    """An axis, at the alignment [m]."""
    velocity: _Value = 0.01
    """An axis, at the alignment [m/s]."""
    gyro_bias: _Value = 4.8e-8
    """An axis [rad/s]."""
    gyro_walk: _Value = 5.8e-7
    """Angle random walk [rad/s^0.5]."""
    accelerometer_bias: _Value = 4.9e-4
    """An axis [m/s^2]."""
    accelerometer_scale: _Value = 1e-4
    """Along the specific force [1]."""
    accelerometer_walk: _Value = 9.8e-5
    """Velocity random walk [m/s^1.5]."""
    satellite_position: _Value = 10.0
    """Slow error of a fix, an axis [m]."""
    satellite_correlation: _Value = 120.0
    """In which that error forgets itself [s]."""
    satellite_noise: _Value = 1.0
    """White error of a fix, an axis [m]."""
    satellite_velocity: _Value = 0.1
    """White error of a fix, an axis [m/s]."""
    satellite_period: _Value = 1.0
    """Between fixes [s], since the alignment, whatever the steps."""
    blackout_speed: _Value = 3_500.0
    """No fixes where it is faster than this against the air [m/s] ..."""
    blackout_low: _Value = 40e3
    """... and higher than this [m] ..."""
    blackout_high: _Value = 90e3
    """... and lower than this [m]."""
    outage_start: _Value = math.inf
    """No fixes from this on [s] ..."""
    outage_end: _Value = math.inf
    """... until this [s], since ignition."""
    satellites: bool = eqx.field(static=True, default=True)
    """Whether there are fixes at all; without, nothing of them is compiled."""

    def __check_init__(self) -> None:
        wrong: list[str] = []
        for name, bound in BOUNDS.items():
            value = np.asarray(getattr(self, name), dtype=float)
            if not np.all((value >= bound.low) & (value <= bound.high)):
                worst = value.flat[int(np.argmin((value >= bound.low) & (value <= bound.high)))]
                unit = "" if bound.unit == "1" else f" {bound.unit}"
                span = f"{bound.low:g} to {bound.high:g}{unit}"
                wrong.append(f"{name} is {worst:g}{unit}, not within {span}")
        if np.any(np.asarray(self.blackout_low) > np.asarray(self.blackout_high)):
            wrong.append("blackout_low is above blackout_high")
        if np.any(np.asarray(self.outage_start) > np.asarray(self.outage_end)):
            wrong.append("outage_start is after outage_end")
        if wrong:
            raise ValueError(f"inertial navigation: {'; '.join(wrong)}")


def in_orbit(**changes: Any) -> InertialParameters:
    """Those of an alignment by star trackers and satellites, before an entry; assumed.

    20 arcsec about each axis, 15 m and 0.1 m/s: what a filter of such fixes is out by in orbit.
    """
    aligned: dict[str, Any] = {"alignment_level": 9.7e-5, "alignment_azimuth": 9.7e-5}
    aligned |= {"position": 15.0, "velocity": 0.1}
    return InertialParameters(**(aligned | changes))


class Waves(eqx.Module):
    """Random functions of time of unit variance: sums of waves."""

    frequency: Float[Any, "*lanes waves"]  # [rad/s]
    sine: Float[Any, "*lanes waves n"]
    cosine: Float[Any, "*lanes waves n"]

    def at(self, t: Scalar) -> Float[Array, " n"]:
        """All `n` of them at `t` [s]."""
        angle = self.frequency * t
        sine, cosine = jnp.sin(angle)[:, None], jnp.cos(angle)[:, None]
        return jnp.sum(sine * self.sine + cosine * self.cosine, axis=0)


class Draw(eqx.Module):
    """What is drawn of a flight's navigation, in standard deviations: so draws can be scaled."""

    alignment: Float[Any, "*lanes 3"]
    """About east, north and up."""
    position: Float[Any, "*lanes 3"]
    velocity: Float[Any, "*lanes 3"]
    gyro: Float[Any, "*lanes 3"]
    accelerometer: Float[Any, "*lanes 3"]
    scale: Float[Any, "*lanes"]
    walk: Float[Any, "*lanes terms 6"]
    """Of the noise of gyros and of accelerometers."""
    slow: Waves
    """Of the satellites' position."""
    key: UInt32[Any, "*lanes 2"]
    """Of the white errors of satellites' position and velocity."""
    white: Float[Any, "*lanes"]
    """One; zero where those are not made."""

    def noise(self, number: Int[Array, ""]) -> Float[Array, " 6"]:
        """White errors of the fix of a `number`, of unit variance: position, velocity."""
        key = jax.random.fold_in(jax.random.wrap_key_data(self.key), number)
        return jax.random.normal(key, (6,)) * self.white


def _waves(generator: np.random.Generator, correlation: float, count: int) -> Waves:
    """Waves of `count` functions whose autocorrelation is exp(-t/`correlation`) over all draws."""
    rank = (np.arange(_WAVES) + generator.random(_WAVES)) / _WAVES
    frequency = np.minimum(np.tan(0.5 * np.pi * rank), _FASTEST) / correlation
    shape = (2, _WAVES, count)
    sine, cosine = generator.standard_normal(shape) / math.sqrt(_WAVES)
    return Waves(frequency, sine, cosine)


def draw_one(generator: np.random.Generator, correlation: float) -> Draw:
    """One draw, of one lane; `correlation` of the slow error of satellites in [s]."""
    normal = generator.standard_normal
    terms = math.sqrt(2.0 * HORIZON) / ((np.arange(TERMS) + 0.5) * math.pi)
    return Draw(
        alignment=normal(3),
        position=normal(3),
        velocity=normal(3),
        gyro=normal(3),
        accelerometer=normal(3),
        scale=np.asarray(normal()),
        walk=normal((TERMS, 6)) * terms[:, None],
        slow=_waves(generator, correlation, 3),
        key=generator.integers(2**32, size=2, dtype=np.uint32),
        white=np.asarray(1.0),
    )
