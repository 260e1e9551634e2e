"""What a model says of itself, beside its code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that flew.

    Attributes:
        name: what it is of.
        text: what it is.
        ignores: what it leaves out.
    """

    name: str
    text: str
    ignores: str
