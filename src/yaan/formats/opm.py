"""One state: CCSDS orbit parameter messages (502.0-B-3, section 3, not re-read)."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from yaan.formats import blocks
from yaan.formats.blocks import DEGREE, KM, km, km_s, number
from yaan.formats.clock import write_time
from yaan.formats.kvn import message_text
from yaan.formats.leaf import COMMENT, Leaf, Leaves, Message, Part
from yaan.formats.ndm_xml import element, xml_text
from yaan.formats.record import Manoeuvre, Opm
from yaan.formats.source import Source

KEPLERIAN: Final = {
    "SEMI_MAJOR_AXIS": ("semi_major_axis", "km", KM, (1.0, math.inf)),
    "ECCENTRICITY": ("eccentricity", "", 1.0, (0.0, math.inf)),
    "INCLINATION": ("inclination", "deg", DEGREE, (0.0, 180.0)),
    "RA_OF_ASC_NODE": ("node", "deg", DEGREE, (-360.0, 360.0)),
    "ARG_OF_PERICENTER": ("argument_of_perigee", "deg", DEGREE, (-360.0, 360.0)),
    "TRUE_ANOMALY": ("true_anomaly", "deg", DEGREE, (-360.0, 360.0)),
    "MEAN_ANOMALY": ("mean_anomaly", "deg", DEGREE, (-360.0, 360.0)),
    "GM": ("mu", "km**3/s**2", KM**3, (1.0, math.inf)),
}
"""Keyword: name in `Opm.elements`, unit of the file, its size in SI, and its ends."""

_STATE: Final = ("EPOCH", *blocks.AXES)
_MANOEUVRE: Final = (
    "MAN_EPOCH_IGNITION",
    "MAN_DURATION",
    "MAN_DELTA_MASS",
    "MAN_REF_FRAME",
    "MAN_DV_1",
    "MAN_DV_2",
    "MAN_DV_3",
)
_ONE: Final = (
    *blocks.HEADER,
    *blocks.METADATA,
    *_STATE,
    *KEPLERIAN,
    *blocks.SPACECRAFT,
    "COV_REF_FRAME",
    *blocks.COVARIANCE,
)
_AGREE: Final = 1e-3  # of the state: elements print fewer digits, and GM may be another's
_FARTHEST: Final = 1e7  # [km]
_FASTEST: Final = 1e3  # [km/s]


def opm_of_message(source: Source, message: Message) -> Opm:
    """The record of a message.

    Raises:
        InputError: what is missing, unknown, out of range, or contradicts itself.
    """
    blocks.check_version(source, "opm", message.version, message.line)
    burns, rest = _parted(message)
    known = (*_ONE, *_MANOEUVRE)
    leaves = Leaves(source, message.line, rest, known)
    header = blocks.header_of(leaves, message.version)
    frame, system, frame_epoch = blocks.check_metadata(leaves)
    epoch = leaves.epoch("EPOCH", system)
    position, velocity = _state_of(leaves)
    made = Opm(
        name=leaves.text("OBJECT_NAME"),
        designator=leaves.text("OBJECT_ID"),
        frame=frame,
        time_system=system,
        epoch=epoch,
        position=position,
        velocity=velocity,
        frame_epoch=frame_epoch,
        elements=_elements(leaves),
        spacecraft=blocks.spacecraft_of(leaves),
        covariance=blocks.covariance_of(leaves, epoch),
        manoeuvres=tuple(_manoeuvre(source, burn, system) for burn in burns),
        user=leaves.user,
        header=header,
        comments=tuple(leaves.comments),
        source=source.label,
        digest=source.digest,
    )
    _check_elements(leaves, made)
    return made


def _state_of(leaves: Leaves) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity of the keywords of a state [m, m/s], none of them absurd."""
    ends, fast = (-_FARTHEST, _FARTHEST), (-_FASTEST, _FASTEST)
    position = [leaves.number(key, "km", KM, ends=ends) for key in blocks.AXES[:3]]
    velocity = [leaves.number(key, "km/s", KM, ends=fast) for key in blocks.AXES[3:]]
    if math.hypot(*position) < blocks.KM:
        raise leaves.refusal("X", "a position that is not at the Earth's centre")
    return np.array(position), np.array(velocity)


def _parted(message: Message) -> tuple[list[list[Leaf]], list[Leaf]]:
    """The keywords of each manoeuvre, and all others."""
    burns, rest = list[list[Leaf]](), list[Leaf]()
    for leaf in message.leaves:
        if leaf.key not in _MANOEUVRE:
            rest.append(leaf)
        elif leaf.key == _MANOEUVRE[0] or not burns:
            burns.append([leaf])
        else:
            burns[-1].append(leaf)
    return burns, rest


def _manoeuvre(source: Source, burn: list[Leaf], system: str) -> Manoeuvre:
    leaves = Leaves(source, burn[0].line, burn, _MANOEUVRE)
    change = (leaves.number(key, "km/s", KM, ends=(-_FASTEST, _FASTEST)) for key in _MANOEUVRE[4:])
    along, across, over = change
    return Manoeuvre(
        ignition=leaves.epoch("MAN_EPOCH_IGNITION", system),
        duration=leaves.number("MAN_DURATION", "s", ends=(0.0, math.inf)),
        mass_change=leaves.maybe("MAN_DELTA_MASS", "kg", ends=(-math.inf, 0.0)),
        frame=leaves.text("MAN_REF_FRAME").upper(),
        velocity_change=(along, across, over),
    )


def _elements(leaves: Leaves) -> dict[str, float]:
    if not any(key in leaves for key in KEPLERIAN):
        return {}
    angle = "MEAN_ANOMALY" if "MEAN_ANOMALY" in leaves else "TRUE_ANOMALY"
    skipped = {"MEAN_ANOMALY", "TRUE_ANOMALY"} - {angle}
    if skipped <= {key for key in KEPLERIAN if key in leaves}:
        raise leaves.refusal("MEAN_ANOMALY", "one of TRUE_ANOMALY and MEAN_ANOMALY")
    return {
        name: leaves.number(key, unit, scale, ends=ends)
        for key, (name, unit, scale, ends) in KEPLERIAN.items()
        if key not in skipped
    }


def _check_elements(leaves: Leaves, opm: Opm) -> None:
    """Elements and state are of one orbit: told twice, and neither is believed over the other."""
    told = opm.elements
    if not told:
        return
    radius, speed = np.linalg.norm(opm.position), np.linalg.norm(opm.velocity)
    axis = 1.0 / (2.0 / radius - speed**2 / told["mu"])
    if abs(axis - told["semi_major_axis"]) > _AGREE * abs(axis):
        hint = f"the state is of an orbit of {axis / KM:.3f} km"
        raise leaves.refusal("SEMI_MAJOR_AXIS", "the semi-major axis of the state", hint)


def opm_text(opm: Opm, form: str, created: str) -> str:
    """The message, in key-value notation or XML."""
    version = opm.header.version if opm.header.version in ("2.0", "3.0") else blocks.WRITTEN
    craft = (opm.name, opm.designator)
    metadata = blocks.metadata_leaves(craft, opm.frame, opm.frame_epoch, opm.time_system)
    header = blocks.header_part(opm.header, created)
    parts = list(_parts(opm))
    if form == "xml":
        return xml_text(
            element("opm", version, header, [(Part("metadata", tuple(metadata)), parts)])
        )
    return message_text("opm", version, header, [Part("metadata", tuple(metadata)), *parts])


def _parts(opm: Opm) -> Iterator[Part]:
    said = [Leaf(COMMENT, line) for line in opm.comments]
    yield Part("stateVector", (*said, *_state_leaves(opm)))
    if opm.elements:
        leaves = [
            Leaf(key, number(opm.elements[name] / scale), unit)
            for key, (name, unit, scale, _) in KEPLERIAN.items()
            if name in opm.elements
        ]
        yield Part("keplerianElements", tuple(leaves))
    yield blocks.spacecraft_part(opm.spacecraft)
    yield blocks.covariance_part(opm.covariance)
    for burn in opm.manoeuvres:
        yield Part("maneuverParameters", tuple(_burn_leaves(burn, opm.time_system)))
    yield blocks.user_part(list(opm.user.items()))


def _state_leaves(state: Opm) -> Iterator[Leaf]:
    yield Leaf("EPOCH", write_time(state.epoch, state.time_system))
    for axis, value in zip("XYZ", state.position, strict=True):
        yield Leaf(axis, km(value), "km")
    for axis, value in zip("XYZ", state.velocity, strict=True):
        yield Leaf(f"{axis}_DOT", km_s(value), "km/s")


def _burn_leaves(burn: Manoeuvre, system: str) -> Iterator[Leaf]:
    yield Leaf("MAN_EPOCH_IGNITION", write_time(burn.ignition, system))
    yield Leaf("MAN_DURATION", number(burn.duration), "s")
    if burn.mass_change is not None:
        yield Leaf("MAN_DELTA_MASS", number(burn.mass_change), "kg")
    yield Leaf("MAN_REF_FRAME", burn.frame)
    for k, value in enumerate(burn.velocity_change, 1):
        yield Leaf(f"MAN_DV_{k}", km_s(value), "km/s")
