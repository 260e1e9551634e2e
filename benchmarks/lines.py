"""Lines of JSON: what was measured, and on what machine."""

import json
import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Line = dict[str, Any]


def machine() -> Line:
    """What the numbers were measured on."""
    return {
        "platform": platform.platform(),
        "processor": _processor(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def write(lines: Iterator[Line], measured_on: Line, out: Path | None) -> None:
    """Print lines as they come, and append them to a file."""
    for line in lines:
        text = json.dumps({**line, "machine": measured_on})
        print(text, flush=True)
        if out is not None:
            with out.open("a", encoding="utf-8") as file:
                file.write(text + "\n")
