"""A worker of synchronisation on a clock that moves only while it waits, with a hub in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.services.rows import Changes
from gridclient.services.sync_control import SyncState
from gridclient.sync.orders import (
    Committed,
    Order,
    RoundEnded,
    Stands,
    Stop,
    Told,
)
from gridclient.sync.signing import new_key, public_key
from gridclient.sync.worker import SyncWorker, WorkerPorts
from tests.fakes.sync_hub import HUB, FakeHub, FakeLine
from tests.fakes.sync_store import FakeSyncStore

START = datetime(2026, 11, 20, 10, 0, tzinfo=CHINA_TIME)
TOWN = "t:371002001"
Step = Order | Callable[[], Order | None]


class Stage:
    """A desk whose clock moves only while the worker waits.

    Attributes:
        plan: what is ordered at which second.
        heard: called with whatever the worker tells.
        connects: how often a line to the hub was asked for.
        asked_files: the requests that were written.
    """

    def __init__(self) -> None:
        self.hub = FakeHub()
        key = new_key()
        self.hub.keys["one"] = public_key(key)
        grants = (Grant(TOWN, writes=True), Grant("ref"))
        self.store = FakeSyncStore(
            "one", (TOWN, "ref"), Enrolment(HUB, "http://hub", "", "t", "A1", key, grants, {}, START)
        )
        self.line = FakeLine(self.hub, "one")
        self.told: list[tuple[float, Told]] = []
        self.seconds = 0.0
        self.plan: deque[tuple[float, Step]] = deque()
        self.during: deque[Order] = deque()
        self.heard: Callable[[Told], None] = lambda _told: None
        self.network: Callable[[str], str] = lambda _url: "10.0.0.2"
        self.connects = 0
        self.asked_files: list[Path] = []
        self.is_same_hub = False
        self.moved: list[str] = []
        self.proxies: list[str] = []
        self.recompute: Callable[[Callable[[int, int], None]], Changes] = lambda _advance: Changes()

    def take(self, wait: float | None) -> Order | None:
        if wait == 0:
            return self.during.popleft() if self.during else self._due()
        until = float("inf") if wait is None else self.seconds + wait
        if self.plan and self.plan[0][0] <= until:
            self.seconds = max(self.seconds, self.plan[0][0])
            return self._due()
        assert wait is not None, "it waits for ever, and nothing is planned"
        self.seconds = until
        return None

    def _due(self) -> Order | None:
        if not self.plan or self.plan[0][0] > self.seconds:
            return None
        step = self.plan.popleft()[1]
        return step() if callable(step) else step

    def run(self, *plan: tuple[float, Step], offline: bool = False, until: float = 0) -> None:
        last = plan[-1][0] if plan else 0
        self.plan.extend([*plan, (max(until, last + 0.01), Stop())])
        around = WorkerPorts(
            hub=self,
            tell=self._tell,
            now=lambda: START + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
            random=lambda: 0.5,
            waiting=lambda: 0,
            network=self.network,
            recompute=self.recompute,
        )
        SyncWorker(self.store, self, around, offline=offline).run()

    def _tell(self, told: Told) -> None:
        self.told.append((self.seconds, told))
        self.heard(told)

    def connect(self, _enrolment: Enrolment) -> FakeLine:
        self.connects += 1
        return self.line

    def enrol(self, _url: str, code: str) -> None:
        if code != "good":
            raise SyncFault("enrol.code_unknown")

    def ask_by_file(self, file: Path) -> None:
        self.asked_files.append(file)

    def take_admission(self, _file: Path) -> None:
        enrolment = self.store.enrolment()
        assert enrolment is not None
        self.store.keep_enrolment(replace(enrolment, url="", token=""))

    def move(self, url: str) -> None:
        self.moved.append(url)

    def recertify(self) -> bool:
        return self.is_same_hub

    def choose_proxy(self, chosen: str) -> None:
        self.proxies.append(chosen)

    def proxy(self) -> str:
        return self.proxies[-1] if self.proxies else ""

    def rounds(self) -> list[float]:
        return [round(at) for at, told in self.told if isinstance(told, RoundEnded)]

    def states(self) -> list[SyncState]:
        return [told.state for _, told in self.told if isinstance(told, Stands)]

    def write(self) -> Order:
        self.store.write(TOWN)
        return Committed()
