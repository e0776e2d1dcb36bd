"""Which units an event hands a case to, which part of a stream a unit may read, and what it may write.

The hub decides by this module alone what a department's desk reads. Event kinds of later versions count too: any event
with ``assignments`` hands the case to the units in it. A department gets events as
:mod:`gridclient.services.withholding` leaves them, with what is missing listed under :data:`WITHHELD`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gridclient.domain.events import EventKind

UNIT_KINDS: Final = frozenset(
    {EventKind.SIGNED, EventKind.RETURNED, EventKind.FED_BACK, EventKind.NOTED, EventKind.ATTACHED, EventKind.UNDONE}
)
"""Kinds that a unit's own desk may write. Source: the table of actions (动作), those of a unit."""
WITHHELD: Final = "withheld"
"""Key in a payload: the names of withheld values, each with a token that is equal for equal values."""
SALT: Final = "salt"
"""Key in a payload: a random text without which what is withheld cannot be found by trying values against the link.

It goes where the values go. Events of older programs have none; no rule reads it.
"""
ASIDE: Final = "aside:"
"""Begins the stream of events that were set aside because the hub takes them from nobody here; theirs follows."""
_NOBODY: Final[frozenset[str]] = frozenset()
_NAMES_ITS_UNIT: Final = frozenset({EventKind.SIGNED, EventKind.RETURNED, EventKind.FED_BACK})


def units_handed(kind: str, payload: Mapping[str, Any]) -> frozenset[str]:
    """The units that the event hands its case to; none if the payload does not have the form of a dispatch."""
    parts = payload.get("assignments")
    if not isinstance(parts, list) or kind in UNIT_KINDS:
        return _NOBODY
    named = (part.get("unit") for part in parts if isinstance(part, dict))
    return frozenset(unit for unit in named if isinstance(unit, str) and unit)


def unit_may_write(unit: str, kind: str, payload: Mapping[str, Any]) -> bool:
    """Whether the desk of ``unit`` may write this event in a case handed to it: only a unit's step, for itself."""
    if kind not in UNIT_KINDS:
        return False
    return kind not in _NAMES_ITS_UNIT or payload.get("unit") == unit


def withheld_of(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The names and tokens of what was withheld of an event; mostly empty."""
    tokens = payload.get(WITHHELD)
    return tokens if isinstance(tokens, dict) else {}


def stream_of(feed: str) -> str:
    """The stream that a feed belongs to: ``t:371002001`` for ``d:U1@t:371002001``."""
    return feed.partition("@")[2] or feed


def home_of(stream: str) -> str:
    """The stream that events were written for, also where they were set aside."""
    return stream.removeprefix(ASIDE)
