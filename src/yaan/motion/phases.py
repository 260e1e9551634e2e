"""Phases as data: what each one asks of the guidance, drops, lights, and what ends it.

A flight is a list of phases. They are stacked into arrays, so that one compiled phase flies them
all in turn and a mission of any shape costs one compilation.
"""

import enum

import equinox as eqx
from jaxtyping import Array, Bool, Float, Int


class End(enum.IntEnum):
    """What can end a phase, in the order of the compiled event functions.

    The depletion of stage i follows the last of these, at `len(End) + i`.
    """

    HEAT_FLUX_BELOW = 0
    DYNAMIC_PRESSURE_BELOW = 1
    HEIGHT_ABOVE = 2
    ALIGNED = 3
    ORBIT = 4
    GROUND = 5
    LIFT_OFF = 6


class Phases(eqx.Module):
    """Phases in turn, one entry each on the first axis."""

    law: Int[Array, " phases"]
    programme: Int[Array, " phases"]
    """Which linear tangent is in force; it is only read under that law."""
    begins: Bool[Array, " phases"]
    """The programme starts with this phase."""
    continuous: Bool[Array, " phases"]
    """A programme that begins here starts at the last commanded tan(pitch)."""
    ignite: Bool[Array, "phases stages"]
    shut_down: Bool[Array, "phases stages"]
    stages_aboard: Bool[Array, "phases stages"]
    items_aboard: Bool[Array, "phases items"]
    configuration: Int[Array, " phases"]
    time: Float[Array, " phases"]
    """Ends at this time since ignition [s]; infinite: it does not."""
    duration: Float[Array, " phases"]
    """Ends after this long [s]; infinite: it does not."""
    patience: Float[Array, " phases"]
    """Fails when nothing has ended it after this long [s]."""
    ends: Bool[Array, "phases ends"]
    heat_flux: Float[Array, " phases"]  # [W/m^2]
    dynamic_pressure: Float[Array, " phases"]  # [Pa]
    height: Float[Array, " phases"]  # [m]
    energy: Float[Array, " phases"]
    """Specific orbital energy of the target [m^2/s^2]."""
    overdraws: Bool[Array, "phases stages"]
    """The stage may burn more than it carries: the shortfall is the answer."""
    on_pad: Bool[Array, " phases"]
    """The pad holds the vehicle up until thrust does."""
    step: Float[Array, " phases"]  # [s]
    exists: Bool[Array, " phases"]
    """False for padding."""
