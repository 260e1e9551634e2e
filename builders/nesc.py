"""Make the truth of the NESC check cases in `src/yaan/validation/data` from the files as received.

    python builders/nesc.py ATMOSPHERIC ORBITAL src/yaan/validation/data

ATMOSPHERIC holds `trajectories/Atmos_CC_sim_SS.csv.gz`, the traces of NASA's anonymous
simulations (repository nasa/simupy-flight, folder NESC_data); ORBITAL holds
`jeod_final_states.json`, the last lines of the runs in nasa/jeod, verif/SIM_dyncomp, collected.
Nothing is smoothed: traces are read at common times, angles are unwrapped, units become SI.
"""

import gzip
import json
import sys
from pathlib import Path

import numpy as np

FOOT = 0.3048  # [m]
POUND_FORCE = 0.45359237 * 9.80665  # [N]
SLUG = POUND_FORCE / FOOT  # [kg]
DEGREE = np.pi / 180.0  # [rad]
TORQUE = POUND_FORCE * FOOT  # [N m]
PRESSURE = POUND_FORCE / FOOT**2  # [Pa]

# Our name: their column and the factor to SI.
COLUMNS = {
    "height": ("altitudeMsl_ft", FOOT),
    "latitude": ("latitude_deg", DEGREE),
    "longitude": ("longitude_deg", DEGREE),
    "velocity_north": ("feVelocity_ft_s_X", FOOT),
    "velocity_east": ("feVelocity_ft_s_Y", FOOT),
    "velocity_down": ("feVelocity_ft_s_Z", FOOT),
    "yaw": ("eulerAngle_deg_Yaw", DEGREE),
    "pitch": ("eulerAngle_deg_Pitch", DEGREE),
    "roll": ("eulerAngle_deg_Roll", DEGREE),
    "rate_x": ("bodyAngularRateWrtEi_deg_s_Roll", DEGREE),
    "rate_y": ("bodyAngularRateWrtEi_deg_s_Pitch", DEGREE),
    "rate_z": ("bodyAngularRateWrtEi_deg_s_Yaw", DEGREE),
    "gravity": ("localGravity_ft_s2", FOOT),
    "sound_speed": ("speedOfSound_ft_s", FOOT),
    "density": ("airDensity_slug_ft3", SLUG / FOOT**3),
    "pressure": ("ambientPressure_lbf_ft2", PRESSURE),
    "temperature": ("ambientTemperature_dgR", 5.0 / 9.0),
    "force_x": ("aero_bodyForce_lbf_X", POUND_FORCE),
    "force_y": ("aero_bodyForce_lbf_Y", POUND_FORCE),
    "force_z": ("aero_bodyForce_lbf_Z", POUND_FORCE),
    "moment_x": ("aero_bodyMoment_ftlbf_L", TORQUE),
    "moment_y": ("aero_bodyMoment_ftlbf_M", TORQUE),
    "moment_z": ("aero_bodyMoment_ftlbf_N", TORQUE),
    "mach": ("mach", 1.0),
    "dynamic_pressure": ("dynamicPressure_lbf_ft2", PRESSURE),
}
# Only the rocket needs them: its mass is told by force over acceleration.
INERTIAL = {
    f"{name}_{axis.lower()}": (f"ei{column}_{axis}", FOOT)
    for name, column in (("position", "Position_ft"), ("velocity", "Velocity_ft_s"))
    for axis in "XYZ"
}
ENVELOPES = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10")
ORBITS = (
    *("2", "3A", "3B", "4", "6A", "6B", "6C", "6D"),
    *("7A", "7B", "7C", "7D", "9B", "9D", "10A", "10D"),
)


def read(path: Path) -> dict[str, np.ndarray]:
    """One trace as received, by column."""
    with gzip.open(path, "rt") as file:
        heads = file.readline().strip().split(",")
        return dict(zip(heads, np.loadtxt(file, delimiter=",").T, strict=True))


def trace(given: dict[str, np.ndarray], name: str, time: np.ndarray) -> np.ndarray:
    """One quantity in SI at `time`; yaw and roll follow the body over half turns."""
    column, factor = (COLUMNS | INERTIAL)[name]
    values = factor * given[column]
    if name in ("yaw", "roll"):
        values = np.unwrap(values)
    return np.interp(time, given["time"], values)


def envelope(folder: Path, case: str, time: np.ndarray) -> dict[str, np.ndarray]:
    """All traces of one case: `case/quantity` [simulations, times], and who told each."""
    traces = sorted(folder.glob(f"Atmos_{case}_sim_*.csv.gz"))
    given = {int(path.name[13:15]): read(path) for path in traces}
    found = {f"{case}/time": time}
    for name, (column, _) in COLUMNS.items():
        who = [sim for sim in given if column in given[sim]]
        found[f"{case}/{name}"] = np.array([trace(given[sim], name, time) for sim in who])
        found[f"{case}/{name}/sims"] = np.array(who)
    return found


def orbits(path: Path) -> dict[str, object]:
    """The final states of the gated and the reported cases, and what starts them."""
    told = json.loads(path.read_text(encoding="utf-8"))
    cases = {c["case"]: c["final"] | {"file": c["source_file"]} for c in told["cases"]}
    return {"orbits": told["initial_orbits"], "cases": {name: cases[name] for name in ORBITS}}


def main(atmospheric: Path, orbital: Path, out: Path) -> None:
    """Write the three files."""
    folder = atmospheric / "trajectories"
    kept: dict[str, np.ndarray] = {}
    for case in ENVELOPES:
        kept |= envelope(folder, case, np.linspace(0.0, 30.0, 151))
    np.savez_compressed(out / "nesc_atmospheric.npz", allow_pickle=False, **kept)
    rocket = read(folder / "Atmos_17_sim_06.csv.gz")
    time = np.linspace(0.0, 200.0, 2001)
    names = ("height", "longitude", "velocity_east", "velocity_down", "pitch", "rate_y")
    names += ("force_x", "force_z", "moment_y", "mach", "dynamic_pressure", *INERTIAL)
    table = {name: trace(rocket, name, time) for name in names}
    np.savez_compressed(out / "nesc_rocket.npz", allow_pickle=False, time=time, **table)
    text = json.dumps(orbits(orbital / "jeod_final_states.json"), indent=1)
    (out / "nesc_orbital.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(Path(given) for given in sys.argv[1:4]))
