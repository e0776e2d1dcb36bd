"""派遣: nothing that was typed or chosen for one case is done to the next, and what failed can be sent again."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.domain.case import CaseState
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.jobs import Jobs
from gridclient.ui.present import short_number
from tests.ui.conftest import propose
from tests.ui.fakes.invented_desk import LEAD, OTHER, STANDARDS, InventedDesk, empty_desk, with_locked_store
from tests.ui.fakes.memory_store import MemoryReference

NOISE: Final = STANDARDS[0].key


@pytest.fixture
def locked() -> list[str]:
    return []


@pytest.fixture
def made(locked: list[str]) -> InventedDesk:
    return with_locked_store(empty_desk(), locked)


@pytest.fixture
def panel(made: InventedDesk, jobs: Jobs, qtbot: QtBot) -> DispatchPanel:
    shown = DispatchPanel(desk=made.desk, jobs=jobs, short=short_number)
    qtbot.addWidget(shown)
    shown.show()
    return shown


def state_of(made: InventedDesk, case_id: str) -> CaseState:
    return made.store.case(case_id).state


def test_an_enter_before_the_next_proposal_is_there_gives_nothing_to_the_units_of_the_one_before(
    panel: DispatchPanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    first, second = made.filed("噪音"), made.filed("噪音又起", grid="371002003001001")  # in another township
    propose(panel, made, first, qtbot)
    panel.show_case(made.store.case(second))
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert state_of(made, second) is CaseState.FILED


def test_letters_typed_for_one_case_find_no_unit_for_the_next(
    panel: DispatchPanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    first, second = made.filed("噪音"), made.filed("噪音又起")
    propose(panel, made, first, qtbot)
    QTest.keyClicks(panel.filter, "sfs")
    propose(panel, made, second, qtbot)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert panel.filter.text() == ""
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    lead = made.store.case(second).lead
    assert lead is not None and lead.unit == LEAD


def test_every_case_begins_at_its_own_proposal(
    panel: DispatchPanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    first, second = made.filed("噪音"), made.filed("噪音又起")
    propose(panel, made, first, qtbot)
    QTest.keyClick(panel.filter, Qt.Key.Key_2)
    assert panel.list.current_code == OTHER
    propose(panel, made, second, qtbot)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert panel.list.current_code == panel.choice.lead == LEAD


def test_what_the_store_could_not_write_is_sent_again_by_the_next_enter(
    panel: DispatchPanel, made: InventedDesk, locked: list[str], qtbot: QtBot
) -> None:
    case_id = made.filed("噪音")
    propose(panel, made, case_id, qtbot)
    locked.append("store.locked")
    with qtbot.waitSignal(panel.refused):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert panel.note.text() and panel.button.isEnabled()
    locked.clear()
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert state_of(made, case_id) is CaseState.DISPATCHED


def test_of_several_those_that_are_left_are_counted_on_the_button(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    cases = [made.filed("噪音"), made.filed("积水"), made.register("无人认领", grid="")]
    panel.show_batch(cases)
    qtbot.waitUntil(lambda: bool(panel.list.units.values))
    assert "3 件" in panel.button.text()
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert state_of(made, cases[2]) is CaseState.REPORTED
    assert "1 件" in panel.button.text()


@pytest.fixture
def listed_elsewhere(made: InventedDesk) -> InventedDesk:
    """The condition's list names a company that this county does not have; another unit is proposed by its field."""
    standards = tuple(replace(one, units=("另一县的公司",)) if one.key == NOISE else one for one in STANDARDS)
    assert isinstance(made.desk.reference, MemoryReference)
    made.desk.reference.standard_rows = standards
    return made


def test_of_several_cases_whose_proposals_are_not_on_the_list_the_reason_is_asked_before_any_is_refused(
    panel: DispatchPanel, listed_elsewhere: InventedDesk, qtbot: QtBot
) -> None:
    made = listed_elsewhere
    cases = [made.filed("噪音"), made.filed("噪音又起"), made.filed("占道", standard="C-02-01-01")]
    panel.show_batch(cases)
    qtbot.waitUntil(panel.reason.isVisible)
    assert panel.reason.placeholderText() == "2 件的建议主办不在责任清单内，请填写理由。"
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert panel.note.text().endswith(panel.reason.placeholderText())
    QTest.keyClicks(panel.reason, "abc")
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.reason, Qt.Key.Key_Return)
    assert {state_of(made, case_id) for case_id in cases} == {CaseState.DISPATCHED}


def test_what_the_proposals_lack_is_not_asked_of_a_unit_that_is_chosen_for_all(
    panel: DispatchPanel, listed_elsewhere: InventedDesk, qtbot: QtBot
) -> None:
    panel.show_batch([listed_elsewhere.filed("噪音"), listed_elsewhere.filed("占道", standard="C-02-01-01")])
    qtbot.waitUntil(panel.reason.isVisible)
    QTest.keyClicks(panel.filter, "sfs")
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    with qtbot.waitSignal(panel.several_done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)


def test_of_several_cases_refused_for_want_of_a_reason_the_next_enter_asks_for_it(
    panel: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    cases = [made.filed("噪音"), made.filed("噪音又起")]
    panel.show_batch(cases)
    qtbot.waitUntil(lambda: bool(panel.list.units.values))
    QTest.keyClicks(panel.filter, "sfs")
    QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    panel.filter.setFocus()
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert panel.reason.hasFocus()
    with qtbot.assertNotEmitted(panel.several_done):
        QTest.keyClick(panel.filter, Qt.Key.Key_Return)
    assert panel.note.text().endswith("所选主办单位不在责任清单内，请填写理由。")
    QTest.keyClicks(panel.reason, "abc")
    with qtbot.waitSignal(panel.done):
        QTest.keyClick(panel.reason, Qt.Key.Key_Return)
    assert {state_of(made, case_id) for case_id in cases} == {CaseState.DISPATCHED}
