"""Where the demo county and its towns lie, and its files, which stand beside the package in a checkout and in the
bundle."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

COUNTY_CODE: Final = "371002"
COUNTY_NAME: Final = "环翠区"
KM_EAST: Final = 88.36
"""Kilometres a degree of longitude, at the county's middle."""
KM_NORTH: Final = 111.13
"""Kilometres a degree of latitude."""
TOWN_CENTRES: Final[Mapping[str, tuple[float, float]]] = {
    "371002001": (122.100, 37.503),
    "371002002": (122.120, 37.521),
    "371002003": (122.122, 37.475),
    "371002011": (122.126, 37.546),
    "371002012": (122.085, 37.445),
    "371002100": (122.020, 37.480),
    "371002101": (121.960, 37.400),
    "371002102": (122.200, 37.405),
    "371002109": (122.300, 37.335),
}
"""Township → longitude and latitude of its town, chosen for the demo."""

SHEET: Final = "演示"
"""The sheet that the demo's records name as theirs."""
ROOT: Final = Path(__file__).resolve().parents[2]
SEEDS: Final = ROOT / "resources" / "seed"
DEMO_MAPS: Final = ROOT / "maps" / "demo"
GRIDS: Final = DEMO_MAPS / "grids_371002.geojson"
