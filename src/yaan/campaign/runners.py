"""Who flies the chunks of a campaign: this process, or workers of an engine that is distributed.

A chunk is a pure function of what was asked and of its draws: whoever flies it, in whatever order
and however often, its columns are the same, to the last bit on processors of one type. So an engine
only has to bring each chunk back once; what has come back is kept by the campaign itself.

Ray (Apache-2.0, the extra `cluster`) starts workers of its own where none are named by RAY_ADDRESS.
A worker that dies is replaced, and its chunk flown again by another.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal

from yaan.base.errors import InputError, Problem
from yaan.campaign.outcomes import Columns

Runner = Literal["local", "ray"]
RUNNERS: Final[tuple[Runner, ...]] = ("local", "ray")

Fly = Callable[[range], Columns]
"""Flies the draws of a chunk."""

_WORKING: Final = {"JAX_PLATFORMS": "cpu"}
"""Of the environment of a worker: small steps lose on a GPU."""

_AHEAD: Final = 2
"""Chunks that are sent for each processor, so that none waits."""


def fly_here(fly: Fly, chunks: Sequence[range]) -> Iterator[tuple[range, Columns]]:
    """One chunk after the other in this process, whose threads share its lanes."""
    for chunk in chunks:
        yield chunk, fly(chunk)


def fly_by_ray(fly: Fly, chunks: Sequence[range]) -> Iterator[tuple[range, Columns]]:
    """Chunks as tasks of Ray, as they come back.

    `fly` is sent to the workers: whatever it holds must be pickled.

    Raises:
        InputError: Ray is not installed.
    """
    try:
        engine: Any = importlib.import_module("ray")  # of an extra
    except ImportError as error:
        expected = "ray installed beside Yaan"
        hint = 'pip install "yaan[cluster]"'
        raise InputError(Problem("disperse", None, "--runner", "ray", expected, hint)) from error
    ours = not engine.is_initialized()
    if ours:
        engine.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    try:
        yield from _tasks(engine, fly, chunks)
    finally:
        if ours:
            engine.shutdown()


def _tasks(engine: Any, fly: Fly, chunks: Sequence[range]) -> Iterator[tuple[range, Columns]]:
    # A worker that is lost is no fault of its chunk; an error of Yaan's is not tried again.
    how = {"max_retries": -1, "num_cpus": 1, "runtime_env": {"env_vars": _WORKING}}
    task = engine.remote(**how)(_alone)
    sent = engine.put(fly)
    waiting = list(chunks)
    flying: dict[Any, range] = {}
    most = _AHEAD * max(int(engine.cluster_resources().get("CPU", 1)), 1)
    while waiting or flying:
        while waiting and len(flying) < most:
            chunk = waiting.pop(0)
            flying[task.remote(sent, chunk.start, chunk.stop)] = chunk
        back, _ = engine.wait(list(flying), num_returns=1)
        for one in back:
            yield flying.pop(one), engine.get(one)


def _alone(fly: Fly, first: int, stop: int) -> Columns:
    """A chunk in a worker."""
    return fly(range(first, stop))
