"""Structures of trees as text, so that they can be kept and named without a pickle.

A structure is written as the tree that has it: tuples, lists, dictionaries, and the classes of
Yaan by their names. Whatever else it holds, a class or a function of the user's above all, has no
text that would tell it from another of the same name, and is refused. Read back, a text can name
nothing but classes of Yaan.
"""

import dataclasses
import enum
import importlib
import json
import sys
from collections.abc import Callable
from typing import Any, Final

import jax

_ROOT: Final = "yaan"
_PLAIN: Final = (type(None), bool, int, str)


class UnwritableError(Exception):
    """Something has no text by which it could be made again."""


class _Leaf:
    """Stands for an array, so that it is not mistaken for a constant."""


def write(thing: object) -> str:
    """`thing` as JSON: a structure of JAX, a constant, or a nest of them.

    Raises:
        UnwritableError: it holds something else, or something that is not Yaan's.
    """
    return json.dumps(_noted(thing))


def read(text: str) -> Any:
    """What `write` has written; a text by another hand may raise anything."""
    return _made(json.loads(text))


def is_ours(module: str) -> bool:
    """Whether a module is one of Yaan, whose every source a name of a programme tells."""
    return module.split(".", maxsplit=1)[0] == _ROOT


def _noted(thing: object) -> Any:
    """A constant as JSON knows it, or a list that begins with one of the words of `_MAKERS`."""
    if type(thing) in _PLAIN:
        return thing
    if isinstance(thing, tuple | list | dict):
        return _noted_nest(thing)
    if isinstance(thing, _Leaf):
        noted = ["leaf"]
    elif type(thing) is float:
        noted = ["float", thing.hex()]
    elif isinstance(thing, jax.tree_util.PyTreeDef):
        noted = ["structure", _noted(_tree(thing))]
    elif isinstance(thing, enum.Enum):
        noted = ["enum", _name(type(thing)), thing.name]
    else:
        noted = ["fields", _name(type(thing)), {key: _noted(own) for key, own in _fields(thing)}]
    return noted


def _noted_nest(nest: tuple[object, ...] | list[object] | dict[object, object]) -> list[Any]:
    if type(nest) is dict:
        return ["dict", *([_noted(key), _noted(value)] for key, value in nest.items())]
    if type(nest) in (tuple, list):
        return [type(nest).__name__, *map(_noted, nest)]
    if isinstance(nest, tuple) and hasattr(nest, "_make"):
        return ["named", _name(type(nest)), *map(_noted, nest)]
    raise UnwritableError(nest)


def _tree(structure: Any) -> Any:
    try:
        return jax.tree.unflatten(structure, [_Leaf()] * structure.num_leaves)
    except Exception as error:  # a class of the user's may want true leaves
        raise UnwritableError(structure) from error


def _fields(thing: object) -> list[tuple[str, object]]:
    """The fields of a dataclass, such as a module, that has nothing else and lacks none."""
    if not dataclasses.is_dataclass(thing) or not hasattr(thing, "__dict__"):
        raise UnwritableError(thing)
    own = vars(thing)
    names = [field.name for field in dataclasses.fields(thing)]
    if own.keys() != set(names):
        raise UnwritableError(thing)
    return [(name, own[name]) for name in names]


def _name(kind: type) -> str:
    name = f"{kind.__module__}:{kind.__qualname__}"
    if kind.__module__ not in sys.modules or _class(name) is not kind:
        raise UnwritableError(name)
    return name


def _class(name: str) -> Any:
    module, _, qualified = name.partition(":")
    if not is_ours(module):
        raise UnwritableError(name)
    found: Any = importlib.import_module(module)
    for part in qualified.split("."):
        found = getattr(found, part, None)
    if not isinstance(found, type):
        raise UnwritableError(name)
    return found


def _made(noted: Any) -> Any:
    if not isinstance(noted, list):
        return noted
    kind, *parts = noted
    return _MAKERS[kind](*parts)


def _made_fields(name: str, fields: dict[str, Any]) -> Any:
    """As JAX unflattens a module: no constructor runs, since leaves are no true values."""
    made = object.__new__(_class(name))
    for key, value in fields.items():
        object.__setattr__(made, key, _made(value))
    return made


_MAKERS: dict[str, Callable[..., Any]] = {
    "leaf": _Leaf,
    "float": float.fromhex,
    "structure": lambda tree: jax.tree.structure(_made(tree)),
    "enum": lambda name, member: _class(name)[member],
    "dict": lambda *pairs: {_made(key): _made(value) for key, value in pairs},
    "tuple": lambda *parts: tuple(map(_made, parts)),
    "list": lambda *parts: list(map(_made, parts)),
    "named": lambda name, *parts: _class(name)._make(map(_made, parts)),
    "fields": _made_fields,
}
