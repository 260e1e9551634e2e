"""Models of the user's own: checked once, as they are given, by asking them as a flight will.

What a flight would stumble over is told in the user's words, and nothing of it by a traceback out
of compiled code: the class, what it says of itself, the numbers that it holds, the shapes and the
precision of its answers, for one lane and for several, and that they are numbers at all.
"""

import copy
import hashlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.constants import EARTH_RADIUS
from yaan.base.errors import InputError, Problem, nearest
from yaan.base.model import Model, Own
from yaan.base.session import computing
from yaan.description.own import OWN_KEYS, Given, given_model
from yaan.description.plan import Plan
from yaan.environment.atmosphere import AbstractAtmosphere, Air
from yaan.environment.gravity import AbstractGravity
from yaan.environment.wind import AbstractWind

_Kind = TypeVar("_Kind")

_HEIGHTS: Final = (0.0, 2e3, 1e4, 2e4, 5e4, 8.6e4, 1.2e5, 2e5, 4e5, 1e6)
"""At which a model must have numbers for an answer [m]."""

_WHOLE: Final = 8  # bytes of a number

_SHAPES: Final = ((), (3,))  # of one lane, and of several
_DIRECTIONS: Final = ((1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.48, -0.6, -0.64))


class _Kinds(NamedTuple):
    """What a model is asked for."""

    base: type[eqx.Module]
    method: str
    arguments: int
    parts: tuple[str, ...]
    """Names of the parts of its answer."""


_KINDS: Final[Mapping[str, _Kinds]] = {
    "atmosphere": _Kinds(AbstractAtmosphere, "at", 1, Air._fields),
    "wind": _Kinds(AbstractWind, "at", 1, ("east", "north")),
    "gravity": _Kinds(AbstractGravity, "acceleration", 3, ("x", "y", "z")),
}


def model_of(plan: Plan, word: str, name: str, kind: type[_Kind]) -> _Kind:
    """The model of the user's own that a plan names.

    Raises:
        InputError: it is not given.
    """
    found = given_model(plan.given, word, name).model
    assert isinstance(found, kind)
    return found


def word_of(model: object) -> str:
    """What a model is of: `atmosphere`, `wind` or `gravity`; empty of anything else."""
    return next((word for word, kind in _KINDS.items() if isinstance(model, kind.base)), "")


def made(model: object) -> object:
    """The model itself, or what a function or a class without arguments makes of it, in 64 bits."""
    if not callable(model) or isinstance(model, eqx.Module):
        return model
    with computing():
        return model()


def checked(word: str, model: object) -> Given:
    """A model of the user's own, ready to fly, its numbers in 64 bits.

    Args:
        word: what it is of: `atmosphere`, `wind` or `gravity`.
        model: it, or a function or a class that makes it without arguments, in 64 bits.

    Raises:
        InputError: every mistake.
    """
    if word not in _KINDS:
        raise InputError(Problem("", None, word, "", "no such model", nearest(word, OWN_KEYS)))
    kind = _KINDS[word]
    try:
        found = made(model)
    except Exception as error:
        expected = f"a model, or what makes one, not {told_error(error)}"
        raise refused(word, model, expected) from error
    if not isinstance(found, kind.base):
        expected = f"an instance of a class below yaan.models.{kind.base.__name__}"
        raise refused(word, found, expected)
    with computing():
        wrong = [*about_mistakes(word, found), *number_mistakes(found)]
        if not wrong:
            found = jax.tree.map(widened, found)
            # What cannot be asked with one lane cannot be asked with several.
            wrong = next((told for shape in _SHAPES if (told := _shape(kind, found, shape))), [])
        wrong = wrong or list(_value_mistakes(word, found))
        if wrong:
            raise InputError([problem_of(word, found, *one) for one in wrong])
        return Given(found, own_of(found))


def refused(word: str, model: object, expected: str) -> InputError:
    """The error of a model that is none of its kind."""
    return InputError(problem_of(word, model, expected))


def problem_of(word: str, model: object, expected: str, hint: str = "") -> Problem:
    """One mistake of a model that is given as `word`."""
    kind = model if isinstance(model, type) or inspect.isfunction(model) else type(model)
    return Problem("", None, word, _name(kind), expected, hint)


Fault = tuple[str, str]
"""What is expected, and a hint."""


def about_mistakes(word: str, model: Any) -> Iterator[Fault]:
    """What the model lacks of what it must say of itself."""
    if not isinstance(getattr(model, "about", None), Model):
        hint = f'about: ClassVar[Model] = Model(name="{word}", text="...", ignores="...")'
        yield "a class with `about`, a yaan.models.Model, for the summary of a flight", hint
    if word != "atmosphere":
        return
    known = getattr(model, "valid_range", None)
    try:
        low, high = (float(end) for end in known or ())
        rises = low < high
    except (TypeError, ValueError):
        rises = False
    if not rises:
        hint = "valid_range: ClassVar[tuple[float, float]] = (0.0, 80e3)"
        yield "a class with `valid_range`, the heights [m] between which it holds", hint


def number_mistakes(model: Any) -> Iterator[Fault]:
    """Leaves that are no numbers, or that are too short for a flight."""
    for path, leaf in jax.tree_util.tree_flatten_with_path(model)[0]:
        field = jax.tree_util.keystr(path).lstrip(".")
        if not isinstance(leaf, bool | int | float | np.ndarray | np.generic | jax.Array):
            hint = "or a constant: eqx.field(static=True)"
            yield f"a number or an array in `{field}`, not {type(leaf).__name__}", hint
            continue
        held = leaf.dtype if isinstance(leaf, jax.Array) else np.result_type(leaf)
        if np.issubdtype(held, np.floating) and held.itemsize < _WHOLE:
            hint = "make it a float or a NumPy array, or hand over a function that makes the model"
            yield f"`{field}` in 64 bits, not {held}, which has lost digits", hint
    try:
        bool(jax.tree.structure(model) == jax.tree.structure(copy.deepcopy(model)))
    except Exception:  # a programme is found again by them
        yield "static fields that are equal or not; arrays are not", "let arrays be plain fields"


def widened(leaf: Any) -> jax.Array:
    """A number as the flight has it."""
    return jnp.asarray(leaf, dtype=float if isinstance(leaf, float) else None)


def _shape(kind: _Kinds, model: Any, shape: tuple[int, ...]) -> list[Fault]:
    """What is wrong with the answer to arguments of a shape; nothing is computed."""
    asked = [jax.ShapeDtypeStruct(shape, jnp.float64)] * kind.arguments
    called = f"{kind.method}(..) of arguments of shape {shape}"

    def answer(model: Any, *arguments: Any) -> Any:
        return getattr(model, kind.method)(*arguments)

    try:
        found = jax.eval_shape(answer, model, *asked)
    except Exception as error:
        return [(f"an answer of {called}, not {told_error(error)}", "it must be traced by JAX")]
    parts = ", ".join(kind.parts)
    if kind.base is AbstractAtmosphere and not isinstance(found, Air):
        return [(f"yaan.models.Air({parts}) from {called}, not {type(found).__name__}", "")]
    if not isinstance(found, tuple) or len(found) != len(kind.parts):
        return [(f"a tuple ({parts}) from {called}, not {_counted(found)}", "")]
    wrong: list[Fault] = []
    for name, part in zip(kind.parts, found, strict=True):
        own, kept = getattr(part, "shape", None), getattr(part, "dtype", None)
        if own != shape:
            hint = "a constant follows its argument by jnp.full_like"
            wrong.append((f"`{name}` of shape {shape} from {called}, not {own}", hint))
        elif kept != jnp.float64:
            wrong.append((f"`{name}` in float64 from {called}, not {kept}", ""))
    return wrong


def _counted(found: object) -> str:
    if isinstance(found, tuple):
        return f"a tuple of {len(found)}"
    return f"a {type(found).__name__}"


def _value_mistakes(word: str, model: Any) -> Iterator[Fault]:
    """Answers that are no numbers, or that no nature gives."""
    if word == "gravity":
        yield from _pull_mistakes(model)
        return
    heights = np.array(_HEIGHTS)
    if word == "atmosphere":
        low, high = (float(end) for end in model.valid_range)
        ends = [end for end in (low, high) if np.isfinite(end)]
        heights = np.sort([*ends, *heights[(heights > low) & (heights < high)]])
    at = jnp.asarray(heights)
    found, slopes = jax.jvp(model.at, (at,), (jnp.ones_like(at),))
    for name, values, slope in zip(_KINDS[word].parts, found, slopes, strict=True):
        for what, numbers in ((f"`{name}`", values), (f"the slope of `{name}`", slope)):
            lost = ~np.isfinite(np.asarray(numbers))
            if lost.any():
                yield f"{what} to be finite, which it is not at {_km(heights[lost][0])}", ""
                break
        least = _LEAST.get(name) if word == "atmosphere" else None
        if least is not None:
            wrong = ~least[1](np.asarray(values))
            if wrong.any():
                yield f"`{name}` {least[0]}, which it is not at {_km(heights[wrong][0])}", ""


_LEAST: Final[Mapping[str, tuple[str, Callable[[np.ndarray], np.ndarray]]]] = {
    "density": ("of 0 or more", lambda values: ~(values < 0.0)),
    "pressure": ("of 0 or more", lambda values: ~(values < 0.0)),
    "temperature": ("above 0", lambda values: ~(values <= 0.0)),
    "sound_speed": ("above 0", lambda values: ~(values <= 0.0)),
}
"""What air has at least; what is no number is told apart."""


def _pull_mistakes(model: Any) -> Iterator[Fault]:
    """Of a gravity: its constant, and where it pulls."""
    try:
        mu = float(model.mu)
    except (AttributeError, TypeError):
        mu = np.nan
    if not (np.isfinite(mu) and mu > 0.0):
        yield "`mu`, one number above 0 [m^3/s^2]", "the two-body constant of its field"
        return
    places = np.array([[EARTH_RADIUS + h, *d] for h in _HEIGHTS for d in _DIRECTIONS])
    place = places[:, :1] * places[:, 1:]
    pull = np.stack([np.asarray(a) for a in model.acceleration(*map(jnp.asarray, place.T))], 1)
    lost = ~np.isfinite(pull).all(axis=1)
    if lost.any():
        yield f"a pull that is finite, which it is not at ({_metres(place[lost][0])}) m", ""
    elif (outward := np.sum(pull * place, axis=1) >= 0.0).any():
        where = _metres(place[outward][0])
        yield f"a pull towards the Earth, which it is not at ({where}) m", "its sign?"


def _km(height: float) -> str:
    return f"{height / 1e3:g} km"


def _metres(place: np.ndarray) -> str:
    return ", ".join(f"{axis:.0f}" for axis in place)


def told_error(error: Exception) -> str:
    """An error in one line."""
    first = str(error).strip().splitlines()
    return f"{type(error).__name__}{f': {first[0]}' if first else ''}"


def own_of(model: Any, function: Callable[..., Any] | None = None) -> Own:
    """The class of a model, or the function that it is, with digests of its source and numbers."""
    digest = hashlib.sha256()
    for leaf in jax.tree.leaves(model):
        values = np.asarray(leaf)
        digest.update(f"{values.dtype.str}{values.shape}".encode() + values.tobytes())
    what = function or type(model)
    return Own(name=_name(what), source=_source(what), values=digest.hexdigest())


def _name(kind: type | Callable[..., Any]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _source(kind: type | Callable[..., Any]) -> str | None:
    try:
        return hashlib.sha256(inspect.getsource(kind).encode()).hexdigest()
    except (OSError, TypeError):  # typed at a prompt, or compiled
        return None
