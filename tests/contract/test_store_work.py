"""What every unit of work promises: all of a transaction or nothing, and an order of events that never breaks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gridclient.domain.case import CaseState
from gridclient.domain.errors import NotFound, RuleViolation
from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.rows import CaseFilter
from tests.contract.stage import GRIDS, STREAM, TOWNSHIP, Stage


def test_a_registered_case_is_read_back_as_it_was_told(stage: Stage) -> None:
    case_id = stage.register("窨井盖缺失", address="和平路1号", lon=122.1, lat=37.5)
    case = stage.case(case_id)
    assert (case.state, case.facts.title, case.facts.address) == (CaseState.REPORTED, "窨井盖缺失", "和平路1号")


def test_a_unit_of_work_sees_what_it_recorded_before(stage: Stage) -> None:
    case_id = stage.register()
    with stage.work() as unit_of_work:
        unit_of_work.record(EventDraft(EventKind.FILED, case_id, STREAM, "a", {"facts": {"standard": "C"}}))
        assert unit_of_work.case(case_id).state is CaseState.FILED


def test_what_the_rules_forbid_leaves_nothing_of_its_transaction(stage: Stage) -> None:
    case_id = stage.register()
    with pytest.raises(RuleViolation, match=r"case\.not_signable"), stage.work() as unit_of_work:
        unit_of_work.record(EventDraft(EventKind.NOTED, case_id, STREAM, "a", {"text": "先记一笔"}))
        unit_of_work.record(EventDraft(EventKind.SIGNED, case_id, STREAM, "a", {}))
    assert stage.case(case_id).version == 1
    assert len(stage.queries.timeline(case_id)) == 1


def test_a_refusal_that_is_swallowed_rolls_back_all_the_same(stage: Stage) -> None:
    case_id = stage.register()
    with pytest.raises(RuleViolation), stage.work() as unit_of_work:
        unit_of_work.record(EventDraft(EventKind.URGED, case_id, STREAM, "a", {"text": "快"}))
        with pytest.raises(RuleViolation):
            unit_of_work.record(EventDraft(EventKind.CLOSED, case_id, STREAM, "a", {}))
    assert stage.case(case_id).urges == 0


def test_an_error_of_the_program_rolls_back(stage: Stage) -> None:
    with pytest.raises(ZeroDivisionError), stage.work() as unit_of_work:
        payload = {"number": "x", "facts": {"title": "t"}}
        unit_of_work.record(EventDraft(EventKind.REGISTERED, stage.new_id(), STREAM, "a", payload))
        raise ZeroDivisionError
    assert stage.queries.total(CaseFilter()) == 0


def test_the_same_case_is_not_registered_twice(stage: Stage) -> None:
    case_id = stage.register()
    with pytest.raises(RuleViolation, match=r"case\.exists"):
        stage.record(EventKind.IMPORTED, case_id, {"number": "x", "registered_at": 0, "facts": {"title": "t"}})
    assert stage.case(case_id).version == 1


def test_an_unknown_case_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound, match=r"case\.unknown"), stage.work() as unit_of_work:
        unit_of_work.case("0" * 32)


def test_nothing_can_befall_an_unknown_case(stage: Stage) -> None:
    with pytest.raises((NotFound, RuleViolation), match=r"case\.unknown"):
        stage.record(EventKind.NOTED, stage.new_id(), {"text": "x"})


def test_changes_name_the_cases_that_were_touched(stage: Stage) -> None:
    case_id, other = stage.register(), stage.register()
    with stage.work() as unit_of_work:
        unit_of_work.case(other)
        unit_of_work.record(EventDraft(EventKind.URGED, case_id, STREAM, "a", {"text": "x"}))
    assert unit_of_work.changes.cases == frozenset({case_id})


def test_events_of_a_stream_are_numbered_without_a_gap(stage: Stage) -> None:
    case_id = stage.register()
    with pytest.raises(RuleViolation):
        stage.sign(case_id)
    keys = [stage.record(EventKind.NOTED, case_id, {"text": "x"}).key.seq for _ in range(3)]
    assert keys == [2, 3, 4]


def test_streams_are_numbered_each_for_itself(stage: Stage) -> None:
    stage.register()
    other = stage.record(
        EventKind.REGISTERED, stage.new_id(), stage.registration("x", grid=GRIDS[3]), stream="t:371002002"
    )
    assert other.key.seq == 1


def test_the_hybrid_clock_rises_though_the_clock_goes_back(stage: Stage) -> None:
    case_id = stage.register()
    first = stage.record(EventKind.NOTED, case_id, {"text": "x"})
    stage.clock.at -= timedelta(hours=3)
    assert stage.record(EventKind.NOTED, case_id, {"text": "y"}).hlc > first.hlc


def test_a_number_is_never_given_twice(stage: Stage) -> None:
    numbers = []
    for _ in range(3):
        with stage.work() as unit_of_work:
            numbers += [unit_of_work.next_number(TOWNSHIP, date(2026, 11, 20)) for _ in range(2)]
    assert len(set(numbers)) == 6
    assert [number[-4:] for number in numbers] == ["0001", "0002", "0003", "0004", "0005", "0006"]
    assert numbers[0].startswith(f"{TOWNSHIP}-20261120-")


def test_numbers_count_by_township_and_day(stage: Stage) -> None:
    with stage.work() as unit_of_work:
        first = unit_of_work.next_number(TOWNSHIP, date(2026, 11, 20))
        others = [
            unit_of_work.next_number(TOWNSHIP, date(2026, 11, 21)),
            unit_of_work.next_number("371002009", date(2026, 11, 20)),
        ]
    assert {number[-4:] for number in (first, *others)} == {"0001"}


def test_an_audit_line_belongs_to_its_transaction(stage: Stage) -> None:
    with stage.work() as unit_of_work:
        unit_of_work.audit("op1", "case.phone_shown", "kept")
    with pytest.raises(ZeroDivisionError), stage.work() as unit_of_work:
        unit_of_work.audit("op1", "case.phone_shown", "lost")
        raise ZeroDivisionError
    assert stage.audited() == [("op1", "case.phone_shown", "kept")]


def test_the_last_step_can_be_taken_back(stage: Stage) -> None:
    case_id = stage.dispatched()
    stage.undo(case_id)
    assert stage.case(case_id).state is CaseState.FILED
    assert stage.ids(CaseFilter(states=frozenset({"filed"}))) == [case_id]


def test_a_case_is_not_opened_twice_in_one_transaction(stage: Stage) -> None:
    case_id = stage.new_id()
    payload = {"number": "x", "facts": {"title": "t"}}
    with pytest.raises(RuleViolation, match=r"case\.exists"), stage.work() as unit_of_work:
        for _ in range(2):
            unit_of_work.record(EventDraft(EventKind.REGISTERED, case_id, STREAM, "a", payload))
    assert stage.queries.total(CaseFilter()) == 0
