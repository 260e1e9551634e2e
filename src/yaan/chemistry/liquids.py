"""Heat capacities of propellants whose enthalpy NASA's file holds at one temperature only.

Small on purpose: only what a tank may be colder or warmer than the file's temperature asks for.
"""

from dataclasses import dataclass
from typing import Final

from yaan.base.errors import YaanError


@dataclass(frozen=True, slots=True)
class Liquid:
    """A liquid between two temperatures.

    Attributes:
        lowest: [K] below which nothing is told, as a rule the freezing point.
        highest: [K] above which nothing is told.
        points: temperatures [K] and heat capacities [J/(kg K)], linear between.
        source: where the numbers are from.
    """

    lowest: float
    highest: float
    points: tuple[tuple[float, float], ...]
    source: str

    def enthalpy_between(self, name: str, start: float, end: float) -> float:
        """Enthalpy [J/kg] that takes the liquid from `start` to `end` [K], or an error."""
        for temperature in (start, end):
            if not self.lowest <= temperature <= self.highest:
                raise YaanError(
                    f"{name} at {temperature:g} K: as a liquid it is known from {self.lowest:g} "
                    f"to {self.highest:g} K"
                )
        return self._integral(end) - self._integral(start)

    def _integral(self, temperature: float) -> float:
        """Integral of the heat capacity from the first point [J/kg]; ends are held beyond."""
        total, (t0, c0) = 0.0, self.points[0]
        if temperature <= t0:
            return c0 * (temperature - t0)
        for t1, c1 in self.points[1:]:
            if temperature <= t1:
                c = c0 + (c1 - c0) * (temperature - t0) / (t1 - t0)
                return total + 0.5 * (c0 + c) * (temperature - t0)
            total += 0.5 * (c0 + c1) * (t1 - t0)
            t0, c0 = t1, c1
        return total + c0 * (temperature - t0)


_EOS: Final = "heat capacity along saturation of {}, evaluated with CoolProp 8.0.0 (MIT)"
_ROOM: Final = (
    "constant heat capacity at 298.15 K, {}; recalled from {} and not re-read, 5 % assumed"
)

LIQUIDS: Final[dict[str, Liquid]] = {
    "O2(L)": Liquid(
        54.4,
        120.0,
        (
            (54.4, 1673.0),
            (66.0, 1677.9),
            (75.0, 1680.1),
            (80.0, 1683.9),
            (85.0, 1691.7),
            (90.17, 1704.9),
            (95.0, 1722.7),
            (100.0, 1747.5),
            (105.0, 1779.5),
            (110.0, 1820.1),
            (115.0, 1871.4),
            (120.0, 1936.3),
        ),
        _EOS.format("Schmidt and Wagner 1985"),
    ),
    "H2(L)": Liquid(
        13.81,
        28.0,
        (
            (13.81, 6979.2),
            (15.0, 7372.7),
            (16.0, 7762.1),
            (17.0, 8200.9),
            (18.0, 8692.2),
            (19.0, 9237.2),
            (20.27, 10008.5),
            (21.0, 10494.2),
            (22.0, 11215.4),
            (23.0, 12011.4),
            (24.0, 12899.0),
            (25.0, 13903.5),
            (26.0, 15063.8),
            (27.0, 16441.5),
            (28.0, 18141.1),
        ),
        _EOS.format("parahydrogen, Leachman and others 2009"),
    ),
    "CH4(L)": Liquid(
        90.7,
        140.0,
        (
            (90.7, 3370.3),
            (95.0, 3388.0),
            (100.0, 3414.0),
            (105.0, 3444.8),
            (111.64, 3493.0),
            (115.0, 3520.8),
            (120.0, 3567.4),
            (125.0, 3621.0),
            (130.0, 3683.0),
            (140.0, 3840.2),
        ),
        _EOS.format("Setzmann and Wagner 1991"),
    ),
    "N2(L)": Liquid(
        63.2,
        90.0,
        ((63.2, 2002.2), (70.0, 2018.8), (77.35, 2049.8), (85.0, 2103.6), (90.0, 2155.6)),
        _EOS.format("Span and others 2000"),
    ),
    "NH3(L)": Liquid(
        195.5,
        300.0,
        (
            (195.5, 4305.9),
            (210.0, 4353.0),
            (239.72, 4469.1),
            (260.0, 4554.1),
            (280.0, 4660.1),
            (300.0, 4808.6),
        ),
        _EOS.format("Gao and others 2020"),
    ),
    "C3H8(L)": Liquid(
        86.0,
        298.0,
        (
            (86.0, 1916.2),
            (110.0, 1943.0),
            (150.0, 2006.1),
            (200.0, 2128.1),
            (231.08, 2250.4),
            (260.0, 2410.0),
            (298.0, 2717.6),
        ),
        _EOS.format("Lemmon and others 2009"),
    ),
    "RP-1": Liquid(
        230.0,
        370.0,
        ((230.0, 1720.0), (298.15, 1990.0), (370.0, 2280.0)),
        "about 1.99 kJ/(kg K) at 298 K, rising 4 J/(kg K) a kelvin, as kerosenes do; recalled "
        "and not re-read, 5 % assumed",
    ),
    "N2O4(L)": Liquid(
        262.0, 320.0, ((298.15, 1551.0),), _ROOM.format("142.7 J/(mol K)", "the CRC Handbook")
    ),
    "C2H8N2(L),UDMH": Liquid(
        216.0,
        335.0,
        ((298.15, 2730.0),),
        _ROOM.format("164.1 J/(mol K)", "Aston and others 1952"),
    ),
    "CH6N2(L)": Liquid(
        221.0,
        355.0,
        ((298.15, 2929.0),),
        _ROOM.format("134.9 J/(mol K)", "Aston and others 1951"),
    ),
}
