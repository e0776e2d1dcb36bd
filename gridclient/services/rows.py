"""The values that screens and the command line read, each made for one place.

Instants are aware and in China time, codes are text, nothing is formatted for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from gridclient.domain.case import Case
from gridclient.domain.codes import standard_key
from gridclient.domain.events import EventKey, EventKind
from gridclient.domain.frozen import frozen
from gridclient.domain.handing import ASIDE

UNPLACED: Final = "unplaced"
"""未落格: used in place of an area's code for the cases that lie in no area in force."""


class Box(StrEnum):
    """The boxes of 今日必办: filters with a live count, in the order of the screen."""

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
        """Whether the box leaves out ended cases. Conflicts and events not sent may be of ended cases too."""
        return self not in (Box.CONFLICT, Box.PENDING)


class SortKey(StrEnum):
    """The columns that the case list can be ordered by."""

    NUMBER = "number"
    TITLE = "title"
    LEVEL = "level"
    STATE = "state"
    UNIT = "unit"
    GRID = "grid"
    DUE = "due"
    CHANNEL = "channel"
    REGISTERED = "registered"


Runs = tuple[tuple[int, int], ...]
"""Cases that stand one behind the other in this store: the first and the last :attr:`CaseRow.rowid` of each run."""


def in_runs(numbers: Iterable[int]) -> Runs:
    """These numbers as stretches without a gap."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        first = runs.pop()[0] if runs and runs[-1][1] == number - 1 else number
        runs.append((first, number))
    return tuple(runs)


def count_of(runs: Runs) -> int:
    """How many cases these are."""
    return sum(last - first + 1 for first, last in runs)


@frozen
class FinishedImport:
    """An import that was cut off and that a later start finished: its file and all cases that came in with it."""

    file: str
    cases: Runs

    @property
    def count(self) -> int:
        """How many cases these are."""
        return count_of(self.cases)


@frozen
class CaseFilter:
    """A filter of cases: every field narrows, empty means all.

    ``grid`` is the code of an area of any tier, townships included, or :data:`UNPLACED` (未落格); ``imported`` are the
    cases that one import brought, ``held`` those of which the hub does not take everything (waiting, or set aside).
    """

    grid: str = ""
    box: Box | None = None
    states: frozenset[str] = frozenset()
    only_open: bool = False
    unit: str = ""
    level: int | None = None
    channel: str = ""
    text: str = ""
    bounds: tuple[float, float, float, float] | None = None  # west, south, east, north in degrees
    imported: Runs = ()
    held: Runs = ()

    @property
    def is_listed(self) -> bool:
        """Whether the cases were listed one by one; such a list is shown with its ended cases."""
        return bool(self.imported or self.held)


@frozen
class Sort:
    """An order of the list; equal values are ordered by :attr:`CaseRow.rowid`."""

    key: SortKey = SortKey.DUE
    descending: bool = False


@frozen
class CaseRow:
    """A row of the case list. ``rowid`` is the number in this store; ``id`` is the case's key everywhere."""

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
    aside: bool = False

    @property
    def only_here(self) -> bool:
        """Whether the hub lacks something of the case that this desk wrote: it waits, or was set aside."""
        return self.pending or self.aside


class PutAside(NamedTuple):
    """What was set aside: how many events, of how many cases, and the numbers of the newest of these."""

    events: int = 0
    cases: int = 0
    numbers: tuple[str, ...] = ()


@frozen
class CasePage:
    """A page of the list. ``next`` is the cursor for the following page, ``None`` on the last one."""

    rows: tuple[CaseRow, ...]
    next: str | None


@frozen
class TimelineEntry:
    """An event as shown in the timeline."""

    at: datetime
    kind: str
    actor: str
    payload: Mapping[str, Any]
    pending: bool
    refused: bool = False
    key: EventKey | None = None

    @property
    def aside(self) -> bool:
        """Whether it was set aside: this desk wrote it, and the hub does not take it."""
        return self.key is not None and self.key.stream.startswith(ASIDE)

    @property
    def takes_back(self) -> tuple[str | int, ...]:
        """The key of the event that an undoing takes back; () for other events and for what cannot be a key."""
        target = self.payload.get("target")
        if self.kind != EventKind.UNDONE or not isinstance(target, list):
            return ()
        return tuple(target) if all(isinstance(part, str | int) for part in target) else ()


@frozen
class ContentionSide:
    """One side of a conflict: its events, and the case as it would be. ``mine``: this desk wrote one of them."""

    case: Case
    entries: tuple[TimelineEntry, ...]
    mine: bool


@frozen
class ContentionView:
    """A conflict: two sides that cannot both stand. ``first`` came first in the order and stands meanwhile."""

    key: EventKey
    base: Case
    first: ContentionSide
    later: ContentionSide

    @property
    def end_withdrawn(self) -> str:
        """The end state (``void``, ``declined`` …) that choosing the later side would undo; "" if there is none."""
        before, after = self.first.case, self.later.case
        return "" if before.is_open or before.state is after.state else before.state.value


@frozen
class GridFigures:
    """Counts of one area. ``boxes`` has every box of 今日必办."""

    open: int
    overdue: int
    boxes: Mapping[Box, int]


@frozen
class GridRow:
    """An area of any tier in force today. ``communities`` are the 12-digit codes that it contains, its own included;
    ``initials`` the first letters of its name's pinyin."""

    code: str
    name: str
    tier: str
    parent: str
    special: bool = False
    worker: str = ""
    communities: tuple[str, ...] = ()
    schematic: bool = False
    initials: str = ""


@frozen
class UnitRow:
    """A unit 派驻机构/部门 with what dispatch needs. ``serves`` are codes of areas of any tier; ``initials`` the first
    letters of the pinyin of its name and of each alias, with blanks between."""

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
    """A filing condition 立案条件 (in names always ``standard``) with its limit, in one version.

    ``limit`` is in code form.

    ``list`` is the name of its list, "" for the one without a name; ``code`` is unique only within the list.
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
        """The key by which cases and events name it."""
        return standard_key(self.code, self.list)

    @property
    def case_class(self) -> str:
        """The class of cases filed under it."""
        return f"{self.big_class} {self.small_class}".strip()


@frozen
class StandardListRow:
    """A list of filing conditions; only those of lists ``in_force`` are offered."""

    name: str
    standards: int
    in_force: bool


@frozen
class NewCase:
    """What is known of a case of which likely duplicates are looked for; "" and ``None`` for what is not."""

    title: str
    description: str
    phone: str
    lon: float | None
    lat: float | None
    at: datetime
    upper_number: str = ""

    @property
    def text(self) -> str:
        return f"{self.title} {self.description}"


@frozen
class Likeness:
    """A case that may be a duplicate, and why: distance in metres, same telephone, similarity of the texts (0..1), a
    house number of the same street in both, the same number of the platform above."""

    row: CaseRow
    metres: float | None
    same_phone: bool
    text: float
    score: float
    same_house: bool = False
    same_number: bool = False


@frozen
class GridsAt:
    """The areas at a point, one per tier; ``None`` for a tier without one there."""

    basic: str | None
    community: str | None
    zone: str | None
    township: str | None = None


@frozen
class SavedView:
    """A filter and an order under a name given by the operator."""

    name: str
    filter: CaseFilter
    sort: Sort


@frozen
class Changes:
    """What a write changed. Emitted once; every open page that shows some of it refreshes.

    ``cases`` are keys. ``kinds``: ``cases`` if there are too many to name, ``grids``, ``units``, ``standards``,
    ``calendar``, ``settings``, ``basemaps``.
    """

    cases: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.cases or self.kinds)

    def __or__(self, other: Changes) -> Changes:
        return Changes(self.cases | other.cases, self.kinds | other.kinds)
