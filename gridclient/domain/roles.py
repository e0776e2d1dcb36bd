"""Who may do what. Source: the table of people (角色) and the table of actions (动作)."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import Event, EventKind
from gridclient.domain.frozen import frozen


class AccountRole(StrEnum):
    """角色 of an account; ``admin`` and ``auditor`` are never one account (rule).

    ``watcher`` is the role at a desk that may write no case: the hub would refuse its events for ever.
    """

    SHIFT_LEADER = "shift_leader"
    OPERATOR = "operator"
    UNIT = "unit"
    SUPERVISOR = "supervisor"
    ASSESSOR = "assessor"
    ADMIN = "admin"
    AUDITOR = "auditor"
    WATCHER = "watcher"


class Action(StrEnum):
    """动作 on a case, by their names in commands and JSON."""

    FILE = "file"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    SIGN = "sign"
    RETURN = "return"
    REASSIGN = "reassign"
    ESCALATE = "escalate"
    DELEGATE = "delegate"
    URGE = "urge"
    FEED_BACK = "feed_back"
    VERIFY = "verify"
    REWORK = "rework"
    CLOSE = "close"
    REOPEN = "reopen"
    VOID = "void"
    RATE = "rate"
    AMEND = "amend"
    NOTE = "note"
    ATTACH = "attach"
    UNDO = "undo"
    RESOLVE = "resolve"


@frozen
class Actor:
    """Who acts: account, role, the unit of a unit's account, and the person's name."""

    account: str
    role: AccountRole
    unit: str = ""
    name: str = ""


_DESK = frozenset({AccountRole.OPERATOR, AccountRole.SHIFT_LEADER})
_LEADER = frozenset({AccountRole.SHIFT_LEADER})
_UNIT = _DESK | {AccountRole.UNIT}
_WATCH = _DESK | {AccountRole.SUPERVISOR}
_ANYONE = _UNIT | _WATCH
_ALLOWED: dict[Action, frozenset[AccountRole]] = {
    Action.SIGN: _UNIT,
    Action.RETURN: _UNIT,
    Action.FEED_BACK: _UNIT,
    Action.URGE: _WATCH,
    Action.REOPEN: _LEADER,
    Action.VOID: _LEADER,
    Action.NOTE: _ANYONE,
    Action.ATTACH: _UNIT,
    Action.UNDO: _ANYONE,
}

_DONE_BY: dict[str, Action] = {
    EventKind.SIGNED: Action.SIGN,
    EventKind.RETURNED: Action.RETURN,
    EventKind.FED_BACK: Action.FEED_BACK,
    EventKind.URGED: Action.URGE,
    EventKind.REOPENED: Action.REOPEN,
    EventKind.VOIDED: Action.VOID,
    EventKind.NOTED: Action.NOTE,
    EventKind.ATTACHED: Action.ATTACH,
}
"""The action behind each event kind; kinds not listed are the desk's own (as ``AMEND``)."""


def may(role: AccountRole, action: Action) -> bool:
    """Whether an account of ``role`` may do ``action``. Actions that are not listed are for the desk's roles."""
    return role in _ALLOWED.get(action, _DESK)


def may_see_people(role: AccountRole) -> bool:
    """Whether an account may ask for names and numbers in plain: who handles the case, not who watches or administers.

    Source: DOMAIN, Privacy.
    """
    return role in _UNIT


def require(actor: Actor, action: Action, told: str = "") -> None:
    """Raises ``RuleViolation`` unless the actor's role allows the action; ``told`` names the action in the error."""
    if not may(actor.role, action):
        _refuse(actor, told or action.value, _ALLOWED.get(action, _DESK))


def require_administrator(actor: Actor, told: str) -> None:
    """Raises ``RuleViolation`` for who does other work here. A desk that its rights bind has no account but its own."""
    if actor.role not in (AccountRole.ADMIN, AccountRole.UNIT, AccountRole.WATCHER):
        _refuse(actor, told, frozenset({AccountRole.ADMIN}))


def may_undo(actor: Actor, event: Event) -> bool:
    """Whether the actor may undo the event: only who did it or could have done it."""
    if event.actor == actor.account:
        return True
    if actor.role is AccountRole.UNIT and event.payload.get("unit") != actor.unit:
        return False
    return actor.role in _ALLOWED.get(_DONE_BY.get(event.kind, Action.AMEND), _DESK)


def require_undo(actor: Actor, event: Event) -> None:
    """Raises ``RuleViolation`` unless :func:`may_undo`: ``role.not_allowed``, ``role.other_units_step``."""
    if may_undo(actor, event):
        return
    allowed = _ALLOWED.get(_DONE_BY.get(event.kind, Action.AMEND), _DESK)
    if actor.role in allowed:
        raise RuleViolation("role.other_units_step")
    _refuse(actor, Action.UNDO.value, allowed)


def _refuse(actor: Actor, action: str, allowed: frozenset[AccountRole]) -> NoReturn:
    who = [role.value for role in AccountRole if role in allowed]
    raise RuleViolation("role.not_allowed", role=actor.role.value, action=action, who=who)
