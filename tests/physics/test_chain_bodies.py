"""A body that burns and coasts in a chain of phases does so as it does alone."""

import pytest

import yaan
from yaan.api import Mission
from yaan.mission.expansion import expanded
from yaan.mission.load import load_tree, tree_of
from yaan.validation.case import path

pytestmark = pytest.mark.slow


def test_what_a_body_has_burnt_is_gone_in_its_next_phase():
    """Its first phase burns on a rail, the second off it, the third not at all."""
    tree = load_tree(path("bella-lui"))
    alone = yaan.load(path("bella-lui")).fly().history
    chain = Mission(tree_of(expanded(tree).data, "expanded.yaml")).fly().history
    assert chain["mass"][-1] == pytest.approx(18.227, abs=1e-9)
    for name, apart in (("height", 1e-5), ("speed_relative", 1e-6), ("time", 1e-6)):
        assert chain[name][-1] == pytest.approx(alone[name][-1], abs=apart)
