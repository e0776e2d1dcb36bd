"""Two desks that act on one case without knowing of each other: what is merged, what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.case import CaseState
from gridclient.domain.contention import is_beside
from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import EventKind
from tests.fakes.two_desks import ACTS, OTHER, UNIT, Desk, Hub, Two, given_to, move, registered


@pytest.fixture
def two() -> Two:
    return Two()


def test_the_second_dispatch_to_another_unit_waits_for_a_person(two: Two) -> None:
    first, second = two.a.do(EventKind.DISPATCHED, **given_to(UNIT)), two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    case = two.meet()
    assert case.lead is not None and case.lead.unit == UNIT
    (contention,) = case.contentions
    assert (contention.events, contention.against) == ((second.key,), (first.key,))
    assert contention.base.state is CaseState.FILED
    assert contention.branch.lead is not None and contention.branch.lead.unit == OTHER


def test_the_same_dispatch_twice_counts_once(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT, OTHER))
    two.b.do(EventKind.DISPATCHED, **given_to(UNIT, OTHER))
    case = two.meet()
    assert (case.contentions, case.refused, len(case.assignments)) == ((), (), 2)


@pytest.mark.parametrize(("choice", "unit"), [("keep", UNIT), ("take", OTHER)])
def test_a_person_chooses_between_two_dispatches(two: Two, choice: str, unit: str) -> None:
    first = two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    second = two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    two.meet()
    two.a.do(EventKind.RESOLVED, target=list(second.key), choice=choice)
    case = two.meet()
    assert case.contentions == ()
    assert case.lead is not None and case.lead.unit == unit
    assert case.refused == ((second.key,) if choice == "keep" else (first.key,))


def test_a_choice_can_be_undone(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    second = two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    before = two.meet()
    chosen = two.a.do(EventKind.RESOLVED, target=list(second.key), choice="take")
    two.a.do(EventKind.UNDONE, target=list(chosen.key))
    case = two.meet()
    assert case.contentions == before.contentions
    assert case.lead == before.lead


def test_a_choice_needs_a_contention_and_a_word(two: Two) -> None:
    with pytest.raises(RuleViolation, match=r"conflict\.unknown"):
        two.a.do(EventKind.RESOLVED, target=["t:371002001", "b", 1, 9], choice="keep")
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    second = two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    two.meet()
    with pytest.raises(RuleViolation, match=r"conflict\.no_choice"):
        two.a.do(EventKind.RESOLVED, target=list(second.key), choice="toss")


def test_two_people_who_choose_differently_contend_again(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    second = two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    two.meet()
    two.a.do(EventKind.RESOLVED, target=list(second.key), choice="keep")
    other = two.b.do(EventKind.RESOLVED, target=list(second.key), choice="take")
    case = two.meet()
    assert [c.key for c in case.contentions] == [other.key]
    two.b.do(EventKind.RESOLVED, target=list(other.key), choice="take")
    case = two.meet()
    assert case.lead is not None and (case.lead.unit, case.contentions) == (OTHER, ())


@pytest.mark.parametrize("choice", ["keep", "take"])
def test_a_choice_that_was_taken_back_contends_with_no_other(two: Two, choice: str) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    second = two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    two.meet()
    chosen = two.a.do(EventKind.RESOLVED, target=list(second.key), choice="keep")
    two.a.do(EventKind.UNDONE, target=list(chosen.key))
    two.b.do(EventKind.RESOLVED, target=list(second.key), choice=choice)
    case = two.meet()
    assert case.contentions == ()
    assert case.lead is not None and case.lead.unit == (UNIT if choice == "keep" else OTHER)


@pytest.mark.parametrize("unit", [UNIT, OTHER])
def test_a_deed_that_was_taken_back_contends_with_no_other(two: Two, unit: str) -> None:
    dispatched = two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.a.do(EventKind.UNDONE, target=list(dispatched.key))
    two.b.do(EventKind.DISPATCHED, **given_to(unit))
    case = two.meet()
    assert (case.contentions, case.refused) == ((), ())
    assert case.lead is not None and case.lead.unit == unit


@pytest.mark.parametrize("seen", [True, False])
def test_a_note_that_was_taken_back_contends_with_no_deed(two: Two, seen: bool) -> None:
    noted = two.a.do(EventKind.NOTED, text="记")
    if seen:
        two.meet()
    two.a.do(EventKind.UNDONE, target=list(noted.key))
    two.b.do(EventKind.DISPATCHED, **given_to(UNIT))
    case = two.meet()
    assert (case.contentions, case.refused, case.state) == ((), (), CaseState.DISPATCHED)


@pytest.mark.parametrize("kind", [EventKind.NOTED, EventKind.DISPATCHED])
def test_a_deed_and_its_undo_hold_beside_what_somebody_did_meanwhile_that_does_not_stand(two: Two, kind: str) -> None:
    theirs = two.a.do(kind, text="记", **given_to(OTHER))
    if kind == EventKind.DISPATCHED:
        two.a.do(EventKind.UNDONE, target=list(theirs.key))
    mine = two.b.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.b.do(EventKind.UNDONE, target=list(mine.key))
    case = two.meet()
    assert (case.contentions, case.refused, case.state) == ((), (), CaseState.FILED)


def test_an_undo_waits_for_a_choice_where_another_deed_came_and_went(two: Two) -> None:
    """To undo takes that nothing came since; what came was taken back, but the undo must not be lost silently."""
    two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    two.meet()
    assert two.b.case.last is not None
    signed = two.a.do(EventKind.SIGNED, unit=OTHER)
    two.a.do(EventKind.UNDONE, target=list(signed.key))
    undone = two.b.do(EventKind.UNDONE, target=list(two.b.case.last))
    case = two.meet()
    assert [c.key for c in case.contentions] == [undone.key]


def test_what_the_later_side_did_next_goes_on_with_its_branch(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    second = two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    two.b.do(EventKind.SIGNED, unit=OTHER)
    two.b.do(EventKind.ATTACHED, sha256="ab")
    case = two.meet()
    (contention,) = case.contentions
    assert (case.state, contention.branch.state, case.attachments) == (CaseState.DISPATCHED, CaseState.HANDLING, 1)
    two.b.do(EventKind.RESOLVED, target=list(second.key), choice="take")
    case = two.meet()
    assert (case.state, case.attachments) == (CaseState.HANDLING, 1)


def test_what_was_done_on_the_standing_side_meanwhile_is_named_when_the_other_is_taken(two: Two) -> None:
    first = two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    second = two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    two.meet()
    signed = two.a.do(EventKind.SIGNED, unit=UNIT)
    two.a.do(EventKind.NOTED, text="已到现场")
    case = two.meet()
    assert case.contentions[0].against == (first.key, signed.key)
    two.b.do(EventKind.RESOLVED, target=list(second.key), choice="take")
    case = two.meet()
    assert case.lead is not None and case.lead.unit == OTHER
    assert case.refused == (first.key, signed.key)


def test_what_the_later_side_took_back_itself_contends_no_more(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    second = two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    two.b.do(EventKind.UNDONE, target=list(second.key))
    case = two.meet()
    assert case.contentions == ()
    assert case.lead is not None and case.lead.unit == UNIT


def handled_and_known(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.a.do(EventKind.SIGNED, unit=UNIT)
    two.a.do(EventKind.FED_BACK, unit=UNIT, result="已修好")
    two.meet()


def verified_and_known(two: Two) -> None:
    handled_and_known(two)
    two.a.do(EventKind.VERIFIED, unit=UNIT)
    two.meet()


def test_one_closes_and_one_returns_to_work(two: Two) -> None:
    handled_and_known(two)
    two.a.do(EventKind.VERIFIED, unit=UNIT)
    two.a.do(EventKind.CLOSED, closing_condition_met=True)
    reworked = two.b.do(EventKind.REWORKED, unit=UNIT, reason="照片不符")
    case = two.meet()
    assert (case.state, [c.key for c in case.contentions]) == (CaseState.CLOSED, [reworked.key])
    two.b.do(EventKind.RESOLVED, target=list(reworked.key), choice="take")
    case = two.meet()
    assert (case.state, case.reworks, case.closed_at) == (CaseState.HANDLING, 1, None)


def test_one_closes_and_one_voids(two: Two) -> None:
    verified_and_known(two)
    two.a.do(EventKind.CLOSED, closing_condition_met=True)
    voided = two.b.do(EventKind.VOIDED, reason="重复登记")
    case = two.meet()
    assert (case.state, [c.key for c in case.contentions]) == (CaseState.CLOSED, [voided.key])


def test_both_close_counts_once(two: Two) -> None:
    verified_and_known(two)
    two.a.do(EventKind.CLOSED, closing_condition_met=True)
    two.b.do(EventKind.CLOSED, closing_condition_met=True)
    case = two.meet()
    assert (case.state, case.contentions, case.refused) == (CaseState.CLOSED, (), ())


def test_notes_photos_and_urges_always_apply(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.b.do(EventKind.NOTED, text="居民来电")
    two.b.do(EventKind.ATTACHED, sha256="ab")
    two.b.do(EventKind.URGED, text="尽快")
    case = two.meet()
    assert (case.contentions, case.refused, case.attachments, case.urges) == ((), (), 1, 1)
    assert case.state is CaseState.DISPATCHED
    two.a.do(EventKind.NOTED, text="居民又来电")
    two.b.do(EventKind.SIGNED, unit=UNIT)
    assert two.meet().contentions == (), "a note is nothing to have missed"


def test_a_level_and_a_units_step_stand_together(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.meet()
    two.a.do(EventKind.ESCALATED, reason="重大")
    two.b.do(EventKind.SIGNED, unit=UNIT)
    case = two.meet()
    assert (case.contentions, case.level, case.state) == ((), 4, CaseState.HANDLING)


@pytest.mark.parametrize("kind", [EventKind.ESCALATED, EventKind.VOIDED])
def test_a_level_contends_with_another_deed_that_is_no_units(two: Two, kind: EventKind) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.b.do(kind, reason="重大")
    assert len(two.meet().contentions) == 1


@pytest.mark.parametrize(("facts", "contended"), [({"title": "路灯全灭"}, 0), ({"standard": "S2"}, 1)])
def test_facts_are_merged_with_those_that_a_filing_brings(facts: Mapping[str, Any], contended: int) -> None:
    hub = Hub()
    one, other = Desk(hub, "a"), Desk(hub, "b")
    registered(one)
    one.sync()
    other.sync()
    one.do(EventKind.FILED, facts={"standard": "S1", "grid": "371002001001001"})
    other.do(EventKind.AMENDED, facts=facts)
    one.sync()
    other.sync()
    assert (other.case.state, len(other.case.contentions)) == (CaseState.FILED, contended)


def test_an_urge_of_a_case_that_was_closed_meanwhile_has_no_effect_and_asks_nobody(two: Two) -> None:
    two.a.do(EventKind.VOIDED, reason="误报")
    urge = two.b.do(EventKind.URGED, text="尽快")
    case = two.meet()
    assert (case.contentions, case.refused) == ((), (urge.key,))


def test_two_units_act_on_their_own_parts(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT, OTHER))
    two.meet()
    two.a.do(EventKind.SIGNED, unit=UNIT)
    two.b.do(EventKind.SIGNED, unit=OTHER)
    case = two.meet()
    assert case.contentions == ()
    assert {a.state.value for a in case.assignments} == {"handling"}


@pytest.mark.parametrize(("theirs", "contended"), [({"address": "海滨路1号"}, 0), ({"title": "路灯全灭"}, 1)])
def test_facts_are_merged_field_by_field(two: Two, theirs: Mapping[str, Any], contended: int) -> None:
    two.a.do(EventKind.AMENDED, facts={"title": "路灯半亮"})
    two.b.do(EventKind.AMENDED, facts=theirs)
    case = two.meet()
    assert (case.facts.title, len(case.contentions)) == ("路灯半亮", contended)
    assert case.facts.address == theirs.get("address", "")


def test_a_kind_of_a_newer_version_contends_with_nothing(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    newer = two.b.do("case_blessed", by="somebody")
    assert is_beside(newer) and is_beside(replace(newer, kind=EventKind.DISPATCHED, version=2))
    case = two.meet()
    assert (case.contentions, case.refused) == ((), ())


def test_the_same_case_registered_by_two_desks_stands_once() -> None:
    two = Two(Hub())
    twin = Desk(two.hub, "c")
    registered(twin)
    twin.sync()
    assert (two.meet().contentions, two.a.case.state) == ((), CaseState.FILED)


def test_a_case_registered_again_by_who_had_not_seen_what_was_done_asks_nobody(two: Two) -> None:
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    registered(two.b)
    case = two.meet()
    assert (case.state, case.contentions, case.refused) == (CaseState.DISPATCHED, (), ())


MOVES = st.lists(st.tuples(st.integers(0, 2), st.integers(-1, len(ACTS) + 1)), max_size=40)


@given(MOVES)
def test_whatever_three_desks_do_all_end_with_the_same_case_and_every_event(moves: list[tuple[int, int]]) -> None:
    two = Two()
    third = Desk(two.hub, "c")
    third.sync()
    desks = (two.a, two.b, third)
    done = 0
    for who, act in moves:
        before = len(desks[who].mine) + len(two.hub.events)
        move(desks[who], act)
        done += len(desks[who].mine) + len(two.hub.events) - before
    for desk in (*desks, *desks):
        desk.sync()
    cases = [desk.case for desk in desks]
    assert cases[0] == cases[1] == cases[2]
    assert cases[0].version == len(two.hub.events) == done + 2
    for contention in cases[0].contentions:
        assert contention.key in cases[0].refused
        assert not set(contention.against) & set(contention.events)


@given(MOVES)
def test_one_desk_alone_never_contends(moves: list[tuple[int, int]]) -> None:
    two = Two()
    for _who, act in moves:
        move(two.a, act)
    case = two.meet()
    assert (case.contentions, case.refused) == ((), ())


def test_the_order_decides_which_side_stands_not_the_clock(two: Two) -> None:
    second = two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    late = two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.a.mine[-1] = replace(late, hlc=second.hlc + (1 << 40))
    assert two.meet().contentions[0].key == second.key
