"""Steps between the desk and the units: dispatch, sign, return, feed back, verify, release, rework.

Each docstring names the codes of the ``RuleViolation`` that the step raises, besides ``case.unit_not_assigned``.
Source: the table of actions (动作).
"""

from __future__ import annotations

from gridclient.domain.case import (
    WITH_UNIT,
    Assignment,
    AssignmentState,
    Case,
    CaseClock,
    CaseState,
    Contact,
    Role,
    Stage,
)
from gridclient.domain.errors import RuleViolation
from gridclient.domain.event_shapes import checked_text, checked_whole
from gridclient.domain.events import Event
from gridclient.domain.replacing import replace
from gridclient.domain.step_rules import (
    ALL_STAGES,
    clocks_after,
    instant,
    part_of,
    require_state,
    require_text,
    stopped,
    with_part,
)


def _assignments(event: Event) -> tuple[Assignment, ...]:
    """The parts of a dispatch: one lead and any number of cooperating units, no unit twice."""
    parts = event.payload["assignments"]
    units = [p["unit"] for p in parts]
    if len(set(units)) != len(units):
        raise RuleViolation("dispatch.unit_twice")
    if sum(p["role"] == Role.LEAD for p in parts) != 1:
        raise RuleViolation("dispatch.one_lead")
    return tuple(
        Assignment(
            unit=checked_text(p["unit"]),
            role=Role(p["role"]),
            state=AssignmentState.DISPATCHED,
            dispatched_at=event.at,
            due=instant(p, "due"),
            limit=checked_text(p["limit"]),
            return_until=instant(p, "return_until"),
        )
        for p in parts
    )


def contact_given(event: Event) -> Contact | None:
    """The reporter's contact in a dispatch; ``None`` if 需联系群众 was not ticked or this desk does not get it."""
    told = event.payload.get("contact")
    return None if told is None else Contact(checked_text(told["name"]), checked_text(told["phone"]))


def _given_out(case: Case, event: Event) -> Case:
    if event.payload.get("against_list"):
        require_text(event.payload, "reason", "dispatch.reason_missing")
    before = tuple(a for a in case.assignments if a.state is AssignmentState.RETURNED)
    now = _assignments(event)
    again = {a.unit for a in now}
    return replace(
        case,
        state=CaseState.DISPATCHED,
        returned=False,
        escalated=False,
        assignments=now + tuple(replace(a, role=Role.COOPERATING, former=True) for a in before if a.unit not in again),
        dispatched_at=event.at,
        clocks=clocks_after(case.clocks, event, stop=ALL_STAGES),
        contact=contact_given(event),
    )


def dispatched(case: Case, event: Event) -> Case:
    """派遣 filed → dispatched, to one lead and cooperating units. ``case.not_dispatchable``, ``dispatch.…``."""
    require_state(case, (CaseState.FILED,), "case.not_dispatchable")
    return _given_out(case, event)


def reassigned(case: Case, event: Event) -> Case:
    """改派 dispatched/handling → dispatched, with a reason. ``case.not_reassignable``, ``case.reason_missing``."""
    require_state(case, WITH_UNIT, "case.not_reassignable")
    require_text(event.payload, "reason", "case.reason_missing")
    return _given_out(case, event)


def signed(case: Case, event: Event) -> Case:
    """签收: the unit begins. The lead's makes the case ``handling``; a cooperating unit may sign after the lead's
    result.

    The unit's clock runs since dispatch (rule). ``case.not_signable``.
    """
    require_state(case, (*WITH_UNIT, CaseState.HANDLED), "case.not_signable")
    part = part_of(case, event, states=(AssignmentState.DISPATCHED,), code="case.not_signable")
    after = with_part(case, replace(part, state=AssignmentState.HANDLING, signed_at=event.at))
    state = CaseState.HANDLING if part.role is Role.LEAD else case.state
    return replace(after, state=state, clocks=clocks_after(case.clocks, event, stop=(Stage.SIGN,), unit=part.unit))


def returned(case: Case, event: Event) -> Case:
    """退回 with reason code and text, until ``return_until``. The lead's makes the case ``filed`` and is counted.

    ``case.not_returnable``, ``case.reason_code_missing``, ``case.reason_missing``, ``case.return_too_late``.
    """
    require_state(case, WITH_UNIT, "case.not_returnable")
    require_text(event.payload, "reason_code", "case.reason_code_missing")
    require_text(event.payload, "reason", "case.reason_missing")
    open_parts = (AssignmentState.DISPATCHED, AssignmentState.HANDLING)
    part = part_of(case, event, states=open_parts, code="case.not_returnable")
    if event.at > part.return_until:
        raise RuleViolation("case.return_too_late", until=part.return_until)
    remaining = event.payload.get("remaining")
    left = None if remaining is None else checked_whole(remaining)
    given_back = replace(part, state=AssignmentState.RETURNED, remaining=left)
    after = with_part(case, given_back)
    whose = None if part.role is Role.LEAD else part.unit
    clocks = clocks_after(case.clocks, event, stop=(Stage.SIGN, Stage.HANDLE), unit=whose)
    if part.role is not Role.LEAD:
        return replace(after, clocks=clocks)
    return replace(after, state=CaseState.FILED, returned=True, returns=case.returns + 1, clocks=clocks)


def fed_back(case: Case, event: Event) -> Case:
    """处置反馈: the unit's result; the lead's makes the case ``handled``. ``case.not_handling``,
    ``case.result_missing``.

    The payload's clock of 核查 starts with the lead's feedback; with a cooperating unit's only if the case is handled
    and no such clock runs.
    """
    require_state(case, (*WITH_UNIT, CaseState.HANDLED), "case.not_handling")
    part = part_of(case, event, states=(AssignmentState.HANDLING,), code="case.not_handling")
    require_text(event.payload, "result", "case.result_missing")
    done = replace(part, state=AssignmentState.HANDLED, handled_at=event.at, result=str(event.payload["result"]))
    after = with_part(case, done)
    clocks = clocks_after(case.clocks, event, stop=(Stage.HANDLE,), unit=part.unit)
    if part.role is Role.LEAD:
        return replace(after, state=CaseState.HANDLED, handled_at=event.at, clocks=clocks)
    if case.state is not CaseState.HANDLED or any(c.stage == Stage.VERIFY and c.ended is None for c in case.clocks):
        clocks = stopped(case.clocks, event, (Stage.HANDLE,), part.unit)
    return replace(after, clocks=clocks)


def verified(case: Case, event: Event) -> Case:
    """核查 passed for one part; closing is a step of its own. ``case.not_verifiable``."""
    require_state(case, (CaseState.HANDLED, *WITH_UNIT), "case.not_verifiable")
    part = part_of(case, event, states=(AssignmentState.HANDLED,), code="case.not_verifiable")
    return _judged(with_part(case, replace(part, state=AssignmentState.VERIFIED, verified_at=event.at)), event)


def released(case: Case, event: Event) -> Case:
    """协办免办: a cooperating unit need not go on; with a reason.

    ``case.not_verifiable``, ``case.reason_missing``, ``case.not_releasable``, ``case.lead_not_releasable``.
    """
    require_state(case, (CaseState.HANDLED, *WITH_UNIT), "case.not_verifiable")
    require_text(event.payload, "reason", "case.reason_missing")
    part = part_of(case, event, states=AssignmentState, code="case.not_releasable")
    if part.role is Role.LEAD:
        raise RuleViolation("case.lead_not_releasable", unit=part.unit)
    if part not in case.open_parts:
        raise RuleViolation("case.not_releasable", unit=part.unit, state=part.state.value)
    after = with_part(case, replace(part, state=AssignmentState.RELEASED, verified_at=event.at))
    clocks = clocks_after(case.clocks, event, stop=(Stage.SIGN, Stage.HANDLE), unit=part.unit)
    return _judged(replace(after, clocks=clocks), event)


def reworked(case: Case, event: Event) -> Case:
    """返工: the unit goes on with its material and its old limit. ``case.not_verifiable``, ``case.reason_missing``."""
    require_state(case, (CaseState.HANDLED, *WITH_UNIT), "case.not_verifiable")
    require_text(event.payload, "reason", "case.reason_missing")
    part = part_of(case, event, states=(AssignmentState.HANDLED,), code="case.not_verifiable")
    again = replace(part, state=AssignmentState.HANDLING, handled_at=None)
    clocks = _reopened_clock(case.clocks, part.unit)
    after = replace(with_part(case, again), reworks=case.reworks + 1, clocks=clocks)
    if part.role is Role.LEAD:
        after = replace(after, state=CaseState.HANDLING, handled_at=None)
    return _judged(after, event)


def _judged(case: Case, event: Event) -> Case:
    """Stops the clock of 核查 if no result waits any more, or the lead is at work again."""
    waits = any(a.state is AssignmentState.HANDLED for a in case.assignments)
    if waits and case.state is CaseState.HANDLED:
        return case
    return replace(case, clocks=stopped(case.clocks, event, (Stage.VERIFY,)))


def _reopened_clock(clocks: tuple[CaseClock, ...], unit: str) -> tuple[CaseClock, ...]:
    """Lets the unit's last handling clock run on, because rework keeps the limit."""
    last = max((i for i, c in enumerate(clocks) if c.stage == Stage.HANDLE and c.unit == unit), default=None)
    return tuple(replace(c, ended=None) if i == last else c for i, c in enumerate(clocks))
