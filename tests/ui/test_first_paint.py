"""What a window that opens gets in which order, and the case's panel that is made last."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import AccountRole, Action
from gridclient.ui.case_pane import CasePane
from gridclient.ui.first_paint import FirstPaint
from gridclient.ui.initials import NameInitials
from gridclient.ui.jobs import Jobs
from gridclient.ui.map_pane import MapPane
from gridclient.ui.present import short_number
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk


class DrawnMap(QWidget):
    """A map that is on its way, as the window's pane has it."""

    drawn = Signal()
    view = object()

    def make_soon(self) -> None:
        raise AssertionError("it is there")


def test_the_rest_waits_until_the_map_is_drawn_and_comes_once(qtbot: QtBot) -> None:
    pane = DrawnMap()
    qtbot.addWidget(pane)
    first = FirstPaint(map_pane=cast("MapPane", pane), parent=pane)
    told: list[str] = []
    first.rest_due.connect(lambda: told.append("rest"))
    first.seen.connect(lambda: told.append("seen"))
    first.begin()
    assert told == []
    pane.drawn.emit()
    assert told == []  # its picture goes to the screen first
    qtbot.waitUntil(lambda: len(told) > 1)
    assert told == ["rest", "seen"]


def test_a_map_that_does_not_come_holds_nothing_up(qtbot: QtBot) -> None:
    pane = DrawnMap()
    qtbot.addWidget(pane)
    first = FirstPaint(map_pane=cast("MapPane", pane), parent=pane)
    with qtbot.waitSignals([first.rest_due, first.seen]):
        first.begin()


def test_a_case_chosen_before_the_panel_is_there_is_shown_by_it(
    invented: InventedDesk, jobs: Jobs, look: None, qtbot: QtBot
) -> None:
    chosen = next(iter(invented.store.cases))
    initials = NameInitials(settings=invented.desk.settings, jobs=jobs)
    pane = CasePane(desk=invented.desk, jobs=jobs, initials=initials, short=short_number)
    qtbot.addWidget(pane)
    pane.show_cases([chosen])
    assert pane.findChild(QWidget, "caseDetail") is None
    pane.make_soon()
    qtbot.waitUntil(lambda: pane.findChild(QWidget, "caseDetail") is not None)
    qtbot.waitUntil(lambda: pane.panel.view is not None)
    assert pane.panel.view is not None
    assert pane.panel.view.case.id == chosen


def test_a_key_pressed_before_the_panel_is_there_is_done_by_it(jobs: Jobs, look: None, qtbot: QtBot) -> None:
    made = empty_desk(role=AccountRole.SHIFT_LEADER)
    case_id = made.dispatched("积水")
    pane = CasePane(
        desk=made.desk, jobs=jobs, initials=NameInitials(settings=made.desk.settings, jobs=jobs), short=short_number
    )
    qtbot.addWidget(pane)
    pane.show_cases([case_id])
    with qtbot.waitSignal(pane.news.changes) as told:
        pane.panel.start_action(Action.SIGN)
    assert told.args is not None
    assert told.args[0].cases == {case_id}


def test_a_key_for_several_cases_pressed_before_the_panel_is_there_is_done_by_it(
    jobs: Jobs, look: None, qtbot: QtBot
) -> None:
    made = empty_desk(role=AccountRole.SHIFT_LEADER)
    cases = [made.register(title) for title in ("积水", "占道")]
    pane = CasePane(
        desk=made.desk, jobs=jobs, initials=NameInitials(settings=made.desk.settings, jobs=jobs), short=short_number
    )
    qtbot.addWidget(pane)
    pane.show()
    pane.show_cases(cases)
    pane.panel.start_action(Action.FILE)
    qtbot.waitUntil(lambda: pane.panel.foot.form is not None)
    form = pane.panel.foot.form
    assert form is not None
    focused = pane.window().focusWidget()
    assert focused is not None and form.isAncestorOf(focused)


def test_whoever_needs_the_panel_gets_it_at_once(invented: InventedDesk, jobs: Jobs, look: None, qtbot: QtBot) -> None:
    initials = NameInitials(settings=invented.desk.settings, jobs=jobs)
    pane = CasePane(desk=invented.desk, jobs=jobs, initials=initials, short=short_number)
    qtbot.addWidget(pane)
    pane.make_soon()
    panel = pane.panel
    qtbot.wait(50)  # the steps that were due find nothing to do
    assert pane.panel is panel
    assert panel.news is pane.news, "what it tells is heard"
