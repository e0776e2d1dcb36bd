"""Ctrl+K: one line that finds everything by words, numbers and initials, without the mouse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import InvalidInput
from gridclient.domain.roles import Action
from gridclient.services.rows import Box, Sort, SortKey
from gridclient.services.words import STATES
from gridclient.ui.actions import Known
from gridclient.ui.command.bar import take_offer
from gridclient.ui.command.names import settings_parts
from gridclient.ui.command.offers import Kind, Offer, Sources, asks_for_a_number, offers_for
from gridclient.ui.main_window import MainWindow
from gridclient.ui.settings.page import SettingsPage
from tests.ui.conftest import OpenWindow, press
from tests.ui.fakes.invented_desk import GRIDS, LEAD, UNITS, InventedDesk
from tests.ui.fakes.memory_store import MemoryReference

CTRL = Qt.KeyboardModifier.ControlModifier
SOURCES = Sources(
    commands=(Known("register", "登记", "F3"), Known("dispatch", "派遣", "F2")),
    units=UNITS,
    grids=GRIDS,
    initials={"登记": "dj", "派遣": "pq", "待派遣": "dpq", "已结案": "yja", "日志": "rz"},
    township="371002002",
)


def found(typed: str) -> list[tuple[Kind, str]]:
    return [(offer.kind, offer.title) for offer in offers_for(typed, SOURCES)]


@pytest.mark.parametrize(
    ("typed", "kind", "title"),
    [
        ("zhx", Kind.UNIT, "综合行政执法中队"),
        ("司法", Kind.UNIT, "司法所"),
        ("dj", Kind.COMMAND, "登记"),
        ("竹岛", Kind.GRID, "竹岛街道"),
        ("鲸园", Kind.GRID, "鲸园街道"),
        ("gmsq", Kind.GRID, "古陌社区"),
        ("古陌", Kind.GRID, "古陌社区"),
        ("古陌 第三", Kind.GRID, "第三网格(基础)"),
        ("古陌社区第三", Kind.GRID, "第三网格(基础)"),
        ("gmdsw", Kind.GRID, "第三网格(基础)"),
        ("dpq", Kind.BOX, "待派遣"),
        ("yja", Kind.STATE, "已结案"),
        ("噪音", Kind.SEARCH, "在案件中查找“噪音”"),
        ("备份", Kind.PAGE, "备份与恢复"),
        ("恢复", Kind.PAGE, "备份与恢复"),
        ("加密", Kind.PAGE, "备份与恢复"),
        ("外观", Kind.PAGE, "外观"),
        ("节假日", Kind.PAGE, "时限与工作时间"),
        ("rz", Kind.PAGE, "操作记录"),
        ("派单", Kind.COMMAND, "派遣"),
        ("新建", Kind.COMMAND, "登记"),
    ],
)
def test_the_first_offer_is_what_was_meant(typed: str, kind: Kind, title: str) -> None:
    assert found(typed)[0] == (kind, title)


def test_nothing_typed_offers_the_commands() -> None:
    assert found("") == [(Kind.COMMAND, "登记"), (Kind.COMMAND, "派遣")]


def test_whatever_is_typed_can_be_searched_for() -> None:
    assert all(found(typed)[-1][0] is Kind.SEARCH for typed in ("zh", "登记", "12345", "没有"))


@pytest.mark.parametrize(
    ("typed", "is_number"),
    [("A10047", True), ("20261120-A10047", True), ("047", True), ("zh", False), ("噪音12345", False)],
)
def test_numbers_are_looked_up_among_the_cases(typed: str, is_number: bool) -> None:
    assert asks_for_a_number(typed) is is_number


def type_in(window: MainWindow, text: str) -> None:
    press(window, Qt.Key.Key_K, CTRL)
    QTest.keyClicks(window.command, text)


def test_enter_takes_the_first_offer_and_the_keyboard_is_back_in_the_list(window: MainWindow, qtbot: QtBot) -> None:
    type_in(window, "zhx")
    press(window.command, Qt.Key.Key_Return)
    assert window.state.filter.unit == LEAD
    assert window.command.text() == ""
    assert window.cases.table.hasFocus()


def test_the_arrow_keys_step_to_another_offer(window: MainWindow, qtbot: QtBot) -> None:
    type_in(window, "dpq")
    offers = window.command.offers()
    assert [offer.kind for offer in offers] == [Kind.BOX, Kind.SEARCH]
    press(window.command, Qt.Key.Key_Down)
    press(window.command, Qt.Key.Key_Return)
    assert window.state.filter.text == "dpq"


def test_escape_changes_nothing(window: MainWindow) -> None:
    before = window.state.question
    type_in(window, "gmsq")
    press(window.command, Qt.Key.Key_Escape)
    assert window.state.question == before
    assert not window.command.offers()
    assert window.cases.table.hasFocus()


def test_of_names_that_fit_alike_an_action_comes_first() -> None:
    away = Known("offline", "离线/恢复联网", "")
    village = replace(GRIDS[-1], code="371002104011", name="洛西村", tier="community", initials="lxc")
    sources = Sources(commands=(away,), grids=(*GRIDS, village), initials={away.title: "lxhflw"})
    assert [offer.title for offer in offers_for("lx", sources)[:2]] == [away.title, "洛西村"]


def test_the_cases_that_lie_nowhere_are_found_by_initials_like_an_area(window: MainWindow) -> None:
    type_in(window, "wlg")
    assert [offer.title for offer in window.command.offers() if offer.kind is Kind.GRID] == ["未落格"]


def test_what_was_typed_goes_when_the_operator_clicks_elsewhere(window: MainWindow) -> None:
    type_in(window, "gmsq")
    table = window.cases.table
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(table.model().index(1, 1)).center()
    )
    assert window.command.text() == ""
    assert not window.command.offers()


def test_a_case_is_found_by_the_end_of_its_number(window: MainWindow, qtbot: QtBot) -> None:
    wanted = window.cases.model.row_at(3)
    type_in(window, wanted.number[-5:])
    qtbot.waitUntil(lambda: any(offer.kind is Kind.CASE for offer in window.command.offers()))
    press(window.command, Qt.Key.Key_Return)
    assert window.state.current == wanted.id


def test_a_box_is_chosen_by_its_initials(window: MainWindow, qtbot: QtBot) -> None:
    type_in(window, "dpq")
    press(window.command, Qt.Key.Key_Return)
    assert window.state.filter.box is Box.FILED


@pytest.mark.parametrize(("place", "title"), [(place, part[0]) for place, part in settings_parts().items()])
def test_a_part_of_the_settings_is_opened_by_its_title(window: MainWindow, place: str, title: str) -> None:
    press(window, Qt.Key.Key_K, CTRL)
    committed = QInputMethodEvent()
    committed.setCommitString(title)
    QApplication.sendEvent(window.command, committed)
    assert (Kind.PAGE, place) == (window.command.offers()[0].kind, window.command.offers()[0].value)
    press(window.command, Qt.Key.Key_Return)
    page = window.pages.page("settings")
    assert isinstance(page, SettingsPage)
    assert page.stack.currentWidget() is page.sections[page.list.currentIndex().row()]
    assert page.list.currentIndex().data() == title
    assert page.list.hasFocus()


def test_a_box_that_is_chosen_already_stays_chosen(window: MainWindow) -> None:
    for _ in range(2):
        type_in(window, "dpq")
        press(window.command, Qt.Key.Key_Return)
        assert window.state.filter.box is Box.FILED


def test_a_saved_view_is_found_by_its_name_and_shown(window: MainWindow, qtbot: QtBot) -> None:
    window.state.search("噪音")
    window.cases.bar.views.save("night 夜间")
    qtbot.waitUntil(lambda: bool(window.command.sources.views))
    window.state.clear()
    type_in(window, "night")
    assert [offer.kind for offer in window.command.offers()] == [Kind.VIEW, Kind.SEARCH]
    press(window.command, Qt.Key.Key_Return)
    assert window.state.filter.text == "噪音"


def test_the_list_is_ordered_by_words_and_once_more_turns_it_round(window: MainWindow) -> None:
    for turned in (False, True, False):
        type_in(window, "ajb")
        assert window.command.offers()[0].title == "按级别排序"
        press(window.command, Qt.Key.Key_Return)
        assert window.state.sort == Sort(SortKey.LEVEL, turned)


def test_a_case_is_offered_with_the_number_that_the_list_shows(window: MainWindow, qtbot: QtBot) -> None:
    wanted = next(row for row in window.cases.model.rows if row.unit_name)
    type_in(window, wanted.number[-5:])
    qtbot.waitUntil(lambda: window.command.offers()[0].kind is Kind.CASE)
    assert window.command.offers()[0].detail == f"{window.cases.model.short(wanted.number)} · {STATES[wanted.state]}"


def test_the_same_day_and_count_in_several_townships_are_told_apart(window: MainWindow) -> None:
    row = window.cases.model.rows[0]
    alike = [replace(row, id=code, number=f"{code}-20261120-A10047") for code in ("371002001", "371002002")]
    offers = offers_for("0047", SOURCES, alike)  # beside a list that has shown cases of one township only
    assert [offer.detail.split(" · ")[0] for offer in offers[:2]] == ["001-261120-A10047", "002-261120-A10047"]


def test_a_click_takes_an_offer(window: MainWindow, qtbot: QtBot) -> None:
    type_in(window, "gmsq")
    shown = window.command._list
    assert shown is not None
    place = shown.visualRect(shown.offers.index(0)).center()
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.state.filter.grid == "371002002001"


def test_of_a_command_that_is_not_possible_now_the_panel_says_why(window: MainWindow, qtbot: QtBot) -> None:
    row = next(row for row in window.cases.model.rows if row.state == "filed" and not row.returned)
    window.state.choose_case(row.id)
    qtbot.waitUntil(lambda: window.detail.view is not None and window.detail.view.case.id == row.id)
    qtbot.waitUntil(lambda: not window.actions_.case[Action.SIGN].isEnabled())
    take_offer(Offer(Kind.COMMAND, "sign", "签收"), window.state, window.actions_, window.command.sources)
    assert window.detail.foot.note.text() == "▲ 案件现为“待派遣”，现在不能签收。"


def test_undo_with_nothing_to_take_back_says_so(window: MainWindow) -> None:
    window.actions_.trigger("undo")
    assert "没有可以撤销的操作" in window.banner.words.text()
    assert window.banner.property("kind") == "info"  # which leaves by itself


@pytest.mark.parametrize(
    ("command", "words"),
    [("file", "请先选择案件。"), ("verify", "请先选择案件。"), ("offline", "现在不能“离线/恢复联网”。")],
)
def test_a_command_that_nothing_can_be_done_with_now_says_so(
    window: MainWindow, qtbot: QtBot, command: str, words: str
) -> None:
    window.state.select(())
    qtbot.waitUntil(lambda: not window.actions_.case[Action.NOTE].isEnabled())
    title = next(one.title for one in window.command.sources.commands if one.name == command)
    press(window, Qt.Key.Key_K, CTRL)
    typed = QInputMethodEvent()
    typed.setCommitString(title)
    QApplication.sendEvent(window.command, typed)
    assert (window.command.offers()[0].kind, window.command.offers()[0].value) == (Kind.COMMAND, command)
    press(window.command, Qt.Key.Key_Return)
    assert window.banner.isVisible()
    assert window.banner.words.text() == words


def test_the_commands_are_there_though_no_grid_could_be_read(
    open_window: OpenWindow, invented: InventedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise InvalidInput("file.damaged", file="desk.db")

    monkeypatch.setattr(MemoryReference, "grids", fail)
    window = open_window(invented)
    press(window, Qt.Key.Key_K, CTRL)
    assert window.command.offers()
