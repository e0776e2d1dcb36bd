"""登记: pasting fills, typing is kept, Ctrl+Enter registers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox
from pytestqt.qtbot import QtBot

from gridclient.domain.case import CaseState
from gridclient.services.registering import LONGEST_TEXT
from gridclient.services.rows import GridsAt, Likeness
from gridclient.ui.initials import NameInitials
from gridclient.ui.intake.form import DRAFT, IntakeForm
from gridclient.ui.intake.values import IntakeValues, values_of
from gridclient.ui.jobs import Jobs
from gridclient.ui.present import short_number
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk
from tests.ui.fakes.memory_store import MemoryReference, MemoryStore

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ORDER = "来电人：王某某\n联系电话：13800001234\n诉求内容：古陌社区第三网格工地夜间施工噪音扰民。"
Opened = Callable[[], IntakeForm]


@pytest.fixture
def made() -> InventedDesk:
    return empty_desk()


@pytest.fixture
def opened(made: InventedDesk, jobs: Jobs, initials: str, qtbot: QtBot) -> Opened:
    made.store.kept["desk.initials"] = initials

    def make() -> IntakeForm:
        names = NameInitials(settings=made.desk.settings, jobs=jobs)
        form = IntakeForm(desk=made.desk, jobs=jobs, initials=names, short=lambda n: short_number(n, several=True))
        names.setParent(form)
        qtbot.addWidget(form)
        form.show()
        qtbot.waitUntil(lambda: not jobs.busy)
        return form

    return make


def paste(form: IntakeForm, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    form.inputs.description.paste()


def test_a_pasted_order_fills_and_marks_empty_fields(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    paste(form, ORDER)
    assert (form.values.reporter_name, form.values.reporter_phone) == ("王某某", "13800001234")
    assert form.note.text() == "带 ✓ 的由文字填入，请核对；文字没有说明来源。"
    qtbot.waitUntil(lambda: form.values.grid == "371002002001003")
    assert [chip.accessibleName() for chip in form.inputs.chips.buttons] == ["施工扰民 · 夜间施工噪音扰民"]


def test_of_a_whole_file_on_the_clipboard_no_more_is_taken_than_a_text_may_have(opened: Opened) -> None:
    form = opened()
    QTest.keyClicks(form.inputs.description, "lamp ")
    paste(form, f"{ORDER}\n" * 1000)
    assert len(form.values.description) == LONGEST_TEXT
    assert form.values.description.startswith(f"lamp {ORDER}") and form.values.reporter_name == "王某某"
    assert "20,000" in form.note.text()
    paste(form, ORDER)
    assert len(form.values.description) == LONGEST_TEXT
    form.inputs.description.selectAll()
    paste(form, "路灯不亮")
    assert form.values == IntakeValues("路灯不亮", "路灯不亮"), "nothing of the caller before"


def test_a_caller_who_wants_to_stay_unknown_is_seen_as_such(opened: Opened) -> None:
    form = opened()
    paste(form, f"紧急程度：特急 要求回复：否 保密：是\n{ORDER}")
    secret, reply = form.inputs.widget_of("keep_secret"), form.inputs.widget_of("wants_reply")
    assert isinstance(secret, QCheckBox) and isinstance(reply, QCheckBox)
    assert (secret.isChecked(), secret.text(), reply.isChecked()) == (True, "✓ 要求保密", False)
    assert (form.values.urgency, form.values.keep_secret, reply.text()) == (3, True, "要求回复")
    assert secret.toolTip() and secret.accessibleName() == "要求保密"


@pytest.mark.parametrize(
    ("place", "grid"),
    [
        ("竹岛街道海滨路12号", "371002003"),
        ("鲸园街道古陌社区第三网格", "371002002001003"),
        ("竹岛街道竹岛社区", "371002003001"),
        ("海滨路12号", ""),
    ],
)
def test_the_narrowest_area_that_a_text_names_is_proposed(
    opened: Opened, jobs: Jobs, qtbot: QtBot, place: str, grid: str
) -> None:
    form = opened()
    paste(form, f"联系电话：13800001234\n事发地址：{place}\n诉求内容：夜间施工噪音扰民。")
    for _ in range(2):  # the second time without the words that it followed from
        qtbot.waitUntil(lambda: not form._pause.isActive() and not jobs.busy)
        assert (form.values.grid, form.inputs.title_of("grid")) == (grid, "✓ 网格" if grid else "网格")
        for told in (form.inputs.widget_of("address"), form.inputs.description):
            QTest.keyClick(told, Qt.Key.Key_A, CTRL)
            QTest.keyClick(told, Qt.Key.Key_Delete)
    assert form.inputs.grid_note.isVisible() == (len(grid) == 9) and "镇街" not in form.note.text()
    assert grid != "371002003" or form.inputs.grid.text() == "竹岛街道"


def test_what_the_operator_typed_is_not_overwritten(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    QTest.keyClicks(form.inputs.widget_of("reporter_phone"), "110")
    paste(form, ORDER)
    assert form.values.reporter_phone == "110"


def test_a_draft_is_kept_on_a_pause_and_comes_back(opened: Opened, made: InventedDesk, qtbot: QtBot) -> None:
    paste(form := opened(), "张女士反映停电，13800001234")
    qtbot.waitUntil(lambda: values_of(made.store.draft(DRAFT)) == form.values)
    again = opened()
    qtbot.waitUntil(lambda: again.values == form.values)
    assert "已恢复" in again.note.text() and again.inputs.title_of("reporter_phone") == "✓ 电话"
    QTest.keyClicks(again.inputs.description, "2h")
    assert again.inputs.description.toPlainText() == "张女士反映停电，138000012342h", "one goes on at its end"
    again.inputs.description.selectAll()
    paste(again, "路灯不亮")
    assert again.values == IntakeValues("路灯不亮", "路灯不亮"), "nothing of the caller before"


def test_escape_closes_and_keeps(opened: Opened, made: InventedDesk, jobs: Jobs, qtbot: QtBot) -> None:
    form = opened()
    QTest.keyClicks(form.inputs.description, "zaoyin")
    with qtbot.waitSignal(form.closed):
        QTest.keyClick(form.inputs.description, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: values_of(made.store.draft(DRAFT)).description == "zaoyin")


def test_ctrl_enter_registers_and_empties_form_and_draft(opened: Opened, made: InventedDesk, qtbot: QtBot) -> None:
    form = opened()
    paste(form, ORDER)
    qtbot.waitUntil(lambda: bool(form.values.grid))
    with qtbot.waitSignal(form.registered) as registered:
        QTest.keyClick(form.inputs.description, Qt.Key.Key_Return, CTRL)
    case = made.store.case(registered.args[0])
    assert (case.state, form.note.text()) == ("reported", f"已登记 {short_number(case.number, several=True)}。")
    assert (case.facts.reporter_phone, case.facts.grid) == ("13800001234", "371002002001003")
    assert form.values.is_empty
    qtbot.waitUntil(lambda: made.store.draft(DRAFT) == "")


def test_nothing_is_typed_into_a_case_that_is_being_registered(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    for words in ("zaoyin", "jishui"):
        QTest.keyClicks(form.inputs.description, words)
        with qtbot.waitSignal(form.registered):
            QTest.keyClick(form.inputs.widget_of("sensitive"), Qt.Key.Key_Return, CTRL)
            QTest.keyClicks(form.focusWidget(), "x")
            assert form.values == IntakeValues(description=words)


def test_what_was_found_for_one_case_does_not_stand_under_the_next(opened: Opened, qtbot: QtBot) -> None:
    """Else Ctrl+Shift+Enter would put the condition of the one before in."""
    form = opened()
    paste(form, ORDER)
    qtbot.waitUntil(lambda: bool(form.inputs.chips.buttons))
    with qtbot.waitSignal(form.registered):
        QTest.keyClick(form.inputs.description, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not form.inputs.chips.buttons)


def test_ctrl_shift_enter_registers_and_files(opened: Opened, made: InventedDesk, qtbot: QtBot) -> None:
    form = opened()
    paste(form, ORDER)
    qtbot.waitUntil(lambda: bool(form.inputs.chips.buttons) and bool(form.values.grid))
    form.inputs.chips.buttons[0].click()
    assert form.values.standard == "C-01-02-01"
    with qtbot.waitSignal(form.registered) as registered:
        QTest.keyClick(form.inputs.widget_of("title"), Qt.Key.Key_Return, CTRL | SHIFT)
    case = made.store.case(registered.args[0])
    assert case.state is CaseState.FILED
    assert form.note.text() == f"已登记并立案 {short_number(case.number, several=True)}。"


def test_filing_without_a_condition_puts_the_likeliest_in_first(
    opened: Opened, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    form = opened()
    form.activateWindow()
    paste(form, ORDER)
    qtbot.waitUntil(lambda: bool(form.inputs.chips.buttons) and bool(form.values.grid))
    QTest.keyClick(form.inputs.description, Qt.Key.Key_Return, CTRL | SHIFT)
    assert form.values.standard == "C-01-02-01" and "再按一次" in form.note.text()
    assert form.window().focusWidget() is form.inputs.standard
    qtbot.waitUntil(lambda: not jobs.busy)
    assert not made.store.cases
    with qtbot.waitSignal(form.registered) as registered:
        QTest.keyClick(form.inputs.standard, Qt.Key.Key_Return, CTRL | SHIFT)
    assert made.store.case(registered.args[0]).state is CaseState.FILED


def test_what_cannot_be_filed_is_registered_and_says_why(opened: Opened, made: InventedDesk, qtbot: QtBot) -> None:
    form = opened()
    QTest.keyClicks(form.inputs.description, "zaoyin")
    with qtbot.waitSignal(form.registered) as registered:
        QTest.keyClick(form.inputs.description, Qt.Key.Key_Return, CTRL | SHIFT)
    assert made.store.case(registered.args[0]).state is CaseState.REPORTED
    assert "没有立案：请先选择立案条件" in form.note.text()


def test_an_empty_form_is_refused_in_place(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    QTest.keyClick(form.inputs.description, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: bool(form.error.text()))
    assert "标题是空的" in form.error.text()
    assert form.register_button.isEnabled() and form.file_button.isEnabled()


def test_a_point_that_cannot_be_read_keeps_everything_and_gets_the_cursor(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    QTest.keyClicks(form.inputs.description, "zaoyin")
    QTest.keyClicks(form.inputs.widget_of("point"), "here")
    QTest.keyClick(form.inputs.description, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: bool(form.error.text()))
    assert "坐标“here”" in form.error.text()
    QTest.keyClicks(form.focusWidget(), "!")
    assert (form.values.point, form.values.description) == ("here!", "zaoyin")


def test_a_picked_point_finds_its_grid(opened: Opened, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    at = GridsAt("371002002003001", "371002002003", "371002002602")
    monkeypatch.setattr(MemoryReference, "grids_at", lambda *_point: at)
    form = opened()
    with qtbot.waitSignal(form.pick_requested) as asked:
        form.inputs.pick.click()
    assert asked.args == [True]
    form.set_point(122.1, 37.5)
    assert form.values.point == "122.100000, 37.500000"
    qtbot.waitUntil(lambda: form.values.grid == "371002002003001")
    assert form.inputs.title_of("grid") == "网格"


def test_escape_gives_up_the_picking_first_and_then_the_form(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    left: list[IntakeForm] = []
    form.closed.connect(lambda: left.append(form))
    form.inputs.pick.click()
    QTest.keyClick(form.inputs.description, Qt.Key.Key_Escape)
    assert not form.inputs.pick.isChecked() and not left
    with qtbot.waitSignal(form.closed):
        QTest.keyClick(form.inputs.description, Qt.Key.Key_Escape)


def test_a_point_that_was_about_to_be_picked_is_not_the_next_cases(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    form.inputs.description.setPlainText("路灯不亮")
    form.inputs.pick.click()
    with qtbot.waitSignal(form.registered):
        form.submit(file=False)
    assert not form.inputs.pick.isChecked()


def test_the_keyboard_stays_in_the_form_when_a_guess_is_taken(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    form.activateWindow()
    paste(form, ORDER)
    qtbot.waitUntil(lambda: bool(form.inputs.chips.buttons))
    form.inputs.chips.buttons[0].setFocus()
    QTest.keyClick(form.inputs.chips.buttons[0], Qt.Key.Key_Space)
    assert form.values.standard
    assert form.inputs.widget_of("standard").hasFocus()


def test_a_grid_that_was_chosen_stays(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    QTest.keyClicks(form.inputs.grid, "371002002002001")
    QTest.keyClick(form.inputs.grid, Qt.Key.Key_Return)
    assert form.values.grid == "371002002002001"
    paste(form, ORDER)
    qtbot.waitUntil(lambda: bool(form.inputs.chips.buttons))
    assert (form.values.grid, form.inputs.title_of("grid")) == ("371002002002001", "网格")


@pytest.mark.parametrize(("kept", "left"), [("371002002002001", "371002002002001"), ("371002002001003", "")])
def test_of_a_draft_that_comes_back_a_chosen_grid_stays_and_one_of_its_words_goes_with_them(
    opened: Opened, made: InventedDesk, qtbot: QtBot, kept: str, left: str
) -> None:
    made.desk.settings.keep_draft(DRAFT, IntakeValues(description=ORDER, grid=kept).as_text())
    form = opened()
    qtbot.waitUntil(lambda: bool(form.inputs.chips.buttons))
    assert (form.values.grid, form.inputs.title_of("grid")) == (kept, "网格" if left else "✓ 网格")
    form.inputs.description.selectAll()
    paste(form, "路灯不亮")
    assert form.values.grid == left


def named_township(form: IntakeForm, qtbot: QtBot) -> None:
    paste(form, "联系电话：13800001234\n事发地址：竹岛街道海滨路12号\n诉求内容：夜间施工噪音扰民。")
    qtbot.waitUntil(form.inputs.grid_note.isVisible)
    assert "只判定到镇街" in form.inputs.grid_note.text()


def test_that_a_grid_is_coarse_is_said_until_a_finer_one_is_named(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    named_township(form, qtbot)
    address = form.inputs.widget_of("address")
    address.setFocus()
    QTest.keyClick(address, Qt.Key.Key_A, CTRL)
    QGuiApplication.clipboard().setText("竹岛街道竹岛社区")
    QTest.keyClick(address, Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: form.values.grid == "371002003001")
    assert not form.inputs.grid_note.isVisible()


def test_that_a_grid_is_coarse_is_said_until_a_finer_one_is_chosen(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    named_township(form, qtbot)
    form.inputs.grid.selectAll()
    QTest.keyClicks(form.inputs.grid, "371002002002001")
    QTest.keyClick(form.inputs.grid, Qt.Key.Key_Return)
    assert form.values.grid == "371002002002001" and not form.inputs.grid_note.isVisible()


def test_that_a_grid_is_coarse_is_not_said_of_an_emptied_form(opened: Opened, qtbot: QtBot) -> None:
    form = opened()
    named_township(form, qtbot)
    note = form.inputs.grid_note
    form.clear_button.click()
    assert not note.isVisible()
    form.clear_button.click()
    assert note.isVisible()
    QTest.keyClick(form.inputs.description, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: form.note.text().startswith("已登记"))
    assert form.note.text().endswith("。") and form.note.property("role") == "muted" and not note.isVisible()


def test_the_likeliest_duplicate_and_its_reason_are_seen_without_scrolling_on_a_small_screen(
    look: None, opened: Opened, made: InventedDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    alike = [Likeness(made.store.rows([made.register("古陌社区工地夜间施工")])[0], 38.0, True, 0.8, 0.9)]
    monkeypatch.setattr(MemoryStore, "likely_duplicates", lambda *_asked: alike)
    form = opened()
    form.resize(440, 681)  # 1366 x 768 without title, bar and status line
    paste(form, "鲸园街道工地夜间施工噪音扰民，还有占道经营，邻里纠纷。")
    qtbot.waitUntil(form.alike.isVisible)
    assert len(form.inputs.chips.buttons) == 3 and form.inputs.grid_note.isVisible()
    first = form.alike.visualRect(form.alike.model().index(0, 0))
    seen = form.alike.viewport().visibleRegion().boundingRect()
    assert seen.contains(first)


def test_likely_duplicates_are_named_with_the_reason_and_opened(
    opened: Opened, made: InventedDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    alike = [Likeness(row := made.store.rows([made.register("夜间施工")])[0], 38.0, True, 0.8, 0.9)]
    monkeypatch.setattr(MemoryStore, "likely_duplicates", lambda *_asked: alike)
    form = opened()
    paste(form, ORDER)
    qtbot.waitUntil(form.alike.isVisible)
    assert form.alike.entries.values[0].detail.startswith("距 38 m · 同电话 · 文字相近 · 14:32")
    QTest.keyClick(form.inputs.description, Qt.Key.Key_Down, CTRL)
    assert form.alike.hasFocus() and len(form.alike.selectedIndexes()) == 1
    with qtbot.waitSignal(form.open_wanted) as wanted:
        QTest.keyClick(form.alike, Qt.Key.Key_Return)
    assert wanted.args == [row.id]


def test_a_long_number_of_the_platform_above_is_seen_whole(look: None, opened: Opened) -> None:
    (form := opened()).resize(440, 681)
    paste(form, f"工单编号：{'8' * 17}\n{ORDER}")
    assert form.values.upper_number == "8" * 17
    line = form.inputs.widget_of("upper_number")
    assert line.fontMetrics().horizontalAdvance(form.values.upper_number) + 24 < line.width()  # with its padding


def test_clearing_can_be_taken_back(opened: Opened, made: InventedDesk, qtbot: QtBot) -> None:
    form = opened()
    paste(form, ORDER)
    before = form.values
    qtbot.waitUntil(lambda: bool(made.store.draft(DRAFT)))
    form.clear_button.setFocus()
    QTest.mouseClick(form.clear_button, Qt.MouseButton.LeftButton)
    assert form.values == IntakeValues() and form.inputs.description.hasFocus()
    qtbot.waitUntil(lambda: made.store.draft(DRAFT) == "")
    form.clear_button.click()
    assert (form.values.description, form.values.reporter_phone) == (before.description, before.reporter_phone)


@pytest.mark.parametrize(("name", "word"), [("standard", "立案条件"), ("grid", "网格")])
def test_words_that_no_list_has_are_told_in_words(opened: Opened, name: str, word: str) -> None:
    form = opened()
    chooser = form.inputs.widget_of(name)
    QTest.keyClicks(chooser, "qqqq")
    QTest.keyClick(chooser, Qt.Key.Key_Return)
    assert f"“{word}”里没有“qqqq”" in form.error.text()
    QTest.keyClick(chooser, Qt.Key.Key_Backspace)
    assert form.error.text() == ""
