"""The line below: where the desk stands."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from gridclient.ui.desk_lists import Totals
from gridclient.ui.main_window import MainWindow
from tests.ui.fakes.invented_desk import InventedDesk


def test_the_line_below_says_how_many_cases_no_county_had_to_settle(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    window.status.show_total(Totals(200, 80, 2))
    assert window.status.share.text() == "三级以下办结 97.5%"
    window.status.show_total(Totals(5000, 4000, 1))
    assert window.status.share.text() == "三级以下办结 99.9%", "all would be 100.0 %"
    window.status.show_total(Totals(3, 0, 0))
    assert window.status.share.text() == ""
    window.lists.read_figures()
    qtbot.waitUntil(lambda: "本机" in window.status.figures.text())
    closed = [case for case in invented.store.cases.values() if case.state == "closed"]
    qtbot.waitUntil(lambda: bool(window.status.share.text()) == bool(closed))
