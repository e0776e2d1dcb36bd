"""What a worker's process opens in tests: a store in memory, enrolled with a hub that nobody answers for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import Any

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import StoreUnavailable
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.services.rows import Changes, PutAside, Runs
from gridclient.services.sync_port import Refused, RoundReport
from gridclient.sync.hub_line import HubLine
from gridclient.sync.serving import WorkerParts
from gridclient.sync.signing import new_key
from tests.fakes.sync_hub import HUB
from tests.fakes.sync_store import FakeSyncStore

TOWN = "t:371002001"


def _now() -> datetime:
    return datetime.now(CHINA_TIME)


@contextmanager
def open_parts(url: str, events: int) -> Iterator[WorkerParts]:
    """A store with so many events that wait."""
    enrolment = Enrolment(HUB, url, "", "t", "A1", new_key(), (Grant(TOWN, writes=True),), {TOWN: bytes(32)}, _now())
    store = FakeSyncStore("one", (TOWN,), enrolment)
    for _ in range(events):
        store.write(TOWN)
    unused: list[str] = []
    hub = HubLine(store, name=lambda: "席位", key=lambda: bytes(32), now=_now, proxy=str, keep_proxy=unused.append)
    yield WorkerParts(store, hub, _now, lambda: events, lambda _advance: Changes())


class OfNewerFiles:
    """A value of a module that the program had not when the desk was opened."""

    def __reduce__(self) -> tuple[Any, ...]:
        return import_module, ("gridclient.made_by_the_next_version",)


@contextmanager
def open_newer_parts(url: str, events: int) -> Iterator[WorkerParts]:
    """A worker of newer files: after its first round it tells what the desk cannot read."""
    with open_parts(url, events) as parts:
        newer: Any = OfNewerFiles()
        yield replace(parts, recompute=lambda _advance: newer)


@contextmanager
def open_no_parts(url: str, events: int) -> Iterator[WorkerParts]:
    """A worker whose files do not fit together: it ends before it has said anything."""
    raise ImportError(url)
    yield


class FakeSyncQueries:
    """The numbers that the desk's own process reads; ``is_locked``: it cannot."""

    def __init__(self) -> None:
        self.waiting = (0, 0, 0)
        self.fresh: datetime | None = None
        self.gone: Sequence[tuple[str, datetime]] = ()
        self.past: Sequence[RoundReport] = ()
        self.contended: Sequence[str] = ()
        self.refusals: Sequence[Refused] = ()
        self.aside = PutAside()
        self.is_locked = False

    def pending(self) -> tuple[int, int, int]:
        if self.is_locked:
            raise StoreUnavailable("store.locked")
        return self.waiting

    def held_cases(self, *, aside: bool) -> Runs:
        return ((1, 2),) if aside else ((4, 6),)

    def fresh_as_of(self) -> datetime | None:
        return self.fresh

    def closed(self) -> Sequence[tuple[str, datetime]]:
        return self.gone

    def refused(self) -> Sequence[Refused]:
        return self.refusals

    def set_aside(self) -> PutAside:
        return self.aside

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        return self.past[:limit]

    def conflicts(self) -> Sequence[str]:
        return self.contended

    def repairing(self) -> bool:
        return False
