"""Steps that the desk takes: registering, filing, levels, closing, and events that leave the state as it is.

Each docstring names the codes of the ``RuleViolation`` that the step raises. Source: the table of actions (动作);
levels: 四级闭环.
"""

from __future__ import annotations

from datetime import datetime

from gridclient.domain.case import (
    OPEN_STATES,
    RETURN,
    WITH_UNIT,
    AssignmentState,
    Case,
    CaseClock,
    CaseFacts,
    CaseState,
    Role,
    Stage,
)
from gridclient.domain.errors import RuleViolation
from gridclient.domain.event_shapes import checked_facts, checked_text, checked_whole
from gridclient.domain.events import Event, Payload, from_seconds, to_seconds
from gridclient.domain.handing import home_of, withheld_of
from gridclient.domain.replacing import replace
from gridclient.domain.step_rules import (
    ALL_STAGES,
    clock,
    clocks_after,
    instant,
    require_state,
    require_text,
)

HIGHEST_LEVEL = 4
_BEFORE_VERDICT = (CaseState.REPORTED, CaseState.FILED, *WITH_UNIT)


def registered(event: Event) -> Case:
    """登记: opens a case, ``reported``."""
    return _opened(event, started=event.at, closed=None, clocks=clocks_after((), event))


def imported(event: Event) -> Case:
    """Opens a case of another system with its own times: ``closed`` if it has ``closed_at``, else ``reported``."""
    started, closed = instant(event.payload, "registered_at"), from_seconds(event.payload.get("closed_at"))
    clocks = tuple(replace(c, ended=closed) for c in clocks_after((), event))
    return _opened(event, started=started, closed=closed, clocks=clocks)


def _opened(event: Event, *, started: datetime, closed: datetime | None, clocks: tuple[CaseClock, ...]) -> Case:
    payload = event.payload
    return Case(
        id=event.subject,
        facts=CaseFacts(**checked_facts(payload["facts"])),
        stream=home_of(event.key.stream),
        number=checked_text(payload["number"]),
        state=CaseState.REPORTED if closed is None else CaseState.CLOSED,
        registered_at=started,
        level=_level(payload, 3),
        last_event=event,
        clocks=clocks,
        handled_at=closed,
        closed_at=closed,
        withheld=frozenset(withheld_of(payload)),
    )


def amended(case: Case, event: Event) -> Case:
    """Changes facts or level of an open case. ``case.not_open``, ``case.no_such_level``."""
    require_state(case, OPEN_STATES, "case.not_open")
    changes = checked_facts(event.payload.get("facts", {}))
    return replace(
        case,
        facts=replace(case.facts, **changes),
        level=_level(event.payload, case.level),
        withheld=case.withheld.union(withheld_of(event.payload)),
    )


def _level(payload: Payload, otherwise: int) -> int:
    level = checked_whole(payload.get("level", otherwise))
    if not 1 <= level <= HIGHEST_LEVEL:
        raise RuleViolation("case.no_such_level", level=level)
    return level


def filed(case: Case, event: Event) -> Case:
    """受理立案 reported → filed; may change facts. ``case.not_fileable``, ``.standard_missing``, ``.grid_missing``."""
    require_state(case, (CaseState.REPORTED,), "case.not_fileable")
    known = amended(case, event)
    if not known.facts.standard:
        raise RuleViolation("case.standard_missing")
    if not known.facts.grid:
        raise RuleViolation("case.grid_missing")
    return replace(
        known, state=CaseState.FILED, filed_at=event.at, clocks=clocks_after(case.clocks, event, stop=ALL_STAGES)
    )


def _ended(case: Case, event: Event, state: CaseState) -> Case:
    clocks = clocks_after(case.clocks, event, stop=ALL_STAGES)
    return replace(case, state=state, closed_at=event.at, clocks=clocks)


def declined(case: Case, event: Event) -> Case:
    """不予受理 reported → declined, with a reason code. ``case.not_declinable``, ``case.reason_code_missing``."""
    require_state(case, (CaseState.REPORTED,), "case.not_declinable")
    require_text(event.payload, "reason_code", "case.reason_code_missing")
    return _ended(case, event, CaseState.DECLINED)


def _moved_level(case: Case, event: Event, step: int) -> Case:
    require_state(case, _BEFORE_VERDICT, "case.level_fixed")
    level = case.level + step
    if not 1 <= level <= HIGHEST_LEVEL:
        raise RuleViolation("case.no_such_level", level=level)
    renewed = [clock(raw, event.at) for raw in event.payload.get("clocks", ())]
    clocks, parts = case.clocks, case.assignments
    for new in renewed:  # only the named unit's clock; others run on
        clocks = tuple(
            replace(c, ended=event.at) if c.ended is None and (c.stage, c.unit) == (new.stage, new.unit) else c
            for c in clocks
        )
        parts = tuple(
            replace(a, due=new.due, limit=new.limit) if new.stage == Stage.HANDLE and a.unit == new.unit else a
            for a in parts
        )
    # If the lead gave the case back, its next dispatch gets the new limit whole.
    parts = tuple(replace(a, remaining=None) if a.role is Role.LEAD else a for a in parts)
    return replace(
        case,
        level=level,
        moved=case.moved + step,
        escalated=level == HIGHEST_LEVEL,
        assignments=parts,
        clocks=(*clocks, *renewed),
    )


def escalated(case: Case, event: Event) -> Case:
    """上报: one level up; at level 4 the case waits for the county. ``case.level_fixed``, ``case.no_such_level``."""
    return _moved_level(case, event, +1)


def delegated(case: Case, event: Event) -> Case:
    """下派: one level down. Codes as for :func:`escalated`."""
    return _moved_level(case, event, -1)


def urged(case: Case, _event: Event) -> Case:
    """催办: counts an urging of an open case. ``case.not_open``."""
    require_state(case, OPEN_STATES, "case.not_open")
    return replace(case, urges=case.urges + 1)


def closed(case: Case, event: Event) -> Case:
    """结案 handled → closed: lead verified, cooperating units verified or released, closing condition ticked.

    ``case.not_closable``, ``case.lead_not_verified``, ``case.cooperation_open``, ``case.closing_condition_open``.
    """
    require_state(case, (CaseState.HANDLED,), "case.not_closable")
    lead = case.lead
    if lead is None or lead.state is not AssignmentState.VERIFIED:
        raise RuleViolation("case.lead_not_verified", unit=lead.unit if lead else "")
    if case.open_parts:
        raise RuleViolation("case.cooperation_open", units=[a.unit for a in case.open_parts])
    if not event.payload.get("closing_condition_met"):
        raise RuleViolation("case.closing_condition_open")
    return _ended(case, event, CaseState.CLOSED)


def reopened(case: Case, event: Event) -> Case:
    """重开 closed → filed, or → reported if it has no condition or grid; with a reason. ``case.not_reopenable``."""
    require_state(case, (CaseState.CLOSED,), "case.not_reopenable")
    require_text(event.payload, "reason", "case.reason_missing")
    state = CaseState.FILED if case.facts.standard and case.facts.grid else CaseState.REPORTED
    clocks = clocks_after(case.clocks, event)
    return replace(case, state=state, assignments=(), handled_at=None, closed_at=None, clocks=clocks)


def voided(case: Case, event: Event) -> Case:
    """作废 open → void, with a reason. ``case.not_open``, ``case.reason_missing``."""
    require_state(case, OPEN_STATES, "case.not_open")
    require_text(event.payload, "reason", "case.reason_missing")
    return _ended(case, event, CaseState.VOID)


def rated(case: Case, event: Event) -> Case:
    """评价 of a closed case; the last one counts. ``case.not_closed``, ``case.rating_missing``."""
    require_state(case, (CaseState.CLOSED,), "case.not_closed")
    require_text(event.payload, "rating", "case.rating_missing")
    return replace(case, rating=str(event.payload["rating"]))


def noted(case: Case, event: Event) -> Case:
    """备注, in any state. ``case.text_missing``."""
    require_text(event.payload, "text", "case.text_missing")
    return case


def attached(case: Case, event: Event) -> Case:
    """Attaches a photo or paper, named by its SHA-256, in any state. ``case.text_missing``."""
    require_text(event.payload, "sha256", "case.text_missing")
    return replace(case, attachments=case.attachments + 1)


def recomputed(case: Case, event: Event) -> Case:
    """时限重算 after a change of the legal calendar: sets the new deadlines of the clocks in ``dues``.

    A clock is named by stage, unit and start; one that was restarted meanwhile keeps its deadline. The branches of
    contentions and the cases before the last steps get the new deadlines too.
    """
    new = {(raw["stage"], raw["unit"], raw["started"]): instant(raw, "due") for raw in event.payload["dues"]}
    clocks = tuple(replace(c, due=new.get((c.stage, c.unit, to_seconds(c.started)), c.due)) for c in case.clocks)
    handling = [(c.unit, c.due, n.due) for c, n in zip(case.clocks, clocks, strict=True) if c.stage == Stage.HANDLE]
    dues = {(unit, before): after for unit, before, after in handling if before != after}
    parts = tuple(
        replace(
            a,
            due=dues.get((a.unit, a.due), a.due),
            return_until=new.get((RETURN, a.unit, to_seconds(a.dispatched_at)), a.return_until),
        )
        for a in case.assignments
    )
    waiting = tuple(replace(c, branch=recomputed(c.branch, event)) for c in case.contentions)
    previous = tuple(recomputed(before, event) for before in case.previous)
    return replace(case, clocks=clocks, assignments=parts, contentions=waiting, previous=previous)
