"""The sync page by real keys and clicks, over a synchronisation in memory."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import SyncFault
from gridclient.services.error_text import sentence
from gridclient.services.rows import Box, CaseFilter, Changes, PutAside
from gridclient.services.sync_control import BundleReport, SyncState
from gridclient.services.sync_port import Refused, RoundEnd
from gridclient.ui.jobs import Jobs
from gridclient.ui.lines_table import Line
from gridclient.ui.sync.desk_sync import DeskSync
from gridclient.ui.sync.page import SyncPage
from gridclient.ui.sync.present import Tone
from gridclient.ui.sync.rounds import RoundsModel, Row
from gridclient.ui.theme import DARK, LIGHT, ROW_PX, apply_theme
from tests.fakes.fake_sync import NOON, FakeSync, round_at
from tests.ui.file_answer import answer_files
from tests.ui.sync.conftest import click, settle, tell

FILE = Path("/media/usb/desk.gridbundle")


def cells(page: SyncPage, row: int) -> list[str]:
    model = page.rounds.rounds
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def test_the_page_answers_the_two_questions(page: SyncPage) -> None:
    assert page.card.title.text() == "都已上报，可以放心关机"
    assert "截至 14:32" in page.card.words.text()
    assert page.findChild(QWidget, "offlineSwitch") is page.switch


def test_the_last_rounds_stand_in_the_table_with_why_one_failed(page: SyncPage) -> None:
    assert cells(page, 0) == ["14:32:00", "▲ 未完成", "2", "10", "↑812 B ↓2.3 KB", "30.2 秒", sentence("sync.timeout")]
    assert cells(page, 1)[3] == "1,240"
    assert cells(page, 2)[0] == "11-19 14:32:00"
    assert cells(page, 2)[4] == "U盘"
    assert not page.empty.isVisible()


def test_rounds_that_brought_nothing_are_one_row(page: SyncPage) -> None:
    """An idle desk makes two a minute; what came this morning and yesterday's failure are still to be found."""
    quiet = [round_at(timedelta(seconds=30 * k), pushed=0, pulled=0) for k in range(40)]
    lost = {"end": RoundEnd.FAILED, "error": "sync.timeout", "pushed": 0, "pulled": 0}
    failed = [round_at(timedelta(minutes=20), **lost), round_at(timedelta(minutes=20, seconds=30), **lost)]
    older = [round_at(timedelta(minutes=21), pushed=0, pulled=0), round_at(timedelta(minutes=22), pulled=3)]
    page.rounds.rounds.show_rounds([*quiet, *failed, *older], NOON)
    assert page.rounds.rounds.rowCount() == 4
    assert cells(page, 0)[0] == "14:32:00" and cells(page, 0)[6] == "14:12 以来 40 次，都没有新内容"
    assert cells(page, 1)[6] == sentence("sync.timeout") + " 14:11 以来 2 次都是这样。"
    assert cells(page, 2)[6] == "" and cells(page, 3)[3] == "3"
    photo = round_at(timedelta(seconds=45), pushed=0, pulled=0, bytes_sent=262_144)
    page.rounds.rounds.show_rounds([*quiet[:2], photo, *quiet[2:]], NOON)
    assert cells(page, 1)[4].startswith("↑256.0 KB")


def test_large_figures_are_shown_whole(page: SyncPage) -> None:
    """The first round of a full desk, on a page of 1366 pixels."""
    page.resize(1366, 700)
    table = page.rounds
    table.rounds.show_rounds(
        [round_at(pushed=22_592, bytes_sent=600_474, bytes_received=1_258_291, seconds=125.0)], NOON
    )
    columns = range(table.rounds.columnCount() - 1)
    assert [column for column in columns if table.columnWidth(column) < table.sizeHintForColumn(column)] == []
    assert "↑586.4 KB ↓1.2 MB" in cells(page, 0)


def test_the_counts_of_a_large_upload_far_down_are_whole_when_it_is_scrolled_to(page: SyncPage) -> None:
    rounds = [round_at(timedelta(minutes=at)) for at in range(80)]
    page.rounds.rounds.show_rounds([*rounds, round_at(timedelta(hours=2), pushed=1_000_000)], NOON)
    page.rounds.scrollToBottom()
    assert page.rounds.columnWidth(2) >= page.rounds.sizeHintForColumn(2)


def test_a_switch_of_theme_asks_only_for_the_rounds_in_sight(
    page: SyncPage, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.rounds.rounds.show_rounds([round_at(timedelta(minutes=at), pushed=at) for at in range(1, 80)], NOON)
    asked: set[Row] = set()
    words = RoundsModel.line

    def line_of(model: RoundsModel, row: Row) -> Line:
        asked.add(row)
        return words(model, row)

    monkeypatch.setattr(RoundsModel, "line", line_of)
    apply_theme(qapp, DARK)
    qapp.processEvents()
    apply_theme(qapp, LIGHT)
    assert len(asked) < 40


def test_a_note_that_is_longer_than_its_column_has_several_lines(page: SyncPage, qtbot: QtBot) -> None:
    page.resize(1700, 700)
    failed = round_at(timedelta(minutes=1), end=RoundEnd.FAILED, error="sync.timeout")
    table = page.rounds
    table.rounds.show_rounds([round_at(pushed=2), failed], NOON)
    page.resize(1040, 700)
    qtbot.waitUntil(lambda: table.rowHeight(1) > table.rowHeight(0) == ROW_PX)
    assert table.columnWidth(6) > 150  # the bytes are not shown
    page.resize(1700, 700)
    qtbot.waitUntil(lambda: table.rowHeight(1) == table.rowHeight(0) == ROW_PX)


def test_without_any_round_the_page_says_what_will_stand_there(
    page: SyncPage, fake: FakeSync, sync: DeskSync, jobs: Jobs, qtbot: QtBot
) -> None:
    fake.past = []
    tell(fake, sync, qtbot, SyncState.IDLE, last=round_at())
    settle(qtbot, jobs)
    assert page.empty.isVisible() and not page.rounds.isVisible()


def test_a_new_round_appears_by_itself(
    page: SyncPage, fake: FakeSync, sync: DeskSync, jobs: Jobs, qtbot: QtBot
) -> None:
    fake.past.insert(0, round_at(pushed=77))
    tell(fake, sync, qtbot, SyncState.IDLE, last=fake.past[0])
    settle(qtbot, jobs)
    assert cells(page, 0)[2] == "77"


def test_f5_asks_for_a_round_and_a_click_does_too(page: SyncPage, fake: FakeSync) -> None:
    QTest.keyClick(page.now, Qt.Key.Key_F5)
    click(page.now)
    assert fake.asked.count(("sync_now",)) == 2


def test_tab_goes_on_from_the_line_above_to_the_cases_and_the_stick(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot
) -> None:
    tell(fake, sync, qtbot, SyncState.IDLE, pending_events=2, pending_cases=1)
    assert page.line is not None and page.stick is not None
    order = (page.leave, page.card.show_cases, page.line.open, page.stick.out, page.stick.into, page.rounds)
    for part in order:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is part


def test_a_stopped_desk_may_ask_again(page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot) -> None:
    tell(fake, sync, qtbot, SyncState.STOPPED)
    QTest.keyClick(page.leave, Qt.Key.Key_F5)
    assert fake.asked == [("sync_now",)]


def test_while_a_round_runs_its_stage_is_shown_and_no_other_is_asked_for(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot
) -> None:
    tell(fake, sync, qtbot, SyncState.RUNNING, stage="pull", done=1200, all=3400)
    assert page.card.progress.isVisible()
    assert page.card.progress.words.text() == "正在取回 1,200/3,400"
    QTest.keyClick(page.leave, Qt.Key.Key_F5)
    assert ("sync_now",) not in fake.asked
    tell(fake, sync, qtbot, SyncState.IDLE)
    assert not page.card.progress.isVisible()


def test_the_switch_pulls_the_cable_and_puts_it_back(page: SyncPage, fake: FakeSync, qtbot: QtBot) -> None:
    assert page.switch.words == "离线：关"
    click(page.switch)
    qtbot.waitUntil(lambda: page.card.title.text() == "已切到离线")
    assert page.switch.isChecked() and page.switch.words == "离线：开"
    assert not page.now.isEnabled()
    QTest.keyClick(page.switch, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.switch.isChecked())
    assert fake.asked == [("set_offline", True), ("set_offline", False)]


def test_enter_that_is_held_pulls_the_cable_once(page: SyncPage, fake: FakeSync, qtbot: QtBot) -> None:
    QTest.keyPress(page.switch, Qt.Key.Key_Return)
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
    QApplication.sendEvent(page.switch, held)
    assert fake.asked == [("set_offline", True)]


@pytest.mark.parametrize("state", [SyncState.CONFIRM, SyncState.FORKED])
def test_what_has_to_be_confirmed_is_confirmed_by_its_button(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot, state: SyncState
) -> None:
    assert not page.card.confirmation.isVisible()
    tell(fake, sync, qtbot, state, pending_events=2)
    asked = page.card.confirmation
    assert asked.isVisible() and "2 条操作" in asked.kept.text()
    click(asked.yes)
    qtbot.waitUntil(lambda: not asked.isVisible())
    assert fake.asked == [("confirm",)]


def test_a_stick_stands_at_once_among_the_last_rounds(page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs) -> None:
    assert page.stick is not None
    fake.past.insert(0, round_at(pushed=12, pulled=0, by="stick"))
    page.stick.export_to(FILE)
    settle(qtbot, jobs)
    assert cells(page, 0)[2:5] == ["12", "0", "U盘"]


def test_a_file_is_written_and_it_is_told(page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs) -> None:
    assert page.stick is not None
    page.stick.export_to(FILE)
    settle(qtbot, jobs)
    assert fake.asked == [("export", FILE)]
    assert page.stick.note.text().startswith("已写入 desk.gridbundle：12 条")
    assert not page.stick.running and page.stick.out.isEnabled()


def test_what_comes_in_by_a_file_is_told_to_the_desk(page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs) -> None:
    assert page.stick is not None
    changes = Changes(frozenset({"a"}))
    fake.bundle = BundleReport(FILE, 7, conflicts=1, changes=changes)
    with qtbot.waitSignal(page.changed) as told:
        page.stick.import_from(FILE)
    assert told.args == [changes]
    assert "请逐件选择" in page.stick.note.text()
    assert page.stick.choose.isVisible()


def test_a_broken_file_is_told_in_its_place(page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs) -> None:
    assert page.stick is not None
    fake.fault = SyncFault("bundle.broken")
    page.stick.import_from(FILE)
    settle(qtbot, jobs)
    assert sentence("bundle.broken") in page.stick.note.text()


def test_a_file_shows_how_far_it_is_and_can_be_stopped(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot, jobs: Jobs
) -> None:
    assert page.stick is not None
    fake.gate = threading.Event()
    page.stick.export_to(FILE)
    qtbot.waitUntil(lambda: bool(fake.asked))  # on a busy machine its thread begins late
    tell(fake, sync, qtbot, SyncState.IDLE, stage="export", done=400, all=1200)
    assert page.stick.progress.words.text() == "正在写入文件 400/1,200"
    assert not page.stick.out.isEnabled() and page.stick.stop.isVisible()
    page.stick.import_from(FILE)  # one after the other
    click(page.stick.stop)
    settle(qtbot, jobs)
    assert fake.asked == [("export", FILE), ("stop_bundle",)]
    assert page.stick.note.text().startswith("已取消")
    assert page.stick.out.isEnabled() and not page.stick.stop.isVisible()


def test_the_dialogs_of_the_stick_ask_for_a_file(
    page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page.stick is not None
    answer_files(monkeypatch, FILE)
    click(page.stick.out)
    settle(qtbot, jobs)
    answer_files(monkeypatch, None)
    click(page.stick.into)
    assert fake.asked == [("export", FILE)]


def test_what_is_only_here_and_what_waits_leads_to_its_place(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot
) -> None:
    assert not page.card.show_cases.isVisible() and not page.card.show_conflicts.isVisible()
    tell(fake, sync, qtbot, SyncState.IDLE, pending_events=12, pending_cases=5, pending_files=3, conflicts=2)
    figures = [page.card.events, page.card.cases, page.card.files, page.card.conflicts]
    assert [figure.text() for figure in figures] == ["12", "5", "3", "2"]
    with qtbot.waitSignal(sync.box_wanted) as box:
        click(page.card.show_cases)
    with qtbot.waitSignal(sync.page_wanted) as wanted:
        click(page.card.show_conflicts)
    assert (box.args, wanted.args) == ([Box.PENDING], ["conflicts"])


def test_a_desk_that_is_not_registered_does_not_say_that_no_file_is_only_here(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot
) -> None:
    """All of them are: it counts neither operations nor files before there is somebody to send them to."""
    tell(fake, sync, qtbot, SyncState.ALONE, pending_cases=5)
    assert [figure.text() for figure in (page.card.events, page.card.cases, page.card.files)] == ["—", "5", "—"]


def test_escape_and_the_button_leave_the_page(page: SyncPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.now, Qt.Key.Key_Escape)
    with qtbot.waitSignal(page.closed):
        click(page.leave)


@pytest.mark.parametrize("state", list(SyncState))
def test_every_state_fits_the_smallest_screen(
    page: SyncPage, fake: FakeSync, sync: DeskSync, qtbot: QtBot, state: SyncState
) -> None:
    last = replace(round_at(), end=RoundEnd.FAILED, error="sync.revoked", hub_time=round_at().at + timedelta(hours=9))
    tell(fake, sync, qtbot, state, last=last, pending_events=1_000_000, pending_cases=99_999, pending_files=1_234)
    for label in page.card.findChildren(QWidget):
        if label.isVisible():
            assert label.mapTo(page, label.rect().topRight()).x() <= 440


def test_how_a_file_ended_is_in_sight_on_a_small_screen(
    page: SyncPage, fake: FakeSync, qtbot: QtBot, jobs: Jobs
) -> None:
    page.resize(1000, 400)
    fake.fault = SyncFault("bundle.broken")
    page.stick.import_from(FILE)
    settle(qtbot, jobs)
    note = page.stick.note
    qtbot.waitUntil(lambda: note.visibleRegion().boundingRect() == note.rect())


def test_what_the_hub_never_takes_is_named_and_set_aside_by_one_button(
    qtbot: QtBot, page: SyncPage, fake: FakeSync, sync: DeskSync, jobs: Jobs
) -> None:
    notice = page.card.refusal
    assert not notice.isVisible()
    found = (Refused("371002002", "高区街道", 3, 2),)
    tell(fake, sync, qtbot, SyncState.IDLE, pending_events=5, pending_cases=3, refused=found)
    assert "其中 3 条" in notice.title.text() and "高区街道：3 条（2 件案件）" in notice.words.text()
    assert sync.lamp.faces[1].tone is Tone.WARN, "though it is not sent again"
    notice.aside.setFocus()
    QTest.keyClick(notice.aside, Qt.Key.Key_Space)
    settle(qtbot, jobs)
    qtbot.waitUntil(lambda: not notice.isVisible())
    assert fake.asked[-1] == ("set_aside",) and page.leave.hasFocus()
    assert "另有 3 条（2 件案件：002-261124-FV0071 等）已搁置" in page.card.words.text()
    assert not page.told.isVisible(), "it would stand there still when the right has come"


@pytest.mark.parametrize(("button", "aside"), [("showRefused", False), ("showAside", True)])
def test_the_cases_that_the_hub_does_not_take_are_shown_on_the_desk(
    qtbot: QtBot, page: SyncPage, fake: FakeSync, sync: DeskSync, *, button: str, aside: bool
) -> None:
    wanted = page.findChild(QWidget, button)
    assert wanted is not None and not wanted.isVisible()
    lists = (Refused("ref", "ref", 1, 0),)
    tell(fake, sync, qtbot, SyncState.IDLE, pending_events=1, refused=lists, aside=PutAside(1))
    assert not wanted.isVisible(), "lists are no cases"
    found = (Refused("371002002", "高区街道", 3, 2),)
    tell(fake, sync, qtbot, SyncState.IDLE, pending_events=3, refused=found, aside=PutAside(3, 2, ("1", "2")))
    assert page.card.aside.text() == "2"
    with qtbot.waitSignal(page.cases_wanted) as asked:
        QTest.keyClick(wanted, Qt.Key.Key_Space)
    assert asked.args == [CaseFilter(held=fake.held_cases(aside=aside))]


def test_where_the_hub_has_just_taken_the_cases_no_others_are_shown_in_their_place(
    qtbot: QtBot, page: SyncPage, fake: FakeSync, sync: DeskSync, *, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(fake, sync, qtbot, SyncState.IDLE, pending_events=3, refused=(Refused("371002002", "高区街道", 3, 2),))
    monkeypatch.setattr(fake, "held_cases", lambda **_which: ())
    with qtbot.assertNotEmitted(page.cases_wanted):
        QTest.keyClick(page.card.refusal.cases, Qt.Key.Key_Space)
        settle(qtbot, jobs)
