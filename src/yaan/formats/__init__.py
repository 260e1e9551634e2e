"""Other people's formats, in and out of plain records: TLE, OMM, OPM, OEM, tables of states."""

from yaan.formats.arcs import Identity, arc_at, arcs_of, gcrs_of, oem_of, opm_of
from yaan.formats.file import read, text_of, write
from yaan.formats.gate import age_notes
from yaan.formats.record import (
    Covariance,
    ElementSet,
    ElementSets,
    Header,
    Manoeuvre,
    Oem,
    Opm,
    Segment,
    Spacecraft,
)
from yaan.formats.sgp4_arc import Sgp4Arc, Sgp4Error, sgp4_arc, states_teme

__all__ = [
    "Covariance",
    "ElementSet",
    "ElementSets",
    "Header",
    "Identity",
    "Manoeuvre",
    "Oem",
    "Opm",
    "Segment",
    "Sgp4Arc",
    "Sgp4Error",
    "Spacecraft",
    "age_notes",
    "arc_at",
    "arcs_of",
    "gcrs_of",
    "oem_of",
    "opm_of",
    "read",
    "sgp4_arc",
    "states_teme",
    "text_of",
    "write",
]
