"""The state machine: ``fold(case, event)`` gives the case after the event, or raises the rule that forbids it.

The same function guards commands, rebuilds tables and replays what other desks did.
Source: the table of actions (动作) of the four-level closed loop (四级闭环) and the rules on joint handling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from gridclient.domain.case import (
    OPEN_STATES,
    Assignment,
    AssignmentState,
    Case,
    CaseClock,
    CaseFacts,
    CaseState,
    Role,
    Stage,
)
from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import Event, EventKind, Payload, from_seconds

HIGHEST_LEVEL = 4
_WITH_UNIT = (CaseState.DISPATCHED, CaseState.HANDLING)
_BEFORE_VERDICT = (CaseState.REPORTED, CaseState.FILED, *_WITH_UNIT)
_DONE = (AssignmentState.VERIFIED, AssignmentState.RELEASED, AssignmentState.RETURNED)


def fold(case: Case | None, event: Event) -> Case:
    """The case after ``event``.

    Raises:
        RuleViolation: the rules forbid the event where it stands; the case is unchanged.
    """
    if case is None:
        opener = _OPENERS.get(event.kind)
        if opener is None:
            raise RuleViolation("case.unknown", case=event.subject)
        return opener(event)
    step = _STEPS.get(event.kind)
    if step is None or event.version != 1:
        return replace(case, version=case.version + 1, last=event.key, previous=None)
    after = step(case, event)
    previous = None if event.kind == EventKind.UNDONE else replace(case, previous=None)
    return replace(after, version=case.version + 1, last=event.key, previous=previous)


def fold_all(events: Iterable[Event]) -> Case | None:
    """The case after all its events in canonical order; what the rules refuse is named in ``refused``."""
    case: Case | None = None
    for event in events:
        try:
            case = fold(case, event)
        except RuleViolation:
            if case is not None:
                case = replace(
                    case, version=case.version + 1, last=event.key, previous=None, refused=(*case.refused, event.key)
                )
    return case


def _instant(payload: Payload, name: str) -> datetime:
    value = from_seconds(payload[name])
    if value is None:
        raise RuleViolation("event.field_missing", field=name)
    return value


def _clock(raw: Mapping[str, Any], started: datetime) -> CaseClock:
    due = from_seconds(raw["due"])
    assert due is not None
    return CaseClock(
        stage=raw["stage"],
        started=from_seconds(raw.get("started")) or started,
        limit=raw["limit"],
        due=due,
        unit=raw.get("unit", ""),
    )


def _clocks(case_clocks: tuple[CaseClock, ...], event: Event, *, stop: Iterable[str] = ()) -> tuple[CaseClock, ...]:
    """Stops the running clocks of the stages named and starts those the payload brings."""
    stages = frozenset(stop)
    kept = tuple(replace(c, ended=event.at) if c.ended is None and c.stage in stages else c for c in case_clocks)
    return kept + tuple(_clock(raw, event.at) for raw in event.payload.get("clocks", ()))


_ALL = frozenset(Stage)


def _registered(event: Event) -> Case:
    payload = event.payload
    return Case(
        id=event.subject,
        facts=CaseFacts(**payload["facts"]),
        stream=event.key.stream,
        number=payload["number"],
        state=CaseState.REPORTED,
        registered_at=event.at,
        level=payload.get("level", 3),
        last=event.key,
        clocks=_clocks((), event),
    )


def _imported(event: Event) -> Case:
    payload = event.payload
    closed = from_seconds(payload.get("closed_at"))
    started = _instant(payload, "registered_at")
    case = _registered(event)
    return replace(
        case,
        state=CaseState.CLOSED if closed is not None else CaseState.REPORTED,
        registered_at=started,
        closed_at=closed,
        handled_at=closed,
        clocks=tuple(replace(c, started=started, ended=closed) for c in case.clocks),
    )


def _require_state(case: Case, allowed: Iterable[CaseState], code: str) -> None:
    if case.state not in allowed:
        raise RuleViolation(code, state=case.state.value)


def _require_text(payload: Payload, name: str, code: str) -> None:
    if not str(payload.get(name, "")).strip():
        raise RuleViolation(code, field=name)


def _amended(case: Case, event: Event) -> Case:
    _require_state(case, OPEN_STATES, "case.not_open")
    changes = dict(event.payload.get("facts", {}))
    return replace(case, facts=replace(case.facts, **changes), level=event.payload.get("level", case.level))


def _filed(case: Case, event: Event) -> Case:
    _require_state(case, (CaseState.REPORTED,), "case.not_fileable")
    amended = _amended(case, event)
    if not amended.facts.standard:
        raise RuleViolation("case.standard_missing")
    if not amended.facts.grid:
        raise RuleViolation("case.grid_missing")
    return replace(amended, state=CaseState.FILED, filed_at=event.at, clocks=_clocks(case.clocks, event, stop=_ALL))


def _declined(case: Case, event: Event) -> Case:
    _require_state(case, (CaseState.REPORTED,), "case.not_declinable")
    _require_text(event.payload, "reason_code", "case.reason_missing")
    return replace(case, state=CaseState.DECLINED, closed_at=event.at, clocks=_clocks(case.clocks, event, stop=_ALL))


def _assignments(event: Event) -> tuple[Assignment, ...]:
    """The parts a dispatch gives out: one lead and any number of cooperating units, none twice."""
    parts = event.payload["assignments"]
    units = [p["unit"] for p in parts]
    if len(set(units)) != len(units):
        raise RuleViolation("dispatch.unit_twice")
    if sum(p["role"] == Role.LEAD for p in parts) != 1:
        raise RuleViolation("dispatch.one_lead")
    return tuple(
        Assignment(
            unit=p["unit"],
            role=Role(p["role"]),
            state=AssignmentState.DISPATCHED,
            dispatched_at=event.at,
            due=_instant(p, "due"),
            limit=p["limit"],
            return_until=_instant(p, "return_until"),
        )
        for p in parts
    )


def _given_out(case: Case, event: Event) -> Case:
    if event.payload.get("against_list"):
        _require_text(event.payload, "reason", "dispatch.reason_missing")
    before = tuple(a for a in case.assignments if a.state is AssignmentState.RETURNED)
    now = _assignments(event)
    again = {a.unit for a in now}
    return replace(
        case,
        state=CaseState.DISPATCHED,
        returned=False,
        escalated=False,
        assignments=now + tuple(replace(a, role=Role.COOPERATING) for a in before if a.unit not in again),
        dispatched_at=event.at,
        clocks=_clocks(case.clocks, event, stop=_ALL),
    )


def _dispatched(case: Case, event: Event) -> Case:
    _require_state(case, (CaseState.FILED,), "case.not_dispatchable")
    return _given_out(case, event)


def _reassigned(case: Case, event: Event) -> Case:
    _require_state(case, _WITH_UNIT, "case.not_reassignable")
    _require_text(event.payload, "reason", "case.reason_missing")
    return _given_out(case, event)


def _part(case: Case, event: Event, *, states: Iterable[AssignmentState], code: str) -> Assignment:
    """The part the event speaks of: the unit it names, else the lead."""
    unit = event.payload.get("unit") or (case.lead.unit if case.lead else "")
    part = case.assignment_of(unit)
    if part is None:
        raise RuleViolation("case.unit_not_assigned", unit=unit)
    if part.state not in states:
        raise RuleViolation(code, unit=unit, state=part.state.value)
    return part


def _with_part(case: Case, part: Assignment) -> Case:
    return replace(case, assignments=tuple(part if a.unit == part.unit else a for a in case.assignments))


def _stop_unit(case: Case, event: Event, unit: str, *stages: Stage) -> tuple[CaseClock, ...]:
    stopped = tuple(
        replace(c, ended=event.at) if c.ended is None and c.unit == unit and c.stage in stages else c
        for c in case.clocks
    )
    return _clocks(stopped, event)


def _signed(case: Case, event: Event) -> Case:
    _require_state(case, _WITH_UNIT, "case.not_signable")
    part = _part(case, event, states=(AssignmentState.DISPATCHED,), code="case.not_signable")
    after = _with_part(case, replace(part, state=AssignmentState.HANDLING, signed_at=event.at))
    state = CaseState.HANDLING if part.role is Role.LEAD else case.state
    return replace(after, state=state, clocks=_stop_unit(case, event, part.unit, Stage.SIGN))


def _returned(case: Case, event: Event) -> Case:
    _require_state(case, _WITH_UNIT, "case.not_returnable")
    _require_text(event.payload, "reason_code", "case.reason_missing")
    _require_text(event.payload, "reason", "case.reason_missing")
    open_parts = (AssignmentState.DISPATCHED, AssignmentState.HANDLING)
    part = _part(case, event, states=open_parts, code="case.not_returnable")
    if event.at > part.return_until:
        raise RuleViolation("case.return_too_late", until=part.return_until)
    given_back = replace(part, state=AssignmentState.RETURNED, remaining=event.payload.get("remaining"))
    after = _with_part(case, given_back)
    clocks = _stop_unit(case, event, part.unit, Stage.SIGN, Stage.HANDLE)
    if part.role is not Role.LEAD:
        return replace(after, clocks=clocks)
    stopped = tuple(
        replace(c, ended=event.at) if c.ended is None and c.stage in (Stage.SIGN, Stage.HANDLE) else c for c in clocks
    )
    return replace(after, state=CaseState.FILED, returned=True, returns=case.returns + 1, clocks=stopped)


def _moved_level(case: Case, event: Event, step: int) -> Case:
    _require_state(case, _BEFORE_VERDICT, "case.level_fixed")
    level = case.level + step
    if not 1 <= level <= HIGHEST_LEVEL:
        raise RuleViolation("case.no_such_level", level=level)
    renewed = {raw["stage"] for raw in event.payload.get("clocks", ())}
    return replace(
        case, level=level, escalated=level == HIGHEST_LEVEL, clocks=_clocks(case.clocks, event, stop=renewed)
    )


def _escalated(case: Case, event: Event) -> Case:
    return _moved_level(case, event, +1)


def _delegated(case: Case, event: Event) -> Case:
    return _moved_level(case, event, -1)


def _urged(case: Case, _event: Event) -> Case:
    _require_state(case, OPEN_STATES, "case.not_open")
    return replace(case, urges=case.urges + 1)


def _fed_back(case: Case, event: Event) -> Case:
    _require_state(case, (*_WITH_UNIT, CaseState.HANDLED), "case.not_handling")
    part = _part(case, event, states=(AssignmentState.HANDLING,), code="case.not_handling")
    _require_text(event.payload, "result", "case.result_missing")
    done = replace(part, state=AssignmentState.HANDLED, handled_at=event.at, result=event.payload["result"])
    after = _with_part(case, done)
    clocks = _stop_unit(case, event, part.unit, Stage.HANDLE)
    if part.role is not Role.LEAD:
        return replace(after, clocks=clocks)
    return replace(after, state=CaseState.HANDLED, handled_at=event.at, clocks=clocks)


def _verified(case: Case, event: Event) -> Case:
    _require_state(case, (CaseState.HANDLED, *_WITH_UNIT), "case.not_verifiable")
    part = _part(case, event, states=(AssignmentState.HANDLED,), code="case.not_verifiable")
    after = _with_part(case, replace(part, state=AssignmentState.VERIFIED, verified_at=event.at))
    stop = (Stage.VERIFY,) if part.role is Role.LEAD else ()
    return replace(after, clocks=_clocks(case.clocks, event, stop=stop))


def _released(case: Case, event: Event) -> Case:
    _require_state(case, (CaseState.HANDLED, *_WITH_UNIT), "case.not_verifiable")
    _require_text(event.payload, "reason", "case.reason_missing")
    waiting = (AssignmentState.DISPATCHED, AssignmentState.HANDLING, AssignmentState.HANDLED)
    part = _part(case, event, states=waiting, code="case.not_releasable")
    if part.role is Role.LEAD:
        raise RuleViolation("case.lead_not_releasable", unit=part.unit)
    after = _with_part(case, replace(part, state=AssignmentState.RELEASED, verified_at=event.at))
    return replace(after, clocks=_stop_unit(case, event, part.unit, Stage.SIGN, Stage.HANDLE))


def _reworked(case: Case, event: Event) -> Case:
    _require_state(case, (CaseState.HANDLED, *_WITH_UNIT), "case.not_verifiable")
    _require_text(event.payload, "reason", "case.reason_missing")
    part = _part(case, event, states=(AssignmentState.HANDLED,), code="case.not_verifiable")
    again = replace(part, state=AssignmentState.HANDLING, handled_at=None)
    clocks = _reopened_clock(_clocks(case.clocks, event, stop=(Stage.VERIFY,)), part.unit)
    after = replace(_with_part(case, again), reworks=case.reworks + 1, clocks=clocks)
    if part.role is not Role.LEAD:
        return after
    return replace(after, state=CaseState.HANDLING, handled_at=None)


def _reopened_clock(clocks: tuple[CaseClock, ...], unit: str) -> tuple[CaseClock, ...]:
    """Rework keeps the unit's limit: its last handling clock runs on."""
    last = max((i for i, c in enumerate(clocks) if c.stage == Stage.HANDLE and c.unit == unit), default=None)
    return tuple(replace(c, ended=None) if i == last else c for i, c in enumerate(clocks))


def _closed(case: Case, event: Event) -> Case:
    _require_state(case, (CaseState.HANDLED,), "case.not_closable")
    lead = case.lead
    if lead is None or lead.state is not AssignmentState.VERIFIED:
        raise RuleViolation("case.lead_not_verified", unit=lead.unit if lead else "")
    waiting = [a.unit for a in case.assignments if a.state not in _DONE]
    if waiting:
        raise RuleViolation("case.cooperation_open", units=waiting)
    if not event.payload.get("closing_condition_met"):
        raise RuleViolation("case.closing_condition_open")
    return replace(case, state=CaseState.CLOSED, closed_at=event.at, clocks=_clocks(case.clocks, event, stop=_ALL))


def _reopened(case: Case, event: Event) -> Case:
    _require_state(case, (CaseState.CLOSED,), "case.not_reopenable")
    _require_text(event.payload, "reason", "case.reason_missing")
    if not case.facts.standard or not case.facts.grid:
        return replace(case, state=CaseState.REPORTED, closed_at=None, clocks=_clocks(case.clocks, event))
    return replace(case, state=CaseState.FILED, assignments=(), closed_at=None, clocks=_clocks(case.clocks, event))


def _voided(case: Case, event: Event) -> Case:
    _require_state(case, OPEN_STATES, "case.not_open")
    _require_text(event.payload, "reason", "case.reason_missing")
    return replace(case, state=CaseState.VOID, closed_at=event.at, clocks=_clocks(case.clocks, event, stop=_ALL))


def _rated(case: Case, event: Event) -> Case:
    _require_state(case, (CaseState.CLOSED,), "case.not_closed")
    _require_text(event.payload, "rating", "case.rating_missing")
    return replace(case, rating=event.payload["rating"])


def _noted(case: Case, event: Event) -> Case:
    _require_text(event.payload, "text", "case.text_missing")
    return case


def _attached(case: Case, event: Event) -> Case:
    _require_text(event.payload, "sha256", "case.text_missing")
    return replace(case, attachments=case.attachments + 1)


def _undone(case: Case, event: Event) -> Case:
    if case.last is None or list(case.last) != list(event.payload.get("target", ())):
        raise RuleViolation("case.acted_on_since")
    if case.previous is None or case.last.device != event.key.device:
        raise RuleViolation("case.nothing_to_undo")
    return case.previous


def _recomputed(case: Case, event: Event) -> Case:
    """New legal calendar: the running clocks get the dates it gives; nothing else moves."""
    new = {(raw["stage"], raw.get("unit", "")): raw["due"] for raw in event.payload["dues"]}

    def renewed(stage: str, unit: str, due: datetime) -> datetime:
        return from_seconds(new.get((stage, unit))) or due

    clocks = tuple(replace(c, due=renewed(c.stage, c.unit, c.due)) if c.ended is None else c for c in case.clocks)
    parts = tuple(replace(a, due=renewed(Stage.HANDLE, a.unit, a.due)) for a in case.assignments)
    return replace(case, clocks=clocks, assignments=parts)


_OPENERS: Mapping[str, Callable[[Event], Case]] = {
    EventKind.REGISTERED: _registered,
    EventKind.IMPORTED: _imported,
}
_STEPS: Mapping[str, Callable[[Case, Event], Case]] = {
    EventKind.AMENDED: _amended,
    EventKind.FILED: _filed,
    EventKind.DECLINED: _declined,
    EventKind.DISPATCHED: _dispatched,
    EventKind.SIGNED: _signed,
    EventKind.RETURNED: _returned,
    EventKind.REASSIGNED: _reassigned,
    EventKind.ESCALATED: _escalated,
    EventKind.DELEGATED: _delegated,
    EventKind.URGED: _urged,
    EventKind.FED_BACK: _fed_back,
    EventKind.VERIFIED: _verified,
    EventKind.RELEASED: _released,
    EventKind.REWORKED: _reworked,
    EventKind.CLOSED: _closed,
    EventKind.REOPENED: _reopened,
    EventKind.VOIDED: _voided,
    EventKind.RATED: _rated,
    EventKind.NOTED: _noted,
    EventKind.ATTACHED: _attached,
    EventKind.UNDONE: _undone,
    EventKind.RECOMPUTED: _recomputed,
}
