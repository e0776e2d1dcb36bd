"""The fields for the hub's address and the proxy: what is in use stands there, and nothing changes unasked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import InvalidInput
from gridclient.services.sync_control import SyncState
from gridclient.ui.jobs import Jobs
from gridclient.ui.sync.line_form import LineForm
from gridclient.ui.sync.page import SyncPage
from tests.fakes.fake_sync import FakeSync
from tests.ui.sync.conftest import click, show, view

PROXY = "http://desk@10.0.0.1:3128"


@pytest.fixture
def form(qtbot: QtBot, look: None, jobs: Jobs, fake: FakeSync) -> Iterator[LineForm]:
    fake.shown = view(SyncState.IDLE, proxy=PROXY)
    made = LineForm(control=fake, jobs=jobs)
    show(qtbot, made, jobs)
    made.show_view(fake.shown)
    click(made.open)
    yield made
    made.close()


def enter(form: LineForm, qtbot: QtBot, jobs: Jobs, text: str | None = None) -> None:
    """Enter in the field of the proxy, after another text where one is given."""
    if text is not None:
        form.proxy.selectAll()
        QTest.keyClick(form.proxy, Qt.Key.Key_Backspace)
        QTest.keyClicks(form.proxy, text)
    QTest.keyClick(form.proxy, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not jobs.busy)


def test_the_proxy_in_use_stands_in_its_field_and_enter_alone_changes_nothing(
    form: LineForm, fake: FakeSync, qtbot: QtBot, jobs: Jobs
) -> None:
    assert form.proxy.text() == PROXY
    enter(form, qtbot, jobs)
    assert not fake.asked
    form.show_view(replace(fake.shown, proxy=""))
    assert form.proxy.text() == ""
    enter(form, qtbot, jobs)
    assert not fake.asked, "the system's proxy is in use already"


def test_a_saved_proxy_stands_there_without_its_password_and_leaves_a_typed_address(
    form: LineForm, fake: FakeSync, qtbot: QtBot, jobs: Jobs
) -> None:
    QTest.keyClicks(form.url, "https://new")
    enter(form, qtbot, jobs, "http://desk:secret@10.0.0.2:3128")
    assert fake.asked == [("choose_proxy", "http://desk:secret@10.0.0.2:3128")]
    assert (form.proxy.text(), form.url.text()) == ("http://desk@10.0.0.2:3128", "https://new")
    enter(form, qtbot, jobs, "")
    assert fake.asked[1:] == [("choose_proxy", "")], "emptied on purpose: the system's again"


def test_a_button_saves_what_was_typed(form: LineForm, fake: FakeSync, qtbot: QtBot, jobs: Jobs) -> None:
    click(form.save)
    assert not fake.asked
    assert form.note.text() == "没有改动。"
    QTest.keyClicks(form.url, "https://new")
    QTest.keyClicks(form.proxy, "9")
    click(form.save)
    qtbot.waitUntil(lambda: len(fake.asked) == 2 and not jobs.busy)
    assert fake.asked == [("choose_proxy", f"{PROXY}9"), ("move", "https://new")], "proved by the new proxy"
    assert form.note.text() == "已核对是原来的同步中心，改用这个网址。"


def test_enter_in_the_address_saves_it_alone(form: LineForm, fake: FakeSync, qtbot: QtBot, jobs: Jobs) -> None:
    QTest.keyClicks(form.url, "https://new")
    QTest.keyClicks(form.proxy, "9")
    QTest.keyClick(form.url, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.url.text() == "" and not jobs.busy)
    assert fake.asked == [("move", "https://new")]
    assert form.proxy.text() == f"{PROXY}9"


def test_an_address_is_not_tried_where_the_proxy_was_refused(
    form: LineForm, fake: FakeSync, qtbot: QtBot, jobs: Jobs
) -> None:
    fake.fault = InvalidInput("sync.proxy")
    QTest.keyClicks(form.url, "https://new")
    QTest.keyClicks(form.proxy, "9")
    click(form.save)
    qtbot.waitUntil(lambda: bool(fake.asked) and not jobs.busy)
    assert fake.asked == [("choose_proxy", f"{PROXY}9")]
    assert form.url.text() == "https://new"


def test_what_is_being_typed_is_not_overwritten(form: LineForm, fake: FakeSync) -> None:
    QTest.keyClicks(form.proxy, "9")
    form.show_view(replace(fake.shown, pending_events=3))
    assert form.proxy.text() == f"{PROXY}9"


def test_escape_leaves_the_fields_before_the_page(page: SyncPage, qtbot: QtBot) -> None:
    click(page.line.open)
    QTest.keyClicks(page.line.url, "https://typo")
    with qtbot.assertNotEmitted(page.closed):
        QTest.keyClick(page.line.url, Qt.Key.Key_Escape)
    assert page.line.open.hasFocus() and not page.line.fields.isVisible()
    click(page.line.open)
    assert page.line.url.text() == ""
    QTest.keyClick(page.line.url, Qt.Key.Key_Escape)
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.line.open, Qt.Key.Key_Escape)
