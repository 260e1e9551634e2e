"""A record of escapes that nothing flew: every group and column that a page may find."""

import numpy as np

from yaan.base.provenance import Source
from yaan.results.escape import (
    BlackZone,
    EscapeConstraint,
    EscapeCrewLimit,
    EscapeFailure,
    EscapeMode,
    EscapeRecord,
    EscapeReturn,
    EscapeSummary,
    Groups,
)
from yaan.results.summary_evidence import Effects, RankedAssumption

STEP, END = 4.0, 600.0
EVENTS = {"lift-off": 0.2, "pitch-over-end": 16.0, "s200-separation": 131.0,
          "escape-system-jettison": 206.5, "c25-ignition": 307.1, "c25-cut-off": 580.0,
          "separation": 595.0}  # fmt: skip
NAMES = ("end", "crew_load", "canopies", "touchdown", "water", "recontact", "heat_flux")
MODES = (
    ("pad", "pad, <low> motor", 0.0, 4.0),
    ("low-altitude", "low-altitude motor", 8.0, 60.0),
    ("high-altitude", "high-altitude motor", 80.0, 206.0),
    ("ballistic", "capsule alone, spinning", 208.0, 600.0),
    ("lifting", "capsule alone, lift up", 208.0, 600.0),
    ("targeted", "targeted splashdown by the service module", 320.0, 600.0),
    ("orbit", "abort to a low orbit", 540.0, 600.0),
    ("once-around", "once around", 570.0, 600.0),
)
FAILURES = (("thrust-lost", "loss of thrust"), ("explosion", "explosion of a <stage>"))
TARGETS = (("zone", "zone <of> the mission"), ("open-water", "open water"))
MISSION = """
escape:
  capsule:
    parachutes:
      steps:
        - name: apex-cover
          box: {mach: [0.1, 0.8], dynamic_pressure: ["0.5 kPa", "15 kPa"]}
"""


def escapes(*, bare: bool = False) -> EscapeRecord:
    """A record; `bare` has the columns of the first issue alone."""
    times = np.arange(0.0, END + 1e-9, STEP)
    groups: Groups = {}
    for k, (name, _, begin, end) in enumerate(MODES):
        groups[f"mode/{name}"] = _mode(k, times[(times >= begin) & (times <= end)], bare=bare)
    margin = np.full(len(times), -np.inf)
    mode, constraint = np.full(len(times), -1.0), np.full(len(times), -1.0)
    for k, (name, _, _, _) in enumerate(MODES):
        held = groups[f"mode/{name}"]
        at = np.searchsorted(times, held["time"])
        better = held["margin"] > margin[at]
        margin[at] = np.where(better, held["margin"], margin[at])
        mode[at] = np.where(better, k, mode[at])
        constraint[at] = np.where(better, held["constraint"], constraint[at])
    groups["choice"] = {
        "time": times,
        "margin": np.where(np.isinf(margin) & (margin < 0.0), np.nan, margin),
        "mode": mode,
        "constraint": constraint,
        "height": 170e3 * np.sin(np.minimum(times / END, 1.0) * np.pi / 2.0),
    }
    if not bare:
        for name, need in (("thrust-lost", 0.4), ("explosion", 2.0)):
            groups[f"failure/{name}"] = {
                "time": times,
                "available": np.full(len(times), 1.0),
                "required": need * np.exp(-times / 100.0),
                "margin": np.where(times < 60.0, -0.3, 0.2) * (1.0 if need > 1.0 else -1.0),
                "mode": np.full(len(times), 3.0),
                "constraint": np.full(len(times), 3.0),
                "overpressure": (need > 1.0) * 1e5 * np.exp(-times / 50.0),
                "required_overpressure": 0.9 * need * np.exp(-times / 100.0),
                "required_fragments": need * np.exp(-times / 100.0),
            }
        stay = np.arange(600.0, 30_000.0, 600.0)
        for k, (name, _) in enumerate(TARGETS):
            landing = 5_400.0 * (1.0 + k + stay // (5_400.0 * (1 + k))) + stay % 7.0
            landing = np.where((k == 0) & (stay > 25_000.0), np.nan, np.maximum(landing, stay))
            groups[f"return/{name}"] = {
                "time": stay,
                "ignition": landing - 2_500.0,
                "landing": landing,
                "latitude": np.full_like(stay, 0.2),
                "longitude": np.full_like(stay, 1.5),
                "delta_v": 100.0 + 10.0 * np.sin(stay / 4e3),
                "propellant": np.full_like(stay, 300.0),
                "peak_load": np.full_like(stay, 2.8),
                "sun": np.sin(stay / 9e3),
            }
        draws = np.random.default_rng(1)
        for name, speed in (("all", 8.4), ("main-out", 10.2)):
            groups[f"splash/{name}"] = {
                "time": np.arange(200.0),
                "speed": draws.normal(speed, 0.3, 200),
                "beta": np.full(200, 0.5),
            }
    dark = ~(groups["choice"]["margin"] >= 0.0)
    return EscapeRecord(
        _summary(int(dark.sum()), len(times), bare=bare), groups, None if bare else MISSION
    )


def _mode(k: int, time: np.ndarray, *, bare: bool) -> dict[str, np.ndarray]:
    wave = np.sin(time / 40.0 + k)
    margins = np.stack(
        [
            np.full_like(time, np.inf),
            0.3 + 0.4 * wave,
            np.where(time < 10.0, -0.4, 0.2),
            np.full_like(time, 0.13),
            np.where(np.abs(time - 500.0) < 20.0 + 10.0 * k, np.nan, 0.5),
            np.full_like(time, 0.6 + 0.1 * k),
            0.05 + 0.2 * np.cos(time / 70.0 + k),
        ]
    )
    on = np.array([True] * 6 + [False])
    held = np.where(on[:, None] & ~np.isnan(margins), margins, np.inf)
    rows = np.linspace(0.0, 1.0, 40)
    path = rows[None] * (400.0 + 0.2 * time[:, None])
    fall = np.sin(np.pi * rows)[None] ** 8
    peak = 4.0 + 8.0 * np.abs(wave)
    columns = {
        "time": time,
        "outcome": np.zeros_like(time),
        "margin": held.min(axis=0),
        "constraint": held.argmin(axis=0).astype(float),
        "latitude": np.radians(13.0 - 0.03 * time),
        "longitude": np.radians(80.0 + 0.1 * time + 0.3 * k),
        "duration": path[:, -1],
        "peak_load": peak,
        "peak_flux": np.full_like(time, 400e3),
        "peak_pressure": np.full_like(time, 40e3) if k < 3 else np.full_like(time, np.nan),
        "peak_attack": np.full_like(time, 3e3) if k < 3 else np.full_like(time, np.nan),
        "peak_rate": np.full_like(time, 0.2),
        "recontact": np.full_like(time, 200.0 + 50.0 * k),
        "drogue_mach": 0.45 + 0.05 * wave,
        "drogue_pressure": 6e3 + 2e3 * wave,
        "splash_speed": np.full_like(time, 8.4),
        "path_time": path,
        "path_height": 100e3 * (1.0 - rows[None] ** 2) * (0.2 + time[:, None] / END),
        "path_speed": 200.0 + 7000.0 * (1.0 - rows[None]) * (time[:, None] / END),
        "path_load": peak[:, None] * fall,
        "path_pressure": 4e3 * peak[:, None] * fall + 2.0,
        "path_attack": np.full_like(path, 0.3),
        "path_apart": 25.0 + 4.0 * path**1.3,
    }
    for name, margin in zip(NAMES, margins, strict=True):
        columns[f"margin_{name}"] = margin
        columns[f"value_{name}"] = 1.0 - margin
    if not bare:
        columns["beta_snatch"] = 0.5 + 0.1 * wave
        columns["beta_splash"] = 0.9 + 0.2 * wave
        if k < 3:
            columns["beta_ignition"] = np.full_like(time, 0.4)
        if k >= 5:
            columns["delta_v"] = np.maximum(160.0 - 0.2 * time - 5.0 * k, 10.0)
    return columns


def _summary(black: int, instants: int, *, bare: bool) -> EscapeSummary:
    words = ("it comes to its end", "sustained loads of the crew", "every canopy is in its box",
             "speed down at the touchdown", "it comes down on water",
             "distance to the launcher once left", "heat flux at the stagnation point")  # fmt: skip
    limits = (None, None, None, 9.7, None, 50.0, 900e3)
    units = ("", "1", "1", "m s-1", "m", "m", "W m-2")
    marks = ("", "second-hand", "assumed", "assumed", "", "assumed", "recalled")
    return EscapeSummary(
        schema=1, kind="escape", mission="made", title="Made <up>", system="none", yaan="0",
        epoch="2027-01-15T03:30:00 UTC", profile="crew-shaped", step=STEP, begin=0.0, end=END,
        events=EVENTS, sentence=f"{black} of {instants} instants have no survivable mode.",
        black=black, open=20, instants=instants,
        constraints=tuple(
            EscapeConstraint(
                name=name, words=text, limit=limit, unit=unit, status=mark,
                source="a source" if mark else "", active=True, grades=mark != "recalled",
                binding=10 * k, black_without=black - k,
            )
            for k, (name, text, limit, unit, mark) in enumerate(
                zip(NAMES, words, limits, units, marks, strict=True)
            )
        ),
        modes=tuple(
            EscapeMode(
                name=name, title=title, begin=begin, end=end, instants=30, survivable=20,
                chosen=10, worst_time=begin, worst_margin=-0.25, worst_constraint="crew_load",
                lost=int(name == "orbit"), lost_text="It ran out." * (name == "orbit"),
                error_load=0.01, error_place=1.5,
            )
            for name, title, begin, end in MODES
        ),
        failures=tuple(
            EscapeFailure(
                name=name, title=title, begin=0.0, end=END, instants=instants, survivable=100,
                detector="chamber pressure", latency=0.25, text="assumed",
            )
            for name, title in FAILURES
        ),
        zones=(
            BlackZone(
                failure="", begin=0.0, end=8.0, mode="pad", constraint="canopies", margin=-0.4,
                text="every canopy is in its box: margin -0.40 in pad",
            ),
        ),
        crew=tuple(
            EscapeCrewLimit(
                couch="", axis=axis, condition="fresh", curve=curve, document="A <standard>",
                clause="6.5" * bool(curve), revision="C", status=status, verdict=verdict,
                time=120.0, mode="high-altitude", utilisation=used, level=used and 8.0,
                duration=used and 12.0, peak=11.5, source="a note",
            )
            for axis, curve, status, verdict, used in (
                ("+x", "plus-x", "second-hand", "provisional-pass", 0.84),
                ("-x", "", "missing", "ungraded", None),
            )
        ),
        returns=tuple(
            EscapeReturn(
                name=name, title=title, begin=600.0, end=29_400.0, instants=49, found=42, first=20,
                longest=9e3, longest_time=1_200.0, median=4e3, largest_load=2.8,
                largest_delta_v=110.0, least_propellant=300.0, by_day=20, by_twilight=2,
                by_night=20, error_place=21e3, error_time=3.0, error_load=1e-3,
                error_delta_v=0.9, checked=64,
            )
            for name, title in (() if bare else TARGETS)
        ),
        assumptions=(
            RankedAssumption(
                key="escape.bodies.low_stack.mass", file="escapes/made.yaml", line=3, value="12 t",
                low="11 t", high="13 t", why="not public", effect=Effects(low=None, high=None),
                rank=1, on_return=None,
            ),
        ),
        sources=(Source(key="escape", text="a <text>", file="escapes/made.yaml", line=2),),
        notes=("Ungraded: loads along -x.",),
    )  # fmt: skip
