"""`yaan doctor`: is this installation able to fly? One word and one sentence a check."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from yaan.cli import console
from yaan.cli.exits import ExitCode
from yaan.cli.files import JsonOption

Finding = tuple[str, str, str]  # name, ok | warn | fail, sentence

PACKAGES = ("numpy", "scipy", "jax", "jaxlib", "equinox", "pyerfa", "astropy-iers-data", "pydantic")


def doctor(*, as_json: JsonOption = False) -> int:
    """Check this installation, a sentence for each part."""
    findings = list(examine())
    if as_json:
        names = ("name", "state", "text")
        console.print_json({"checks": [dict(zip(names, f, strict=True)) for f in findings]})
    else:
        for name, state, text in findings:
            screen = console.out()
            screen.print(console.word(f"{state:<4}".strip()), f"{name}: {text}", soft_wrap=True)
    failed = any(state == "fail" for _, state, _ in findings)
    return ExitCode.VERDICT_FAILED if failed else ExitCode.OK


def examine() -> Iterator[Finding]:
    """Run every check; one that raises is a finding, not a crash."""
    for name, look in CHECKS.items():
        try:
            state, text = look()
        except Exception as error:
            state, text = "fail", f"{type(error).__name__}: {error}"
        yield name, state, text


def _versions() -> tuple[str, str]:
    import platform
    from importlib.metadata import version

    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    where = f"Python {platform.python_version()} on {platform.platform()}"
    return "ok", f"yaan {version('yaan')}, {where}; {packages}."


def _back_end() -> tuple[str, str]:
    from yaan.cli.fly import prepare_jax

    prepare_jax()
    started = time.perf_counter()
    import jax

    devices = ", ".join(str(device) for device in jax.devices())
    seconds = time.perf_counter() - started
    return "ok", (
        f"JAX computes on {devices} (JAX_PLATFORMS={os.environ.get('JAX_PLATFORMS', '')}); "
        f"it started in {seconds:.1f} s with {os.cpu_count()} cores in sight."
    )


def _float64() -> tuple[str, str]:
    import jax.numpy as jnp

    from yaan.base.session import computing

    with computing():
        kind = (jnp.asarray(1.0) / 3.0).dtype
    if kind != "float64":
        return "fail", f"Numbers are {kind}; Yaan needs float64."
    return "ok", "Numbers are float64 inside Yaan's calls; JAX's own default is left alone."


def _vectors() -> tuple[str, str]:
    from yaan.cli.fly import WIDE_VECTORS, has_avx512

    flags = os.environ.get("XLA_FLAGS", "")
    if not has_avx512():
        return "ok", "No AVX-512 found (looked for on Linux only); XLA chooses its vectors."
    if WIDE_VECTORS in flags:
        return "ok", "AVX-512 found; XLA is asked for 512-bit vectors."
    return "warn", f"AVX-512 found, but XLA_FLAGS is set by you and lacks {WIDE_VECTORS}."


def _cache() -> tuple[str, str]:
    from yaan.base.session import find_cache

    folder, why = find_cache()
    if folder is None:
        return "warn", why
    kept = [entry.stat().st_size for entry in folder.rglob("*") if entry.is_file()]
    megabytes = sum(kept) / 1e6
    return "ok", f"Compiled programmes are kept in {folder}: {len(kept)} files, {megabytes:.1f} MB."


def _orientation() -> tuple[str, str]:
    import numpy as np

    from yaan.spacetime.time import bundled_orientation

    def date(mjd: float) -> str:
        return str(np.datetime64("1858-11-17") + int(mjd))

    table = bundled_orientation()
    measured, predicted = table.last_measured, float(table.mjd[-1])
    today = time.time() / 86_400.0 + 40_587.0  # [day], modified Julian day of the Unix epoch
    text = f"Earth orientation is measured to {date(measured)}, predicted to {date(predicted)}"
    if today > predicted:
        return "warn", f"{text}, which is past: pip install -U astropy-iers-data."
    return "ok", f"{text}."


def _disk() -> tuple[str, str]:
    folder = Path.cwd()
    if not _writable(folder):
        return "warn", f"{folder} cannot be written: choose another folder with --out."
    return "ok", f"Run folders can be written below {folder}."


def _coast() -> tuple[str, str]:
    from importlib.resources import files

    tables = files("yaan") / "library" / "tables"
    found = [entry.name for entry in tables.iterdir() if "coast" in entry.name]
    if not found:
        return "warn", "No coastline is installed: the ground track is drawn without one."
    return "ok", f"The coastline is installed ({', '.join(sorted(found))})."


def _encoding() -> tuple[str, str]:
    encoding = (sys.stdout.encoding or "ascii").lower()
    if "utf" in encoding:
        return "ok", f"The console takes {encoding}."
    return "warn", f"The console takes {encoding} only: other characters print as a question mark."


def _writable(folder: Path) -> bool:
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix="yaan-doctor-"):
            return True
    except OSError:
        return False


CHECKS: dict[str, Callable[[], tuple[str, str]]] = {
    "versions": _versions,
    "back end": _back_end,
    "64 bit": _float64,
    "vectors": _vectors,
    "cache": _cache,
    "Earth orientation": _orientation,
    "disk": _disk,
    "coastline": _coast,
    "console": _encoding,
}
