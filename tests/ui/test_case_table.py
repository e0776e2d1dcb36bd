"""The list: rows that stay where they are, pages that come by themselves, words in every cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import GridClientError
from gridclient.services.rows import CaseFilter, CasePage, CaseRow, Changes, Sort, SortKey
from gridclient.ui.cases.columns import COLUMNS, TITLE
from gridclient.ui.cases.filter_menus import fill_units
from gridclient.ui.cases.model import CaseModel, spans
from gridclient.ui.cases.page import PAGE
from gridclient.ui.jobs import Jobs
from gridclient.ui.state import Question
from gridclient.ui.theme import ROW_PX
from tests.ui.conftest import EVERYTHING, OpenList, press
from tests.ui.fakes.invented_desk import GRIDS, NOW, UNITS, InventedDesk


def row(line: int, /, **fields: Any) -> CaseRow:
    made = CaseRow(
        rowid=line,
        id=f"{line:032x}",
        number=f"371002002-20261120-A1{line:04d}",
        title=f"第 {line} 件",
        state="filed",
        level=3,
        grid="",
        grid_name="",
        unit="",
        unit_name="",
        cooperating=0,
        due=NOW + timedelta(hours=line),
        channel="12345",
        registered_at=NOW,
        returned=False,
        escalated=False,
        conflict=False,
        pending=False,
        lon=None,
        lat=None,
    )
    return replace(made, **fields)


def shown(model: CaseModel, key: SortKey, line: int = 0) -> str:
    column = next(place for place, column in enumerate(COLUMNS) if column.key is key)
    return str(model.index(line, column).data())


# -- steps between two states of the list ---------------------------------------------------------------------------


def test_runs_of_places_become_spans() -> None:
    assert spans([0, 1, 2, 5, 7, 8]) == ((0, 2), (5, 5), (7, 8))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    before=st.lists(st.integers(1, 12), unique=True, max_size=10),
    after=st.lists(st.integers(1, 12), unique=True, max_size=10),
)
def test_any_list_becomes_any_other_and_views_are_told_each_step(
    qapp: QApplication, before: list[int], after: list[int]
) -> None:
    model = CaseModel(now=NOW)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_rows([row(number) for number in before], more=False)
    model.set_rows([row(number) for number in after], more=False)
    assert [one.rowid for one in model.rows] == after
    assert [model.place_of(one.id) for one in model.rows] == list(range(len(after)))
    del tester


def test_unchanged_rows_need_no_steps(qtbot: QtBot) -> None:
    model = CaseModel(now=NOW)
    model.set_rows([row(number) for number in range(5)], more=False)
    for told in (model.modelReset, model.layoutChanged, model.rowsRemoved, model.rowsInserted, model.dataChanged):
        told.connect(lambda *_: pytest.fail("a step"))
    model.set_rows([row(number) for number in range(5)], more=False)


# -- cells ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "key", "words"),
    [
        ({}, SortKey.NUMBER, "20261120-A10001"),
        ({"number": "7"}, SortKey.NUMBER, "7"),
        ({}, SortKey.UNIT, "—"),
        ({"state": "handling", "unit_name": "司法所"}, SortKey.UNIT, "司法所"),
        ({"state": "handling", "unit_name": "司法所", "cooperating": 2}, SortKey.UNIT, "司法所 +2"),
        ({"returned": True, "unit_name": "司法所"}, SortKey.UNIT, "—"),
        ({"returned": True}, SortKey.STATE, "被退回"),
        ({"escalated": True, "state": "handling"}, SortKey.STATE, "上报县级"),
        ({"state": "handled"}, SortKey.STATE, "待核查"),
        ({"channel": "110"}, SortKey.CHANNEL, "民生110"),
        ({"level": 4}, SortKey.LEVEL, "4级"),
    ],
)
def test_cells_say_it_in_the_words_of_the_field(
    qapp: QApplication, fields: dict[str, object], key: SortKey, words: str
) -> None:
    model = CaseModel(now=NOW)
    model.set_rows([row(1, **fields)], more=False)
    assert shown(model, key) == words


def test_clocks_go_on_without_asking_the_store(qapp: QApplication) -> None:
    model = CaseModel(now=NOW)
    model.set_rows([row(1, state="handling", due=NOW + timedelta(minutes=90))], more=False)
    assert shown(model, SortKey.DUE) == "◔ 工时 01:30"
    model.tick(NOW + timedelta(minutes=31))
    assert shown(model, SortKey.DUE) == "▲ 工时 00:59"


def test_the_head_of_the_sorted_column_carries_an_arrow(qapp: QApplication) -> None:
    model = CaseModel(now=NOW)
    model.set_order(Sort(SortKey.TITLE, descending=True))
    heads = [model.headerData(place, Qt.Orientation.Horizontal) for place in range(3)]
    assert heads == ["编号", "标题 ↓", "级别"]


# -- the list over a store ------------------------------------------------------------------------------------------


def test_lines_have_one_height_and_the_title_takes_what_is_left(open_list: OpenList, crowded: InventedDesk) -> None:
    page = open_list(crowded)
    assert {page.table.rowHeight(line) for line in range(20)} == {ROW_PX}
    widths = [page.table.columnWidth(place) for place in range(len(COLUMNS))]
    assert sum(widths) <= page.table.viewport().width()
    assert widths[TITLE] > 150


def test_further_pages_come_when_the_end_is_near(
    open_list: OpenList, crowded: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    page = open_list(crowded)
    assert page.model.rowCount() == PAGE
    page.table.go_to(PAGE - 5)
    qtbot.waitUntil(lambda: page.model.rowCount() == PAGE * 2)
    page.table.scrollToBottom()
    qtbot.waitUntil(lambda: page.model.rowCount() == PAGE * 2 + 30)
    assert not page.model.canFetchMore(QModelIndex())
    assert len({one.id for one in page.model.rows}) == PAGE * 2 + 30


def test_the_next_page_of_a_list_that_was_left_is_not_put_under_another(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, read, shown_anew = open_list(crowded), crowded.store.page, Event()

    def slow(*asked: Any, after: str | None = None, **rest: Any) -> CasePage:
        return read(*asked, after=after, **rest) if after is None or shown_anew.wait(30) else read(*asked, **rest)

    monkeypatch.setattr(crowded.store, "page", slow)
    first = page.model.row_at(0)
    page.model.fetchMore(QModelIndex())
    page.show_question(Question(CaseFilter(), Sort(SortKey.NUMBER, descending=True)), grid_name="全部网格")
    qtbot.waitUntil(lambda: page.model.row_at(0) != first)
    shown_anew.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert page.model.rowCount() == PAGE


def test_no_case_is_lost_when_another_comes_while_the_next_page_is_read(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, read, shown_anew = open_list(crowded), crowded.store.page, Event()

    def slow(*asked: Any, after: str | None = None, **rest: Any) -> CasePage:
        if after is not None:
            shown_anew.wait(30)
        return read(*asked, after=after, **rest)

    monkeypatch.setattr(crowded.store, "page", slow)
    page.model.fetchMore(QModelIndex())
    new = crowded.register("最早的一件", ago=timedelta(days=400))
    page.refresh(Changes(frozenset({new})))
    qtbot.waitUntil(lambda: page.model.place_of(new) == 0)
    shown_anew.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    shown = [one.id for one in page.model.rows]
    assert shown == [one.id for one in read(EVERYTHING.filter, EVERYTHING.sort, limit=len(shown)).rows]


def test_a_page_that_could_not_be_read_is_asked_for_again_at_the_end(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_list(crowded)

    def broken(*_asked: Any, **_rest: Any) -> CasePage:
        raise GridClientError("store.locked")

    with monkeypatch.context() as patch, qtbot.waitSignal(jobs.failed):
        patch.setattr(crowded.store, "page", broken)
        page.table.scrollToBottom()
    qtbot.waitUntil(lambda: not jobs.busy)
    page.table.scrollToTop()
    page.table.scrollToBottom()
    qtbot.waitUntil(lambda: page.model.rowCount() == PAGE * 2)


def test_refresh_keeps_choice_and_scroll(open_list: OpenList, crowded: InventedDesk, jobs: Jobs, qtbot: QtBot) -> None:
    page = open_list(crowded)
    page.table.go_to(60)
    page.table.verticalScrollBar().setValue(50 * ROW_PX + 7)
    chosen, top = page.table.chosen(), page.table.spot()
    new = crowded.register("最早的一件", ago=timedelta(days=400))
    page.refresh(Changes(frozenset({new})))
    qtbot.waitUntil(lambda: page.model.place_of(new) == 0)
    assert page.table.chosen() == chosen
    assert page.table.spot() == top


def test_the_chosen_case_is_brought_into_view_when_the_rows_are_others(
    open_list: OpenList, crowded: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    page = open_list(crowded)
    page.show_question(Question(CaseFilter(text="没有这样的字")), grid_name="")
    qtbot.waitUntil(page.note.isVisible)
    newest_first = Sort(SortKey.NUMBER, descending=True)
    page.show_question(Question(CaseFilter(), newest_first), grid_name="")
    qtbot.waitUntil(lambda: page.model.rowCount() == PAGE)
    fortieth = page.model.row_at(40)
    page.show_question(Question(CaseFilter(text=fortieth.number)), grid_name="")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.show_selected((fortieth.id,))
    page.show_question(Question(CaseFilter(), newest_first), grid_name="")
    qtbot.waitUntil(lambda: page.model.rowCount() == PAGE)
    assert page.table.viewport().rect().intersects(page.table.visualRect(page.table.currentIndex()))


def test_home_and_end_go_to_the_first_and_the_last_case_of_the_whole_list(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot, jobs: Jobs
) -> None:
    page = open_list(crowded)
    last = crowded.store.page(EVERYTHING.filter, EVERYTHING.sort, limit=1_000).rows[-1]
    page.table.go_to(3)
    press(page.table, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert page.table.chosen() == (last.id,)
    press(page.table, Qt.Key.Key_Home)
    assert page.table.chosen() == (page.model.rows[0].id,)
    press(page.table, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert len(page.table.chosen()) == PAGE * 2 + 30


def test_where_end_does_not_reach_the_last_case_it_is_said(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridclient.ui.cases.page._MOST_CHOSEN", PAGE + 30)
    page = open_list(crowded)
    reached = crowded.store.page(EVERYTHING.filter, EVERYTHING.sort, limit=PAGE + 30).rows[-1]
    with qtbot.waitSignal(page.told) as told:
        press(page.table, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert page.table.chosen() == (reached.id,)
    assert told.args is not None and f"{PAGE + 30} 件" in told.args[0]


def test_end_holds_when_a_write_comes_before_its_answer_but_not_in_another_list(
    open_list: OpenList, crowded: InventedDesk, qtbot: QtBot, jobs: Jobs
) -> None:
    page = open_list(crowded)
    press(page.table, Qt.Key.Key_End)
    page.refresh(Changes(frozenset({crowded.register("新的一件")})))
    qtbot.waitUntil(lambda: not jobs.busy)
    assert page.table.currentIndex().row() == page.model.rowCount() - 1 == PAGE * 2 + 30
    page.show_question(Question(CaseFilter(), Sort(SortKey.TITLE)), grid_name="全部网格")
    qtbot.waitUntil(lambda: not jobs.busy)
    press(page.table, Qt.Key.Key_End)
    page.show_question(EVERYTHING, grid_name="全部网格")
    qtbot.waitUntil(lambda: not jobs.busy)
    assert page.model.rowCount() == PAGE


def test_what_is_copied_are_the_chosen_lines_as_a_spreadsheet_takes_them(
    open_list: OpenList, crowded: InventedDesk
) -> None:
    page = open_list(crowded)
    page.table.go_to(1)
    press(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    press(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().split("\n")
    assert [line.split("\t")[:2] for line in lines] == [[row.number, row.title] for row in page.model.rows[1:3]]
    shown = sum(not page.table.isColumnHidden(place) for place in range(len(COLUMNS)))
    assert all(len(line.split("\t")) == shown for line in lines)


def test_a_click_on_a_head_asks_for_its_order_and_again_for_the_reverse(
    open_list: OpenList, invented: InventedDesk, qtbot: QtBot
) -> None:
    page = open_list(invented)
    heads = page.table.horizontalHeader()
    at = heads.viewport().rect().center()
    at.setX(heads.sectionViewportPosition(TITLE) + 30)
    with qtbot.waitSignal(page.ordered) as asked:
        QTest.mouseClick(heads.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.args == [SortKey.TITLE, False]
    page.show_question(Question(CaseFilter(), Sort(SortKey.TITLE)), grid_name="")
    with qtbot.waitSignal(page.ordered) as asked:
        QTest.mouseClick(heads.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.args == [SortKey.TITLE, True]


@pytest.mark.parametrize("chosen", ["", "371002"])
def test_many_units_of_one_kind_are_offered_by_township(look: None, chosen: str) -> None:
    towns = [replace(GRIDS[0], code=f"37100200{n}", name=f"{n} 号街道", tier="township") for n in (1, 2)]
    units = [
        replace(UNITS[0], code=f"{town.code}-A{n}", name=f"{town.name}第 {n} 站", township=town.code)
        for town in towns
        for n in range(20)
    ]
    menu, narrowed = QMenu(), list[Mapping[str, object]]()
    fill_units(menu, [*units, UNITS[1]], towns, chosen, narrowed.append)
    kinds = {below.title(): below for below in menu.findChildren(QMenu)}
    assert [action.text() for action in kinds["B类派驻"].actions()] == ["鲸园派出所"]
    assert [action.text() for action in kinds["A类派驻"].actions()] == ["1 号街道", "2 号街道"]
    kinds["2 号街道"].actions()[0].trigger()
    assert narrowed == [{"unit": "371002002-A0"}]


def test_no_case_fits_and_one_button_takes_the_conditions_away(
    open_list: OpenList, invented: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    page = open_list(invented)
    page.show_question(Question(CaseFilter(text="没有这样的字")), grid_name="")
    qtbot.waitUntil(page.note.isVisible)
    assert page.note.words.text() == "没有符合这些条件的案件。"
    with qtbot.waitSignal(page.cleared):
        QTest.mouseClick(page.note.button, Qt.MouseButton.LeftButton)


def test_a_view_is_saved_under_a_name_and_chosen_again(
    open_list: OpenList, invented: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    page = open_list(invented)
    page.bar.views.save("我的")
    qtbot.waitUntil(lambda: "我的" in invented.store.saved_views and not jobs.busy)
    assert invented.store.saved_views["我的"].filter == EVERYTHING.filter
    menu = page.bar._menus["views"].menu()
    menu.aboutToShow.emit()
    with qtbot.waitSignal(page.view_chosen) as chosen:
        menu.actions()[0].trigger()
    assert chosen.args is not None
    assert chosen.args[0].name == "我的"


def test_the_chips_are_one_stop_of_tab_with_arrow_keys_inside(
    open_list: OpenList, invented: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    page = open_list(invented)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.show_question(Question(CaseFilter(level=3, channel="12345", only_open=True)), grid_name="")
    qtbot.waitUntil(lambda: not jobs.busy)
    level, channel = page.bar.chip("level"), page.bar.chip("channel")
    assert level is not None and channel is not None
    level.setFocus()
    press(level, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is page.bar.search
    press(page.bar.search, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is level
    press(level, Qt.Key.Key_Right)
    assert QApplication.focusWidget() is channel
    press(channel, Qt.Key.Key_Down)
    assert QApplication.focusWidget() is page.table
    channel.setFocus()
    with qtbot.waitSignal(page.bar.narrowed) as told:
        press(channel, Qt.Key.Key_Return)
    assert told.args == [{"channel": ""}]
    assert QApplication.focusWidget() is page.table
