"""How a desk comes to a hub: by a code, by stick, by a proxy, and when it was turned away."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import SyncFault
from gridclient.services.error_text import sentence
from gridclient.services.sync_control import SyncState
from gridclient.ui.jobs import Jobs
from gridclient.ui.sync.desk_sync import DeskSync
from gridclient.ui.sync.enrol_form import EnrolForm
from gridclient.ui.sync.page import SyncPage
from gridclient.ui.sync.present import Tone
from tests.fakes.fake_sync import FakeSync
from tests.ui.sync.conftest import click, settle, tell, view

FILE = Path("/media/usb/desk.gridbundle")


def test_a_desk_that_is_alone_can_enrol_and_the_others_are_not_asked_to(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot, jobs: Jobs
) -> None:
    assert page.enrol is not None and not page.enrol.isVisible()
    tell(fake, sync, qtbot, SyncState.ALONE)
    assert page.enrol.isVisible()
    QTest.keyClicks(page.enrol.url, "https://192.168.1.20:8700/")
    QTest.keyClicks(page.enrol.code, "ABCD-EFGH-JKLM-NPQR")
    QTest.keyClick(page.enrol.code, Qt.Key.Key_Return)
    settle(qtbot, jobs)
    assert fake.asked == [("enrol", "https://192.168.1.20:8700", "ABCD-EFGH-JKLM-NPQR")]
    qtbot.waitUntil(lambda: page.enrol is not None and not page.enrol.isVisible())
    assert page.enrol.code.text() == ""


@pytest.mark.parametrize("url", ["", "hub.gov.cn", "ftp://hub", "https://", "http://hub:99999", "http://[::1"])
def test_an_address_that_is_none_is_said_where_it_was_typed(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot, url: str
) -> None:
    tell(fake, sync, qtbot, SyncState.ALONE)
    assert page.enrol is not None
    page.enrol.url.setText(url)
    page.enrol.code.setText("ABCD")
    click(page.enrol.button)
    assert page.enrol.url.property("invalid") and "网址" in page.enrol.note.text()
    assert ("请填写" in page.enrol.note.text()) == (not url)
    assert fake.asked == []
    QTest.keyClicks(page.enrol.url, "x")
    assert not page.enrol.url.property("invalid") and not page.enrol.note.isVisible()


def filled(page: SyncPage, fake: FakeSync, qtbot: QtBot) -> EnrolForm:
    """The form with an address and a code."""
    form = page.enrol
    assert form is not None
    fake.tell(view(SyncState.ALONE))
    qtbot.waitUntil(form.isVisible)
    form.url.setText("https://hub.gov.cn")
    form.code.setText("ABCD")
    return form


def refused(page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs, fault: SyncFault) -> EnrolForm:
    """The form after it was sent and the hub, or the line, had this against it."""
    form = filled(page, fake, qtbot)
    fake.fault = fault
    click(form.button)
    settle(qtbot, jobs)
    return form


def test_while_the_hub_is_asked_the_code_that_is_being_spent_stays_as_it_is(
    page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs
) -> None:
    form = filled(page, fake, qtbot)
    fake.fault = SyncFault("enrol.code_used")
    QTest.keyClick(form.code, Qt.Key.Key_Return)
    QTest.keyClicks(form.code, "EFGH")
    settle(qtbot, jobs)
    assert form.code.text() == form.code.selectedText() == "ABCD"
    QTest.keyClicks(form.code, "EFGH")
    assert form.code.text() == "EFGH"


@pytest.mark.parametrize(
    "code", ["enrol.code_used", "enrol.code_expired", "enrol.other_township", "sync.certificate_expired"]
)
def test_what_the_hub_says_against_it_stands_at_its_field(
    page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs, code: str
) -> None:
    form = refused(page, fake, qtbot, jobs, SyncFault(code))
    assert sentence(code) in form.note.text()
    assert form.button.isEnabled()
    marked = {name for name in ("url", "code") if getattr(form, name).property("invalid")}
    assert marked == {"url" if code.startswith("sync.") else "code"}


@pytest.mark.parametrize("code", ["sync.unreachable", "sync.timeout"])
def test_enrolling_does_not_promise_to_go_on_by_itself(
    page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs, code: str
) -> None:
    form = refused(page, fake, qtbot, jobs, SyncFault(code))
    assert "https://hub.gov.cn" in form.note.text() and "自动" not in form.note.text()
    assert form.url.property("invalid")


def test_a_desk_that_was_turned_away_types_the_code_only(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot
) -> None:
    assert page.enrol is not None
    tell(fake, sync, qtbot, SyncState.STOPPED, hub_url="https://hub.gov.cn")
    assert page.enrol.isVisible() and page.enrol.url.text() == "https://hub.gov.cn"
    page.hide()
    page.show()
    assert page.focusWidget() is page.enrol.code


def test_after_enrolling_enter_opens_nothing(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot, jobs: Jobs
) -> None:
    """While the first round runs, its own button cannot have the focus."""
    tell(fake, sync, qtbot, SyncState.ALONE)
    assert page.enrol is not None
    page.enrol.url.setText("https://hub.gov.cn")
    page.enrol.code.setText("ABCD")
    assert not page.told.isVisible()
    click(page.enrol.button)
    settle(qtbot, jobs)
    qtbot.waitUntil(lambda: page.enrol is not None and not page.enrol.isVisible())
    assert QApplication.focusWidget() is page.leave
    assert page.told.isVisible() and "再打开一次" in page.told.text()  # who acts is decided when the desk opens


def test_a_desk_that_has_become_somebody_else_is_told_first_to_be_opened_again(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot
) -> None:
    tell(fake, sync, qtbot, SyncState.IDLE)
    assert "重开" not in sync.lamp.words and "再打开" not in page.card.words.text()
    tell(fake, sync, qtbot, SyncState.IDLE, reopen=True)
    assert sync.lamp.words.endswith("，需重开") and sync.lamp.faces[1].tone is Tone.WARN
    assert page.card.words.text().startswith("本席位的身份变了：请关闭席位，再打开")


def test_a_desk_without_a_line_enrols_in_two_steps_by_stick(
    page: SyncPage, fake: FakeSync, sync: DeskSync, jobs: Jobs, qtbot: QtBot
) -> None:
    tell(fake, sync, qtbot, SyncState.ALONE)
    assert page.enrol is not None
    steps = page.enrol.by_stick
    assert not steps.isVisible()
    click(page.enrol.without)
    assert steps.isVisible() and not page.enrol.without.isVisible()
    steps.write_to(FILE.with_suffix(".gridrequest"))
    settle(qtbot, jobs)
    assert "核对码 1234 5678" in steps.note.text()
    fake.fault = SyncFault("enrol.file_other")
    steps.take_from(FILE)
    settle(qtbot, jobs)
    assert steps.note.text().endswith(sentence("enrol.file_other"))
    fake.fault = None
    with qtbot.waitSignal(steps.enrolled):
        steps.take_from(FILE.with_suffix(".gridadmission"))
    assert [what for what, *_ in fake.asked] == ["ask_by_file", "take_admission", "take_admission"]
    qtbot.waitUntil(lambda: sync.view.by_stick)
    assert not page.now.isEnabled() and not page.switch.isEnabled() and not steps.isVisible()
    assert page.stick is not None and page.stick.out.isEnabled()


def test_another_address_is_taken_only_when_the_hub_proves_itself(
    page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs
) -> None:
    form = page.line
    assert form is not None and not form.fields.isVisible()
    click(form.open)
    assert form.url.isVisible() and QApplication.focusWidget() is form.url
    fake.fault = SyncFault("sync.hub_other")
    QTest.keyClicks(form.url, "https://stranger")
    QTest.keyClick(form.url, Qt.Key.Key_Return)
    settle(qtbot, jobs)
    assert sentence("sync.hub_other") in form.note.text() and form.url.text() == "https://stranger"
    QTest.keyClick(form.url, Qt.Key.Key_Return)
    settle(qtbot, jobs)
    assert "已核对" in form.note.text()
    assert fake.asked[-2:] == [("move", "https://stranger")] * 2


def test_a_proxy_can_be_chosen_before_the_desk_is_enrolled(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot, jobs: Jobs
) -> None:
    tell(fake, sync, qtbot, SyncState.ALONE)
    form = page.line
    assert form is not None
    click(form.open)
    assert form.proxy.isVisible() and not form.url.isVisible()
    QTest.keyClicks(form.proxy, "direct")
    QTest.keyClick(form.proxy, Qt.Key.Key_Return)
    settle(qtbot, jobs)
    assert fake.asked[-1] == ("choose_proxy", "direct")
    tell(fake, sync, qtbot, SyncState.IDLE, by_stick=True)
    assert not form.isVisible()
