"""Which units an event hands a case to, what a unit reads of a stream, and what it may write of a case.

The hub decides by this alone what a department's desk reads, so an event kind of a later version counts too: whatever
carries ``assignments`` hands the case to the units in it. Of an event a department gets what
:mod:`gridclient.services.withholding` leaves, which says under :data:`WITHHELD` what it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gridclient.domain.events import EventKind

UNIT_KINDS: Final = frozenset(
    {EventKind.SIGNED, EventKind.RETURNED, EventKind.FED_BACK, EventKind.NOTED, EventKind.ATTACHED, EventKind.UNDONE}
)
"""What a unit's own desk writes. Source: the table of actions (动作), those of a unit."""
WITHHELD: Final = "withheld"
"""In a payload: what a department does not get of it, each name with a token that is the same for the same value."""
_NOBODY: Final[frozenset[str]] = frozenset()
_NAMES_ITS_UNIT: Final = frozenset({EventKind.SIGNED, EventKind.RETURNED, EventKind.FED_BACK})


def units_handed(kind: str, payload: Mapping[str, Any]) -> frozenset[str]:
    """The units that the event hands its case to; none where the payload is not shaped like a dispatch."""
    parts = payload.get("assignments")
    if not isinstance(parts, list) or kind in UNIT_KINDS:
        return _NOBODY
    named = (part.get("unit") for part in parts if isinstance(part, dict))
    return frozenset(unit for unit in named if isinstance(unit, str) and unit)


def unit_may_write(unit: str, kind: str, payload: Mapping[str, Any]) -> bool:
    """Whether the desk of ``unit`` may write this of a case that was handed to it: its own step, in its own name."""
    if kind not in UNIT_KINDS:
        return False
    return kind not in _NAMES_ITS_UNIT or payload.get("unit") == unit


def withheld_of(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was withheld of an event, with its tokens; of most events nothing."""
    tokens = payload.get(WITHHELD)
    return tokens if isinstance(tokens, dict) else {}


def stream_of(feed: str) -> str:
    """The stream that a feed is cut from: ``t:371002001`` of ``d:U1@t:371002001``."""
    return feed.partition("@")[2] or feed
