"""Keys and clicks that no panel takes for itself: the desk sees to it that none of them does nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.case import CaseFacts
from gridclient.domain.roles import Action
from gridclient.services.rows import Box, CaseFilter, Changes, Likeness
from gridclient.ui.cases.model import CaseModel
from gridclient.ui.focus_mark import FocusMark
from gridclient.ui.main_window import MainWindow
from tests.ui.conftest import OpenWindow, press, settle
from tests.ui.fakes.invented_desk import InventedDesk
from tests.ui.focus import focused

ALT = Qt.KeyboardModifier.AltModifier
SECOND_ZONE = "371002002602"


def enter_in_the_list(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_2, ALT)
    settle(qtbot, window)
    window.cases.table.setFocus()
    press(window.cases.table, Qt.Key.Key_Return)
    settle(qtbot, window)


def ask_for_menu(widget: QWidget, qtbot: QtBot) -> list[str]:
    """The menu key, and the words of the menu that opens."""
    middle = widget.rect().center()
    where = widget.mapToGlobal(middle)
    QApplication.sendEvent(widget, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, where))
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = [action.text() for action in menu.actions() if action.text()]
    menu.close()
    return words


def test_what_becomes_overdue_is_counted_though_nobody_did_anything(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    overdue = window.boxes.buttons[Box.OVERDUE]
    before, area = overdue.count or 0, window.tree.grids.counts("371002002")[1]
    invented.clock.at += timedelta(days=400)
    window.lists.minute.setInterval(1)
    qtbot.waitUntil(lambda: (overdue.count or 0) > before)
    qtbot.waitUntil(lambda: window.tree.grids.counts("371002002")[1] > area)
    window.lists.minute.stop()
    settle(qtbot, window)


def test_a_rectangle_on_the_map_is_asked_of_everything_not_of_the_chosen_grid(window: MainWindow, qtbot: QtBot) -> None:
    window.state.choose_grid(SECOND_ZONE)
    settle(qtbot, window)
    window.map.box_selected.emit((120.0, 30.0, 125.0, 40.0))
    settle(qtbot, window)
    assert window.state.filter.grid == ""
    assert window.cases.bar.area.text() == "全部网格"


def test_a_rectangle_on_the_map_narrows_the_boxes_as_it_narrows_the_list(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    def counted() -> int:
        return sum(window.boxes.buttons[box].count or 0 for box in (Box.REPORTED, Box.FILED, Box.DISPATCHED))

    everywhere = counted()
    inside = invented.desk.register(CaseFacts(title="积水", lon=121.5, lat=36.5)).case_id
    window.map.box_selected.emit((121.4, 36.4, 121.6, 36.6))
    qtbot.waitUntil(lambda: (counted(), window.boxes.buttons[Box.REPORTED].count) == (1, 1))
    assert [row.id for row in window.cases.model.rows] == [inside]
    press(window.cases.table, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: counted() == everywhere + 1)


def test_after_a_dispatch_the_panel_shows_that_it_has_the_keyboard_and_an_arrow_goes_on_in_the_list(
    window: MainWindow, qtbot: QtBot
) -> None:
    press(window, Qt.Key.Key_2, ALT)
    settle(qtbot, window)
    press(window, Qt.Key.Key_F2)
    settle(qtbot, window)
    press(focused(), Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.detail.hasFocus()
    mark = window.detail.findChild(FocusMark)
    assert isinstance(mark, FocusMark)
    assert mark.isVisible()
    here = window.cases.table.currentIndex().row()
    press(focused(), Qt.Key.Key_Down)
    assert window.cases.table.currentIndex().row() == here + 1
    assert window.cases.table.hasFocus()
    assert not mark.isVisible()


def test_ctrl_a_in_the_cases_panel_chooses_all_of_the_list(window: MainWindow, qtbot: QtBot) -> None:
    window.detail.setFocus()
    settle(qtbot, window)
    press(focused(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, window)
    assert len(window.state.selected) == len(window.cases.model.rows) > 1


def test_enter_in_the_list_goes_on_with_the_case(window: MainWindow, qtbot: QtBot) -> None:
    enter_in_the_list(window, qtbot)
    assert focused() is not window.cases.table
    assert window.detail.foot.isAncestorOf(focused())


def test_enter_that_is_held_dispatches_nothing_by_itself(window: MainWindow, qtbot: QtBot) -> None:
    enter_in_the_list(window, qtbot)
    waiting = len(window.cases.model.rows)
    for _ in range(3):
        QApplication.sendEvent(focused(), repeated_enter())
        settle(qtbot, window)
    assert window.detail.foot.isAncestorOf(focused())
    assert len(window.cases.model.rows) == waiting


def repeated_enter() -> QKeyEvent:
    none = Qt.KeyboardModifier.NoModifier
    return QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "\r", True)


def test_enter_beside_a_registration_leaves_the_hidden_case_alone(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_F3)
    settle(qtbot, window)
    window.cases.table.setFocus()
    press(window.cases.table, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.cases.table.hasFocus()


def test_a_minute_moves_nobodys_list(window: MainWindow, qtbot: QtBot) -> None:
    settle(qtbot, window)
    table = window.cases.table
    table.setFixedHeight(90)
    table.go_to(0)
    settle(qtbot, window)
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
    here = table.verticalScrollBar().value()
    assert here > 0
    window.lists.minute_passed.emit(Changes())
    settle(qtbot, window)
    assert table.verticalScrollBar().value() == here


def test_enter_on_a_case_that_is_on_its_way_waits_for_it(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_2, ALT)
    settle(qtbot, window)
    window.cases.table.setFocus()
    press(window.cases.table, Qt.Key.Key_Down)
    press(window.cases.table, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.detail.foot.isAncestorOf(focused())


def test_esc_in_the_list_lets_go_of_the_conditions_and_then_of_the_grid(window: MainWindow, qtbot: QtBot) -> None:
    window.state.choose_grid(SECOND_ZONE)
    press(window, Qt.Key.Key_2, ALT)
    settle(qtbot, window)
    window.cases.table.setFocus()
    press(window.cases.table, Qt.Key.Key_Escape)
    assert window.state.filter == CaseFilter(grid=SECOND_ZONE, only_open=True)
    press(window.cases.table, Qt.Key.Key_Escape)
    assert window.state.filter == CaseFilter(only_open=True)


def test_esc_in_the_tree_goes_back_to_all_grids(window: MainWindow, qtbot: QtBot) -> None:
    window.state.choose_grid(SECOND_ZONE)
    settle(qtbot, window)
    window.tree.setFocus()
    press(window.tree, Qt.Key.Key_Escape)
    assert window.state.filter.grid == ""


@pytest.mark.parametrize("place", ["list", "tree", "map"])
def test_esc_beside_the_form_puts_it_away_and_keeps_what_was_typed_and_the_grid(
    window: MainWindow, qtbot: QtBot, place: str
) -> None:
    window.state.choose_grid(SECOND_ZONE)
    settle(qtbot, window)
    press(window, Qt.Key.Key_F3)
    form = window.side.form
    assert form is not None
    form.inputs.description.setPlainText("路灯不亮")
    beside = {"list": window.cases.table, "tree": window.tree, "map": window.map}[place]
    beside.setFocus()
    press(beside, Qt.Key.Key_Escape)
    assert not form.isVisible() and window.detail.isVisible()
    assert window.cases.table.hasFocus()
    assert window.state.filter.grid == SECOND_ZONE
    assert form.values.description == "路灯不亮"


def test_the_menu_of_the_list_opens_on_the_case_too(window: MainWindow, qtbot: QtBot) -> None:
    window.detail.setFocus()
    words = ask_for_menu(window.detail, qtbot)
    assert "备注" in words
    assert words[-3:] == ["撤销上一步", "登记", "刷新与同步"]


def test_the_tree_has_a_menu_by_which_all_grids_come_back(window: MainWindow, qtbot: QtBot) -> None:
    assert ask_for_menu(window.tree, qtbot) == ["全部网格", "全部收起"]
    window.state.choose_grid(SECOND_ZONE)
    settle(qtbot, window)
    assert ask_for_menu(window.tree, qtbot) == ["全部网格", "展开全部下级", "收起", f"复制编码 {SECOND_ZONE}"]


def test_a_search_that_finds_nothing_here_is_made_everywhere_by_enter(window: MainWindow, qtbot: QtBot) -> None:
    word = window.cases.model.row_at(0).title[:4]
    window.state.choose_grid("371002002602003")
    window.state.search(word)
    qtbot.waitUntil(window.cases.note.isVisible)
    assert window.cases.note.button.text() == "在全部案件中查找"
    window.cases.table.setFocus()
    press(window.cases.table, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.state.filter == CaseFilter(text=word)
    assert window.cases.model.rows
    assert not window.cases.note.isVisible()


def test_a_grid_without_cases_is_left_by_the_button_that_says_so(window: MainWindow, qtbot: QtBot) -> None:
    window.state.choose_grid("371002002602003")
    qtbot.waitUntil(window.cases.note.isVisible)
    press(window.cases.note.button, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.state.filter == CaseFilter(only_open=True)
    assert window.cases.model.rows


def test_a_new_desk_fills_the_screen_and_one_that_was_smaller_is_smaller_again(
    open_window: OpenWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    first = open_window(invented)
    assert first.isMaximized()
    first.showNormal()
    first.memory.write()
    settle(qtbot, first)
    first.close()
    again = open_window(invented)
    assert not again.isMaximized()


def test_the_window_fits_a_small_screen_at_one_and_a_half_times_its_size(window: MainWindow, qtbot: QtBot) -> None:
    window.top.room.setText("威海火炬高技术产业开发区社会治理综合信息指挥中心（演示）")  # too long with any font
    assert window.minimumSizeHint().width() <= 1366 / 1.5
    window.showNormal()
    window.resize(window.minimumSizeHint().width(), 600)
    qtbot.waitUntil(lambda: window.command.placeholderText() == "")  # the hint would run into the key
    qtbot.waitUntil(lambda: window.top.room.toolTip() == window.top.room.text())  # as its end is left out
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: window.command.placeholderText() != "")
    qtbot.waitUntil(lambda: window.top.room.toolTip() == "")


def test_a_case_that_now_stands_further_on_than_what_is_loaded_stays_and_then_the_list_goes_on_where_it_stood(
    open_window: OpenWindow, invented: InventedDesk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("gridclient.ui.cases.page.PAGE", 4)
    monkeypatch.setattr(CaseModel, "canFetchMore", lambda *_: False)
    window = open_window(invented)
    rows = window.cases.model.rows
    line = next(place for place, row in enumerate(rows) if row.state == "handling")
    window.cases.table.go_to(line)
    settle(qtbot, window)
    case_id, following = rows[line].id, rows[line + 1].id

    def do(action: Action, **args: Any) -> None:
        window.announce(invented.desk.act(action, case_id, args))
        settle(qtbot, window)

    do(Action.FEED_BACK, result="已清运")
    assert case_id not in {row.id for row in window.cases.model.rows}
    assert window.state.current == case_id, "it can be verified at once"
    window.detail.setFocus()
    press(window.detail, Qt.Key.Key_Down)
    settle(qtbot, window)
    assert window.state.current == following


def test_enter_on_a_likely_duplicate_shows_it_and_goes_no_further(window: MainWindow, qtbot: QtBot) -> None:
    settle(qtbot, window)
    row = window.cases.model.row_at(0)
    press(window, Qt.Key.Key_F3)
    settle(qtbot, window)
    form = window.side.form
    assert form is not None
    form.alike.show_likenesses([Likeness(row, 38.0, True, 0.8, 0.9)], window.cases.model._now)
    form.alike.show()
    form.alike.setCurrentIndex(form.alike.entries.index(0))
    press(form.alike, Qt.Key.Key_Return)
    settle(qtbot, window)
    assert window.state.current == row.id
    assert window.cases.table.hasFocus()  # the next Enter must not be one that dispatches


def test_f3_brings_the_cursor_back_into_a_registration_that_stands_open(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_F3)
    settle(qtbot, window)
    form = window.side.form
    assert form is not None
    window.cases.table.setFocus()
    press(window, Qt.Key.Key_F3)
    assert focused() is form.inputs.description  # else what a caller tells is typed into the list
