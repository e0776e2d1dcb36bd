"""Compares events of two desks that had not seen each other: which commute, which are the same deed, which conflict.

Questions about events only; :mod:`gridclient.domain.fold` acts on the answers. Rule: what commutes is merged silently,
the same deed counts once, all else waits for a person's choice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from gridclient.domain.events import Event, EventKind, payload_text
from gridclient.domain.handing import WITHHELD, withheld_of

Essence = tuple[object, ...]

BESIDE: Final = frozenset({EventKind.NOTED, EventKind.ATTACHED, EventKind.URGED, EventKind.RECOMPUTED})
"""Kinds that do not change the state: they apply at any place in the order."""
_OF_ONE_UNIT: Final = frozenset(
    {
        EventKind.SIGNED,
        EventKind.RETURNED,
        EventKind.FED_BACK,
        EventKind.VERIFIED,
        EventKind.RELEASED,
        EventKind.REWORKED,
    }
)
_OF_THE_LEVEL: Final = frozenset({EventKind.ESCALATED, EventKind.DELEGATED})


def missed_by(event: Event, history: Sequence[Event]) -> tuple[Event, ...]:
    """The events of ``history`` before ``event`` that its author had not seen.

    ``base`` counts the events that the author had seen: all own ones, and the first of the others'. So the last
    ``len(history) - base`` of the others' are the ones not seen.
    """
    count = len(history) - event.base
    if count <= 0:
        return ()
    others = [earlier for earlier in history if not same_side(earlier, event)]
    return tuple(others[-count:])


def same_side(one: Event, other: Event) -> bool:
    """Whether the same device and incarnation wrote both."""
    return one.key.device == other.key.device and one.key.incarnation == other.key.incarnation


def is_beside(event: Event) -> bool:
    """Whether the event does not change the state, or is of a kind or version that this program does not know."""
    return event.version != 1 or event.kind in BESIDE or event.kind not in _KNOWN


def is_same_deed(event: Event, other: Event) -> bool:
    """Whether both events did the same thing, so that it counts once."""
    return event.kind == other.kind and _essence(event) == _essence(other)


def are_independent(event: Event, other: Event) -> bool:
    """Whether both events commute: parts of two units, different facts, or a level and a unit's part.

    The later one may still break a rule.
    """
    kinds = {event.kind, other.kind}
    if kinds <= _OF_ONE_UNIT:
        return _unit(event.payload) != _unit(other.payload) and "" not in (_unit(event.payload), _unit(other.payload))
    if EventKind.AMENDED in kinds:
        return _facts_agree(event.payload, other.payload)
    return bool(kinds & _OF_THE_LEVEL) and bool(kinds & _OF_ONE_UNIT)


def _facts_agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    mine, theirs = _amended(one), _amended(other)
    return all(mine[name] == theirs[name] for name in mine.keys() & theirs.keys())


def _amended(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The facts and the level that an amendment sets. For withheld facts their tokens are compared."""
    level = {"level": payload["level"]} if "level" in payload else {}
    return {**payload.get("facts", {}), **withheld_of(payload), **level}


def _unit(payload: Mapping[str, Any]) -> str:
    return str(payload.get("unit", ""))


def _essence(event: Event) -> Essence:
    return _ESSENCES.get(event.kind, _fields())(event.payload)


def _units_given(payload: Mapping[str, Any]) -> Essence:
    return tuple(sorted((str(part["unit"]), str(part["role"])) for part in payload.get("assignments", ())))


def _fields(*names: str) -> Callable[[Mapping[str, Any]], Essence]:
    """What stands under these names, with its token where a department does not have it as it was written."""
    return lambda payload: tuple(
        payload_text({"told": payload.get(name, ""), "token": withheld_of(payload).get(name)}) for name in names
    )


_ESSENCES: Final[Mapping[str, Callable[[Mapping[str, Any]], Essence]]] = {
    EventKind.AMENDED: _fields("facts", "level", WITHHELD),
    EventKind.FILED: _fields("facts", "level", WITHHELD),
    EventKind.DISPATCHED: _units_given,
    EventKind.REASSIGNED: _units_given,
    EventKind.SIGNED: _fields("unit"),
    EventKind.RETURNED: _fields("unit", "reason_code"),
    EventKind.FED_BACK: _fields("unit", "result"),
    EventKind.VERIFIED: _fields("unit"),
    EventKind.RELEASED: _fields("unit"),
    EventKind.REWORKED: _fields("unit"),
    EventKind.RATED: _fields("rating"),
    EventKind.UNDONE: _fields("target"),
    EventKind.RESOLVED: _fields("target", "choice"),
}
_KNOWN: Final = frozenset(EventKind)
