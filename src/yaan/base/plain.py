"""Plain data as YAML gives it: narrow a value of any type without trusting it."""

from typing import Any, TypeGuard


def is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a value is a mapping; the keys of a tree are texts."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a list."""
    return isinstance(value, list)


def mapping(data: object, key: str | None = None) -> dict[str, Any]:
    """The mapping `data`, or the one at its `key`; an empty one if there is none."""
    value = data if key is None else item(data, key)
    return value if is_mapping(value) else {}


def items(data: object, key: str) -> list[Any]:
    """The list at `key`; an empty one if there is none."""
    value = item(data, key)
    return value if is_list(value) else []


def item(data: object, key: str) -> Any:
    """The value at `key` of a mapping; None if there is none."""
    return data.get(key) if is_mapping(data) else None
