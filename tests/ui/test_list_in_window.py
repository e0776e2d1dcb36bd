"""The list as the operator has it before them: all cases at once, numbers of several townships, names of views."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from operator import contains

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import Action
from gridclient.services.rows import Box, Changes, SavedView, SortKey
from gridclient.ui.cases.columns import COLUMNS, NUMBER
from gridclient.ui.cases.page import PAGE
from gridclient.ui.main_window import MainWindow
from gridclient.ui.theme import fixed_font
from tests.ui.conftest import OpenWindow, press
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk

CTRL = Qt.KeyboardModifier.ControlModifier
HERE, THERE = "371002002002001", "371002003001001"
CASES = PAGE * 2 + 30


def settled(window: MainWindow) -> Callable[[], bool]:
    return lambda: not window._jobs.busy


@pytest.fixture
def crowded() -> InventedDesk:
    """More cases than one page; a dozen of them of another kind."""
    made = empty_desk()
    for number in range(CASES):
        made.register(f"{'占道' if number % 35 == 1 else '路灯'} {number}")
    return made


def test_ctrl_a_takes_all_cases_and_says_how_many(open_window: OpenWindow, crowded: InventedDesk, qtbot: QtBot) -> None:
    window = open_window(crowded)
    bar = window.cases.bar
    qtbot.waitUntil(lambda: bar.count.text() == f"{CASES} 件 · 按时限")
    assert len(window.cases.model.rows) == PAGE
    press(window.cases.table, Qt.Key.Key_A, CTRL)
    qtbot.waitUntil(lambda: len(window.state.selected) == CASES)
    qtbot.waitUntil(lambda: bar.count.text() == f"已选 {CASES} 件 · 共 {CASES} 件")
    press(window.cases.table, Qt.Key.Key_Down)
    assert bar.count.text() == f"{CASES} 件 · 按时限"


def test_of_all_cases_those_stay_chosen_that_a_narrower_filter_leaves(
    open_window: OpenWindow, crowded: InventedDesk, qtbot: QtBot
) -> None:
    window = open_window(crowded)
    press(window.cases.table, Qt.Key.Key_A, CTRL)
    qtbot.waitUntil(lambda: len(window.state.selected) == CASES)
    window.state.order_by(SortKey.NUMBER)
    qtbot.waitUntil(settled(window))
    assert len(window.state.selected) == CASES
    window.state.search("占道")
    qtbot.waitUntil(settled(window))
    left = {row.id for row in window.cases.model.rows}
    assert 1 < len(left) < PAGE
    assert set(window.state.selected) == left
    assert window.cases.bar.count.text().startswith(f"已选 {len(left)} 件 · 共 {len(left)} 件")


@pytest.mark.parametrize("step", ["box", "grid", "view"])
def test_in_another_list_one_case_is_chosen_of_those_that_were(
    open_window: OpenWindow, crowded: InventedDesk, qtbot: QtBot, step: str
) -> None:
    window = open_window(crowded)
    press(window.cases.table, Qt.Key.Key_A, CTRL)
    qtbot.waitUntil(lambda: len(window.state.selected) == CASES)
    state = window.state
    other: dict[str, Callable[[], object]] = {
        "box": lambda: state.toggle_box(Box.REPORTED),
        "grid": lambda: state.choose_grid("371002002"),
        "view": lambda: state.show_view(SavedView("路灯", replace(state.filter, text="路灯"), state.sort)),
    }
    other[step]()
    qtbot.waitUntil(settled(window))
    assert window.cases.model.rows
    assert len(state.selected) == 1


def test_ctrl_a_holds_when_a_write_comes_before_its_answer(
    open_window: OpenWindow, crowded: InventedDesk, qtbot: QtBot
) -> None:
    window = open_window(crowded)
    qtbot.waitUntil(settled(window))
    new = crowded.register("新的一件")
    press(window.cases.table, Qt.Key.Key_A, CTRL)
    window.cases.refresh(Changes(frozenset({new})))
    qtbot.waitUntil(settled(window))
    assert len(window.state.selected) == CASES + 1


def test_ctrl_a_before_the_answer_to_a_filter_takes_and_counts_what_the_filter_leaves(
    open_window: OpenWindow, crowded: InventedDesk, qtbot: QtBot
) -> None:
    window = open_window(crowded)
    qtbot.waitUntil(settled(window))
    window.state.search("路灯")
    press(window.cases.table, Qt.Key.Key_A, CTRL)
    qtbot.waitUntil(settled(window))
    left = window.cases.model.rows
    assert PAGE < len(left) < CASES
    assert set(window.state.selected) == {row.id for row in left}
    assert window.cases.bar.count.text().startswith(f"已选 {len(left)} 件 · 共 {len(left)} 件")


def test_chosen_neighbours_are_one_run_of_the_choice(open_window: OpenWindow, crowded: InventedDesk) -> None:
    table = open_window(crowded).cases.table
    rows = table._cases.rows
    table.choose([row.id for row in (rows[5], *rows[:5], rows[8])])
    assert table.selectionModel().selection().count() == 2
    assert table.chosen() == tuple(row.id for row in (rows[5], *rows[:5], rows[8]))


def test_heads_do_not_look_through_thousands_of_chosen_lines(open_window: OpenWindow, crowded: InventedDesk) -> None:
    table = open_window(crowded).cases.table
    table.selectAll()
    assert table.selectionModel().hasSelection()
    assert not table.horizontalHeader().selectionModel().hasSelection()


def test_numbers_of_a_township_that_a_later_page_brings_have_room(
    open_window: OpenWindow, crowded: InventedDesk, qtbot: QtBot
) -> None:
    last = crowded.register("又一处", ago=timedelta(days=-1), grid=THERE)
    window = open_window(crowded)
    model, table = window.cases.model, window.cases.table
    narrow = table.columnWidth(NUMBER)
    for _ in range(2):
        qtbot.waitUntil(settled(window))
        model.fetchMore(QModelIndex())
    qtbot.waitUntil(lambda: model.place_of(last) is not None)
    wide = table.columnWidth(NUMBER)
    assert wide > narrow
    next(entry for entry in table.column_menu().actions() if entry.text() == "恢复默认列").trigger()
    assert table.columnWidth(NUMBER) == wide


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


def test_the_end_of_a_number_is_seen_on_a_day_of_a_hundred_thousand_cases(open_window: OpenWindow) -> None:
    desk = empty_desk()
    for grid in (HERE, THERE):
        desk.register("路灯不亮", grid=grid)
    window = open_window(desk)
    model, table = window.cases.model, window.cases.table
    late = [replace(row, id=f"{row.id}0", number=f"{row.number[:-4]}123456") for row in model.rows]
    model.append(late, more=False)
    table.fit_numbers()
    shown = str(model.index(2, NUMBER).data())
    assert shown.endswith("123456")
    assert QFontMetrics(fixed_font()).horizontalAdvance(shown) < table.columnWidth(NUMBER)
    table.setColumnWidth(NUMBER, 60)
    table.fit_numbers()
    assert table.columnWidth(NUMBER) == 60, "the operator's width stays"


def test_a_desk_that_reopens_on_one_of_its_townships_shows_the_numbers_as_it_did(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    desk = empty_desk()
    for grid in (HERE, THERE):
        desk.register("路灯不亮", grid=grid)
    window = open_window(desk)
    window.state.choose_grid(HERE[:9])
    qtbot.waitUntil(lambda: len(window.cases.model.rows) == 1)
    shown = window.cases.model.index(0, NUMBER).data()
    window.close()
    qtbot.waitUntil(settled(window))
    again = open_window(desk)
    assert [shown] == [again.cases.model.index(line, NUMBER).data() for line in range(again.cases.model.rowCount())]
    assert again.cases.table.columnWidth(NUMBER) == window.cases.table.columnWidth(NUMBER)


def test_what_is_told_of_a_case_names_it_as_the_list_does(open_window: OpenWindow, qtbot: QtBot) -> None:
    desk = empty_desk()
    cases = [desk.register("路灯不亮", grid=grid) for grid in (HERE, THERE)]
    window = open_window(desk)
    shown = [str(window.cases.model.index(line, NUMBER).data()) for line in range(2)]
    window.batch.act(Action.CLOSE, cases)
    qtbot.waitUntil(settled(window))
    assert all(one.startswith("00") and one in window.banner.words.text() for one in shown)
    window.actions_.trigger("decline")
    qtbot.waitUntil(lambda: window.detail.foot.form is not None)
    form = window.detail.foot.form
    assert form is not None
    form.fill({"reason": "不归本街道"})
    press(form, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.status.told.text() == f"已不予受理 {shown[0]}（Ctrl+Z 撤销）")


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
    assert window.cases.bar.search.text() == shown


def test_a_view_gets_another_name_which_is_not_that_of_a_third(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    for name in ("夜间", "白天"):
        window.cases.bar.views.save(name)
        qtbot.waitUntil(partial(contains, invented.store.saved_views, name))
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
    qtbot.waitUntil(lambda: window.status.told.text() == "视图“夜间”已改名为“夜班”（Ctrl+Z 撤销）")
    press(window.cases.table, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: set(invented.store.saved_views) == {"夜间", "白天"})
    assert window.status.told.text() == "视图“夜班”已改名为“夜间”"


def test_a_view_that_was_saved_is_said_and_goes_by_ctrl_z(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    save_as(window, "夜间")
    qtbot.waitUntil(lambda: window.status.told.text() == "已存为视图“夜间”（Ctrl+Z 撤销）")
    assert set(invented.store.saved_views) == {"夜间"}
    press(window.cases.table, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: not invented.store.saved_views)
    assert window.status.told.text() == "已删除视图“夜间”"
    assert not window.actions_.desk["undo"].isEnabled()


def test_the_same_name_again_leaves_the_view_as_it_is(window: MainWindow, invented: InventedDesk, qtbot: QtBot) -> None:
    window.cases.bar.views.save("夜间")
    qtbot.waitUntil(lambda: "夜间" in invented.store.saved_views)
    qtbot.waitUntil(settled(window))
    field = name_field(window, "夜间")
    press(field, Qt.Key.Key_Return)
    qtbot.waitUntil(settled(window))
    assert field.text() == "夜间"
    assert set(invented.store.saved_views) == {"夜间"}


def test_a_view_is_not_saved_over_another(window: MainWindow, invented: InventedDesk, qtbot: QtBot) -> None:
    window.cases.bar.views.save("夜间")
    qtbot.waitUntil(lambda: "夜间" in invented.store.saved_views)
    qtbot.waitUntil(settled(window))
    kept = invented.store.saved_views["夜间"]
    window.state.search("噪音")
    field = save_as(window, "夜间")
    qtbot.waitUntil(settled(window))
    assert field.text() == ""
    assert invented.store.saved_views["夜间"] == kept


def test_a_view_that_was_deleted_comes_back_by_ctrl_z_and_both_are_said(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    window.state.search("噪音")
    window.cases.bar.views.save("夜间")
    qtbot.waitUntil(lambda: "夜间" in invented.store.saved_views)
    kept = invented.store.saved_views["夜间"]
    qtbot.waitUntil(settled(window))
    menu = window.cases.bar._menus["views"].menu()
    menu.aboutToShow.emit()
    dropping = next(below for below in menu.findChildren(QMenu) if below.title() == "删除视图")
    dropping.actions()[0].trigger()
    qtbot.waitUntil(lambda: not invented.store.saved_views)
    qtbot.waitUntil(lambda: window.status.told.text() == "已删除视图“夜间”（Ctrl+Z 撤销）")
    press(window.cases.table, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: invented.store.saved_views.get("夜间") == kept)
    assert window.status.told.text() == "视图“夜间”已恢复"


@pytest.mark.parametrize("part", ["views", "unit"])
def test_opening_a_menu_again_leaves_nothing_of_the_last_time(window: MainWindow, qtbot: QtBot, part: str) -> None:
    window.cases.bar.views.save("夜间")
    qtbot.waitUntil(settled(window))
    menu = window.cases.bar._menus[part].menu()
    menu.aboutToShow.emit()
    once = len(menu.findChildren(QWidget))
    assert once
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: len(menu.findChildren(QWidget)) == once)


def save_as(window: MainWindow, name: str) -> QLineEdit:
    """Saves the present view; returns the field in which its name was typed."""
    menu = window.cases.bar._menus["save"].menu()
    menu.aboutToShow.emit()
    field = menu.findChild(QLineEdit)
    assert field is not None
    field.setText(name)
    press(field, Qt.Key.Key_Return)
    return field


def name_field(window: MainWindow, view: str) -> QLineEdit:
    """The field for a view's new name."""
    menu = window.cases.bar._menus["views"].menu()
    menu.aboutToShow.emit()
    renaming = next(one for one in menu.findChildren(QMenu) if one.title() == "改名")
    below = next(one for one in renaming.findChildren(QMenu) if one.title() == view)
    field = below.findChild(QLineEdit)
    assert field is not None
    return field


def test_the_units_that_the_desk_has_read_narrow_the_list(window: MainWindow, qtbot: QtBot) -> None:
    menu = window.cases.bar._menus["unit"].menu()

    def offered() -> list[str]:
        menu.aboutToShow.emit()
        return [kind.text() for kind in menu.actions()]

    qtbot.waitUntil(lambda: bool(offered()))


def test_a_minute_that_passed_brings_what_the_list_does_not_show_yet(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    """Another program on this machine may have written, and what was due has become overdue."""
    qtbot.waitUntil(settled(window))
    case_id = invented.register("路灯不亮")
    window.lists.minute.timeout.emit()
    qtbot.waitUntil(lambda: window.cases.model.place_of(case_id) is not None)
