"""The checked mission: SI floats, and every mistake told at once."""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yaan.base import InputError, Problem
from yaan.base.constants import EARTH_FLATTENING, EARTH_RADIUS
from yaan.description import Ascent, CapsuleSpec, InterfaceSpec
from yaan.description.polygon import corners_mistake
from yaan.description.quantity import read_epoch
from yaan.description.steering import AT_EVENT, OF_STAGE, QUANTITIES, PublishedSpec
from yaan.mission import check, check_ascent, load_tree

ENGINE = "vehicle.stages.s200.engine"
TABLE = "vehicle.stages.s200.aerodynamics.table"
MEET = "steering.profiles.crew-shaped.meet"
PROGRAMMES = "steering.profiles.crew-shaped.programmes"

CRAFT = "spacecraft"
STEPS = f"{CRAFT}.capsule.parachutes.steps"
MAINS, COVER = f"{STEPS}.mains", f"{STEPS}.apex-cover"
A, B, C, D, E = (
    f'["{lat} deg", "{lon} deg"]' for lat, lon in ((0, 0), (0, 2), (2, 0), (2, 2), (0, 1))
)


@pytest.fixture(scope="module")
def spec() -> Ascent:
    return check_ascent(load_tree("gaganyaan"))


def found(overrides: dict[str, Any], mission: str = "gaganyaan") -> list[Problem]:
    with pytest.raises(InputError) as caught:
        check(load_tree(mission, overrides))
    return list(caught.value.problems)


def test_quantities_are_si(spec: Ascent) -> None:
    assert spec.target.apogee == 430e3
    assert spec.target.inclination == pytest.approx(math.radians(51.5))
    assert spec.vehicle.stages["s200"].propellant == 205e3
    assert spec.vehicle.stages["s200"].engine.impulse == 5.52e8
    assert spec.vehicle.stages["s200"].engine.full_flow_thrust == 2e6
    assert spec.vehicle.payload.ballistic_coefficient == 400.0
    assert spec.plan.epoch == "2027-01-15T03:30:00 UTC"
    assert spec.pad.azimuth == pytest.approx(math.radians(142.0))
    assert spec.plan.step == 0.25
    flux = spec.phases[5].until.heat_flux_below
    assert flux == 1400.0


def test_order_of_the_file_is_kept(spec: Ascent) -> None:
    assert list(spec.vehicle.stages) == ["s200", "l110", "c25"]
    parts = ["s200_interface", "interstage", "equipment_bay", "escape_system"]
    assert list(spec.vehicle.parts) == parts
    assert [phase.name for phase in spec.phases][:2] == ["vertical-rise", "pitch-over"]


def test_short_forms_are_written_out(spec: Ascent) -> None:
    assert spec.phases[0].steer.law == "vertical"
    assert spec.phases[0].event == "vertical-rise-end"
    assert (spec.phases[5].steer.law, spec.phases[5].steer.programme) == ("programme", "core")
    assert spec.steering.profiles["crew-shaped"].meet[0].at == "s200-separation"
    assert spec.steering.profiles["crew-shaped"].meet[2].at == 517.0
    assert (spec.plan.environment.wind.east, spec.plan.environment.wind.table) == (0.0, None)
    curve = spec.vehicle.stages["s200"].engine.thrust_curve
    assert curve is not None
    assert curve[1] == (0.3, 1.0)


def test_what_may_be_left_out_has_a_default() -> None:
    keys = ("crew", "environment", "step", "reserve", "published", "launch.azimuth")
    spec = check_ascent(load_tree("gaganyaan", dict.fromkeys(keys)))
    assert spec.plan.crew is None
    assert spec.plan.reserve is None
    world = spec.plan.environment
    assert (world.gravity.field.name, world.gravity.degree) == ("egm2008", 8)
    assert (world.atmosphere.model, world.earth.rotation) == ("us76", "iers")
    assert (world.third_bodies, world.radiation, world.gravity_gradient) == ([], False, True)
    shape = world.earth.shape
    assert (shape.radius, shape.flattening) == (EARTH_RADIUS, EARTH_FLATTENING)
    assert spec.plan.step == 0.25


def test_other_worlds() -> None:
    tables = (
        '{table: {height: ["0 m", "10 km"], east: ["1 m/s", "9 m/s"], north: ["0 m/s", "0 m/s"]}}'
    )
    spec = check_ascent(load_tree("gaganyaan", {"environment.wind": tables}))
    assert spec.plan.environment.wind.table is not None
    assert spec.plan.environment.wind.table.height == [0.0, 10e3]
    constant = check_ascent(load_tree("gaganyaan", {"environment.wind": '{east: "10 m/s"}'}))
    assert constant.plan.environment.wind.east == 10.0
    point = check_ascent(load_tree("gaganyaan", {"environment.gravity": "{field: j2}"}))
    assert point.plan.environment.gravity.degree == 2


OWN = '{mu: "3.986004418e14 m^3/s^2", radius: "6378137 m", j2: 0.00108262982}'
HARMONICS = (
    '{mu: "4e14 m3/s2", radius: "6378 km", coefficients: {"2,0": [-4.84e-4, 0], "4,3": [1, 2]}}'
)


@pytest.mark.parametrize(
    ("written", "degree"),
    [("point", 0), ("j2", 2), ("ggm05c", 8), ("egm2008", 8), (OWN, 2), (HARMONICS, 4),
     ('{mu: "4e14 m3/s2"}', 0), ("{name: ggm05c}", 8)],
)  # fmt: skip
def test_a_field_is_flown_with_all_that_it_has_up_to_degree_8(written: str, degree: int) -> None:
    plan = check(load_tree("gaganyaan", {"environment.gravity": f"{{field: {written}}}"}))
    assert plan.environment.gravity.degree == degree


def test_an_earth_of_ones_own() -> None:
    round_earth = '{rotation: uniform, spin: "7.292e-5 rad/s", shape: {radius: "20902255.199 ft"}}'
    earth = check(load_tree("gaganyaan", {"environment.earth": round_earth})).environment.earth
    assert (earth.rotation, earth.spin, earth.shape.flattening) == ("uniform", 7.292e-5, 0.0)
    assert earth.shape.radius == pytest.approx(6_371_007.3847)
    old = '{rotation: iau1980, tai_ut1: "32.469 s", shape: wgs84}'
    earth = check(load_tree("gaganyaan", {"environment.earth": old})).environment.earth
    assert (earth.rotation, earth.tai_ut1, earth.measured) == ("iau1980", 32.469, False)
    assert earth.shape.flattening == EARTH_FLATTENING


def test_air_of_ones_own() -> None:
    thin = check(load_tree("gaganyaan", {"environment.atmosphere": '{density: "1.4e-12 kg/m3"}'}))
    assert thin.environment.atmosphere.density == 1.4e-12
    rows = '{table: {height: ["0 km", "10 km"], density: ["1.2 kg/m3", "0.4 kg/m3"]}}'
    table = check(load_tree("gaganyaan", {"environment.atmosphere": rows})).environment.atmosphere
    assert table.table is not None
    assert (table.table.density, table.table.temperature) == ([1.2, 0.4], None)


def test_a_replay_fixes_its_coefficients() -> None:
    fixed = {
        f"{PROGRAMMES}.core.coefficients": "{a: 0.059, b: 0.234, c: 0.124}",
        "steering.profiles.crew-shaped.kick": "5.99 deg",
        "steering.profiles.crew-shaped.yaw": "5.5 deg",
    }
    profile = check_ascent(load_tree("gaganyaan", fixed)).steering.profiles["crew-shaped"]
    assert profile.programmes["core"].coefficients is not None
    assert profile.programmes["core"].coefficients.c == 0.124
    assert profile.kick == pytest.approx(math.radians(5.99))


def test_every_mistake_is_told_at_once() -> None:
    overrides = {
        "vehicle.payload.mass": "8.2",
        "target.perigee": "500 km",
        "phases.core.drop": "[escape_sistem]",
        "steering.profile": "crew_shaped",
        "step": "1 h",
        "vehicle.stages.c25.engine": "ce20",
        "published.1.at": "separaton",
        "colour": "blue",
    }
    keys = {problem.key for problem in found(overrides)}
    changed = {"phases.core.drop": "phases.core.drop.0"}
    assert keys == {changed.get(key, key) for key in overrides}


@pytest.mark.parametrize(
    ("key", "value", "told", "fragment"),
    [
        # quantities and numbers
        ("vehicle.payload.mass", "0 kg", None, "above 0 t"),
        ("vehicle.payload.mass", "1 Mt", None, "unknown unit"),
        ("vehicle.stages.c25.engine.isp", "4420 s", None, "from 50 s to 1000 s"),
        ("vehicle.stages.c25.count", "0", None, "at least 1"),
        ("vehicle.stages.c25.count", "1.5", None, "a whole number"),
        ("vehicle.stages.c25.count", "'1'", None, "a whole number"),
        ("vehicle.stages.c25.count", "true", None, "a whole number"),
        ("vehicle.aerodynamics.axial_scale", '"1.2"', None, "a number without a unit"),
        ("vehicle.aerodynamics.axial_scale", "1e999", None, "a finite number"),
        ("environment.gravity.degree", "71", None, "at most 70"),
        ("environment.gravity", "{field: j2, degree: 8}", "environment.gravity.degree", "2"),
        ("environment.gravity.field", "egm96", None, "one of egm2008, j2"),
        ("environment.gravity.field", "8", None, "one of egm2008, j2, point, ggm05c, jgm3, or {mu"),
        (
            "environment.gravity",
            "{field: point, degree: 2}",
            "environment.gravity.degree",
            "at most 0",
        ),
        (
            "environment.gravity",
            "{field: ggm05c, degree: 9}",
            "environment.gravity.degree",
            "at most 8",
        ),
        (
            "environment.gravity",
            f"{{field: {HARMONICS}, degree: 5}}",
            "environment.gravity.degree",
            "at most 4",
        ),
        ("environment.gravity.field", "{}", "environment.gravity.field.mu", "required"),
        (
            "environment.gravity.field",
            "{name: j2, j2: 1e-3}",
            "environment.gravity.field.j2",
            "either a name",
        ),
        (
            "environment.gravity.field",
            '{mu: "4e14 m3/s2", j2: 1e-3}',
            "environment.gravity.field.radius",
            "required",
        ),
        (
            "environment.gravity.field",
            '{mu: "4e14 m3/s2", radius: "6378 km"}',
            "environment.gravity.field.radius",
            "without j2",
        ),
        (
            "environment.gravity.field",
            '{mu: "4e17 m3/s2"}',
            "environment.gravity.field.mu",
            "1e+06 km3/s2",
        ),
        (
            "environment.gravity.field",
            '{mu: "4e14 m3/s2", radius: "6378 km", j2: 1e-3, coefficients: {"2,0": [1, 0]}}',
            "environment.gravity.field.j2",
            "either j2",
        ),
        (
            "environment.gravity.field",
            '{mu: "4e14 m3/s2", radius: "6378 km", coefficients: {"1,0": [1, 0]}}',
            "environment.gravity.field.coefficients.1,0",
            "a degree from 2 to 70",
        ),
        (
            "environment.gravity.field",
            '{mu: "4e14 m3/s2", radius: "6378 km", coefficients: {"2,0": [1]}}',
            "environment.gravity.field.coefficients.2,0",
            "[C, S]",
        ),
        (
            "environment.gravity.field",
            '{mu: "4e14 m3/s2", radius: "6378 km", coefficients: {"2,0": [1, 1]}}',
            "environment.gravity.field.coefficients.2,0.1",
            "no sine",
        ),
        (
            "environment.gravity.field",
            '{mu: "4e14 m3/s2", radius: "6378 km", coefficients: {}}',
            "environment.gravity.field.coefficients",
            "at least one",
        ),
        # air and Earth
        ("environment.atmosphere", "us67", None, "did you mean us76?"),
        ("environment.atmosphere", "{}", None, "one of density, table"),
        (
            "environment.atmosphere",
            '{densty: "1 kg/m3"}',
            "environment.atmosphere.densty",
            "did you mean density?",
        ),
        (
            "environment.atmosphere",
            '{density: "12 kg/m3"}',
            "environment.atmosphere.density",
            "up to 10 kg/m3",
        ),
        (
            "environment.atmosphere",
            '{density: "1 kg/m3",table: {height: ["0 m", "1 m"], density: ["1 kg/m3", "9 kg/m3"]}}',
            None,
            "one of density, table",
        ),
        (
            "environment.atmosphere",
            '{table: {height: ["0 m", "1 m"], density: ["1 kg/m3"], temperature: ["1000 K"]}}',
            "environment.atmosphere.table.temperature",
            "2 temperatures",
        ),
        (
            "environment.atmosphere",
            '{table: {height: ["1 m", "1 m"], density: ["1 kg/m3", "1 kg/m3"]}}',
            "environment.atmosphere.table.height.1",
            "greater",
        ),
        ("environment.earth", "flat", None, "one of iers, uniform, still, iau1980, or {rotation"),
        (
            "environment.earth",
            '{rotation: still, spin: "1e-5 rad/s"}',
            "environment.earth.spin",
            "rotation: uniform",
        ),
        (
            "environment.earth",
            '{rotation: iers, tai_ut1: "32 s"}',
            "environment.earth.tai_ut1",
            "rotation: iau1980",
        ),
        ("environment.earth", "{shape: wsg84}", "environment.earth.shape", "did you mean wgs84?"),
        (
            "environment.earth",
            "{shape: {flattening: 0}}",
            "environment.earth.shape.radius",
            "equatorial radius, a length from 6200 km to 6500 km",
        ),
        ("environment.third_bodies", "[sun, sun]", "environment.third_bodies.1", "each body once"),
        (
            "environment.third_bodies",
            "[pluto]",
            "environment.third_bodies.0",
            "one of sun, moon, venus, mars, jupiter, saturn",
        ),
        (
            "environment",
            "{earth: still, third_bodies: [moon]}",
            "environment.earth",
            "axes are those of the sky",
        ),
        ("environment.radiation", "true", None, "nothing in this file"),
        ("step", "11 s", None, "from 0.001 s to 10 s"),
        ("target.perigee", "430.1 km", None, "not above the apogee"),
        ("target.inclination", "181 deg", None, "from 0 deg to 180 deg"),
        ("launch.site.latitude", "91 deg", None, "from -90 deg to 90 deg"),
        ("launch.azimuth", "80 deg", None, "the limits of the site"),
        ("launch.epoch", "2027-02-30T00:00:00 UTC", None, "day"),
        ("launch.epoch", "2027-01-15", None, "a UTC time"),
        ("launch.epoch", "1971-12-31T23:59:59 UTC", None, "from 1972 to 2100"),
        ("crew.seat", "{x: 1, y: 1}", None, "length 1"),
        ("crew.condition", "tired", None, "one of fresh, deconditioned"),
        # engines
        (f"{ENGINE}.thrust", "5 MN", f"{ENGINE}.thrust_curve", "not both"),
        (f"{ENGINE}.impulse", "null", None, "together"),
        (f"{ENGINE}.thrust_curve", "null", f"{ENGINE}.thrust", "required"),
        (f"{ENGINE}.tail_off", "1 s", None, "holds rise and fall"),
        (f"{ENGINE}.thrust_curve.0", '["1 s", 0]', f"{ENGINE}.thrust_curve.0.0", '"0 s"'),
        (f"{ENGINE}.thrust_curve.2", '["0.2 s", 1]', f"{ENGINE}.thrust_curve.2.0", "later"),
        (f"{ENGINE}.thrust_curve.2.1", "-1", None, "at least 0"),
        (f"{ENGINE}.thrust_curve", '[["0 s", 0], ["1 s", 0]]', None, "some thrust"),
        (f"{ENGINE}.thrust_curve", '[["0 s", 1]]', None, "at least 2"),
        # force coefficients
        (f"{TABLE}.mach.3", "0.1", None, "greater than the one before"),
        (f"{TABLE}.axial_force.1", "[1, 2]", None, "14 numbers"),
        (f"{TABLE}.normal_force", "[[1, 2]]", None, "5 rows"),
        (f"{TABLE}.angle_of_attack.1", "0 deg", None, "greater than the one before"),
        # wind
        ("environment.wind", "gusty", None, "none, {east"),
        ("environment.wind", '{east: "400 m/s"}', "environment.wind.east", "300 m/s"),
        (
            "environment.wind",
            '{table: {height: ["0 m", "1 m"], east: ["1 m/s"], north: ["1 m/s", "2 m/s"]}}',
            "environment.wind.table.east",
            "2 speeds",
        ),
        (
            "environment.wind",
            '{table: {height: ["1 m", "1 m"], east: ["1 m/s", "1 m/s"], north: ["1 m/s"]}}',
            "environment.wind.table.height.1",
            "greater",
        ),
        (
            "environment.wind",
            '{table: {height: ["0 m", "1 km"], latitude: ["0 deg", "9 deg"], '
            'east: [["1 m/s", "2 m/s"], ["1 m/s"]], '
            'north: [["1 m/s", "2 m/s"], ["1 m/s", "2 m/s"]]}}',
            "environment.wind.table.east.1",
            "2 speeds, one for each latitude",
        ),
        (
            "environment.wind",
            '{table: {height: ["0 m", "1 km"], time: ["0 s", "9 h"], east: ["1 m/s", "2 m/s"], '
            'north: [["1 m/s", "2 m/s"], ["1 m/s", 2]]}}',
            "environment.wind.table.north.1.1",
            'as "10 m/s"',
        ),
        (
            "environment.wind",
            '{table: {height: ["0 m", "1 km"], east: [["1 m/s"], "2 m/s"], '
            'north: ["1 m/s", "2 m/s"]}}',
            "environment.wind.table.east.0",
            "one speed, not a list",
        ),
        # air
        ("environment.atmosphere", "nrlmsise00", None, "us76, none, or {density"),
        ("environment.atmosphere", "{model: nrlmsise00}", None, "solar_activity, or f107 and ap"),
        ("environment.atmosphere", "{model: nrlmsise00, f107: 120}", None, "ap too, with f107"),
        (
            "environment.atmosphere",
            "{model: nrlmsise00, solar_activity: maen}",
            "environment.atmosphere.solar_activity",
            "did you mean mean?",
        ),
        (
            "environment.atmosphere",
            "{model: nrlmsise00, solar_activity: {cycle: big}}",
            "environment.atmosphere.solar_activity.cycle",
            "mean",
        ),
        (
            "environment.atmosphere",
            "{model: nrlmsise00, solar_activity: low, ap: 4}",
            "environment.atmosphere.ap",
            "either solar_activity, or f107 and ap",
        ),
        (
            "environment.atmosphere",
            "{model: nrlmsise00, f107: 300, f107a: 100, ap: 4}",
            "environment.atmosphere.f107",
            "between 0.5 and 2 times f107a",
        ),
        (
            "environment.atmosphere",
            "{model: nrlmsise00, f107: 100, ap: [4, 4]}",
            "environment.atmosphere.ap",
            "one number, or a list of 7",
        ),
        (
            "environment.atmosphere",
            '{model: exponential, density: "1 kg/m3", height: "0 km"}',
            "environment.atmosphere.scale_height",
            "a scale_height of the exponential",
        ),
        (
            "environment.atmosphere",
            '{density: "1 kg/m3", scale_height: "8 km"}',
            "environment.atmosphere.scale_height",
            "no scale_height but with model: exponential",
        ),
        # notes
        ("vehicle.payload.assumed.mas", "{why: x}", None, "did you mean mass?"),
        ("vehicle.payload.assumed.mass.range", '["1 t"]', None, "two values"),
        (
            "vehicle.payload.assumed.mass.range",
            '["9 t", "8 t"]',
            "vehicle.payload.assumed.mass.range.0",
            "the lower end first",
        ),
        (
            "vehicle.payload.assumed.mass.range",
            '["1 t", "8 km"]',
            "vehicle.payload.assumed.mass.range.1",
            "km measures a length",
        ),
        (
            "vehicle.payload.assumed.mass.range",
            '["1 t", "2 t"]',
            "vehicle.payload.mass",
            "within its assumed range 1 t to 2 t",
        ),
        (
            "environment.assumed",
            "{wind: {range: [none, gusty], why: a block has a range too}}",
            "environment.assumed.wind.range.1",
            "none, {east",
        ),
        ("vehicle.payload.assumed.mass.why", '""', None, "not empty"),
        ("vehicle.payload.calibrated", "{mas: x}", "vehicle.payload.calibrated.mas", "mass?"),
        ("vehicle.payload.assumed.mass", "{why: a, b}", "vehicle.payload.assumed.mass.b", "known"),
        ("vehicle.payload.mas", "null", None, "did you mean mass?"),
        # phases
        ("phases.core.ignite", "[l111]", "phases.core.ignite.0", "did you mean l110?"),
        ("phases.core.ignite", "[s200]", "phases.core.ignite.0", "dropped in core-with"),
        ("phases.core.ignite", "[l110]", "phases.core.ignite.0", "lit in gravity-turn-with"),
        ("phases.core.ignite", "l110", "phases.core.ignite", "a list"),
        ("phases.core.shut_down", "[c25]", "phases.core.shut_down.0", "not lit before"),
        ("phases.core.shut_down", "[s200]", "phases.core.shut_down.0", "ended in core-with"),
        ("phases.core.shut_down", "[interstage]", "phases.core.shut_down.0", "a stage of the"),
        ("phases.core.drop", "[payload]", "phases.core.drop.0", "the payload stays"),
        ("phases.core.drop", "[s200]", "phases.core.drop.0", "dropped in core-with"),
        ("phases.core.until", "{}", None, "at least one of time"),
        ("phases.core.until.depleted", "c25", None, "burns in this phase"),
        ("phases.core.until.depleted", "c24", None, "a stage of the vehicle"),
        ("phases.core.until.aligned", "false", None, "one of True"),
        ("phases.core.until.time", "131 s", None, "after 131.14 s"),
        ("phases.core.until.tyme", "131 s", None, "did you mean time?"),
        ("phases.core.event", "separation", "phases.coast-to-separation.event", "used before"),
        ("phases.core.event", "lift-off", None, "used before"),
        ("phases.core.name", "stage-gap", "phases.8.name", "used before"),
        ("phases.core.name", "a b", "phases.a b.name", "a name of letters"),
        ("phases.core.steer", "gravity-turn", None, "did you mean gravity_turn?"),
        ("phases.core.steer", "{program: core}", "phases.core.steer.program", "programme?"),
        ("phases.core.steer", "{programme: cor}", "phases.core.steer.programme", "core?"),
        ("phases.core.steer", "{programme: 3}", "phases.core.steer.programme", "the name"),
        ("phases.core.steer", "3", None, "one of vertical"),
        ("phases.vertical-rise.ignite", "[]", None, "a stage to lift off with"),
        ("phases.vertical-rise.ignite", "null", None, "a stage to lift off with"),
        ("phases.cryogenic.until", '{time: "900 s"}', "phases", "one phase that ends"),
        ("phases.coast-to-separation.until.orbit", "target", None, "only one phase"),
        ("phases.cryogenic.ignite", "null", "phases.cryogenic.until.orbit", "burns"),
        ("phases", "[]", None, "at least one item"),
        # steering
        ("steering.profile", "crew", None, "known: crew-shaped"),
        (f"{PROGRAMMES}.core", "null", "phases.core.steer.programme", "missing in crew-shaped"),
        (f"{PROGRAMMES}.spare", "{order: 1}", None, "a programme that a phase flies"),
        (f"{PROGRAMMES}.core.order", "3", None, "one of 1, 2"),
        (f"{PROGRAMMES}.core.continuous", "true", None, "no programme comes before"),
        (
            "steering.profiles.propellant-optimal.programmes.core.coefficients",
            "{a: 1, b: 1, c: 1}",
            "steering.profiles.propellant-optimal.programmes.core.coefficients.c",
            "0 with order 1",
        ),
        ("steering.profiles.crew-shaped.kick", "70 deg", None, "up to 60 deg"),
        (f"{MEET}.0.at", "s200_separation", None, "did you mean s200-separation?"),
        (f"{MEET}.0.at", "517", None, 'write it with a unit, as "517 s"'),
        (f"{MEET}.0.at", "-517 s", None, "a time since ignition"),
        (f"{MEET}.0.height", "null", f"{MEET}.0", "one of them"),
        (f"{MEET}.0.flight_path_angle", "1 deg", f"{MEET}.0", "one of them"),
        # the rest
        ("reserve.stage", "c52", None, "a stage of the vehicle"),
        ("vehicle.parts.s200", '{mass: "1 t"}', None, "a name that no stage has"),
        ("vehicle.parts", '{"a.b": {mass: "1 t"}}', "vehicle.parts.a.b", "a name of letters"),
        ("published.1.value", "3 km", None, "km measures a length"),
        ("published.1.tolerance", "-3 s", None, "0 or more"),
        ("published.1.at", "null", None, "required with quantity: time"),
        ("published.1.at", "sep", None, "an event of the phases"),
        ("published.0.at", "separation", None, "nothing with quantity: liftoff_mass"),
        ("published.0.quantity", "propellant_used", "published.0.stage", "required"),
        ("published.0.quantity", "weight", None, "one of time, height"),
        ("name", "a/b", None, "a name of letters"),
        ("vehicle.payload", "null", None, "required: what is brought to orbit"),
        ("vehicle.payload.mass", "null", None, 'as "205 t"'),
        ("vehicle", "lvm3", "vehicle.payload", "required"),
    ],
)
def test_a_mistake_names_its_key(key: str, value: str, told: str | None, fragment: str) -> None:
    problems = {problem.key: problem.sentence() for problem in found({key: value})}
    assert (told or key) in problems
    assert fragment in problems[told or key]


@pytest.mark.parametrize(
    ("key", "value", "told", "fragment"),
    [
        # all of the way home, or none of it
        ("landing", None, None, "written with orbit, deorbit, entry"),
        ("spacecraft", None, None, "required: the payload as a craft of its own"),
        ("phases.core.name", "descent", "phases.descent.name", "phases of the way home"),
        # spacecraft
        (f"{CRAFT}.capsule.mass", "7.2 t", None, "lighter than the payload of 8.2 t"),
        (f"{CRAFT}.service_module.propellant", "3 t", f"{CRAFT}.capsule.mass", "they are 8.3 t"),
        ("vehicle.payload.mass", "6.3 t", f"{CRAFT}.capsule.mass", "payload of 6.3 t"),
        (f"{CRAFT}.service_module.engines", "4", "deorbit.engines", "at most 4"),
        (f"{CRAFT}.service_module.engine", "lam", None, "a mapping"),
        (f"{CRAFT}.capsule.aerodynamics.mach.3", "0.1", None, "greater than the one before"),
        (f"{CRAFT}.capsule.aerodynamics.lift", "[1, 2]", None, "14 values"),
        (f"{CRAFT}.capsule.aerodynamics", "apolo-trim", None, "did you mean apollo-trim?"),
        (f"{CRAFT}.capsule.emissivity", "1.1", None, "at most 1"),
        (f"{CRAFT}.capsul", "x", None, "did you mean capsule?"),
        # parachutes
        (f"{MAINS}.working", "4", None, "at most 3, the count"),
        (f"{MAINS}.skip_reefing", "[3]", f"{MAINS}.skip_reefing.0", "from 1 to 2"),
        (f"{MAINS}.skip_reefing", "[0]", f"{MAINS}.skip_reefing.0", "from 1 to 2"),
        (f"{MAINS}.reefing.1.ratio", "0.03", None, "more than the stage before"),
        (f"{MAINS}.reefing.1.ratio", "1.0", None, "below 1"),
        (f"{MAINS}.deploy", "{}", None, "at least one of height, speed_below, after"),
        (f"{MAINS}.deploy", '{lag: "1 s"}', None, "height, speed_below, after, apex"),
        (
            f"{MAINS}.deploy",
            '{apex: true, after: "0 s"}',
            f"{MAINS}.deploy.after",
            "nothing beside apex",
        ),
        (
            f"{MAINS}.deploy",
            "{apex: true, climbing: true}",
            f"{MAINS}.deploy.climbing",
            "nothing beside apex",
        ),
        (f"{MAINS}.deploy", '{at: "3 km"}', f"{MAINS}.deploy.at", "a known key"),
        (f"{MAINS}.release", "{with: pilots}", f"{MAINS}.release.with", "no step comes after"),
        (f"{STEPS}.pilots.release.with", "main", None, "did you mean mains?"),
        (f"{STEPS}.pilots.deploy.height", "8 km", None, "at most 7 km"),
        (f"{STEPS}.apex-cover.release", '{height: "9 km"}', f"{COVER}.release.height", "7 km"),
        (f"{STEPS}.apex-cover.deploy", "{climbing: true}", f"{COVER}.deploy", "at least one of"),
        (f"{MAINS}.box.height", '["5 km", "1 km"]', f"{MAINS}.box.height.1", "greater"),
        (f"{STEPS}.pilots.name", "mains", f"{STEPS}.3.name", "mains is used before"),
        (f"{MAINS}.box.mach", "[0.4, 0.1]", f"{MAINS}.box.mach.1", "greater"),
        (f"{MAINS}.box.mach", "[0.4]", None, "two values"),
        (f"{MAINS}.drags", "all", None, "one of capsule, nothing"),
        (f"{STEPS}", "[]", None, "at least one item"),
        # orbit
        ("orbit.perigee_band", '["430 km", "330 km"]', "orbit.perigee_band.1", "greater"),
        ("orbit.perigee_band", '["330 km", "390 km"]', None, "holds orbit.circularise.perigee"),
        ("orbit.circularise.perigee", "431 km", "orbit.perigee_band", "holds"),
        ("orbit.circularise.apogee_height", "430 km", None, "write burns: 2"),
        ("orbit.circularise", '{apogee: 3, perigee: "400 km", burns: 2, apogee_height: "390 km"}',
         "orbit.circularise.apogee_height", "not below the perigee"),
        ("orbit.circularise.burns", "3", None, "one of 1, 2"),
        ("orbit.circularise.apogee", "0", None, "at least 1"),
        # landing
        ("landing.zone", "bay-of-bengel", None, "did you mean bay-of-bengal?"),
        ("landing.zone.polygon", f"[{A}, {B}]", None, "at least 3 items"),
        ("landing.zone.polygon", f"[{A}, {B}, {C}, {D}]", None, "edges do not cross"),
        ("landing.zone.polygon", f"[{A}, {A}, {B}]", "landing.zone.polygon.1", "other than"),
        ("landing.zone.polygon", f"[{A}, {B}, {E}]", None, "not all on one line"),
        ("landing.zone.polygon", f"[{A}, {B}, [\"1 deg\"]]", "landing.zone.polygon.2", "a pair"),
        ("landing.zone.polygon", f'[{A}, {B}, ["5 deg", "170 deg"], ["5 deg", "-80 deg"]]', None,
         "half a turn"),
        ("landing.window", "72 h", None, "shorter than landing.time"),
        ("landing.light", "day", None, "one of prefer, require, ignore"),
        ("landing.aim", '{latitude: "91 deg"}', "landing.aim.latitude", "from -90 deg"),
        # deorbit and entry
        ("deorbit.engines", "6", None, "at most 5, spacecraft.service_module.engines"),
        ("deorbit.entry_angle", "1.4 deg", None, "from -10 deg to -0.1 deg"),
        ("deorbit.separation_height", "120 km", None, "above the entry interface at 120 km"),
        ("deorbit.separation_height", "400 km", None, "below the perigee of the orbit at 400 km"),
        ("entry.interface_height", "180 km", "deorbit.separation_height", "above the entry"),
        ("entry.bank", "slove", None, "did you mean solve?"),
        ("entry.bank", "{}", None, "solve, {constant"),
        ("entry.bank", '{constant: "60 deg", time: ["1 s"]}', None, "solve, {constant"),
        ("entry.bank", '{constnat: "60 deg"}', "entry.bank.constnat", "did you mean constant?"),
        ("entry.bank", "{constant: 60}", "entry.bank.constant", 'as "60 deg"'),
        ("entry.bank", '{time: ["1 s", "1 s"], angle: ["1 deg", "2 deg"]}', "entry.bank.time.1",
         "greater"),
        ("entry.bank", '{time: ["1 s", "2 s"], angle: ["1 deg"]}', "entry.bank.angle", "2 angles"),
        ("entry.load_limit", "4 g0", None, "a number without a unit"),
        ("crew.return_condition", "tired", None, "one of fresh, deconditioned"),
    ],
)  # fmt: skip
def test_a_mistake_on_the_way_home_names_its_key(
    key: str, value: str | None, told: str | None, fragment: str
) -> None:
    problems = {problem.key: problem.sentence() for problem in found({key: value})}
    assert (told or key) in problems
    assert fragment in problems[told or key]


@pytest.mark.parametrize(
    ("key", "value", "told", "fragment"),
    [
        ("interface.height", "120 km", "interface", "radius or height, one of them"),
        ("interface.radius", None, "interface", "radius or height, one of them"),
        ("interface.velocity", "absolute", None, "one of inertial, relative"),
        ("entry.bank", "solve", "entry.bank", "landing.aim"),
        ("entry.interface_height", "120 km", None, "a known key"),
        ("environment.earth", "iers", None, "uniform or still for an epoch before 1972"),
        ("environment.earth", None, None, "uniform or still for an epoch before 1972"),
        ("epoch", "1959-05-26T16:37:54 UTC", None, "from 1960 to 2100"),
        ("published.1.at", "first-lod", None, "did you mean first-load?"),
        ("capsule", "apollo-c", None, "did you mean apollo-cm?"),
        ("vehicle", "lvm3", None, "a known key"),
        ("interfac", "1", None, "did you mean interface?"),
        ("interface.speed", None, None, 'as "7.9 km/s"'),
        ("kind", "mission", "launch", "required"),
        ("kind", "engine", "kind", "one of mission"),
    ],
)
def test_a_mistake_of_an_entry_names_its_key(
    key: str, value: str | None, told: str | None, fragment: str
) -> None:
    overrides = {key: value}
    if value == "solve":
        overrides["landing"] = None
    problems = {problem.key: problem.sentence() for problem in found(overrides, "apollo10-entry")}
    assert (told or key) in problems
    assert fragment in problems[told or key]


def test_the_way_home_may_be_left_out() -> None:
    blocks = ("orbit", "landing", "deorbit", "entry")
    spec = check_ascent(load_tree("gaganyaan", dict.fromkeys(blocks)))
    assert spec.plan.spacecraft is not None
    assert spec.plan.orbit is None
    spec = check_ascent(load_tree("gaganyaan", dict.fromkeys(("spacecraft", *blocks))))
    assert spec.plan.spacecraft is None


def test_the_kind_of_a_file_decides_what_it_is() -> None:
    assert check(load_tree("capsule-entry")).entry_flight is not None
    with pytest.raises(InputError, match='kind: "entry": expected mission'):
        check_ascent(load_tree("capsule-entry"))


def test_an_entry_starts_from_another(tmp_path: Path) -> None:
    path = tmp_path / "steep.yaml"
    text = 'schema: 1\nkind: entry\nfrom: capsule-entry\ninterface: {flight_path_angle: "-2 deg"}\n'
    path.write_text(text, encoding="utf-8")
    spec = check(load_tree(path))
    assert isinstance(spec.start, InterfaceSpec)
    assert isinstance(spec.vehicle, CapsuleSpec)
    assert spec.name == "steep"
    assert spec.start.flight_path_angle == pytest.approx(math.radians(-2.0))
    assert spec.vehicle.mass == 5300.0
    path.write_text(text.replace("capsule-entry", "gaganyaan"), encoding="utf-8")
    with pytest.raises(InputError, match="gaganyaan is of kind mission"):
        check(load_tree(path))


@pytest.mark.parametrize(
    ("corners", "good"),
    [
        ([(0, 0), (0, 1), (1, 0)], True),
        ([(0, 0), (1, 0), (0, 1)], True),  # the other way round
        ([(0, 0), (0, 2), (2, 2), (1, 0.5), (2, 0)], True),  # not convex
        ([(0, 179), (0, -179), (2, -179), (2, 179)], True),  # over the date line
        ([(0, 0), (0, 2), (1, 0), (1, 2)], False),  # a bow tie
        ([(0, 0), (0, 2), (0, 1), (1, 1)], False),  # an edge on another one
        ([(0, 0), (0, 1), (0, 2)], False),  # a line
        ([(0, 0), (0, 2), (2, 2), (0, 1), (2, 0)], False),  # a corner on an edge
    ],
)
def test_polygons(corners: list[tuple[float, float]], good: bool) -> None:
    points = [(math.radians(lat), math.radians(lon)) for lat, lon in corners]
    assert (corners_mistake(points) is None) is good


def test_a_vehicle_in_air_has_a_shape() -> None:
    keys: dict[str, Any] = dict.fromkeys(
        ("vehicle.stages.s200.aerodynamics", "vehicle.stages.c25.aerodynamics")
    )
    keys["dispersions"] = None  # those of the tables would be told, too
    (problem,) = found(keys)
    assert problem.key == "vehicle.stages"
    assert check(load_tree("gaganyaan", {**keys, "environment.atmosphere": "none"}))


def test_a_lower_case_slip_is_mended() -> None:
    (problem,) = found({"vehicle.payload.MASS": "8 t"})
    assert "did you mean mass?" in problem.hint


def test_problems_come_in_the_order_of_the_user_s_file() -> None:
    tree = load_tree("gaganyaan", {"vehicle.payload.mass": "1", "step": "1"})
    with pytest.raises(InputError) as caught:
        check(tree)
    assert [p.file for p in caught.value.problems] == ["--set", "--set"]


def test_quantities_of_published_rows_are_one_list() -> None:
    annotation = PublishedSpec.model_fields["quantity"].annotation
    assert set(QUANTITIES) == set(getattr(annotation, "__args__", ()))
    assert set(QUANTITIES) >= AT_EVENT | OF_STAGE


@settings(derandomize=True, max_examples=200, deadline=None)
@given(instant=st.datetimes())
def test_epochs_between_1972_and_2100_are_read(instant: Any) -> None:
    text = f"{instant:%m-%dT%H:%M:%S} UTC"
    text = f"{instant.year:04d}-{text}"
    if 1972 <= instant.year <= 2100:
        assert read_epoch(text) == text
    else:
        with pytest.raises(Exception, match="expected a UTC time from 1972"):
            read_epoch(text)


def test_a_checked_mission_cannot_be_changed(spec: Ascent) -> None:
    with pytest.raises(Exception, match="frozen"):
        spec.plan.step = 1.0  # pyright: ignore[reportAttributeAccessIssue]
