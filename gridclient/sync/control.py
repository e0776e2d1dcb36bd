"""The desk's side of its synchronisation: sends orders to the worker and keeps the newest view of the state.

A single thread takes in what the worker tells and what the desk writes, counts in the store what waits, and calls the
listeners.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from gridclient.domain.errors import StoreUnavailable
from gridclient.services.rows import Changes, Runs
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
    Progressed,
    RoundEnded,
    SetAside,
    SetOffline,
    Stands,
    SyncNow,
    TakeAdmission,
    Ticketed,
    Told,
)
from gridclient.sync.worker_link import PATIENCE_S, WorkerLink

_LOG: Final = logging.getLogger(__name__)
Listener = Callable[[SyncView, Changes], None]


class ProcessSyncControl:
    """Implements :class:`gridclient.services.sync_control.SyncControl` with a worker in a process of its own.

    Args:
        opening: ``package.module:function``, called with ``given`` in the worker's process to open its parts.
        queries: the store as this process reads it, for the numbers of the view.
        enrolled: whether the desk has a hub; shown until the worker tells the state.
        offline: the position of the offline switch when the desk was last closed.
        keep_offline: stores the position of the switch; called on a thread of this object.
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
        self._queries = queries
        self._offline = self._kept_offline = offline
        self._keep_offline = keep_offline
        self._view = SyncView(_first_state(enrolled=enrolled, offline=offline), counted=False)
        self._opened_as: tuple[str, bool] | None = None
        self._listeners: list[Listener] = []
        self._news: queue.SimpleQueue[Told | Committed | SetOffline | SyncState | None] = queue.SimpleQueue()
        self._worker = WorkerLink(opening, given, offline=lambda: self._offline, tell=self._news.put)
        self._teller = threading.Thread(target=self._keep_telling, name="sync-teller", daemon=True)

    def start(self) -> None:
        """Starts the worker and returns at once; a second call does nothing."""
        if self._worker.start():
            self._teller.start()

    def view(self) -> SyncView:
        """The newest view; does not block."""
        return self._view

    def listen(self, told: Listener) -> None:
        """Calls ``told``, on a thread of this object, whenever the view or the store changed."""
        self._listeners.append(told)

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        """The last rounds, newest first. Blocking."""
        return self._queries.rounds(limit)

    def held_cases(self, *, aside: bool) -> Runs:
        """The cases of what can never be sent, or of what was set aside. Blocking."""
        return self._queries.held_cases(aside=aside)

    def sync_now(self) -> None:
        """Orders a round at once."""
        self._worker.give(SyncNow())

    def committed(self) -> None:
        """To be called after a write of the desk: what waits is counted again, and a round follows soon. Without a
        worker it does nothing."""
        if self._worker.has_begun:
            self._worker.give(Committed())
            self._news.put(Committed())

    def set_offline(self, offline: bool) -> None:
        """Sets the offline switch. Its position is kept, for the next worker and the next start of the desk."""
        self._offline = offline
        self._worker.give(SetOffline(offline))
        self._news.put(SetOffline(offline))

    def confirm(self) -> None:
        """A person confirmed (``CONFIRM``, ``FORKED``): rounds go on."""
        self._worker.give(Confirm())

    def enrol(self, url: str, code: str) -> None:
        """Enrols this desk with a hub. Blocking."""
        self._ask(lambda ticket: Enrol(ticket, url, code))

    def move(self, url: str) -> None:
        """Switches to another address of the same hub. Blocking."""
        self._ask(lambda ticket: Move(ticket, url))

    def choose_proxy(self, chosen: str) -> None:
        """Sets the proxy. Blocking."""
        self._ask(lambda ticket: ChooseProxy(ticket, chosen))

    def ask_by_file(self, file: Path) -> str:
        """Writes the request for the hub's administrator; returns its check digits (``1234 5678``). Blocking."""
        from gridclient.sync.enrol_file import check_digits
        from gridclient.sync.stick_file import read_file

        self._ask(lambda ticket: AskByFile(ticket, file))
        return check_digits(read_file(file))

    def take_admission(self, file: Path) -> None:
        """Reads the hub's answer from a file. Blocking."""
        self._ask(lambda ticket: TakeAdmission(ticket, file))

    def set_aside(self) -> None:
        """Sets aside what the hub takes from this desk no more. Blocking."""
        self._ask(SetAside)

    def export_bundle(self, file: Path) -> BundleReport:
        """Adds the events that the hub does not have to a file. Blocking."""
        return self._ask(lambda ticket: ExportBundle(ticket, file)) or BundleReport(file, 0)

    def import_bundle(self, file: Path) -> BundleReport:
        """Reads a file from a stick. Blocking."""
        return self._ask(lambda ticket: ImportBundle(ticket, file)) or BundleReport(file, 0)

    def stop_bundle(self) -> None:
        """Stops the work with a stick. The call that waits for it raises ``Cancelled``, unless the work was done."""
        self._worker.stop_asked()

    def close(self) -> None:
        """Ends the worker, if it does not obey by force after :data:`PATIENCE_S`, and keeps the switch."""
        self._worker.close()
        self._news.put(None)
        if self._teller.is_alive():
            self._teller.join(PATIENCE_S)
        self._keep_switch()

    def _ask(self, order_for: Callable[[int], Ticketed]) -> BundleReport | None:
        self.start()  # a desk without a hub has no worker until it is asked for something
        return self._worker.ask(order_for)

    def _keep_telling(self) -> None:
        self._count()
        self._tell(Changes())
        while (news := self._news.get()) is not None:
            if isinstance(news, SetOffline):
                self._keep_switch()
                continue
            self._tell(self._taken_in(news))

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
            case SyncState():  # the worker ended: unless there is no other one, what it told last is still true
                if news is SyncState.BROKEN or self._view.state is SyncState.RUNNING:
                    self._view = replace(self._view, state=news, next_at=None, stage="", done=0, all=0)
            case Stands(state, next_at, url, by_stick, proxy, whose):
                view = replace(self._view, state=state, next_at=next_at, stage="", done=0, all=0)
                acts = (whose.unit, whose.only_watches) if whose is not None else ("", False)
                self._opened_as = self._opened_as or acts  # the worker's first word is of before its first round
                reopen = acts != self._opened_as
                self._view = replace(view, hub_url=url, by_stick=by_stick, proxy=proxy, belonging=whose, reopen=reopen)
            case Progressed(stage, done, of_all):
                self._view = replace(self._view, stage=stage, done=done, all=of_all)
            case RoundEnded(report):
                self._view = replace(self._view, last=report, stage="", done=0, all=0)
                self._count()
            case Changed(changes):
                self._count()
                return changes
            case Answered():  # what waits may be another number now
                self._view = replace(self._view, stage="", done=0, all=0)
                self._count()
            case Committed():
                self._count()
        return Changes()

    def _count(self) -> None:
        """Reads the numbers of the view from the store; if it cannot be read, the old ones stay."""
        try:
            events, cases, files = self._queries.pending()
            conflicts, fresh_at = len(self._queries.conflicts()), self._queries.fresh_as_of()
            closed = tuple(self._queries.closed())
            refused, aside = tuple(self._queries.refused()), self._queries.set_aside()
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
            refused=refused,
            aside=aside,
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
