"""案件详情: a case acted on without a dialog, by keys."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.domain.case import AssignmentState, CaseState
from gridclient.domain.errors import StoreUnavailable
from gridclient.domain.roles import AccountRole, Action
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.present import short_number
from tests.ui.casework.panel_keys import MakePanel, Show, focused, form_of, offered, press, submit, write
from tests.ui.fakes.invented_desk import LEAD, OTHER, UNITS, InventedDesk, empty_desk

GRID = "371002002001003"
THIRD = UNITS[2].code


def test_f2_enter_dispatches_and_the_keyboard_stays_with_the_case(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.filed("积水")
    show(case_id)
    panel.focus_dispatch()
    with qtbot.waitSignal(panel.news.changes):
        press(dispatch.filter)
    assert made.store.case(case_id).state is CaseState.DISPATCHED
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.case.state is CaseState.DISPATCHED)
    assert not dispatch.isVisible()
    assert panel.hasFocus()


def test_filing_by_keyboard_finds_the_condition_and_goes_on_to_dispatch(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.register("工地夜间施工噪音扰民")
    show(case_id)
    form = form_of(panel, Action.FILE)
    qtbot.waitUntil(lambda: bool(form.chips.buttons))
    standard = form.widget_of("standard")
    QTest.keyClicks(standard, "C-01")
    press(standard)
    submit(panel, form, "standard", qtbot)
    assert made.store.case(case_id).facts.standard == "C-01-02-01"
    qtbot.waitUntil(dispatch.isVisible)


def test_a_guess_is_taken_with_one_press(panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot) -> None:
    show(made.register("工地夜间施工噪音扰民"))
    form = form_of(panel, Action.FILE)
    qtbot.waitUntil(lambda: bool(form.chips.buttons))
    form.chips.buttons[0].click()
    assert form.values["standard"] == "C-01-02-01"


def test_words_that_no_entry_has_are_told_in_words_and_not_by_a_colour_alone(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.register("工地夜间施工噪音扰民"))
    form = form_of(panel, Action.FILE)
    standard = form.widget_of("standard")
    QTest.keyClicks(standard, "qqqq")
    press(standard)
    assert form.note.text() == "▲ “立案条件”里没有“qqqq”。按 ↓ 看有哪些；一个也没有时，先在“导入”页导入。"
    press(standard, Qt.Key.Key_Backspace)
    assert form.note.text() == ""  # it named words that stand there no longer
    press(standard)
    assert "“qqq”" in form.note.text()
    qtbot.waitUntil(lambda: bool(form.chips.buttons))
    form.chips.buttons[0].click()
    assert form.note.text() == ""


def test_a_needed_field_is_asked_for_in_place(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.dispatched("积水"))
    form = form_of(panel, Action.RETURN)
    press(form.widget_of("reason"))
    assert "请填写“说明”" in form.note.text()


def test_what_was_refused_can_be_sent_again_by_the_next_enter(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    """The button that rested had given the keyboard to the one that lets go of the form."""
    show(made.dispatched("积水"))
    form = form_of(panel, Action.RETURN)
    form.submitted.disconnect()
    form.submitted.connect(lambda _values: form.refuse(StoreUnavailable("store.locked")))
    write(form, "reason", "不属本中队")
    form.submit_button.setFocus()
    for _ in range(2):
        with qtbot.waitSignal(form.submitted):
            press(focused(panel))
    assert focused(panel) is form.submit_button


Step = tuple[str, Action, dict[str, Any], str, CaseState]
CASES: list[Step] = [
    ("register", Action.DECLINE, {"reason_code": "withdrawn"}, "reason", CaseState.DECLINED),
    ("dispatched", Action.RETURN, {"reason": "不属本中队"}, "reason", CaseState.FILED),
    ("handling", Action.FEED_BACK, {"result": "已抽干"}, "result", CaseState.HANDLED),
    ("handled", Action.VERIFY, {"verdict": "rework", "reason": "还有水"}, "reason", CaseState.HANDLING),
    ("filed", Action.VOID, {"reason": "测试"}, "reason", CaseState.VOID),
    ("filed", Action.ESCALATE, {"reason": "需县级"}, "reason", CaseState.FILED),
    ("handling", Action.URGE, {"text": "请尽快"}, "text", CaseState.HANDLING),
    ("handling", Action.NOTE, {"text": "已联系"}, "text", CaseState.HANDLING),
    ("register", Action.AMEND, {"address": "海港路 1 号"}, "address", CaseState.REPORTED),
]


@pytest.mark.parametrize("step", CASES, ids=[step[1].value for step in CASES])
def test_a_form_carries_its_action_out_by_enter(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot, step: Step
) -> None:
    start, action, values, field, state = step
    case_id = getattr(made, start)("积水")
    show(case_id)
    form = form_of(panel, action)
    form.fill(values)
    submit(panel, form, field, qtbot)
    assert made.store.case(case_id).state is state
    assert panel.foot.form is None


def test_a_check_that_sends_back_is_told_as_that(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.handled("积水"))
    form = form_of(panel, Action.VERIFY)
    form.fill({"verdict": "rework", "reason": "还有水"})
    with qtbot.waitSignal(panel.news.told) as told:
        submit(panel, form, "reason", qtbot)
    assert told.args[0].startswith("已返工")


def test_amending_writes_only_what_was_changed(panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot) -> None:
    case_id = made.register("积水")
    show(case_id)
    form = form_of(panel, Action.AMEND)
    form.fill({"address": "海港路 1 号"})
    submit(panel, form, "address", qtbot)
    assert made.store.events[case_id][-1].payload == {"facts": {"address": "海港路 1 号"}}


def test_signing_asks_nothing_where_one_unit_waits(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.dispatched("积水")
    show(case_id)
    with qtbot.waitSignal(panel.news.changes):
        panel.start_action(Action.SIGN)
    assert made.store.case(case_id).state is CaseState.HANDLING


def test_a_cooperating_unit_signs_after_the_leads_result(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.handled("积水", cooperating=(OTHER,))
    show(case_id)
    assert Action.SIGN in offered(panel)
    form = form_of(panel, Action.SIGN)
    assert form.values == {"unit": OTHER}, "signed at once, it could be taken for the lead's"
    submit(panel, form, "unit", qtbot)
    qtbot.waitUntil(lambda: Action.FEED_BACK in offered(panel))


def test_a_cooperating_unit_is_released_with_a_reason(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.handled("积水", cooperating=(OTHER,))
    show(case_id)
    form = form_of(panel, Action.VERIFY)
    form.fill({"unit": OTHER, "verdict": "release"})
    press(form.widget_of("reason"))
    assert "请填写“理由”" in form.note.text()
    form.fill({"reason": "不再需要"})
    submit(panel, form, "reason", qtbot)
    part = made.store.case(case_id).assignment_of(OTHER)
    assert part is not None
    assert part.state is AssignmentState.RELEASED


def test_a_check_while_nobody_has_a_result_can_only_release(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.handling("积水", cooperating=(OTHER,))
    show(case_id)
    form = form_of(panel, Action.VERIFY)
    assert (form.values["unit"], form.values["verdict"]) == (OTHER, "release")
    form.fill({"reason": "不再需要"})
    submit(panel, form, "reason", qtbot)
    part = made.store.case(case_id).assignment_of(OTHER)
    assert part is not None and part.state is AssignmentState.RELEASED


def test_a_check_without_a_result_begins_with_the_unit_that_gave_the_case_back(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    case_id = made.dispatched("积水", cooperating=(OTHER, THIRD))
    made.act(Action.SIGN, case_id, unit=OTHER)
    made.act(Action.RETURN, case_id, unit=THIRD, reason_code="not_ours", reason="不属")
    show(case_id)
    assert form_of(panel, Action.VERIFY).values["unit"] == THIRD


def test_a_cooperating_unit_that_returned_is_released_and_then_the_case_can_be_closed(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.dispatched("积水", cooperating=(OTHER,))
    made.act(Action.RETURN, case_id, unit=OTHER, reason_code="not_ours", reason="不属")
    made.act(Action.SIGN, case_id)
    made.act(Action.FEED_BACK, case_id, result="已清理")
    made.act(Action.VERIFY, case_id)
    show(case_id)
    assert Action.CLOSE not in offered(panel)
    form = form_of(panel, Action.VERIFY)
    assert (form.values["unit"], form.values["verdict"]) == (OTHER, "release")
    form.fill({"reason": "确非其职责"})
    submit(panel, form, "reason", qtbot)
    qtbot.waitUntil(lambda: offered(panel)[:1] == [Action.CLOSE])


def test_verifying_and_closing_goes_by_keys(panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot) -> None:
    case_id = made.handled("积水")
    show(case_id)
    submit(panel, form_of(panel, Action.VERIFY), "verdict", qtbot)
    qtbot.waitUntil(lambda: offered(panel)[:1] == [Action.CLOSE])
    form = form_of(panel, Action.CLOSE)
    press(form.widget_of("note"))
    qtbot.waitUntil(lambda: "结案条件还没有确认" in form.note.text())
    press(form.widget_of("closing_condition_met"), Qt.Key.Key_Space)
    submit(panel, form, "note", qtbot)
    assert made.store.case(case_id).state is CaseState.CLOSED


def test_what_the_state_forbids_is_said_in_place(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.filed("积水"))
    panel.start_action(Action.VERIFY)
    assert panel.foot.form is None
    assert panel.foot.note.text() == "▲ 案件现为“待派遣”，现在不能核查。"


def test_what_the_role_forbids_is_not_offered(made: InventedDesk, make_panel: MakePanel, qtbot: QtBot) -> None:
    watched = empty_desk(role=AccountRole.SUPERVISOR)
    case_id = made.filed("积水")
    watched.store.cases, watched.store.log = made.store.cases, made.store.log
    panel = make_panel(watched)
    panel.show_case(case_id)
    qtbot.waitUntil(lambda: bool(offered(panel)))
    assert set(offered(panel)) <= {Action.NOTE, Action.URGE, Action.UNDO}


def test_what_is_typed_survives_a_change_of_case(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    first, second = made.handling("积水"), made.filed("噪音")
    show(first)
    write(form_of(panel, Action.FEED_BACK), "result", "已抽干一半")
    show(second)
    assert panel.foot.form is None
    show(first)
    form = panel.foot.form
    assert form is not None
    assert form.values["result"] == "已抽干一半"


def test_what_is_typed_survives_a_killed_program(
    panel: CasePanel, made: InventedDesk, make_panel: MakePanel, show: Show, qtbot: QtBot
) -> None:
    case_id = made.handling("积水")
    show(case_id)
    write(form_of(panel, Action.FEED_BACK), "result", "已抽干一半")
    qtbot.waitUntil(lambda: "已抽干一半" in made.store.draft(f"case.{case_id}"))
    again = make_panel(made)
    again.show_case(case_id)
    qtbot.waitUntil(lambda: again.foot.form is not None)
    assert again.foot.form is not None
    assert again.foot.form.values["result"] == "已抽干一半"


def test_escape_puts_the_form_away_and_keeps_its_text(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.handling("积水"))
    form = form_of(panel, Action.NOTE)
    write(form, "text", "一半")
    press(form.widget_of("text"), Qt.Key.Key_Escape)
    assert panel.foot.form is None
    assert form_of(panel, Action.NOTE).values["text"] == "一半"


def test_a_done_action_leaves_no_draft(panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot) -> None:
    case_id = made.handling("积水")
    show(case_id)
    form = form_of(panel, Action.NOTE)
    write(form, "text", "已联系")
    submit(panel, form, "text", qtbot)
    qtbot.waitUntil(lambda: made.store.draft(f"case.{case_id}") == "")
    assert form_of(panel, Action.NOTE).values["text"] == ""


def test_a_conflict_is_said_and_the_text_stays(panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot) -> None:
    case_id = made.handling("积水")
    show(case_id)
    form = form_of(panel, Action.NOTE)
    write(form, "text", "已联系")
    made.act(Action.URGE, case_id)
    press(form.widget_of("text"))
    qtbot.waitUntil(lambda: "刚被他人更新" in form.note.text())
    assert form.values["text"] == "已联系"
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.case.urges == 1)
    submit(panel, form, "text", qtbot)
    assert made.store.events[case_id][-1].payload["text"] == "已联系"


def test_what_a_case_refuses_that_is_no_longer_shown_is_told_with_its_number(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    handled, filed, other = made.handling("积水"), made.filed("噪音"), made.handling("占道")
    show(handled)
    form = form_of(panel, Action.NOTE)
    write(form, "text", "已联系")
    made.act(Action.URGE, handled)
    with qtbot.waitSignal(panel.news.some_refused) as told:
        press(form.widget_of("text"))
        panel.show_case(other)
    assert told.args[1] == (handled,)
    assert told.args[0].startswith(short_number(made.store.case(handled).number))
    assert "刚被他人更新" in told.args[0]
    show(filed)
    panel.focus_dispatch()
    qtbot.waitUntil(lambda: dispatch.choice.lead == LEAD)
    made.act(Action.NOTE, filed, text="等等")
    with qtbot.waitSignal(panel.news.some_refused) as told:
        press(dispatch.filter)
        panel.show_case(other)
    assert told.args[1] == (filed,)


def test_a_case_that_was_dispatched_says_nothing_of_the_one_that_is_shown_by_then(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    first, other = made.filed("积水"), made.filed("噪音")
    said: list[str] = []
    panel.news.told.connect(said.append)
    show(other)
    dispatch.show_case(made.store.case(first))
    qtbot.waitUntil(lambda: dispatch.choice.lead == LEAD)
    with qtbot.waitSignal(panel.news.changes) as told:
        press(dispatch.filter)
    assert told.args[0].cases == {first}
    assert not said


def test_a_case_with_a_unit_is_reassigned_in_the_same_place(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.dispatched("积水")
    show(case_id)
    panel.focus_dispatch()
    qtbot.waitUntil(lambda: dispatch.choice.lead == LEAD)
    press(dispatch.filter, Qt.Key.Key_2)
    dispatch.reason.setText("更熟悉")
    with qtbot.waitSignal(panel.news.changes):
        press(dispatch.filter)
    lead = made.store.case(case_id).lead
    assert lead is not None
    assert lead.unit == OTHER


def test_the_wheel_over_a_form_changes_nothing(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.register("路灯"))
    form = form_of(panel, Action.FILE)
    before, combo = form.values, form.widget_of("level")
    for by in (-120, 120):
        wheel = QWheelEvent(
            QPointF(5, 5), combo.mapToGlobal(QPointF(5, 5)), QPoint(0, by), QPoint(0, by),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(combo, wheel)
        assert form.values == before
