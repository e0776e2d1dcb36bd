"""The keyboard after work with a stick, a new address or a round: with the button that the person used."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import SyncFault
from gridclient.services.sync_control import BundleReport, SyncState
from gridclient.ui.jobs import Jobs
from gridclient.ui.sync.desk_sync import DeskSync
from gridclient.ui.sync.page import SyncPage
from tests.fakes.fake_sync import FakeSync
from tests.ui.file_answer import answer_files
from tests.ui.focus import tab_round
from tests.ui.sync.conftest import click, settle, tell, view

FILE = Path("/media/usb/desk.gridbundle")


@pytest.fixture(autouse=True)
def chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever file is asked for, it is this one."""
    answer_files(monkeypatch, FILE)


@pytest.fixture
def done(qtbot: QtBot, jobs: Jobs) -> Callable[[], None]:
    """Waits for the end of what was begun."""
    return lambda: settle(qtbot, jobs)


def press(part: QWidget, key: Qt.Key = Qt.Key.Key_Return) -> None:
    part.setFocus()
    QTest.keyClick(part, key)


@pytest.mark.parametrize("fault", [None, SyncFault("bundle.broken")])
@pytest.mark.parametrize("name", ["out", "into"])
def test_after_a_stick_the_next_enter_does_the_same_again(
    page: SyncPage, fake: FakeSync, done: Callable[[], None], name: str, fault: SyncFault | None
) -> None:
    button = getattr(page.stick, name)
    fake.fault = fault
    press(button)
    done()
    assert QApplication.focusWidget() is button


def test_a_stick_after_one_that_brought_conflicts_keeps_the_keyboard_too(
    page: SyncPage, fake: FakeSync, done: Callable[[], None]
) -> None:
    fake.bundle = BundleReport(FILE, 7, conflicts=1)
    press(page.stick.into)
    done()
    assert page.stick.choose.isVisible()
    press(page.stick.out)
    done()
    assert QApplication.focusWidget() is page.stick.out


def test_after_a_stick_was_stopped_it_can_be_begun_again(
    page: SyncPage, fake: FakeSync, qtbot: QtBot, done: Callable[[], None]
) -> None:
    fake.gate = threading.Event()
    press(page.stick.out)
    qtbot.waitUntil(lambda: bool(fake.asked))
    press(page.stick.stop)
    done()
    assert QApplication.focusWidget() is page.stick.out


def test_who_went_elsewhere_while_a_stick_was_written_stays_there(
    page: SyncPage, fake: FakeSync, qtbot: QtBot, done: Callable[[], None]
) -> None:
    fake.gate = threading.Event()
    press(page.stick.into)
    qtbot.waitUntil(lambda: bool(fake.asked))
    page.line.open.setFocus()
    fake.gate.set()
    done()
    assert QApplication.focusWidget() is page.line.open


@pytest.mark.parametrize("name", ["ask", "take"])
def test_a_step_of_enrolling_by_stick_that_fails_can_be_tried_again(
    page: SyncPage, fake: FakeSync, qtbot: QtBot, done: Callable[[], None], name: str
) -> None:
    fake.tell(view(SyncState.ALONE))
    qtbot.waitUntil(page.enrol.isVisible)
    click(page.enrol.without)
    fake.fault = SyncFault("enrol.file_other")
    button = getattr(page.enrol.by_stick, name)
    press(button)
    done()
    assert QApplication.focusWidget() is button


def test_an_address_that_was_refused_is_typed_on(
    page: SyncPage, fake: FakeSync, qtbot: QtBot, done: Callable[[], None]
) -> None:
    click(page.line.open)
    fake.fault = SyncFault("sync.hub_other")
    QTest.keyClicks(page.line.url, "https://stranger")
    press(page.line.url)
    done()
    assert QApplication.focusWidget() is page.line.url


def test_after_a_round_the_button_that_asked_for_it_has_the_keyboard(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot
) -> None:
    press(page.now)
    tell(fake, sync, qtbot, SyncState.RUNNING)
    assert QApplication.focusWidget() is not page.now
    tell(fake, sync, qtbot, SyncState.RUNNING, stage="push")
    tell(fake, sync, qtbot, SyncState.IDLE)
    assert QApplication.focusWidget() is page.now


@pytest.mark.parametrize("state", [SyncState.OFFLINE, SyncState.RUNNING, SyncState.FORKED, SyncState.BROKEN])
def test_a_page_that_opens_while_no_round_can_be_asked_for_has_the_keyboard(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot, state: SyncState
) -> None:
    page.rounds.setFocus()
    page.hide()
    tell(fake, sync, qtbot, state)
    page.show()
    assert page.focusWidget() is page.leave


def test_after_a_confirmation_enter_opens_nothing(page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot) -> None:
    tell(fake, sync, qtbot, SyncState.FORKED, conflicts=7)
    press(page.card.confirmation.yes)
    qtbot.waitUntil(lambda: not page.card.confirmation.isVisible())
    assert QApplication.focusWidget() is page.leave


def test_tab_passes_by_nothing_on_the_page(page: SyncPage) -> None:
    passed = tab_round(page.now)
    assert {page.switch, page.leave, page.line.open, page.stick.out, page.stick.into, page.rounds} <= set(passed)
    assert passed[-1] is page.switch
