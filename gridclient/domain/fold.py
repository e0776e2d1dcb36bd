"""The state machine: ``fold(case, event)`` returns the case after the event or raises the rule that forbids it.

The same function guards commands, rebuilds tables and replays other desks' events. Whoever changes what events result
in must raise ``RULES`` (:mod:`gridclient.store.schema`), so that stores fold their cases again. Source: the table of
actions (动作) of the four-level closed loop (四级闭环) and the rules on joint handling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from heapq import heappop, heappush
from operator import itemgetter
from typing import Any, Final

from gridclient.domain import steps_desk, steps_units
from gridclient.domain.case import Case, Contention
from gridclient.domain.contention import are_independent, is_beside, is_same_deed, missed_by, same_side
from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import Event, EventKey, EventKind
from gridclient.domain.replacing import replace


def fold(case: Case | None, event: Event) -> Case:
    """The case after ``event``.

    Raises:
        RuleViolation: the rules forbid the event in the case's present state.
    """
    if case is None:
        opener = _OPENERS.get(event.kind)
        if opener is None:
            raise RuleViolation("case.unknown", case=event.subject)
        return opener(event)
    step = _STEPS.get(event.kind)
    if step is None or event.version != 1:
        return replace(case, version=case.version + 1, last_event=event, previous=())
    after = step(case, event)
    if event.kind == EventKind.UNDONE:
        return replace(after, version=case.version + 1)
    if case.contentions:
        after = _on_standing_side(after, event)
    previous = (*_own_steps(case, event), replace(case, previous=())) if event.kind in _UNDOABLE else ()
    return replace(after, version=case.version + 1, last_event=event, previous=previous)


def _own_steps(case: Case, event: Event) -> tuple[Case, ...]:
    """The ways back from ``case``; none if another device took its last step, as nobody undoes what another acted
    on."""
    return case.previous if case.last is not None and case.last.device == event.key.device else ()


def _on_standing_side(case: Case, event: Event) -> Case:
    """While a conflict waits for a choice, adds what is done to the side that stands, so that the choice shows it."""
    if is_beside(event) or event.kind == EventKind.RESOLVED:
        return case
    waiting = tuple(replace(c, against=(*c.against, event.key)) for c in case.contentions)
    return replace(case, contentions=waiting)


def fold_all(events: Iterable[Event]) -> Case | None:
    """The case after all its events in canonical order; ``None`` if none of them opens a case.

    Events that the rules forbid are listed in ``refused``. Events that conflict with some that their author had not
    seen go into ``contentions``, for a person's choice. An event that stands before others that its author had seen
    (the hub had lost those and got them back) is folded after them.
    """
    case: Case | None = None
    history: list[Event] = []
    in_order = tuple(_after_what_was_seen(events))
    without_trace = _undone_at_once(in_order)
    for event in in_order:
        if case is not None and event.key in without_trace:
            case = replace(case, version=case.version + 1, previous=_own_steps(case, event))
        else:
            case = _folded(case, event, history)
        if case is not None:
            history.append(event)
    return case


def _undone_at_once(events: Iterable[Event]) -> frozenset[EventKey]:
    """The steps that were undone before any event of another side, and their undoings. Both are as if they had never
    been, whatever the author of the steps had missed."""
    gone: list[EventKey] = []
    open_steps: list[Event] = []
    for event in events:
        if open_steps and not same_side(open_steps[-1], event):
            open_steps.clear()
        if open_steps and _undoes(event, open_steps[-1]):
            gone += (open_steps.pop().key, event.key)
        else:
            open_steps.append(event)
    return frozenset(gone)


def _undoes(event: Event, step: Event) -> bool:
    if event.kind != EventKind.UNDONE or event.version != 1 or step.version != 1:
        return False
    return step.kind in _UNDOABLE and _target(event) == step.key


def _target(event: Event) -> tuple[Any, ...]:
    """The key of the event that an undoing or a choice is about."""
    return tuple(event.payload.get("target", ()))


def _after_what_was_seen(events: Iterable[Event]) -> Iterator[Event]:
    """The events in order, but each one after at least as many (``base``) as its author had seen.

    Events that wait for the same number come by clock. Events whose number is never reached come last, in order.
    """
    early: list[tuple[int, int, Event]] = []
    count = 0
    for place, event in enumerate(events):
        if event.base > count:
            heappush(early, (event.hlc, place, event))
            continue
        yield event
        count += 1
        while early and early[0][2].base <= count:
            yield heappop(early)[2]
            count += 1
    yield from (event for _, _, event in sorted(early, key=itemgetter(1)))


def _folded(case: Case | None, event: Event, history: Sequence[Event]) -> Case | None:
    if case is None:
        try:
            return fold(None, event)
        except RuleViolation:
            return None
    missed = missed_by(event, history)
    if missed:
        return _merged(case, event, history, missed)
    try:
        return fold(case, event)
    except RuleViolation:
        return _without_effect(case, event)


def _without_effect(case: Case, event: Event) -> Case:
    return _stepped(case, event, refused=(*case.refused, event.key))


def _stepped(case: Case, event: Event, **changes: Any) -> Case:
    """The case after an event that cannot be undone, with ``changes``."""
    return replace(case, version=case.version + 1, last_event=event, previous=(), **changes)


def _merged(case: Case, event: Event, history: Sequence[Event], missed: Sequence[Event]) -> Case:
    """The case after an event whose author had not seen the events ``missed``."""
    for contention in case.contentions:
        if contention.key[1:3] == event.key[1:3] and any(m.key in contention.against for m in missed):
            return _on_branch(case, event, contention)
    weighty = [m for m in missed if not is_beside(m) and m.key not in case.refused]
    standing = _standing(weighty, history)
    if event.kind in _OPENERS:
        return _stepped(case, event)
    if any(is_same_deed(event, m) for m in standing):  # 需联系群众 may be ticked in either
        return _stepped(case, event, contact=case.contact or steps_units.contact_given(event))
    if is_beside(event) or all(are_independent(event, m) for m in standing):
        with suppress(RuleViolation):
            return fold(case, event)
    if is_beside(event) or not weighty:
        return _without_effect(case, event)
    return _contended(case, event, history, missed, weighty)


def _standing(deeds: Sequence[Event], history: Sequence[Event]) -> list[Event]:
    """The deeds without those undone again, without their undoings, and without undoings of :func:`is_beside`
    events."""
    undoing = {_target(d): d.key for d in deeds if d.kind == EventKind.UNDONE}
    gone = {key for d in deeds if d.key in undoing for key in (d.key, undoing[d.key])}
    gone |= {undoing[d.key] for d in history if d.key in undoing and is_beside(d)} if undoing else set()
    return [d for d in deeds if d.key not in gone]


def _contended(
    case: Case, event: Event, history: Sequence[Event], missed: Sequence[Event], weighty: Sequence[Event]
) -> Case:
    """Opens a contention: the first side stands, the later event begins a branch."""
    unseen = {m.key for m in missed}
    base = fold_all(earlier for earlier in history if earlier.key not in unseen)
    try:
        branch: Case | None = fold(base, event)
    except RuleViolation:
        branch = None
    if base is None or branch is None:
        return _without_effect(case, event)
    alone = replace(base, previous=(), contentions=())
    contention = Contention((event.key,), tuple(m.key for m in weighty), alone, branch)
    refused = (*case.refused, event.key)
    return _stepped(case, event, refused=refused, contentions=(*case.contentions, contention))


def _on_branch(case: Case, event: Event, contention: Contention) -> Case:
    """Continues the branch with an event of the later side, which still has not seen the first."""
    if is_beside(event):
        with suppress(RuleViolation):
            case = replace(fold(case, event), version=case.version)
        refused = case.refused
    else:
        refused = (*case.refused, event.key)
    try:
        branch = fold(contention.branch, event)
    except RuleViolation:
        return _stepped(case, event, refused=refused)
    if event.kind == EventKind.UNDONE and _target(event) == contention.key:
        left = tuple(c for c in case.contentions if c.key != contention.key)  # the later side undid its own step
    else:
        longer = replace(contention, events=(*contention.events, event.key), branch=branch)
        left = tuple(longer if c.key == contention.key else c for c in case.contentions)
    return _stepped(case, event, refused=refused, contentions=left)


def _resolved(case: Case, event: Event) -> Case:
    """Applies a person's choice: ``keep`` the first side, or ``take`` the later one."""
    contention = next((c for c in case.contentions if c.key == _target(event)), None)
    if contention is None:
        raise RuleViolation("conflict.unknown")
    left = tuple(c for c in case.contentions if c is not contention)
    choice = event.payload.get("choice")
    if choice == "keep":
        return replace(case, contentions=left)
    if choice != "take":
        raise RuleViolation("conflict.no_choice", choice=str(choice))
    taken = frozenset(contention.events)
    refused = (*(key for key in case.refused if key not in taken), *contention.against)
    return replace(
        contention.branch,
        version=case.version,
        attachments=case.attachments,
        urges=case.urges,
        refused=refused,
        contentions=left,
    )


def _undone(case: Case, event: Event) -> Case:
    last = case.last
    if last is None or last.device != event.key.device or last != _target(event):
        raise RuleViolation("case.acted_on_since")
    if not case.previous:
        raise RuleViolation("case.not_undoable")
    return replace(case.previous[-1], previous=case.previous[:-1])


_OPENERS: Mapping[str, Callable[[Event], Case]] = {
    EventKind.REGISTERED: steps_desk.registered,
    EventKind.IMPORTED: steps_desk.imported,
}

_STEPS: Mapping[str, Callable[[Case, Event], Case]] = {
    EventKind.AMENDED: steps_desk.amended,
    EventKind.FILED: steps_desk.filed,
    EventKind.DECLINED: steps_desk.declined,
    EventKind.DISPATCHED: steps_units.dispatched,
    EventKind.SIGNED: steps_units.signed,
    EventKind.RETURNED: steps_units.returned,
    EventKind.REASSIGNED: steps_units.reassigned,
    EventKind.ESCALATED: steps_desk.escalated,
    EventKind.DELEGATED: steps_desk.delegated,
    EventKind.URGED: steps_desk.urged,
    EventKind.FED_BACK: steps_units.fed_back,
    EventKind.VERIFIED: steps_units.verified,
    EventKind.RELEASED: steps_units.released,
    EventKind.REWORKED: steps_units.reworked,
    EventKind.CLOSED: steps_desk.closed,
    EventKind.REOPENED: steps_desk.reopened,
    EventKind.VOIDED: steps_desk.voided,
    EventKind.RATED: steps_desk.rated,
    EventKind.NOTED: steps_desk.noted,
    EventKind.ATTACHED: steps_desk.attached,
    EventKind.UNDONE: _undone,
    EventKind.RECOMPUTED: steps_desk.recomputed,
    EventKind.RESOLVED: _resolved,
}
_UNDOABLE: Final = _STEPS.keys() - {EventKind.UNDONE, EventKind.RECOMPUTED}
