"""Histories of invented cases, folded event by event, and the payloads that they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import Case, CaseFacts
from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import Event, EventKey, EventKind, next_hlc, to_seconds
from gridclient.domain.fold import fold

START = datetime(2026, 11, 21, 9, 0, tzinfo=CHINA_TIME)
LEAD, HELPER, OTHER = "u-lead", "u-helper", "u-other"


class History:
    """Events of one case, a minute apart, folded one by one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.case: Case | None = None
        self.now = START

    def event(self, kind: str, payload: Mapping[str, Any], device: str = "d1") -> Event:
        self.now += timedelta(minutes=1)
        hlc = next_hlc(self.events[-1].hlc if self.events else 0, self.now)
        key = EventKey("t:371002001", device, 1, len(self.events) + 1)
        return Event(key, hlc, kind, "c1", len(self.events), "op", payload)

    def do(self, kind: str, device: str = "d1", **payload: Any) -> Case:
        event = self.event(kind, payload, device)
        self.case = fold(self.case, event)
        self.events.append(event)
        return self.case


def clock(stage: str, hours: int, unit: str = "") -> dict[str, Any]:
    return {
        "stage": stage,
        "limit": f"{hours} work_hour",
        "started": to_seconds(START),
        "due": to_seconds(START + timedelta(hours=hours)),
        "unit": unit,
    }


def parts(lead: str = LEAD, *cooperating: str, hours: int = 8) -> list[dict[str, Any]]:
    due = to_seconds(START + timedelta(hours=hours))
    until = to_seconds(START + timedelta(days=2))
    roles = [(lead, "lead"), *((unit, "cooperating") for unit in cooperating)]
    return [
        {"unit": unit, "role": role, "limit": f"{hours} work_hour", "due": due, "return_until": until}
        for unit, role in roles
    ]


def registered(**facts: Any) -> History:
    history = History()
    known = asdict(CaseFacts(title="夜间施工噪音", standard="s1", grid="371002001001001"))
    history.do(
        EventKind.REGISTERED, facts=known | facts, number="371002001-20261121-A10001", clocks=[clock("accept", 1)]
    )
    return history


def filed() -> History:
    history = registered()
    history.do(EventKind.FILED, clocks=[clock("dispatch", 1)])
    return history


def dispatched(*cooperating: str) -> History:
    history = filed()
    units = (LEAD, *cooperating)
    clocks = [clock("handle", 8, u) for u in units] + [clock("sign", 1, u) for u in units]
    history.do(EventKind.DISPATCHED, assignments=parts(LEAD, *cooperating), clocks=clocks)
    return history


def handled(*cooperating: str) -> History:
    history = dispatched(*cooperating)
    history.do(EventKind.SIGNED, unit=LEAD)
    history.do(EventKind.FED_BACK, unit=LEAD, result="已劝停", clocks=[clock("verify", 1)])
    return history


def closed() -> History:
    history = handled()
    history.do(EventKind.VERIFIED, unit=LEAD)
    history.do(EventKind.CLOSED, closing_condition_met=True)
    return history


def refused(history: History, code: str, kind: str, **payload: Any) -> None:
    before = history.case
    with pytest.raises(RuleViolation) as caught:
        history.do(kind, **payload)
    assert caught.value.code == code
    assert history.case is before
