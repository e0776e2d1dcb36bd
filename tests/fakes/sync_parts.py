"""What a worker's process opens in tests: a store in memory, enrolled with a hub that nobody answers for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from gridclient.domain.calendar import CHINA_TIME
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.services.sync_port import RoundReport
from gridclient.sync.serving import WorkerParts
from gridclient.sync.signing import new_key
from tests.fakes.sync_hub import HUB
from tests.fakes.sync_store import FakeSyncStore

TOWN = "t:371002001"


@contextmanager
def open_parts(url: str, events: int) -> Iterator[WorkerParts]:
    """A store with so many events that wait."""
    now = datetime.now(CHINA_TIME)
    enrolment = Enrolment(HUB, url, "", "t", "A1", new_key(), (Grant(TOWN, writes=True),), {TOWN: bytes(32)}, now)
    store = FakeSyncStore("one", (TOWN,), enrolment)
    for _ in range(events):
        store.write(TOWN)
    yield WorkerParts(store, lambda: "席位", lambda: datetime.now(CHINA_TIME), lambda: events, lambda: bytes(32))


class FakeSyncQueries:
    """The numbers that the desk's own process reads."""

    def __init__(self) -> None:
        self.waiting = (0, 0, 0)

    def pending(self) -> tuple[int, int, int]:
        return self.waiting

    def fresh_as_of(self) -> datetime | None:
        return None

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        return ()[:limit]

    def conflicts(self) -> Sequence[str]:
        return ()

    def repairing(self) -> bool:
        return False
