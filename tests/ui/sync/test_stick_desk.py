"""A desk that is registered by stick: it says with what, and offers what can still happen to it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import SyncFault
from gridclient.services.sync_control import Belonging, SyncState
from gridclient.ui.jobs import Jobs
from gridclient.ui.sync.desk_sync import DeskSync
from gridclient.ui.sync.page import SyncPage
from gridclient.ui.sync.present import hub_words
from tests.fakes.fake_sync import NOON, FakeSync
from tests.ui.sync.conftest import settle, tell, view

BELONGING = Belonging("A1", ("371002001",), NOON)


@pytest.fixture
def by_stick(page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot) -> SyncPage:
    tell(fake, sync, qtbot, SyncState.IDLE, by_stick=True, belonging=BELONGING)
    return page


def test_it_says_with_what_it_is_registered_and_asks_for_no_first_registration(by_stick: SyncPage) -> None:
    assert by_stick.card.hub.isVisible()
    assert by_stick.card.hub.text() == "已用U盘注册到同步中心（2026-11-20）：镇街 371002001，案件编号用 A1。"
    assert not by_stick.enrol.url.isVisible() and not by_stick.enrol.code.isVisible()
    assert by_stick.enrol.without.text() == "权限变了？用U盘重办…"


def test_when_a_line_came_it_registers_with_address_and_code(
    by_stick: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs
) -> None:
    form = by_stick.enrol
    QTest.keyClick(form.line_came, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is form.url
    QTest.keyClicks(form.url, "https://hub.gov.cn")
    QTest.keyClicks(form.code, "ABCD")
    fake.fault = SyncFault("enrol.code_used")
    QTest.keyClick(form.code, Qt.Key.Key_Return)
    settle(qtbot, jobs)
    assert form.code.isVisible() and form.note.isVisible(), "it folded away with what is to be mended"
    QTest.keyClick(form.code, Qt.Key.Key_Return)
    settle(qtbot, jobs)
    assert fake.asked == [("enrol", "https://hub.gov.cn", "ABCD")] * 2


def test_opened_it_stands_on_the_stick(by_stick: SyncPage, qtbot: QtBot, jobs: Jobs) -> None:
    by_stick.hide()
    by_stick.show()
    settle(qtbot, jobs)
    assert by_stick.focusWidget() is by_stick.stick.out


def test_a_desk_of_a_whole_county_names_some_of_its_townships() -> None:
    many = Belonging("D1", tuple(f"37100200{number}" for number in range(1, 10)), NOON)
    words = hub_words(view(SyncState.IDLE, by_stick=True, belonging=many))
    assert "371002001、371002002、371002003 等 9 个" in words
    assert "镇街 全部" in hub_words(view(SyncState.IDLE, by_stick=True, belonging=Belonging("D1", ("*",), NOON)))


def test_a_desk_with_a_line_names_its_address() -> None:
    assert hub_words(view(SyncState.IDLE, hub_url="https://hub", belonging=BELONGING)) == "同步中心：https://hub"
    assert hub_words(view(SyncState.ALONE)) == ""
