"""A case (案件/事件) as a value: its facts, its state, its units and its clocks.

The rules that change it are in :mod:`gridclient.domain.fold`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from gridclient.domain.events import Event, EventKey
from gridclient.domain.frozen import frozen


class CaseState(StrEnum):
    """The states of a case. Source: DOMAIN, Stages and states (six outward stages 上报 立案 派遣 处置 反馈 结案)."""

    REPORTED = "reported"
    FILED = "filed"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    HANDLED = "handled"
    CLOSED = "closed"
    DECLINED = "declined"
    VOID = "void"
    MERGED = "merged"


OPEN_STATES = frozenset(
    {CaseState.REPORTED, CaseState.FILED, CaseState.DISPATCHED, CaseState.HANDLING, CaseState.HANDLED}
)
WITH_UNIT = frozenset({CaseState.DISPATCHED, CaseState.HANDLING})
"""The states in which a unit has the case and has not fed back."""


class Role(StrEnum):
    """A unit's role in a case: 主办 (lead) or 协办 (cooperating)."""

    LEAD = "lead"
    COOPERATING = "cooperating"


class AssignmentState(StrEnum):
    """The state of one unit's part."""

    DISPATCHED = "dispatched"
    HANDLING = "handling"
    HANDLED = "handled"
    VERIFIED = "verified"
    RELEASED = "released"
    RETURNED = "returned"


_DONE = (AssignmentState.VERIFIED, AssignmentState.RELEASED)


class Stage(StrEnum):
    """What a clock measures. Each stage has its own limit."""

    ACCEPT = "accept"
    DISPATCH = "dispatch"
    SIGN = "sign"
    HANDLE = "handle"
    VERIFY = "verify"
    IMPORTED = "imported"


RETURN: Final = "return"
"""Used like a stage for the time within which a unit may give a case back."""


class Channel(StrEnum):
    """来源: where a case was reported."""

    GRID_WORKER = "grid_worker"
    HOTLINE_12345 = "12345"
    POLICE_110 = "110"
    DIGITAL_CITY = "digital_city"
    SMART_COMMUNITY = "smart_community"
    ONE_NAIL = "one_nail"
    SUPERIOR = "superior"
    DEPARTMENT = "department"
    LEADER = "leader"
    PATROL = "patrol"
    VIDEO = "video"
    VISIT = "visit"
    OTHER = "other"


@frozen
class CaseFacts:
    """What was reported. ``lon``/``lat`` are WGS-84 (= CGCS2000); ``source_point`` keeps the original point and its
    system.

    ``standard`` is the key of the filing condition (立案条件), from which class and limit follow.
    """

    title: str
    description: str = ""
    channel: str = Channel.OTHER
    standard: str = ""
    case_class: str = ""
    urgency: int = 1
    sensitive: bool = False
    grid: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    source_point: str = ""
    happened_at: int | None = None
    reporter_name: str = ""
    reporter_phone: str = ""
    wants_reply: bool = False
    keep_secret: bool = False
    people: str = ""
    upper_number: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


FACTS: Final = frozenset(fact.name for fact in fields(CaseFacts))
"""The names of all facts."""


@frozen
class Contact:
    """The reporter's name and telephone as a dispatch gave them to its units (需联系群众)."""

    name: str
    phone: str


@frozen
class CaseClock:
    """One time limit of a case, running while ``ended`` is ``None``. ``limit`` is in code form (``domain.limits``).

    ``unit`` is "" for the desk's own stages.
    """

    stage: str
    started: datetime
    limit: str
    due: datetime
    unit: str = ""
    ended: datetime | None = None


@frozen
class Assignment:
    """One unit's part in a case, with its own state, clock, feedback and verdict."""

    unit: str
    role: Role
    state: AssignmentState
    dispatched_at: datetime
    due: datetime
    limit: str
    return_until: datetime
    signed_at: datetime | None = None
    handled_at: datetime | None = None
    verified_at: datetime | None = None
    result: str = ""
    remaining: int | None = None  # seconds left when the unit gave it back; its clock pauses there
    former: bool = False  # given back before the last dispatch; kept only for the time it had left


@frozen
class Contention:
    """A conflict (冲突): two sides acted on a case without having seen each other, and both cannot stand. A person
    chooses.

    ``against`` are the events of the first side, which stand meanwhile, and what was done on top of them since.
    ``events`` are those of the later side, without effect for now; the first one names the contention. ``base`` is the
    case as both knew it, ``branch`` the case as the later side would have it.
    """

    events: tuple[EventKey, ...]
    against: tuple[EventKey, ...]
    base: Case
    branch: Case

    @property
    def key(self) -> EventKey:
        return self.events[0]


@frozen
class Case:
    """A case folded from its events.

    ``moved`` counts the levels it went up minus those it went down; a case that moved has the limit of its level.
    ``contact`` came with the dispatch. ``withheld`` names facts that this desk did not get whole (a department does not
    get the reporter). ``version`` counts the folded events. ``refused`` are events without effect, because the rules
    forbid them at their place in the order; ``contentions`` are those of them that wait for a person's choice.
    ``last_event`` is after an undo the one before what was undone. ``previous`` are the cases before each of the last
    steps, as far as they can be undone, the case before ``last_event`` at the end.
    """

    id: str
    facts: CaseFacts
    stream: str
    number: str
    state: CaseState
    registered_at: datetime
    level: int = 3
    moved: int = 0
    version: int = 1
    last_event: Event | None = None
    assignments: tuple[Assignment, ...] = ()
    clocks: tuple[CaseClock, ...] = ()
    filed_at: datetime | None = None
    dispatched_at: datetime | None = None
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    returned: bool = False
    escalated: bool = False
    returns: int = 0
    reworks: int = 0
    urges: int = 0
    attachments: int = 0
    rating: str = ""
    contact: Contact | None = None
    withheld: frozenset[str] = frozenset()
    refused: tuple[EventKey, ...] = ()
    contentions: tuple[Contention, ...] = ()
    previous: tuple[Case, ...] = ()

    @property
    def last(self) -> EventKey | None:
        return None if self.last_event is None else self.last_event.key

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def lead(self) -> Assignment | None:
        """The lead unit's part, also if the unit gave it back."""
        return next((a for a in self.assignments if a.role is Role.LEAD), None)

    @property
    def current_parts(self) -> tuple[Assignment, ...]:
        """The parts of the last dispatch."""
        return tuple(a for a in self.assignments if not a.former)

    @property
    def open_parts(self) -> tuple[Assignment, ...]:
        """The parts of the last dispatch that are neither verified nor released; a close waits for them.

        A part given back counts until the next dispatch.
        """
        return tuple(a for a in self.current_parts if a.state not in _DONE)

    @property
    def waits_after_return(self) -> bool:
        """Whether a unit gave its part back and the desk has not dealt with it."""
        return any(a.state is AssignmentState.RETURNED for a in self.open_parts)

    @property
    def due(self) -> datetime | None:
        """The present deadline: the lead's handling limit if it runs, else the earliest of the running clocks."""
        running = [c for c in self.clocks if c.ended is None]
        if lead := self.lead:
            running = [c for c in running if c.stage == Stage.HANDLE and c.unit == lead.unit] or running
        return min((c.due for c in running), default=None)

    def assignment_of(self, unit: str) -> Assignment | None:
        """The part of ``unit`` in this case, or ``None``."""
        return next((a for a in self.assignments if a.unit == unit), None)
