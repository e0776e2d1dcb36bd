"""A synchronisation in memory: says what a test tells it to say, remembers what was asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.services.rows import Changes, PutAside, Runs
from gridclient.services.sync_control import BundleReport, SyncState, SyncView
from gridclient.services.sync_port import RoundEnd, RoundReport
from gridclient.sync.proxies import without_password

NOON = datetime(2026, 11, 20, 14, 32, tzinfo=CHINA_TIME)
_PATIENCE_S = 10.0


def round_at(ago: timedelta = timedelta(), **parts: Any) -> RoundReport:
    """A round that went well, unless told otherwise."""
    plain = RoundReport(
        NOON - ago, RoundEnd.DONE, pushed=2, pulled=10, bytes_sent=812, bytes_received=2_400, seconds=0.4
    )
    return replace(plain, **parts)


@dataclass
class FakeSync:
    """Implements ``SyncControl``.

    Attributes:
        asked: what was asked, in order.
        fault: what the next blocking call raises.
        bundle: what the next stick gives.
        gate: where set, a stick's work waits for it (or for being stopped).
    """

    shown: SyncView = field(default_factory=lambda: SyncView(SyncState.IDLE, fresh_at=NOON))
    past: list[RoundReport] = field(default_factory=list)
    asked: list[tuple[object, ...]] = field(default_factory=list)
    fault: GridClientError | None = None
    bundle: BundleReport = field(default_factory=lambda: BundleReport(Path("desk.gridbundle"), 12, 3))
    gate: threading.Event | None = None
    _listeners: list[Callable[[SyncView, Changes], None]] = field(default_factory=list)
    _stopped: bool = False

    def view(self) -> SyncView:
        return self.shown

    def listen(self, told: Callable[[SyncView, Changes], None]) -> None:
        self._listeners.append(told)

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        return self.past[:limit]

    def held_cases(self, *, aside: bool) -> Runs:
        return ((1, 2),) if aside else ((4, 6),)

    def sync_now(self) -> None:
        self.asked.append(("sync_now",))

    def committed(self) -> None:
        self.asked.append(("committed",))

    def set_offline(self, offline: bool) -> None:
        self.asked.append(("set_offline", offline))
        self.tell(replace(self.shown, state=SyncState.OFFLINE if offline else SyncState.IDLE))

    def confirm(self) -> None:
        self.asked.append(("confirm",))
        self.tell(replace(self.shown, state=SyncState.RUNNING))

    def enrol(self, url: str, code: str) -> None:
        self.asked.append(("enrol", url, code))
        self._fail()
        self.tell(replace(self.shown, state=SyncState.RUNNING, hub_url=url))

    def move(self, url: str) -> None:
        self.asked.append(("move", url))
        self._fail()
        self.tell(replace(self.shown, hub_url=url))

    def choose_proxy(self, chosen: str) -> None:
        self.asked.append(("choose_proxy", chosen))
        self._fail()
        self.tell(replace(self.shown, proxy=without_password(chosen)))

    def set_aside(self) -> None:
        self.asked.append(("set_aside",))
        self._fail()
        count, cases = (sum(part) for part in zip(*((r.events, r.cases) for r in self.shown.refused), strict=True))
        aside = PutAside(count, cases, ("371002002-20261124-FV0071",))
        self.tell(replace(self.shown, pending_events=0, pending_cases=0, refused=(), aside=aside))

    def ask_by_file(self, file: Path) -> str:
        self.asked.append(("ask_by_file", file))
        self._fail()
        return "1234 5678"

    def take_admission(self, file: Path) -> None:
        self.asked.append(("take_admission", file))
        self._fail()
        self.tell(replace(self.shown, state=SyncState.IDLE, hub_url="", by_stick=True))

    def export_bundle(self, file: Path) -> BundleReport:
        self.asked.append(("export", file))
        return self._carried(file)

    def import_bundle(self, file: Path) -> BundleReport:
        self.asked.append(("import", file))
        return self._carried(file)

    def stop_bundle(self) -> None:
        self.asked.append(("stop_bundle",))
        self._stopped = True
        if self.gate is not None:
            self.gate.set()

    def close(self) -> None:
        self.asked.append(("close",))

    def tell(self, view: SyncView, changes: Changes | None = None) -> None:
        """What the worker would tell, on whatever thread calls."""
        self.shown = view
        for told in self._listeners:
            told(view, changes or Changes())

    def tell_from_a_thread(self, *views: SyncView, changes: Changes | None = None) -> None:
        """As the worker's thread does it."""

        def tell_all() -> None:
            for view in views:
                self.tell(view, changes)

        thread = threading.Thread(target=tell_all)
        thread.start()
        thread.join(_PATIENCE_S)

    def _carried(self, file: Path) -> BundleReport:
        if self.gate is not None:
            self.gate.wait(_PATIENCE_S)
        if self._stopped:
            self._stopped = False
            raise Cancelled
        self._fail()
        return replace(self.bundle, file=file)

    def _fail(self) -> None:
        fault, self.fault = self.fault, None
        if fault is not None:
            raise fault
