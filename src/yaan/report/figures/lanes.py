"""What the page of a sweep is made of: the keys that were swept, and how every flight ended."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from yaan.report.figures.quantities import Shown, fitted, largest
from yaan.report.figures.style import Array
from yaan.report.tables import capital
from yaan.report.text import MINUS, SPACE, label, short_key
from yaan.results.ends import ENDS
from yaan.results.outcome import OutcomeCode

FLOWN: Final = OutcomeCode.REACHED.word
"""The word of a flight that ended as it should."""

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "cut-off": (
        "perigee",
        "apogee",
        "inclination",
        "propellant_left",
        "velocity_lacking",
    ),
    "entry": (
        "module_propellant_left",
        "interface_angle",
        "peak_load",
        "peak_heat_flux",
        "heat_load",
    ),
    "touchdown": ("canopy_load", "speed_down", "speed_across", "miss"),
    "end": ("time", "height"),
}
"""The columns that are drawn, by what part of the flight they tell of; `end` for want of others."""

BETTER: Final = {
    "propellant_left": 1,
    "velocity_lacking": -1,
    "module_propellant_left": 1,
    "peak_load": -1,
    "peak_heat_flux": -1,
    "heat_load": -1,
    "canopy_load": -1,
    "speed_down": -1,
    "speed_across": -1,
    "miss": -1,
}
"""Whether more (1) or less (-1) of a column is better; others are neither."""

_WORDS: Final = {
    "time": "Time of the end",
    "height": "Height of the end",
    "latitude": "Latitude of the end",
    "longitude": "Longitude of the end",
    "propellant_left": "Propellant left at cut-off",
    "velocity_lacking": "Velocity that the propellant lacked",
    "module_propellant_left": "Propellant left in the service module",
    "interface_angle": "Flight-path angle at the interface",
    "interface_speed": "Speed at the interface",
    "interface_time": "Time of the interface",
    "peak_load": "Peak load of the entry",
    "peak_heat_flux": "Peak heat flux, nose",
    "heat_load": "Heat load, nose",
    "canopy_load": "Largest load of a canopy",
    "speed_down": "Touchdown speed, downwards",
    "speed_across": "Touchdown speed, across",
    "miss": "Distance from the aim",
}
_LEAST: Final = {
    "s": 1e-3,
    "m": 1.0,
    "rad": 1e-6,
    "kg": 0.01,
    "1": 1e-4,
    "W m-2": 1.0,
    "J m-2": 1e3,
    "N": 1.0,
    "m s-1": 1e-2,
}
"""What a column must vary by to be drawn [SI]: less is the integration's."""

_SHARE: Final = 1e-7  # of its size, likewise
_SPREAD_DIGITS: Final = 3  # significant digits of what a column varies by
_MOST_DIGITS: Final = 6
_FURTHEST: Final = 3  # keys of a draw that are named


@dataclass(frozen=True)
class Key:
    """One key that was swept.

    Attributes:
        key: its dotted address.
        labels: its values as they were asked for.
        numbers: the same as numbers of `unit`; None where they are no such.
        unit: of the numbers; `1` of pure ones.
    """

    key: str
    labels: tuple[str, ...]
    numbers: Array | None
    unit: str

    @property
    def words(self) -> str:
        """What a person calls it."""
        return capital(short_key(self.key))

    @property
    def shown_unit(self) -> str:
        """Its unit; empty of pure numbers."""
        return "" if self.unit == "1" else self.unit

    @property
    def title(self) -> str:
        """It and its unit, as an axis has them."""
        return f"{self.words}, {self.shown_unit}" if self.shown_unit else self.words

    @property
    def even(self) -> bool:
        """Whether its values are numbers, and no two of them alike."""
        return self.numbers is not None and len(set(self.numbers.tolist())) == len(self.numbers)

    def told(self, place: int) -> str:
        """One of its values with its unit."""
        if self.numbers is None:
            return self.labels[place]
        text = f"{float(self.numbers[place]):.7g}".replace("-", MINUS)
        return f"{text}{SPACE}{self.shown_unit}" if self.shown_unit else text


@dataclass(frozen=True)
class Drawing:
    """How the values of a dispersed mission were drawn.

    Attributes:
        seed: of the draws.
        scale: times every sigma of the file.
        nominal: whether draw 0 is the mission as it is.
        kinds: distributions in words, by key.
    """

    seed: int
    scale: float
    nominal: bool
    kinds: Mapping[str, str]


@dataclass(frozen=True)
class Required:
    """A requirement of a dispersed mission, and what its draws say of it.

    Attributes:
        name: in the file.
        words: what it asks for.
        quantity: a name of `results.ends`.
        verdict: `held`, `failed` or `open`.
        met: draws that meet it.
        draws: all of them.
        low: lower end of the interval of its probability, from 0 to 1.
        high: upper end.
        required: probability that is asked for.
        more: further draws that decide it if their share stays; None where no number is known.
        worst: number of the draw nearest to a bound, or farthest beyond it, and its value [SI;
            loads over g0]; None without one.
    """

    name: str
    words: str
    quantity: str
    verdict: str
    met: int
    draws: int
    low: float
    high: float
    required: float
    more: int | None
    worst: tuple[int, float] | None


@dataclass(frozen=True)
class Percentiles:
    """How a quantity is spread over the draws that have it and ended as they should.

    Attributes:
        mean: of them [SI; loads over g0].
        deviation: their standard deviation.
        shares: at or below each percentile, from 0 to 1, and the percentile with both ends of its
            interval: infinite where the draws are too few for one, NaN where none is known.
    """

    mean: float
    deviation: float
    shares: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True)
class Ellipse:
    """The ellipse on the ground of a share of the ends, were they normal.

    Attributes:
        probability: that share, from 0 to 1.
        latitude: of its centre [rad].
        longitude: of its centre, east positive [rad].
        semi_major: [m].
        semi_minor: [m].
        azimuth: of the major axis, clockwise from north [rad].
        inside: share of the draws that it holds.
    """

    probability: float
    latitude: float
    longitude: float
    semi_major: float
    semi_minor: float
    azimuth: float
    inside: float


@dataclass(frozen=True)
class Hanging:
    """What a key does to a quantity: rank correlation and share of the variance, with errors."""

    key: str
    correlation: float
    correlation_error: float
    variance: float
    variance_error: float


@dataclass(frozen=True)
class Said:
    """What the draws of a dispersed mission say.

    Attributes:
        confidence: of all intervals, from 0 to 1.
        replicates: of a Sobol sequence that the draws are; 0 of independent ones.
        required: in the order of the file.
        spreads: by quantity.
        footprints: by rising probability; none where nothing is told.
        hanging: by quantity, the strongest key first.
        lost: of each key how far draws that failed lie to one side, and the noise of that.
    """

    confidence: float
    replicates: int
    required: tuple[Required, ...]
    spreads: Mapping[str, Percentiles]
    footprints: tuple[Ellipse, ...]
    hanging: Mapping[str, tuple[Hanging, ...]]
    lost: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Lanes:
    """All flights of a sweep, in their order.

    Attributes:
        mission: its name.
        title: of the mission.
        yaan: version.
        keys: that were swept.
        zipped: whether the values go side by side; else all combinations, the last key fastest.
        design: `kept` commands, `anew` for each, or `none` where nothing is searched.
        words: how each ended; empty of none.
        phases: that each ended in.
        texts: a sentence about each that did not end as it should.
        columns: ends of `results.ends` [SI], NaN of what a flight did not come to.
        drawing: how the values were drawn; None of a sweep.
        said: what the draws say; None of a sweep.
    """

    mission: str
    title: str
    yaan: str
    keys: tuple[Key, ...]
    zipped: bool
    design: str
    words: tuple[str, ...]
    phases: tuple[str, ...]
    texts: tuple[str, ...]
    columns: Mapping[str, Array]
    drawing: Drawing | None = None
    said: Said | None = None

    def __len__(self) -> int:
        return len(self.words)

    @cached_property
    def places(self) -> Array:
        """Which value of each key every flight has [flight, key]."""
        count = np.arange(len(self))
        if self.zipped:
            return np.stack([count] * len(self.keys), axis=1)
        shape = tuple(len(key.labels) for key in self.keys)
        return np.stack(np.unravel_index(count, shape), axis=1)

    @cached_property
    def flown(self) -> Array:
        """Whether each ended as it should."""
        return np.array([word == FLOWN for word in self.words], dtype=bool)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many ended how: those that flew first, then the most frequent."""
        found = Counter(self.words)
        return dict(sorted(found.items(), key=lambda pair: (pair[0] != FLOWN, -pair[1], pair[0])))

    @cached_property
    def moving(self) -> tuple[Key, ...]:
        """The keys of more than one value."""
        return tuple(key for key in self.keys if len(set(key.labels)) > 1)

    def told(self, lane: int) -> str:
        """The values of one flight, in words; of a draw, those that are furthest out."""
        if self.drawing is not None:
            return self._furthest(lane)
        pairs = zip(self.keys, self.places[lane].tolist(), strict=True)
        return ", ".join(f"{short_key(key.key)} {key.told(place)}" for key, place in pairs)

    def _furthest(self, lane: int) -> str:
        spread, middle = self._spreads
        found = [
            (abs(float(key.numbers[lane]) - middle[i]) / spread[i], i)
            for i, key in enumerate(self.keys)
            if key.numbers is not None and spread[i] > 0.0
        ]
        most = sorted(found, reverse=True)[:_FURTHEST]
        return ", ".join(f"{self.keys[i].words} {self.keys[i].told(lane)}" for _, i in most)

    @cached_property
    def _spreads(self) -> tuple[list[float], list[float]]:
        """Standard deviation and mean of every key; zero of texts."""
        known = [np.zeros(1) if key.numbers is None else key.numbers for key in self.keys]
        return [float(x.std()) for x in known], [float(x.mean()) for x in known]

    def ended(self, lane: int) -> str:
        """How one flight ended, in a word or two."""
        return label(self.words[lane] or "not flown")

    def good(self, name: str) -> Array:
        """A column of those that ended as they should, NaN of the others."""
        return np.where(self.flown, self.columns[name], np.nan)

    def drawn(self, group: str) -> list[str]:
        """The columns of a part of the flight that vary."""
        return [name for name in GROUPS[group] if self._varies(name)]

    @cached_property
    def main(self) -> tuple[str, ...]:
        """The columns that vary, in the order of the flight."""
        found = [name for group in GROUPS if group != "end" for name in self.drawn(group)]
        return tuple(found or self.drawn("end"))

    def _varies(self, name: str) -> bool:
        if name not in self.columns:
            return False
        known = self.good(name)[np.isfinite(self.good(name))]
        if known.size < 2:
            return False
        least = max(_LEAST.get(ENDS[name].unit, 0.0), _SHARE * float(np.abs(known).max()))
        return float(known.max() - known.min()) > least and not self._asked(name)

    def _asked(self, name: str) -> bool:
        """Whether a column is a key that was swept, told once more."""
        look = self.shown(name)
        found = self.good(name) / look.scale
        known = np.isfinite(found)
        return any(
            key.numbers is not None
            and key.shown_unit == look.unit
            and np.allclose(key.numbers[self.places[:, i]][known], found[known], 1e-9, 0.0)
            for i, key in enumerate(self.keys)
        )

    def shown(self, name: str) -> Shown:
        """How a column is shown: with digits that tell its flights apart."""
        if name not in self._looks:
            self._looks[name] = self._look(name)
        return self._looks[name]

    @cached_property
    def _looks(self) -> dict[str, Shown]:
        """Those that were asked for: a table asks for each of every flight."""
        return {}

    def _look(self, name: str) -> Shown:
        column = ENDS[name]
        unit = "g" if name == "peak_load" else column.unit
        known = self.good(name)[np.isfinite(self.good(name))]
        look = fitted(_WORDS.get(name, label(name)), unit, largest(self.good(name)))
        spread = float(np.ptp(known)) / look.scale if known.size else 0.0
        if spread <= 0.0:
            return look
        wanted = _SPREAD_DIGITS - 1 - int(np.floor(np.log10(spread)))
        digits = min(max(look.digits, wanted), _MOST_DIGITS)
        return Shown(look.words, look.unit, look.scale, digits)
