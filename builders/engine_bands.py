"""Print the numbers of `yaan.propulsion.losses` that are taken from the catalogue.

    python builders/engine_bands.py

For each family: its anchors, and mean, deviation and count of published over ideal vacuum specific
impulse, shifting and frozen at the throat; for each cycle: mean and deviation of the logarithm of
chamber pressure, and count. Needs no cea: the ideals are those of `engine_ideal.json`.
"""

import math
import statistics
from collections.abc import Mapping

from yaan.analysis.engine_audit import INPUTS, Audit, audit_all
from yaan.description.catalogue import Entry
from yaan.mission.engines import catalogue
from yaan.propulsion.losses import Spread, interval, propellant_class

LEAST = 3  # engines of a cycle, to tell a range of pressures


def anchors(audits: Mapping[str, Audit]) -> dict[str, list[Audit]]:
    """By family, the engines that make its band.

    Their specific impulse, chamber pressure and mixture ratio are published and of grade A or B;
    an area ratio may be that of a sister engine.
    """
    found: dict[str, list[Audit]] = {}
    for one in audits.values():
        figures = one.entry.figures
        firm = all(key in figures and figures[key].grade in ("A", "B") for key in INPUTS[:3])
        if one.ideal and firm and figures["isp"].published:
            design = one.entry.design
            name = f"{_kind(one)}, {design.family or design.cycle}"
            found.setdefault(name, []).append(one)
    return found


def _kind(one: Audit) -> str:
    return propellant_class(one.entry.design.oxidiser, one.entry.design.fuel) or "other"


def spread(ratios: list[float]) -> Spread:
    """Mean, deviation and count; one engine has no deviation."""
    deviation = statistics.stdev(ratios) if len(ratios) > 1 else 0.0
    return Spread(statistics.fmean(ratios), deviation, len(ratios))


def left_out(found: Mapping[str, list[Audit]]) -> dict[str, bool]:
    """By engine, whether an anchor lies in the band that the others make without it."""
    told: dict[str, bool] = {}
    for name, members in found.items():
        kin = [other for other in found if other.split(",")[0] == name.split(",")[0]]
        for one in members:
            spreads = {
                other: spread([x.ratio for x in found[other] if x.ratio and x is not one])
                for other in kin
            }
            low, high = interval(spreads[name], list(spreads.values()))
            told[one.entry.name] = low <= (one.ratio or 0.0) <= high
    return told


def pressures(entries: Mapping[str, Entry]) -> dict[str, Spread]:
    """By cycle, mean and deviation of the logarithm of chamber pressure [Pa], and count."""
    found: dict[str, list[float]] = {}
    for entry in entries.values():
        value, design = entry.value("chamber_pressure"), entry.design
        if value is not None:
            found.setdefault(design.family or design.cycle, []).append(math.log(value))
    return {cycle: spread(logs) for cycle, logs in found.items() if len(logs) >= LEAST}


def main() -> None:
    """Print them."""
    entries = catalogue()
    audits = audit_all(entries, solve=False)
    for name, members in sorted(anchors(audits).items()):
        print(name, tuple(one.entry.name for one in members))
        for ratios in ([one.ratio for one in members], [one.frozen_ratio for one in members]):
            made = spread([ratio for ratio in ratios if ratio is not None])
            print(f"    Spread({made.mean:.5f}, {made.deviation:.5f}, {made.count})")
    outside = [name for name, held in left_out(anchors(audits)).items() if not held]
    print("out of the band that the others make:", outside)
    for cycle, made in sorted(pressures(entries).items()):
        print(f'    "{cycle}": Spread({made.mean:.4f}, {made.deviation:.4f}, {made.count}),')


if __name__ == "__main__":
    main()
