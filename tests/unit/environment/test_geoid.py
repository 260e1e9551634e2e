"""The geoid against published heights, and what its cut leaves out."""

import numpy as np
import pytest

from yaan.environment.geoid import ZERO_DEGREE, load_geoid

# NGA's own examples of EGM2008 to degree 2190 (OUTPUT.DAT of hsynth_WGS84), and six places of its
# EGM96 package (OUTINTPT.DAT): latitude, longitude [deg], height [m].
PUBLISHED = np.array(
    [
        (37.0, 241.0, -26.151),
        (90.0, 0.0, 14.899),
        (-90.0, 359.983333, -30.150),
        (38.6281550, 269.7791550, -31.628),
        (-14.6212170, 305.0211140, -2.969),
        (46.8743190, 102.4487290, -43.575),
        (-23.6174460, 133.8747120, 15.871),
        (38.6254730, 359.9995000, 50.066),
        (-0.4667440, 0.0023000, 17.329),
    ]
)


def globe(step: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lat, lon = (
        np.radians(np.arange(-90.0 + step / 2, 90.0, step)),
        np.radians(np.arange(0.0, 360.0, step)),
    )
    places = np.meshgrid(lat, lon, indexing="ij")
    return places[0], places[1], np.cos(places[0])


@pytest.mark.validation
def test_published_heights():
    found = load_geoid().height(np.radians(PUBLISHED[:, 0]), np.radians(PUBLISHED[:, 1]))
    error = found - PUBLISHED[:, 2]
    # Kaula's rule: 64 m over the degree is cut off, in the root mean square; over mountains twice.
    assert np.sqrt(np.mean(error**2)) < 64.0 / 70.0
    assert np.abs(error).max() < 2.0


def test_the_lowest_and_the_highest_place():
    lat, lon, _ = globe(4.0)
    height = load_geoid().height(lat, lon)
    low, high = np.unravel_index(height.argmin(), height.shape), height.argmax()
    assert height[low] == pytest.approx(-106.0, abs=1.5)  # south of India
    assert np.degrees([lat[low], lon[low]]) == pytest.approx([4.7, 78.8], abs=2.5)
    # By New Guinea, where 85 m are a narrow peak.
    assert height.ravel()[high] == pytest.approx(81.0, abs=2.0)
    assert np.degrees([lat.ravel()[high], lon.ravel()[high]]) == pytest.approx([-4, 149], abs=4)


def test_its_mean_is_the_zero_degree():
    lat, lon, weight = globe(3.0)
    mean = np.average(load_geoid().height(lat, lon), weights=weight)
    assert mean == pytest.approx(ZERO_DEGREE, abs=0.01)


def test_what_a_cut_leaves_out_falls_as_kaula_says():
    lat, lon, weight = globe(3.0)
    whole = load_geoid().height(lat, lon)
    for degree in (8, 20, 36):
        cut = load_geoid(degree).height(lat, lon) - whole
        size = np.sqrt(np.average(cut**2, weights=weight))
        assert 0.5 < size / (64.0 / degree) < 1.1


def test_shapes_and_heights():
    geoid = load_geoid()
    assert geoid.height(0.1, 0.2).shape == ()
    assert geoid.height(np.zeros((2, 1)), np.zeros(3)).shape == (2, 3)
    assert geoid.height(0.3, -np.pi) == pytest.approx(geoid.height(0.3, np.pi), abs=1e-11)
    up = geoid.height(0.3, 1.4)
    assert geoid.above(0.3, 1.4, 100.0) == pytest.approx(100.0 - up)
    assert geoid.above_ellipsoid(0.3, 1.4, geoid.above(0.3, 1.4, 100.0)) == pytest.approx(100.0)
    with pytest.raises(ValueError, match="expected 2 to 70"):
        load_geoid(71)


def test_a_pole_is_one_place():
    pole = load_geoid().height(np.pi / 2, np.linspace(0.0, 6.0, 7))
    assert np.ptp(pole) < 1e-9
