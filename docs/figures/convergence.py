"""The error of the default step: `docs/images/convergence.svg`, drawn by hand.

Flies the ascent of `gaganyaan`, with its steering solved once and then fixed, at steps from 4 s to
0.03 s in every phase, and draws how far time, height and speed at cut-off are from those at half
of the shortest step. Run it in the repository: `python docs/figures/convergence.py`.
"""

import json
from pathlib import Path

import equinox as eqx
import jax.numpy as jnp
import numpy as np

import yaan
from yaan.base.session import computing
from yaan.design.steer import solve
from yaan.design.task import make_task
from yaan.flight import batches
from yaan.flight.models.world import build_world
from yaan.search.unknowns import LANES

MISSION, PROFILE = "gaganyaan", "crew-shaped"
STEPS = [4.0, 2.83, 2.0, 1.41, 1.0, 0.71, 0.5, 0.35, 0.25, 0.18, 0.125, 0.088, 0.0625, 0.044, 0.03]
TRUTH = 0.015  # [s]
IMAGE = Path(__file__).parents[1] / "images" / "convergence.svg"

# Name, unit, colour (Okabe and Ito, legible to the colour-blind), mark, limit of the study.
CURVES = [
    ("time", "s", "#0072B2", "circle", 0.01),
    ("height", "m", "#D55E00", "square", 1.0),
    ("speed", "m/s", "#007A5A", "diamond", 0.01),
]


def measure() -> dict[str, list[float]]:
    """Errors at cut-off against the step: time [s], height [m], inertial speed [m/s]."""
    with computing():
        plan = yaan.load(MISSION).plan
        assert plan.ascent is not None
        world = build_world(plan)
        task = make_task(plan.ascent, PROFILE, world)
        steered = solve(task, world)
        cases = [
            eqx.tree_at(
                lambda case: case.phases.step,
                task.case,
                jnp.full_like(task.case.phases.step, step),
            )
            for step in [*STEPS, TRUTH]
        ]
        flat = np.repeat(steered.flat[None], LANES, axis=0)
        ends = batches.fly(world, batches.stack(cases), flat, rows=131_072).ends
    leg = task.aim.saves[0]
    errors: dict[str, list[float]] = {"step": STEPS}
    for name, *_ in CURVES:
        column = getattr(ends, name)[:, leg]
        errors[name] = [float(abs(value - column[len(STEPS)])) for value in column[: len(STEPS)]]
    return errors


class Axes:
    """Logarithmic axes on a page of 860 by 560."""

    left, right, top, bottom = 90.0, 640.0, 50.0, 480.0
    steps, errors = (0.025, 5.0), (1e-7, 1e3)

    def x(self, step: float) -> float:
        """Place of a step [s]."""
        low, high = np.log10(self.steps)
        return self.left + (np.log10(step) - low) / (high - low) * (self.right - self.left)

    def y(self, error: float) -> float:
        """Place of an error; those below the axis are drawn on it."""
        low, high = np.log10(self.errors)
        share = (np.log10(max(error, self.errors[0])) - low) / (high - low)
        return self.bottom - share * (self.bottom - self.top)


def text(x: float, y: float, words: str, anchor: str = "middle", extra: str = "") -> str:
    """A line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {extra}>{words}</text>'


def mark(shape: str, x: float, y: float, colour: str) -> str:
    """A marker."""
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if shape == "square":
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"/>'
    corners = " ".join(
        f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in [(0, -5), (5, 0), (0, 5), (-5, 0)]
    )
    return f'<polygon points="{corners}" fill="{colour}"/>'


def frame(axes: Axes) -> list[str]:
    """Grid, ticks and titles."""
    parts = []
    for power in range(-7, 4):
        y = axes.y(10.0**power)
        parts.append(f'<line x1="{axes.left}" x2="{axes.right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        label = f'10<tspan dy="-6" font-size="10">{power}</tspan>'
        parts.append(text(axes.left - 8, y + 4, label, "end"))
    for step in (0.03, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0):
        x = axes.x(step)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{axes.top}" y2="{axes.bottom}"/>')
        parts.append(text(x, axes.bottom + 20, f"{step:g}"))
    middle = 0.5 * (axes.left + axes.right)
    parts.append(text(middle, axes.bottom + 46, "step in every phase [s]"))
    title = "Error at cut-off against the step, gaganyaan with fixed steering"
    parts.append(text(middle, 28, title, extra='font-size="16" font-weight="600"'))
    turned = f'transform="rotate(-90 28 {0.5 * (axes.top + axes.bottom):.0f})"'
    height = 0.5 * (axes.top + axes.bottom)
    parts.append(text(28, height, "difference from a step of 0.015 s", extra=turned))
    return parts


def draw(data: dict[str, list[float]]) -> str:
    """The whole picture."""
    axes, parts = Axes(), []
    parts += frame(axes)
    for row, (name, unit, colour, shape, limit) in enumerate(CURVES):
        points = [(axes.x(s), axes.y(e)) for s, e in zip(data["step"], data[name], strict=True)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [mark(shape, x, y, colour) for x, y in points]
        y = axes.top + 24 + 44 * row
        parts.append(mark(shape, axes.right + 24, y - 5, colour))
        parts.append(text(axes.right + 38, y, f"{name} [{unit}]", "start"))
        parts.append(
            text(
                axes.right + 38, y + 17, f"asked: below {limit:g} {unit}", "start", 'font-size="12"'
            )
        )
    # A slope of four, for the eye.
    low, high = 0.35, 2.83
    base = 3e-5
    ends = [(axes.x(low), axes.y(base)), (axes.x(high), axes.y(base * (high / low) ** 4))]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in ends)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#444" stroke-dasharray="6 4"/>')
    parts.append(text(ends[0][0] + 8, ends[0][1] + 16, "fourth order", "start"))
    words = (
        "Log-log plot: errors of time, height and inertial speed at cut-off fall with the step, "
        "from "
        + ", ".join(f"{data[n][0]:.2g} {u}" for n, u, *_ in CURVES)
        + " at 4 s to "
        + ", ".join(f"{data[n][8]:.2g} {u}" for n, u, *_ in CURVES)
        + " at 0.25 s."
    )
    kept = {name: [float(f"{v:.4g}") for v in values] for name, values in data.items()}
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 560" role="img" '
        'font-family="system-ui, sans-serif" font-size="13" fill="#222">'
        f"<title>{words}</title>"
        '<rect width="860" height="560" fill="#fff"/><g stroke="#ddd" stroke-width="1">'
        + "".join(p for p in parts if p.startswith("<line"))
        + "</g>"
        + "\n".join(p for p in parts if not p.startswith("<line"))
        + f"\n<!-- {json.dumps(kept)} -->\n"
        + "</svg>\n"
    )


if __name__ == "__main__":
    found = measure()
    IMAGE.parent.mkdir(parents=True, exist_ok=True)
    IMAGE.write_text(draw(found), encoding="utf-8")
    print("step [s]   " + "  ".join(f"{n} [{u}]" for n, u, *_ in CURVES))
    for row in zip(*found.values(), strict=True):
        print("  ".join(f"{value:11.4g}" for value in row))
