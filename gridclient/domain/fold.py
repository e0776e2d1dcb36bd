"""The state machine: ``fold(case, event)`` gives the case after the event, or raises the rule that forbids it.

The same function guards commands, rebuilds tables and replays what other desks did.
Source: the table of actions (动作) of the four-level closed loop (四级闭环) and the rules on joint handling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from gridclient.domain import steps_desk, steps_units
from gridclient.domain.case import Case
from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import Event, EventKind


def fold(case: Case | None, event: Event) -> Case:
    """The case after ``event``.

    Raises:
        RuleViolation: the rules forbid the event where it stands; the case is unchanged.
    """
    if case is None:
        opener = _OPENERS.get(event.kind)
        if opener is None:
            raise RuleViolation("case.unknown", case=event.subject)
        return opener(event)
    step = _STEPS.get(event.kind)
    if step is None or event.version != 1:
        return replace(case, version=case.version + 1, last=event.key, previous=None)
    after = step(case, event)
    previous = None if event.kind == EventKind.UNDONE else replace(case, previous=None)
    return replace(after, version=case.version + 1, last=event.key, previous=previous)


def fold_all(events: Iterable[Event]) -> Case | None:
    """The case after all its events in canonical order; what the rules refuse is named in ``refused``."""
    case: Case | None = None
    for event in events:
        try:
            case = fold(case, event)
        except RuleViolation:
            if case is not None:
                case = replace(
                    case, version=case.version + 1, last=event.key, previous=None, refused=(*case.refused, event.key)
                )
    return case


def _undone(case: Case, event: Event) -> Case:
    if case.last is None or list(case.last) != list(event.payload.get("target", ())):
        raise RuleViolation("case.acted_on_since")
    if case.previous is None or case.last.device != event.key.device:
        raise RuleViolation("case.nothing_to_undo")
    return case.previous


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
}
