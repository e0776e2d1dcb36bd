"""Where the files of the demo county lie: beside the package, in the checkout as in the built program."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DEMO_MAPS: Final = ROOT / "maps" / "demo"
BASE_MAPS: Final = ROOT / "maps" / "base"
SEEDS: Final = ROOT / "resources" / "seed"
TEMPLATES: Final = ROOT / "resources" / "templates"

DIVISIONS: Final = DEMO_MAPS / "divisions_371002.csv"
OUTLINE: Final = DEMO_MAPS / "outline_371002.geojson"
GRIDS: Final = DEMO_MAPS / "grids_371002.geojson"
