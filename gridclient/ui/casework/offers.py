"""Which actions the state of a case and the role of the account allow, the likeliest first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gridclient.domain.case import Assignment, AssignmentState, Case, CaseState, Role
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import AccountRole, Action, Actor, may, may_undo
from gridclient.domain.steps_desk import HIGHEST_LEVEL
from gridclient.ui.actions import KEYS, TOGETHER, kept_from, kept_word, word_of

_OPEN_PART: Final = (AssignmentState.DISPATCHED, AssignmentState.HANDLING)
_KEYS: Final = {**KEYS, Action.UNDO: "Ctrl+Z"}
_WITH_UNIT: Final = (CaseState.DISPATCHED, CaseState.HANDLING)


@frozen
class Offer:
    """One action that is open now, with its word and key."""

    action: Action
    word: str
    key: str = ""


def offers(case: Case, actor: Actor) -> tuple[Offer, ...]:
    """The open actions, in the order an operator wants them."""
    wanted = [action for action in _candidates(case, actor) if may(actor.role, action)]
    return tuple(Offer(action, word_of(action), _KEYS.get(action, "")) for action in dict.fromkeys(wanted))


def kept_words(case: Case, actor: Actor) -> tuple[str, ...]:
    """What the shift leader could do with the case, said of an operator's desk."""
    return tuple(kept_word(action) for action in _candidates(case, actor) if kept_from(actor.role, action))


def offers_together(states: Iterable[str], actor: Actor) -> tuple[Offer, ...]:
    """What can be done at once to several cases in these states."""
    found = frozenset(states)
    wanted = [action for action, fit in TOGETHER.items() if found & fit and may(actor.role, action)]
    return tuple(Offer(action, word_of(action), _KEYS.get(action, "")) for action in wanted)


def parts_for(case: Case, actor: Actor, states: Iterable[AssignmentState]) -> tuple[Assignment, ...]:
    """The units' parts that stand in one of ``states``, the lead's first; a unit's account sees its own."""
    wanted = frozenset(states)
    own = actor.unit if actor.role is AccountRole.UNIT else ""
    found = [part for part in case.assignments if part.state in wanted and (not own or part.unit == own)]
    return tuple(sorted(found, key=lambda part: part.role is not Role.LEAD))


def signable(case: Case, actor: Actor) -> tuple[Assignment, ...]:
    return parts_for(case, actor, (AssignmentState.DISPATCHED,))


def returnable(case: Case, actor: Actor) -> tuple[Assignment, ...]:
    return parts_for(case, actor, _OPEN_PART)


def handling(case: Case, actor: Actor) -> tuple[Assignment, ...]:
    return parts_for(case, actor, (AssignmentState.HANDLING,))


def verifiable(case: Case, actor: Actor) -> tuple[Assignment, ...]:
    """Parts with a result to check, and cooperating ones that can be released."""
    found = [part for part in parts_for(case, actor, AssignmentState) if part in case.open_parts]
    usable = [part for part in found if part.state is AssignmentState.HANDLED or part.role is Role.COOPERATING]
    return tuple(sorted(usable, key=lambda part: part.state is not AssignmentState.HANDLED))


def ready_to_close(case: Case) -> bool:
    """Every part is verified or released, the lead's verified."""
    lead = case.lead
    verified = lead is not None and lead.state is AssignmentState.VERIFIED
    return case.state is CaseState.HANDLED and verified and not case.open_parts


def _candidates(case: Case, actor: Actor) -> list[Action]:
    if case.state is CaseState.REPORTED:
        first = [Action.FILE, Action.DECLINE]
    elif case.state is CaseState.FILED:
        first = [Action.DISPATCH]
    elif case.state in _WITH_UNIT:
        first = _with_unit(case, actor)
    elif case.state is CaseState.HANDLED:
        first = [Action.CLOSE] if ready_to_close(case) else []
        first += _desk_of_handled(case, actor)
    elif case.state is CaseState.CLOSED:
        first = [Action.RATE, Action.REOPEN]
    else:
        first = []
    last = case.last_event
    undo = [Action.UNDO] if case.previous is not None and last is not None and may_undo(actor, last) else []
    return [*first, *_beside_the_state(case), Action.NOTE, *undo]


def _with_unit(case: Case, actor: Actor) -> list[Action]:
    found = []
    if signable(case, actor):
        found.append(Action.SIGN)
    if handling(case, actor):
        found.append(Action.FEED_BACK)
    if returnable(case, actor):
        found.append(Action.RETURN)
    found += [Action.URGE, Action.REASSIGN]
    return [*found, Action.VERIFY] if verifiable(case, actor) else found


def _desk_of_handled(case: Case, actor: Actor) -> list[Action]:
    checks = [Action.VERIFY] if verifiable(case, actor) else []
    cooperating = [Action.FEED_BACK] if handling(case, actor) else []
    return [*checks, *cooperating, Action.URGE]


def _beside_the_state(case: Case) -> list[Action]:
    if not case.is_open:
        return []
    levels: list[Action] = []
    if case.state is not CaseState.HANDLED:
        levels += [Action.ESCALATE] if case.level < HIGHEST_LEVEL else []
        levels += [Action.DELEGATE] if case.level > 1 else []
    return [*levels, Action.AMEND, Action.VOID]
