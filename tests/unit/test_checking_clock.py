"""The clock of checking (核查): it runs while a unit's result waits for its verdict, the lead's or one that helps."""

from __future__ import annotations

import pytest

from gridclient.domain.case import Case, CaseState
from gridclient.domain.events import EventKind
from tests.fakes.case_history import HELPER, LEAD, OTHER, History, clock, dispatched, handled


def running(case: Case | None) -> list[str]:
    assert case is not None
    return [c.stage for c in case.clocks if c.ended is None]


def helped(history: History, unit: str = HELPER) -> Case:
    history.do(EventKind.SIGNED, unit=unit)
    return history.do(EventKind.FED_BACK, unit=unit, result="已配合清运", clocks=[clock("verify", 2)])


def test_a_cooperating_unit_that_feeds_back_after_the_leads_verdict_is_checked_by_a_clock_of_its_own() -> None:
    history = handled(HELPER)
    assert running(history.do(EventKind.VERIFIED, unit=LEAD)) == ["handle", "sign"]
    case = helped(history)
    assert running(case) == ["verify"]
    assert case.due == case.clocks[-1].due
    assert not running(history.do(EventKind.VERIFIED, unit=HELPER))


def test_the_leads_verdict_leaves_the_clock_to_a_result_that_still_waits() -> None:
    history = dispatched(HELPER)
    assert "verify" not in running(helped(history)), "the lead is still at work"
    history.do(EventKind.SIGNED, unit=LEAD)
    history.do(EventKind.FED_BACK, unit=LEAD, result="已劝停", clocks=[clock("verify", 1)])
    assert running(history.do(EventKind.VERIFIED, unit=LEAD)) == ["verify"]
    assert not running(history.do(EventKind.VERIFIED, unit=HELPER))


def test_one_clock_serves_all_results_that_wait() -> None:
    history = handled(HELPER, OTHER)
    due = history.case.due if history.case else None
    assert helped(history).due == due, "it runs since the lead's"
    helped(history, OTHER)
    for unit in (HELPER, LEAD):
        assert running(history.do(EventKind.VERIFIED, unit=unit)) == ["verify"]
    assert not running(history.do(EventKind.RELEASED, unit=OTHER, reason="不再需要"))


@pytest.mark.parametrize(("unit", "left"), [(HELPER, ["verify", "handle"]), (LEAD, ["handle"])])
def test_rework_of_one_unit_leaves_the_other_result_its_clock_while_the_lead_has_given_one(
    unit: str, left: list[str]
) -> None:
    history = handled(HELPER)
    helped(history)
    case = history.do(EventKind.REWORKED, unit=unit, reason="照片不符")
    assert sorted(running(case)) == sorted(left)
    assert case.state is (CaseState.HANDLED if unit == HELPER else CaseState.HANDLING)
