"""The actions that a case's state and the account's role allow, the likeliest first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.case import WITH_UNIT, Assignment, AssignmentState, Case, CaseState, Role
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import AccountRole, Action, Actor, may, may_undo
from gridclient.domain.steps_desk import HIGHEST_LEVEL
from gridclient.services.words import EVENTS
from gridclient.ui.actions import KEYS, TOGETHER, kept_from, kept_word, word_of

translate = QCoreApplication.translate
_STATES_FOR: Final = {
    Action.SIGN: (AssignmentState.DISPATCHED,),
    Action.FEED_BACK: (AssignmentState.HANDLING,),
    Action.RETURN: (AssignmentState.DISPATCHED, AssignmentState.HANDLING),
}


@frozen
class Offer:
    """An action that is possible now, with its word and key."""

    action: Action
    word: str
    key: str = ""


def offers(case: Case, actor: Actor) -> tuple[Offer, ...]:
    """The possible actions, the likeliest first."""
    wanted = [action for action in _candidates(case, actor) if may(actor.role, action)]
    return tuple(Offer(action, _word(action, case), KEYS.get(action, "")) for action in dict.fromkeys(wanted))


def _word(action: Action, case: Case) -> str:
    """The word of an action; an undoing names the step. It has no key: Ctrl+Z undoes the last step at this desk, which
    may be another case's."""
    last = case.last_event
    if action is not Action.UNDO or last is None:
        return word_of(action)
    return translate("Offers", "撤销“{step}”").format(step=EVENTS[last.kind])


def kept_words(case: Case, actor: Actor) -> tuple[str, ...]:
    """The words of what only the shift leader can do with the case, for an operator's desk."""
    return tuple(kept_word(action) for action in _candidates(case, actor) if kept_from(actor.role, action))


def offers_together(states: Iterable[str], actor: Actor) -> tuple[Offer, ...]:
    """The actions that can be done at once to several cases in these states."""
    found = frozenset(states)
    wanted = [action for action, fit in TOGETHER.items() if found & fit and may(actor.role, action)]
    return tuple(Offer(action, word_of(action), KEYS.get(action, "")) for action in wanted)


def parts_for(action: Action, case: Case, actor: Actor) -> tuple[Assignment, ...]:
    """The assignments that the action is for, the lead first; a unit's account gets its own one only. For a check,
    those with a result come first, then those that gave it back and wait to be released."""
    own = actor.unit if actor.role is AccountRole.UNIT else ""
    found = [part for part in case.assignments if not own or part.unit == own]
    found.sort(key=lambda part: part.role is not Role.LEAD)
    if action is not Action.VERIFY:
        return tuple(part for part in found if part.state in _STATES_FOR[action])
    found = [part for part in found if part in case.open_parts]
    usable = [part for part in found if part.state is AssignmentState.HANDLED or part.role is Role.COOPERATING]
    waiting = (AssignmentState.HANDLED, AssignmentState.RETURNED)
    return tuple(sorted(usable, key=lambda part: waiting.index(part.state) if part.state in waiting else len(waiting)))


def ready_to_close(case: Case) -> bool:
    """Whether the lead is verified and every other unit is verified or released. Source: DOMAIN.md §4, the case
    closes."""
    lead = case.lead
    verified = lead is not None and lead.state is AssignmentState.VERIFIED
    return case.state is CaseState.HANDLED and verified and not case.open_parts


def _candidates(case: Case, actor: Actor) -> list[Action]:
    if case.state is CaseState.REPORTED:
        first = [Action.FILE, Action.DECLINE]
    elif case.state is CaseState.FILED:
        first = [Action.DISPATCH]
    elif case.state in WITH_UNIT:
        parts = {action: found for action in _STATES_FOR if (found := parts_for(action, case, actor))}
        first = sorted(parts, key=lambda action: parts[action][0].role is not Role.LEAD)
        first += [Action.URGE, Action.REASSIGN]
        first += [Action.VERIFY] if parts_for(Action.VERIFY, case, actor) else []
    elif case.state is CaseState.HANDLED:
        first = [Action.CLOSE] if ready_to_close(case) else []
        first += [action for action in (Action.VERIFY, Action.SIGN, Action.FEED_BACK) if parts_for(action, case, actor)]
        first += [Action.URGE]
    elif case.state is CaseState.CLOSED:
        first = [Action.RATE, Action.REOPEN]
    else:
        first = []
    last = case.last_event
    undo = [Action.UNDO] if case.previous and last is not None and may_undo(actor, last) else []
    return [*first, *_beside_the_state(case), Action.NOTE, *undo]


def _beside_the_state(case: Case) -> list[Action]:
    if not case.is_open:
        return []
    levels: list[Action] = []
    if case.state is not CaseState.HANDLED:
        levels += [Action.ESCALATE] if case.level < HIGHEST_LEVEL else []
        levels += [Action.DELEGATE] if case.level > 1 else []
    return [*levels, Action.AMEND, Action.VOID]
