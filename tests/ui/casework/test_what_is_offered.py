"""What the panel offers for a case as it stands, and what it says of a step that has to wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.domain.case import AssignmentState
from gridclient.domain.errors import RuleViolation
from gridclient.domain.roles import Action
from gridclient.services.error_text import sentence
from gridclient.services.rows import Changes
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.theme import tokens
from tests.ui.casework.panel_keys import Show, focused, form_of, offered, press, write
from tests.ui.fakes.invented_desk import LEAD, NOW, OTHER, InventedDesk


def test_nothing_is_offered_for_a_case_that_the_desk_may_not_read_any_more(
    panel: CasePanel, dispatch: DispatchPanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    """What is written there goes nowhere: the hub takes nothing of it from this desk."""
    cases = made.handling("积水"), made.filed("噪音")
    made.store.still = dict.fromkeys(cases, NOW - timedelta(days=1))
    for case_id in cases:
        show(case_id)
        assert offered(panel) == [] or not panel.foot.bar.isVisible()
        assert not dispatch.isVisible()
        assert not panel.top.attachments.add_button.isEnabled()
        for action in (Action.FEED_BACK, Action.RETURN, Action.DISPATCH, Action.NOTE):
            panel.start_action(action)
            assert panel.foot.form is None and not dispatch.isVisible()
            assert sentence("case.stands_still") in panel.foot.note.text()
    made.store.still = {}
    panel.refresh_files()
    qtbot.waitUntil(dispatch.isVisible)
    assert panel.foot.note.text() == ""


def test_a_form_that_was_open_goes_when_the_desk_may_not_read_its_case_any_more(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.handling("积水")
    show(case_id)
    write(form_of(panel, Action.FEED_BACK), "result", "已抽干一半")
    made.store.still[case_id] = NOW - timedelta(days=1)
    panel.refresh_files()
    qtbot.waitUntil(lambda: panel.foot.form is None)
    del made.store.still[case_id]  # the right comes back
    panel.refresh_files()
    qtbot.waitUntil(lambda: panel.foot.form is not None)
    assert panel.foot.form is not None and panel.foot.form.values["result"] == "已抽干一半"


def test_several_at_once_leave_out_the_case_that_the_desk_may_not_read_any_more(made: InventedDesk) -> None:
    own, foreign = made.handling("积水"), made.handling("噪音")
    made.store.still[foreign] = NOW - timedelta(days=1)
    _, outcomes = made.desk.act_on_many(Action.URGE, (own, foreign), {"text": "请尽快"})
    assert [outcome.error and outcome.error.code for outcome in outcomes] == [None, "case.stands_still"]
    assert (made.store.case(own).urges, made.store.case(foreign).urges) == (1, 0)


def test_a_unit_that_gave_the_case_back_is_not_urged_any_more(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    case_id = made.dispatched("积水")
    made.act(Action.RETURN, case_id, unit=LEAD, reason_code="not_ours", reason="不属本中队")
    made.act(Action.DISPATCH, case_id, lead=OTHER, reason="已商定")
    show(case_id)
    assert "unit" not in form_of(panel, Action.URGE).values


def test_once_the_lead_has_signed_its_result_is_the_first_button_though_a_helper_has_not(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    case_id = made.dispatched("积水", cooperating=(OTHER,))
    show(case_id)
    assert offered(panel)[0] is Action.SIGN
    made.act(Action.SIGN, case_id, unit=LEAD)
    panel.show_case(None)
    show(case_id)
    assert offered(panel)[:3] == [Action.FEED_BACK, Action.RETURN, Action.SIGN]


@pytest.mark.parametrize(
    ("steps", "waits"),
    [
        ((), "主办综合行政执法中队（待签收）、协办鲸园派出所（待签收）"),
        ((Action.SIGN,), "主办综合行政执法中队（处置中）、协办鲸园派出所（待签收）"),
        ((Action.SIGN, Action.FEED_BACK), "主办综合行政执法中队（已反馈）、协办鲸园派出所（待签收）"),
        ((Action.SIGN, Action.FEED_BACK, Action.VERIFY), "协办鲸园派出所（待签收）"),
    ],
    ids=["not signed", "in hand", "fed back", "verified"],
)
def test_f9_before_its_time_names_the_units_that_it_waits_for(
    panel: CasePanel, made: InventedDesk, show: Show, steps: tuple[Action, ...], waits: str
) -> None:
    case_id = made.dispatched("积水", cooperating=(OTHER,))
    for action in steps:
        made.act(action, case_id, unit=LEAD, result="已抽干")
    show(case_id)
    panel.start_action(Action.CLOSE)
    told = panel.foot.note.text()
    assert "现在不能结案" in told and told.endswith(f"还在等：{waits}。")


@pytest.mark.parametrize("ending", ["given back", "void"])
def test_f9_for_a_case_that_no_unit_has_any_more_names_no_unit(
    panel: CasePanel, made: InventedDesk, show: Show, ending: str
) -> None:
    case_id = made.dispatched("积水", cooperating=(OTHER,))
    if ending == "void":
        made.act(Action.VOID, case_id, reason="重复登记")
    else:
        made.act(Action.RETURN, case_id, unit=LEAD, reason_code="not_ours", reason="不属本中队")
    show(case_id)
    panel.start_action(Action.CLOSE)
    told = panel.foot.note.text()
    assert told.endswith("现在不能结案。") and "还在等" not in told


def test_what_could_not_be_done_is_said_no_longer_once_the_case_is_another(
    panel: CasePanel, made: InventedDesk, show: Show, settle: Callable[[], None]
) -> None:
    """After Ctrl+Z it named a unit that nobody waited for."""
    case_id = made.dispatched("积水")
    show(case_id)
    panel.start_action(Action.CLOSE)
    assert "待签收" in panel.foot.note.text()
    panel.refresh_files()
    settle()
    assert "待签收" in panel.foot.note.text()
    made.act(Action.SIGN, case_id)
    panel.refresh(Changes(cases=frozenset({case_id})))
    settle()
    assert panel.foot.note.text() == ""


def test_the_shown_case_offers_to_undo_its_own_last_step_by_name_and_not_by_the_key_of_the_desks(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    """Ctrl+Z takes back the last step at this desk: it said that nothing can be undone, or undid another case's."""
    show(made.handling("积水"))
    undo = next(offer for offer in panel.foot.bar.offers if offer.action is Action.UNDO)
    assert (undo.word, undo.key) == ("撤销“签收”", "")


def test_another_desks_step_is_not_offered_to_be_undone(
    panel: CasePanel, made: InventedDesk, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was offered and refused."""
    own, others = made.dispatched("积水"), made.dispatched("噪音")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(made.store, "device", "another desk")
        made.act(Action.SIGN, others)
    show(others)
    assert Action.UNDO not in offered(panel)
    show(own)
    assert Action.UNDO in offered(panel)


def test_a_form_takes_no_typing_between_enter_and_the_answer(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    """It would be neither in what was written nor in what is kept."""
    case_id = made.handling("积水")
    show(case_id)
    form = form_of(panel, Action.FEED_BACK)
    QTest.keyClicks(form.widget_of("result"), "chougan")
    with qtbot.waitSignal(panel.news.changes):
        press(form.widget_of("result"))
        QTest.keyClicks(focused(panel), "le")
        assert form.values["result"] == "chougan"
        press(focused(panel))  # a second Enter
    part = made.store.case(case_id).assignment_of(LEAD)
    assert part is not None and part.state is AssignmentState.HANDLED
    assert len(made.store.events[case_id]) == 5
    assert focused(panel) is panel


def test_a_refused_form_gives_the_cursor_back_to_the_field_where_it_was(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.handling("积水"))
    form = form_of(panel, Action.FEED_BACK)
    form.submitted.disconnect()
    form.submitted.connect(lambda _values: form.refuse(RuleViolation("case.result_missing")))
    field = form.widget_of("result")
    QTest.keyClicks(field, "x")
    with qtbot.waitSignal(form.submitted):
        press(field, Qt.Key.Key_Enter)
    assert focused(panel) is field and field.isEnabled()


def test_where_nothing_is_offered_no_line_is_drawn_above_it(panel: CasePanel, made: InventedDesk, show: Show) -> None:
    def edge() -> str:
        return panel.foot.grab().toImage().pixelColor(5, 0).name().upper()

    assert edge() == tokens().panel.upper()
    show(made.dispatched("积水"))
    assert edge() == tokens().line.upper()
