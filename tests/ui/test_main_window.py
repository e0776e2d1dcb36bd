"""The desk worked with real keys and clicks: one question, one selection, every panel."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import AccountRole, Action
from gridclient.services.rows import Box, Changes, SortKey
from gridclient.ui.cases.columns import COLUMNS
from gridclient.ui.help.page import HelpPage
from gridclient.ui.main_window import MainWindow
from tests.ui.conftest import OpenWindow, press, settle
from tests.ui.fakes.invented_desk import LEAD, InventedDesk, busy_desk, empty_desk

DUE = next(place for place, column in enumerate(COLUMNS) if column.key is SortKey.DUE)
CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def titles(window: MainWindow) -> list[str]:
    return [row.title for row in window.cases.model.rows]


def has_rows(window: MainWindow, count: int) -> bool:
    return len(window.cases.model.rows) == count


def test_every_panel_has_the_name_by_which_checks_find_it(window: MainWindow) -> None:
    assert window.objectName() == "mainWindow"
    for name in ("commandBar", "gridTree", "todayBoxes", "caseTable", "caseDetail", "syncLamp"):
        assert window.findChild(QWidget, name) is not None, name


def test_the_desk_opens_with_its_most_pressing_case_chosen(window: MainWindow, qtbot: QtBot) -> None:
    settle(qtbot, window)
    assert window.cases.table.hasFocus()
    assert window.state.current == window.cases.model.row_at(0).id
    assert window.top.room.text() == "鲸园街道综合信息指挥室"


def test_alt_and_a_digit_choose_a_box_and_give_it_up(window: MainWindow, qtbot: QtBot) -> None:
    everything = len(titles(window))
    press(window, Qt.Key.Key_2, ALT)
    settle(qtbot, window)
    assert {row.state for row in window.cases.model.rows} == {"filed"}
    assert window.boxes.buttons[Box.FILED].isChecked()
    press(window, Qt.Key.Key_2, ALT)
    settle(qtbot, window)
    assert len(titles(window)) == everything


def test_a_grid_chosen_in_the_tree_filters_boxes_and_list_alike(window: MainWindow, qtbot: QtBot) -> None:
    window.tree.open_areas(["371002002", "371002002602"])
    index = window.tree.grids.index_of("371002002602")
    place = window.tree.visualRect(index).center()
    QTest.mouseClick(window.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(qtbot, window)
    assert titles(window) == ["海港路与新威路口窨井盖缺失"]
    assert window.boxes.buttons[Box.FILED].count == 1
    assert window.cases.bar.area.text() == "第二片区"


def test_a_grid_chosen_on_the_map_is_marked_in_the_tree(window: MainWindow, qtbot: QtBot) -> None:
    window.map.grid_chosen.emit("371002002602")
    settle(qtbot, window)
    assert window.tree.currentIndex() == window.tree.grids.index_of("371002002602")
    chip = window.cases.bar.chip("grid")
    assert chip is not None
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert window.state.filter.grid == ""
    assert not window.tree.selectionModel().hasSelection()


def test_arrow_keys_walk_the_cases(window: MainWindow, qtbot: QtBot) -> None:
    press(window.cases.table, Qt.Key.Key_Down)
    press(window.cases.table, Qt.Key.Key_Down)
    assert window.state.current == window.cases.model.row_at(2).id
    press(window.cases.table, Qt.Key.Key_Up)
    assert window.state.current == window.cases.model.row_at(1).id


def test_what_cannot_be_done_with_the_case_cannot_be_begun(window: MainWindow, qtbot: QtBot) -> None:
    filed = next(row for row in window.cases.model.rows if row.state == "filed")
    window.state.select((filed.id,))
    settle(qtbot, window)
    case = window.actions_.case
    assert case[Action.DISPATCH].isEnabled()
    assert not case[Action.CLOSE].isEnabled()
    assert not case[Action.SIGN].isEnabled()


def test_a_supervisor_watches_and_urges_but_does_not_dispatch(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window(busy_desk(role=AccountRole.SUPERVISOR))
    filed = next(row for row in window.cases.model.rows if row.state == "filed")
    window.state.select((filed.id,))
    settle(qtbot, window)
    assert not window.actions_.case[Action.DISPATCH].isEnabled()
    assert window.actions_.case[Action.URGE].isEnabled()
    assert not window.actions_.desk["register"].isEnabled()


def test_several_cases_are_urged_together_and_it_is_told(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    table = window.cases.table
    press(table, Qt.Key.Key_Home, CTRL)
    press(table, Qt.Key.Key_Down, SHIFT)
    press(table, Qt.Key.Key_Down, SHIFT)
    settle(qtbot, window)
    chosen = window.state.selected
    assert len(chosen) == 3
    press(window, Qt.Key.Key_F7)
    qtbot.waitUntil(lambda: window.status.told.text() == "已催办 3 件（Ctrl+Z 撤销）")
    assert not window.banner.isVisible()
    assert all(invented.store.cases[case_id].urges == 1 for case_id in chosen)
    press(window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: all(invented.store.cases[case_id].urges == 0 for case_id in chosen))
    qtbot.waitUntil(lambda: window.status.told.text() == "已撤销“催办” 3 件")


def test_several_cases_that_units_have_offer_what_asks_nothing_and_no_dispatch(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    held = [row.id for row in window.cases.model.rows if row.state == "handling"]
    window.state.select(held)
    settle(qtbot, window)
    foot = window.detail.foot
    assert list(foot.bar.buttons) == [Action.URGE]
    foot.bar.buttons[Action.URGE].click()
    qtbot.waitUntil(lambda: all(invented.store.cases[case_id].urges == 1 for case_id in held))


def test_what_a_rule_forbids_for_some_is_said_in_one_sentence(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    window.cases.table.selectAll()
    settle(qtbot, window)
    window.actions_.case[Action.SIGN].trigger()
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.words.text().startswith("已签收 1 件，9 件未办成：\n")
    assert "现为“处置中”，只有待签收的可以签收。" in window.banner.words.text()


def test_f5_reads_everything_again(window: MainWindow, invented: InventedDesk, qtbot: QtBot) -> None:
    settle(qtbot, window)
    invented.filed("新来的一件", ago=timedelta(minutes=1))
    assert "新来的一件" not in titles(window)
    press(window, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: "新来的一件" in titles(window))


def test_f1_covers_the_desk_with_help_and_escape_brings_it_back(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_F1)
    shown = window.findChild(HelpPage, "helpPage")
    assert shown is not None
    qtbot.waitUntil(lambda: shown.titles.rowCount() > 1)
    assert shown.isVisible()
    assert not window.cases.isVisible()
    assert ("Ctrl+K", "命令栏") in window.actions_.key_list()
    press(shown.list, Qt.Key.Key_Escape)
    assert window.cases.isVisible()


def test_the_desks_keys_rest_while_a_page_covers_it(window: MainWindow, qtbot: QtBot) -> None:
    settle(qtbot, window)
    assert window.actions_.case[Action.NOTE].isEnabled()
    press(window, Qt.Key.Key_F1)
    assert not window.actions_.case[Action.NOTE].isEnabled()
    assert not window.actions_.desk["search"].isEnabled()
    press(window, Qt.Key.Key_F3)
    assert window.cases.isVisible()
    assert window.actions_.case[Action.NOTE].isEnabled()
    assert window.actions_.desk["search"].isEnabled()
    assert not window.actions_.desk["undo"].isEnabled()


def test_f3_registers_beside_the_list_and_the_new_case_is_chosen(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    press(window, Qt.Key.Key_F3)
    assert window.side.form is not None
    assert window.side.form.isVisible()
    assert not window.detail.isVisible()
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPlainTextEdit)
    focused.insertPlainText("海滨路路灯不亮")
    press(focused, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: "海滨路路灯不亮" in titles(window))
    made = next(case for case in invented.store.cases.values() if case.facts.title == "海滨路路灯不亮")
    qtbot.waitUntil(lambda: window.state.current == made.id)
    press(window.side.form, Qt.Key.Key_Escape)
    assert window.detail.isVisible()
    assert window.cases.table.hasFocus()


def test_f2_leaves_the_form_and_goes_to_the_units(window: MainWindow, qtbot: QtBot) -> None:
    filed = next(row for row in window.cases.model.rows if row.state == "filed")
    window.state.select((filed.id,))
    settle(qtbot, window)
    press(window, Qt.Key.Key_F3)
    press(window, Qt.Key.Key_F2)
    assert window.side.form is not None
    assert not window.side.form.isVisible()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert window.detail.isAncestorOf(focused)


def test_f2_files_a_new_case_and_goes_on_to_its_units_though_it_leaves_the_list(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    invented = empty_desk()
    first = invented.register("夜间施工噪音", ago=timedelta(minutes=2), standard="C-01-02-01")
    second = invented.register("小区违停", ago=timedelta(minutes=1))
    window = open_window(invented)
    press(window, Qt.Key.Key_1, ALT)
    settle(qtbot, window)
    window.state.select((first,))
    settle(qtbot, window)
    press(window, Qt.Key.Key_F2)
    form = window.detail.foot.form
    assert form is not None
    press(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: has_rows(window, 1))
    settle(qtbot, window)
    assert window.state.current == first
    focused = QApplication.focusWidget()
    assert focused is not None
    press(focused, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: invented.store.cases[first].state == "dispatched")
    qtbot.waitUntil(lambda: window.state.current == second)


def test_the_key_of_what_is_not_possible_now_says_why(window: MainWindow, qtbot: QtBot) -> None:
    filed = next(row for row in window.cases.model.rows if row.state == "filed")
    window.state.select((filed.id,))
    settle(qtbot, window)
    press(window, Qt.Key.Key_F9)
    assert window.detail.foot.note.text() == "▲ 案件现为“待派遣”，现在不能结案。"


def test_f2_on_a_case_that_was_given_out_gives_it_to_another(window: MainWindow, qtbot: QtBot) -> None:
    given = next(row for row in window.cases.model.rows if row.state == "dispatched")
    window.state.select((given.id,))
    settle(qtbot, window)
    press(window, Qt.Key.Key_F2)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert window.detail.isAncestorOf(focused)


def test_what_is_taken_back_is_shown_again(window: MainWindow, invented: InventedDesk, qtbot: QtBot) -> None:
    filed = next(row for row in window.cases.model.rows if row.state == "filed")
    invented.act(Action.DISPATCH, filed.id, lead=LEAD, reason="熟悉情况")
    window.batch.remember((filed.id,))
    window.announce(Changes(frozenset({filed.id})))
    settle(qtbot, window)
    press(window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: window.state.current == filed.id)
    assert invented.store.cases[filed.id].state == "filed"


def test_ten_cases_are_dispatched_by_keys_alone(open_window: OpenWindow, qtbot: QtBot) -> None:
    invented = empty_desk()
    for number in range(10):
        invented.filed(f"第 {number} 件", ago=timedelta(minutes=number))
    window = open_window(invented)
    press(window, Qt.Key.Key_2, ALT)
    settle(qtbot, window)
    for left in range(9, -1, -1):
        press(window, Qt.Key.Key_F2)
        focused = QApplication.focusWidget()
        assert focused is not None
        settle(qtbot, window)
        press(focused, Qt.Key.Key_Return)
        qtbot.waitUntil(partial(has_rows, window, left))
        settle(qtbot, window)
    assert {case.state for case in invented.store.cases.values()} == {"dispatched"}


@pytest.mark.parametrize(
    ("key", "name"), [(Qt.Key.Key_1, "gridTree"), (Qt.Key.Key_3, "caseTable"), (Qt.Key.Key_K, "commandBar")]
)
def test_panes_are_reached_by_keys(window: MainWindow, key: Qt.Key, name: str) -> None:
    press(window, key, CTRL)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == name


def test_ctrl_d_switches_the_theme_and_the_next_start_keeps_it(
    window: MainWindow, open_window: OpenWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    press(window, Qt.Key.Key_D, CTRL)
    assert window.palette().window().color().lightness() < 64
    window.close()
    settle(qtbot, window)
    assert json.loads(invented.store.kept["desk.window"])["theme"] == "dark"
    press(open_window(invented), Qt.Key.Key_D, CTRL)


def test_the_desk_reopens_where_it_was(
    window: MainWindow, open_window: OpenWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    window.state.choose_grid("371002002601")
    settle(qtbot, window)
    window.tree.open_areas(["371002002", "371002002601"])
    window.cases.table.horizontalHeader().resizeSection(0, 150)
    press(window.cases.table, Qt.Key.Key_Down)
    here = window.state.current
    window.close()
    settle(qtbot, window)
    again = open_window(invented)
    settle(qtbot, again)
    assert again.state.filter.grid == "371002002601"
    assert again.state.current == here == again.cases.table.chosen()[0]
    assert set(again.tree.opened()) == {"371002002", "371002002601"}
    assert again.cases.table.columnWidth(0) == 150


def test_memory_of_another_version_does_not_keep_the_desk_from_opening(
    open_window: OpenWindow, invented: InventedDesk
) -> None:
    invented.store.kept["desk.window"] = '{"state": "{\\"filter\\": 7}", "theme": "sepia", "map": ""'
    assert titles(open_window(invented))


def test_an_empty_desk_says_what_to_do(open_window: OpenWindow) -> None:
    window = open_window(empty_desk())
    assert window.cases.note.isVisible()
    assert "F3" in window.cases.note.words.text()


def test_the_lamp_and_the_status_line_tell_real_figures(window: MainWindow, qtbot: QtBot) -> None:
    settle(qtbot, window)
    assert window.pages.sync.lamp.words.startswith("未上报 5 件")
    assert window.status.figures.text() == "本机 10 件 · 在办 10"


def test_typing_in_the_search_narrows_after_a_pause(window: MainWindow, qtbot: QtBot) -> None:
    press(window, Qt.Key.Key_F, CTRL)
    assert QApplication.focusWidget() is window.cases.bar.search
    QTest.keyClicks(window.cases.bar.search, "20261120")
    qtbot.waitUntil(lambda: window.state.filter.text == "20261120")
    press(window.cases.bar.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.state.filter.text == "")
    assert window.cases.table.hasFocus()


def test_a_screen_of_1366_by_768_at_150_percent_shows_clocks_and_deadlines(window: MainWindow, qtbot: QtBot) -> None:
    window.setWindowState(Qt.WindowState.WindowNoState)
    window.resize(910, 499)
    table, header = window.cases.table, window.pane.panel.top.header
    filed = [row.id for row in window.cases.model.rows if row.state == "filed"]
    for case_id in filed:
        window.state.select((case_id,))
        settle(qtbot, window)
        qtbot.waitUntil(lambda: header.natural.isVisible() and header.natural.geometry().bottom() < header.height())
    assert (window.width(), window.height()) == (910, 499)
    assert not table.isColumnHidden(DUE)
    assert table.horizontalScrollBar().maximum() == 0


def test_sides_that_gave_way_in_a_narrow_window_come_back_in_a_wide_one(window: MainWindow, qtbot: QtBot) -> None:
    window.setWindowState(Qt.WindowState.WindowNoState)
    across = window._places.across
    window.resize(1400, 800)
    qtbot.waitUntil(lambda: across.width() == 1400)
    across.setSizes([240, 798, 360])
    window.resize(910, 800)
    qtbot.waitUntil(lambda: across.sizes()[::2] == [190, 300])
    window.resize(1400, 800)
    qtbot.waitUntil(lambda: across.sizes()[::2] == [240, 360])
