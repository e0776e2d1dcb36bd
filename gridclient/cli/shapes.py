"""The JSON of the command line, on which other programs rely: identifiers, ISO 8601 instants, codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from gridclient.domain.case import Assignment, Case, CaseClock
from gridclient.domain.events import from_seconds
from gridclient.services.deadline_text import clock_lines
from gridclient.services.masking import MASKS, mask_name, mask_numbers, mask_phone
from gridclient.services.ports import Reference
from gridclient.services.proposal import Candidate, Proposal
from gridclient.services.proposal_text import reason_of
from gridclient.services.rows import CaseRow, GridFigures, GridRow, TimelineEntry
from gridclient.services.timeline_text import lines_of
from gridclient.services.withholding import TRIALS

Json = dict[str, Any]


def iso(instant: datetime | None) -> str | None:
    """``2026-11-21T09:00:00+08:00``; ``None`` stays ``None``."""
    return instant.isoformat(timespec="seconds") if instant else None


def row_json(row: CaseRow, now: datetime) -> Json:
    """A case as a line of the list."""
    return {
        "id": row.id,
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "level": row.level,
        "grid": row.grid or None,
        "unit": row.unit or None,
        "due": iso(row.due),
        "overdue": row.due is not None and row.due < now,
        "channel": row.channel,
        "registered_at": iso(row.registered_at),
        "returned": row.returned,
        "escalated": row.escalated,
        "pending": row.pending,
        "aside": row.aside,
        "conflict": row.conflict,
        "lon": row.lon,
        "lat": row.lat,
    }


def case_json(case: Case, now: datetime, reference: Reference) -> Json:
    """A case with its assignments and clocks. Names and numbers of people are masked; only the desk shows them, and
    keeps a record of that."""
    facts, lead = case.facts, case.lead
    due = case.due
    return {
        "id": case.id,
        "number": case.number,
        "title": mask_numbers(facts.title),
        "description": mask_numbers(facts.description),
        "state": case.state.value,
        "level": case.level,
        "version": case.version,
        "channel": facts.channel,
        "standard": facts.standard or None,
        "class": facts.case_class or None,
        "urgency": facts.urgency,
        "grid": facts.grid or None,
        "address": mask_numbers(facts.address),
        "lon": facts.lon,
        "lat": facts.lat,
        "happened_at": iso(from_seconds(facts.happened_at)),
        "sensitive": facts.sensitive,
        "reporter": {
            "name": mask_name(facts.reporter_name),
            "phone": mask_phone(facts.reporter_phone),
            "wants_reply": facts.wants_reply,
            "keep_secret": facts.keep_secret,
        },
        "contact": None if case.contact is None else _contact({"name": case.contact.name, "phone": case.contact.phone}),
        "withheld": sorted(case.withheld),
        "upper_number": facts.upper_number or None,
        "registered_at": iso(case.registered_at),
        "filed_at": iso(case.filed_at),
        "dispatched_at": iso(case.dispatched_at),
        "handled_at": iso(case.handled_at),
        "closed_at": iso(case.closed_at),
        "unit": lead.unit if lead else None,
        "due": iso(due),
        "overdue": due is not None and due < now,
        "returned": case.returned,
        "returns": case.returns,
        "reworks": case.reworks,
        "urges": case.urges,
        "escalated": case.escalated,
        "attachments": case.attachments,
        "rating": case.rating or None,
        "extra": _extra(facts.extra),
        "assignments": [_assignment_json(a) for a in case.current_parts],
        "clocks": [_clock_json(c, case, reference) for c in case.clocks],
    }


def sent_back_masked(case: Case, given: Mapping[str, Any]) -> list[str]:
    """The names of the given facts whose values are the case's own ones as :func:`case_json` masks them. Storing those
    would lose the real values."""
    return [
        name
        for name in ("title", "description", "address", "people", "reporter_name", "reporter_phone", "extra")
        if (stored := getattr(case.facts, name)) != given.get(name) and _MASKS[name](stored) == given.get(name)
    ]


def _assignment_json(part: Assignment) -> Json:
    return {
        "unit": part.unit,
        "role": part.role.value,
        "state": part.state.value,
        "limit": part.limit,
        "due": iso(part.due),
        "dispatched_at": iso(part.dispatched_at),
        "signed_at": iso(part.signed_at),
        "handled_at": iso(part.handled_at),
        "verified_at": iso(part.verified_at),
        "return_until": iso(part.return_until),
        "result": mask_numbers(str(part.result)) or None,
    }


def _clock_json(clock: CaseClock, case: Case, reference: Reference) -> Json:
    return {
        "stage": clock.stage,
        "unit": clock.unit or None,
        "limit": clock.limit,
        "started": iso(clock.started),
        "due": iso(clock.due),
        "ended": iso(clock.ended),
        "steps": list(clock_lines(clock, reference, case.clocks)) if clock.stage != "imported" else [],
    }


def timeline_json(entries: Sequence[TimelineEntry], reference: Reference) -> list[Json]:
    """The whole timeline, the oldest entry first."""
    return [
        {
            "at": iso(e.at),
            "kind": e.kind,
            "actor": e.actor,
            "text": text,
            "payload": _masked(e.payload),
            "pending": e.pending,
            "aside": e.aside,
            "refused": e.refused,
        }
        for e, text in zip(entries, lines_of(entries, reference), strict=True)
    ]


def _masked(payload: Mapping[str, Any]) -> Json:
    """An event's payload with names and numbers of people masked."""
    return {
        name: _masked(value) if name == "facts" and isinstance(value, dict) else _MASKS.get(name, _as_it_is)(value)
        for name, value in payload.items()
        if name not in TRIALS
    }


def _as_it_is(value: Any) -> Any:
    return value


def _by(mask: Callable[[str], str]) -> Callable[[Any], str | None]:
    return lambda value: None if value is None else mask(str(value))


def _extra(columns: Mapping[str, Any]) -> Json:
    """Columns of the imported file that no field took; numbers of people in them are masked."""
    return {name: _by(mask_numbers)(value) for name, value in columns.items()}


def _contact(told: Mapping[str, Any]) -> Json:
    """The person whom units may call, masked."""
    return {"name": _by(mask_name)(told.get("name")), "phone": _by(mask_phone)(told.get("phone"))}


_MASKS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **{name: _by(mask) for name, mask in MASKS.items()},
    "extra": lambda value: _extra(value) if isinstance(value, dict) else value,
    "contact": lambda value: _contact(value) if isinstance(value, dict) else None,
}


def proposal_json(proposal: Proposal) -> Json:
    """To whom the case should be dispatched, with the reasons in Chinese."""

    def alternative(candidate: Candidate) -> Json:
        return {"unit": candidate.unit.code, "name": candidate.unit.name, "reason": reason_of(candidate)}

    lead = proposal.lead
    return {
        "lead": lead.unit.code if lead else None,
        "cooperating": [c.unit.code for c in proposal.cooperating],
        "reason": reason_of(lead) if lead else None,
        "standard": proposal.standard.key if proposal.standard else None,
        "alternatives": [alternative(c) for c in proposal.candidates if c is not lead],
    }


def tree_json(grids: Sequence[GridRow], figures: Mapping[str, GridFigures]) -> list[Json]:
    """The areas as a tree, townships first. The figures of an area include everything below it."""
    below: dict[str, list[GridRow]] = {}
    known = {g.code for g in grids}
    for grid in grids:
        below.setdefault(grid.parent if grid.parent in known else "", []).append(grid)

    def node(grid: GridRow) -> Json:
        figure = figures.get(grid.code)
        return {
            "code": grid.code,
            "name": grid.name,
            "tier": grid.tier,
            "parent": grid.parent or None,
            "open": figure.open if figure else 0,
            "overdue": figure.overdue if figure else 0,
            "children": [node(g) for g in below.get(grid.code, ())],
        }

    return [node(g) for g in below.get("", ())]
