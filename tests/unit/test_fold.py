"""The state machine of a case, as sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import timedelta
from typing import Any

import pytest

from gridclient.domain.case import AssignmentState, CaseFacts, CaseState, Role
from gridclient.domain.events import Event, EventKey, EventKind, Record, link_after, next_hlc, payload_text, to_seconds
from gridclient.domain.fold import fold_all
from tests.fakes.case_history import (
    HELPER,
    LEAD,
    OTHER,
    START,
    History,
    clock,
    closed,
    dispatched,
    filed,
    handled,
    parts,
    refused,
    registered,
)


def test_a_case_goes_through_the_six_stages() -> None:
    history = handled()
    history.do(EventKind.VERIFIED, unit=LEAD)
    case = history.do(EventKind.CLOSED, closing_condition_met=True)
    assert case.state is CaseState.CLOSED
    assert case.closed_at == history.now and case.due is None
    assert case.version == len(history.events)


def test_a_case_without_condition_or_grid_is_not_filed() -> None:
    refused(registered(standard=""), "case.standard_missing", EventKind.FILED)
    refused(registered(grid=""), "case.grid_missing", EventKind.FILED)


def test_filing_can_bring_what_was_missing() -> None:
    case = registered(standard="").do(EventKind.FILED, facts={"standard": "s2"})
    assert (case.state, case.facts.standard) == (CaseState.FILED, "s2")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (EventKind.DISPATCHED, "case.not_dispatchable"),
        (EventKind.SIGNED, "case.not_signable"),
        (EventKind.FED_BACK, "case.not_handling"),
        (EventKind.VERIFIED, "case.not_verifiable"),
        (EventKind.CLOSED, "case.not_closable"),
        (EventKind.REOPENED, "case.not_reopenable"),
        (EventKind.RATED, "case.not_closed"),
        (EventKind.RETURNED, "case.not_returnable"),
        (EventKind.REASSIGNED, "case.not_reassignable"),
    ],
)
def test_a_reported_case_allows_only_what_comes_first(kind: str, code: str) -> None:
    refused(registered(), code, kind, reason="x", reason_code="x", result="x", assignments=parts())


def working() -> History:
    history = dispatched()
    history.do(EventKind.SIGNED, unit=LEAD)
    return history


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (EventKind.FILED, "case.not_fileable"),
        (EventKind.DECLINED, "case.not_declinable"),
        (EventKind.AMENDED, "case.not_open"),
        (EventKind.URGED, "case.not_open"),
        (EventKind.VOIDED, "case.not_open"),
        (EventKind.ESCALATED, "case.level_fixed"),
        (EventKind.RELEASED, "case.not_verifiable"),
        (EventKind.REWORKED, "case.not_verifiable"),
    ],
)
def test_a_closed_case_is_done_with(kind: str, code: str) -> None:
    refused(closed(), code, kind, unit=LEAD, reason="x", reason_code="x")


@pytest.mark.parametrize(
    ("made", "kind", "code"),
    [
        (registered, EventKind.DECLINED, "case.reason_code_missing"),
        (registered, EventKind.VOIDED, "case.reason_missing"),
        (registered, EventKind.NOTED, "case.text_missing"),
        (registered, EventKind.ATTACHED, "case.text_missing"),
        (dispatched, EventKind.REASSIGNED, "case.reason_missing"),
        (working, EventKind.FED_BACK, "case.result_missing"),
        (handled, EventKind.REWORKED, "case.reason_missing"),
        (closed, EventKind.REOPENED, "case.reason_missing"),
        (closed, EventKind.RATED, "case.rating_missing"),
    ],
)
def test_a_step_that_needs_a_word_is_refused_without_it(made: Callable[[], History], kind: str, code: str) -> None:
    refused(made(), code, kind, reason=" ", text=" ", assignments=parts(OTHER))


def test_a_dispatch_has_one_lead_and_no_unit_twice() -> None:
    refused(filed(), "dispatch.unit_twice", EventKind.DISPATCHED, assignments=parts(LEAD, LEAD))
    refused(filed(), "dispatch.one_lead", EventKind.DISPATCHED, assignments=parts(LEAD)[:0])


def test_a_choice_against_the_list_needs_a_reason() -> None:
    refused(filed(), "dispatch.reason_missing", EventKind.DISPATCHED, assignments=parts(), against_list=True)
    case = filed().do(EventKind.DISPATCHED, assignments=parts(), against_list=True, reason="就近")
    assert case.state is CaseState.DISPATCHED


def test_the_handling_clock_runs_since_dispatch_not_since_signing() -> None:
    history = dispatched()
    due = history.case.due if history.case else None
    case = history.do(EventKind.SIGNED, unit=LEAD)
    assert case.due == due == START + timedelta(hours=8)
    assert all(c.ended for c in case.clocks if c.stage == "sign")


def test_a_clock_without_a_start_of_its_own_starts_with_the_step_that_brings_it() -> None:
    history = registered()
    told = clock("dispatch", 1)
    del told["started"]
    case = history.do(EventKind.FILED, clocks=[told])
    assert [c.started for c in case.clocks] == [START, history.now]


def test_a_returned_case_waits_for_dispatch_and_the_units_clock_stands() -> None:
    history = dispatched()
    case = history.do(
        EventKind.RETURNED,
        unit=LEAD,
        reason_code="not_ours",
        reason="非本单位",
        remaining=3600,
        clocks=[clock("dispatch", 1)],
    )
    assert (case.state, case.returned, case.returns) == (CaseState.FILED, True, 1)
    assert [c.stage for c in case.clocks if c.ended is None] == ["dispatch"]
    part = case.assignment_of(LEAD)
    assert part is not None
    assert (part.state, part.remaining) == (AssignmentState.RETURNED, 3600)


def test_a_return_needs_code_and_text_and_comes_in_time() -> None:
    refused(dispatched(), "case.reason_code_missing", EventKind.RETURNED, unit=LEAD, reason="非本单位")
    refused(dispatched(), "case.reason_missing", EventKind.RETURNED, unit=LEAD, reason_code="not_ours")
    late = dispatched()
    late.now += timedelta(days=3)
    refused(late, "case.return_too_late", EventKind.RETURNED, unit=LEAD, reason="x", reason_code="x")
    late.now = START + timedelta(days=2, minutes=-1)
    assert late.do(EventKind.RETURNED, unit=LEAD, reason="x", reason_code="x").returned, "at the last moment"


def test_a_returned_case_can_go_to_the_same_unit_again() -> None:
    history = dispatched()
    history.do(EventKind.RETURNED, unit=LEAD, reason_code="unclear", reason="信息不全")
    case = history.do(EventKind.DISPATCHED, assignments=parts(LEAD))
    assert [(a.unit, a.role, a.state) for a in case.assignments] == [(LEAD, Role.LEAD, AssignmentState.DISPATCHED)]
    assert not case.returned


def test_the_unit_that_gave_a_case_back_stays_on_record() -> None:
    history = dispatched()
    history.do(EventKind.RETURNED, unit=LEAD, reason_code="not_ours", reason="非本单位")
    case = history.do(EventKind.DISPATCHED, assignments=parts(OTHER))
    assert case.lead is not None and case.lead.unit == OTHER
    gave_back = case.assignment_of(LEAD)
    assert gave_back is not None and gave_back.state is AssignmentState.RETURNED


def test_a_cooperating_unit_that_returns_leaves_the_lead_at_work() -> None:
    history = dispatched(HELPER)
    case = history.do(EventKind.RETURNED, unit=HELPER, reason_code="not_ours", reason="非本单位")
    assert (case.state, case.returns) == (CaseState.DISPATCHED, 0)
    assert case.due == START + timedelta(hours=8)


def test_a_case_closes_only_when_every_cooperating_unit_is_verified_or_released() -> None:
    history = handled(HELPER)
    history.do(EventKind.VERIFIED, unit=LEAD)
    refused(history, "case.cooperation_open", EventKind.CLOSED, closing_condition_met=True)
    refused(history, "case.reason_missing", EventKind.RELEASED, unit=HELPER)
    history.do(EventKind.RELEASED, unit=HELPER, reason="无需协办")
    assert history.do(EventKind.CLOSED, closing_condition_met=True).state is CaseState.CLOSED


def test_a_cooperating_unit_that_comes_after_the_leads_result_signs_and_feeds_back() -> None:
    history = handled(HELPER)
    assert history.do(EventKind.SIGNED, unit=HELPER).state is CaseState.HANDLED
    assert history.do(EventKind.FED_BACK, unit=HELPER, result="已配合清运").state is CaseState.HANDLED
    assert [part.unit for part in history.do(EventKind.VERIFIED, unit=HELPER).open_parts] == [LEAD]


def test_a_case_closes_only_with_a_verified_lead_and_its_condition_met() -> None:
    history = handled()
    refused(history, "case.lead_not_verified", EventKind.CLOSED, closing_condition_met=True)
    history.do(EventKind.VERIFIED, unit=LEAD)
    refused(history, "case.closing_condition_open", EventKind.CLOSED)


def test_rework_keeps_the_unit_and_lets_its_clock_run_on() -> None:
    history = handled(HELPER)
    case = history.do(EventKind.REWORKED, unit=LEAD, reason="照片不符")
    assert (case.state, case.reworks) == (CaseState.HANDLING, 1)
    assert [c.unit for c in case.clocks if c.stage == "handle" and c.ended is None] == [LEAD, HELPER]
    assert case.due == START + timedelta(hours=8)
    assert case.lead is not None and case.lead.result == "已劝停"


def test_levels_go_up_to_the_county_and_down_again() -> None:
    history = filed()
    case = history.do(EventKind.ESCALATED)
    assert (case.level, case.escalated) == (4, True)
    refused(history, "case.no_such_level", EventKind.ESCALATED)
    case = history.do(EventKind.DELEGATED)
    assert (case.level, case.escalated) == (3, False)
    assert history.do(EventKind.AMENDED, level=2).level == 2
    assert history.do(EventKind.DELEGATED).level == history.do(EventKind.AMENDED, level=1).level == 1
    refused(history, "case.no_such_level", EventKind.DELEGATED)


def test_a_level_moves_the_leads_clock_and_part_and_leaves_the_others_theirs() -> None:
    history = dispatched(HELPER)
    case = history.do(EventKind.ESCALATED, clocks=[clock("handle", 100, LEAD)])
    assert case.due == START + timedelta(hours=100)
    lead, helper = case.assignment_of(LEAD), case.assignment_of(HELPER)
    assert lead is not None and (lead.due, lead.limit) == (START + timedelta(hours=100), "100 work_hour")
    assert helper is not None and (helper.due, helper.limit) == (START + timedelta(hours=8), "8 work_hour")
    running = [(c.unit, c.limit) for c in case.clocks if c.ended is None and c.stage == "handle"]
    assert sorted(running) == [(HELPER, "8 work_hour"), (LEAD, "100 work_hour")]
    assert [c.unit for c in case.clocks if c.ended is None and c.stage == "sign"] == [LEAD, HELPER]


def test_a_clock_that_ended_keeps_its_end_whatever_comes_next() -> None:
    history = dispatched()
    filed_at, signed_at = START + timedelta(minutes=2), history.now + timedelta(minutes=1)
    history.do(EventKind.SIGNED, unit=LEAD)
    history.do(EventKind.ESCALATED, clocks=[clock("handle", 100, LEAD)])
    moved_at = history.now
    history.do(EventKind.DELEGATED, clocks=[clock("handle", 50, LEAD)])
    case = history.do(EventKind.RETURNED, unit=LEAD, reason_code="not_ours", reason="非本单位")
    ends = {(c.stage, c.limit): c.ended for c in case.clocks}
    assert ends["accept", "1 work_hour"] == filed_at
    assert ends["sign", "1 work_hour"] == signed_at
    assert (ends["handle", "8 work_hour"], ends["handle", "50 work_hour"]) == (moved_at, history.now)


def test_a_case_given_to_another_unit_leaves_the_first_and_waits_for_no_county() -> None:
    history = dispatched(HELPER)
    assert history.do(EventKind.ESCALATED).escalated
    case = history.do(EventKind.REASSIGNED, assignments=parts(OTHER), reason="管辖调整")
    assert ([part.unit for part in case.assignments], case.escalated) == ([OTHER], False)


def test_a_case_knows_by_how_many_levels_it_was_moved() -> None:
    history = filed()
    assert history.do(EventKind.ESCALATED).moved == 1
    assert history.do(EventKind.DELEGATED).moved == 0
    assert history.do(EventKind.AMENDED, level=2).moved == 0


def test_a_cooperating_unit_that_returned_is_released_before_the_case_closes() -> None:
    history = dispatched(HELPER)
    history.do(EventKind.RETURNED, unit=HELPER, reason_code="not_ours", reason="非本单位")
    history.do(EventKind.SIGNED, unit=LEAD)
    history.do(EventKind.FED_BACK, unit=LEAD, result="已劝停")
    history.do(EventKind.VERIFIED, unit=LEAD)
    refused(history, "case.cooperation_open", EventKind.CLOSED, closing_condition_met=True)
    history.do(EventKind.RELEASED, unit=HELPER, reason="确非其职责")
    refused(history, "case.not_releasable", EventKind.RELEASED, unit=HELPER, reason="再一次")
    assert history.do(EventKind.CLOSED, closing_condition_met=True).state is CaseState.CLOSED


def test_who_gave_a_case_back_before_it_was_given_out_anew_holds_nothing_up() -> None:
    history = dispatched(HELPER)
    history.do(EventKind.RETURNED, unit=HELPER, reason_code="not_ours", reason="非本单位")
    history.do(EventKind.RETURNED, unit=LEAD, reason_code="not_ours", reason="非本单位")
    history.do(EventKind.DISPATCHED, assignments=parts(OTHER))
    refused(history, "case.not_releasable", EventKind.RELEASED, unit=HELPER, reason="不再需要")
    history.do(EventKind.SIGNED, unit=OTHER)
    history.do(EventKind.FED_BACK, unit=OTHER, result="已劝停")
    history.do(EventKind.VERIFIED, unit=OTHER)
    assert history.do(EventKind.CLOSED, closing_condition_met=True).state is CaseState.CLOSED


def test_a_reopened_case_is_not_handled_any_more() -> None:
    history = handled()
    history.do(EventKind.VERIFIED, unit=LEAD)
    assert history.do(EventKind.CLOSED, closing_condition_met=True).handled_at is not None
    case = history.do(EventKind.REOPENED, reason="复发")
    assert (case.state, case.handled_at, case.closed_at) == (CaseState.FILED, None, None)


def test_an_imported_closed_case_is_closed_from_the_start() -> None:
    history = History()
    case = history.do(
        EventKind.IMPORTED,
        facts=asdict(CaseFacts(title="路灯不亮")),
        number="n1",
        registered_at=to_seconds(START - timedelta(days=30)),
        closed_at=to_seconds(START - timedelta(days=29)),
        clocks=[clock("imported", 5)],
    )
    assert (case.state, case.due) == (CaseState.CLOSED, None)
    assert case.registered_at == START - timedelta(days=30)


def test_an_unknown_kind_is_kept_and_changes_nothing_but_the_version() -> None:
    history = filed()
    before = history.case
    case = history.do("case_teleported", anything=1)
    assert before is not None
    assert (case.state, case.version) == (before.state, before.version + 1)


def test_a_replay_names_what_the_rules_refuse_and_goes_on() -> None:
    history = dispatched()
    second = history.event(EventKind.DISPATCHED, {"assignments": parts(OTHER)}, "d2")
    case = fold_all([*history.events, second])
    assert case is not None
    assert case.refused == (second.key,)
    assert case.lead is not None and case.lead.unit == LEAD


def test_what_stands_before_the_event_that_opens_the_case_is_left_out_undone_or_not() -> None:
    history = filed()
    note = history.event(EventKind.NOTED, {"text": "记"})
    history.events.append(note)
    undoing = history.event(EventKind.UNDONE, {"target": list(note.key)})
    lone = [replace(event, base=0) for event in (note, undoing)]
    assert fold_all(lone) is None
    assert fold_all([*lone, history.events[0]]) == fold_all(history.events[:1])


def chained(previous: bytes, event: Event) -> bytes:
    return link_after(previous, Record.of(event, payload_text(event.payload)).canonical())


def test_the_chain_depends_on_every_field_and_on_what_came_before() -> None:
    event = registered().events[0]
    link = chained(b"", event)
    assert chained(b"", event) == link
    assert chained(link, event) != link
    others: dict[str, Any] = {
        "key": event.key._replace(seq=event.key.seq + 1),
        "hlc": event.hlc + 1,
        "kind": EventKind.IMPORTED,
        "subject": "c2",
        "base": event.base + 1,
        "actor": "someone",
        "payload": {**event.payload, "number": "n2"},
        "version": 2,
    }
    assert others.keys() == {field.name for field in fields(Event)}
    for name, other in others.items():
        assert chained(b"", replace(event, **{name: other})) != link, name
    stream, device, incarnation, seq = event.key
    for key in (EventKey("t:1", device, incarnation, seq), EventKey(stream, "d2", incarnation, seq)):
        assert chained(b"", replace(event, key=key)) != link
    assert chained(b"", replace(event, key=EventKey(stream, device, 2, seq))) != link


def test_the_hybrid_clock_never_goes_back() -> None:
    first = next_hlc(0, START)
    assert next_hlc(first, START - timedelta(days=1)) == first + 1
    assert next_hlc(first, START + timedelta(seconds=1)) > first + 1
