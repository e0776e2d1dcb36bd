"""What the desk does with a case before it has a unit and after it has a result, and what each step leaves behind."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest

from gridclient.domain.case import Case, CaseFacts, CaseState
from gridclient.domain.events import EventKind, to_seconds
from gridclient.domain.fold import fold_all
from tests.fakes.case_history import (
    LEAD,
    OTHER,
    START,
    History,
    clock,
    closed,
    dispatched,
    filed,
    parts,
    refused,
)
from tests.fakes.case_history import registered as reported


def running(case: Case) -> list[str]:
    return [c.stage for c in case.clocks if c.ended is None]


def registered(level: int) -> History:
    history = History()
    history.do(EventKind.REGISTERED, facts=asdict(CaseFacts(title="路灯不亮")), number="n1", level=level)
    return history


def imported(**facts: str) -> History:
    history = History()
    facts = asdict(CaseFacts(title="路灯不亮")) | facts
    at, end = to_seconds(START - timedelta(days=30)), to_seconds(START - timedelta(days=29))
    history.do(EventKind.IMPORTED, facts=facts, number="n1", registered_at=at, closed_at=end)
    return history


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_a_case_begins_at_the_level_that_it_was_registered_at(level: int) -> None:
    case = registered(level).case
    assert case is not None and case.level == level


@pytest.mark.parametrize("level", [0, 5])
def test_the_closed_loop_has_four_levels(level: int) -> None:
    refused(filed(), "case.no_such_level", EventKind.AMENDED, level=level)


def test_a_registration_is_not_taken_back() -> None:
    history = registered(3)
    assert history.case is not None and history.case.last is not None
    refused(history, "case.not_undoable", EventKind.UNDONE, target=list(history.case.last))


def test_what_nobody_registered_is_no_case() -> None:
    refused(History(), "case.unknown", EventKind.SIGNED, unit=LEAD)


def test_a_case_keeps_when_it_was_filed_dispatched_handled_and_closed() -> None:
    history = closed()
    case = history.case
    moments = {event.kind: event.at for event in history.events}
    assert case is not None
    assert (case.registered_at, case.filed_at) == (moments[EventKind.REGISTERED], moments[EventKind.FILED])
    assert (case.dispatched_at, case.handled_at) == (moments[EventKind.DISPATCHED], moments[EventKind.FED_BACK])
    assert case.closed_at == moments[EventKind.CLOSED]


def test_an_imported_closed_case_was_handled_when_it_was_closed() -> None:
    case = imported().case
    assert case is not None and case.handled_at == case.closed_at == START - timedelta(days=29)


@pytest.mark.parametrize(("kind", "word"), [(EventKind.DECLINED, "reason_code"), (EventKind.VOIDED, "reason")])
def test_no_clock_runs_for_a_case_that_is_declined_or_void(kind: EventKind, word: str) -> None:
    case = reported().do(kind, **{word: "重复登记"})
    assert (running(case), case.due) == ([], None)


@pytest.mark.parametrize("missing", ["standard", "grid"])
def test_an_imported_case_without_condition_or_grid_is_reopened_to_be_filed(missing: str) -> None:
    known = {"standard": "s1", "grid": "371002001001001"} | {missing: ""}
    assert imported(**known).do(EventKind.REOPENED, reason="复发").state is CaseState.REPORTED


def test_a_reopened_case_has_no_units_and_waits_for_dispatch_by_the_clock() -> None:
    case = closed().do(EventKind.REOPENED, reason="复发", clocks=[clock("dispatch", 1)])
    assert (case.state, case.assignments, running(case)) == (CaseState.FILED, (), ["dispatch"])


def test_the_last_rating_counts() -> None:
    history = closed()
    assert history.do(EventKind.RATED, rating="dissatisfied").rating == "dissatisfied"
    assert history.do(EventKind.RATED, rating="satisfied").rating == "satisfied"


def test_a_dispatch_without_a_deadline_is_refused() -> None:
    given = [{name: value for name, value in part.items() if name != "due"} for part in parts()]
    refused(filed(), "event.field_missing", EventKind.DISPATCHED, assignments=given)


def test_the_lead_is_who_is_named_so_wherever_it_stands_in_the_list() -> None:
    case = filed().do(EventKind.DISPATCHED, assignments=parts(LEAD, OTHER)[::-1])
    assert case.lead is not None and case.lead.unit == LEAD


def test_a_known_kind_of_a_newer_version_changes_nothing_and_nothing_before_it_is_taken_back() -> None:
    history = dispatched()
    before = history.case
    newer = history.event(EventKind.SIGNED, {"unit": LEAD})
    case = fold_all([*history.events, type(newer)(newer.key, newer.hlc, newer.kind, "c1", newer.base, "op", {}, 2)])
    assert before is not None and case is not None and before.last is not None
    assert (case.state, case.version, case.last) == (before.state, before.version + 1, newer.key)
    history.case = case
    refused(history, "case.acted_on_since", EventKind.UNDONE, target=list(before.last))
    refused(history, "case.not_undoable", EventKind.UNDONE, target=list(newer.key))


def test_the_deadline_that_counts_is_the_first_of_those_that_run() -> None:
    history = dispatched(OTHER)
    history.do(EventKind.SIGNED, unit=LEAD)
    case = history.do(EventKind.FED_BACK, unit=LEAD, result="已劝停", clocks=[clock("verify", 3)])
    assert case.due == START + timedelta(hours=1), "who helps has not signed yet"
