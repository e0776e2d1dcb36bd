"""Deadlines that a new legal calendar moved: in the fold of a case, and after a round of the worker."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from gridclient.domain.case import Case, CaseState
from gridclient.domain.errors import Cancelled, StoreUnavailable
from gridclient.domain.events import Event, EventKind, to_seconds
from gridclient.services import recomputing as service
from gridclient.services.rows import Changes
from gridclient.services.sync_port import RoundEnd
from gridclient.sync.orders import (
    Answered,
    Changed,
    Committed,
    ExportBundle,
    ImportBundle,
    Order,
    RoundEnded,
    Stop,
    StopBundle,
    SyncNow,
)
from tests.fakes.case_history import LEAD, START, clock, dispatched, parts, refused
from tests.fakes.two_desks import OTHER, UNIT, Desk, Two, given_to
from tests.fakes.two_desks import START as BEGUN
from tests.fakes.worker_stage import TOWN, Stage


def recomputing(case: Case | None, days: int = 1) -> dict[str, Any]:
    """What a desk says whose calendar moves the lead's handling clock."""
    assert case is not None
    handling = next(c for c in reversed(case.clocks) if c.stage == "handle" and c.unit == LEAD)
    due = to_seconds(handling.due + timedelta(days=days))
    return {"dues": [{"stage": "handle", "unit": LEAD, "started": to_seconds(handling.started), "due": due}]}


def test_a_new_calendar_moves_only_the_clocks_it_names() -> None:
    history = dispatched()
    before = history.case
    case = history.do(EventKind.RECOMPUTED, **recomputing(before))
    assert before is not None and before.due is not None and before.lead is not None
    assert case.due == before.due + timedelta(days=1)
    assert case.lead is not None and case.lead.due == before.lead.due + timedelta(days=1)
    assert [c.due for c in case.clocks if c.stage != "handle"] == [c.due for c in before.clocks if c.stage != "handle"]


def test_the_same_recomputing_of_two_desks_is_as_one() -> None:
    history = dispatched()
    payload = recomputing(history.case)
    once = history.do(EventKind.RECOMPUTED, **payload)
    twice = history.do(EventKind.RECOMPUTED, device="d2", **payload)
    assert (twice.due, twice.assignments, twice.clocks) == (once.due, once.assignments, once.clocks)


def test_a_recomputing_that_comes_after_another_dispatch_leaves_its_limit() -> None:
    history = dispatched()
    late = recomputing(history.case)
    anew = [clock("handle", 48, LEAD) | {"started": to_seconds(START + timedelta(hours=2))}]
    history.do(EventKind.REASSIGNED, assignments=parts(LEAD, hours=48), clocks=anew, reason="改派")
    before = history.case
    case = history.do(EventKind.RECOMPUTED, device="d2", **late)
    assert before is not None and (case.due, case.lead) == (before.due, before.lead)


def test_how_long_a_unit_may_give_a_case_back_moves_too() -> None:
    history = dispatched()
    before = history.case
    assert before is not None and before.lead is not None
    part = before.lead
    until = part.return_until + timedelta(days=3)
    started = to_seconds(part.dispatched_at)
    case = history.do(
        EventKind.RECOMPUTED, dues=[{"stage": "return", "unit": LEAD, "started": started, "due": to_seconds(until)}]
    )
    assert case.lead is not None
    assert (case.lead.return_until, case.lead.due, case.clocks) == (until, part.due, before.clocks)


def test_a_recomputing_is_not_taken_back() -> None:
    history = dispatched()
    case = history.do(EventKind.RECOMPUTED, **recomputing(history.case))
    refused(history, "case.not_undoable", EventKind.UNDONE, target=list(case.last or ()))


class Recomputing:
    """Moves one case, once: what was ended between two portions comes again."""

    def __init__(self, stage: Stage, order: Order | None = None) -> None:
        """``order`` comes while it is at work."""
        self._stage, self._orders = stage, [order] if order is not None else []
        self.left = [Changes(frozenset({"c1"}))]
        self.ended = 0

    def __call__(self, advance: Callable[[int, int], None]) -> Changes:
        if not self.left:
            return Changes()
        while self._orders:
            self._stage.during.append(self._orders.pop())
        try:
            advance(1, 2)
        except Cancelled:
            self.ended += 1
            return Changes()
        return self.left.pop()


def test_deadlines_that_a_round_moved_are_told_and_go_to_the_hub_soon() -> None:
    stage = Stage()
    stage.recompute = Recomputing(stage)
    stage.run(until=20)
    assert stage.rounds() == [0, 2]
    assert Changes(frozenset({"c1"})) in [told.changes for _, told in stage.told if isinstance(told, Changed)]


def test_who_ends_the_desk_does_not_wait_for_deadlines() -> None:
    stage = Stage()
    stage.recompute = recomputing = Recomputing(stage, Stop())
    stage.run()
    assert recomputing.left


@pytest.mark.parametrize("order", [Committed(), SyncNow(), StopBundle(7)])
def test_no_order_waits_for_deadlines_and_they_go_on_after_it(order: Order) -> None:
    stage = Stage()
    stage.recompute = recomputing = Recomputing(stage, order)
    stage.run(until=30)
    assert recomputing.ended == 1
    assert not recomputing.left


def test_deadlines_that_fail_hide_neither_round_nor_stick(tmp_path: Path) -> None:
    def failing(_advance: object) -> Changes:
        raise StoreUnavailable("store.locked")

    stage, file = Stage(), tmp_path / "a.gridbundle"
    enrolment = stage.store.enrolment()
    assert enrolment is not None
    stage.store.keep_enrolment(replace(enrolment, bundle_keys={TOWN: bytes(32)}))
    stage.store.write(TOWN)
    stage.recompute = failing
    stage.run((1, ExportBundle(1, file)), (2, ImportBundle(2, file)))
    answers = [told for _, told in stage.told if isinstance(told, Answered)]
    assert [answer.error for answer in answers] == ["", ""]
    assert [t.report.end for _, t in stage.told if isinstance(t, RoundEnded)] == [RoundEnd.DONE]


LIMIT = {"stage": "handle", "unit": OTHER, "limit": "8 work_hour", "started": to_seconds(BEGUN)}


def given_to_other(desk: Desk) -> Event:
    """A dispatch whose clock runs."""
    dispatch = given_to(OTHER)
    (part,) = dispatch["assignments"]
    return desk.do(EventKind.DISPATCHED, **dispatch, clocks=[LIMIT | {"due": part["due"]}])


@pytest.mark.parametrize("before_they_meet", [False, True])
def test_a_new_calendar_moves_the_side_that_waits_too(before_they_meet: bool) -> None:
    two = Two()
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    second = given_to_other(two.b)
    if not before_they_meet:
        two.meet()
    moved = BEGUN + timedelta(days=3)
    two.b.do(EventKind.RECOMPUTED, dues=[LIMIT | {"due": to_seconds(moved)}])
    (contention,) = two.meet().contentions
    assert contention.branch.due == moved
    two.a.do(EventKind.RESOLVED, target=list(second.key), choice="take")
    assert two.a.case.lead is not None and two.a.case.lead.due == moved


def test_what_the_waiting_side_takes_back_brings_no_older_date() -> None:
    two = Two()
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    two.a.sync()
    dispatched = given_to_other(two.b)
    signed = two.b.do(EventKind.SIGNED, unit=OTHER)
    two.hub.events += [dispatched, signed]
    two.a.sync()
    moved = BEGUN + timedelta(days=3)
    two.a.do(EventKind.RECOMPUTED, dues=[LIMIT | {"due": to_seconds(moved)}])
    two.a.sync()
    two.hub.events.append(two.b.do(EventKind.UNDONE, target=list(signed.key)))
    two.a.sync()
    (contention,) = two.a.case.contentions
    assert (contention.branch.state, contention.branch.due) == (CaseState.DISPATCHED, moved)


def test_a_desk_works_out_the_deadlines_of_the_side_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    two = Two()
    two.a.do(EventKind.DISPATCHED, **given_to(UNIT))
    given_to_other(two.b)
    case, moved = two.meet(), BEGUN + timedelta(days=3)
    unit_of_work, advance = Mock(changes=Changes()), Mock()
    unit_of_work.case.return_value = case
    monkeypatch.setattr(service, "deadline_of", lambda *_: Mock(due=moved))
    service.recompute_deadlines(
        [case.id],
        [BEGUN.date()],
        writable=lambda _stream: True,
        work=lambda: nullcontext(unit_of_work),
        reference=Mock(setting=lambda _name: "2 work_day"),
        advance=advance,
    )
    (draft,) = unit_of_work.record.call_args.args
    assert {(due["stage"], due["unit"], due["due"]) for due in draft.payload["dues"]} == {
        ("handle", OTHER, to_seconds(moved)),
        ("return", OTHER, to_seconds(moved)),
        ("return", UNIT, to_seconds(moved)),
    }
