"""What breaks in a flight, as data. Nothing is foreknown: what is solved is solved without it."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, model_validator

from yaan.base import UnitError, nearest, parse
from yaan.base.plain import is_mapping, item, items, mapping
from yaan.description.block import Block
from yaan.description.quantity import FILE, Mistake, refuse

KINDS: Final = ("engine", "ignition", "throttle", "jettison", "canopy")

BURNS: Final = ("circularise", "deorbit")
"""Burns of the spacecraft before which its engines may fail, in the order of flight."""

CRAFT: Final = "spacecraft"
"""The word that names the spacecraft, whatever its name."""


def _read_moment(value: Any, info: ValidationInfo) -> str | float:
    """An event by name, or a time."""
    expected = 'the name of an event, or a time since the epoch, as "62 s"'
    if isinstance(value, float) and info.context is not FILE:
        return value
    if isinstance(value, str) and value[:1].isalpha():
        return value
    try:
        return parse(value, "time")
    except UnitError as error:
        raise refuse(Mistake((), expected, error.problems[0].hint)) from error


Moment = Annotated[str | float, BeforeValidator(_read_moment), WithJsonSchema({"type": "string"})]


class FailureSpec(Block):
    """One failure: an engine, an ignition, a throttle, a jettison or a canopy."""

    engine: str | None = Field(
        default=None,
        description="stage or body whose engines fail or are degraded, at `at`; or the spacecraft, "
        "by its name or this word",
    )
    ignition: str | None = Field(default=None, description="stage that does not light")
    throttle: str | None = Field(
        default=None, description="stage whose throttle stays from `at` on where it is then"
    )
    jettison: str | None = Field(default=None, description="stage or part that does not come off")
    canopy: str | None = Field(default=None, description="step of the parachutes that loses some")
    at: Moment | None = Field(
        default=None,
        description="when an engine or a throttle fails: an event, or a time since the epoch; of "
        "the spacecraft also the burns circularise and deorbit",
    )
    lost: int | None = Field(
        default=None,
        ge=1,
        le=60,
        description="how many of its engines or canopies; left out, all of them",
    )
    thrust_left: Annotated[float, Field(ge=0.0, lt=1.0)] | None = Field(
        default=None, description="of a degraded engine: share of its thrust that is left"
    )

    @property
    def kinds(self) -> list[str]:
        """The keys that say what fails."""
        return [kind for kind in KINDS if getattr(self, kind) is not None]

    @property
    def words(self) -> str:
        """What fails, as a clause."""
        if self.ignition is not None:
            return f"{self.ignition} does not light"
        if self.jettison is not None:
            return f"{self.jettison} does not come off"
        when = f"{self.at:g} s" if isinstance(self.at, float) else self.at
        if self.throttle is not None:
            return f"the throttle of {self.throttle} sticks at {when}"
        count = "all" if self.lost is None else f"{self.lost}"
        if self.canopy is not None:
            return f"{self.canopy} loses {count} of its canopies"
        if self.thrust_left is not None:
            return f"{self.engine} keeps {100.0 * self.thrust_left:g} % of its thrust from {when}"
        return f"{self.engine} loses {count} of its engines at {when}"

    @model_validator(mode="after")
    def _one(self) -> Self:
        """One thing fails, and its keys are its own."""
        if len(self.kinds) != 1:
            at = (self.kinds[1],) if self.kinds else ()
            raise refuse(Mistake(at, f"one of {', '.join(KINDS)}"))
        (kind,) = self.kinds
        mistakes: list[Mistake] = []
        keys = {"engine": {"at", "lost", "thrust_left"}, "throttle": {"at"}, "canopy": {"lost"}}
        own = keys.get(kind, set[str]())
        for key in ("at", "lost", "thrust_left"):
            if key in self.model_fields_set and key not in own:
                mistakes.append(Mistake((key,), f"nothing with {kind}"))
        if kind in ("engine", "throttle") and self.at is None:
            mistakes.append(Mistake(("at",), "required"))
        if self.lost is not None and self.thrust_left is not None:
            mistakes.append(Mistake(("thrust_left",), "lost or thrust_left, one of them"))
        if mistakes:
            raise refuse(*mistakes)
        return self


def failure_mistakes(data: Any, events: list[str]) -> Iterator[Mistake]:
    """What fails is there, and so is the event at which it does."""
    vehicle = mapping(data, "vehicle")
    stages, parts = mapping(vehicle, "stages"), mapping(vehicle, "parts")
    bodies = mapping(vehicle, "bodies")
    known = {
        "engine": [
            *stages,
            *(name for name, body in bodies.items() if _has_engine(body)),
            *_craft_names(data),
        ],
        "ignition": list(stages),
        "throttle": list(stages),
        "jettison": [*stages, *parts, *(["payload"] if mapping(vehicle, "payload") else [])],
        "canopy": list(_steps(data, {**stages, **parts})),
    }
    for index, failure in enumerate(items(data, "failures")):
        if not is_mapping(failure):
            continue
        for kind in KINDS:
            name = failure.get(kind)
            if isinstance(name, str) and name not in known[kind]:
                what = {
                    "engine": "a stage of the vehicle, one of its bodies with an engine, or the "
                    "spacecraft",
                    "canopy": "a step of the parachutes",
                    "jettison": "a stage or part of the vehicle",
                }.get(kind, "a stage of the vehicle")
                hint = nearest(name, known[kind])
                yield Mistake(("failures", index, kind), what, hint)
        yield from _idle_mistakes(("failures", index), failure, known, data)
        at, told = failure.get("at"), events
        if _of_craft(data, failure):
            told = [*events, *BURNS]
            yield from _craft_mistakes(("failures", index), failure, data)
        if isinstance(at, str) and at[:1].isalpha() and at not in told:
            yield Mistake(("failures", index, "at"), "an event of the flight", nearest(at, told))
        yield from _count_mistakes(("failures", index), failure, stages, bodies)
        yield from _throttle_mistakes(("failures", index), failure, stages)


def _idle_mistakes(
    at: tuple[str | int, ...], failure: dict[str, Any], known: dict[str, list[str]], data: Any
) -> Iterator[Mistake]:
    """What is never lit cannot fail to light, and what is never dropped not to come off."""
    phases = [phase for phase in items(data, "phases") if is_mapping(phase)]
    branches = [b for b in items(data, "branches") if is_mapping(b)]
    phases += [p for b in branches for p in items(b, "phases") if is_mapping(p)]
    for kind, key, words in (("ignition", "ignite", "lights"), ("jettison", "drop", "drops")):
        name = failure.get(kind)
        done = {str(one) for phase in phases for one in items(phase, key)}
        if isinstance(name, str) and name in known[kind] and phases and name not in done:
            hint = f"known: {', '.join(sorted(done))}" if done else ""
            yield Mistake((*at, kind), f"what a phase {words}", hint)


def _count_mistakes(
    at: tuple[str | int, ...],
    failure: dict[str, Any],
    stages: dict[str, Any],
    bodies: dict[str, Any],
) -> Iterator[Mistake]:
    lost, name = failure.get("lost"), failure.get("engine")
    if isinstance(lost, int) and lost > 1 and name in bodies and name not in stages:
        yield Mistake((*at, "lost"), f"at most 1, the engine of {name}")
    if isinstance(lost, int) and item(bodies.get(str(name)), "motors") is not None:
        hint = f"which of the motors of {name} is lost is not told, and their moments differ"
        yield Mistake((*at, "lost"), "left out, so that all of them go, or thrust_left", hint)
    if not (isinstance(lost, int) and isinstance(name, str) and is_mapping(stages.get(name))):
        return
    counts = [stages[name].get(key, 1) for key in ("count", "engine_count")]
    if all(isinstance(count, int) for count in counts) and lost > counts[0] * counts[1]:
        yield Mistake((*at, "lost"), f"at most {counts[0] * counts[1]}, the engines of {name}")


def _craft_names(data: Any) -> list[str]:
    """What the spacecraft may be called; nothing where there is none that burns."""
    craft = mapping(data, "spacecraft")
    if not is_mapping(craft.get("service_module")):
        return []
    name = craft.get("name")
    return [CRAFT, *([name] if isinstance(name, str) and name else [])]


def _of_craft(data: Any, failure: dict[str, Any]) -> bool:
    """Whether it is the spacecraft's engines that fail; a stage of that name goes first."""
    vehicle, name = mapping(data, "vehicle"), failure.get("engine")
    others = {**mapping(vehicle, "stages"), **mapping(vehicle, "bodies")}
    return name in _craft_names(data) and name not in others


def _craft_mistakes(
    at: tuple[str | int, ...], failure: dict[str, Any], data: Any
) -> Iterator[Mistake]:
    """No more engines fail than the spacecraft has, those that failed before among them."""
    count = mapping(mapping(data, "spacecraft"), "service_module").get("engines")
    lost = [
        one["lost"]
        for one in items(data, "failures")[: int(at[1]) + 1]
        if is_mapping(one) and _of_craft(data, one) and isinstance(one.get("lost"), int)
    ]
    told = failure.get("lost")
    if not (isinstance(count, int) and isinstance(told, int)) or sum(lost) <= count:
        return
    before = sum(lost) - told
    hint = f"{before} of its {count} fail in the entries before" if before else ""
    expected = f"at most {max(count - before, 0)}, the engines of {failure['engine']}"
    yield Mistake((*at, "lost"), expected, hint)


def _throttle_mistakes(
    at: tuple[str | int, ...], failure: dict[str, Any], stages: dict[str, Any]
) -> Iterator[Mistake]:
    """What has no throttle has none that sticks."""
    name = failure.get("throttle")
    if not (isinstance(name, str) and is_mapping(stages.get(name))):
        return
    engine = mapping(stages[name], "engine")
    if "throttle" not in engine:
        solid = "thrust_curve" in engine
        hint = "a motor cannot be" if solid else "write engine.throttle"
        yield Mistake((*at, "throttle"), "a stage that can be throttled", hint)


def _has_engine(body: Any) -> bool:
    return is_mapping(body) and ("engine" in body or "motors" in body)


def _steps(data: Any, carriers: dict[str, Any]) -> Iterator[str]:
    """Names of the steps of all parachutes."""
    crafts = [mapping(mapping(data, "spacecraft"), "capsule"), mapping(data, "capsule")]
    for block in [*crafts, *carriers.values(), *(mapping(b, "capsule") for b in carriers.values())]:
        for step in items(mapping(block, "parachutes"), "steps"):
            if is_mapping(step) and isinstance(step.get("name"), str):
                yield step["name"]
