"""派遣: the proposal is there already; digits, letters, arrows and Enter do the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.case import CaseState, Contact, Role
from gridclient.domain.errors import StoreUnavailable
from gridclient.domain.roles import Action
from gridclient.services.rows import Changes
from gridclient.ui.dispatch.choice import Choice, UnitItem
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.dispatch.unit_list import UnitList
from gridclient.ui.jobs import Jobs
from gridclient.ui.present import short_number
from gridclient.ui.theme import base_font
from tests.ui.conftest import propose
from tests.ui.fakes.invented_desk import LEAD, OTHER, UNITS, InventedDesk, empty_desk
from tests.ui.fakes.memory_store import MemoryReference

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def made() -> InventedDesk:
    return empty_desk()


@pytest.fixture
def panel(made: InventedDesk, jobs: Jobs, qtbot: QtBot) -> DispatchPanel:
    shown = DispatchPanel(desk=made.desk, jobs=jobs, short=short_number)
    qtbot.addWidget(shown)
    shown.resize(344, 300)
    shown.show()
    return shown


def shown_names(panel: DispatchPanel) -> list[str]:
    return [item.name for item in panel.list.units.values]


def test_lead_and_cooperating_units_are_chosen_beforehand(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    propose(panel, made, made.filed("噪音"), qtbot)
    assert panel.choice.lead == LEAD
    assert panel.choice.cooperating == (OTHER,)
    parts = [panel.list.choice.part_of(item.code) for item in panel.list.units.values[:3]]
    assert parts == [Role.LEAD, Role.COOPERATING, None]


def test_the_name_of_a_unit_that_is_not_chosen_has_the_room_of_the_card(look: None, qtbot: QtBot) -> None:
    cards = UnitList(parent=(window := QWidget()))
    qtbot.addWidget(window)
    cards.resize(320, 120)
    window.show()
    bold = QFontMetrics(base_font(weight=QFont.Weight.DemiBold))
    name = "局" * ((320 - 55) // bold.horizontalAdvance("局"))
    cards.show_items([UnitItem("unit-x", name, "")], Choice())
    end = 37 + bold.horizontalAdvance(name)  # behind the number's frame
    picture = cards.viewport().grab(QRect(end - 10, 8, 8, 14)).toImage()
    assert len({picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}) > 1


def test_a_high_screen_shows_more_units_at_once(look: None, qtbot: QtBot) -> None:
    cards = UnitList(parent=(window := QWidget()))
    qtbot.addWidget(window)
    heights = []
    for height in (768, 1080):
        window.resize(344, height)
        cards.show_items([UnitItem(f"unit-{n}", f"第{n}中队", "管辖本网格 · 在岗") for n in range(20)], Choice())
        heights.append(cards.sizeHint().height())
    low, high = heights
    assert low < high < 1080 / 3


def test_enter_dispatches_to_the_proposal(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    case_id = made.filed("噪音")
    propose(panel, made, case_id, qtbot)
    with qtbot.waitSignal(panel.done) as done:
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert done.args == [Changes(frozenset({case_id}))]
    assert [part.unit for part in made.store.case(case_id).assignments] == [LEAD, OTHER]


@pytest.mark.parametrize("by_button", [False, True])
def test_what_names_no_unit_is_told_and_dispatches_to_nobody_else(
    panel: DispatchPanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot, *, by_button: bool
) -> None:
    case_id = made.filed("噪音")
    propose(panel, made, case_id, qtbot)
    QTest.keyClicks(panel.filter, "qqqx")
    assert "“qqqx”" in panel.note.text()
    panel.button.click() if by_button else QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert made.store.case(case_id).state is CaseState.FILED
    QTest.keyClick(panel.filter, Qt.Key.Key_Escape)
    assert not panel.note.text()
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert [part.unit for part in made.store.case(case_id).assignments] == [LEAD, OTHER]


def test_an_enter_before_the_case_is_shown_anew_is_no_second_dispatch(
    panel: DispatchPanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    case_id = made.filed("噪音")
    propose(panel, made, case_id, qtbot)
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    with qtbot.assertNotEmitted(panel.refused):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not jobs.busy)
    assert not panel.note.isVisible()


def test_enter_twice_dispatches_once(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    case_id = made.filed("噪音")
    propose(panel, made, case_id, qtbot)
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    dispatches = [event for event in made.store.events[case_id] if event.kind == "case_dispatched"]
    assert len(dispatches) == 1
    assert not panel.note.text()


def test_the_line_below_says_what_will_happen(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    propose(panel, made, made.filed("噪音"), qtbot)
    qtbot.waitUntil(lambda: bool(panel.foretold.text()))
    assert panel.foretold.text() == "派遣后：处置时限 2紧急工作时，至今日 16:32"


def test_a_digit_makes_the_unit_the_lead(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    propose(panel, made, made.filed("噪音"), qtbot)
    QTest.keyClick(panel.filter, Qt.Key.Key_2)
    assert panel.choice.lead == OTHER
    assert panel.choice.cooperating == ()
    assert panel.filter.text() == ""
    assert panel.list.current_code == OTHER  # one card is marked, not the old one too


def test_shift_and_a_digit_or_space_changes_cooperation(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    propose(panel, made, made.filed("噪音"), qtbot)
    QTest.keyClick(panel.filter, Qt.Key.Key_2, SHIFT)
    assert not panel.choice.cooperating
    QTest.keyClick(panel.filter, Qt.Key.Key_Down)
    QTest.keyClick(panel.filter, Qt.Key.Key_Space)
    assert panel.choice.cooperating == (OTHER,)


def test_keys_sent_to_the_list_do_the_same(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    propose(panel, made, made.filed("噪音"), qtbot)
    QTest.keyClick(panel.list, Qt.Key.Key_2)
    assert panel.choice.lead == OTHER
    QTest.keyClicks(panel.list, "sf")
    assert panel.filter.text() == "sf"
    assert shown_names(panel) == ["司法所"]


def test_typing_filters_all_units_by_initials_or_chinese(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    propose(panel, made, made.filed("噪音"), qtbot)
    QTest.keyClicks(panel.filter, "zhxz")
    assert shown_names(panel) == ["综合行政执法中队"]
    panel.filter.clear()
    panel.filter.insert("派出")
    panel.filter.textEdited.emit("派出")
    assert shown_names(panel) == ["鲸园派出所"]


def test_of_units_that_fit_alike_those_of_the_cases_own_township_come_first(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    police = next(unit for unit in UNITS if unit.code == OTHER)
    elsewhere = replace(police, code="371002001-B01", name="环翠楼派出所", initials="hclpcs", township="371002001")
    county = replace(police, code="371002-B01", name="县派出所", initials="xpcs", township="")
    assert isinstance(made.desk.reference, MemoryReference)
    made.desk.reference.unit_rows = (elsewhere, county, *UNITS)
    propose(panel, made, made.filed("噪音", grid="371002002001001"), qtbot)
    QTest.keyClicks(panel.filter, "pcs")
    assert shown_names(panel) == ["鲸园派出所", "县派出所", "环翠楼派出所"]


def test_enter_takes_the_unit_that_was_found_and_does_not_dispatch_yet(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    case_id = made.filed("噪音")
    propose(panel, made, case_id, qtbot)
    QTest.keyClicks(panel.filter, "jyp")
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert panel.choice.lead == OTHER
    assert panel.filter.text() == ""
    assert made.store.case(case_id).state is CaseState.FILED


def test_against_the_list_a_reason_is_asked_in_place(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    case_id = made.filed("噪音")
    propose(panel, made, case_id, qtbot)
    assert not panel.reason.isVisible()
    QTest.keyClicks(panel.filter, "sfs")
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert panel.reason.isVisible()
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert "理由" in panel.note.text()
    panel.reason.setText("当事人已在司法所")
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.reason, Qt.Key.Key_Return)
    assert made.store.case(case_id).assignments[0].unit == UNITS[2].code


def test_a_reason_survives_a_look_at_another_case(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    first, second = made.filed("噪音"), made.filed("积水")
    propose(panel, made, first, qtbot)
    panel.reason.show()
    QTest.keyClicks(panel.reason, "shuoming")
    panel.show_case(made.store.case(second))
    assert panel.reason.text() == ""
    panel.show_case(made.store.case(first))
    assert panel.reason.text() == "shuoming"


def test_a_case_that_changed_meanwhile_is_not_dispatched(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    case_id = made.filed("噪音")
    propose(panel, made, case_id, qtbot)
    made.act(Action.NOTE, case_id, text="等等")
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(panel.note.text()))
    assert "刚被他人更新" in panel.note.text()
    assert made.store.case(case_id).state is CaseState.FILED


def test_reassigning_always_asks_for_a_reason(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    case_id = made.dispatched("噪音")
    panel.show_case(made.store.case(case_id), action=Action.REASSIGN)
    qtbot.waitUntil(lambda: bool(panel.choice.lead))
    assert panel.button.text() == "改派"
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert "改派理由" in panel.note.text()


def test_escape_clears_what_is_typed_before_it_leaves(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    propose(panel, made, made.filed("噪音"), qtbot)
    QTest.keyClicks(panel.filter, "sfs")
    QTest.keyClick(panel.filter, Qt.Key.Key_Escape)
    assert panel.filter.text() == ""
    with qtbot.waitSignal(panel.cancelled):
        QTest.keyClick(panel.filter, Qt.Key.Key_Escape)


def test_several_cases_go_each_to_its_proposal_and_the_rest_is_named(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    ready, waiting = made.filed("噪音"), made.register("积水")
    panel.show_batch([ready, waiting])
    qtbot.waitUntil(lambda: bool(shown_names(panel)))
    with qtbot.waitSignal(panel.done) as done:
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert done.args[0].cases == {ready}
    assert panel.note.text().startswith("已派遣 1 件，1 件未办成：\n20261120-A10002 请先选择立案条件")


def test_what_a_batch_refused_does_not_take_the_place_of_the_case_that_is_shown_by_then(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    ready, waiting, other = made.filed("噪音"), made.register("积水"), made.filed("噪音又起")
    panel.show_batch([ready, waiting])
    qtbot.waitUntil(lambda: bool(shown_names(panel)))
    with qtbot.waitSignal(panel.several_done) as told:
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
        panel.show_case(made.store.case(other))
    assert told.args is not None
    assert "1 件未办成" in told.args[1]
    assert panel.button.text() == "派遣"
    qtbot.waitUntil(lambda: panel.choice.lead == LEAD)
    with qtbot.waitSignal(panel.done) as done:
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert done.args[0].cases == {other}


def test_other_cases_that_are_chosen_while_some_are_dispatched_are_shown_and_wait_for_them(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    first, second = [made.filed("噪音"), made.filed("积水")], [made.filed("噪音又起"), made.filed("占道")]
    panel.show_batch(first)
    qtbot.waitUntil(lambda: bool(shown_names(panel)))
    with qtbot.waitSignal(panel.done) as done:
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
        panel.show_batch(second)
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)  # too early: one batch at a time
    assert done.args[0].cases == set(first)
    qtbot.waitUntil(panel.button.isEnabled)
    with qtbot.waitSignal(panel.done) as done:
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert done.args[0].cases == set(second)


def test_why_the_store_dispatched_none_of_several_is_said_beside_their_count(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreUnavailable("store.disk_full")

    panel.show_batch([made.filed("噪音"), made.filed("积水")])
    qtbot.waitUntil(lambda: bool(shown_names(panel)))
    monkeypatch.setattr("gridclient.ui.dispatch.panel.dispatch_many", full)
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert panel.note.text().startswith("已派遣 0 件，2 件未动\n磁盘")


def test_several_cases_can_all_go_to_one_unit(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    cases = [made.filed("噪音"), made.filed("噪音又起")]
    panel.show_batch(cases)
    qtbot.waitUntil(lambda: bool(shown_names(panel)))
    QTest.keyClicks(panel.filter, "zhxz")
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert panel.foretold.text() == "2 件全部派给 综合行政执法中队"
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert {made.store.case(case_id).assignments[0].unit for case_id in cases} == {LEAD}
    assert all(len(made.store.case(case_id).assignments) == 1 for case_id in cases)


def test_a_click_makes_the_lead_and_the_right_button_cooperation(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    propose(panel, made, made.filed("噪音"), qtbot)
    view = panel.list
    second = view.visualRect(view.units.index(1)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, NONE, second)
    assert panel.choice.cooperating == ()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, second)
    assert panel.choice.lead == OTHER


def test_enter_on_a_unit_stepped_to_takes_it_and_does_not_dispatch_yet(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    case_id = made.filed("噪音")
    propose(panel, made, case_id, qtbot)
    for _ in range(2):
        QTest.keyClick(panel.list, Qt.Key.Key_Down)
    third = panel.list.current_code
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert panel.choice.lead == third != LEAD
    assert made.store.case(case_id).state is CaseState.FILED


def test_the_contact_is_given_only_when_the_tick_is_set_by_a_key(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    for title, ticked in (("甲", False), ("乙", True)):
        case_id = made.filed(title, reporter_name="钱某某", reporter_phone="13900005678")
        propose(panel, made, case_id, qtbot)
        assert panel.contact.isVisible() and not panel.contact.isChecked()
        if ticked:
            for before in (panel.filter, panel.list):
                QTest.keyClick(before, Qt.Key.Key_Tab)
            assert panel.focusWidget() is panel.contact
            QTest.keyClick(panel.contact, Qt.Key.Key_Space)
        with qtbot.waitSignal(panel.done):
            QTest.keyClick(panel.contact if ticked else panel.filter, Qt.Key.Key_Return)
        case = made.store.case(case_id)
        assert case.contact == (Contact("钱某某", "13900005678") if ticked else None)


def test_a_tick_stays_with_its_case(panel: DispatchPanel, made: InventedDesk, qtbot: QtBot) -> None:
    reporter: dict[str, Any] = {"reporter_name": "钱某某", "reporter_phone": "13900005678"}
    propose(panel, made, made.filed("甲", **reporter), qtbot)
    QTest.keyClick(panel.contact, Qt.Key.Key_Space)
    assert panel.contact.isChecked()
    propose(panel, made, made.filed("乙", **reporter), qtbot)
    assert not panel.contact.isChecked()
    panel.show_batch([made.filed("丙", **reporter), made.filed("丁", **reporter)])
    assert not panel.contact.isVisible()


def test_who_asked_for_secrecy_or_left_no_telephone_is_not_offered(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    propose(panel, made, made.filed("无电话"), qtbot)
    assert not panel.contact.isVisible()
    propose(panel, made, made.filed("保密", reporter_phone="13900005678", keep_secret=True), qtbot)
    assert panel.contact.isVisible() and not panel.contact.isEnabled()
    assert "要求保密" in panel.contact.text()
