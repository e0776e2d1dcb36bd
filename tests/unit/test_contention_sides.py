"""Who stands on which side while a choice waits: three desks, what follows on a side, and what asks nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridclient.domain.case import CaseState
from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import Event, EventKind
from gridclient.domain.fold import fold_all
from tests.fakes.case_history import LEAD, History, filed
from tests.fakes.two_desks import OTHER, UNIT, Desk, Two, given_to

THIRD = "u-3"


@pytest.fixture
def two() -> Two:
    return Two()


@pytest.fixture
def third(two: Two) -> Desk:
    desk = Desk(two.hub, "c")
    desk.sync()
    return desk


def dispatched(desk: Desk, unit: str) -> Event:
    return desk.do(EventKind.DISPATCHED, **given_to(unit))


def test_each_of_three_desks_has_a_side_of_its_own_and_one_choice_leaves_the_other_waiting(
    two: Two, third: Desk
) -> None:
    first, second, last = dispatched(two.a, UNIT), dispatched(two.b, OTHER), dispatched(third, THIRD)
    two.meet()
    third.sync()
    case = two.meet()
    assert case.refused == (second.key, last.key)
    assert [c.key for c in case.contentions] == [second.key, last.key]
    assert all(c.base.contentions == () and c.base.previous == () for c in case.contentions)
    two.a.do(EventKind.RESOLVED, target=list(second.key), choice="keep")
    (left,) = two.meet().contentions
    assert (left.key, left.against) == (last.key, (first.key,)), "to choose is no deed of a side"
    two.a.do(EventKind.RESOLVED, target=list(last.key), choice="take")
    case = two.meet()
    assert case.lead is not None and (case.lead.unit, case.refused) == (THIRD, (second.key, first.key))


def test_what_the_standing_side_did_and_took_back_is_not_against_the_other(two: Two) -> None:
    first, _ = dispatched(two.a, UNIT), dispatched(two.b, OTHER)
    two.meet()
    signed = two.a.do(EventKind.SIGNED, unit=UNIT)
    assert two.a.case.contentions[0].against == (first.key, signed.key)
    two.a.do(EventKind.UNDONE, target=list(signed.key))
    assert two.meet().contentions[0].against == (first.key,)


def test_what_follows_on_the_later_side_has_no_effect_on_the_side_that_stands(two: Two) -> None:
    dispatched(two.a, UNIT)
    second = two.b.do(EventKind.DISPATCHED, **given_to(OTHER, UNIT))
    signed = two.b.do(EventKind.SIGNED, unit=UNIT)
    case = two.meet()
    assert (case.refused, case.contentions[0].events) == ((second.key, signed.key), (second.key, signed.key))
    assert case.state is CaseState.DISPATCHED, "its lead signed on the other side only"


def test_to_have_missed_what_does_not_stand_is_to_have_missed_nothing(two: Two, third: Desk) -> None:
    dispatched(two.a, UNIT)
    two.a.sync()
    third.sync()
    dispatched(two.b, OTHER)
    (waiting,) = two.meet().contentions
    third.do(EventKind.SIGNED, unit=UNIT)
    third.sync()
    case = two.meet()
    assert ([c.key for c in case.contentions], case.state) == ([waiting.key], CaseState.HANDLING)


def test_an_undo_that_crosses_a_note_has_no_effect_and_asks_nobody(two: Two) -> None:
    first = dispatched(two.b, UNIT)
    two.meet()
    two.a.do(EventKind.NOTED, text="居民来电")
    undone = two.b.do(EventKind.UNDONE, target=list(first.key))
    case = two.meet()
    assert (case.contentions, case.refused, case.state) == ((), (undone.key,), CaseState.DISPATCHED)


def test_after_what_had_no_effect_nothing_before_it_is_taken_back(two: Two) -> None:
    dispatched(two.a, UNIT)
    two.b.do(EventKind.DISPATCHED, **given_to(OTHER))
    case = two.meet()
    assert (case.previous, case.last) == ((), two.hub.events[-1].key)


@pytest.mark.parametrize("seen", [0, 1])
def test_a_step_that_was_forbidden_where_its_author_took_it_has_no_side(seen: int) -> None:
    """Another desk may have written anything: nobody can sign what was not dispatched, or is not there."""
    history = filed()
    strange = replace(history.event(EventKind.SIGNED, {"unit": LEAD}, "d2"), base=seen)
    case = fold_all([*history.events, strange])
    assert case is not None and (case.contentions, case.refused) == ((), (strange.key,))
    again = replace(strange, key=strange.key._replace(seq=9))
    case = fold_all([*history.events, strange, again])
    assert case is not None and case.refused == (strange.key, again.key)


def test_what_came_before_the_registration_is_counted_nowhere() -> None:
    strange, known = History(), filed()
    assert fold_all([strange.event(EventKind.SIGNED, {"unit": LEAD}, "d2"), *known.events]) == known.case


def test_who_waited_goes_right_behind_what_it_waited_for_before_what_came_later(two: Two) -> None:
    dispatch = dispatched(two.a, UNIT)
    two.meet()
    steps = [two.b.do(EventKind.SIGNED, unit=UNIT), two.b.do(EventKind.FED_BACK, unit=UNIT, result="已修好")]
    voided = two.a.do(EventKind.VOIDED, reason="误报")
    case = fold_all([*two.hub.events[:2], *steps, dispatch, voided])
    assert case is not None and case.state is CaseState.HANDLED
    assert [c.key for c in case.contentions] == [voided.key]
    assert case.last == voided.key, "both steps went before it"


def test_what_stands_beside_the_state_stays_with_the_side_that_is_taken_and_other_choices_wait_on(
    two: Two, third: Desk
) -> None:
    dispatched(two.a, UNIT)
    second, last = dispatched(two.b, OTHER), dispatched(third, THIRD)
    two.meet()
    third.sync()
    two.a.do(EventKind.ATTACHED, sha256="ab")
    two.a.do(EventKind.URGED, text="尽快")
    two.meet()
    two.a.do(EventKind.RESOLVED, target=list(second.key), choice="take")
    case = two.meet()
    assert case.lead is not None and case.lead.unit == OTHER
    assert (case.attachments, case.urges, case.version) == (1, 1, len(two.hub.events))
    assert [c.key for c in case.contentions] == [last.key]


@pytest.mark.parametrize("choice", ["keep", "take"])
def test_who_voids_a_case_without_having_seen_a_choice_asks_a_person_whichever_side_was_chosen(
    two: Two, third: Desk, choice: str
) -> None:
    dispatched(two.a, UNIT)
    later = dispatched(two.b, OTHER)
    two.meet()
    two.a.do(EventKind.RESOLVED, target=list(later.key), choice=choice)
    two.meet()
    voided = third.do(EventKind.VOIDED, reason="误报")
    third.sync()
    case = two.meet()
    assert (case.state, [c.key for c in case.contentions]) == (CaseState.DISPATCHED, [voided.key])


@pytest.fixture
def three_sides(two: Two, third: Desk) -> list[Event]:
    """A dispatch of each of three desks that have not seen each other, placed in this order."""
    given = [dispatched(two.a, UNIT), dispatched(two.b, OTHER), dispatched(third, THIRD)]
    two.hub.events += given
    for desk in (two.a, two.b, third):
        desk.mine.clear()
    return given


def placed_unseen(two: Two, desk: Desk, dispatch: Event, kind: str, **payload: object) -> Event:
    """What a desk did after its dispatch and before it saw any other."""
    desk.mine.append(dispatch)
    event = desk.do(kind, **payload)
    two.hub.events.append(event)
    desk.mine.clear()
    return event


def test_a_step_that_one_of_two_later_sides_took_back_waits_no_more_and_the_other_does(
    two: Two, three_sides: list[Event]
) -> None:
    _, second, last = three_sides
    placed_unseen(two, two.b, second, EventKind.UNDONE, target=list(second.key))
    case = two.meet()
    assert case.lead is not None and case.lead.unit == UNIT
    assert [c.events for c in case.contentions] == [(last.key,)]


def test_what_one_of_two_later_sides_did_next_goes_on_with_its_branch_alone(two: Two, three_sides: list[Event]) -> None:
    _, second, last = three_sides
    signed = placed_unseen(two, two.b, second, EventKind.SIGNED, unit=OTHER)
    case = two.meet()
    assert [c.events for c in case.contentions] == [(second.key, signed.key), (last.key,)]


def test_a_choice_is_about_the_side_that_it_names(two: Two, three_sides: list[Event]) -> None:
    _, second, last = three_sides
    two.meet()
    two.a.do(EventKind.RESOLVED, target=list(last.key), choice="keep")
    assert [c.key for c in two.meet().contentions] == [second.key]
    with pytest.raises(RuleViolation, match=r"conflict\.unknown"):
        two.a.do(EventKind.RESOLVED, target=list(last.key), choice="keep")


def test_what_a_later_side_could_not_do_on_its_branch_is_refused(two: Two) -> None:
    dispatched(two.a, UNIT)
    later = dispatched(two.b, OTHER)
    two.b.mine[-1] = wrong = replace(two.b.do(EventKind.NOTED, text="记"), kind=EventKind.REOPENED)
    case = two.meet()
    assert (case.refused, [c.events for c in case.contentions]) == ((later.key, wrong.key), [(later.key,)])


def test_an_undoing_of_a_step_that_both_had_seen_asks_a_person_where_the_other_voided_the_case(two: Two) -> None:
    first = dispatched(two.a, UNIT)
    two.meet()
    two.a.do(EventKind.UNDONE, target=list(first.key))
    voided = two.b.do(EventKind.VOIDED, reason="误报")
    case = two.meet()
    assert (case.state, [c.key for c in case.contentions]) == (CaseState.FILED, [voided.key])
