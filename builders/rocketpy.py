"""Fly two rockets in RocketPy, for the truth of the wall in `src/yaan/validation/data`.

    python builders/rocketpy.py INPUTS src/yaan/validation/data

INPUTS holds RocketPy's own inputs of its examples bella_lui_flight_sim and ndrt_2020_flight_sim:
`AeroTech_K828FJ.eng`, `Cesaroni_4895L1395-P.eng`, `bella_lui_weather.nc`, `ndrt_weather.nc`. Made
with RocketPy 1.13.0, each rocket twice: as that is released, and with the sign of
`com_to_cdm_function` turned, which is its issue 1186: the lever arm of the centre of mass about
that of the dry mass is applied the wrong way round, so that a rocket whose motor is aft turns into
the wind by a third too fast while it burns. Prints the coefficients of the mission files, too.
"""

import json
import math
import sys
from pathlib import Path

from rocketpy import Environment, Flight, Rocket, SolidMotor  # pyright: ignore

SITES = {
    "bella-lui": (47.213476, 9.003336, (2020, 2, 22, 13), 407.0, "bella_lui_weather.nc"),
    "ndrt-2020": (41.775447, -86.572467, (2020, 2, 23, 16), 206.0, "ndrt_weather.nc"),
}
RAILS = {"bella-lui": (89, 45, 4.2), "ndrt-2020": (90, 181, 3.353)}
BURNS = {"bella-lui": 2.43, "ndrt-2020": 3.433}


def site(name, inputs):
    latitude, longitude, date, height, weather = SITES[name]
    env = Environment(gravity=9.81, latitude=latitude, longitude=longitude, date=date,
                      elevation=height)  # fmt: skip
    env.set_atmospheric_model(type="Reanalysis", file=str(inputs / weather), dictionary="ECMWF")
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


def flown(name, make, inputs, *, turned):
    rocket = make(inputs)
    if turned:
        rocket.com_to_cdm_function = -1 * rocket.com_to_cdm_function
    else:
        for mach in (0.0, 0.2, 0.4, 0.6):
            print(name, mach, rocket.total_lift_coeff_der(mach), rocket.cp_position(mach))
    inclination, heading, rail = RAILS[name]
    flight = Flight(rocket=rocket, environment=site(name, inputs), inclination=inclination,
                    heading=heading, rail_length=rail, terminate_on_apogee=True)  # fmt: skip
    burnt = BURNS[name]
    rise = flight.vz(burnt)
    across = math.hypot(flight.vx(burnt), flight.vy(burnt))
    return {
        "rail_time": float(flight.out_of_rail_time),
        "rail_speed": float(flight.out_of_rail_velocity),
        "burnout_speed": float(math.hypot(rise, across)),
        "burnout_path": float(math.degrees(math.atan2(rise, across))),
        "apogee": float(flight.apogee - SITES[name][3]),
        "apogee_time": float(flight.apogee_time),
    }


def main() -> None:
    inputs, data = Path(sys.argv[1]), Path(sys.argv[2])
    told = {
        name: {
            kind: flown(name, make, inputs, turned=kind == "corrected")
            for kind in ("released", "corrected")
        }
        for name, make in (("bella-lui", bella_lui), ("ndrt-2020", ndrt))
    }
    (data / "rocketpy.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
