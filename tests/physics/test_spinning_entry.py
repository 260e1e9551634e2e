"""A capsule that rolls at a steady rate falls as one without lift, the more so the faster."""

import numpy as np
import pytest

import yaan

RATIO = 0.25  # lift over drag of `capsule-entry`


def flown(bank: str, scale: str = "1") -> tuple[float, float, float]:
    """Largest load in standard gravities, range [km] and the largest turn within a step [rad]."""
    changes = {"entry.bank": bank, "capsule.aerodynamics.lift_scale": scale}
    h = yaan.load("capsule-entry", changes).fly().history
    turned = np.abs(np.diff(h["bank"]))[h["height"][1:] < 100e3]
    return float(np.max(h["load"])), float(h["downrange"][-1] / 1e3), float(np.max(turned))


def test_loads_approach_those_without_lift_as_the_spin_grows() -> None:
    load, reach, _ = flown('{constant: "0 deg"}', "0")
    # What is felt holds the lift, which turns with the capsule; the fall is made by drag alone.
    felt = load * np.hypot(1.0, RATIO)
    soyuz, fast, up = (flown(b) for b in ('{spin: "13 deg/s"}', '{spin: "130 deg/s"}',
                                          '{constant: "0 deg"}'))  # fmt: skip
    apart = [abs(one[0] - felt) / felt for one in (up, soyuz, fast)]
    assert apart[0] > 0.5
    assert apart[1] < 0.01
    assert apart[2] < 0.2 * apart[1]
    ranges = [abs(one[1] - reach) for one in (up, soyuz, fast)]
    assert ranges[0] > 500.0
    assert ranges[1] < 10.0
    assert ranges[2] < 0.2 * ranges[1]
    # Steps follow the spin: 20 deg at most, however fast; to the other side it is the mirror.
    assert soyuz[2] < 0.36
    assert fast[2] < 0.36
    assert flown('{spin: "-13 deg/s"}')[0] == pytest.approx(soyuz[0], rel=1e-6)


NO_SPIN = {
    '{spin: "0 deg/s"}': "a rate other than 0",
    '{spin: "4000 deg/s"}': "180",
    "{spin: 13}": "13 deg/s",
    '{sping: "1 deg/s"}': "spin",
}


@pytest.mark.parametrize("bank", list(NO_SPIN))
def test_what_is_no_spin_is_refused(bank: str) -> None:
    with pytest.raises(yaan.InputError, match=NO_SPIN[bank]):
        yaan.load("capsule-entry", {"entry.bank": bank})


def test_a_control_that_holds_a_bank_does_not_spin() -> None:
    rigid = {"entry.bank": '{spin: "13 deg/s"}', "entry.motion": "rigid"}
    with pytest.raises(yaan.InputError, match="motion: rigid"):
        yaan.load("capsule-entry", rigid)
