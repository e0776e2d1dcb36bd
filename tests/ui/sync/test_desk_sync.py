"""The lamps, and what goes between the synchronisation's thread and the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.services.rows import Box, Changes, GridFigures
from gridclient.services.sync_control import SyncState, SyncView
from gridclient.ui.sync.desk_sync import DeskSync
from tests.fakes.fake_sync import NOON, FakeSync, round_at
from tests.ui.fakes.invented_desk import empty_desk
from tests.ui.sync.conftest import click, view


def test_both_lamps_stand_in_words_and_in_the_tooltip(sync: DeskSync) -> None:
    assert sync.lamp.objectName() == "syncLamp"
    assert sync.lamp.words == "未上报 0 条  已同步 · 数据截至 14:32"
    assert sync.lamp.accessibleName() == sync.lamp.words
    assert "可以放心关机" in sync.lamp.toolTip()


def test_what_the_thread_tells_arrives_on_the_lamp(sync: DeskSync, fake: FakeSync, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sync.view_changed):
        fake.tell_from_a_thread(view(SyncState.OFFLINE, pending_events=3, pending_cases=2))
    assert sync.lamp.words == "未上报 3 条  离线 · 数据截至 14:32"


def test_many_words_of_the_thread_are_one_of_the_desk(sync: DeskSync, fake: FakeSync, qtbot: QtBot) -> None:
    seen: list[SyncView] = []
    sync.view_changed.connect(seen.append)
    with qtbot.waitSignal(sync.view_changed):
        fake.tell_from_a_thread(*(view(SyncState.RUNNING, done=n, all=50) for n in range(50)))
    assert [shown.done for shown in seen] == [49]


def test_arrivals_within_a_moment_are_told_once_and_together(sync: DeskSync, fake: FakeSync, qtbot: QtBot) -> None:
    told: list[Changes] = []
    sync.changed.connect(told.append)
    for case_id in ("a", "b", "c"):
        fake.tell_from_a_thread(fake.shown, changes=Changes(frozenset({case_id})))
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(150)
    assert told == [Changes(frozenset({"a", "b", "c"}))]


def test_what_came_in_is_not_sent_out_again(sync: DeskSync, fake: FakeSync, qtbot: QtBot) -> None:
    sync.changed.connect(sync.on_changed)
    with qtbot.waitSignal(sync.changed):
        fake.tell_from_a_thread(fake.shown, changes=Changes(frozenset({"a"})))
    assert ("committed",) not in fake.asked
    sync.on_changed()
    assert ("committed",) in fake.asked


def test_a_click_and_the_keyboard_open_the_page(sync: DeskSync, qtbot: QtBot) -> None:
    sync.lamp.show()
    with qtbot.waitSignal(sync.page_wanted) as asked:
        click(sync.lamp)
    assert asked.args == ["sync"]
    with qtbot.waitSignal(sync.page_wanted):
        QTest.keyClick(sync.lamp, Qt.Key.Key_Return)


def test_a_countdown_leaves_the_lamp_as_wide_as_it_was(fake: FakeSync, qtbot: QtBot) -> None:
    invented = empty_desk()
    fake.shown = view(SyncState.RETRYING, next_at=NOON + timedelta(seconds=111), last=round_at())
    sync = DeskSync(control=fake, clock=invented.clock)
    qtbot.addWidget(sync.lamp)
    wide, words = sync.lamp.sizeHint(), sync.lamp.words
    invented.clock.at = NOON + timedelta(seconds=51)
    sync.show()
    assert sync.lamp.words != words
    assert sync.lamp.sizeHint() == wide
    assert "重试中 1:00" in sync.lamp.words


@pytest.mark.parametrize(
    ("state", "possible"),
    [(state, state not in (SyncState.ALONE, SyncState.STOPPED, SyncState.BROKEN)) for state in SyncState],
)
def test_there_is_a_cable_where_there_is_a_line(fake: FakeSync, qtbot: QtBot, state: SyncState, possible: bool) -> None:
    fake.shown = view(state)
    sync = DeskSync(control=fake, clock=empty_desk().clock)
    qtbot.addWidget(sync.lamp)
    sync.toggle_offline()
    wanted = ("set_offline", state is not SyncState.OFFLINE)
    assert fake.asked == ([wanted] if possible else [])


def test_a_desk_that_never_enrolled_counts_for_itself(fake: FakeSync, qtbot: QtBot) -> None:
    fake.shown = SyncView(SyncState.ALONE, counted=False)
    sync = DeskSync(control=fake, clock=empty_desk().clock)
    qtbot.addWidget(sync.lamp)
    sync.show_figures({"": GridFigures(9, 1, {Box.PENDING: 5})})
    assert sync.lamp.words == "未上报 5 件  单机 · 从未同步"


def test_conflicts_are_counted_by_the_store_also_after_a_round(sync: DeskSync, fake: FakeSync, qtbot: QtBot) -> None:
    sync.show_figures({"": GridFigures(9, 1, {Box.PENDING: 5, Box.CONFLICT: 2})})
    assert (sync.view.conflicts, sync.view.pending_cases) == (2, 0)
    with qtbot.waitSignal(sync.view_changed):
        fake.tell_from_a_thread(replace(fake.shown, conflicts=7, pending_cases=1))
    assert (sync.view.conflicts, sync.view.pending_cases) == (2, 1)


def test_what_is_told_to_a_desk_that_is_gone_is_dropped(fake: FakeSync, qtbot: QtBot) -> None:
    sync = DeskSync(control=fake, clock=empty_desk().clock)
    qtbot.addWidget(sync.lamp)
    with qtbot.waitSignal(sync.destroyed):
        sync.deleteLater()
    fake.tell_from_a_thread(fake.shown, changes=Changes(frozenset({"a"})))
