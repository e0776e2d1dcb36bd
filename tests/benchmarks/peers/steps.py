"""How a peer's script and the benchmark take turns: a step is told as a line, an empty line lets the next one begin."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable


def step(name: str, work: Callable[[], dict[str, int] | None]) -> None:
    """Does the work, tells how long it took (and sizes, where there is no line to count on), waits to go on."""
    began = time.perf_counter()
    sizes = work()
    print(json.dumps({"step": name, "seconds": time.perf_counter() - began, "sizes": sizes}), flush=True)
    sys.stdin.readline()
