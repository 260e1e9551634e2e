"""Throttle maps and mixture shifts of a launcher's engines: tables of the file, or of surfaces."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from yaan.description import EngineSpec, StageSpec
from yaan.description.engine_design import EngineDesignSpec
from yaan.description.off_design import MixtureSpec, between, pair_of, surfaced
from yaan.propulsion.off_design import Mixture, ThrottleMap
from yaan.propulsion.surfaces import PRESSURES, ideal

Array = np.ndarray

_KNOTS: Final = 9  # of a throttle map that surfaces give
_ROUNDS: Final = 6  # of the chamber pressure to its thrust or flow, each a hundredth of the last
_FAR: Final = 1e9  # beyond any throttle and any load


def throttle_map(stages: Sequence[StageSpec]) -> ThrottleMap | None:
    """The throttle maps of all stages; None where none has any."""
    found = [_throttles(stage.engine) for stage in stages]
    if not any(found):
        return None
    tables = _stacked([np.array(one or [(1.0, 1.0)]) for one in found])
    return ThrottleMap(np.asarray(tables[..., 0]), np.asarray(tables[..., 1]))


def mixture(stages: Sequence[StageSpec]) -> Mixture | None:
    """The mixture shifts of all stages; None where none shifts."""
    knots = [np.array(stage.burnt_at or [(0.0, 0.0)]) for stage in stages]
    if not any(stage.burnt_at for stage in stages):
        return None
    rows = []
    for stage, one in zip(stages, knots, strict=True):
        thrust, isp = _factors(stage.engine, one[:, 1])
        rows.append(np.stack([one[:, 0] * stage.count, thrust, isp], axis=-1))
    tables = _stacked(rows)
    loaded = np.array([stage.usable * stage.count for stage in stages])
    columns = (np.asarray(tables[..., k]) for k in range(3))
    return Mixture(np.asarray(loaded), *columns)


def throttles_of(design: EngineDesignSpec, throttle: Sequence[float]) -> list[tuple[float, float]]:
    """Specific impulse against throttle of the ideal engine, both as shares of the design point.

    The flow is throttled at a held mixture ratio, so that the chamber pressure falls with it. Below
    the least pressure of the surfaces (3 bar) the map is held.
    """
    least, most = throttle
    shares = np.unique([*np.linspace(least, most, _KNOTS), 1.0])
    pressure, ratio, area = _point(design)
    full = ideal(*_pair(design), ratio, pressure, area)
    found = full
    for _ in range(_ROUNDS):
        # Thrust is pressure times throat area times the coefficient, which changes little.
        deep = pressure * shares * full.thrust_coefficient / found.thrust_coefficient
        held = np.clip(deep, *PRESSURES)
        found = ideal(*_pair(design), np.full_like(shares, ratio), held, area)
    isp = np.where(shares == 1.0, 1.0, np.asarray(found.isp) / float(full.isp))
    return [(float(a), float(b)) for a, b in zip(shares, isp, strict=True)]


def isp_factors(design: EngineDesignSpec, nominal: float, ratios: Array) -> Array:
    """Specific impulse at mixture `ratios` over that at the `nominal` one, at a held flow."""
    pressure, _, area = _point(design)
    base = ideal(*_pair(design), nominal, pressure, area)
    found = base
    for _ in range(_ROUNDS):
        # Flow is pressure times throat area over the characteristic velocity.
        there = np.clip(pressure * np.asarray(found.cstar) / float(base.cstar), *PRESSURES)
        there = there * np.ones_like(ratios)
        found = ideal(*_pair(design), ratios, there, area)
    return np.asarray(found.isp) / float(base.isp)


def _pair(design: EngineDesignSpec) -> tuple[str, str]:
    pair = pair_of(design.oxidiser, design.fuel)
    assert pair is not None
    return pair


def _point(design: EngineDesignSpec) -> tuple[float, float, float]:
    """Chamber pressure [Pa], mixture ratio and area ratio of a design that surfaces hold."""
    values = (design.chamber_pressure, design.mixture_ratio, design.area_ratio)
    pressure, ratio, area = (float(value or 0.0) for value in values)
    return pressure, ratio, area


def _throttles(engine: EngineSpec) -> list[tuple[float, float]]:
    if engine.throttle_isp is not None:
        return engine.throttle_isp
    design = engine.design
    if engine.throttle is None or design is None or surfaced(design) is None:
        return []
    return throttles_of(design, engine.throttle)


def _factors(engine: EngineSpec, ratios: Array) -> tuple[Array, Array]:
    """Factors on thrust and specific impulse at mixture ratios."""
    spec: MixtureSpec | None = engine.mixture
    if spec is None or engine.mixture_ratio is None:
        return np.ones_like(ratios), np.ones_like(ratios)
    if spec.isp is not None:
        isp = np.array([between(spec.isp, ratio) for ratio in ratios])
    else:
        assert engine.design is not None
        isp = isp_factors(engine.design, engine.mixture_ratio, ratios)
    if spec.thrust is None:
        return isp, isp
    return np.array([between(spec.thrust, ratio) for ratio in ratios]), isp


def _stacked(tables: Sequence[Array]) -> Array:
    """Tables of one length: shorter ones go on flat, beyond all that comes to them."""
    most = max(2, *(len(one) for one in tables))
    rows = []
    for one in tables:
        more = np.repeat(one[-1:], most - len(one), axis=0)
        more[:, 0] += _FAR * np.arange(1, len(more) + 1)
        rows.append(np.concatenate([one, more]))
    return np.stack(rows)
