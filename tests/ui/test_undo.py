"""Ctrl+Z: what was done to several cases at once is taken back as one; what cannot be taken back is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.domain.case import Case, CaseState
from gridclient.domain.roles import Action
from gridclient.services.error_text import sentence
from gridclient.services.rows import Box
from gridclient.ui.intake.values import EMPTY
from gridclient.ui.main_window import MainWindow
from tests.ui.conftest import OpenWindow, press, settle
from tests.ui.fakes.invented_desk import InventedDesk, busy_desk, with_locked_store
from tests.ui.fakes.memory_files import InMemoryFiles, photo

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NOTHING = sentence("case.nothing_to_undo")


def urge_three(window: MainWindow, qtbot: QtBot) -> tuple[str, ...]:
    table = window.cases.table
    press(table, Qt.Key.Key_Home, CTRL)
    press(table, Qt.Key.Key_Down, SHIFT)
    press(table, Qt.Key.Key_Down, SHIFT)
    settle(qtbot, window)
    chosen = window.state.selected
    press(window, Qt.Key.Key_F7)
    settle(qtbot, window)
    return chosen


def test_a_batch_is_taken_back_as_one_but_for_the_case_that_somebody_acted_on(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = urge_three(window, qtbot)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(invented.store, "device", "another desk")
        invented.act(Action.URGE, chosen[1])
    press(window, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert [invented.store.cases[case_id].urges for case_id in chosen] == [0, 2, 0]
    lines = window.banner.words.text().splitlines()
    assert lines[0] == "已撤销 2 件，1 件未办成："
    assert len(lines) == 2


def test_steps_are_taken_back_one_by_one_and_then_ctrl_z_says_so(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    chosen = urge_three(window, qtbot)
    press(window, Qt.Key.Key_F7)
    settle(qtbot, window)
    for urges in (2, 1, 0):
        assert [invented.store.cases[case_id].urges for case_id in chosen] == [urges] * 3
        press(window, Qt.Key.Key_Z, CTRL)
        settle(qtbot, window)
    assert window.banner.words.text() == NOTHING


def test_ctrl_z_goes_back_through_the_steps_of_one_case_and_of_others_in_their_order(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    first, second = invented.dispatched("噪音"), invented.dispatched("积水")
    for action, case_id in ((Action.URGE, first), (Action.URGE, second), (Action.SIGN, first)):
        window.batch.act(action, (case_id,))
        settle(qtbot, window)
    cases = invented.store.cases
    stages = []
    for _ in range(3):
        press(window, Qt.Key.Key_Z, CTRL)
        settle(qtbot, window)
        stages.append((cases[first].state.value, cases[first].urges, cases[second].urges))
    assert stages == [("dispatched", 1, 1), ("dispatched", 1, 0), ("dispatched", 0, 0)]


def test_a_step_stays_to_be_taken_back_while_the_disk_is_full(open_window: OpenWindow, qtbot: QtBot) -> None:
    locked: list[str] = []
    invented = with_locked_store(busy_desk(), locked)
    window = open_window(invented)
    case_id = invented.dispatched("噪音")
    window.batch.act(Action.SIGN, (case_id,))
    settle(qtbot, window)
    locked.append("store.disk_full")
    press(window, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert window.banner.words.text().endswith(sentence("store.disk_full"))
    locked.clear()
    press(window, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert invented.store.cases[case_id].state is CaseState.DISPATCHED


@pytest.fixture
def with_files(invented: InventedDesk, open_window: OpenWindow, tmp_path: Path, qtbot: QtBot) -> MainWindow:
    """A window that shows a case, to which three files were added at once, two of them photos."""
    (tmp_path / "kept").mkdir()
    invented = replace(invented, desk=replace(invented.desk, files=InMemoryFiles(tmp_path / "kept")))
    window = open_window(invented)
    window.state.choose_case(invented.dispatched("噪音"))
    settle(qtbot, window)
    (tmp_path / "说明.txt").write_text("x")
    given = [photo(tmp_path, "近景.png"), tmp_path / "说明.txt", photo(tmp_path, "远景.png")]
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(path)) for path in given])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    tab = window.detail.top.attachments
    QApplication.sendEvent(tab, QDragEnterEvent(QPoint(5, 5), copy, dropped, left, none))
    QApplication.sendEvent(tab, QDropEvent(QPointF(5, 5), copy, dropped, left, none))
    settle(qtbot, window)
    return window


def test_files_that_were_added_at_once_are_taken_back_at_once(
    with_files: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    window, view = with_files, with_files.detail.view
    assert view is not None and [file.name for file in view.files] == ["近景.png", "远景.png"]
    number = window.pane.news.short(view.case.number)
    assert window.status.told.text() == f"已添加 2 份附件 {number}（Ctrl+Z 撤销）"
    press(window, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert invented.store.attachments(view.case.id) == ()
    assert window.status.told.text() == f"已撤销“附件” 2 份 {number}"
    assert window.state.selected == (view.case.id,) and window.detail.view is not None
    press(window, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert window.banner.words.text() == NOTHING, "what was done before the desk was opened stays"


def test_of_files_that_were_added_at_once_the_panel_takes_one_back_and_ctrl_z_the_rest(
    with_files: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    window, view = with_files, with_files.detail.view
    assert view is not None
    window.detail.foot.bar.chosen.emit(Action.UNDO)  # an entry of the menu 更多
    settle(qtbot, window)
    assert [file["name"] for file in invented.store.attachments(view.case.id)] == ["近景.png"]
    press(window, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert invented.store.attachments(view.case.id) == ()
    assert not window.actions_.desk["undo"].isEnabled()


def register(window: MainWindow, invented: InventedDesk, qtbot: QtBot, title: str, *, file: bool = False) -> Case:
    press(window, Qt.Key.Key_F3)
    form = window.side.form
    assert form is not None
    form.inputs.show_values(
        replace(EMPTY, description=title, grid="371002002001003", standard="C-02-01-01", title=title)
    )
    QTest.mouseClick(form.file_button if file else form.register_button, Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    (made,) = (case for case in invented.store.cases.values() if case.facts.title == title)
    assert made.state is (CaseState.FILED if file else CaseState.REPORTED)
    return made


@pytest.mark.parametrize("filed", [False, True])
def test_ctrl_z_after_a_registration_undoes_no_other_case(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot, filed: bool
) -> None:
    other = invented.dispatched("噪音")
    window.batch.act(Action.URGE, (other,))
    settle(qtbot, window)
    made = register(window, invented, qtbot, "窨井盖破损", file=filed)
    if filed:
        press(window, Qt.Key.Key_Z, CTRL)
        settle(qtbot, window)
        assert invented.store.cases[made.id].state is CaseState.REPORTED
    press(window, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert window.banner.words.text() == f"{window.pane.news.short(made.number)} {sentence('case.not_undoable')}"
    assert invented.store.cases[other].urges == 1
    press(window, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert invented.store.cases[other].urges == 0
    assert not window.banner.isVisible(), "it would say beside a step taken back that nothing was"


def test_that_registrations_stay_is_said_once_for_several_in_a_row(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    other = invented.dispatched("噪音")
    first = register(window, invented, qtbot, "窨井盖破损")
    window.batch.act(Action.URGE, (other,))
    settle(qtbot, window)
    last = [register(window, invented, qtbot, title) for title in ("路灯不亮", "井盖松动", "树枝折断")][-1]
    for said, urges in ((last, 1), (None, 0), (first, 0)):
        window.banner.hide()
        press(window, Qt.Key.Key_Z, CTRL)
        settle(qtbot, window)
        assert window.banner.isVisible() == (said is not None)
        assert said is None or window.banner.words.text().startswith(window.pane.news.short(said.number))
        assert invented.store.cases[other].urges == urges
    assert not window.actions_.desk["undo"].isEnabled()


def test_a_step_that_cannot_be_taken_back_does_not_stand_before_the_one_that_can(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = invented.dispatched("噪音"), invented.dispatched("积水")
    window.batch.act(Action.URGE, (first,))
    settle(qtbot, window)
    window.batch.act(Action.URGE, (second,))
    settle(qtbot, window)
    window.batch.act(Action.CLOSE, (second,))  # refused: no step
    settle(qtbot, window)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(invented.store, "device", "another desk")
        invented.act(Action.URGE, second)
    for _ in range(2):
        press(window, Qt.Key.Key_Z, CTRL)
        settle(qtbot, window)
    assert [invented.store.cases[case_id].urges for case_id in (first, second)] == [0, 2]


def test_ctrl_z_on_a_desk_where_nothing_was_done_answers(window: MainWindow, qtbot: QtBot) -> None:
    press(window.cases.table, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(window.banner.isVisible)
    assert window.banner.words.text() == NOTHING


def test_what_the_panel_took_back_is_not_taken_back_again(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    case_id = next(row.id for row in window.cases.model.rows if row.state == "handling")
    window.state.select((case_id,))
    settle(qtbot, window)
    press(window, Qt.Key.Key_F7)
    settle(qtbot, window)
    press(window.detail.foot.form or window, Qt.Key.Key_Return, CTRL)
    settle(qtbot, window)
    assert invented.store.cases[case_id].urges == 1
    window.detail.foot.bar.chosen.emit(Action.UNDO)  # an entry of the menu 更多
    settle(qtbot, window)
    assert invented.store.cases[case_id].urges == 0
    assert not window.actions_.desk["undo"].isEnabled()
    assert window.status.told.text() == f"已撤销“催办” {window.pane.news.short(invented.store.cases[case_id].number)}"


def test_which_step_of_which_case_was_taken_back_is_told(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    case_id = next(row.id for row in window.cases.model.rows if row.state == "handling")
    number = invented.store.cases[case_id].number
    window.state.choose_case(case_id)
    settle(qtbot, window)
    for _ in range(2):
        press(window, Qt.Key.Key_F7)
        settle(qtbot, window)
        press(window.detail.foot.form or window, Qt.Key.Key_Return, CTRL)
        settle(qtbot, window)
    press(window, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: window.status.told.text() == f"已撤销“催办” {window.pane.news.short(number)}")


def test_what_ctrl_z_takes_back_on_the_desk_is_not_told_on_a_page(window: MainWindow) -> None:
    window.status.tell("已派遣（Ctrl+Z 撤销）")
    press(window, Qt.Key.Key_F1)
    assert window.status.told.text() == ""


def test_many_are_done_and_undone_in_portions_and_esc_stops_between_them(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    cases = [invented.dispatched(f"噪音 {number}") for number in range(60)]

    def urged() -> int:
        return sum(invented.store.cases[case_id].urges for case_id in cases)

    window.batch.act(Action.URGE, cases)
    assert window.banner.words.text() == "正在催办 0/60，按 Esc 停止"
    press(window.cases.table, Qt.Key.Key_Escape)
    settle(qtbot, window)
    done = urged()
    assert 0 < done < 60
    assert window.banner.words.text() == f"已催办 {done} 件，{60 - done} 件未动"
    window.batch.act(Action.URGE, cases)
    settle(qtbot, window)
    assert urged() == done + 60
    press(window, Qt.Key.Key_Z, CTRL)
    press(window.cases.table, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert done < urged() < done + 60


@pytest.mark.parametrize("where", ["help", "top bar"])
def test_the_banner_is_seen_on_a_page_and_esc_stops_there_what_it_tells_of(
    where: str, window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    cases = [invented.dispatched(f"噪音 {number}") for number in range(60)]
    if where == "help":
        press(window, Qt.Key.Key_F1)
    else:
        window.top.account.setFocus()
    window.batch.act(Action.URGE, cases)
    assert window.banner.isVisible() and window.banner.words.text() == "正在催办 0/60，按 Esc 停止"
    page = window.pages.stack.currentWidget()
    assert page is not None
    below = page.height() - page.mapFromGlobal(window.banner.mapToGlobal(QPoint(0, window.banner.height()))).y()
    assert (44 <= below < 70) == (where == "help"), "a page's foot stays free"
    focused = QApplication.focusWidget()
    assert focused is not None
    press(focused, Qt.Key.Key_Escape)
    assert window.pages.stack.currentWidget() is page and not window.banner.isVisible()
    settle(qtbot, window)
    assert 0 < sum(invented.store.cases[case_id].urges for case_id in cases) < 60
    press(focused, Qt.Key.Key_Escape)  # what became of it
    press(focused, Qt.Key.Key_Escape)
    assert window.pages.stack.currentIndex() == 0


def test_what_is_asked_for_while_many_are_worked_on_is_answered(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    case_id = invented.dispatched("噪音")
    window.batch.act(Action.URGE, (case_id,))
    window.batch.act(Action.SIGN, (case_id,))
    assert window.banner.words.text() == "正在催办，请办完再试。"
    window.banner.hide()
    window.batch.undo()
    assert window.banner.isVisible()
    settle(qtbot, window)
    assert invented.store.cases[case_id].state == "dispatched"


@pytest.mark.parametrize("box", [None, Box.FILED], ids=["all", "box"])
def test_after_a_return_was_taken_back_the_next_key_is_for_the_same_case(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot, box: Box | None
) -> None:
    """In the list it looks like a case that was dispatched just now, after which the next one follows."""
    given = next(case.id for case in invented.store.cases.values() if case.state is CaseState.DISPATCHED)
    window.state.choose_case(given)
    settle(qtbot, window)
    press(window, Qt.Key.Key_F4)
    form = window.detail.foot.form
    assert form is not None
    form.fill({"reason": "不属本中队"})
    form.submit()
    settle(qtbot, window)
    assert invented.store.cases[given].state is CaseState.FILED
    if box is not None:
        window.state.show_box(box)
        settle(qtbot, window)
    window.state.choose_case(given)
    settle(qtbot, window)
    press(window, Qt.Key.Key_Z, CTRL)
    settle(qtbot, window)
    assert invented.store.cases[given].state is CaseState.DISPATCHED
    assert window.state.current == given
    assert window.detail.view is not None and window.detail.view.case.id == given
