"""The history of a flight: named columns against time, checked against one catalogue.

A column's unit, frame and meaning are said here once; files, the Python API and the report all
take them from here, so that a quantity cannot change its unit on the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from yaan.base.errors import YaanError

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of a history is.

    Attributes:
        unit: SI unit, ``1`` for a pure number.
        frame: frame or reference the value is taken in; empty for a scalar without one.
        long_name: what a person calls it.
        dimensions: names of the dimensions, the first always ``time``.
        integer: whether the values are whole numbers.
    """

    unit: str
    frame: str
    long_name: str
    dimensions: tuple[str, ...] = ("time",)
    integer: bool = False


_TIME = Column("s", "", "time since the epoch; of a launch, since first ignition (T+)")
_HEIGHT = Column("m", "WGS 84 ellipsoid", "geodetic height")
_SPEED = Column("m s-1", "GCRS", "inertial speed")
_LOAD = Column("1", "body", "load, specific force over g0 (9.80665 m s-2)")
_PRESSURE = Column("Pa", "relative to the air", "dynamic pressure")


_AXES = ("time", "axis")
_ALONG = "radial, along the motion, across it to the left"
_QUATERNION = ("time", "quaternion")


def _couch(axis: str) -> Column:
    return Column("1", "couch", f"load along the couch {axis} axis, specific force over g0")


COLUMNS: Mapping[str, Column] = MappingProxyType(
    {
        "time": _TIME,
        "height": _HEIGHT,
        "latitude": Column("rad", "WGS 84 ellipsoid", "geodetic latitude"),
        "longitude": Column("rad", "ITRS", "longitude, east positive"),
        "downrange": Column("m", "ITRS", "distance over ground from the start"),
        "speed_relative": Column("m s-1", "ITRS", "speed relative to the rotating Earth"),
        "speed_inertial": _SPEED,
        "speed_air": Column("m s-1", "relative to the air", "true airspeed"),
        "flight_path_angle_relative": Column(
            "rad", "ITRS", "flight-path angle of the Earth-relative velocity"
        ),
        "flight_path_angle_inertial": Column(
            "rad", "GCRS", "flight-path angle of the inertial velocity"
        ),
        "mass": Column("kg", "", "mass of the vehicle"),
        "thrust": Column("N", "", "thrust, back-pressure taken off"),
        "drag": Column("N", "relative to the air", "drag"),
        "dynamic_pressure": _PRESSURE,
        "mach": Column("1", "relative to the air", "Mach number"),
        "heat_flux": Column("W m-2", "relative to the air", "free-stream heat flux, rho v3 / 2"),
        "angle_of_attack": Column("rad", "relative to the air", "total angle of attack"),
        "load": _LOAD,
        "load_x": _couch("x (chest to back)"),
        "load_y": _couch("y (lateral)"),
        "load_z": _couch("z (head to foot)"),
        "pitch": Column("rad", "geocentric horizon", "pitch of the thrust axis"),
        "bank": Column("rad", "relative to the air", "bank, lift to the right of the motion"),
        "lift": Column("N", "relative to the air", "lift"),
        "heat_flux_stagnation": Column("W m-2", "nose", "convective heat flux, stagnation point"),
        "heat_load": Column("J m-2", "nose", "heat flux of the stagnation point over time"),
        "wall_temperature": Column("K", "nose", "radiative equilibrium temperature of the wall"),
        "parachute_load": Column("N", "", "force of all open canopies on their risers"),
        "bank_commanded": Column("rad", "relative to the air", "bank that is asked for"),
        "incidence": Column(
            "rad", "relative to the air", "angle of attack in the plane of x and z, from below"
        ),
        "sideslip": Column("rad", "relative to the air", "angle of sideslip, from the right"),
        "yaw": Column("rad", "body against north, east, down", "yaw, heading of the x axis"),
        "pitch_body": Column("rad", "body against north, east, down", "pitch of the x axis"),
        "roll": Column("rad", "body against north, east, down", "roll about the x axis"),
        "yaw_vvlh": Column("rad", "body against VVLH", "yaw, heading of the x axis"),
        "pitch_vvlh": Column("rad", "body against VVLH", "pitch of the x axis"),
        "roll_vvlh": Column("rad", "body against VVLH", "roll about the x axis"),
        "attitude": Column("1", "GCRS to body", "quaternion, scalar first", _QUATERNION),
        "rate_body": Column("rad s-1", "body against GCRS", "angular velocity", _AXES),
        "rate_vvlh": Column("rad s-1", "body against VVLH", "angular velocity, body axes", _AXES),
        "force_body": Column("N", "body", "force of the air", _AXES),
        "moment_body": Column("N m", "body", "moment of the air about the centre of mass", _AXES),
        "force_engine": Column("N", "body", "force of the engine", _AXES),
        "moment_engine": Column("N m", "body", "moment of the engine", _AXES),
        "force_pulses": Column("N", "body", "force of the pulses that are on", _AXES),
        "moment_pulses": Column("N m", "body", "moment of the pulses that are on", _AXES),
        "moment_gravity": Column("N m", "body", "torque of gravity", _AXES),
        "moment_control": Column("N m", "body", "moment that the control asks for", _AXES),
        "inertia_pitch": Column("kg m2", "body", "moment of inertia about the y axis"),
        "centre_forward": Column("m", "structural", "centre of mass along the x axis"),
        "density": Column("kg m-3", "", "density of the air"),
        "pressure": Column("Pa", "", "pressure of the air"),
        "temperature": Column("K", "", "temperature of the air"),
        "sound_speed": Column("m s-1", "", "speed of sound"),
        "gravity": Column("m s-2", "", "gravity, without the centrifugal acceleration"),
        "velocity_ned": Column("m s-1", "north, east, down", "Earth-relative velocity", _AXES),
        "position_itrs": Column("m", "ITRS", "position", _AXES),
        "position_gcrs": Column("m", "GCRS", "position", _AXES),
        "velocity_gcrs": Column("m s-1", "GCRS", "velocity", _AXES),
        "propellant": Column("kg", "", "propellant left in each stage", ("time", "stage")),
        "phase": Column("1", "", "index of the phase", integer=True),
    }
)
"""The columns that a history may have."""

SIZES: Mapping[str, int] = MappingProxyType({"axis": 3, "quaternion": 4})
"""Lengths of the dimensions that are fixed."""

GROUP_COLUMNS: Mapping[str, Mapping[str, Column]] = MappingProxyType(
    {
        "abort": MappingProxyType(
            {
                "time": Column("s", "", "T+ at which the capsule is let go"),
                "release_load": Column("1", "", "load of the air at the release, over g0"),
                "peak_load": Column("1", "", "largest load from the release on, over g0"),
                "later_load": Column("1", "", "largest load after it had fallen once, over g0"),
                "canopies": Column("1", "", "1: never as high as canopies open", integer=True),
                "outcome": Column("1", "", "0 lands, 1 stays up, 7 not known", integer=True),
            }
        ),
        "profiles": MappingProxyType(
            {
                "time": _TIME,
                "height": _HEIGHT,
                "speed_inertial": _SPEED,
                "load": _LOAD,
                "dynamic_pressure": _PRESSURE,
            }
        ),
        "turning": MappingProxyType(
            {
                "time": _TIME,
                "height": _HEIGHT,
                "dynamic_pressure": _PRESSURE,
                "mach": Column("1", "", "Mach number"),
                "angle_of_attack": Column("rad", "", "between axis and stream"),
                "attitude_error": Column("rad", "", "between the axis flown and the commanded"),
                "tracking_error": Column("rad", "", "between the axis flown and its reference"),
                "turn_rate": Column("rad s-1", "", "of the axis"),
                "roll_rate": Column("rad s-1", "", "about the axis"),
                "gimbal": Column("rad", "", "largest deflection of any engine"),
                "gimbal_rate": Column("rad s-1", "", "the fastest of it"),
                "q_alpha": Column("Pa rad", "", "dynamic pressure times angle of attack"),
                "authority": Column("1", "", "moment of the gimbals over what disturbs"),
                "held_angle": Column("rad", "", "angle of attack that the gimbals balance"),
                "mu_alpha": Column("s-2", "", "pitch acceleration by angle of attack"),
                "mu_control": Column("s-2", "", "pitch acceleration by deflection"),
                "gain_rise": Column("1", "", "factor by which the gain may rise"),
                "gain_fall": Column("1", "", "factor by which the gain may fall"),
                "phase_margin": Column("rad", "", "phase margin, negative where not stable"),
            }
        ),
        # Of an ascent, then of an entry; a law has those that it tells.
        "guidance": MappingProxyType(
            {
                "time": _TIME,
                "pitch": Column("rad", "geocentric horizon", "pitch of the axis as flown"),
                "pitch_designed": Column("rad", "geocentric horizon", "pitch by time, as designed"),
                "off_command": Column("rad", "", "between the axis flown and the commanded"),
                "solution": Column("s", "", "time of the last solution"),
                "cut_off": Column("s", "", "time of the cut-off, as predicted then"),
                "residual": Column("1", "", "largest weighted miss before the last correction"),
                "converged": Column("1", "", "1: the last solution converged", integer=True),
                "looks": Column("1", "", "predictions that the last solution took", integer=True),
                "shortfall": Column("m s-1", "", "what the propellant lacks for the target"),
                "thrust_factor": Column("1", "", "thrust as measured over that believed before"),
                "miss": Column("m", "", "range predicted less that to the aim"),
                "aside": Column("m", "", "miss predicted to the right of the aim"),
                "load_predicted": Column("1", "", "largest load predicted, over g0"),
                "reversals": Column("1", "", "changes of side so far", integer=True),
                "drag_ratio": Column("1", "", "drag as measured over that of the model"),
                "lift_ratio": Column("1", "", "lift as measured over that of the model"),
                "status": Column("1", "", "how the law stands, yaan.gnc.Guided", integer=True),
                "unheard": Column("1", "", "commands so far that were not finite", integer=True),
            }
        ),
        "navigation": MappingProxyType(
            {
                "time": _TIME,
                "position_error": Column("m", _ALONG, "estimate less truth", _AXES),
                "position_sigma": Column("m", _ALONG, "standard deviation as told", _AXES),
                "velocity_error": Column("m s-1", _ALONG, "estimate less truth", _AXES),
                "velocity_sigma": Column("m s-1", _ALONG, "standard deviation as told", _AXES),
                "tilt_error": Column("rad", "", "angle of the believed frame off the true one"),
                "tilt_sigma": Column("rad", "", "standard deviation as told, of all axes together"),
                "fixed": Column("s", "", "time of the last fix by satellites"),
                "silent": Column("1", "", "1: a fix was due and none came", integer=True),
            }
        ),
        # All but what is along the stages of the vehicle that a branch has left.
        "branch": MappingProxyType(
            {name: column for name, column in COLUMNS.items() if "stage" not in column.dimensions}
        ),
    }
)
"""The columns of each kind of group; a group is named ``kind/name``, of a profile or a branch."""


@dataclass(frozen=True)
class History:
    """Checked columns of one vehicle's flight, with what their indices and their time mean.

    Attributes:
        columns: column name to array of SI values; first dimension is time.
        stages: names along the ``stage`` dimension.
        phases: names that the ``phase`` column points into.
        epoch: instant that ``time`` counts from, UTC, ISO 8601; empty if it is not known.
        centre: body whose centre and surface positions and heights are taken from.
        vehicle: name of what flies; empty if it is not known.
    """

    columns: Mapping[str, Array]
    stages: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    epoch: str = ""
    centre: str = "Earth"
    vehicle: str = ""

    def rows(self, wanted: npt.NDArray[np.bool_] | npt.NDArray[np.integer[Any]]) -> "History":
        """The history of some rows only: their numbers, or a mask."""
        return replace(self, columns={k: values[wanted] for k, values in self.columns.items()})

    def __getitem__(self, name: str) -> Array:
        """The column called `name`."""
        return self.columns[name]

    def __contains__(self, name: object) -> bool:
        """Whether the history has the column `name`."""
        return name in self.columns

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.columns["time"])


def make_history(
    columns: Mapping[str, npt.ArrayLike],
    *,
    stages: Sequence[str] = (),
    phases: Sequence[str] = (),
) -> History:
    """Check columns against the catalogue and keep them in its order.

    Args:
        columns: name to values in the unit of `COLUMNS`; ``time`` must be there.
        stages: names along the ``stage`` dimension, as many as ``propellant`` has columns.
        phases: names that ``phase`` points into.

    Raises:
        YaanError: for an unknown column, one of another length or shape, a time that goes back,
            or an index without a name.
    """
    checked = check_columns(columns, COLUMNS, "history", SIZES)
    if "propellant" in checked and checked["propellant"].shape[1] != len(stages):
        found = checked["propellant"].shape[1]
        raise YaanError(f"History column 'propellant' has {found} stages, {len(stages)} are named.")
    if "phase" in checked and phases and checked["phase"].size:
        low, high = int(checked["phase"].min()), int(checked["phase"].max())
        if low < 0 or high >= len(phases):
            raise YaanError(
                f"History column 'phase' runs from {low} to {high}, {len(phases)} phases are named."
            )
    return History(checked, tuple(stages), tuple(phases))


def check_group(name: str, columns: Mapping[str, npt.ArrayLike]) -> dict[str, Array]:
    """Check the columns of the group `name`, which reads ``kind/name``.

    Raises:
        YaanError: for an unknown kind of group, or columns that do not fit it.
    """
    kind, _, member = name.partition("/")
    if kind not in GROUP_COLUMNS or not member or "/" in member:
        kinds = ", ".join(f"{known}/<name>" for known in GROUP_COLUMNS)
        raise YaanError(f"Group {name!r} is not one of {kinds}.")
    return check_columns(columns, GROUP_COLUMNS[kind], f"group {name!r}", SIZES)


def check_columns(
    columns: Mapping[str, npt.ArrayLike],
    catalogue: Mapping[str, Column],
    where: str,
    sizes: Mapping[str, int],
) -> dict[str, Array]:
    """Check `columns` against `catalogue`; return arrays in the catalogue's order.

    Args:
        columns: name to values.
        catalogue: name to what the column must be.
        where: words for the error's sentence.
        sizes: lengths of dimensions that are fixed.

    Raises:
        YaanError: naming the column at fault.
    """
    _refuse_unknown(columns, catalogue, where)
    if "time" not in columns:
        raise YaanError(f"The {where} has no column 'time'.")
    known = dict(sizes) | {"time": len(np.atleast_1d(np.asarray(columns["time"])))}
    checked: dict[str, Array] = {}
    for name, column in catalogue.items():
        if name in columns:
            checked[name] = _fit(name, columns[name], column, where, known)
    time = checked["time"]
    if not np.all(np.isfinite(time)) or np.any(np.diff(time) < 0.0):
        raise YaanError(f"The {where} has a time that is not finite or goes back.")
    return checked


def _refuse_unknown(
    names: Mapping[str, object], catalogue: Mapping[str, Column], where: str
) -> None:
    for name in names:
        if name not in catalogue:
            near = get_close_matches(name, list(catalogue), 1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            raise YaanError(f"The {where} has an unknown column {name!r}{hint}")


def _fit(
    name: str, values: npt.ArrayLike, column: Column, where: str, sizes: dict[str, int]
) -> Array:
    given: Array = np.asarray(values)
    array: Array = given.astype(np.int32 if column.integer else np.float64)
    if column.integer and not np.array_equal(array, given):
        raise YaanError(f"Column {name!r} of the {where} holds values that are not whole numbers.")
    if array.ndim != len(column.dimensions):
        raise YaanError(
            f"Column {name!r} of the {where} has {array.ndim} dimensions,"
            f" expected ({', '.join(column.dimensions)})."
        )
    for dimension, size in zip(column.dimensions, array.shape, strict=True):
        expected = sizes.setdefault(dimension, size)
        if size != expected:
            raise YaanError(
                f"Column {name!r} of the {where} has {size} entries along {dimension},"
                f" expected {expected}."
            )
    return array
