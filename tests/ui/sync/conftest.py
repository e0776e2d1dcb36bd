"""What the tests of the sync screens share: a synchronisation in memory and a window that has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from gridclient.services.sync_control import SyncState, SyncView
from gridclient.services.sync_port import RoundEnd
from gridclient.ui.jobs import Jobs
from gridclient.ui.main_window import MainWindow
from gridclient.ui.pages import PageParts
from gridclient.ui.sync.conflict_page import ConflictPage
from gridclient.ui.sync.desk_sync import DeskSync
from gridclient.ui.sync.page import SyncPage
from tests.fakes.fake_sync import FakeSync, round_at
from tests.ui.conftest import PartsOf, parts_for
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk
from tests.ui.sync.contended_desk import contended_desk

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def fake() -> FakeSync:
    """A synchronisation at rest."""
    return FakeSync()


@pytest.fixture
def contended() -> InventedDesk:
    """A desk with three cases that wait for a choice."""
    return contended_desk()


@pytest.fixture
def sync(qtbot: QtBot, fake: FakeSync, contended: InventedDesk) -> Iterator[DeskSync]:
    """The fake as a window has it, without the window."""
    made = DeskSync(control=fake, clock=contended.desk.clock)
    qtbot.addWidget(made.lamp)
    yield made
    made.deleteLater()


def view(state: SyncState, **parts: Any) -> SyncView:
    """A state of the fake."""
    return replace(FakeSync().shown, state=state, **parts)


def click(button: QAbstractButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def show(qtbot: QtBot, page: QWidget, jobs: Jobs) -> None:
    """Shows a page as large as the smallest screen and waits for what it reads."""
    qtbot.addWidget(page)
    page.resize(1366, 700)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    qtbot.waitUntil(lambda: not jobs.busy)


OpenDesk = Callable[[InventedDesk, FakeSync], MainWindow]


@pytest.fixture
def open_desk(open_with: Callable[[InventedDesk, PartsOf], MainWindow]) -> OpenDesk:
    """Windows with a synchronisation and without the map's view; closed and drained at the end."""

    def open_one(invented: InventedDesk, fake: FakeSync) -> MainWindow:
        def parts_of(jobs: Jobs, window: Callable[[], MainWindow]) -> PageParts:
            def make_sync() -> QWidget:
                return SyncPage(sync=window().pages.sync, control=fake, jobs=jobs, clock=invented.desk.clock)

            def make_conflicts() -> QWidget:
                return ConflictPage(desk=invented.desk, jobs=jobs, sync=window().pages.sync)

            pages = {"sync": make_sync, "conflicts": make_conflicts}
            return replace(parts_for(invented, jobs, window), pages=pages, sync=fake)

        return open_with(invented, parts_of)

    return open_one


@pytest.fixture
def page(qtbot: QtBot, look: None, jobs: Jobs, sync: DeskSync, fake: FakeSync) -> Iterator[SyncPage]:
    fake.past = [
        round_at(end=RoundEnd.FAILED, error="sync.timeout", seconds=30.2),
        round_at(timedelta(minutes=3), pulled=1240, conflicts=1),
        round_at(timedelta(days=1), by="stick"),
    ]
    made = SyncPage(sync=sync, control=fake, jobs=jobs, clock=empty_desk().clock)
    show(qtbot, made, jobs)
    yield made
    made.close()


def settle(qtbot: QtBot, jobs: Jobs) -> None:
    qtbot.waitUntil(lambda: not jobs.busy)


def tell(fake: FakeSync, sync: DeskSync, qtbot: QtBot, state: SyncState, **parts: object) -> None:
    with qtbot.waitSignal(sync.view_changed):
        fake.tell(view(state, **parts))
