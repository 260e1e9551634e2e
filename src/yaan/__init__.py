"""Yaan: a crewed space programme, designed, flown and cleared.

    import yaan
    flight = yaan.load("gaganyaan").fly()

Names are imported when they are first used, so that `import yaan` costs nothing and changes
nothing.
"""

# Not from `typing`, which takes most of the time until the command line hears a Ctrl-C.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from yaan.api import Flight, Mission, load
    from yaan.base.errors import InputError, NoSolutionError, OutputError, YaanError

__version__ = "0.1.0"

__all__ = [
    "Flight",
    "InputError",
    "Mission",
    "NoSolutionError",
    "OutputError",
    "YaanError",
    "__version__",
    "load",
]

_HOMES = {
    "Flight": "yaan.api",
    "InputError": "yaan.base.errors",
    "Mission": "yaan.api",
    "NoSolutionError": "yaan.base.errors",
    "OutputError": "yaan.base.errors",
    "YaanError": "yaan.base.errors",
    "load": "yaan.api",
}


def __getattr__(name: str) -> object:
    import importlib

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
