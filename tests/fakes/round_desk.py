"""A desk that does rounds with a hub in memory, on a line that fails as it is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gridclient.domain.calendar import CHINA_TIME
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.services.sync_port import RoundReport
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.signing import new_key, public_key
from gridclient.sync.transport import LEAST_BYTES, Pacing
from tests.fakes.sync_hub import HUB, FakeHub, FakeLine, Fault
from tests.fakes.sync_store import FakeSyncStore

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=CHINA_TIME)
TOWN, LISTS = "t:371002001", "ref"
AROUND = RoundPorts(now=lambda: NOW)


class Desk:
    """A store, its line and what was learnt of it."""

    def __init__(self, hub: FakeHub, device: str, feeds: Sequence[str] = (TOWN, LISTS)) -> None:
        key = new_key()
        hub.keys[device] = public_key(key)
        grants = tuple(Grant(feed, writes=feed != LISTS) for feed in feeds)
        self.store = FakeSyncStore(device, feeds, Enrolment(HUB, "http://hub", "", "token", "A1", key, grants, {}, NOW))
        self.line = FakeLine(hub, device)
        self.pacing = Pacing()

    def write(self, count: int = 1, **payload: str) -> None:
        for number in range(count):
            self.store.write(TOWN, number=number, **payload)

    def round(self, *faults: Fault, around: RoundPorts = AROUND) -> RoundReport:
        self.line.faults.extend(faults)
        report = run_round(self.store, self.line, around, self.pacing)
        self.line.faults.clear()
        return report


def quick_desk(hub: FakeHub, device: str = "one") -> Desk:
    """One whose line was quick, and that sends a few dozen events at once."""
    desk = Desk(hub, device)
    desk.pacing.rate = 1e9
    desk.pacing.up.size = LEAST_BYTES
    return desk


def all_agree(hub: FakeHub, *desks: Desk) -> bool:
    """Whether all have the hub's events in the hub's order, and none of them waits."""
    order = list(enumerate(hub.records(TOWN), 1))
    return all(desk.store.events(TOWN) == order and not desk.store.unsent_origins() for desk in desks)
