"""The capsule of `rigid_problem.py` in Yaan: all lanes in one batch, through `fly_body`.

Its arguments: DURATION LANES WORLD RUNS
"""

import sys

from rigid_problem import Flight, measure, steps_of

from yaan.cli.fly import prepare_jax


def main() -> None:
    duration, lanes = float(sys.argv[1]), int(sys.argv[2])
    name, runs = sys.argv[3], int(sys.argv[4])
    prepare_jax()

    from rigid_capsule import Capsules, ends

    from yaan.base.session import computing

    with computing():
        kept: list[Capsules] = []

        def ready() -> Flight:
            if not kept:
                kept.append(Capsules(lanes, name, duration))

            def fly() -> dict[str, float]:
                every = ends(kept[0].fly(), kept[0].world)
                assert (every["steps"] == steps_of(duration)).all(), "a lane ended early"
                # Lanes start at half to one and a half times the rate; the peers' is the middle.
                return {key: float(values[lanes // 2]) for key, values in every.items()}

            return fly

        measure("Yaan", ready, steps_of(duration) * lanes, runs)


if __name__ == "__main__":
    main()
