"""Deadlines that a new legal calendar moved: in the fold of a case, and after a round of the worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from gridclient.domain.case import Case
from gridclient.domain.events import EventKind, to_seconds
from gridclient.services.rows import Changes
from gridclient.sync.orders import Changed, Stop
from tests.fakes.case_history import LEAD, START, clock, dispatched, parts, refused
from tests.fakes.worker_stage import Stage


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


def test_a_recomputing_is_not_taken_back() -> None:
    history = dispatched()
    case = history.do(EventKind.RECOMPUTED, **recomputing(history.case))
    refused(history, "case.nothing_to_undo", EventKind.UNDONE, target=list(case.last or ()))


class Recomputing:
    """Moves one case, once: what was ended between two portions comes again."""

    def __init__(self) -> None:
        self.left = [Changes(frozenset({"c1"}))]

    def __call__(self, advance: Callable[[int, int], None]) -> Changes:
        if not self.left:
            return Changes()
        advance(1, 1)
        return self.left.pop()


def test_deadlines_that_a_round_moved_are_told_and_go_to_the_hub_soon() -> None:
    stage = Stage()
    stage.recompute = Recomputing()
    stage.run(until=20)
    assert stage.rounds() == [0, 2]
    assert Changes(frozenset({"c1"})) in [told.changes for _, told in stage.told if isinstance(told, Changed)]


def test_who_ends_the_desk_does_not_wait_for_deadlines() -> None:
    stage, recomputing = Stage(), Recomputing()
    stage.recompute = recomputing
    stage.during.append(Stop())
    stage.run()
    assert recomputing.left
