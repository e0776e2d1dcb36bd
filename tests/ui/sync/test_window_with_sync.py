"""The desk with its synchronisation: what is done at one place is seen at the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import Action
from gridclient.services.rows import Box, Changes
from gridclient.services.sync_control import SyncState, SyncView
from gridclient.ui.cases.columns import TITLE
from gridclient.ui.main_window import MainWindow
from gridclient.ui.sync.conflict_page import ConflictPage
from tests.fakes.fake_sync import FakeSync, round_at
from tests.ui.conftest import press, settle
from tests.ui.fakes.invented_desk import InventedDesk, busy_desk
from tests.ui.fakes.memory_files import InMemoryFiles, photo
from tests.ui.sync.conftest import ALT, CTRL, OpenDesk, click, view


def _says(window: MainWindow, word: str) -> bool:
    return word in window.pages.sync.lamp.words


def conflicts(window: MainWindow) -> ConflictPage:
    page = window.pages.page("conflicts")
    assert isinstance(page, ConflictPage) and page.isVisible()
    return page


def test_a_click_on_the_lamps_opens_the_sync_page_and_escape_leaves_it(
    open_desk: OpenDesk, fake: FakeSync, qtbot: QtBot
) -> None:
    window = open_desk(busy_desk(), fake)
    assert window.pages.page("sync") is None  # nothing of it is made before it is wanted
    click(window.pages.sync.lamp)
    page = window.pages.page("sync")
    assert page is not None and page.isVisible()
    assert window.findChild(QWidget, "offlineSwitch") is not None
    settle(qtbot, window)
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_the_status_line_says_the_state(open_desk: OpenDesk, fake: FakeSync, qtbot: QtBot) -> None:
    window = open_desk(busy_desk(), fake)
    fake.tell_from_a_thread(view(SyncState.OFFLINE))
    qtbot.waitUntil(lambda: window.status.mode.text() == "离线 · 数据截至 14:32")


def test_f5_asks_for_a_round_and_reads_again(open_desk: OpenDesk, fake: FakeSync, qtbot: QtBot) -> None:
    invented = busy_desk()
    window = open_desk(invented, fake)
    asked = invented.store.pages_asked
    press(window.cases.table, Qt.Key.Key_F5)
    settle(qtbot, window)
    assert ("sync_now",) in fake.asked and invented.store.pages_asked > asked


def test_the_command_bar_pulls_the_cable_and_puts_it_back(open_desk: OpenDesk, fake: FakeSync, qtbot: QtBot) -> None:
    window = open_desk(busy_desk(), fake)
    for wanted in (True, False):
        press(window, Qt.Key.Key_K, CTRL)
        QTest.keyClicks(window.command, "lx" if wanted else "hflw")
        settle(qtbot, window)
        press(window.command, Qt.Key.Key_Return)
        settle(qtbot, window)
        assert fake.asked[-1] == ("set_offline", wanted)
        word = "离线" if wanted else "已同步"
        qtbot.waitUntil(partial(_says, window, word))


def test_a_desk_that_is_alone_has_no_cable(open_desk: OpenDesk, qtbot: QtBot) -> None:
    window = open_desk(busy_desk(), FakeSync(SyncView(SyncState.ALONE, counted=False)))
    assert not window.actions_.desk["offline"].isEnabled()
    assert window.pages.sync.lamp.words.startswith("未上报 5 件  单机")


def test_what_is_written_on_the_desk_goes_out_and_what_comes_in_does_not(
    open_desk: OpenDesk, fake: FakeSync, qtbot: QtBot
) -> None:
    invented = busy_desk()
    window = open_desk(invented, fake)
    case_id = window.cases.model.row_at(0).id
    with qtbot.waitSignal(window.changed):
        fake.tell_from_a_thread(fake.shown, changes=Changes(frozenset({case_id})))
    settle(qtbot, window)
    assert ("committed",) not in fake.asked
    window.announce(Changes(frozenset({case_id})))
    settle(qtbot, window)
    assert fake.asked.count(("committed",)) == 1


def test_what_comes_in_is_seen_in_the_list(open_desk: OpenDesk, fake: FakeSync, qtbot: QtBot) -> None:
    invented = busy_desk()
    window = open_desk(invented, fake)
    case_id = invented.filed("别的席位登记的案件", ago=timedelta(minutes=1))
    fake.tell_from_a_thread(fake.shown, changes=Changes(frozenset({case_id})))
    qtbot.waitUntil(lambda: any(row.id == case_id for row in window.cases.model.rows))


def test_the_box_of_conflicts_opens_their_page(
    open_desk: OpenDesk, contended: InventedDesk, fake: FakeSync, qtbot: QtBot
) -> None:
    window = open_desk(contended, fake)
    assert window.boxes.buttons[Box.CONFLICT].count == 3
    press(window, Qt.Key.Key_9, ALT)
    settle(qtbot, window)
    assert conflicts(window).sheet is not None
    click(conflicts(window).leave)
    assert window.state.filter.box is Box.CONFLICT
    press(window, Qt.Key.Key_9, ALT)
    assert conflicts(window).isVisible()


def test_an_empty_box_of_conflicts_is_a_filter_like_the_others(
    open_desk: OpenDesk, fake: FakeSync, qtbot: QtBot
) -> None:
    invented = busy_desk()
    invented.store.conflicts.clear()
    window = open_desk(invented, fake)
    press(window, Qt.Key.Key_9, ALT)
    settle(qtbot, window)
    assert window.pages.page("conflicts") is None and window.state.filter.box is Box.CONFLICT


def test_the_panel_of_a_contended_case_leads_to_the_choice(
    open_desk: OpenDesk, contended: InventedDesk, fake: FakeSync, qtbot: QtBot
) -> None:
    window = open_desk(contended, fake)
    line = window.detail.findChild(QPushButton, "openConflict")
    assert line is not None
    waiting = [case.id for case in contended.store.cases.values() if case.contentions]
    calm = next(case.id for case in contended.store.cases.values() if not case.contentions)
    window.state.select((calm,))
    settle(qtbot, window)
    assert not line.isVisible()
    window.state.select((waiting[-1],))
    settle(qtbot, window)
    assert line.isVisible()
    click(line)
    settle(qtbot, window)
    sheet = conflicts(window).sheet
    assert sheet is not None and sheet.case_id == waiting[-1]


def test_a_click_on_the_mark_of_a_line_leads_to_the_choice_and_beside_it_not(
    open_desk: OpenDesk, contended: InventedDesk, fake: FakeSync, qtbot: QtBot
) -> None:
    window = open_desk(contended, fake)
    table = window.cases.table
    place = next(n for n, row in enumerate(window.cases.model.rows) if row.conflict)
    cell = table.visualRect(window.cases.model.index(place, TITLE))
    mark = table._cells.conflict_mark(cell, window.cases.model.row_at(place))
    assert cell.contains(mark)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=mark.center() - QPoint(mark.width(), 0))
    assert window.pages.page("conflicts") is None
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=mark.center())
    settle(qtbot, window)
    sheet = conflicts(window).sheet
    assert sheet is not None and sheet.case_id == window.cases.model.row_at(place).id


def test_the_context_menu_of_a_contended_case_offers_the_choice(
    open_desk: OpenDesk, contended: InventedDesk, fake: FakeSync, qtbot: QtBot
) -> None:
    window = open_desk(contended, fake)
    for case in contended.store.cases.values():
        window.state.select((case.id,))
        settle(qtbot, window)
        offered = window.actions_.desk["conflicts"] in window.actions_.menu().actions()
        assert offered is bool(case.contentions)


def test_a_choice_is_counted_on_the_desk_and_taken_back_from_there(
    open_desk: OpenDesk, contended: InventedDesk, fake: FakeSync, qtbot: QtBot
) -> None:
    window = open_desk(contended, fake)
    press(window, Qt.Key.Key_X, CTRL | Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, window)
    page = conflicts(window)
    assert page.sheet is not None
    case_id = page.sheet.case_id
    click(page.keep)
    settle(qtbot, window)
    assert window.boxes.buttons[Box.CONFLICT].count == 2
    assert ("committed",) in fake.asked
    click(page.leave)
    assert window.actions_.desk["undo"].isEnabled()
    press(window.cases.table, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert contended.store.cases[case_id].contentions
    assert window.boxes.buttons[Box.CONFLICT].count == 3


def test_what_is_only_here_is_shown_as_its_box(open_desk: OpenDesk, fake: FakeSync, qtbot: QtBot) -> None:
    fake.shown = view(SyncState.IDLE, pending_events=3, pending_cases=2)
    window = open_desk(busy_desk(), fake)
    click(window.pages.sync.lamp)
    for _ in range(2):  # a second time does not give the box up
        window.pages.sync.box_wanted.emit(Box.PENDING)
        settle(qtbot, window)
        assert window.state.filter.box is Box.PENDING
    assert window.pages.stack.currentIndex() == 0


def test_the_case_of_a_conflict_can_be_looked_at(
    open_desk: OpenDesk, contended: InventedDesk, fake: FakeSync, qtbot: QtBot
) -> None:
    window = open_desk(contended, fake)
    window.pages.sync.page_wanted.emit("conflicts")
    settle(qtbot, window)
    sheet = conflicts(window).sheet
    assert sheet is not None
    click(conflicts(window).open)
    settle(qtbot, window)
    assert window.state.current == sheet.case_id and window.pages.stack.currentIndex() == 0
    assert window.actions_.case[Action.URGE].isEnabled()


def test_the_mark_of_a_photo_goes_when_a_round_has_brought_it_to_the_hub(
    open_desk: OpenDesk, fake: FakeSync, tmp_path: Path, qtbot: QtBot
) -> None:
    plain = busy_desk()
    files = InMemoryFiles(tmp_path)
    desk = replace(plain, desk=replace(plain.desk, files=files))
    case_id = desk.register("积水")
    kept = files.keep(photo(tmp_path), at=desk.clock.now())
    desk.act(Action.ATTACH, case_id, sha256=kept.sha256, name=kept.name, kind="近景", size=kept.size)
    files.waiting.add(kept.sha256)
    window = open_desk(desk, fake)
    window.state.select((case_id,))
    settle(qtbot, window)
    shown = window.detail.top.attachments.files

    def mark() -> str:
        return str(shown.index(0).data()).partition("\n")[2]

    assert mark() == "仅在本机"
    files.waiting.clear()
    fake.tell_from_a_thread(replace(fake.shown, last=round_at()))
    qtbot.waitUntil(lambda: mark() == "")
