"""Fly rockets in RocketPy, for the truth of the wall in `src/yaan/validation/data`.

    python -P builders/rocketpy.py INPUTS src/yaan/validation/data

`-P` keeps this file from being imported as the package of its name.

INPUTS holds RocketPy's own inputs of its examples bella_lui_flight_sim, ndrt_2020_flight_sim,
erebus_flight_sim and juno3_flight_sim: `AeroTech_K828FJ.eng`, `Cesaroni_4895L1395-P.eng`,
`bella_lui_weather.nc`, `ndrt_weather.nc`, `erebus11_thrust_source.csv`, `erebus11_drag_curve.csv`,
`weather_euroc_2022_all_windows.nc`, `juno3_drag_curve.csv` and
`projeto-jupiter_mandioca_thrust_curve.csv`. Juno III flies in weather that is guessed here: the
example's own was not at hand. Made with RocketPy 1.13.0, each rocket twice: as that is released,
and corrected. Its issue 1186: the arms of the centre of mass and of the nozzle about the centre of
dry mass are applied the wrong way round, so that a rocket whose motor is aft turns into the wind by
a third too fast while it burns. Its pull request 1188: of the nozzle's arm squared, by which the
jet damps, it takes a quarter. Prints the coefficients of the mission files, too.
"""

import json
import math
import sys
from functools import partial
from pathlib import Path

from rocketpy import Environment, Flight, Function, Rocket, SolidMotor  # pyright: ignore
from rocketpy.mathutils.vector_matrix import Matrix  # pyright: ignore

BURN = 3.657  # [s] of Erebus
IMPULSE = 2418.2113  # [N s] of Erebus, that its mean thrust keeps


def reanalysis(inputs, file, **place):
    env = Environment(**place)
    env.set_atmospheric_model(type="Reanalysis", file=str(inputs / file), dictionary="ECMWF")
    return env


def bella_lui_site(inputs):
    return reanalysis(inputs, "bella_lui_weather.nc", gravity=9.81, latitude=47.213476,
                      longitude=9.003336, date=(2020, 2, 22, 13), elevation=407.0)  # fmt: skip


def ndrt_site(inputs):
    return reanalysis(inputs, "ndrt_weather.nc", gravity=9.81, latitude=41.775447,
                      longitude=-86.572467, date=(2020, 2, 23, 16), elevation=206.0)  # fmt: skip


def erebus_site(inputs):
    return reanalysis(inputs, "weather_euroc_2022_all_windows.nc", gravity=9.80665,
                      latitude=39.3897, longitude=-8.2889639, date=(2022, 10, 15, 15),
                      elevation=160.0)  # fmt: skip


def juno3_site(_, *, rising=False):
    """Pressure and temperature that the example prints for the pad, falling by 8.5 K/km."""
    env = Environment(
        latitude=32.939377, longitude=-106.911986, date=(2023, 6, 23, 23), elevation=1480.0
    )
    heights = range(1000, 6501, 250)
    warm = {h: 306.95 - 8.5e-3 * (h - 1480.0) for h in heights}
    speed = {h: 10.77 + (1.5537e-3 * (h - 1480.0) if rising else 0.0) for h in heights}
    power = 9.80665 / (287.05287 * 8.5e-3)
    heading = math.radians(63.8 if rising else 64.23)
    env.set_atmospheric_model(
        type="custom_atmosphere", temperature=list(warm.items()),
        pressure=[(h, 84992.0 * (t / 306.95) ** power) for h, t in warm.items()],
        wind_u=[(h, v * math.sin(heading)) for h, v in speed.items()],
        wind_v=[(h, v * math.cos(heading)) for h, v in speed.items()],
    )  # fmt: skip
    return env


def bella_lui(inputs):
    motor = SolidMotor(
        thrust_source=str(inputs / "AeroTech_K828FJ.eng"), burn_time=2.43, dry_mass=0.001,
        dry_inertia=(0, 0, 0), center_of_dry_mass_position=0.1356,
        grains_center_of_mass_position=0.1356, grain_number=3, grain_separation=0.003,
        grain_density=782.4, grain_outer_radius=0.085598 / 2, grain_initial_inner_radius=0.033147,
        grain_initial_height=0.1524, nozzle_radius=0.04445, throat_radius=0.0214376,
        interpolation_method="linear", nozzle_position=0,
    )  # fmt: skip
    rocket = Rocket(
        radius=0.078, mass=18.226, inertia=(0.78267, 0.78267, 0.064244), power_off_drag=0.43,
        power_on_drag=0.43, center_of_mass_without_motor=0,
    )  # fmt: skip
    rocket.set_rail_buttons(0.1, -0.5)
    rocket.add_motor(motor, -1.1356)
    rocket.add_nose(length=0.242, kind="tangent", position=1.542)
    rocket.add_trapezoidal_fins(3, span=0.2, root_chord=0.28, tip_chord=0.125, position=-0.75)
    rocket.add_tail(top_radius=0.078, bottom_radius=0.0675, length=0.05, position=-1.0856)
    return rocket


def ndrt(inputs):
    motor = SolidMotor(
        thrust_source=str(inputs / "Cesaroni_4895L1395-P.eng"), burn_time=3.433, dry_mass=1.848,
        dry_inertia=(0, 0, 0), center_of_dry_mass_position=-0.35,
        grains_center_of_mass_position=-0.35, grain_number=5, grain_separation=0.003,
        grain_density=1519.708, grain_outer_radius=0.033, grain_initial_inner_radius=0.015,
        grain_initial_height=0.12, nozzle_radius=0.02475, throat_radius=0.01075,
        interpolation_method="linear", nozzle_position=0,
        coordinate_system_orientation="combustion_chamber_to_nozzle",
    )  # fmt: skip
    rocket = Rocket(
        radius=0.1015, mass=18.998, inertia=(73.316, 73.316, 0.15982), power_off_drag=0.44,
        power_on_drag=0.44, center_of_mass_without_motor=1.3,
        coordinate_system_orientation="nose_to_tail",
    )  # fmt: skip
    rocket.set_rail_buttons(1.5, 2, 45)
    rocket.add_motor(motor, 3.391)
    rocket.add_nose(length=0.61, kind="tangent", position=0)
    rocket.add_trapezoidal_fins(
        4, span=0.165, root_chord=0.152, tip_chord=0.0762, position=3.05, sweep_angle=13
    )
    rocket.add_tail(top_radius=0.1015, bottom_radius=0.0775, length=0.127, position=1.2)
    return rocket


def erebus(inputs, *, mean=False):
    curve = str(inputs / "erebus11_thrust_source.csv")
    steady = [(0.0, IMPULSE / BURN), (BURN, IMPULSE / BURN)]
    motor = SolidMotor(
        thrust_source=steady if mean else curve, burn_time=BURN, dry_mass=0, dry_inertia=(0, 0, 0),
        center_of_dry_mass_position=0, grains_center_of_mass_position=0.3, grain_number=1,
        grain_separation=0, grain_density=1196.6353410211093, grain_outer_radius=0.027,
        grain_initial_inner_radius=0.0135, grain_initial_height=0.572, nozzle_radius=0.02025,
        throat_radius=0.0135, nozzle_position=0,
    )  # fmt: skip
    drag = str(inputs / "erebus11_drag_curve.csv")
    rocket = Rocket(
        radius=0.04575, mass=5.82, inertia=(2.571, 2.571, 0.0056233), power_off_drag=drag,
        power_on_drag=drag, center_of_mass_without_motor=1.192,
    )  # fmt: skip
    rocket.set_rail_buttons(1.392, 0.692)
    rocket.add_motor(motor, 0.211668)
    rocket.add_nose(length=0.391113, kind="vonKarman", position=2.3841)
    rocket.add_trapezoidal_fins(4, span=0.08, root_chord=0.12, tip_chord=0.05, position=0.395787)
    rocket.add_tail(top_radius=0.04575, bottom_radius=0.03575, length=0.079119, position=0.290787)
    return rocket


def juno3(inputs):
    motor = SolidMotor(
        thrust_source=str(inputs / "projeto-jupiter_mandioca_thrust_curve.csv"),
        reshape_thrust_curve=(5.8, 8800), dry_mass=1e-11, dry_inertia=(1e-13, 1e-13, 1e-13),
        center_of_dry_mass_position=-0.683, grains_center_of_mass_position=-0.683, grain_number=5,
        grain_separation=0.006, grain_density=1748.9, grain_outer_radius=0.0465,
        grain_initial_inner_radius=0.016, grain_initial_height=0.156, nozzle_radius=0.0335,
        throat_radius=0.0114, nozzle_position=-1.294, interpolation_method="linear",
    )  # fmt: skip
    curve = [
        tuple(map(float, line.split(",")))
        for line in (inputs / "juno3_drag_curve.csv").read_text(encoding="utf-8").split()
    ]
    scale = 0.38 / dict(curve)[0.6]  # the example scales the curve to its team's drag there
    drag = [(mach, scale * value) for mach, value in curve]
    rocket = Rocket(
        radius=0.0655, mass=24.05, inertia=(15.07, 15.07, 0.067), power_off_drag=drag,
        power_on_drag=drag, center_of_mass_without_motor=0,
    )  # fmt: skip
    rocket.set_rail_buttons(0.24, -1.17, 45)
    rocket.add_motor(motor, 0)
    rocket.add_nose(length=0.565, kind="vonKarman", position=1.477)
    lift = Function([(0, 0.0002), (2, 0.3320), (4, 0.6335), (6, 0.6877)])
    rocket.add_trapezoidal_fins(
        4, span=0.13, root_chord=0.2, tip_chord=0.12, position=-0.928, airfoil=(lift, "degrees")
    )
    rocket.add_tail(top_radius=0.0655, bottom_radius=0.0535, length=0.068, position=-1.226)
    rocket.add_parachute("drogue", cd_s=0.885, trigger="apogee", sampling_rate=105, lag=0.5)
    return rocket


EXAMPLES = {  # rocket, site, inclination and heading and length of the rail, burning time
    "bella-lui": (bella_lui, bella_lui_site, (89, 45, 4.2), 2.43),
    "ndrt-2020": (ndrt, ndrt_site, (90, 181, 3.353), 3.433),
    "erebus": (erebus, erebus_site, (84, 133, 12), BURN),
    "erebus-mean": (partial(erebus, mean=True), erebus_site, (84, 133, 12), BURN),
    "juno3": (juno3, juno3_site, (85, 105, 5.2), 5.7029),
    "juno3-wind": (juno3, partial(juno3_site, rising=True), (85, 105, 5.2), 5.7029),
}
TO_THE_GROUND = ("erebus", "erebus-mean", "juno3", "juno3-wind")


def correct(rocket):
    """As its pull requests 1196 and 1188 do."""
    rocket.com_to_cdm_function = -1 * rocket.com_to_cdm_function
    rocket.nozzle_to_cdm = -rocket.nozzle_to_cdm
    along = 0.5 * rocket.motor.nozzle_radius**2
    across = 0.5 * along + rocket.nozzle_to_cdm**2
    rocket.nozzle_gyration_tensor = Matrix([[across, 0, 0], [0, across, 0], [0, 0, along]])


def flown(name, inputs, *, corrected):
    make, site, (inclination, heading, rail), burnt = EXAMPLES[name]
    rocket, env = make(inputs), site(inputs)
    if corrected:
        correct(rocket)
    else:
        for mach in (0.0, 0.2, 0.4, 0.6):
            print(name, mach, rocket.total_lift_coeff_der(mach), rocket.cp_position(mach))
    flight = Flight(rocket=rocket, environment=env, inclination=inclination, heading=heading,
                    rail_length=rail, terminate_on_apogee=name not in TO_THE_GROUND)  # fmt: skip
    rise = flight.vz(burnt)
    across = math.hypot(flight.vx(burnt), flight.vy(burnt))
    told = {
        "rail_time": float(flight.out_of_rail_time),
        "rail_speed": float(flight.out_of_rail_velocity),
        "burnout_speed": float(math.hypot(rise, across)),
        "burnout_path": float(math.degrees(math.atan2(rise, across))),
        "apogee": float(flight.apogee - env.elevation),
        "apogee_time": float(flight.apogee_time),
    }
    if name in TO_THE_GROUND:
        told |= {
            "ground_time": float(flight.t_final),
            "ground_rate": float(-flight.vz(flight.t_final)),
        }
    return told


def main() -> None:
    inputs, data = Path(sys.argv[1]), Path(sys.argv[2])
    told = {
        name: {
            kind: flown(name, inputs, corrected=kind == "corrected")
            for kind in ("released", "corrected")
        }
        for name in EXAMPLES
    }
    (data / "rocketpy.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
