"""Yaan: a crewed space programme, designed, flown and cleared.

    import yaan
    flight = yaan.load("gaganyaan").fly()

Names are imported when they are first used, so that `import yaan` costs nothing and changes
nothing.
"""

# Not from `typing`, which takes most of the time until the command line hears a Ctrl-C.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from yaan.api import Flight, Mission, compare, fly, load, open
    from yaan.base.errors import InputError, NoSolutionError, OutputError, YaanError
    from yaan.compared import Comparison
    from yaan.description import AeroTableSpec as ForceTable
    from yaan.description import AimSpec as Aim
    from yaan.description import AtmosphereSpec as Atmosphere
    from yaan.description import AttitudeControlSpec as AttitudeControl
    from yaan.description import BankSpec as Bank
    from yaan.description import BodyConfigurationSpec as BodyConfiguration
    from yaan.description import BodyPhaseSpec as BodyPhase
    from yaan.description import BodySpec as Body
    from yaan.description import BodyUntilSpec as BodyUntil
    from yaan.description import BoxSpec as Box
    from yaan.description import BranchSpec as Branch
    from yaan.description import CapsuleSpec as Capsule
    from yaan.description import CirculariseSpec as Circularise
    from yaan.description import ConfigurationSpec as Aerodynamics
    from yaan.description import CrewSpec as Crew
    from yaan.description import DeorbitSpec as Deorbit
    from yaan.description import DeploySpec as Deploy
    from yaan.description import DropSpec as Drop
    from yaan.description import EarthSpec as Earth
    from yaan.description import EngineSpec as Engine
    from yaan.description import EntryPhaseSpec as Entry
    from yaan.description import EnvironmentSpec as Environment
    from yaan.description import FailureSpec as Failure
    from yaan.description import FlightPhaseSpec as FlightPhase
    from yaan.description import GroundSpec as Ground
    from yaan.description import InertiaSpec as Inertia
    from yaan.description import InterfaceSpec as Interface
    from yaan.description import LandingSpec as Landing
    from yaan.description import OrbitSpec as KeptOrbit
    from yaan.description import OrbitStartSpec as OrbitStart
    from yaan.description import OriginSpec as Origin
    from yaan.description import PadSpec as Pad
    from yaan.description import ParachutesSpec as Parachutes
    from yaan.description import PartSpec as Part
    from yaan.description import PayloadSpec as Payload
    from yaan.description import PhaseSpec as Phase
    from yaan.description import PlaceSpec as Place
    from yaan.description import Plan
    from yaan.description import ProfileSpec as Profile
    from yaan.description import ProgrammeSpec as Programme
    from yaan.description import PulseSpec as Pulse
    from yaan.description import ReefingSpec as Reefing
    from yaan.description import ReleaseSpec as Release
    from yaan.description import ReturnEntrySpec as ReturnEntry
    from yaan.description import ServiceModuleSpec as ServiceModule
    from yaan.description import SiteSpec as Site
    from yaan.description import SpacecraftSpec as Spacecraft
    from yaan.description import StageSpec as Stage
    from yaan.description import StartSpec as Start
    from yaan.description import StartVelocitySpec as Velocity
    from yaan.description import StationSpec as Station
    from yaan.description import SteeringSpec as Steering
    from yaan.description import StepSpec as Canopy
    from yaan.description import TargetSpec as Orbit
    from yaan.description import ThrusterSpec as Thruster
    from yaan.description import TouchdownSpec as Touchdown
    from yaan.description import TrimSpec as Trim
    from yaan.description import UntilSpec as Until
    from yaan.description import VehicleSpec as Vehicle
    from yaan.description import WindSpec as Wind
    from yaan.description import ZoneSpec as Zone
    from yaan.engines import CatalogueEngine, EngineDesign, EngineSweep, catalogue, engine
    from yaan.escapes import Escapes
    from yaan.intake import arc_from
    from yaan.orbits import PropagatedOrbit, propagate

__version__ = "0.1.0"

__all__ = [
    "Aerodynamics",
    "Aim",
    "Atmosphere",
    "AttitudeControl",
    "Bank",
    "Body",
    "BodyConfiguration",
    "BodyPhase",
    "BodyUntil",
    "Box",
    "Branch",
    "Canopy",
    "Capsule",
    "CatalogueEngine",
    "Circularise",
    "Comparison",
    "Crew",
    "Deorbit",
    "Deploy",
    "Drop",
    "Earth",
    "Engine",
    "EngineDesign",
    "EngineSweep",
    "Entry",
    "Environment",
    "Escapes",
    "Failure",
    "Flight",
    "FlightPhase",
    "ForceTable",
    "Ground",
    "Inertia",
    "InputError",
    "Interface",
    "KeptOrbit",
    "Landing",
    "Mission",
    "NoSolutionError",
    "Orbit",
    "OrbitStart",
    "Origin",
    "OutputError",
    "Pad",
    "Parachutes",
    "Part",
    "Payload",
    "Phase",
    "Place",
    "Plan",
    "Profile",
    "Programme",
    "PropagatedOrbit",
    "Pulse",
    "Reefing",
    "Release",
    "ReturnEntry",
    "ServiceModule",
    "Site",
    "Spacecraft",
    "Stage",
    "Start",
    "Station",
    "Steering",
    "Thruster",
    "Touchdown",
    "Trim",
    "Until",
    "Vehicle",
    "Velocity",
    "Wind",
    "YaanError",
    "Zone",
    "__version__",
    "arc_from",
    "catalogue",
    "compare",
    "engine",
    "fly",
    "load",
    "open",
    "propagate",
]

_HOMES = {
    "Comparison": "yaan.compared",
    "Escapes": "yaan.escapes",
    "Flight": "yaan.api",
    "InputError": "yaan.base.errors",
    "Mission": "yaan.api",
    "NoSolutionError": "yaan.base.errors",
    "OutputError": "yaan.base.errors",
    "Plan": "yaan.description",
    "YaanError": "yaan.base.errors",
    "arc_from": "yaan.intake",
    "compare": "yaan.api",
    "fly": "yaan.api",
    "load": "yaan.api",
    "open": "yaan.api",
    "CatalogueEngine": "yaan.engines",
    "EngineDesign": "yaan.engines",
    "EngineSweep": "yaan.engines",
    "catalogue": "yaan.engines",
    "engine": "yaan.engines",
    "PropagatedOrbit": "yaan.orbits",
    "propagate": "yaan.orbits",
}

_NOUNS = {
    "Aerodynamics": "ConfigurationSpec",
    "Aim": "AimSpec",
    "Atmosphere": "AtmosphereSpec",
    "AttitudeControl": "AttitudeControlSpec",
    "Bank": "BankSpec",
    "Body": "BodySpec",
    "BodyConfiguration": "BodyConfigurationSpec",
    "Branch": "BranchSpec",
    "Drop": "DropSpec",
    "Failure": "FailureSpec",
    "FlightPhase": "FlightPhaseSpec",
    "Origin": "OriginSpec",
    "OrbitStart": "OrbitStartSpec",
    "BodyPhase": "BodyPhaseSpec",
    "BodyUntil": "BodyUntilSpec",
    "Box": "BoxSpec",
    "Canopy": "StepSpec",
    "Capsule": "CapsuleSpec",
    "Circularise": "CirculariseSpec",
    "Crew": "CrewSpec",
    "Deorbit": "DeorbitSpec",
    "Deploy": "DeploySpec",
    "Earth": "EarthSpec",
    "Engine": "EngineSpec",
    "Entry": "EntryPhaseSpec",
    "Environment": "EnvironmentSpec",
    "ForceTable": "AeroTableSpec",
    "Ground": "GroundSpec",
    "Inertia": "InertiaSpec",
    "Interface": "InterfaceSpec",
    "KeptOrbit": "OrbitSpec",
    "Landing": "LandingSpec",
    "Orbit": "TargetSpec",
    "Pad": "PadSpec",
    "Parachutes": "ParachutesSpec",
    "Part": "PartSpec",
    "Payload": "PayloadSpec",
    "Phase": "PhaseSpec",
    "Place": "PlaceSpec",
    "Profile": "ProfileSpec",
    "Programme": "ProgrammeSpec",
    "Pulse": "PulseSpec",
    "Reefing": "ReefingSpec",
    "Release": "ReleaseSpec",
    "ReturnEntry": "ReturnEntrySpec",
    "ServiceModule": "ServiceModuleSpec",
    "Site": "SiteSpec",
    "Spacecraft": "SpacecraftSpec",
    "Stage": "StageSpec",
    "Start": "StartSpec",
    "Station": "StationSpec",
    "Steering": "SteeringSpec",
    "Thruster": "ThrusterSpec",
    "Touchdown": "TouchdownSpec",
    "Trim": "TrimSpec",
    "Until": "UntilSpec",
    "Vehicle": "VehicleSpec",
    "Velocity": "StartVelocitySpec",
    "Wind": "WindSpec",
    "Zone": "ZoneSpec",
}
"""What plans are made of, and its name among the descriptions."""


def __getattr__(name: str) -> object:
    import importlib

    if name in _NOUNS:
        return getattr(importlib.import_module("yaan.description"), _NOUNS[name])
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
