"""A commented mission file to start from."""

from typing import Final

from yaan.mission.file import library_text

_HEADER: Final = """\
# A Yaan mission file, started from {name}. Change it, then:
#
#   yaan check THIS-FILE     every mistake at once, with its line
#   yaan fly THIS-FILE       fly it and write a run folder
#   yaan sources THIS-FILE   where every number comes from
#
# How to write it
# - What has a dimension is a text with its unit: "205 t", "51.6 deg", "2 MN", "5.5e8 N s".
#   What has none is a bare number: count: 2. A bare number for a mass is refused.
# - vehicle.from, engine, table, site, spacecraft, capsule, parachutes, zone and each of stations
#   name a file of the library (`yaan list`), or a path that ends in .yaml and starts from the
#   folder of this file, or hold the mapping itself.
# - A mapping with from: takes a file and changes some of it: engine: {{from: s200, isp: "270 s"}}.
#   A whole mission may start with from: and hold only what differs. Mappings mix, lists and
#   values replace, null removes a key; steps: {{mains: {{working: 2}}}} changes an item by name.
# - Every block may carry title and source, and under assumed what nobody published:
#     assumed: {{mass: {{range: ["4 t", "10 t"], why: "not published"}}}}
"""

_MISSION: Final = """\
# - Phases follow each other. As a phase begins it shuts down, drops and ignites; it ends at the
#   first condition under until; event names that end.
# - steer: vertical, pitch_over, pitch_hold, gravity_turn, coast, or {programme: NAME}. Every
#   profile under steering has a programme of that name; its coefficients are solved in flight.
#   Also weathercock, prograde, retrograde, and {attitude: ..}, {flight_path: ..}, {fixed: ..},
#   {rail: ..}, which have nothing to solve.
# - spacecraft, orbit, landing, deorbit and entry bring the crew home; without them the mission
#   ends in orbit.

"""

_ENTRY: Final = """\
# - entry.bank: solve (for landing.aim), {constant: "60 deg"}, or {time: [..], angle: [..]} from
#   the interface on; a positive bank turns the lift to the right.
# - Parachutes are deployed step by step; without them the flight ends at entry.floor.

"""

_BODY: Final = """\
# - Positions on the body are in structural axes: x forward, y right, z down, from an origin that
#   you choose; inertia is about the centre of mass.
# - motion: rigid turns by its moments; motion: point points where `pointing` says: stream, held,
#   ned or vvlh. Phases follow each other, each ends at the first condition under until.
# - A coefficient is a number, or a table: {angle: ["0 deg", "20 deg"], values: [0.3, 0.5]}.

"""

_FLIGHT: Final = """\
# - start: says where it begins: pad, orbit, interface, drop, state, or an event of another run.
# - Phases follow each other, each in one motion: powered, orbit, entry, canopies, rigid, fall. As a
#   phase begins it shuts down, drops and ignites; it ends at the first condition under until.
# - What is dropped at an event may be followed by phases of its own: branches.
# - failures: what breaks, and is not foreknown.

"""

_RULES: Final = {"mission": _MISSION, "entry": _ENTRY, "body": _BODY, "flight": _FLIGHT}


def template(name: str) -> str:
    """Text of a starting file: a library mission below a comment that explains the rules.

    It refers to the library by name only, so it passes `check` wherever it is saved.

    Raises:
        InputError: the library has no such mission.
    """
    text = library_text("mission", name)
    kind = next((kind for kind in _RULES if f"\nkind: {kind}\n" in text), "mission")
    rules = _RULES[kind]
    return _HEADER.format(name=name) + rules + text
