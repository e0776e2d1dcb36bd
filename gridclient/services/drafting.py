"""Builds the event of each action: checks the arguments against the lists and computes clocks and deadlines.

Deadlines are stored in the event, so that every desk has the same ones whatever its calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gridclient.domain.case import FACTS, Assignment, AssignmentState, Case, Role, Stage
from gridclient.domain.errors import InvalidInput, NotFound, RuleViolation
from gridclient.domain.events import EventKey, EventKind, to_seconds
from gridclient.domain.frozen import frozen
from gridclient.domain.replacing import replace
from gridclient.domain.roles import AccountRole, Action, Actor, require_undo
from gridclient.services.clocks import (
    clock_payload,
    deadline_of,
    handling_limit,
    remaining_seconds,
    resumed_limit,
)
from gridclient.services.grounds import answers_for
from gridclient.services.ports import Reference
from gridclient.services.rows import StandardRow, UnitRow
from gridclient.services.standards import listed_facts
from gridclient.services.words import DECLINE_REASONS, RATINGS, RETURN_REASONS

Draft = tuple[EventKind, dict[str, Any]]


@frozen
class Situation:
    """Everything that an event is built from."""

    case: Case
    args: Mapping[str, Any]
    actor: Actor
    now: datetime
    reference: Reference

    def text(self, name: str, default: str = "") -> str:
        return str(self.args.get(name, default) or default).strip()


def draft_for(action: Action, situation: Situation) -> Draft:
    """Kind and payload of the action's event.

    Raises:
        RuleViolation, NotFound, InvalidInput: an argument is missing, not allowed, or names what does not exist.
    """
    return _DRAFTS[action](situation)


def _with_behalf(situation: Situation, payload: dict[str, Any]) -> dict[str, Any]:
    """Adds the unit concerned, and marks what the desk does on its behalf (代)."""
    lead = situation.case.lead
    unit = situation.text("unit", situation.actor.unit or (lead.unit if lead else ""))
    if situation.actor.role is AccountRole.UNIT and unit != situation.actor.unit:
        raise RuleViolation("role.other_unit", unit=unit)
    payload["unit"] = unit
    if situation.actor.role is not AccountRole.UNIT:
        payload["on_behalf"] = True
    return payload


def _facts_changed(situation: Situation) -> dict[str, Any]:
    """The facts among the arguments."""
    given = {name: value for name, value in situation.args.items() if name in FACTS}
    return listed_facts(given, situation.reference, situation.now)


def _stage_clock(situation: Situation, stage: Stage, unit: str = "") -> dict[str, Any]:
    limit = situation.reference.setting(f"limit.{stage.value}")
    return clock_payload(stage, limit, situation.now, situation.reference, unit=unit)


def _amend(situation: Situation) -> Draft:
    payload: dict[str, Any] = {"facts": _facts_changed(situation)}
    if "level" in situation.args:
        payload["level"] = int(situation.args["level"])
    if not payload["facts"] and "level" not in payload:
        raise RuleViolation("case.nothing_changed")
    return EventKind.AMENDED, payload


def _file(situation: Situation) -> Draft:
    facts = _facts_changed(situation)
    standard = situation.reference.standard(str(facts.get("standard", situation.case.facts.standard)))
    payload: dict[str, Any] = {
        "facts": facts,
        "clocks": [_stage_clock(situation, Stage.DISPATCH)],
        "basis": _basis(standard),
    }
    if "level" in situation.args:
        payload["level"] = int(situation.args["level"])
    return EventKind.FILED, payload


def _basis(standard: StandardRow | None) -> dict[str, str]:
    """The condition, and its version, that justify the step."""
    return {"standard": standard.key, "version": standard.version} if standard else {}


def _decline(situation: Situation) -> Draft:
    code = _choice(situation, "reason_code", DECLINE_REASONS)
    return EventKind.DECLINED, {"reason_code": code, "reason": situation.text("reason")}


def _choice(situation: Situation, name: str, words: Mapping[str, str]) -> str:
    """The argument's code from ``words``; "" if missing, which the fold judges. Raises ``arguments.no_such_choice``."""
    code = situation.text(name)
    if code and code not in words:
        known = [f"{known}（{word}）" for known, word in words.items()]
        raise InvalidInput("arguments.no_such_choice", name=name, text=code, known=known)
    return code


def _unit(situation: Situation, code: str) -> UnitRow:
    row = situation.reference.unit(code)
    if row is None:
        raise NotFound("unit.unknown", unit=code)
    if row.status == "inactive":
        raise RuleViolation("unit.inactive", unit=row.name)
    return row


def _time_of(situation: Situation, unit: str) -> tuple[datetime, str]:
    """The start and the limit of a unit's handling clock in a dispatch.

    The same unit again goes on with the time it had left; if none was left it stays overdue (rule). Another unit, one
    that was released or verified, and one whose level changed meanwhile start anew.
    """
    before = situation.case.assignment_of(unit)
    ended = before is not None and (
        before.state in (AssignmentState.RELEASED, AssignmentState.VERIFIED)
        or (before.state is AssignmentState.RETURNED and before.remaining is None)
    )
    if before is None or ended:
        return situation.now, handling_limit(situation.case, situation.reference)
    left = _left(situation, before)
    past = [c for c in situation.case.clocks if c.stage == Stage.HANDLE and c.unit == unit]
    if past and not left:
        return past[-1].started, past[-1].limit
    return situation.now, resumed_limit(left, before.limit)


def _left(situation: Situation, part: Assignment) -> int:
    if part.remaining is not None:
        return part.remaining
    return remaining_seconds(part.due, part.limit, situation.now, situation.reference)


def _give_out(situation: Situation) -> dict[str, Any]:
    codes = (situation.text("lead"), *(str(code) for code in situation.args.get("cooperating") or ()))
    units = [_unit(situation, code) for code in codes]
    times = [_time_of(situation, unit.code) for unit in units]
    handling = [
        clock_payload(Stage.HANDLE, limit, start, situation.reference, unit=unit.code)
        for unit, (start, limit) in zip(units, times, strict=True)
    ]
    until = deadline_of(situation.reference.setting("limit.return"), situation.now, situation.reference)
    parts = [
        {
            "unit": unit.code,
            "role": (Role.COOPERATING if place else Role.LEAD).value,
            "limit": limit,
            "due": handling[place]["due"],
            "return_until": to_seconds(until.due),
        }
        for place, (unit, (_, limit)) in enumerate(zip(units, times, strict=True))
    ]
    standard = situation.reference.standard(situation.case.facts.standard)
    listed = standard.units if standard else ()
    return _contact(situation) | {
        "assignments": parts,
        "clocks": [*handling, *(_stage_clock(situation, Stage.SIGN, unit=unit.code) for unit in units)],
        "reason": situation.text("reason"),
        "against_list": bool(listed) and not answers_for(units[0], listed),
        "basis": _basis(standard),
    }


def _contact(situation: Situation) -> dict[str, Any]:
    """需联系群众: the reporter's name and telephone, which the units get only by this dispatch."""
    if not situation.args.get("contact"):
        return {}
    facts = situation.case.facts
    if facts.keep_secret:
        raise RuleViolation("dispatch.contact_secret")
    if not facts.reporter_phone.strip():
        raise RuleViolation("dispatch.contact_missing")
    return {"contact": {"name": facts.reporter_name, "phone": facts.reporter_phone}}


def _dispatch(situation: Situation) -> Draft:
    return EventKind.DISPATCHED, _give_out(situation)


def _reassign(situation: Situation) -> Draft:
    return EventKind.REASSIGNED, _give_out(situation)


def _sign(situation: Situation) -> Draft:
    return EventKind.SIGNED, _with_behalf(situation, {})


def _return(situation: Situation) -> Draft:
    code = _choice(situation, "reason_code", RETURN_REASONS)
    payload = _with_behalf(situation, {"reason_code": code, "reason": situation.text("reason")})
    part = situation.case.assignment_of(payload["unit"])
    if part is not None:
        payload["remaining"] = remaining_seconds(part.due, part.limit, situation.now, situation.reference)
        if part.role is Role.LEAD:
            payload["clocks"] = [_stage_clock(situation, Stage.DISPATCH)]
    return EventKind.RETURNED, payload


def _level_clocks(situation: Situation, step: int) -> list[dict[str, Any]]:
    """The handling clock of the new level, if the lead has the case in hand; else the next dispatch sets it."""
    case = situation.case
    lead, level = case.lead, case.level + step
    in_hand = lead is not None and lead.state in (AssignmentState.DISPATCHED, AssignmentState.HANDLING)
    if lead is None or not in_hand or not situation.reference.setting(f"limit.level.{level}"):
        return []
    limit = handling_limit(replace(case, level=level, moved=case.moved + step), situation.reference)
    return [clock_payload(Stage.HANDLE, limit, situation.now, situation.reference, unit=lead.unit)]


def _escalate(situation: Situation) -> Draft:
    return EventKind.ESCALATED, {"reason": situation.text("reason"), "clocks": _level_clocks(situation, +1)}


def _delegate(situation: Situation) -> Draft:
    return EventKind.DELEGATED, {"reason": situation.text("reason"), "clocks": _level_clocks(situation, -1)}


def _urge(situation: Situation) -> Draft:
    return EventKind.URGED, {"text": situation.text("text"), "unit": situation.text("unit")}


def _feed_back(situation: Situation) -> Draft:
    payload = {
        "result": situation.text("result"),
        "contacted": bool(situation.args.get("contacted", False)),
        "public_reply": situation.text("public_reply"),
        "clocks": [_stage_clock(situation, Stage.VERIFY)],
    }
    return EventKind.FED_BACK, _with_behalf(situation, payload)


def _verify(situation: Situation) -> Draft:
    payload = {"unit": situation.text("unit"), "reason": situation.text("reason")}
    return EventKind.RELEASED if situation.args.get("release") else EventKind.VERIFIED, payload


def _rework(situation: Situation) -> Draft:
    return EventKind.REWORKED, {"unit": situation.text("unit"), "reason": situation.text("reason")}


def _close(situation: Situation) -> Draft:
    return EventKind.CLOSED, {
        "closing_condition_met": bool(situation.args.get("closing_condition_met", False)),
        "note": situation.text("note"),
    }


def _reopen(situation: Situation) -> Draft:
    facts = situation.case.facts
    stage = Stage.DISPATCH if facts.standard and facts.grid else Stage.ACCEPT
    return EventKind.REOPENED, {"reason": situation.text("reason"), "clocks": [_stage_clock(situation, stage)]}


def _void(situation: Situation) -> Draft:
    return EventKind.VOIDED, {"reason": situation.text("reason")}


def _rate(situation: Situation) -> Draft:
    return EventKind.RATED, {"rating": _choice(situation, "rating", RATINGS), "text": situation.text("text")}


def _require_given(situation: Situation) -> None:
    """Raises ``case.unit_not_assigned`` for a unit that the case was not given to."""
    unit = situation.actor.unit
    if situation.actor.role is AccountRole.UNIT and situation.case.assignment_of(unit) is None:
        raise RuleViolation("case.unit_not_assigned", unit=unit)


def _note(situation: Situation) -> Draft:
    _require_given(situation)
    return EventKind.NOTED, {"text": situation.text("text")}


def _attach(situation: Situation) -> Draft:
    _require_given(situation)
    names = ("sha256", "name", "kind", "size")
    return EventKind.ATTACHED, {name: situation.args.get(name, "") for name in names}


def _undo(situation: Situation) -> Draft:
    last = situation.case.last_event
    if last is None:
        raise RuleViolation("case.nothing_to_undo")
    require_undo(situation.actor, last)
    return EventKind.UNDONE, {"target": list(last.key)}


def _event_key(text: str) -> list[str | int]:
    """An event's key from its text form."""
    try:
        return list(EventKey.parse(text))
    except ValueError:
        raise RuleViolation("conflict.unknown") from None


def _resolve(situation: Situation) -> Draft:
    """The choice between two sides of a conflict; of the case's oldest one if ``target`` is missing."""
    waiting = situation.case.contentions
    target = situation.args.get("target") or (list(waiting[0].key) if waiting else ())
    if isinstance(target, str):
        target = _event_key(target)
    return EventKind.RESOLVED, {"target": list(target), "choice": situation.text("choice")}


_DRAFTS: Mapping[Action, Callable[[Situation], Draft]] = {
    Action.FILE: _file,
    Action.DECLINE: _decline,
    Action.DISPATCH: _dispatch,
    Action.SIGN: _sign,
    Action.RETURN: _return,
    Action.REASSIGN: _reassign,
    Action.ESCALATE: _escalate,
    Action.DELEGATE: _delegate,
    Action.URGE: _urge,
    Action.FEED_BACK: _feed_back,
    Action.VERIFY: _verify,
    Action.REWORK: _rework,
    Action.CLOSE: _close,
    Action.REOPEN: _reopen,
    Action.VOID: _void,
    Action.RATE: _rate,
    Action.AMEND: _amend,
    Action.NOTE: _note,
    Action.ATTACH: _attach,
    Action.UNDO: _undo,
    Action.RESOLVE: _resolve,
}
