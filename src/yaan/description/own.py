"""Models of the user's own: what a description names, and what is given beside it.

A description names the class of such a model and holds nothing of it. The model itself comes from
Python, or from the command line; nothing is ever loaded because a description names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import Field

from yaan.base.errors import InputError, Problem
from yaan.base.model import Own

OwnName = Annotated[str, Field(min_length=1, max_length=200)]
"""The class of a model, with its module."""

OWN_KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "atmosphere": "environment.atmosphere",
        "wind": "environment.wind",
        "gravity": "environment.gravity.field",
        "guidance.ascent": "guidance.ascent",
        "guidance.entry": "guidance.entry",
    }
)
"""What may be a model of the user's own, and the key that names its class."""


@dataclass(frozen=True, eq=False)
class Given:
    """A model of the user's own, checked; its kind is that of the key it is given at."""

    model: Any
    own: Own


def naming(word: str, name: str) -> tuple[str, dict[str, Any]]:
    """The key of a file, and the value by which it names the class of a model."""
    if word == "gravity":  # it has no degree
        return "environment.gravity", {"field": {"own": name}}
    return OWN_KEYS[word], {"own": name}


GivenModels = Mapping[str, Given]
"""What is given beside a description, by the words of `OWN_KEYS`."""


def given_model(given: GivenModels, word: str, name: str) -> Given:
    """The model that a description names.

    Raises:
        InputError: it is not given, or one of another class is.
    """
    found = given.get(word)
    if found is not None and found.own.name == name:
        return found
    expected = "a model of that class, which no file holds"
    hint = f"give it: Mission.with_model({word}=...), or --model FILE.py:NAME"
    raise InputError(Problem("", None, f"{OWN_KEYS[word]}.own", name, expected, hint))
