"""An orbit that begins from a file of others or from a run: its epoch is that of the state there.

What a flight would begin with besides (an attitude, tanks, a time since its epoch) is no part of an
orbit; the mass is, where the file does not give one.
"""

from dataclasses import replace

from yaan.base.units import parse
from yaan.mission.continued import node_like
from yaan.mission.file.tree import Tree, children

_STATE = ("frame", "position", "velocity", "source", "title")
_START = ("state", "elements", "source", "title")


def arc_start(tree: Tree) -> Tree:
    """The tree of an orbit whose `start` was read from elsewhere, with what it takes of it."""
    start, kind = tree.root.child("start"), tree.root.child("kind")
    if start is None or kind is None or kind.value != "orbit" or not isinstance(start.value, dict):
        return tree
    known = children(start)
    state, time, mass = known.get("state"), known.get("time"), known.get("mass")
    if state is None or not isinstance(state.value, dict) or not ({"time", "mass"} & set(known)):
        return tree
    kept = {key: node for key, node in children(state).items() if key in _STATE}
    below = {key: node for key, node in known.items() if key in _START}
    below["state"] = state.with_value(kept)
    top = children(tree.root) | {"start": start.with_value(below)}
    craft = tree.root.child("spacecraft")
    if mass is not None and craft is not None and isinstance(craft.value, dict):
        top["spacecraft"] = craft.with_value({"mass": mass, **children(craft)})
    if mass is not None and craft is None:
        top["spacecraft"] = node_like({"mass": mass.value}, mass)
    epoch = top.get("epoch")
    if time is not None and epoch is not None and isinstance(epoch.value, str):
        from yaan.spacetime.time import parse_utc

        begun = parse_utc(epoch.value) + parse(str(time.value), "time")
        top["epoch"] = epoch.with_value(begun.iso("UTC", 9))
    return replace(tree, root=tree.root.with_value(top))
