"""Numbers, times and names as a reader wants them; the door out of SI."""

import math
import re
from typing import Final, TypeGuard

THIN: Final = "\u202f"  # narrow no-break space, between thousands
SPACE: Final = "\u00a0"  # no-break space, between number and unit
MINUS: Final = "\u2212"
TIMES: Final = "\u00d7"
NONE: Final = "\u2013"

# Hyphens that are those of a compound word; any other stands where a name cannot have a space.
_COMPOUND: Final = r"(?:(?:(?<=cut)|(?<=lift)|(?<=tail))-off|-(?:over|optimal|shaped|lit))\b"

# Unit of a result -> (above this magnitude, factor, unit shown), the first that fits.
_SCALES: Final[dict[str, tuple[tuple[float, float, str], ...]]] = {
    "kg": ((1e3, 1e3, "t"),),
    "m": ((1e3, 1e3, "km"),),
    "m/s": ((1e4, 1e3, "km/s"),),
    "Pa": ((1e3, 1e3, "kPa"),),
    "W/m2": ((1e6, 1e6, "MW/m²"), (1e3, 1e3, "kW/m²"), (0.0, 1.0, "W/m²")),
    "J/m2": ((1e6, 1e6, "MJ/m²"), (1e3, 1e3, "kJ/m²"), (0.0, 1.0, "J/m²")),
    "N": ((1e6, 1e6, "MN"), (1e3, 1e3, "kN")),
}


def known(value: float | None) -> TypeGuard[float]:
    """Whether there is a number: neither None nor NaN."""
    return value is not None and math.isfinite(value)


def number(value: float | None, digits: int = 0, *, sign: bool = False) -> str:
    """`value` with so many decimals, a true minus and thin thousands; a dash for None."""
    if not known(value):
        return NONE
    text = f"{abs(value):,.{digits}f}".replace(",", THIN)
    if not any(c in "123456789" for c in text):
        return text
    return (MINUS if value < 0 else "+" if sign else "") + text


def significant(value: float | None, digits: int = 4, *, sign: bool = False) -> str:
    """`value` with about so many significant digits, in powers of ten only if it must."""
    if not known(value):
        return NONE
    if value == 0.0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if not -5 < magnitude < 9:
        mantissa, exponent = f"{abs(value):.{max(digits - 1, 0)}e}".split("e")
        lead = MINUS if value < 0 else "+" if sign else ""
        power = f"{MINUS if int(exponent) < 0 else ''}{abs(int(exponent))}"
        return f"{lead}{mantissa.rstrip('0').rstrip('.')}{THIN}{TIMES}{THIN}10^{power}"
    return number(value, max(digits - 1 - magnitude, 0), sign=sign)


def legible(value: float | None, digits: int) -> str:
    """`value` with so many decimals, or two significant digits of what would show as zero."""
    text = number(value, digits)
    if value and math.isfinite(value) and not any(c in "123456789" for c in text):
        return significant(value, 2)
    return text


def quantity(value: float | None, unit: str, digits: int = 4, *, sign: bool = False) -> str:
    """`value` in SI with the unit that suits its size, e.g. ``9.8 t`` for 9800 kg."""
    if not known(value):
        return NONE
    for least, factor, shown in _SCALES.get(unit, ()):
        if abs(value) >= least:
            return f"{_trim(significant(value / factor, digits, sign=sign))}{SPACE}{shown}"
    return f"{_trim(significant(value, digits, sign=sign))}{SPACE}{unit}".rstrip(SPACE)


def difference(value: float | None, unit: str, like: float | None = None) -> str:
    """A signed difference, in the unit that `like` would be shown in."""
    if not known(value):
        return NONE
    size = abs(value if like is None else like)
    for least, factor, shown in _SCALES.get(unit, ()):
        if size >= least:
            return f"{_trim(significant(value / factor, 3, sign=True))}{SPACE}{shown}"
    return f"{_trim(significant(value, 3, sign=True))}{SPACE}{unit}".rstrip(SPACE)


def clock(seconds: float | None) -> str:
    """Time since ignition as ``T+mm:ss.s``, with hours where there are any."""
    if not known(seconds):
        return NONE
    tenths = round(abs(seconds) * 10.0)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    lead = f"T{MINUS if seconds < 0 and tenths else '+'}" + (f"{hours}:" if hours else "")
    return f"{lead}{minutes:02d}:{rest // 10:02d}.{rest % 10}"


def label(name: str) -> str:
    """A name from a mission file as words: ``c25-cut-off`` becomes ``C25 cut-off``."""
    words = re.sub(rf"_|(?!{_COMPOUND})-", " ", name).split()
    words = [w.upper() if re.fullmatch(r"[a-z]{1,3}\d+", w) else w for w in words]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def proper(name: str) -> str:
    """The name of a place as it is written: ``bay-of-bengal`` becomes ``Bay of Bengal``."""
    words = re.split(r"[-_ ]+", name.strip())
    return " ".join(w if w in ("of", "the", "and") else w[:1].upper() + w[1:] for w in words)


def short_key(key: str) -> str:
    """The telling end of a dotted key: of ``vehicle.stages.c25.dry_mass``, ``c25 dry mass``."""
    skipped = ("vehicle", "stages", "parts")
    parts = [part for part in key.split(".") if part not in skipped] or [key]
    return " ".join(parts[-3:]).replace("_", " ")


def plural(count: int, one: str, many: str = "") -> str:
    """``1 figure``, ``3 figures``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text and "^" not in text else text
