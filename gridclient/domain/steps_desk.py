"""Steps that the desk takes with a case: registering, filing, levels, closing and what stands beside the state."""

from __future__ import annotations

from datetime import datetime

from gridclient.domain.case import OPEN_STATES, AssignmentState, Case, CaseClock, CaseFacts, CaseState, Stage
from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import Event, from_seconds
from gridclient.domain.replacing import replace
from gridclient.domain.step_rules import (
    ALL_STAGES,
    WITH_UNIT,
    clocks_after,
    instant,
    require_state,
    require_text,
)

HIGHEST_LEVEL = 4
_BEFORE_VERDICT = (CaseState.REPORTED, CaseState.FILED, *WITH_UNIT)
_DONE = (AssignmentState.VERIFIED, AssignmentState.RELEASED, AssignmentState.RETURNED)


def registered(event: Event) -> Case:
    return _opened(event, started=event.at, closed=None, clocks=clocks_after((), event))


def imported(event: Event) -> Case:
    started, closed = instant(event.payload, "registered_at"), from_seconds(event.payload.get("closed_at"))
    clocks = tuple(replace(c, started=started, ended=closed) for c in clocks_after((), event))
    return _opened(event, started=started, closed=closed, clocks=clocks)


def _opened(event: Event, *, started: datetime, closed: datetime | None, clocks: tuple[CaseClock, ...]) -> Case:
    payload = event.payload
    return Case(
        id=event.subject,
        facts=CaseFacts(**payload["facts"]),
        stream=event.key.stream,
        number=payload["number"],
        state=CaseState.REPORTED if closed is None else CaseState.CLOSED,
        registered_at=started,
        level=payload.get("level", 3),
        last=event.key,
        clocks=clocks,
        handled_at=closed,
        closed_at=closed,
    )


def amended(case: Case, event: Event) -> Case:
    require_state(case, OPEN_STATES, "case.not_open")
    changes = dict(event.payload.get("facts", {}))
    return replace(case, facts=replace(case.facts, **changes), level=event.payload.get("level", case.level))


def filed(case: Case, event: Event) -> Case:
    require_state(case, (CaseState.REPORTED,), "case.not_fileable")
    known = amended(case, event)
    if not known.facts.standard:
        raise RuleViolation("case.standard_missing")
    if not known.facts.grid:
        raise RuleViolation("case.grid_missing")
    return replace(
        known, state=CaseState.FILED, filed_at=event.at, clocks=clocks_after(case.clocks, event, stop=ALL_STAGES)
    )


def declined(case: Case, event: Event) -> Case:
    require_state(case, (CaseState.REPORTED,), "case.not_declinable")
    require_text(event.payload, "reason_code", "case.reason_missing")
    return replace(
        case, state=CaseState.DECLINED, closed_at=event.at, clocks=clocks_after(case.clocks, event, stop=ALL_STAGES)
    )


def _moved_level(case: Case, event: Event, step: int) -> Case:
    require_state(case, _BEFORE_VERDICT, "case.level_fixed")
    level = case.level + step
    if not 1 <= level <= HIGHEST_LEVEL:
        raise RuleViolation("case.no_such_level", level=level)
    renewed = {raw["stage"] for raw in event.payload.get("clocks", ())}
    return replace(
        case, level=level, escalated=level == HIGHEST_LEVEL, clocks=clocks_after(case.clocks, event, stop=renewed)
    )


def escalated(case: Case, event: Event) -> Case:
    return _moved_level(case, event, +1)


def delegated(case: Case, event: Event) -> Case:
    return _moved_level(case, event, -1)


def urged(case: Case, _event: Event) -> Case:
    require_state(case, OPEN_STATES, "case.not_open")
    return replace(case, urges=case.urges + 1)


def closed(case: Case, event: Event) -> Case:
    require_state(case, (CaseState.HANDLED,), "case.not_closable")
    lead = case.lead
    if lead is None or lead.state is not AssignmentState.VERIFIED:
        raise RuleViolation("case.lead_not_verified", unit=lead.unit if lead else "")
    waiting = [a.unit for a in case.assignments if a.state not in _DONE]
    if waiting:
        raise RuleViolation("case.cooperation_open", units=waiting)
    if not event.payload.get("closing_condition_met"):
        raise RuleViolation("case.closing_condition_open")
    return replace(
        case, state=CaseState.CLOSED, closed_at=event.at, clocks=clocks_after(case.clocks, event, stop=ALL_STAGES)
    )


def reopened(case: Case, event: Event) -> Case:
    require_state(case, (CaseState.CLOSED,), "case.not_reopenable")
    require_text(event.payload, "reason", "case.reason_missing")
    if not case.facts.standard or not case.facts.grid:
        return replace(case, state=CaseState.REPORTED, closed_at=None, clocks=clocks_after(case.clocks, event))
    return replace(case, state=CaseState.FILED, assignments=(), closed_at=None, clocks=clocks_after(case.clocks, event))


def voided(case: Case, event: Event) -> Case:
    require_state(case, OPEN_STATES, "case.not_open")
    require_text(event.payload, "reason", "case.reason_missing")
    return replace(
        case, state=CaseState.VOID, closed_at=event.at, clocks=clocks_after(case.clocks, event, stop=ALL_STAGES)
    )


def rated(case: Case, event: Event) -> Case:
    require_state(case, (CaseState.CLOSED,), "case.not_closed")
    require_text(event.payload, "rating", "case.rating_missing")
    return replace(case, rating=event.payload["rating"])


def noted(case: Case, event: Event) -> Case:
    require_text(event.payload, "text", "case.text_missing")
    return case


def attached(case: Case, event: Event) -> Case:
    require_text(event.payload, "sha256", "case.text_missing")
    return replace(case, attachments=case.attachments + 1)


def recomputed(case: Case, event: Event) -> Case:
    """New legal calendar: the running clocks get the dates it gives; nothing else moves."""
    new = {(raw["stage"], raw.get("unit", "")): raw["due"] for raw in event.payload["dues"]}

    def renewed(stage: str, unit: str, due: datetime) -> datetime:
        return from_seconds(new.get((stage, unit))) or due

    clocks = tuple(replace(c, due=renewed(c.stage, c.unit, c.due)) if c.ended is None else c for c in case.clocks)
    parts = tuple(replace(a, due=renewed(Stage.HANDLE, a.unit, a.due)) for a in case.assignments)
    return replace(case, clocks=clocks, assignments=parts)
