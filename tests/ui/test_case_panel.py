"""案件详情: one case shown, switched and acted on without a dialog."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.case import AssignmentState, CaseState
from gridclient.domain.roles import AccountRole, Action
from gridclient.services.rows import Changes, Likeness
from gridclient.ui.casework.action_form import ActionForm
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.jobs import Jobs
from tests.ui.fakes.invented_desk import LEAD, NOW, OTHER, InventedDesk, empty_desk
from tests.ui.fakes.memory_store import MemoryStore

Show = Callable[[str], None]


@pytest.fixture
def made() -> InventedDesk:
    return empty_desk(role=AccountRole.SHIFT_LEADER)


@pytest.fixture
def dispatch(made: InventedDesk, jobs: Jobs) -> DispatchPanel:
    return DispatchPanel(desk=made.desk, jobs=jobs)


@pytest.fixture
def panel(made: InventedDesk, jobs: Jobs, dispatch: DispatchPanel, qtbot: QtBot) -> CasePanel:
    shown = CasePanel(desk=made.desk, jobs=jobs, dispatch=dispatch)
    qtbot.addWidget(shown)
    shown.resize(344, 700)
    shown.show()
    return shown


@pytest.fixture
def show(panel: CasePanel, jobs: Jobs, qtbot: QtBot) -> Show:
    def shown(case_id: str) -> None:
        panel.show_case(case_id)
        qtbot.waitUntil(lambda: panel.view is not None and panel.view.case.id == case_id and not jobs.busy)

    return shown


def form_of(panel: CasePanel, action: Action) -> ActionForm:
    panel.start_action(action)
    form = panel.foot.form
    assert form is not None
    return form


def press(widget: QWidget, key: Qt.Key = Qt.Key.Key_Return) -> None:
    QTest.keyClick(widget, key)


def submit(panel: CasePanel, form: ActionForm, field: str, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.changes):
        press(form.widget_of(field))


def write(form: ActionForm, name: str, text: str) -> None:
    """Types Chinese as an input method would: as text, heard like an edit."""
    form.fill({name: text})
    form.edited.emit(form.values)


def offered(panel: CasePanel) -> list[Action]:
    return [offer.action for offer in panel.foot.bar.offers]


# -- showing ----------------------------------------------------------------------------------------------------


def test_without_a_case_it_says_what_to_do(panel: CasePanel) -> None:
    assert panel.top.currentWidget() is panel.top.message
    assert "F3" in panel.top.message.text()
    assert not panel.foot.bar.isVisible()


def test_the_head_names_number_channel_grid_and_level(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.filed("鲸园路夜间施工", channel="12345"))
    header = panel.top.header
    assert header.title.text() == "鲸园路夜间施工"
    assert header.facts.text() == "371002002-20261120-A10001 · 12345 · 古陌社区 第三网格(基础) · 3级"
    assert header.state.text == "待派遣"


def test_both_clocks_are_shown_with_how_the_deadline_came_about(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    show(made.handling("积水", ago=timedelta(minutes=110)))
    header = panel.top.header
    assert header.working.text == "▲ 工时剩余 00:10"
    assert header.natural.text == "▲ 自然剩余 10 分"
    assert header.working.tone == "bad"
    assert "处置时限 2紧急工作时" in header.working.toolTip()
    assert "起算：" in header.working.toolTip()


def test_a_closed_case_shows_no_clock(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    case_id = made.handled("积水")
    made.act(Action.VERIFY, case_id)
    made.act(Action.CLOSE, case_id, closing_condition_met=True)
    show(case_id)
    assert not panel.top.header.working.isVisible()
    assert offered(panel)[:2] == [Action.RATE, Action.REOPEN]


def test_the_timeline_tells_the_newest_first(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.dispatched("积水"))
    texts = [line.text for line in panel.top.timeline.lines.lines]
    assert [text.split(" ")[0] for text in texts] == ["派遣", "立案", "登记"]
    assert all(line.unsent for line in panel.top.timeline.lines.lines)


def test_the_reporter_is_masked_until_asked_which_leaves_a_trace(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.register("积水", reporter_name="张某某", reporter_phone="13800001234", description="电13800001234")
    show(case_id)
    details = panel.top.details
    assert "张*" in details.text
    assert "13800001234" not in details.text
    assert made.store.audited == []
    details.show_button.click()
    qtbot.waitUntil(lambda: "张某某" in details.text)
    assert made.store.audited == [("wang", "reporter_shown", case_id)]
    show(made.register("别的"))
    show(case_id)
    assert "张某某" not in details.text


def test_imported_extra_columns_and_the_original_point_are_shown(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    show(made.register("积水", extra={"受理坐席": "07"}, source_point="gcj02 122.1 37.5"))
    assert "受理坐席 07" in panel.top.details.text
    assert "原始坐标 gcj02 122.1 37.5" in panel.top.details.text


def test_the_basis_names_conditions_limit_units_and_version(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.filed("积水"))
    text = panel.top.basis.text
    for words in ("结案条件 停止施工", "处置时限 2紧急工作时", "主体责任 综合行政执法中队", "版本 1"):
        assert words in text


def test_likely_duplicates_are_counted_and_can_be_opened(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = made.register("积水"), made.register("车库积水")
    rows = made.store.rows([first, second])
    alike = [Likeness(row, 38.0, 1.0, True, 0.8, 0.9) for row in rows]
    monkeypatch.setattr(MemoryStore, "likely_duplicates", lambda *_self, **_facts: alike)
    show(second)
    assert panel.top.tabs.tabText(3) == "关联 1"
    assert panel.top.alike.text().startswith("疑似重复 1 件：距 38 m · 同电话")
    related = panel.top.related.list
    related.setCurrentIndex(related.entries.index(0))
    with qtbot.waitSignal(panel.open_wanted) as wanted:
        press(related)
    assert wanted.args == [first]


def test_an_answer_for_a_case_left_meanwhile_is_dropped(
    panel: CasePanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    first, second = made.filed("积水"), made.filed("噪音")
    panel.show_case(first)
    panel.show_case(second)
    panel.show_case(None)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert panel.view is None
    assert panel.top.currentWidget() is panel.top.message


def test_a_change_made_elsewhere_is_shown(panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot) -> None:
    case_id = made.filed("积水")
    show(case_id)
    made.act(Action.NOTE, case_id, text="已电话联系")
    panel.refresh(Changes(frozenset({case_id})))
    qtbot.waitUntil(lambda: "已电话联系" in panel.top.timeline.lines.lines[0].text)


def test_the_clocks_move_on_by_themselves(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.dispatched("积水"))
    made.clock.at = NOW + timedelta(minutes=30)
    panel._tick()
    assert panel.top.header.natural.text.endswith("1 时 30 分")
    made.clock.at = NOW


# -- acting ----------------------------------------------------------------------------------------------------


def test_f2_enter_dispatches_and_asks_for_the_next_case(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.filed("积水")
    show(case_id)
    panel.focus_dispatch()
    with qtbot.waitSignals([panel.changes, panel.next_wanted]):
        press(dispatch.filter)
    assert made.store.case(case_id).state is CaseState.DISPATCHED
    qtbot.waitUntil(lambda: panel.view is not None and panel.view.case.state is CaseState.DISPATCHED)
    assert not dispatch.isVisible()


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


def test_a_needed_field_is_asked_for_in_place(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    show(made.dispatched("积水"))
    form = form_of(panel, Action.RETURN)
    press(form.widget_of("reason"))
    assert "请填写“说明”" in form.note.text()


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
    with qtbot.waitSignal(panel.changes):
        panel.start_action(Action.SIGN)
    assert made.store.case(case_id).state is CaseState.HANDLING


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


def test_what_the_role_forbids_is_not_offered(made: InventedDesk, jobs: Jobs, qtbot: QtBot) -> None:
    watched = empty_desk(role=AccountRole.SUPERVISOR)
    case_id = made.filed("积水")
    watched.store.cases, watched.store.events = made.store.cases, made.store.events
    panel = CasePanel(desk=watched.desk, jobs=jobs, dispatch=DispatchPanel(desk=watched.desk, jobs=jobs))
    qtbot.addWidget(panel)
    panel.show()
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
    panel: CasePanel, made: InventedDesk, jobs: Jobs, show: Show, qtbot: QtBot
) -> None:
    case_id = made.handling("积水")
    show(case_id)
    write(form_of(panel, Action.FEED_BACK), "result", "已抽干一半")
    qtbot.waitUntil(lambda: "已抽干一半" in made.store.draft(f"case.{case_id}"))
    again = CasePanel(desk=made.desk, jobs=jobs)
    qtbot.addWidget(again)
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


def test_a_case_with_a_unit_is_reassigned_in_the_same_place(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.dispatched("积水")
    show(case_id)
    panel.focus_dispatch()
    qtbot.waitUntil(lambda: dispatch.choice.lead == LEAD)
    press(dispatch.filter, Qt.Key.Key_2)
    dispatch.reason.setText("更熟悉")
    with qtbot.waitSignal(panel.changes):
        press(dispatch.filter)
    lead = made.store.case(case_id).lead
    assert lead is not None
    assert lead.unit == OTHER


def test_several_cases_are_counted_by_state_and_dispatched_together(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    cases = [made.filed("积水"), made.filed("噪音")]
    panel.show_batch(cases)
    qtbot.waitUntil(lambda: "已选 2 件" in panel.top.message.text() and bool(dispatch.list.units.items))
    assert "待派遣 2 件" in panel.top.message.text()
    with qtbot.waitSignal(panel.changes) as told:
        press(dispatch.filter)
    assert told.args[0].cases == set(cases)
    assert dispatch.note.text() == "2 件已派遣。"
