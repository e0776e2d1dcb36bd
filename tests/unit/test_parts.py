"""The parts of a case (主办、协办): each has its own state, its own clocks and its own times, and they stay apart."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gridclient.domain.case import Assignment, AssignmentState, Case, CaseState, Role
from gridclient.domain.events import EventKind
from tests.fakes.case_history import HELPER, LEAD, OTHER, START, clock, dispatched, handled, parts, refused

NOT_OURS = {"reason_code": "not_ours", "reason": "非本单位"}


def part(case: Case | None, unit: str) -> Assignment:
    found = case.assignment_of(unit) if case else None
    assert found is not None
    return found


def running(case: Case | None) -> set[tuple[str, str]]:
    """Stage and unit of each clock that runs."""
    return {(c.stage, c.unit) for c in case.clocks if c.ended is None} if case else set()


def times(case: Case, unit: str) -> tuple[datetime | None, datetime | None, datetime | None]:
    its = part(case, unit)
    return its.signed_at, its.handled_at, its.verified_at


def test_each_part_keeps_when_its_unit_signed_and_fed_back_and_when_it_was_checked() -> None:
    history = handled(HELPER)
    signed, fed_back = history.events[-2].at, history.now
    case = history.do(EventKind.VERIFIED, unit=LEAD)
    assert times(case, LEAD) == (signed, fed_back, history.now)
    assert case.handled_at == fed_back
    case = history.do(EventKind.RELEASED, unit=HELPER, reason="不再需要")
    assert times(case, HELPER) == (None, None, history.now)


def test_rework_takes_back_that_the_unit_and_the_case_were_handled() -> None:
    case = handled().do(EventKind.REWORKED, unit=LEAD, reason="照片不符")
    assert (part(case, LEAD).handled_at, case.handled_at) == (None, None)


def test_a_unit_that_signs_stops_its_own_clock_of_signing_alone() -> None:
    case = dispatched(HELPER).do(EventKind.SIGNED, unit=HELPER)
    assert running(case) == {("handle", LEAD), ("sign", LEAD), ("handle", HELPER)}


def test_a_cooperating_unit_that_returns_stops_its_own_clocks_alone() -> None:
    case = dispatched(HELPER).do(EventKind.RETURNED, unit=HELPER, **NOT_OURS)
    assert running(case) == {("handle", LEAD), ("sign", LEAD)}


def test_when_the_lead_returns_no_unit_has_a_clock_any_more() -> None:
    case = dispatched(HELPER).do(EventKind.RETURNED, unit=LEAD, **NOT_OURS, clocks=[clock("dispatch", 1)])
    assert running(case) == {("dispatch", "")}
    assert case.due == START + timedelta(hours=1)


def test_the_desk_deals_with_a_return_until_the_case_is_given_out_anew_or_the_unit_is_released() -> None:
    history = dispatched(HELPER)
    assert not history.do(EventKind.NOTED, text="已电话通知").waits_after_return
    assert history.do(EventKind.RETURNED, unit=HELPER, **NOT_OURS).waits_after_return
    assert not history.do(EventKind.RELEASED, unit=HELPER, reason="不再需要").waits_after_return
    assert history.do(EventKind.RETURNED, unit=LEAD, **NOT_OURS).waits_after_return
    assert not history.do(EventKind.DISPATCHED, assignments=parts(OTHER)).waits_after_return


def test_a_unit_that_gave_the_case_back_has_no_part_in_it_once_another_has_it() -> None:
    history = dispatched(HELPER)
    history.now -= timedelta(hours=1)  # a clock that was put back: all that follows comes at one instant
    history.do(EventKind.RETURNED, unit=LEAD, **NOT_OURS)
    case = history.do(EventKind.DISPATCHED, assignments=parts(OTHER))
    assert [(one.unit, one.role) for one in case.current_parts] == [(OTHER, Role.LEAD)]
    history.do(EventKind.SIGNED, unit=OTHER)
    history.do(EventKind.FED_BACK, unit=OTHER, result="已清运", clocks=[clock("verify", 1)])
    history.do(EventKind.VERIFIED, unit=OTHER)
    assert history.do(EventKind.CLOSED, closing_condition_met=True).state is CaseState.CLOSED


def test_a_released_unit_has_no_clock_any_more_and_the_others_keep_theirs() -> None:
    history = dispatched(HELPER, OTHER)
    history.do(EventKind.SIGNED, unit=LEAD)
    case = history.do(EventKind.RELEASED, unit=HELPER, reason="不再需要")
    assert running(case) == {("handle", LEAD), ("handle", OTHER), ("sign", OTHER)}


def test_the_lead_cannot_be_released() -> None:
    refused(dispatched(HELPER), "case.lead_not_releasable", EventKind.RELEASED, unit=LEAD, reason="不再需要")


def test_a_cooperating_result_is_checked_while_the_lead_is_still_at_work() -> None:
    history = dispatched(HELPER, OTHER)
    for unit in (HELPER, OTHER):
        history.do(EventKind.SIGNED, unit=unit)
        history.do(EventKind.FED_BACK, unit=unit, result="已配合清运")
    assert part(history.do(EventKind.VERIFIED, unit=HELPER), HELPER).state is AssignmentState.VERIFIED
    case = history.do(EventKind.REWORKED, unit=OTHER, reason="照片不符")
    assert (case.state, part(case, OTHER).state) == (CaseState.DISPATCHED, AssignmentState.HANDLING)


@pytest.mark.parametrize("kind", [EventKind.VERIFIED, EventKind.REWORKED, EventKind.RELEASED])
def test_a_case_that_is_back_at_the_desk_is_not_checked(kind: EventKind) -> None:
    history = dispatched(HELPER)
    history.do(EventKind.SIGNED, unit=HELPER)
    history.do(EventKind.FED_BACK, unit=HELPER, result="已配合清运")
    history.do(EventKind.RETURNED, unit=LEAD, **NOT_OURS)
    refused(history, "case.not_verifiable", kind, unit=HELPER, reason="照片不符")


def test_rework_lets_the_clock_run_on_that_the_level_gave_last() -> None:
    history = dispatched()
    history.do(EventKind.ESCALATED, clocks=[clock("handle", 100, LEAD)])
    history.do(EventKind.SIGNED, unit=LEAD)
    history.do(EventKind.FED_BACK, unit=LEAD, result="已劝停")
    case = history.do(EventKind.REWORKED, unit=LEAD, reason="照片不符")
    assert [c.limit for c in case.clocks if c.ended is None] == ["100 work_hour"]


def test_who_led_before_and_gave_it_back_leads_no_more() -> None:
    history = dispatched()
    history.do(EventKind.RETURNED, unit=LEAD, **NOT_OURS)
    case = history.do(EventKind.DISPATCHED, assignments=parts(OTHER))
    assert [a.unit for a in case.assignments if a.role is Role.LEAD] == [OTHER]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (EventKind.FED_BACK, "case.not_handling"),
        (EventKind.VERIFIED, "case.not_verifiable"),
        (EventKind.REWORKED, "case.not_verifiable"),
    ],
)
def test_a_unit_that_has_not_signed_has_no_result(kind: str, code: str) -> None:
    refused(dispatched(), code, kind, unit=LEAD, result="已劝停", reason="不实")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (EventKind.SIGNED, "case.not_signable"),
        (EventKind.FED_BACK, "case.not_handling"),
        (EventKind.RETURNED, "case.not_returnable"),
    ],
)
def test_a_unit_that_fed_back_does_so_once_and_returns_nothing(kind: str, code: str) -> None:
    history = dispatched(HELPER)
    history.do(EventKind.SIGNED, unit=HELPER)
    history.do(EventKind.FED_BACK, unit=HELPER, result="已劝停")
    refused(history, code, kind, unit=HELPER, result="又劝", **NOT_OURS)
