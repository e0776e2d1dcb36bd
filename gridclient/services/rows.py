"""What screens and the command line read: frozen rows, each made for one place.

Instants are aware and in China time; codes are text; nothing here is formatted for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from gridclient.domain.case import Case
from gridclient.domain.codes import condition_key
from gridclient.domain.events import EventKey
from gridclient.domain.frozen import frozen

UNPLACED: Final = "unplaced"
"""未落格: stands for an area's code where cases are meant that lie in no area of the list."""


class Box(StrEnum):
    """今日必办: saved filters with a live count, in the order of the screen."""

    REPORTED = "reported"
    FILED = "filed"
    DISPATCHED = "dispatched"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    RETURNED = "returned"
    HANDLED = "handled"
    CONSULTATION = "consultation"
    CONFLICT = "conflict"
    PENDING = "pending"

    @property
    def only_open(self) -> bool:
        """Whether ended cases are left out; a conflict and what is not sent yet may be about them too."""
        return self not in (Box.CONFLICT, Box.PENDING)


class SortKey(StrEnum):
    """What the case list can be ordered by."""

    NUMBER = "number"
    TITLE = "title"
    LEVEL = "level"
    STATE = "state"
    UNIT = "unit"
    GRID = "grid"
    DUE = "due"
    CHANNEL = "channel"
    REGISTERED = "registered"


@frozen
class CaseFilter:
    """Which cases: every field narrows; empty means all. ``grid`` is a code of any tier, a township's too, or
    :data:`UNPLACED`."""

    grid: str = ""
    box: Box | None = None
    states: frozenset[str] = frozenset()
    only_open: bool = False
    unit: str = ""
    level: int | None = None
    channel: str = ""
    text: str = ""
    bounds: tuple[float, float, float, float] | None = None  # west, south, east, north in degrees


@frozen
class Sort:
    """An order of the list; ties are broken by the order of arrival."""

    key: SortKey = SortKey.DUE
    descending: bool = False


@frozen
class CaseRow:
    """One line of the case list. ``rowid`` is this store's own; ``id`` is the case's key everywhere."""

    rowid: int
    id: str
    number: str
    title: str
    state: str
    level: int
    grid: str
    grid_name: str
    unit: str
    unit_name: str
    cooperating: int
    due: datetime | None
    channel: str
    registered_at: datetime
    returned: bool
    escalated: bool
    conflict: bool
    pending: bool
    lon: float | None
    lat: float | None


@frozen
class CasePage:
    """A page by keyset. ``next`` is an opaque cursor, ``None`` on the last page."""

    rows: tuple[CaseRow, ...]
    next: str | None


@frozen
class TimelineEntry:
    """One event as the timeline shows it."""

    at: datetime
    kind: str
    actor: str
    payload: Mapping[str, Any]
    pending: bool
    refused: bool = False
    key: EventKey | None = None


@frozen
class ContentionSide:
    """One side of a contention: what it did, and the case as it would stand. ``mine``: this desk did it."""

    case: Case
    entries: tuple[TimelineEntry, ...]
    mine: bool


@frozen
class ContentionView:
    """Two sides of one case that cannot both stand: ``first`` came first in the order and stands meanwhile."""

    key: EventKey
    base: Case
    first: ContentionSide
    later: ContentionSide

    @property
    def end_withdrawn(self) -> str:
        """The end (``void``, ``declined`` …) that a choice of the later side takes back; "" for none."""
        before, after = self.first.case, self.later.case
        return "" if before.is_open or before.state is after.state else before.state.value


@frozen
class GridFigures:
    """Counts of one area. ``boxes`` holds every box of 今日必办."""

    open: int
    overdue: int
    boxes: Mapping[Box, int]


@frozen
class GridRow:
    """An area of any tier in force today. ``communities`` are the 12-digit codes it takes in (its own and others)."""

    code: str
    name: str
    tier: str
    parent: str
    special: bool = False
    worker: str = ""
    communities: tuple[str, ...] = ()
    schematic: bool = False


@frozen
class UnitRow:
    """A unit 派驻机构/部门 with what dispatch needs of it. ``serves`` are area codes of any tier."""

    code: str
    name: str
    kind: str
    aliases: tuple[str, ...]
    initials: str
    township: str
    lon: float | None
    lat: float | None
    serves: tuple[str, ...]
    fields: tuple[str, ...]
    telephone: str
    status: str


@frozen
class StandardRow:
    """A filing condition 立案条件 with its limit, in the version in force. ``limit`` is in code form.

    ``list`` names the list that it stands in, "" for the one without a name; ``code`` is its own only there.
    """

    code: str
    big_class: str
    small_class: str
    filing_condition: str
    closing_condition: str
    limit: str
    limit_text: str
    units: tuple[str, ...]
    cooperating: tuple[str, ...]
    version: str
    valid_from: date | None = None
    list: str = ""

    @property
    def key(self) -> str:
        """What cases and events name it by."""
        return condition_key(self.code, self.list)

    @property
    def case_class(self) -> str:
        """The class of the cases that are filed under it."""
        return f"{self.big_class} {self.small_class}".strip()


@frozen
class StandardListRow:
    """A list of filing conditions; those of a list that is not ``in_force`` are not offered any more."""

    name: str
    conditions: int
    in_force: bool


@frozen
class Likeness:
    """A case that may be the same, and why: metres apart, shared telephone, likeness of the texts 0..1."""

    row: CaseRow
    metres: float | None
    same_phone: bool
    text: float
    score: float


@frozen
class GridsAt:
    """The three tiers at a point; ``None`` where there is none."""

    basic: str | None
    community: str | None
    zone: str | None
    township: str | None = None


@frozen
class SavedView:
    """A filter with its order, under a name the operator gave."""

    name: str
    filter: CaseFilter
    sort: Sort


@frozen
class Changes:
    """What a write touched; emitted once, and every open page refreshes itself."""

    cases: frozenset[str] = frozenset()
    kinds: frozenset[str] = field(default_factory=frozenset)  # "grids", "units", "standards", "calendar", "views"

    def __bool__(self) -> bool:
        return bool(self.cases or self.kinds)

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.cases | other.cases, self.kinds | other.kinds)
