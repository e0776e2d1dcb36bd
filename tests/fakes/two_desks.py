"""Desks that act on one case without knowing of each other, and the order in which a hub puts what they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import Case
from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import Event, EventKey, EventKind, next_hlc, to_seconds
from gridclient.domain.fold import fold, fold_all

START = datetime(2026, 11, 21, 9, 0, tzinfo=CHINA_TIME)
UNIT, OTHER = "u-1", "u-2"


@dataclass
class Hub:
    """The order that everybody folds."""

    events: list[Event] = field(default_factory=list)


@dataclass
class Desk:
    """One desk: what it pulled, then what it did that the hub has not placed."""

    hub: Hub
    name: str
    pulled: int = 0
    mine: list[Event] = field(default_factory=list)
    seq: int = 0

    @property
    def log(self) -> list[Event]:
        return [*self.hub.events[: self.pulled], *self.mine]

    @property
    def case(self) -> Case:
        case = fold_all(self.log)
        assert case is not None
        return case

    def do(self, kind: str, **payload: Any) -> Event:
        log = self.log
        before = fold_all(log)
        now = START + timedelta(minutes=len(log))
        key = EventKey("t:371002001", self.name, 1, self.seq + 1)
        base = 0 if before is None else before.version
        event = Event(key, next_hlc(0, now), kind, "c1", base, "op", payload)
        fold(before, event)
        self.seq += 1
        self.mine.append(event)
        return event

    def sync(self) -> None:
        self.hub.events += self.mine
        self.mine.clear()
        self.pulled = len(self.hub.events)


def given_to(lead: str = UNIT, *others: str) -> Mapping[str, Any]:
    soon, late = to_seconds(START + timedelta(hours=8)), to_seconds(START + timedelta(days=2))
    roles = [(lead, "lead"), *((unit, "cooperating") for unit in others)]
    return {
        "assignments": [
            {"unit": unit, "role": role, "limit": "8 work_hour", "due": soon, "return_until": late}
            for unit, role in roles
        ]
    }


def registered(desk: Desk) -> None:
    desk.do(EventKind.REGISTERED, number="371002001-20261121-A10001", facts={"title": "路灯不亮"})


@dataclass
class Two:
    """Two desks of one township with the same filed case."""

    hub: Hub = field(default_factory=Hub)

    def __post_init__(self) -> None:
        self.a, self.b = Desk(self.hub, "a"), Desk(self.hub, "b")
        registered(self.a)
        self.a.do(EventKind.FILED, facts={"standard": "S1", "grid": "371002001001001"})
        self.meet()

    def meet(self) -> Case:
        for desk in (self.a, self.b, self.a):
            desk.sync()
        assert self.a.case == self.b.case
        return self.a.case


ACTS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    (EventKind.DISPATCHED, given_to(UNIT)),
    (EventKind.DISPATCHED, given_to(OTHER, UNIT)),
    (EventKind.REASSIGNED, {**given_to(OTHER), "reason": "管辖调整"}),
    (EventKind.SIGNED, {"unit": UNIT}),
    (EventKind.SIGNED, {"unit": OTHER}),
    (EventKind.RETURNED, {"unit": UNIT, "reason_code": "not_ours", "reason": "非本单位"}),
    (EventKind.FED_BACK, {"unit": UNIT, "result": "已处理"}),
    (EventKind.VERIFIED, {"unit": UNIT}),
    (EventKind.CLOSED, {"closing_condition_met": True}),
    (EventKind.ESCALATED, {"reason": "重大"}),
    (EventKind.VOIDED, {"reason": "误报"}),
    (EventKind.AMENDED, {"facts": {"title": "改"}}),
    (EventKind.NOTED, {"text": "记"}),
    (EventKind.URGED, {"text": "催"}),
    (EventKind.REOPENED, {"reason": "复发"}),
)


def move(desk: Desk, act: int) -> None:
    """One act of a desk: to sync, to resolve, to undo, or what ``ACTS`` names; what the rules forbid is left."""
    case = desk.case
    try:
        if act < 0:
            desk.sync()
        elif act == len(ACTS) and case.contentions:
            choice = "take" if case.version % 2 else "keep"
            desk.do(EventKind.RESOLVED, target=list(case.contentions[0].key), choice=choice)
        elif act > len(ACTS) and case.last is not None:
            desk.do(EventKind.UNDONE, target=list(case.last))
        elif act < len(ACTS):
            kind, payload = ACTS[act]
            desk.do(kind, **payload)
    except RuleViolation:
        pass
