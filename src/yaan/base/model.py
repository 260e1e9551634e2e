"""What a model says of itself, beside its code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Which of the user's own classes a model is of.

    Attributes:
        name: of its class, with that of its module.
        source: SHA-256 of the source of the class, not of what that imports; None where the
            source is not to be had.
        values: SHA-256 of its numbers.
    """

    name: str
    source: str | None
    values: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that flew.

    Attributes:
        name: what it is of.
        text: what it is.
        ignores: what it leaves out.
        own: which class of the user's own it is of; None of what comes with Yaan.
    """

    name: str
    text: str
    ignores: str
    own: Own | None = None
