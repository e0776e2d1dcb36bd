"""The list and the case's panel count the time of a deadline by one beat."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gridclient.services.rows import SortKey
from gridclient.ui.beat import Beat, last_beat
from gridclient.ui.cases.columns import PLACES
from gridclient.ui.casework.panel import CasePanel
from tests.fakes.set_clock import SetClock
from tests.ui.casework.panel_keys import Show
from tests.ui.conftest import OpenList
from tests.ui.fakes.invented_desk import NOW, InventedDesk


def test_every_moment_of_a_third_of_a_minute_has_the_same_beat() -> None:
    begun = NOW.replace(second=40, microsecond=0)
    moments = (timedelta(), timedelta(seconds=7), timedelta(seconds=19, microseconds=999_999))
    assert {last_beat(begun + passed) for passed in moments} == {begun}
    assert last_beat(begun + timedelta(seconds=20)) == begun + timedelta(seconds=20)


def test_it_strikes_with_the_next_third_and_goes_on(qtbot: QtBot) -> None:
    clock = SetClock(NOW.replace(second=19, microsecond=990_000))
    parent = QObject()
    beat = Beat(clock, parent=parent)
    with qtbot.waitSignal(beat.struck) as struck:
        beat.start()
        clock.advance(seconds=0.02)
    assert struck.args == [NOW.replace(second=20, microsecond=0)]


def test_a_case_that_is_chosen_right_after_its_deadline_is_overdue_in_its_panel_when_it_is_in_the_list(
    made: InventedDesk, panel: CasePanel, show: Show, open_list: OpenList
) -> None:
    case_id = made.handling("积水", ago=timedelta(hours=2, seconds=-5))  # due in five seconds
    cases = open_list(made)
    made.clock.advance(seconds=8)
    show(case_id)
    assert cases.model.index(0, PLACES[SortKey.DUE]).data() == "▲ 工时 00:00"
    assert panel.top.header.natural.text == "▲ 自然剩余 0 分"
