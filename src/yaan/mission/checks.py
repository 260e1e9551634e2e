"""From a tree to a checked file of any kind that flies, or to every mistake at once."""

import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from yaan.base import InputError, Problem, listed, meant, quote
from yaan.base.plain import is_list, is_mapping, items
from yaan.description.arc import ArcSpec
from yaan.description.attitude import attitude_mistakes
from yaan.description.block import (
    MAPPING,
    NOTES,
    Block,
    is_model,
    mistakes_of,
    note_mistakes,
    quantity_in,
    with_value,
)
from yaan.description.body_cross import body_mistakes
from yaan.description.cross import LIFT_OFF, cross_mistakes, event_of
from yaan.description.failures import failure_mistakes
from yaan.description.guidance_cross import guidance_mistakes
from yaan.description.landing_cross import entry_mistakes, home_mistakes
from yaan.description.phased_cross import phased_mistakes
from yaan.description.plan import Ascent, Plan
from yaan.description.quantity import FILE, Mistake
from yaan.description.work import work_mistakes
from yaan.mission.dispersed import Drawn, dispersion_mistakes, drawn_keys, undrawn_mistakes
from yaan.mission.expansion import shorthand
from yaan.mission.file.address import steps
from yaan.mission.file.tree import Address, Tree, dotted
from yaan.mission.forms import BodyFlightSpec, EntrySpec, FlightSpec, Form, MissionSpec
from yaan.mission.load import override

_MOST: Final = 200  # mistakes that are told; who has more has given the wrong file


def launch_failure_mistakes(data: Any) -> Iterable[Mistake]:
    """Those of what breaks in a mission from a pad."""
    phases = [phase for phase in items(data, "phases") if is_mapping(phase)]
    return failure_mistakes(data, [LIFT_OFF, *(event_of(phase) for phase in phases)])


_Cross = Callable[[Any], Iterable[Mistake]]

_MISSION: Final = (
    cross_mistakes,
    home_mistakes,
    launch_failure_mistakes,
    attitude_mistakes,
    guidance_mistakes,
)

_FORMS: Final[dict[str, tuple[type[Form | ArcSpec], tuple[_Cross, ...]]]] = {
    "mission": (MissionSpec, _MISSION),
    "entry": (EntrySpec, (entry_mistakes, guidance_mistakes)),
    "body": (BodyFlightSpec, (body_mistakes,)),
    "flight": (FlightSpec, (phased_mistakes,)),
    "orbit": (ArcSpec, ()),
}
"""Each kind of file: its form, and the checks between its blocks."""

_Made = TypeVar("_Made")


def check(tree: Tree, *, beside: bool = False) -> Plan:
    """Check a resolved file that flies: of kind `flight`, `mission`, `entry` or `body`.

    `beside`: a tree that was checked, but for some of its values: its notes and its keys are known
    to be right, which spares half of the time.

    Returns:
        The plan that it describes, with SI floats for its quantities.

    Raises:
        InputError: every mistake, each with file, line, key, value, and what was expected.
    """
    tree = shorthand(tree)
    if tree.data.get("kind") == "orbit":
        raise InputError(_other_kind(tree, "a file that flies", "yaan propagate takes it"))

    def made(form: Form | ArcSpec) -> tuple[Plan, Iterable[Mistake]]:
        assert not isinstance(form, ArcSpec)
        plan = form.plan()
        return plan, work_mistakes(plan)

    plan = _checked(tree, made, beside=beside)
    return plan.with_given(tree.given) if tree.given else plan


def drawn_of(tree: Tree) -> tuple[Drawn, ...]:
    """What the `dispersions` of a checked file draw, in its order.

    Raises:
        InputError: keys that are left out, or shares of nothing.
    """
    tree = shorthand(tree)
    root, _ = _form(tree)
    form = root.model_validate(tree.data, context=FILE)
    wrong = undrawn_mistakes(form)
    if wrong:
        raise InputError(_problems(wrong, tree))
    return drawn_keys(form)


def check_arc(tree: Tree) -> ArcSpec:
    """Check a resolved file of kind `orbit`; see `check`.

    Raises:
        InputError: every mistake, or the one that it is of another kind.
    """
    if tree.data.get("kind") != "orbit":
        raise InputError(_other_kind(tree, "orbit", "yaan fly takes this file"))

    def made(form: Form | ArcSpec) -> tuple[ArcSpec, Iterable[Mistake]]:
        assert isinstance(form, ArcSpec)
        return form, ()

    return _checked(tree, made)


def _other_kind(tree: Tree, expected: str, hint: str) -> Problem:
    file, line = tree.origin(("kind",))
    return Problem(file, line, "kind", quote(tree.data.get("kind", "")), expected, hint)


def _checked(
    tree: Tree,
    made: Callable[[Form | ArcSpec], tuple[_Made, Iterable[Mistake]]],
    *,
    beside: bool = False,
) -> _Made:
    """What is `made` of a tree that fits its form; it may find more mistakes."""
    root, crosses = _form(tree)
    result: _Made | None = None
    found: list[Mistake] = []
    try:
        form = root.model_validate(tree.data, context=FILE)
        result, more = made(form)
        found += more
        found += [] if beside else dispersion_mistakes(form)
    except ValidationError as error:
        found += mistakes_of(error)
    found += [] if beside else _note_mistakes(root, tree)
    known = [mistake.at for mistake in found]
    between = [mistake for cross in crosses for mistake in cross(tree.data)]
    found += [m for m in between if not _is_told(m.at, known)]
    # A key without a value is left out, which would hide that nobody knows the key.
    nulls = [] if beside else tree.nulls()
    found += [Mistake(at, "a known key") for at in nulls if _is_unknown(root, at)]
    mistakes = [m for m in found if not _is_told(m.at, list(tree.unresolved))]
    if mistakes or tree.problems or result is None:
        raise InputError(_problems(mistakes, tree))
    return result


def varied(tree: Tree, plan: Plan, values: Mapping[str, Any]) -> Plan:
    """The `plan` of a checked `tree` with the values at dotted keys replaced, as a file has them.

    For values that are known to fit their fields, as the ends of the range of an assumption: those
    alone are read, and the checks between blocks are made anew. A third of the time of `check`.

    Raises:
        InputError: values that do not go with the rest.
    """
    made = plan
    try:
        for key, value in values.items():
            made = with_value(made, steps(key), value)
    except (LookupError, ValidationError):
        return check(override(tree, values), beside=True)
    changed = shorthand(override(tree, values))
    _, crosses = _form(changed)
    mistakes = [mistake for cross in crosses for mistake in cross(changed.data)]
    if mistakes:
        raise InputError(_problems(mistakes, changed))
    return made


def check_ascent(tree: Tree) -> Ascent:
    """Check a file that must be of a flight from a pad; see `check`.

    Raises:
        InputError: every mistake, or the one that it is of another kind.
    """
    ascent = check(tree).ascent
    if ascent is not None:
        return ascent
    file, line = tree.origin(("kind",))
    raise InputError(Problem(file, line, "kind", quote(tree.data["kind"]), "mission"))


def _form(tree: Tree) -> tuple[type[Form | ArcSpec], tuple[_Cross, ...]]:
    kind = tree.data.get("kind")
    usual = _FORMS["mission"]
    return _FORMS.get(kind, usual) if isinstance(kind, str) else usual


def _note_mistakes(root: type[Form | ArcSpec], tree: Tree) -> list[Mistake]:
    """What is wrong with the notes of all blocks, whatever else is wrong with them."""
    found: list[Mistake] = []
    for path, block in tree.blocks():
        kind, _ = _kind(root, path)
        if is_model(kind) and issubclass(kind, Block):
            found += [Mistake((*path, *m.at), *m[1:]) for m in note_mistakes(kind, block)]
    return found


def _is_told(path: Address, told: Sequence[Address]) -> bool:
    """Whether a mistake at `path` or at a parent of it is known already."""
    return any(path[: len(known)] == known for known in told)


def _problem(mistake: Mistake, tree: Tree) -> Problem:
    """Say a mistake in the words of the file."""
    file, line = tree.origin(mistake.at)
    exists, value = _value(tree.data, mistake.at)
    expected, hint, (root, _) = mistake.expected, mistake.hint, _form(tree)
    if expected == "required":
        expected = f"required: {_description(root, mistake.at)}"
    elif not exists:
        expected = f"expected {expected}"
    if mistake.expected == "a known key":
        above = mistake.at[:-1]
        hint = hint or meant(str(mistake.at[-1]), _keys(root, above)) or _own_keys(root, above)
    if mistake.expected in ("required", MAPPING):
        hint = hint or _own_keys(root, mistake.at)
    if isinstance(value, str) and not hint and expected.startswith("one of "):
        hint = meant(value, expected.removeprefix("one of ").split(", "))
    text = quote(value) if exists else ""
    return Problem(file, line, dotted(mistake.at, tree.data), text, expected, hint)


def _problems(mistakes: list[Mistake], tree: Tree) -> list[Problem]:
    """The user's own file first, then the files that it refers to; lines in order."""
    origins = [tree.origin(mistake.at) for mistake in mistakes]
    told = [(problem.file, problem.line) for problem in tree.problems]
    files = [tree.root.source.label, *(file for file, _ in (*told, *origins))]
    rank = {file: len(files) - i for i, file in enumerate(reversed(files))}
    pairs = [*zip(told, tree.problems, strict=True), *zip(origins, mistakes, strict=True)]
    # A file that is used twice is at fault once.
    once: dict[tuple[object, ...], tuple[tuple[str, int | None], Mistake | Problem]] = {}
    for pair in pairs:
        once.setdefault(_place(pair[1], tree), pair)
    pairs = list(once.values())
    pairs.sort(key=lambda pair: (rank[pair[0][0]], pair[0][1] or 0))
    some = [item for _, item in pairs[:_MOST]]
    problems = [_problem(item, tree) if isinstance(item, Mistake) else item for item in some]
    if len(pairs) > _MOST:
        problems.append(Problem(files[0], None, "", "", f"and {len(pairs) - _MOST} more"))
    return problems


def _place(item: Mistake | Problem, tree: Tree) -> tuple[object, ...]:
    """What is wrong where: the file, the line, and the address within the file."""
    if isinstance(item, Problem):
        key = item.key if item.file == tree.root.source.label else item.key.rpartition(".")[2]
        return item.file, item.line, key, item.value, item.expected
    return *tree.place(item.at), item.expected


def _is_unknown(root: type[Form | ArcSpec], path: Address) -> bool:
    """Whether the format has no such key."""
    keys = _keys(root, path[:-1])
    return bool(keys) and str(path[-1]) not in keys


def _value(data: Any, path: Address) -> tuple[bool, Any]:
    """Whether there is a value at `path`, and the value."""
    for step in path:
        if is_mapping(data) and str(step) in data:
            data = data[str(step)]
        elif is_list(data) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            return False, None
    return True, data


def _keys(root: type[Form | ArcSpec], path: Address) -> list[str]:
    """The keys that a block may have."""
    kind, _ = _kind(root, path)
    if not is_model(kind):
        return []
    return [info.alias or name for name, info in kind.model_fields.items()]


def _own_keys(root: type[Form | ArcSpec], path: Address) -> str:
    """The hint that lists a block's own keys, where they are few."""
    return listed(key for key in _keys(root, path) if key not in NOTES)


def _description(root: type[Form | ArcSpec], path: Address) -> str:
    """What a missing key means, with an example where it is a quantity."""
    _, info = _kind(root, path)
    if info is None:
        return "this key"
    quantity = quantity_in(info.annotation, info.metadata)
    what = info.description or "this key"
    return f"{what}, {quantity.describe()}" if quantity else what


@lru_cache(maxsize=4096)  # of one tree, checked again with each assumption moved
def _kind(root: type[Form | ArcSpec], path: Address) -> tuple[Any, FieldInfo | None]:
    """Type of the value at an address of the format, and its field."""
    kind: Any = root
    info: FieldInfo | None = None
    for step in path:
        kind = _bare(kind)
        if is_model(kind):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            info = fields.get(str(step))
            kind = info.annotation if info is not None else None
        elif typing.get_origin(kind) in (dict, list):
            kind = typing.get_args(kind)[-1]
        else:
            return None, None
    return _bare(kind), info


def _bare(kind: Any) -> Any:
    """A type without Annotated and without None."""
    while True:
        origin = typing.get_origin(kind)
        if origin is typing.Annotated:
            kind = typing.get_args(kind)[0]
        elif origin in (typing.Union, types.UnionType):
            kind = next(arg for arg in typing.get_args(kind) if arg is not type(None))
        else:
            return kind
