"""Desks that act on one case without knowing of each other, and the order in which a hub puts what they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import Case
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
