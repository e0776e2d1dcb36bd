"""Who may do what, and who may take what back. Source: the table of people (角色) and the table of actions (动作)."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import Event, EventKey, EventKind
from gridclient.domain.roles import AccountRole, Action, Actor, may, may_undo, require_administrator

LEADER, OPERATOR, UNIT, SUPERVISOR = (
    AccountRole.SHIFT_LEADER,
    AccountRole.OPERATOR,
    AccountRole.UNIT,
    AccountRole.SUPERVISOR,
)
OTHERS = {
    Action.SIGN: {LEADER, OPERATOR, UNIT},
    Action.RETURN: {LEADER, OPERATOR, UNIT},
    Action.FEED_BACK: {LEADER, OPERATOR, UNIT},
    Action.ATTACH: {LEADER, OPERATOR, UNIT},
    Action.URGE: {LEADER, OPERATOR, SUPERVISOR},
    Action.NOTE: {LEADER, OPERATOR, UNIT, SUPERVISOR},
    Action.UNDO: {LEADER, OPERATOR, UNIT, SUPERVISOR},
    Action.REOPEN: {LEADER},
    Action.VOID: {LEADER},
}
"""The actions that not just the desk may do: its leader and its operators."""


@pytest.mark.parametrize("action", Action)
def test_an_action_belongs_to_the_desk_unless_the_table_says_otherwise(action: Action) -> None:
    assert {role for role in AccountRole if may(role, action)} == OTHERS.get(action, {LEADER, OPERATOR})


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        (EventKind.FILED, {LEADER, OPERATOR}),
        (EventKind.SIGNED, {LEADER, OPERATOR, UNIT}),
        (EventKind.RETURNED, {LEADER, OPERATOR, UNIT}),
        (EventKind.FED_BACK, {LEADER, OPERATOR, UNIT}),
        (EventKind.ATTACHED, {LEADER, OPERATOR, UNIT}),
        (EventKind.URGED, {LEADER, OPERATOR, SUPERVISOR}),
        (EventKind.NOTED, {LEADER, OPERATOR, UNIT, SUPERVISOR}),
        (EventKind.REOPENED, {LEADER}),
        (EventKind.VOIDED, {LEADER}),
    ],
)
def test_what_another_did_is_taken_back_by_who_could_have_done_it(kind: EventKind, roles: set[AccountRole]) -> None:
    done = Event(EventKey("t:371002001", "a", 1, 9), 0, kind, "c1", 8, "wang", {"unit": "U1"})
    assert {role for role in AccountRole if may_undo(Actor("li", role, "U1"), done)} == roles


@pytest.mark.parametrize("role", AccountRole)
def test_what_an_administrator_does_is_done_by_who_has_no_other_account(role: AccountRole) -> None:
    alone = role in (AccountRole.ADMIN, AccountRole.UNIT, AccountRole.WATCHER)
    with nullcontext() if alone else pytest.raises(RuleViolation, match=r"role\.not_allowed"):
        require_administrator(Actor("li", role, "U1"), "accept")
