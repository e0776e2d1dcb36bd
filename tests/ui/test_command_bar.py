"""Ctrl+K: one line that finds everything by words, numbers and initials, without the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.services.rows import Box
from gridclient.ui.actions import Known
from gridclient.ui.command.offers import Kind, Sources, asks_for_a_number, offers_for
from gridclient.ui.main_window import MainWindow
from tests.ui.conftest import press
from tests.ui.fakes.invented_desk import GRIDS, LEAD, UNITS

CTRL = Qt.KeyboardModifier.ControlModifier
SOURCES = Sources(
    commands=(Known("register", "登记", "F3"), Known("dispatch", "派遣", "F2")),
    units=UNITS,
    grids=GRIDS,
    initials={"登记": "dj", "派遣": "pq", "古陌社区": "gmsq", "待派遣": "dpq", "已结案": "yja"},
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
        ("dpq", Kind.BOX, "待派遣"),
        ("yja", Kind.STATE, "已结案"),
        ("噪音", Kind.SEARCH, "在案件中查找“噪音”"),
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


def test_a_click_takes_an_offer(window: MainWindow, qtbot: QtBot) -> None:
    type_in(window, "gmsq")
    shown = window.command._list
    assert shown is not None
    place = shown.visualRect(shown.offers.index(0)).center()
    QTest.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.state.filter.grid == "371002002001"


def test_a_command_that_is_not_possible_now_does_nothing(window: MainWindow, qtbot: QtBot) -> None:
    assert not window.actions_.trigger("undo")
