"""Recomputes open deadlines after the legal calendar changed (时限重算); each case's timeline shows it.

Every desk that may write a township's cases does this when it gets the calendar; equal changes count once. Source:
DOMAIN, Clocks (legal calendar).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import Any

from gridclient.domain.case import RETURN, AssignmentState, Case, CaseClock, Stage
from gridclient.domain.errors import Cancelled, GridClientError, NotFound, RuleViolation
from gridclient.domain.events import EventDraft, EventKind, to_seconds
from gridclient.domain.limits import parse_limit
from gridclient.services.clocks import deadline_of
from gridclient.services.ports import Reference, Work
from gridclient.services.rows import Changes

SYSTEM = "system"
"""The actor of these events: no account, so that the timeline names no person."""
AT_ONCE = 40
"""Cases per transaction, which locks the store for some 30 ms."""


def recompute_deadlines(
    case_ids: Sequence[str],
    changed: Collection[date],
    *,
    writable: Callable[[str], bool],
    work: Work,
    reference: Reference,
    advance: Callable[[int, int], None],
) -> Changes:
    """Recomputes the deadlines whose time contains a changed day; returns the cases that changed.

    Works in portions, so that the store is locked only briefly. A case whose deadlines stay gets no event.

    Args:
        writable: whether this desk may write a stream.
        advance: called after each portion with cases done and cases in all; ends the work by raising ``Cancelled``.

    Raises:
        StoreUnavailable: disk or store failed; earlier portions stay.
    """
    changes = Changes()
    for first in range(0, len(case_ids), AT_ONCE):
        with work() as unit_of_work:
            for case_id in case_ids[first : first + AT_ONCE]:
                try:
                    case = unit_of_work.case(case_id)
                except (NotFound, RuleViolation):  # withdrawn meanwhile
                    continue
                if writable(case.stream) and (dues := _moved(case, changed, reference)):
                    kind, payload = EventKind.RECOMPUTED, {"dues": dues}
                    unit_of_work.record(EventDraft(kind, case.id, case.stream, SYSTEM, payload))
        changes |= unit_of_work.changes
        try:
            advance(min(first + AT_ONCE, len(case_ids)), len(case_ids))
        except Cancelled:
            break
    return changes


def _moved(case: Case, changed: Collection[date], reference: Reference) -> Sequence[dict[str, Any]]:
    """The new deadlines of a case, also of the branches of its conflicts, which may be chosen."""
    sides = (case, *(contention.branch for contention in case.contentions))
    dues = [due for side in sides if side.is_open for due in _moved_of(side, changed, reference)]
    return list({(due["stage"], due["unit"], due["started"]): due for due in reversed(dues)}.values())


def _moved_of(case: Case, changed: Collection[date], reference: Reference) -> Iterator[dict[str, Any]]:
    for clock in _counting(case, reference):
        try:
            if not parse_limit(clock.limit).kind.counts_working_time:
                continue
            due = deadline_of(clock.limit, clock.started, reference).due
        except GridClientError:  # a limit that cannot be read, from another desk
            continue
        first, last = clock.started.date(), max(due, clock.due).date()
        if due != clock.due and any(first <= day <= last for day in changed):
            yield {
                "stage": clock.stage,
                "unit": clock.unit,
                "started": to_seconds(clock.started),
                "due": to_seconds(due),
            }


def _counting(case: Case, reference: Reference) -> Iterator[CaseClock]:
    """The clocks that count: running ones, those that a rework would resume, and the time in which units may return."""
    yield from (clock for clock in case.clocks if clock.ended is None)
    for part in case.assignments:
        if part.state is AssignmentState.HANDLED:
            mine = [c for c in case.clocks if c.stage == Stage.HANDLE and c.unit == part.unit and c.ended is not None]
            yield from mine[-1:]
        elif part.state in (AssignmentState.DISPATCHED, AssignmentState.HANDLING):
            limit = reference.setting("limit.return")
            yield CaseClock(RETURN, part.dispatched_at, limit, part.return_until, part.unit)
