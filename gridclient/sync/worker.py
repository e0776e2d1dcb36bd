"""The worker that synchronises a desk for as long as it is open: waits, runs rounds, obeys orders.

It runs on one thread of a process of its own, without Qt. It decides when the next round comes
(:mod:`gridclient.sync.pace`) and what follows from how a round ended; a round itself is :mod:`gridclient.sync.round`.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from gridclient.domain.errors import Cancelled, GridClientError, StoreUnavailable
from gridclient.services.enrolment import Enrolment
from gridclient.services.rows import Changes
from gridclient.services.sync_control import Belonging, BundleReport, SyncState
from gridclient.services.sync_port import RoundEnd, RoundReport, SyncStore
from gridclient.sync.orders import (
    Answered,
    AskByFile,
    Changed,
    ChooseProxy,
    Committed,
    Confirm,
    Enrol,
    ExportBundle,
    ImportBundle,
    Move,
    Order,
    Progressed,
    RoundEnded,
    SetAside,
    SetOffline,
    Stands,
    Stop,
    StopBundle,
    SyncNow,
    TakeAdmission,
    Ticketed,
    Told,
)
from gridclient.sync.pace import Pace
from gridclient.sync.proxies import without_password
from gridclient.sync.restart import start_anew
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.stick import export_bundle, import_bundle
from gridclient.sync.transport import RENEWED, Pacing, Transport

_LOG: Final = logging.getLogger(__name__)
_LOOK_AT_NETWORK_S: Final = 2.0
_FOR_GOOD: Final = frozenset(
    {
        "sync.revoked",
        "sync.update_due",
        "sync.hub_changed",
        "sync.certificate_changed",
    }
)


class Orders(Protocol):
    """The source of the worker's orders."""

    def take(self, wait: float | None) -> Order | None:
        """The next order, or ``None`` if none comes within ``wait`` seconds; without ``wait`` it waits for one.

        If the desk's process is gone, it returns ``Stop()`` each time.
        """
        ...


class Hub(Protocol):
    """What the worker does with the hub outside of rounds; see :class:`gridclient.sync.hub_line.HubLine`."""

    def connect(self, enrolment: Enrolment) -> Transport: ...
    def enrol(self, url: str, code: str) -> object: ...
    def ask_by_file(self, file: Path) -> object: ...
    def take_admission(self, file: Path) -> object: ...
    def move(self, url: str) -> object: ...
    def recertify(self) -> bool: ...
    def choose_proxy(self, chosen: str) -> None: ...
    def proxy(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPorts:
    """What the worker needs besides its store.

    Attributes:
        tell: receives what the desk is to be told.
        now: the time, aware, in China time.
        monotonic: seconds of a clock that only goes forward.
        random: returns numbers from 0 to 1.
        waiting: the number of own events that wait; used for the progress only.
        network: the machine's own address on its way to the hub at a URL, "" if there is none; called every two
            seconds while rounds fail, so it must not block.
        recompute: moves open deadlines after another legal calendar came, and returns what it changed. It calls its
            argument between two portions of cases; that raises ``Cancelled`` to end it there.
    """

    hub: Hub
    tell: Callable[[Told], None]
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    random: Callable[[], float]
    waiting: Callable[[], int]
    network: Callable[[str], str]
    recompute: Callable[[Callable[[int, int], None]], Changes]


class SyncWorker:
    """The worker; everything in it runs on the thread that calls :meth:`run`.

    Args:
        offline: the position of the offline switch at the start.
    """

    def __init__(self, store: SyncStore, orders: Orders, around: WorkerPorts, *, offline: bool = False) -> None:
        self._store = store
        self._orders = orders
        self._around = around
        self._pace = Pace(around.random, next_at=around.monotonic())
        self._pacing = Pacing()
        self._line: Transport | None = None
        self._kept_back: deque[Order] = deque()
        self._state = SyncState.IDLE
        self._offline = offline
        self._by_stick = False
        self._files_left = False
        self._stopped = False
        self._network = ""

    def run(self) -> None:
        """Works until the order to stop. A store that fails ends nothing: the next round comes after a while."""
        self._settle(SyncState.IDLE)
        while not self._stopped:
            order = self._kept_back.popleft() if self._kept_back else self._orders.take(self._patience())
            try:
                self._step(order)
            except StoreUnavailable as error:
                _LOG.warning("the store failed: %s", error)
                self._pace.failed(self._around.monotonic())
        self._hang_up()

    def _step(self, order: Order | None) -> None:
        if order is not None:
            self._obey(order)
        elif self._is_due():
            self._round()
        else:
            self._look_at_network()

    def _obey(self, order: Order) -> None:
        match order:
            case Stop():
                self._stopped = True
            case SyncNow():
                self._pace.asked(self._around.monotonic())
                if self._state is SyncState.STOPPED:  # somebody may have put it right at the hub
                    self._settle(SyncState.IDLE)
            case StopBundle():
                pass  # what it should stop is over
            case Committed():
                self._pace.committed(self._around.monotonic())
                if self._by_stick:
                    self._changed(self._store.follow_aside())
            case SetOffline(offline):
                self._offline = offline
                self._pace.asked(self._around.monotonic())
                self._settle(self._state)
            case Confirm():
                self._confirm()
            case _:
                self._answer(order)

    def _patience(self) -> float | None:
        """For how many seconds to wait for an order; ``None`` if no round comes by itself."""
        if not self._may_come(self._state):
            return None
        wait = self._pace.wait(self._around.monotonic())
        return min(wait, _LOOK_AT_NETWORK_S) if self._state is SyncState.RETRYING else wait

    def _is_due(self) -> bool:
        return self._may_come(self._state) and not self._pace.wait(self._around.monotonic())

    def _may_come(self, state: SyncState) -> bool:
        """Whether rounds come by themselves in a state."""
        return state in (SyncState.IDLE, SyncState.RETRYING) and not self._by_stick

    def _look_at_network(self) -> None:
        """Orders a round at once if the machine has another way to the hub than it had when the last round failed."""
        enrolment = self._store.enrolment()
        seen = self._around.network(enrolment.url) if enrolment is not None else ""
        if seen and seen != self._network:
            self._pace.asked(self._around.monotonic())
        self._network = seen

    def _round(self) -> None:
        enrolment = self._store.enrolment()
        if enrolment is None:
            self._settle(SyncState.ALONE)
            return
        self._tell_state(SyncState.RUNNING)
        self._files_left = False
        around = RoundPorts(
            now=self._around.now,
            progress=self._progress,
            changed=self._changed,
            cancelled=self._is_cut,
            hurried=lambda: any(isinstance(order, Committed) for order in self._kept_back),
            files_left=self._on_files_left,
            waiting=self._around.waiting,
            monotonic=self._around.monotonic,
            recertify=self._around.hub.recertify,
        )
        if self._line is None:
            self._line = self._around.hub.connect(enrolment)
        report = run_round(self._store, self._line, around, self._pacing)
        self._around.tell(RoundEnded(report))
        self._after(report, enrolment)
        self._recompute()

    def _recompute(self) -> None:
        """Moves deadlines after another calendar came; what it writes goes to the hub with the next round. Any order
        interrupts it until after that round."""
        ended = False

        def advance(_done: int, _all: int) -> None:
            nonlocal ended
            ended = self._is_cut() or bool(self._kept_back)
            if ended:
                raise Cancelled

        try:
            changes = self._around.recompute(advance)
        except StoreUnavailable as error:  # the round or stick before it was carried out
            _LOG.warning("deadlines were not recomputed: %s", error)
            return
        self._changed(changes)
        if changes or ended:
            self._pace.committed(self._around.monotonic())

    def _after(self, report: RoundReport, enrolment: Enrolment) -> None:
        now = self._around.monotonic()
        if report.end is RoundEnd.FAILED:
            self._hang_up()
        if report.end is not RoundEnd.FAILED:
            self._pace.went(now, soon=self._files_left)
            self._settle(SyncState.IDLE)
        elif report.error == "sync.fork":
            self._settle(SyncState.FORKED)
        elif report.error == RENEWED:
            self._pace.asked(now)
            self._settle(SyncState.IDLE)
        elif report.error in _FOR_GOOD:
            self._settle(SyncState.STOPPED)
        else:
            least = (report.params or {}).get("retry_after", 0)
            self._pace.failed(now, float(least))
            self._network = self._around.network(enrolment.url)
            self._settle(SyncState.RETRYING)

    def _on_files_left(self) -> None:
        self._files_left = True

    def _settle(self, state: SyncState) -> None:
        """Comes to rest in ``state`` and tells it; without a hub, offline, or in doubt after a restore, in that state
        instead."""
        enrolment = self._store.enrolment()
        self._by_stick = enrolment is not None and not enrolment.url
        if enrolment is None:
            state = SyncState.ALONE
        elif self._offline and not self._by_stick:
            state = SyncState.OFFLINE
        elif self._store.in_doubt():
            state = SyncState.CONFIRM
        elif state in (SyncState.OFFLINE, SyncState.ALONE, SyncState.CONFIRM):
            state = SyncState.IDLE
        self._state = state
        self._tell_state(state)

    def _tell_state(self, state: SyncState) -> None:
        enrolment = self._store.enrolment()
        wait = timedelta(seconds=self._pace.wait(self._around.monotonic()))
        url, belonging = "", None
        if enrolment is not None:
            url, belonging = enrolment.url, _belonging(enrolment)
        next_at = self._around.now() + wait if self._may_come(state) else None
        proxy = without_password(self._around.hub.proxy())
        self._around.tell(Stands(state, next_at, url, self._by_stick, proxy, belonging))

    def _confirm(self) -> None:
        if self._state is SyncState.FORKED:
            start_anew(self._store)
        self._store.end_doubt()
        self._pace.asked(self._around.monotonic())
        self._settle(SyncState.IDLE)

    def _answer(self, order: Ticketed) -> None:
        try:
            report = self._carry_out(order)
        except GridClientError as error:
            self._around.tell(Answered(order.ticket, None, error.code, dict(error.params)))
            if error.code == "sync.fork":  # a desk without a line learns it from a stick only
                self._settle(SyncState.FORKED)
            return
        self._around.tell(Answered(order.ticket, report))
        if isinstance(order, ImportBundle):
            self._recompute()

    def _carry_out(self, order: Ticketed) -> BundleReport | None:
        match order:
            case Enrol(_, url, code):
                self._change_line(lambda: self._around.hub.enrol(url, code))
            case Move(_, url):
                self._change_line(lambda: self._around.hub.move(url))
            case ChooseProxy(_, chosen):
                self._change_line(lambda: self._around.hub.choose_proxy(chosen), self._state)
            case TakeAdmission(_, file):
                self._change_line(lambda: self._around.hub.take_admission(file))
            case SetAside():
                self._changed(self._store.set_aside())
                self._pace.asked(self._around.monotonic())  # what waited behind it can go
            case AskByFile():
                self._around.hub.ask_by_file(order.file)
            case ExportBundle():
                return export_bundle(self._store, order.file, now=self._around.now, progress=self._stoppable(order))
            case ImportBundle():
                progress = self._stoppable(order)
                return import_bundle(
                    self._store, order.file, now=self._around.now, progress=progress, changed=self._changed
                )
        return None

    def _change_line(self, change: Callable[[], object], state: SyncState = SyncState.IDLE) -> None:
        self._hang_up()
        change()
        self._pace.asked(self._around.monotonic())
        self._settle(state)

    def _is_cut(self) -> bool:
        """Whether the running round is to end: the desk went offline, or closes."""
        return self._is_ordered(SetOffline(True))

    def _is_ordered(self, wanted: Order) -> bool:
        """Whether this order has come, or the one to stop. All orders that came are kept and obeyed later."""
        while (order := self._orders.take(0)) is not None:
            self._kept_back.append(order)
            if isinstance(order, Stop):
                break  # a desk that died says so as often as it is asked
        return any(order == wanted or isinstance(order, Stop) for order in self._kept_back)

    def _stoppable(self, work: ExportBundle | ImportBundle) -> Callable[[str, int, int], None]:
        """A progress function that raises ``Cancelled`` if the order to stop this work has come, except at its end."""

        def progress(stage: str, done: int, of_all: int) -> None:
            if done < of_all and self._is_ordered(StopBundle(work.ticket)):
                raise Cancelled
            self._progress(stage, done, of_all)

        return progress

    def _progress(self, stage: str, done: int, of_all: int) -> None:
        self._around.tell(Progressed(stage, done, of_all))

    def _changed(self, changes: Changes) -> None:
        if changes != Changes():
            self._around.tell(Changed(changes))

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None


def _belonging(enrolment: Enrolment) -> Belonging:
    return Belonging(
        enrolment.short, enrolment.townships, enrolment.enrolled_at, enrolment.unit, enrolment.only_watches
    )
