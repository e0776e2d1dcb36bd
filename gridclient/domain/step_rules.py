"""What the steps of the state machine share: checks, and stopping and starting clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gridclient.domain.case import Assignment, AssignmentState, Case, CaseClock, CaseState, Stage
from gridclient.domain.errors import RuleViolation
from gridclient.domain.event_shapes import checked_text
from gridclient.domain.events import Event, Payload, from_seconds
from gridclient.domain.replacing import replace

ALL_STAGES = frozenset(Stage)


def instant(payload: Payload, name: str) -> datetime:
    """A required instant of a payload. Raises ``event.field_missing``."""
    value = from_seconds(payload.get(name))
    if value is None:
        raise RuleViolation("event.field_missing", field=name)
    return value


def clock(raw: Mapping[str, Any], started: datetime) -> CaseClock:
    """A clock from a payload; ``started`` is its start if the payload gives none."""
    return CaseClock(
        stage=checked_text(raw["stage"]),
        started=from_seconds(raw.get("started")) or started,
        limit=checked_text(raw["limit"]),
        due=instant(raw, "due"),
        unit=checked_text(raw.get("unit", "")),
    )


def clocks_after(
    case_clocks: tuple[CaseClock, ...], event: Event, *, stop: Iterable[str] = (), unit: str | None = None
) -> tuple[CaseClock, ...]:
    """Stops the running clocks of the stages ``stop`` (only those of ``unit``, if given); adds the payload's clocks."""
    kept = stopped(case_clocks, event, stop, unit)
    return kept + tuple(clock(raw, event.at) for raw in event.payload.get("clocks", ()))


def stopped(
    case_clocks: tuple[CaseClock, ...], event: Event, stages: Iterable[str], unit: str | None = None
) -> tuple[CaseClock, ...]:
    """The clocks, with the running ones of these stages stopped, of all units or only ``unit``."""
    named = frozenset(stages)
    return tuple(
        replace(c, ended=event.at) if c.ended is None and c.stage in named and unit in (None, c.unit) else c
        for c in case_clocks
    )


def require_state(case: Case, allowed: Iterable[CaseState], code: str) -> None:
    """Raises ``RuleViolation(code)`` unless the case is in an allowed state."""
    if case.state not in allowed:
        raise RuleViolation(code, state=case.state.value)


def require_text(payload: Payload, name: str, code: str) -> None:
    """Raises ``RuleViolation(code)`` unless the payload has a text of this name."""
    if not str(payload.get(name, "")).strip():
        raise RuleViolation(code, field=name)


def part_of(case: Case, event: Event, *, states: Iterable[AssignmentState], code: str) -> Assignment:
    """The part of the unit that the event names, else the lead's.

    Raises ``case.unit_not_assigned``, or ``code`` if the part is in another state than ``states``.
    """
    unit = event.payload.get("unit") or (case.lead.unit if case.lead else "")
    part = case.assignment_of(unit)
    if part is None:
        raise RuleViolation("case.unit_not_assigned", unit=unit)
    if part.state not in states:
        raise RuleViolation(code, unit=unit, state=part.state.value)
    return part


def with_part(case: Case, part: Assignment) -> Case:
    """The case with this part in place of the unit's former one."""
    return replace(case, assignments=tuple(part if a.unit == part.unit else a for a in case.assignments))
