"""Undo goes back step by step, as long as nobody else acted on the case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.case import Case, CaseState
from gridclient.domain.events import Event, EventKind, to_seconds
from gridclient.domain.fold import fold, fold_all
from gridclient.domain.replacing import replace
from tests.fakes.case_history import LEAD, START, History, clock, dispatched, filed, handled, refused
from tests.fakes.two_desks import ACTS, OTHER, UNIT, Desk, Two, given_to, move


def undo(history: History, device: str = "d1") -> Case:
    assert history.case is not None and history.case.last is not None
    return history.do(EventKind.UNDONE, device, target=list(history.case.last))


def cannot_undo(history: History, code: str) -> None:
    assert history.case is not None and history.case.last is not None
    refused(history, code, EventKind.UNDONE, target=list(history.case.last))


def facts_of(case: Case | None) -> Case:
    """The case without how often it changed."""
    assert case is not None
    return replace(case, version=0, previous=())


def test_an_action_nobody_acted_on_can_be_undone() -> None:
    history = dispatched()
    case = undo(history)
    assert case.state is CaseState.FILED and not case.assignments
    assert case.version == len(history.events)


def test_undo_goes_back_step_by_step_to_the_registration_and_not_behind_it() -> None:
    history = handled()
    assert [undo(history).state for _ in range(4)] == [
        CaseState.HANDLING,
        CaseState.DISPATCHED,
        CaseState.FILED,
        CaseState.REPORTED,
    ]
    cannot_undo(history, "case.not_undoable")


def test_a_step_that_follows_what_was_undone_is_undone_before_what_came_before_it() -> None:
    history = filed()
    before = facts_of(history.case)
    history.do(EventKind.NOTED, text="已电话通知")
    history.do(EventKind.NOTED, text="写错了")
    undo(history)
    history.do(EventKind.ATTACHED, sha256="ab")
    assert undo(history).attachments == 0
    assert facts_of(undo(history)) == before


def test_a_step_before_the_last_one_is_not_undone_first() -> None:
    history = dispatched()
    target = list(history.case.last or ()) if history.case else []
    history.do(EventKind.NOTED, text="已电话通知")
    refused(history, "case.acted_on_since", EventKind.UNDONE, target=target)


def test_an_undoing_of_a_step_before_the_last_one_takes_neither_back_when_all_is_folded_anew() -> None:
    history = dispatched()
    target = list(history.case.last or ()) if history.case else []
    history.do(EventKind.ATTACHED, sha256="ab")
    undoing = history.event(EventKind.UNDONE, {"target": target})
    case = fold_all([*history.events, undoing])
    assert case is not None
    assert (case.state, case.attachments, case.refused) == (CaseState.DISPATCHED, 1, (undoing.key,))


def test_the_same_step_is_not_undone_twice() -> None:
    history = dispatched()
    target = list(history.case.last or ()) if history.case else []
    undo(history)
    refused(history, "case.acted_on_since", EventKind.UNDONE, target=target)


def test_what_another_desk_did_is_not_undone() -> None:
    history = dispatched()
    history.do(EventKind.SIGNED, "d2", unit=LEAD)
    cannot_undo(history, "case.acted_on_since")


def test_nothing_is_undone_that_another_desk_acted_on_although_it_took_that_back() -> None:
    history = dispatched()
    history.do(EventKind.NOTED, "d2", text="已电话通知")
    undo(history, "d2")
    cannot_undo(history, "case.not_undoable")
    history.do(EventKind.SIGNED, unit=LEAD)
    assert undo(history).state is CaseState.DISPATCHED
    cannot_undo(history, "case.not_undoable")


def test_what_stood_before_new_deadlines_is_not_undone() -> None:
    history = dispatched()
    history.do(EventKind.RECOMPUTED, dues=[clock("handle", 8, LEAD) | {"due": to_seconds(START)}])
    cannot_undo(history, "case.not_undoable")
    history.do(EventKind.NOTED, text="已电话通知")
    assert undo(history).due == START
    cannot_undo(history, "case.not_undoable")


def told_undone(kind: str, *, version: int = 1, undo_version: int = 1) -> tuple[Case, Event]:
    """The case after a step and its undoing, as another program may have written both; and that undoing."""
    history = filed()
    moved = clock("dispatch", 1) | {"due": to_seconds(START)}
    step = replace(history.event(kind, {"dues": [moved], "sha256": "ab"}), version=version)
    history.events.append(step)
    undone = replace(history.event(EventKind.UNDONE, {"target": list(step.key)}), version=undo_version)
    case = fold_all([*history.events, undone])
    assert case is not None
    return case, undone


def test_the_undoing_of_what_cannot_be_undone_has_no_effect() -> None:
    case, undone = told_undone(EventKind.RECOMPUTED)
    assert (case.due, case.refused) == (START, (undone.key,))
    case, undone = told_undone(EventKind.ATTACHED, version=2)
    assert case.refused == (undone.key,), "what a newer program did is not known here"


def test_an_undoing_of_a_newer_program_is_not_taken_for_one_of_this() -> None:
    case, undone = told_undone(EventKind.ATTACHED, undo_version=2)
    assert (case.attachments, case.last) == (1, undone.key)


@given(st.lists(st.sampled_from(["note", "photo", "urge", "undo"]), max_size=30))
def test_a_case_is_as_if_nobody_had_done_what_was_undone(keys: list[str]) -> None:
    deeds = {"note": EventKind.NOTED, "photo": EventKind.ATTACHED, "urge": EventKind.URGED}
    history, plain = filed(), filed()
    kept: list[str] = []
    for key in keys:
        if key != "undo":
            kept.append(key)
            history.do(deeds[key], text="记", sha256="ab")
        elif kept:
            kept.pop()
            undo(history)
    for key in kept:
        plain.do(deeds[key], text="记", sha256="ab")
    assert history.case is not None and plain.case is not None
    assert replace(facts_of(history.case), last_event=None) == replace(facts_of(plain.case), last_event=None)
    assert len(history.case.previous) == len(plain.case.previous)


# -- two desks -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two() -> Two:
    """A desk has dispatched the case and noted something, and the other one knows it."""
    made = Two()
    made.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    made.a.do(EventKind.NOTED, text="已电话通知")
    made.meet()
    return made


def undo_at(desk: Desk) -> Event:
    last = desk.case.last
    assert last is not None
    return desk.do(EventKind.UNDONE, target=list(last))


def test_what_was_sent_is_undone_step_by_step_if_nobody_acted(two: Two) -> None:
    undo_at(two.a)
    two.meet()
    undo_at(two.a)
    case = two.meet()
    assert (case.state, case.refused, case.contentions) == (CaseState.FILED, (), ())


def test_a_deed_that_meets_an_undo_of_more_than_one_step_waits_for_a_choice(two: Two) -> None:
    undo_at(two.a)
    undone = undo_at(two.a)
    signed = two.b.do(EventKind.SIGNED, unit=UNIT)
    case = two.meet()
    assert (case.state, [c.key for c in case.contentions]) == (CaseState.FILED, [signed.key])
    assert undone.key in case.contentions[0].against
    two.b.do(EventKind.RESOLVED, target=list(signed.key), choice="take")
    assert two.meet().state is CaseState.HANDLING


@pytest.mark.parametrize(("choice", "state"), [("keep", CaseState.HANDLING), ("take", CaseState.FILED)])
def test_an_undo_of_more_than_one_step_that_meets_a_deed_waits_for_a_choice(
    two: Two, choice: str, state: CaseState
) -> None:
    undone = [undo_at(two.a), undo_at(two.a)]
    two.b.do(EventKind.SIGNED, unit=UNIT)
    two.b.sync()
    case = two.meet()
    assert case.state is CaseState.HANDLING
    assert [c.events for c in case.contentions] == [tuple(event.key for event in undone)]
    two.b.do(EventKind.RESOLVED, target=list(undone[0].key), choice=choice)
    assert two.meet().state is state


@pytest.mark.parametrize("first", ["a", "b"])
def test_two_desks_of_which_each_undoes_its_own_end_with_the_same_case(two: Two, first: str) -> None:
    for desk in (two.a, two.b):
        desk.do(EventKind.ATTACHED, sha256="ab")
        desk.do(EventKind.ATTACHED, sha256="cd")
        undo_at(desk)
        undo_at(desk)
    (two.a if first == "a" else two.b).sync()
    case = two.meet()
    assert (case.attachments, case.contentions, case.refused) == (0, (), ())
    assert case.state is CaseState.DISPATCHED


@pytest.mark.parametrize("note_first", [True, False])
def test_an_undo_of_what_another_desk_noted_upon_has_no_effect(two: Two, note_first: bool) -> None:
    two.b.do(EventKind.NOTED, text="居民来电")
    undone = [undo_at(two.a), undo_at(two.a)]
    (two.b if note_first else two.a).sync()
    case = two.meet()
    assert case.refused == (tuple(event.key for event in undone) if note_first else ())
    assert case.state is (CaseState.DISPATCHED if note_first else CaseState.FILED)


@pytest.mark.parametrize("first", ["a", "b"])
@pytest.mark.parametrize("kind", [EventKind.ATTACHED, EventKind.NOTED, EventKind.AMENDED, EventKind.ESCALATED])
def test_what_was_done_and_undone_without_a_line_contends_with_no_deed(two: Two, kind: EventKind, first: str) -> None:
    two.a.do(kind, sha256="ab", text="记", facts={"title": "路灯半亮"}, reason="重大")
    two.a.do(EventKind.NOTED, text="记")
    undo_at(two.a)
    undo_at(two.a)
    two.b.do(EventKind.SIGNED, unit=UNIT)
    (two.a if first == "a" else two.b).sync()
    case = two.meet()
    assert (case.contentions, case.refused, case.state) == ((), (), CaseState.HANDLING)
    assert (case.attachments, case.facts.title, case.level) == (0, "路灯不亮", 3)


DEEDS = st.integers(0, len(ACTS) - 1)
UNDO = len(ACTS) + 1


@given(st.lists(DEEDS, max_size=5), st.lists(DEEDS | st.just(UNDO), max_size=6), st.lists(DEEDS), st.booleans())
def test_who_undid_all_that_was_done_without_a_line_has_done_nothing(
    known: list[int], away: list[int], theirs: list[int], first: bool
) -> None:
    done, plain = Two(), Two()
    for act in known:
        move(done.a, act)
        move(plain.a, act)
    before = facts_of(done.meet())
    assert before == facts_of(plain.meet())
    ways_back = len(done.a.case.previous)
    for act in away:
        if act != UNDO or len(done.a.case.previous) > ways_back:
            move(done.a, act)
    while len(done.a.case.previous) > ways_back:
        undo_at(done.a)
    assert facts_of(done.a.case) == before
    for act in theirs:
        move(done.b, act)
        move(plain.b, act)
    (done.a if first else done.b).sync()
    assert facts_of(done.meet()) == facts_of(plain.meet())


@given(st.lists(st.tuples(st.booleans(), st.integers(0, UNDO))))
def test_a_case_is_the_same_folded_event_by_event_or_anew(acts: list[tuple[bool, int]]) -> None:
    two = Two()
    for by_other, act in acts:
        move(two.b if by_other else two.a, act)
        two.meet()
    one_by_one: Case | None = None
    for event in two.hub.events:
        one_by_one = fold(one_by_one, event)
    assert one_by_one == two.a.case


@pytest.mark.parametrize("choice", ["keep", "take"])
def test_a_photo_that_the_waiting_side_undid_is_on_neither_side(two: Two, choice: str) -> None:
    two.a.do(EventKind.SIGNED, unit=UNIT)
    voided = two.b.do(EventKind.VOIDED, reason="误报")
    two.b.do(EventKind.ATTACHED, sha256="ab")
    undo_at(two.b)
    kept = two.b.do(EventKind.ATTACHED, sha256="cd")
    case = two.meet()
    assert (case.attachments, case.refused) == (1, (voided.key,))
    (contention,) = case.contentions
    assert (contention.branch.attachments, contention.events) == (1, (voided.key, kept.key))
    two.b.do(EventKind.RESOLVED, target=list(voided.key), choice=choice)
    assert two.meet().attachments == 1


def test_the_later_side_takes_back_all_that_it_did_and_contends_no_more(two: Two) -> None:
    two.b.do(EventKind.REASSIGNED, **given_to(OTHER), reason="管辖调整")
    two.meet()
    two.a.do(EventKind.SIGNED, unit=OTHER)
    two.b.do(EventKind.VOIDED, reason="误报")
    two.b.do(EventKind.NOTED, text="已电话通知")
    undo_at(two.b)
    undo_at(two.b)
    case = two.meet()
    assert (case.state, case.contentions) == (CaseState.HANDLING, ())


def test_new_deadlines_reach_every_step_that_the_waiting_side_may_still_undo(two: Two) -> None:
    two.a.do(EventKind.SIGNED, unit=UNIT)
    limit = clock("handle", 8, OTHER)
    two.b.do(EventKind.REASSIGNED, **given_to(OTHER), reason="管辖调整", clocks=[limit])
    signed = two.b.do(EventKind.SIGNED, unit=OTHER)
    fed_back = two.b.do(EventKind.FED_BACK, unit=OTHER, result="已修好")
    two.a.sync()
    two.hub.events += two.b.mine
    two.a.sync()
    two.a.do(EventKind.RECOMPUTED, dues=[limit | {"due": to_seconds(START)}])
    two.a.sync()
    two.hub.events += [two.b.do(EventKind.UNDONE, target=list(step.key)) for step in (fed_back, signed)]
    two.a.sync()
    (contention,) = two.a.case.contentions
    assert (contention.branch.state, contention.branch.due) == (CaseState.DISPATCHED, START)
