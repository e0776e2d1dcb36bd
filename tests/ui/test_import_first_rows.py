"""The first rows of a file that is looked into."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gridclient.ui.importing.look_panel import LookPanel
from tests.ui.fakes.invented_desk import InventedDesk


def test_columns_are_fitted_after_the_window_had_its_turn(qtbot: QtBot, invented: InventedDesk) -> None:
    panel = LookPanel(data=invented.map_data)
    qtbot.addWidget(panel)
    panel.rows.show_rows(("标题",), ((2, ("占道经营影响通行，群众多次反映，请尽快到场处置并回复",)),))
    before = panel.table.columnWidth(0)
    panel.show_uses({})
    assert panel.table.columnWidth(0) == before
    qtbot.waitUntil(lambda: panel.table.columnWidth(0) > before)
