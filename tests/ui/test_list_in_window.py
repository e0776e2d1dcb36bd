"""The list as the operator has it before them: all cases at once, numbers of several townships, names of views."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from gridclient.ui.cases.columns import COLUMNS, NUMBER
from gridclient.ui.cases.page import PAGE
from gridclient.ui.main_window import MainWindow
from tests.ui.conftest import OpenWindow, press
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk

CTRL = Qt.KeyboardModifier.ControlModifier
HERE, THERE = "371002002002001", "371002003001001"
CASES = PAGE * 2 + 30


def settled(window: MainWindow) -> Callable[[], bool]:
    return lambda: not window._jobs.busy


def test_ctrl_a_takes_all_cases_and_says_how_many(open_window: OpenWindow, qtbot: QtBot) -> None:
    crowded = empty_desk()
    for number in range(CASES):
        crowded.register(f"第 {number} 件")
    window = open_window(crowded)
    bar = window.cases.bar
    qtbot.waitUntil(lambda: bar.count.text() == f"{CASES} 件 · 按时限")
    assert len(window.cases.model.rows) == PAGE
    press(window.cases.table, Qt.Key.Key_A, CTRL)
    qtbot.waitUntil(lambda: len(window.state.selected) == CASES)
    qtbot.waitUntil(lambda: bar.count.text() == f"已选 {CASES} 件 · 共 {CASES} 件")
    press(window.cases.table, Qt.Key.Key_Down)
    assert bar.count.text() == f"{CASES} 件 · 按时限"


@pytest.mark.parametrize(("places", "begins"), [((HERE, HERE), "2026"), ((HERE, THERE), "00")])
def test_numbers_are_as_long_as_tells_them_apart(
    open_window: OpenWindow, qtbot: QtBot, places: tuple[str, str], begins: str
) -> None:
    desk = empty_desk()
    for grid in places:
        desk.register("路灯不亮", grid=grid)
    window = open_window(desk)
    model, table = window.cases.model, window.cases.table
    shown = [str(model.index(line, NUMBER).data()) for line in range(2)]
    assert len(set(shown)) == 2
    assert all(one.startswith(begins) for one in shown)
    wide = table.columnWidth(NUMBER) > COLUMNS[NUMBER].width
    assert wide == (len(set(places)) > 1)
    assert table.fontMetrics().horizontalAdvance(shown[0]) < table.columnWidth(NUMBER)


def test_a_number_is_found_as_it_is_shown(open_window: OpenWindow, qtbot: QtBot) -> None:
    desk = empty_desk()
    for grid in (HERE, THERE):
        desk.register("路灯不亮", grid=grid)
    window = open_window(desk)
    shown = str(window.cases.model.index(1, NUMBER).data())
    wanted = window.cases.model.row_at(1)
    qtbot.waitUntil(settled(window))
    QTest.keyClicks(window.cases.bar.search, shown)
    qtbot.waitUntil(lambda: window.state.filter.text == wanted.number)
    qtbot.waitUntil(lambda: [row.id for row in window.cases.model.rows] == [wanted.id])


def test_a_view_gets_another_name_which_is_not_that_of_a_third(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    for name in ("夜间", "白天"):
        window.cases.bar.view_named.emit(name)
        qtbot.waitUntil(lambda name=name: name in invented.store.saved_views)  # type: ignore[misc]
    qtbot.waitUntil(settled(window))
    kept = invented.store.saved_views["夜间"]
    field = name_field(window, "夜间")
    assert field.text() == "夜间"
    field.setText("白天")
    press(field, Qt.Key.Key_Return)
    assert (field.text(), set(invented.store.saved_views)) == ("", {"夜间", "白天"})
    field.setText("夜班")
    press(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: set(invented.store.saved_views) == {"夜班", "白天"})
    assert invented.store.saved_views["夜班"].filter == kept.filter


def name_field(window: MainWindow, view: str) -> QLineEdit:
    """The field for a view's new name."""
    menu = window.cases.bar._menus["views"].menu()
    menu.aboutToShow.emit()
    renaming = next(one for one in menu.findChildren(QMenu) if one.title() == "改名")
    below = next(one for one in renaming.findChildren(QMenu) if one.title() == view)
    field = below.findChild(QLineEdit)
    assert field is not None
    return field
