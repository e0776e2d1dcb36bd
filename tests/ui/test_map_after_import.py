"""The map after an import of grids: what it draws anew must be seen."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.fakes.map_data import InMemoryMapData
from tests.fakes.map_stage import stage

DRAWN = "gridmap.map.hasLayer(gridmap.outlines.areas) ? gridmap.outlines.areas.drawn : 0"


def test_grids_that_were_imported_again_are_still_on_the_map(qtbot: QtBot) -> None:
    with stage(qtbot, InMemoryMapData()) as shown:
        before = shown.js(DRAWN)
        shown.view.refresh("outlines")
        shown.settle()
        assert before > 0
        assert shown.js(DRAWN) == before
