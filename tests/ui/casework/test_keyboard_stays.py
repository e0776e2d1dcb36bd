"""What a case offers goes away under the hand when somebody else acts on it: the keyboard stays with the case, for in
the command bar the next Enter would do something else altogether."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.domain.case import CaseState
from gridclient.domain.roles import Action
from gridclient.services.rows import Box, Changes
from gridclient.ui.main_window import MainWindow
from tests.ui.conftest import press
from tests.ui.fakes.invented_desk import LEAD, InventedDesk


def show(window: MainWindow, case_id: str, qtbot: QtBot) -> None:
    window.state.choose_case(case_id)
    qtbot.waitUntil(lambda: window.detail.view is not None and window.detail.view.case.id == case_id)


def somebody_acts(window: MainWindow, invented: InventedDesk, case_id: str, action: Action, **args: Any) -> None:
    invented.act(action, case_id, **args)
    window.announce(Changes(frozenset({case_id})))


def at_the_foot(window: MainWindow) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and window.detail.foot.isAncestorOf(focused)


def assert_keyboard_is_at_the_case(window: MainWindow) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused is window.detail or window.detail.isAncestorOf(focused), focused.objectName()
    assert window.command.offers() == ()


@pytest.mark.parametrize("box", [None, Box.FILED], ids=["all", "box"])
def test_no_other_case_takes_the_place_of_one_that_a_round_brought_anew(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot, box: Box | None
) -> None:
    """Else what is typed at that moment is done to the next one."""
    case_id = invented.filed("路灯不亮", ago=timedelta(hours=1))
    window.announce(Changes(frozenset({case_id})))
    if box is not None:
        window.state.show_box(box)
    qtbot.waitUntil(lambda: window.cases.model.place_of(case_id) is not None)
    show(window, case_id, qtbot)
    qtbot.waitUntil(lambda: not window._jobs.busy)
    assert window.cases.table.currentIndex().isValid()
    press(window.cases.table, Qt.Key.Key_F2)
    invented.act(Action.DISPATCH, case_id, lead=LEAD, reason="熟悉情况")
    window.pages.sync.changed.emit(Changes(frozenset({case_id})))
    qtbot.waitUntil(lambda: not window._jobs.busy)
    assert window.state.current == case_id
    assert state_is(window, CaseState.DISPATCHED)
    assert_keyboard_is_at_the_case(window)


def state_is(window: MainWindow, state: CaseState) -> bool:
    return window.detail.view is not None and window.detail.view.case.state is state


def test_the_list_of_units_goes_when_another_desk_has_dispatched_the_case(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    case_id = invented.filed("路灯不亮")
    show(window, case_id, qtbot)
    press(window.cases.table, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: at_the_foot(window))
    somebody_acts(window, invented, case_id, Action.DISPATCH, lead=LEAD, reason="熟悉情况")
    qtbot.waitUntil(lambda: state_is(window, CaseState.DISPATCHED))
    assert_keyboard_is_at_the_case(window)


@pytest.mark.parametrize("opened", [False, True], ids=["buttons", "form"])
def test_buttons_and_forms_go_when_the_unit_has_done_the_next_step(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot, opened: bool
) -> None:
    case_id = invented.handling("路灯不亮")
    show(window, case_id, qtbot)
    window.detail.setFocus()
    press(window.detail, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: at_the_foot(window))
    if opened:
        press(window.detail.foot.bar.buttons[Action.FEED_BACK], Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: window.detail.foot.form is not None)
    somebody_acts(window, invented, case_id, Action.FEED_BACK, result="已修好")
    qtbot.waitUntil(lambda: state_is(window, CaseState.HANDLED))
    assert window.detail.foot.form is None
    assert_keyboard_is_at_the_case(window)
