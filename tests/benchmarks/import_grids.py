"""How fast grids go in and points find theirs, and what a pan of the map costs the store.

    python -m tests.benchmarks.import_grids [FOLDER]

The grids are the demo county's; FOLDER is a store built by ``tests.benchmarks.build_store`` for the map's figures.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from gridclient.exchange.reading import read_kind
from gridclient.services.import_findings import ImportKind
from gridclient.services.importing import import_records
from gridclient.services.map_port import Bounds
from gridclient.services.rows import CaseFilter
from gridclient.store.columns import Columns
from gridclient.store.map_data import SqliteMapData
from gridclient.store.profile import open_profile
from gridclient.store.reference import SqliteReference
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import NOW
from tests.fakes.set_clock import SetClock

DEMO_GRIDS: Final = Path(__file__).resolve().parents[2] / "maps" / "demo" / "grids_371002.geojson"
POINTS: Final = 200_000
GOAL: Final = 200_000
_MOVES: Final = 25
_VIEW: Final = (1200, 800)
_PADDED: Final = 1.5


def timed(action: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def measure_grids(store: ImportStore) -> None:
    """Prints the times of an import, of a look at one point and of many."""
    for turn in ("first", "same file again"):
        started = time.perf_counter()
        reading = read_kind(ImportKind.GRIDS, DEMO_GRIDS, crs="wgs84")
        sink = store.sink(ImportKind.GRIDS)
        outcome = import_records(reading, file="f", kind=ImportKind.GRIDS, sink=sink, clock=store.clock)
        seconds = time.perf_counter() - started
        print(f"{turn}: {outcome.summary.imported} of {outcome.summary.rows} grids in {seconds:.2f} s")
    snapshot = store.reference.snapshot()
    west, south, east, north = shapely.total_bounds(shapely.from_wkb(list(snapshot.boundaries().values())))
    chance = np.random.default_rng(1)
    lons, lats = chance.uniform(west, east, POINTS), chance.uniform(south, north, POINTS)
    days = np.full(POINTS, NOW.toordinal())
    snapshot.grids_of(lons[:1], lats[:1], days[:1])
    spent = timed(lambda: snapshot.grids_of(lons, lats, days))
    print(f"{POINTS:,} points find their grids in {spent:.0f} ms: {POINTS / spent * 1000:,.0f}/s (goal {GOAL:,})")
    places = zip(lons[:500].tolist(), lats[:500].tolist(), strict=True)
    ones = [timed(partial(store.reference.grids_at, lon, lat)) for lon, lat in places]
    print(f"one point: median {statistics.median(ones):.2f} ms, worst {max(ones):.2f} ms")


def measure_map(folder: Path) -> None:
    """Prints what a viewport costs at each zoom, moved a little each time."""
    with open_profile(folder, now=NOW, lock=False) as profile:
        clock = SetClock(NOW)
        reference = SqliteReference(profile.database, NOW.date)
        data = SqliteMapData(Columns(profile.database), reference, clock)
        print(f"outlines {timed(data.outlines):.0f} ms, again {timed(data.outlines):.3f} ms")
        print(f"first cells, with the columns read: {timed(lambda: data.cells(_view(12, 0), 12, CaseFilter())):.0f} ms")
        for zoom in (9, 11, 13, 15, 17, 18):
            spent, seen = [], 0
            for move in range(_MOVES):
                started = time.perf_counter()
                cells = data.cells(_view(zoom, move), zoom, CaseFilter())
                spent.append((time.perf_counter() - started) * 1000)
                seen = max(seen, sum(cell[0] for cell in cells))
            print(
                f"zoom {zoom}: up to {seen} cases, median {statistics.median(spent):.1f} ms, worst {max(spent):.1f} ms"
            )


def _view(zoom: int, move: int) -> Bounds:
    """What a map of 1200 × 800 asks for over the demo county."""
    lon, lat = 122.12 + move * 0.0007, 37.45
    wide = 360 / (256 * 2**zoom) * _VIEW[0] / 2 * _PADDED
    high = wide * _VIEW[1] / _VIEW[0] * 0.79
    return Bounds(lon - wide, lat - high, lon + wide, lat + high)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        store = ImportStore(Path(name) / "store.db")
        measure_grids(store)
        store.close()
    if len(sys.argv) > 1:
        measure_map(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
