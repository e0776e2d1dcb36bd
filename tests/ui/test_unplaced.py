"""未落格: cases that lie in no area of the tree have a line of their own, which narrows everything as a grid does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import Action
from gridclient.services.rows import UNPLACED, Box, Changes
from gridclient.ui.main_window import MainWindow
from tests.ui.conftest import OpenWindow, press
from tests.ui.fakes.invented_desk import GRIDS, InventedDesk, busy_desk, empty_desk

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def lost() -> InventedDesk:
    """A desk in the middle of a shift, into which two messages without a place have come."""
    made = busy_desk()
    made.register("楼下广场舞扰民", grid="", lon=None, lat=None)
    made.register("地铁何时开通", grid="", lon=None, lat=None)
    return made


def lines(window: MainWindow) -> list[str]:
    """The names at the top level as they are seen."""
    tree = window.tree
    tops = [tree.grids.index(row, 0) for row in range(tree.grids.rowCount())]
    return [str(top.data()) for top in tops if not tree.isRowHidden(top.row(), top.parent())]


def counts(window: MainWindow) -> list[str]:
    index = window.tree.grids.index_of(UNPLACED)
    return [str(index.siblingAtColumn(column).data()) for column in (1, 2)]


def titles(window: MainWindow) -> set[str]:
    return {row.title for row in window.cases.model.rows}


def choose_last_line(window: MainWindow, qtbot: QtBot) -> None:
    """By the keyboard alone."""
    qtbot.waitUntil(lambda: lines(window)[-1:] == ["未落格"])
    window.tree.setFocus()
    press(window.tree, Qt.Key.Key_Down)
    press(window.tree, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: titles(window) == {"楼下广场舞扰民", "地铁何时开通"})


def test_the_last_line_of_the_tree_holds_the_cases_in_no_grid(
    open_window: OpenWindow, lost: InventedDesk, qtbot: QtBot
) -> None:
    window = open_window(lost)
    choose_last_line(window, qtbot)
    assert counts(window) == ["2", "0"]
    assert window.cases.bar.area.text() == "未落格"
    qtbot.waitUntil(lambda: window.boxes.buttons[Box.REPORTED].count == 2)
    assert window.boxes.buttons[Box.FILED].count == 0
    press(window.cases.table, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.state.filter.grid == "")
    assert not window.tree.currentIndex().isValid()


def test_where_every_case_has_its_grid_there_is_no_such_line(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.tree.grids.counts(GRIDS[1].code)[0] > 0)
    assert lines(window) == ["鲸园街道", "竹岛街道"]
    window.tree.setFocus()
    QTest.keyClicks(window.tree, "wlg")
    assert window.state.filter.grid == ""


def test_the_line_goes_with_its_last_case_once_the_operator_is_elsewhere(
    open_window: OpenWindow, lost: InventedDesk, qtbot: QtBot
) -> None:
    window = open_window(lost)
    choose_last_line(window, qtbot)
    for row in window.cases.model.rows:
        lost.act(Action.AMEND, row.id, grid=GRIDS[4].code)
    window.announce(Changes(frozenset(row.id for row in window.cases.model.rows)))
    qtbot.waitUntil(lambda: counts(window) == ["0", "0"])
    assert lines(window)[-1] == "未落格", "it is chosen"
    window.state.choose_grid(GRIDS[1].code)
    assert lines(window) == ["鲸园街道", "竹岛街道"]


def test_the_command_bar_goes_to_them(open_window: OpenWindow, lost: InventedDesk, qtbot: QtBot) -> None:
    window = open_window(lost)
    qtbot.waitUntil(lambda: lines(window)[-1:] == ["未落格"])
    press(window.cases.table, Qt.Key.Key_K, CTRL)
    QTest.keyClicks(window.command, "wlg")
    press(window.command, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: titles(window) == {"楼下广场舞扰民", "地铁何时开通"})
    assert window.tree.currentIndex() == window.tree.grids.index_of(UNPLACED)


def test_a_saved_view_keeps_them(open_window: OpenWindow, lost: InventedDesk, qtbot: QtBot) -> None:
    window = open_window(lost)
    choose_last_line(window, qtbot)
    window.cases.bar.views.save("待落格")
    qtbot.waitUntil(lambda: "待落格" in lost.store.saved_views)
    window.state.clear()
    window.state.clear()
    window.state.show_view(lost.store.saved_views["待落格"])
    qtbot.waitUntil(lambda: titles(window) == {"楼下广场舞扰民", "地铁何时开通"})
    assert window.tree.currentIndex() == window.tree.grids.index_of(UNPLACED)


def test_its_menu_copies_no_code_and_its_tooltip_says_what_it_is(
    open_window: OpenWindow, lost: InventedDesk, qtbot: QtBot
) -> None:
    window = open_window(lost)
    choose_last_line(window, qtbot)
    tree = window.tree
    menu: QMenu = tree.menu(tree.grids.node(tree.currentIndex()).row)
    assert not any("编码" in action.text() for action in menu.actions())
    assert tree.currentIndex().data(Qt.ItemDataRole.ToolTipRole) == "未落格：不在任何网格内\n在办 2 件，超期 0 件"


def test_without_any_grid_the_tree_still_says_how_to_bring_them_in(open_window: OpenWindow, qtbot: QtBot) -> None:
    bare = empty_desk(grids=())
    window = open_window(bare)
    tree = window.tree
    qtbot.waitUntil(lambda: tree.grids.rowCount() == 1)
    told = tree.viewport().grab().toImage()
    bare.register("地铁何时开通", grid="", lon=None, lat=None)
    window.announce(Changes(frozenset({"a"})))
    qtbot.waitUntil(lambda: lines(window) == ["未落格"])
    below = tree.visualRect(tree.grids.index(0, 0)).bottom()
    shown = tree.viewport().grab().toImage()
    ground = {shown.pixel(x, shown.height() - 1) for x in range(shown.width())}
    rows = range(below + 1, shown.height())
    assert any(shown.pixel(x, y) not in ground for y in rows for x in range(shown.width()))
    assert told != shown
