"""A day of a low orbit in a field of 20x20, beside Orekit, brahe and satkit with the same world.

Each integrates by itself to well below a millimetre, reads the Earth orientation that Yaan reads,
and sums harmonics by other recursions. brahe and satkit have coefficients of their own; Orekit is
given brahe's. What may be left is said at each margin. satkit's propagator wants a file of JPL of
100 MB even with no Sun and no Moon: that of the package satkit-data.

Opt-in: pip install yaan[crosscheck], then pytest -m oracle.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

import yaan
from tests.oracle import orekit as told
from tests.oracle import peers
from tests.oracle.peers import DAY, clock, path, write_tables
from yaan.environment.fields import load_gravity

Array = NDArray[np.float64]

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

PLACE, MOTION = [4.0e6, -3.6e6, 4.1e6], [5.35e3, 5.55e3, -0.35e3]  # GCRS [m, m/s]
LENGTH = 86_400.0  # [s]
DEGREE = 20
SKY = ("sun", "moon")
JPL_MU = {"sun": 1.32712440041e20, "moon": 4.902800066e12}
"""[m3/s2], DE430: Folkner et al., IPN Progress Report 42-196 (2014), table 8 (not re-read)."""
ACCURACY = 0.01  # [m], asked of Yaan
# The same field, the same turning Earth: what is left is what Yaan's integration may be out by.
ALIKE = ACCURACY
# Of what Sun and Moon do to the place, as a share: tides go with the cube of a distance. ERFA's
# Moon is within 32 km of 384,400, its Sun nearer; JPL's is as good as true here.
OF_JPL = 3 * 32.0 / 384_400.0
# brahe's low-precision series are good to some arcminutes, 1e-3.
OF_LOW_PRECISION = 3e-3


@pytest.fixture(scope="module")
def found() -> dict[bool, Array]:
    """Yaan's place at the end, without and with Sun and Moon."""
    return {bodies: ours(SKY if bodies else ()) for bodies in (False, True)}


def margin(found: Mapping[bool, Array], bodies: bool, share: float) -> float:
    """[m], with a share of what Sun and Moon do."""
    return ALIKE + (share * apart(found[True], found[False]) if bodies else 0.0)


def ours(bodies: Sequence[str], field: str | Mapping[str, Any] = "egm2008") -> Array:
    """Where it is after `LENGTH`."""
    gravity: dict[str, Any] = {"field": field}
    if isinstance(field, str):
        gravity["degree"] = DEGREE
    orbit = yaan.propagate(
        {
            "schema": 1,
            "kind": "orbit",
            "name": "peer",
            "epoch": f"{DAY} UTC",
            "start": {
                "state": {
                    "frame": "gcrs",
                    "position": {k: f"{x} m" for k, x in zip("xyz", PLACE, strict=True)},
                    "velocity": {k: f"{x} m/s" for k, x in zip("xyz", MOTION, strict=True)},
                }
            },
            "spacecraft": {},
            "duration": f"{LENGTH} s",
            "accuracy": f"{ACCURACY} m",
            "environment": {
                "gravity": gravity,
                "atmosphere": "none",
                "third_bodies": list(bodies),
            },
        }
    )
    assert orbit.accurate
    return np.asarray(orbit.arc.at([LENGTH])[0][0])


def apart(one: Any, two: Any) -> float:
    return float(np.linalg.norm(np.asarray(one) - np.asarray(two)))


def brahe_with_table(folder: Path) -> Any:
    brahe: Any = pytest.importorskip("brahe")
    file = str(write_tables(folder) / "finals2000A.all")
    table = brahe.FileEOPProvider.from_standard_file(file, True, "Hold")
    brahe.set_global_eop_provider_from_file_provider(table)
    return brahe


def by_brahe(brahe: Any, field: Any, bodies: bool) -> Array:
    low = brahe.EphemerisSource.LowPrecision
    sky = [brahe.ThirdBody.SUN, brahe.ThirdBody.MOON] if bodies else []
    forces = brahe.ForceModelConfig(
        gravity=brahe.GravityConfiguration(degree=DEGREE, order=DEGREE, model_type=field),
        third_body=[brahe.ThirdBodyConfiguration(one, low) for one in sky] or None,
    )
    sharp = brahe.NumericalPropagationConfig.high_precision()
    sharp = sharp.with_abs_tol(1e-9).with_rel_tol(1e-13)
    start = brahe.Epoch.from_datetime(*clock(DAY), 0.0, brahe.TimeSystem.UTC)
    flown = brahe.NumericalOrbitPropagator(start, np.array([*PLACE, *MOTION]), sharp, forces)
    flown.propagate_to(start + LENGTH)
    return np.asarray(flown.current_state())[:3]


def coefficients(field: Any) -> dict[str, list[float]]:
    """Of a field of brahe, as a file has them."""
    return {
        f"{n},{m}": [float(x) for x in field.get(n, m)]
        for n in range(2, DEGREE + 1)
        for m in range(n + 1)
    }


@pytest.mark.parametrize("bodies", [False, True])
def test_brahe(bodies: bool, found: dict[bool, Array], tmp_path: Path):
    brahe = brahe_with_table(tmp_path)
    theirs = by_brahe(brahe, brahe.GravityModelType.EGM2008_120, bodies)
    assert apart(found[bodies], theirs) < margin(found, bodies, OF_LOW_PRECISION)


def test_brahe_with_jgm3(tmp_path: Path):
    """Its JGM-3 has the tide of the mean Sun and Moon in C20, that of GMAT and Yaan has not."""
    brahe = brahe_with_table(tmp_path)
    kind = brahe.GravityModelType.JGM3
    theirs, field = by_brahe(brahe, kind, False), brahe.GravityModel.from_model_type(kind)
    assert 1.0 < apart(ours((), "jgm3"), theirs) < 10.0
    numbers = {
        "mu": f"{field.gm} m3/s2",
        "radius": f"{field.radius} m",
        "coefficients": coefficients(field),
    }
    assert apart(ours((), numbers), theirs) < ALIKE


@pytest.mark.parametrize("bodies", [False, True])
def test_satkit(bodies: bool, found: dict[bool, Array], tmp_path: Path):
    """Sun and Moon there are those of JPL's DE440."""
    pytest.importorskip("satkit_data")
    satkit = peers.satkit(tmp_path)
    settings = satkit.propsettings(
        abs_error=1e-9,
        rel_error=1e-13,
        gravity_degree=DEGREE,
        gravity_order=DEGREE,
        gravity_model=satkit.gravmodel.egm2008,
        use_sun_gravity=bodies,
        use_moon_gravity=bodies,
        tide_model=satkit.tidemodel.none,
        use_relativistic_correction=False,
    )
    start = satkit.time(*clock(DAY))
    state = np.array([*PLACE, *MOTION])
    flown = satkit.propagate(state, start, duration_secs=LENGTH, propsettings=settings)
    assert apart(found[bodies], flown.pos) < margin(found, bodies, OF_JPL)


@pytest.mark.parametrize("bodies", [False, True])
def test_orekit(bodies: bool, found: dict[bool, Array], orekit: Any, tmp_path: Path):
    """Sun and Moon there are those of JPL's DE430."""
    brahe: Any = pytest.importorskip("brahe")
    field = brahe.GravityModel.from_model_type(brahe.GravityModelType.EGM2008_120)
    theirs = by_orekit(field, SKY if bodies else (), tmp_path)
    assert apart(found[bodies], theirs) < margin(found, bodies, OF_JPL)


def by_orekit(field: Any, bodies: Sequence[str], folder: Path) -> Array:
    jpype: Any = pytest.importorskip("jpype")
    from org.hipparchus.ode.nonstiff import DormandPrince853Integrator  # pyright: ignore
    from org.orekit.forces.gravity import (  # pyright: ignore
        HolmesFeatherstoneAttractionModel,
        ThirdBodyAttraction,
    )
    from org.orekit.orbits import CartesianOrbit, OrbitType  # pyright: ignore
    from org.orekit.propagation import SpacecraftState  # pyright: ignore
    from org.orekit.propagation.numerical import NumericalPropagator  # pyright: ignore

    harmonics = orekit_field(field, folder)
    start = told.date(DAY)
    double = jpype.JArray(jpype.JDouble)
    sharp = (double([1e-7] * 3 + [1e-10] * 3 + [1e-7]), double([1e-14] * 7))
    flown = NumericalPropagator(DormandPrince853Integrator(1e-3, 300.0, *sharp))
    flown.setOrbitType(OrbitType.CARTESIAN)
    orbit = CartesianOrbit(told.state(PLACE, MOTION), told.gcrf(), start, field.gm)
    flown.setInitialState(SpacecraftState(orbit))
    flown.setMu(field.gm)
    flown.addForceModel(HolmesFeatherstoneAttractionModel(told.itrf(), harmonics))
    for name in bodies:
        there = told.body(name, JPL_MU[name], path(name))
        flown.addForceModel(ThirdBodyAttraction(there))
    return told.numbers(flown.propagate(start.shiftedBy(LENGTH)).getPosition(told.gcrf()))


def orekit_field(field: Any, folder: Path) -> Any:
    """A field of brahe as Orekit has it: by a file of ICGEM."""
    from java.io import File  # pyright: ignore
    from org.orekit.data import DataContext, DirectoryCrawler  # pyright: ignore
    from org.orekit.forces.gravity.potential import (  # pyright: ignore
        GravityFieldFactory,
        ICGEMFormatReader,
    )

    head = [
        "product_type gravity_field",
        "modelname EGM2008",
        f"earth_gravity_constant {field.gm!r}",
        f"radius {field.radius!r}",
        f"max_degree {DEGREE}",
        "errors no",
        "norm fully_normalized",
        "tide_system tide_free",
        "key L M C S",
        "end_of_head ====",
        "gfc 0 0 1.0 0.0",
    ]
    rows = [
        f"gfc {key.replace(',', ' ')} {c!r} {s!r}" for key, (c, s) in coefficients(field).items()
    ]
    (folder / "egm2008.gfc").write_text("\n".join([*head, *rows]) + "\n")
    manager = DataContext.getDefault().getDataProvidersManager()
    manager.addProvider(DirectoryCrawler(File(str(folder))))
    GravityFieldFactory.clearPotentialCoefficientsReaders()
    GravityFieldFactory.addPotentialCoefficientsReader(ICGEMFormatReader("egm2008.gfc", False))
    return GravityFieldFactory.getNormalizedProvider(DEGREE, DEGREE)


def test_field_of_satkit():
    """Its coefficients of EGM2008 and its sums: the same acceleration to rounding."""
    satkit: Any = pytest.importorskip("satkit")
    place = np.array([5.1e6, -3.2e6, 3.1e6])  # ITRS [m]
    theirs = satkit.gravity(place, degree=DEGREE, order=DEGREE, model=satkit.gravmodel.egm2008)
    here = load_gravity("egm2008", DEGREE).acceleration(*(jnp.asarray(x) for x in place))
    # Sums of some hundred terms of 10 m/s^2 at most.
    assert apart([float(x) for x in here], theirs) < 1e-13
