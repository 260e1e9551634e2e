"""Shorthand and flights of phases: two ways to write one mission, turned into each other.

A file of kind `mission`, `entry` or `body` is shorthand for one of kind `flight`. What the return
of a mission solves stands in the key `solve` of its phases; a flight that has it is read as the
shorthand that it came from. Every node keeps the place where it was written.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from yaan.mission.file.tree import Node, Tree, children

Nodes = dict[str, Node]

_ASSUMED: Final = ("assumed", "calibrated")
_SOLVED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = MappingProxyType(
    {
        "orbit": ("orbit", ("orbit",)),
        "deorbit": ("orbit", ("landing", "deorbit")),
        "entry": ("entry", ("entry",)),
    }
)
"""Phases of a return by name: their motion, and the blocks that `solve` holds."""


def expanded(tree: Tree) -> Tree:
    """The tree as a flight of phases; one that is no shorthand as it is."""
    kind = tree.root.child("kind")
    expand = _EXPANSIONS.get(str(kind.value)) if kind is not None else None
    if expand is None:
        return tree
    found = {"schema": children(tree.root)["schema"], "kind": _text("flight", tree.root)}
    found |= {k: v for k, v in expand(tree.root).items() if k not in found}
    return replace(tree, root=tree.root.with_value(found))


def shorthand(tree: Tree) -> Tree:
    """A flight whose phases solve a return, as the mission that it is; any other as it is."""
    top, phases = children(tree.root), _items(tree.root.child("phases"))
    solved = [phase for phase in phases if phase.child("solve") is not None]
    kind, start = top.get("kind"), top.get("start")
    pad = None if start is None else start.child("pad")
    if kind is None or kind.value != "flight" or not solved or pad is None:
        return tree
    blocks: Nodes = {}
    for phase in solved:
        blocks |= children(phase.child("solve") or tree.root)
    first = phases.index(solved[0])
    launch = children(pad) | {"epoch": top["epoch"]} if "epoch" in top else children(pad)
    assumed = _noted(top, ("epoch",))
    for note, told in assumed.items():
        launch[note] = _merged(launch.get(note), told)
    rest = {k: v for k, v in top.items() if k not in ("kind", "epoch", "start", "phases")}
    rest = _without_notes(rest, ("epoch",))
    made = rest | blocks | {"kind": _text("mission", kind), "launch": pad.with_value(launch)}
    made["phases"] = top["phases"].with_value(phases[:first])
    return replace(tree, root=tree.root.with_value(made))


def _mission(root: Node) -> Nodes:
    """A launch, and what its return solves as phases that follow."""
    top = children(root)
    found = {k: v for k, v in top.items() if k not in ("launch", "kind", "phases")}
    launch = top.get("launch")
    if launch is not None:
        inside = children(launch)
        found |= _noted(inside, ("epoch",))
        pad = _without_notes({k: v for k, v in inside.items() if k != "epoch"}, ("epoch",))
        found |= {k: v for k, v in inside.items() if k == "epoch"}
        found["start"] = root.with_value({"pad": launch.with_value(pad)})
    phases = _items(top.get("phases"))
    for name, (motion, blocks) in _SOLVED.items():
        has = {block: found.pop(block) for block in blocks if block in found}
        if has:
            phases.append(_phase(root, name, motion, {"solve": root.with_value(has)}))
    if len(phases) > len(_items(top.get("phases"))):
        phases.append(_phase(root, "descent", "canopies", {}))
    return found | {"phases": root.with_value(phases)}


def _entry(root: Node) -> Nodes:
    """A capsule from an interface: its entry, then its canopies."""
    top = children(root)
    moved = ("kind", "interface", "capsule", "entry", "landing")
    found = {k: v for k, v in top.items() if k not in moved}
    capsule, entry = top.get("capsule"), top.get("entry")
    if "interface" in top:
        found["start"] = root.with_value({"interface": top["interface"]})
    if capsule is not None:
        part = root.with_value({"capsule": capsule})
        parts = root.with_value({"capsule": part})
        found["vehicle"] = root.with_value({"parts": parts})
    inside = {} if entry is None else children(entry)
    keys = {k: v for k, v in inside.items() if k in ("bank", "step")}
    hangs = capsule is not None and capsule.child("parachutes") is not None
    if not hangs and "floor" in inside:
        keys["until"] = root.with_value({"height_below": inside["floor"]})
    phases = [_phase(root, "entry", "entry", keys)]
    if hangs:
        phases.append(_phase(root, "descent", "canopies", {}))
    return found | {"phases": root.with_value(phases)}


def _body(root: Node) -> Nodes:
    """One body from a state: its configurations are bodies, its phases rigid."""
    top = children(root)
    found = {k: v for k, v in top.items() if k not in ("kind", "body", "start")}
    if "start" in top:
        found["start"] = root.with_value({"state": top["start"]})
    body = top.get("body")
    shapes = None if body is None else body.child("configurations")
    if shapes is not None:
        found["vehicle"] = root.with_value({"bodies": shapes})
    first = next(iter(children(shapes)), "") if shapes is not None else ""
    phases: list[Node] = []
    for phase in _items(top.get("phases")):
        inside = dict(children(phase))
        flies = inside.pop("configuration", None) or _text(first, phase)
        motion = inside.pop("motion", None) or _text("rigid", phase)
        until = inside.get("until")
        if until is not None and "depleted" in children(until):
            inside["until"] = until.with_value(_running_dry(children(until), flies))
        phases.append(phase.with_value({**inside, "motion": motion, "body": flies}))
    return found | {"phases": root.with_value(phases)}


def _running_dry(until: Nodes, body: Node) -> Nodes:
    """The ends of a phase: of a flight, `depleted` names what runs dry."""
    return {
        key: body if key == "depleted" else node
        for key, node in until.items()
        if key != "depleted" or node.value is True
    }


_EXPANSIONS: Final[Mapping[str, Callable[[Node], Nodes]]] = MappingProxyType(
    {"mission": _mission, "entry": _entry, "body": _body}
)


def _phase(root: Node, name: str, motion: str, keys: Nodes) -> Node:
    return root.with_value({"name": _text(name, root), "motion": _text(motion, root), **keys})


def _text(text: str, like: Node) -> Node:
    return like.with_value(text)


def _items(node: Node | None) -> list[Node]:
    return list(node.value) if node is not None and isinstance(node.value, list) else []


def _noted(block: Nodes, keys: tuple[str, ...]) -> Nodes:
    """The notes of a block on some of its keys alone."""
    return _split(block, keys, inside=True)


def _without_notes(block: Nodes, keys: tuple[str, ...]) -> Nodes:
    """The block without its notes on some keys."""
    return {k: v for k, v in block.items() if k not in _ASSUMED} | _split(block, keys, inside=False)


def _split(block: Nodes, keys: tuple[str, ...], *, inside: bool) -> Nodes:
    found: Nodes = {}
    for note in _ASSUMED:
        if note in block:
            told = {k: v for k, v in children(block[note]).items() if (k in keys) is inside}
            found |= {note: block[note].with_value(told)} if told else {}
    return found


def _merged(first: Node | None, then: Node) -> Node:
    return then if first is None else first.with_value(children(first) | children(then))
