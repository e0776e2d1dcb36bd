"""The map after an import of grids: what it draws anew must be seen."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.fakes.map_data import SIDE, SOUTH, WEST, InMemoryMapData
from tests.fakes.map_stage import stage

PLACE = (WEST + 0.55 * SIDE, SOUTH + 0.55 * SIDE)


def test_grids_that_were_imported_again_are_still_on_the_map(qtbot: QtBot) -> None:
    data = InMemoryMapData()
    with stage(qtbot, data) as shown:
        before = shown.ground(*PLACE)
        asked = data.asked.count("outlines")
        shown.view.refresh("outlines")
        qtbot.waitUntil(lambda: data.asked.count("outlines") > asked)
        shown.settle()
        assert (before, shown.ground(*PLACE)) == ("#efede4", "#efede4")
