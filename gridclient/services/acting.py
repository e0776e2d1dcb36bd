"""The use case for every action on a case: checks the role, builds the event, lets the fold check it, and commits.

What an action's event contains is in :mod:`gridclient.services.drafting`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from gridclient.domain.errors import Conflict, RuleViolation
from gridclient.domain.events import EventDraft
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import Action, Actor, require
from gridclient.services.drafting import Situation, draft_for
from gridclient.services.ports import Clock, Reference, Work
from gridclient.services.rows import Changes


@frozen
class ActOnCase:
    """The command to do ``action`` to a case. ``base`` is the version that the actor saw; ``None`` accepts any."""

    action: Action
    case_id: str
    actor: Actor
    args: Mapping[str, Any] = field(default_factory=dict)
    base: int | None = None


def act_on_case(command: ActOnCase, *, work: Work, reference: Reference, clock: Clock) -> Changes:
    """Carries the command out in one transaction.

    Raises:
        RuleViolation: the role or the state machine forbids it, or an argument is missing.
        Conflict: somebody acted since ``base`` (``case.changed_meanwhile``).
        NotFound: no such case, unit or standard.
        StoreUnavailable: the disk or the store failed; nothing was changed.
    """
    require(command.actor, command.action)
    with work() as unit_of_work:
        case = unit_of_work.case(command.case_id)
        if command.base is not None and command.base != case.version:
            raise Conflict("case.changed_meanwhile", case=case.number)
        situation = Situation(case, command.args, command.actor, clock.now(), reference)
        try:
            kind, payload = draft_for(command.action, situation)
            unit_of_work.record(EventDraft(kind, case.id, case.stream, command.actor.account, payload))
        except RuleViolation as refused:
            _name_units(refused, reference)
            raise
    return unit_of_work.changes


def _name_units(refused: RuleViolation, reference: Reference) -> None:
    """Replaces unit codes in the error's parameters by names, as the rules know only codes."""

    def named(code: str) -> str:
        row = reference.unit(code)
        return f"{row.name}（{code}）" if row else code

    if unit := refused.params.get("unit"):
        refused.params["unit"] = named(str(unit))
    if isinstance(units := refused.params.get("units"), list):
        refused.params["units"] = [named(str(unit)) for unit in units]
