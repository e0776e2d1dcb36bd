"""Everything the README promises, measured one after the other: ``make bench``.

The stores of 240,000 and 1,000,000 cases are built once (some minutes) in a folder that is kept between runs; name
another one with ``GRIDCLIENT_BENCH``. Run it on a quiet machine: every figure stands beside a peer or a floor of the
same run, but a busy neighbour still moves both.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.benchmarks.build_store import build

SIZES: Final = (240_000, 1_000_000)


def main() -> int:
    """Runs every benchmark in a process of its own; gives 1 when one of them failed."""
    folder = Path(os.environ.get("GRIDCLIENT_BENCH", Path(tempfile.gettempdir()) / "gridclient-bench"))
    failed = [name for name, *arguments in _benchmarks(folder) if not _run(name, arguments)]
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall measured")
    return 1 if failed else 0


def _benchmarks(folder: Path) -> list[tuple[str, ...]]:
    where = ("--folder", str(folder))
    found: list[tuple[str, ...]] = [
        ("import_cases",),
        ("store_lists", "--cases", *map(str, SIZES), *where),
        ("store_upkeep", *where),
        *(("store_dispatch", "--cases", str(size), *where) for size in SIZES),
    ]
    for size in SIZES:
        profile = str(build(folder, size))
        found += [
            ("import_grids", profile),
            ("desk_start", profile, "--screen"),
            ("desk_start", profile),
            ("desk_filter", profile),
            ("desk_import", profile),
        ]
    found += [
        ("map_drag",),
        ("sync_wire",),
        ("sync_peers",),
        ("sync_line",),
        ("sync_pull", *where),
        ("sync_desk", *where),
        ("hub_load",),
        ("hub_desks",),
    ]
    return found


def _run(name: str, arguments: list[str]) -> bool:
    print(f"\n== {' '.join([name, *arguments])}", flush=True)
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}", *arguments], check=False)
    print(f"-- {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
