"""Questions about two events alone: did one author see the other, is it one deed, can both stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from gridclient.domain.case import CaseState
from gridclient.domain.contention import are_independent, is_beside, is_same_deed, missed_by
from gridclient.domain.events import Event, EventKey, EventKind
from tests.fakes.two_desks import OTHER, UNIT, Two, given_to

Deed = tuple[str, Mapping[str, Any]]
FIRST, SECOND = ["t:371002001", "a", 1, 1], ["t:371002001", "a", 1, 2]


def event(kind: str, payload: Mapping[str, Any], *, device: str = "a", incarnation: int = 1, base: int = 2) -> Event:
    return Event(EventKey("t:371002001", device, incarnation, 1), 0, kind, "c1", base, "op", payload)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (EventKind.AMENDED, {"facts": {"title": "一"}}, {"facts": {"title": "二"}}),
        (EventKind.AMENDED, {"facts": {}, "level": 2}, {"facts": {}, "level": 1}),
        (EventKind.FILED, {"facts": {"standard": "S1"}}, {"facts": {"standard": "S2"}}),
        (EventKind.FILED, {"facts": {}, "level": 2}, {"facts": {}, "level": 1}),
        (EventKind.DISPATCHED, given_to(UNIT, OTHER), given_to(OTHER, UNIT)),
        (EventKind.REASSIGNED, given_to(UNIT), given_to(OTHER)),
        (EventKind.SIGNED, {"unit": UNIT}, {"unit": OTHER}),
        (EventKind.RETURNED, {"unit": UNIT, "reason_code": "not_ours"}, {"unit": OTHER, "reason_code": "not_ours"}),
        (EventKind.RETURNED, {"unit": UNIT, "reason_code": "not_ours"}, {"unit": UNIT, "reason_code": "unclear"}),
        (EventKind.FED_BACK, {"unit": UNIT, "result": "已修好"}, {"unit": OTHER, "result": "已修好"}),
        (EventKind.FED_BACK, {"unit": UNIT, "result": "已修好"}, {"unit": UNIT, "result": "无此灯"}),
        (EventKind.VERIFIED, {"unit": UNIT}, {"unit": OTHER}),
        (EventKind.RELEASED, {"unit": UNIT}, {"unit": OTHER}),
        (EventKind.REWORKED, {"unit": UNIT}, {"unit": OTHER}),
        (EventKind.RATED, {"rating": "satisfied"}, {"rating": "dissatisfied"}),
        (EventKind.UNDONE, {"target": FIRST}, {"target": SECOND}),
        (EventKind.RESOLVED, {"target": FIRST, "choice": "keep"}, {"target": SECOND, "choice": "keep"}),
        (EventKind.RESOLVED, {"target": FIRST, "choice": "keep"}, {"target": FIRST, "choice": "take"}),
    ],
)
def test_it_is_the_same_deed_only_where_it_comes_to_the_same(
    kind: str, one: Mapping[str, Any], other: Mapping[str, Any]
) -> None:
    told = {"reason": "管辖调整", "clocks": [{"due": 1}]}
    assert is_same_deed(event(kind, one), event(kind, {**one, **told}, device="b")), "whatever else was said"
    assert not is_same_deed(event(kind, one), event(kind, other, device="b"))


def test_two_kinds_are_never_the_same_deed() -> None:
    assert not is_same_deed(event(EventKind.VERIFIED, {"unit": UNIT}), event(EventKind.REWORKED, {"unit": UNIT}))


def test_four_kinds_stand_beside_the_state() -> None:
    beside = {kind for kind in EventKind if is_beside(event(kind, {}))}
    assert beside == {EventKind.NOTED, EventKind.ATTACHED, EventKind.URGED, EventKind.RECOMPUTED}


OF_ONE_UNIT = (
    EventKind.SIGNED,
    EventKind.RETURNED,
    EventKind.FED_BACK,
    EventKind.VERIFIED,
    EventKind.RELEASED,
    EventKind.REWORKED,
)


@pytest.mark.parametrize("one", OF_ONE_UNIT)
@pytest.mark.parametrize("other", OF_ONE_UNIT)
def test_the_steps_of_two_units_stand_together_and_those_of_one_do_not(one: EventKind, other: EventKind) -> None:
    mine = event(one, {"unit": UNIT})
    assert are_independent(mine, event(other, {"unit": OTHER}, device="b"))
    assert not are_independent(mine, event(other, {"unit": UNIT}, device="b"))


@pytest.mark.parametrize("step", OF_ONE_UNIT)
@pytest.mark.parametrize("level", [EventKind.ESCALATED, EventKind.DELEGATED])
def test_a_level_and_any_units_step_stand_together(step: EventKind, level: EventKind) -> None:
    assert are_independent(event(level, {}), event(step, {"unit": UNIT}, device="b"))


SIGNED: Deed = (EventKind.SIGNED, {"unit": UNIT})


@pytest.mark.parametrize(
    ("one", "other", "independent"),
    [
        (SIGNED, (EventKind.RETURNED, {"unit": OTHER}), True),
        (SIGNED, (EventKind.RETURNED, {"unit": UNIT}), False),
        ((EventKind.VERIFIED, {"unit": ""}), (EventKind.REWORKED, {"unit": OTHER}), False),
        (SIGNED, (EventKind.DELEGATED, {}), True),
        (SIGNED, (EventKind.VOIDED, {}), False),
        ((EventKind.ESCALATED, {}), (EventKind.VOIDED, {}), False),
        ((EventKind.AMENDED, {"facts": {"title": "一"}}), (EventKind.DISPATCHED, given_to(UNIT)), True),
        ((EventKind.AMENDED, {"facts": {"title": "一"}}), (EventKind.AMENDED, {"facts": {"address": "二"}}), True),
        ((EventKind.AMENDED, {"facts": {}, "level": 2}), (EventKind.AMENDED, {"facts": {}, "level": 1}), False),
        ((EventKind.AMENDED, {"facts": {}, "level": 2}), (EventKind.FILED, {"facts": {}, "level": 1}), False),
        ((EventKind.AMENDED, {"facts": {}, "level": 2}), (EventKind.AMENDED, {"facts": {"title": "一"}}), True),
    ],
)
def test_both_stand_where_they_are_of_two_units_of_different_facts_or_a_level_and_a_part(
    one: Deed, other: Deed, independent: bool
) -> None:
    """Who names no unit means the lead, which may be the other's: both cannot be told apart."""
    assert are_independent(event(*one), event(*other, device="b")) is independent
    assert are_independent(event(*other), event(*one, device="b")) is independent


def test_a_desk_put_up_again_from_a_backup_missed_what_it_did_itself_before() -> None:
    before = (event(EventKind.REGISTERED, {}, base=0), event(*SIGNED, base=1))
    assert missed_by(event(EventKind.NOTED, {}, incarnation=2, base=1), before) == before[1:]
    assert missed_by(event(EventKind.NOTED, {}, base=1), before) == ()


@pytest.mark.parametrize("base", [2, 3])
def test_nothing_was_missed_by_who_had_seen_as_much_or_more(base: int) -> None:
    before = (event(EventKind.REGISTERED, {}, base=0), event(*SIGNED, base=1))
    assert missed_by(event(EventKind.NOTED, {}, device="b", base=base), before) == ()


def test_a_case_that_one_voids_while_its_unit_signs_waits_for_a_person() -> None:
    two = Two()
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.meet()
    two.a.do(EventKind.SIGNED, unit=UNIT)
    voided = two.b.do(EventKind.VOIDED, reason="误报")
    case = two.meet()
    assert (case.state, [c.key for c in case.contentions]) == (CaseState.HANDLING, [voided.key])
