"""Several chosen cases in the panel: filed by one form, dispatched together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gridclient.domain.case import CaseFacts, CaseState
from gridclient.domain.roles import Action
from gridclient.services.rows import Changes
from gridclient.ui.casework.action_form import ActionForm
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.jobs import Jobs
from tests.ui.casework.panel_keys import focused, keys, press, write
from tests.ui.fakes.invented_desk import InventedDesk

GRID = "371002002001003"


def test_several_cases_are_counted_by_state_and_dispatched_together(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    cases = [made.filed("积水"), made.filed("噪音")]
    panel.show_batch(cases)
    qtbot.waitUntil(lambda: "已选 2 件" in panel.top.message.text() and bool(dispatch.list.units.values))
    assert "待派遣 2 件" in panel.top.message.text()
    with qtbot.waitSignal(panel.news.changes) as told:
        press(dispatch.filter)
    assert told.args[0].cases == set(cases)
    assert dispatch.note.text() == "已派遣 2 件。"


def test_the_states_of_several_cases_are_told_in_the_order_in_which_a_case_takes_them(
    panel: CasePanel, made: InventedDesk, qtbot: QtBot
) -> None:
    panel.show_batch([made.dispatched("井盖"), made.register("路灯"), made.filed("积水"), made.register("噪音")])
    qtbot.waitUntil(lambda: "已选 4 件" in panel.top.message.text())
    assert "待受理 2 件，待派遣 1 件，待签收 1 件" in panel.top.message.text()


def test_several_new_cases_are_filed_by_one_form_and_dispatched_by_keys_alone(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, qtbot: QtBot
) -> None:
    cases = [made.desk.register(CaseFacts(title="夜间施工噪音")).case_id for _ in range(3)]
    panel.show_batch(cases)
    qtbot.waitUntil(lambda: panel.foot.form is not None and bool(panel.foot.form.chips.buttons))
    form = panel.foot.form
    assert form is not None
    assert form.spec.lead == "3 件缺立案条件，3 件缺网格；已有的保持不变。"
    panel.focus_dispatch()
    keys(form.widget_of("standard"), "C-01-02-01")
    press(focused(panel))
    assert focused(panel) is form.widget_of("grid"), "the cursor goes on to what is still empty"
    keys(focused(panel), GRID)
    press(focused(panel))
    with qtbot.waitSignal(panel.news.changes):
        press(focused(panel))
    assert {made.store.case(case_id).state for case_id in cases} == {CaseState.FILED}
    qtbot.waitUntil(lambda: focused(panel) is dispatch.filter and dispatch.button.isEnabled())
    with qtbot.waitSignal(panel.news.changes):
        press(focused(panel))
    assert {made.store.case(case_id).state for case_id in cases} == {CaseState.DISPATCHED}
    assert {made.store.case(case_id).facts.standard for case_id in cases} == {"C-01-02-01"}


def test_what_a_case_has_already_stays_and_only_what_is_lacking_is_asked(
    panel: CasePanel, made: InventedDesk, qtbot: QtBot
) -> None:
    known, bare = made.register("积水"), made.desk.register(CaseFacts(title="噪音", grid=GRID)).case_id
    made.desk.act(Action.AMEND, known, {"standard": "C-02-01-01"})
    panel.show_batch([known, bare])
    qtbot.waitUntil(lambda: panel.foot.form is not None)
    form = panel.foot.form
    assert form is not None
    assert list(form.values) == ["standard"]
    form.fill({"standard": "C-01-02-01"})
    with qtbot.waitSignal(panel.news.changes):
        form.submit()
    assert [made.store.case(case_id).facts.standard for case_id in (known, bare)] == ["C-02-01-01", "C-01-02-01"]


def filled_form_of_which_the_first_is_declined(
    panel: CasePanel, made: InventedDesk, qtbot: QtBot, cases: Sequence[str]
) -> ActionForm:
    panel.show_batch(cases)
    qtbot.waitUntil(lambda: panel.foot.form is not None)
    made.desk.act(Action.DECLINE, cases[0], {"reason_code": "withdrawn", "reason": "撤回"})
    form = panel.foot.form
    assert form is not None
    form.fill({"standard": "C-01-02-01", "grid": GRID})
    return form


def test_a_case_that_refuses_is_named_and_the_others_are_filed(
    panel: CasePanel, made: InventedDesk, qtbot: QtBot
) -> None:
    cases = [made.desk.register(CaseFacts(title="噪音")).case_id for _ in range(2)]
    form = filled_form_of_which_the_first_is_declined(panel, made, qtbot, cases)
    with qtbot.waitSignal(panel.news.changes) as told:
        form.submit()
    assert told.args[0].cases == {cases[1]}
    qtbot.waitUntil(lambda: "1 件未办成" in panel.foot.note.text())
    assert made.store.case(cases[0]).number[-6:] in panel.foot.note.text()


def test_what_several_refuse_that_are_no_longer_shown_is_told_and_not_said_to_others(
    panel: CasePanel, made: InventedDesk, qtbot: QtBot
) -> None:
    cases, others = [[made.desk.register(CaseFacts(title="噪音")).case_id for _ in range(2)] for _ in range(2)]
    form = filled_form_of_which_the_first_is_declined(panel, made, qtbot, cases)
    with qtbot.waitSignal(panel.news.some_refused) as told:
        form.submit()
        panel.show_batch(others)
    assert told.args[1] == (cases[0],)
    assert "1 件未办成" in told.args[0]
    qtbot.waitUntil(lambda: panel.foot.form is not None and panel.foot.form.isVisible())
    assert "未办成" not in panel.foot.note.text()


def test_many_cases_are_filed_in_portions_and_esc_stops_between_them(
    panel: CasePanel, made: InventedDesk, qtbot: QtBot
) -> None:
    cases = [made.desk.register(CaseFacts(title=f"噪音 {number}")).case_id for number in range(60)]
    panel.show_batch(cases)
    qtbot.waitUntil(lambda: panel.foot.form is not None)
    form = panel.foot.form
    assert form is not None
    form.fill({"standard": "C-01-02-01", "grid": GRID})
    with qtbot.waitSignal(panel.news.changes):
        form.submit()
        assert form.note.text() == "正在立案 0/60，按 Esc 停止"
        press(form, Qt.Key.Key_Escape)
    filed = [case_id for case_id in cases if made.store.case(case_id).state is CaseState.FILED]
    assert 0 < len(filed) < 60
    qtbot.waitUntil(lambda: f"{60 - len(filed)} 件未动" in panel.foot.note.text())


def test_the_closing_of_several_keeps_what_is_typed_and_is_for_those_that_were_counted(
    panel: CasePanel, made: InventedDesk, qtbot: QtBot
) -> None:
    handled, other = [made.handled("积水"), made.handled("路灯不亮")], made.handling("噪音")
    panel.show_batch([*handled, other])
    panel.start_action(Action.CLOSE)
    qtbot.waitUntil(lambda: panel.foot.form is not None)
    form = panel.foot.form
    assert form is not None and form.spec.title == "结案 2 件"
    form.fill({"closing_condition_met": True, "note": "已回访"})
    made.act(Action.FEED_BACK, other, result="已清理")
    panel.refresh(Changes(frozenset({other})))
    qtbot.waitUntil(lambda: "待核查 3 件" in panel.top.message.text())
    assert panel.foot.form is form
    with qtbot.waitSignal(panel.news.together_wanted) as wanted:
        form.submit()
    assert wanted.args[0] is Action.CLOSE
    assert wanted.args[1]["note"] == "已回访"
    assert wanted.args[2] == tuple(handled)
    assert panel.foot.form is form
    panel.on_asked_begun()
    assert focused(panel) is panel, "Esc is heard there"
    qtbot.waitUntil(lambda: Action.CLOSE in panel.foot.bar.buttons)
    assert panel.foot.form is None


def test_the_end_of_a_dispatch_leaves_the_keyboard_to_other_cases_that_are_shown_by_then(
    panel: CasePanel, made: InventedDesk, qtbot: QtBot
) -> None:
    shown = [made.desk.register(CaseFacts(title="噪音")).case_id for _ in range(2)]
    panel.show_batch(shown)
    panel.start_action(Action.FILE)
    qtbot.waitUntil(lambda: panel.foot.form is not None)
    panel.foot.dispatch.done.emit(Changes(frozenset({made.filed("积水")})))
    assert focused(panel) is not panel
    panel.foot.dispatch.done.emit(Changes(frozenset(shown)))
    assert focused(panel) is panel


def test_one_case_that_is_chosen_while_several_are_read_is_what_is_shown(
    panel: CasePanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    several, one = [made.filed("噪音"), made.filed("占道")], made.handling("积水")
    panel.show_case(one)
    qtbot.waitUntil(lambda: not jobs.busy)
    panel.show_batch(several)
    panel.show_case(one)
    qtbot.waitUntil(lambda: not jobs.busy)
    assert panel.top.currentWidget() is not panel.top.message
    assert panel.foot.bar.isVisible() and not panel.foot.can_dispatch()


def test_what_is_asked_of_many_is_for_those_that_it_can_be_done_to(
    panel: CasePanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot
) -> None:
    handled, other = [made.handled("积水"), made.handled("路灯不亮")], made.handling("噪音")
    panel.show_batch([*handled, other])
    qtbot.waitUntil(lambda: not jobs.busy)
    panel.start_action(Action.VERIFY)
    form = panel.foot.form
    assert form is not None and form.spec.title == "核查 2 件"
    with qtbot.waitSignal(panel.news.together_wanted) as wanted:
        form.submit()
    assert wanted.args == [Action.VERIFY, {}, tuple(handled)]


@pytest.mark.parametrize("soon", [False, True], ids=["afterwards", "meanwhile"])
def test_what_several_were_filed_under_is_not_put_in_for_the_next_ones(
    panel: CasePanel, made: InventedDesk, jobs: Jobs, qtbot: QtBot, soon: bool
) -> None:
    first, second = [[made.desk.register(CaseFacts(title="噪音")).case_id for _ in range(2)] for _ in range(2)]
    panel.show_batch(first)
    qtbot.waitUntil(lambda: not jobs.busy and panel.foot.form is not None)
    form = panel.foot.form
    assert form is not None
    write(form, "standard", "C-01-02-01")
    write(form, "grid", GRID)
    with qtbot.waitSignal(panel.news.changes):
        form.submit()
        if soon:
            panel.show_batch(second)
    panel.show_batch(second)
    qtbot.waitUntil(lambda: not jobs.busy and panel.foot.form is not None)
    assert panel.foot.form is not None
    assert panel.foot.form.values == {"standard": "", "grid": ""}
