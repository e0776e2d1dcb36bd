"""The desk's handle on its synchronisation: starts the worker's process, gives it orders, keeps the view of it.

Two threads of the desk's process wait here: one reads the pipe and starts a worker that died again, the other counts
what waits in the store and tells those who listen.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gridclient.domain.errors import Cancelled, GridClientError, StoreUnavailable, SyncFault
from gridclient.services.pipe import Unreadable, taken
from gridclient.services.rows import Changes
from gridclient.services.sync_control import BundleReport, SyncState, SyncView
from gridclient.services.sync_port import RoundEnd, RoundReport, SyncQueries
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
    SetOffline,
    Stands,
    Stop,
    StopBundle,
    SyncNow,
    TakeAdmission,
    Ticketed,
    Told,
)

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_LOG: Final = logging.getLogger(__name__)
_PATIENCE_S: Final = 5.0
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0
_VAIN_STARTS: Final = 3
"""After so many workers that got nothing done, the desk has to be opened again."""
_OF_THE_STORE: Final = ("store.", "attachment.", "profile.")
Listener = Callable[[SyncView, Changes], None]


class ProcessSyncControl:
    """See :class:`gridclient.services.sync_control.SyncControl`.

    Args:
        opening: ``package.module:function`` that opens the worker's parts in its process, given ``given``.
        queries: the store of this process, for the numbers of the view.
        enrolled: whether there is a hub, as far as is known before the worker says so.
        offline: how the switch stood when the desk was closed.
        keep_offline: keeps how the switch stands, on a thread of this object.
    """

    def __init__(
        self,
        opening: str,
        given: tuple[Any, ...],
        queries: SyncQueries,
        *,
        enrolled: bool = False,
        offline: bool = False,
        keep_offline: Callable[[bool], None] = lambda _offline: None,
    ) -> None:
        self._opening = opening
        self._given = given
        self._queries = queries
        self._offline = self._kept_offline = offline
        self._keep_offline = keep_offline
        self._lock = threading.RLock()
        self._view = SyncView(_first_state(enrolled=enrolled, offline=offline), counted=False)
        self._listeners: list[Listener] = []
        self._tickets: dict[int, Future[BundleReport | None]] = {}
        self._numbers = count(1)
        self._news: queue.SimpleQueue[Told | Committed | SetOffline | SyncState | None] = queue.SimpleQueue()
        self._link: Connection | None = None
        self._process: BaseProcess | None = None
        self._begun = False
        self._without_worker = "worker.stopped"
        self._started = threading.Event()
        self._closing = threading.Event()
        self._reader = threading.Thread(target=self._keep_running, name="sync-reader", daemon=True)
        self._teller = threading.Thread(target=self._keep_telling, name="sync-teller", daemon=True)

    def start(self) -> None:
        """Begins; returns at once. Safe to call again."""
        with self._lock:
            if self._begun or self._closing.is_set():
                return
            self._begun = True
        self._reader.start()
        self._teller.start()

    def view(self) -> SyncView:
        """The newest view."""
        return self._view

    def listen(self, told: Listener) -> None:
        """``told`` is called on a thread of this object whenever the view or the store changed."""
        self._listeners.append(told)

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        """The last rounds, newest first. Blocking."""
        return self._queries.rounds(limit)

    def sync_now(self) -> None:
        """A round at once; also when the network is back."""
        self._give(SyncNow())

    def committed(self) -> None:
        """The desk wrote something: it is counted, and a round follows soon. A desk that is alone counts for itself."""
        if self._begun:
            self._give(Committed())
            self._news.put(Committed())

    def set_offline(self, offline: bool) -> None:
        """The switch; it outlives a worker that dies, and the desk."""
        self._offline = offline
        self._give(SetOffline(offline))
        self._news.put(SetOffline(offline))

    def confirm(self) -> None:
        """Somebody looked: go on."""
        self._give(Confirm())

    def enrol(self, url: str, code: str) -> None:
        """Enrols this desk. Blocking."""
        self._ask(lambda ticket: Enrol(ticket, url, code))

    def move(self, url: str) -> None:
        """Goes on with the same hub at another address. Blocking."""
        self._ask(lambda ticket: Move(ticket, url))

    def choose_proxy(self, chosen: str) -> None:
        """By which proxy from now on. Blocking."""
        self._ask(lambda ticket: ChooseProxy(ticket, chosen))

    def ask_by_file(self, file: Path) -> str:
        """Writes what this desk says of itself; gives the digits that both sides show. Blocking."""
        from gridclient.sync.enrol_file import check_digits
        from gridclient.sync.stick_file import read_file

        self._ask(lambda ticket: AskByFile(ticket, file))
        return check_digits(read_file(file))

    def take_admission(self, file: Path) -> None:
        """Takes the hub's answer. Blocking."""
        self._ask(lambda ticket: TakeAdmission(ticket, file))

    def export_bundle(self, file: Path) -> BundleReport:
        """Adds what the hub does not have to a file. Blocking."""
        return self._ask(lambda ticket: ExportBundle(ticket, file)) or BundleReport(file, 0)

    def import_bundle(self, file: Path) -> BundleReport:
        """Takes a file from a stick. Blocking."""
        return self._ask(lambda ticket: ImportBundle(ticket, file)) or BundleReport(file, 0)

    def stop_bundle(self) -> None:
        """Stops what is done with a stick; the call that waits for it raises ``Cancelled``, unless it was done."""
        with self._lock:
            for ticket in list(self._tickets):
                self._give(StopBundle(ticket))

    def close(self) -> None:
        """Ends the worker; one that does not hear is ended after some seconds."""
        self._closing.set()
        self._give(Stop())
        self._join()
        if self._reader.is_alive():
            self._reader.join(_PATIENCE_S)
        self._news.put(None)
        if self._teller.is_alive():
            self._teller.join(_PATIENCE_S)
        self._keep_switch()

    def _give(self, order: Order) -> bool:
        with self._lock:
            link = self._link
            if link is None:
                return False
            try:
                link.send(order)
            except (OSError, ValueError):
                return False
            return True

    def _ask(self, order_for: Callable[[int], Ticketed]) -> BundleReport | None:
        """Gives an order and waits for what becomes of it.

        Raises:
            GridClientError: as the worker says; ``worker.stopped``.
        """
        self.start()  # a desk without a hub has no worker until it is asked for something
        self._started.wait(_PATIENCE_S)
        ticket = next(self._numbers)
        answer: Future[BundleReport | None] = Future()
        with self._lock:  # nobody can stop it before it is on its way
            self._tickets[ticket] = answer
            given = self._give(order_for(ticket))
        if not given:
            self._tickets.pop(ticket, None)
            raise GridClientError(self._without_worker)
        while True:
            try:
                return answer.result(_PATIENCE_S)
            except NotYet:
                if self._closing.is_set():
                    raise GridClientError(self._without_worker) from None

    def _keep_running(self) -> None:
        """Reads the pipe of a worker after the other, until the desk closes or would not understand the next either."""
        pause, vain = _FIRST_PAUSE_S, 0
        while not self._closing.is_set():
            worked = False
            try:
                worked = self._read(self._start_process())
            except OSError as problem:
                _LOG.error("the worker of synchronisation was not started: %s", problem)
            except Unreadable as problem:
                _LOG.error("the worker of synchronisation speaks otherwise: %s", problem)
                self._process_ended(SyncState.BROKEN)
                return
            pause, vain = (_FIRST_PAUSE_S, 0) if worked else (pause, vain + 1)
            self._process_ended(SyncState.BROKEN if vain >= _VAIN_STARTS else SyncState.RETRYING)
            if not self._closing.wait(pause):
                _LOG.error("the worker of synchronisation ended; another one is started")
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _start_process(self) -> Connection:
        # The first paint does not wait a fifth of a second for what only the worker needs.
        import multiprocessing

        from gridclient.sync.serving import serve

        spawning = multiprocessing.get_context("spawn")
        ours, theirs = spawning.Pipe()
        values = (theirs, self._opening, self._given, self._offline)
        process = spawning.Process(target=serve, args=values, name="gridclient-sync", daemon=True)
        process.start()
        theirs.close()
        with self._lock:
            self._process, self._link = process, ours
        self._started.set()
        if self._closing.is_set():
            self._give(Stop())
        return ours

    def _read(self, link: Connection) -> bool:
        """What the worker tells, until it ends; whether it got a round or an order done.

        Raises:
            Unreadable: it told what this program does not know.
        """
        worked = False
        while True:
            try:
                news: Told = taken(link, Told)
            except (EOFError, OSError):
                return worked
            worked = worked or isinstance(news, RoundEnded | Answered)
            if isinstance(news, Answered):
                self._answered(news)
            else:
                self._news.put(news)

    def _process_ended(self, state: SyncState) -> None:
        """Nobody says any more how synchronisation stands: it stands so."""
        with self._lock:
            link, self._link = self._link, None
            self._without_worker = "worker.reopen" if state is SyncState.BROKEN else "worker.stopped"
        if link is not None:
            link.close()  # one that still lives hears it
        self._join()
        for ticket in list(self._tickets):
            self._answered(Answered(ticket, None, self._without_worker))
        self._news.put(state)

    def _join(self) -> None:
        process = self._process
        if process is not None and process.pid is not None:
            process.join(_PATIENCE_S)
            if process.is_alive():
                process.terminate()

    def _answered(self, answer: Answered) -> None:
        future = self._tickets.pop(answer.ticket, None)
        if future is None:
            return
        if answer.error:
            future.set_exception(_error(answer))
        else:
            future.set_result(answer.bundle)
        self._news.put(Progressed("", 0, 0))
        self._news.put(Committed())  # what waits may have changed: count again

    def _keep_telling(self) -> None:
        self._count()
        self._tell(Changes())
        while (news := self._news.get()) is not None:
            if isinstance(news, SetOffline):
                self._keep_switch()
                continue
            changes = self._taken_in(news)
            self._tell(changes)

    def _keep_switch(self) -> None:
        if self._kept_offline == self._offline:
            return
        try:
            self._keep_offline(self._offline)
        except StoreUnavailable as error:
            _LOG.warning("the switch was not kept: %s", error)
        else:
            self._kept_offline = self._offline

    def _taken_in(self, news: Told | Committed | SyncState) -> Changes:
        match news:
            case SyncState.BROKEN:
                self._view = replace(self._view, state=news, next_at=None, stage="", done=0, all=0)
            case SyncState():
                if self._view.state is SyncState.RUNNING:  # any other state is still true
                    self._view = replace(self._view, state=news, next_at=None, stage="", done=0, all=0)
            case Stands(state, next_at, url, by_stick, proxy, whose):
                view = replace(self._view, state=state, next_at=next_at, stage="", done=0, all=0)
                self._view = replace(view, hub_url=url, by_stick=by_stick, proxy=proxy, belonging=whose)
            case Progressed(stage, done, of_all):
                self._view = replace(self._view, stage=stage, done=done, all=of_all)
            case RoundEnded(report):
                self._view = replace(self._view, last=report, stage="", done=0, all=0)
                self._count()
            case Changed(changes):
                self._count()
                return changes
            case _:
                self._count()
        return Changes()

    def _count(self) -> None:
        """The numbers of the view, from the store."""
        try:
            events, cases, files = self._queries.pending()
            conflicts, fresh_at = len(self._queries.conflicts()), self._queries.fresh_as_of()
            closed = tuple(self._queries.closed())
            last = self._view.last or next(
                (r for r in self._queries.rounds(10) if r.end is not RoundEnd.CANCELLED), None
            )
        except StoreUnavailable as error:
            _LOG.warning("what waits was not counted: %s", error)
            return
        self._view = replace(
            self._view,
            pending_events=events,
            pending_cases=cases,
            pending_files=files,
            conflicts=conflicts,
            fresh_at=fresh_at,
            closed=closed,
            last=last,
            counted=True,
        )

    def _tell(self, changes: Changes) -> None:
        for listener in self._listeners:
            listener(self._view, changes)


def _first_state(*, enrolled: bool, offline: bool) -> SyncState:
    if not enrolled:
        return SyncState.ALONE
    return SyncState.OFFLINE if offline else SyncState.IDLE


def _error(answer: Answered) -> GridClientError:
    params = dict(answer.params)
    if answer.error == "cancelled":
        return Cancelled()
    if answer.error.startswith(_OF_THE_STORE):
        return StoreUnavailable(answer.error, **params)
    if answer.error.startswith(("sync.", "bundle.")):
        return SyncFault(answer.error, **params)
    return GridClientError(answer.error, **params)
