"""A desk's line to its hub and its stick, put together: the store's side joined with the rounds of ``sync``.

Part of the composition; without Qt, so that the command line, the worker process and tests use the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gridclient.domain.errors import GridClientError, StoreUnavailable, SyncFault
from gridclient.recomputing import is_due, recompute, recompute_in_worker
from gridclient.services.enrolment import Enrolment
from gridclient.services.ports import Clock, Reference
from gridclient.services.rows import Changes
from gridclient.services.sync_control import BundleReport
from gridclient.services.sync_port import RoundEnd, RoundReport, SyncStore
from gridclient.store.enrolment_file import signing_key
from gridclient.store.profile import Profile, open_profile
from gridclient.store.reference import SqliteReference
from gridclient.store.settings import SqliteDeskSettings
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.store.sync_store import SqliteSyncStore
from gridclient.sync import stick
from gridclient.sync.hub_line import HubLine
from gridclient.sync.proxies import SETTING
from gridclient.sync.restart import start_anew
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.serving import WorkerParts
from gridclient.sync.signing import head_is_signed, new_key
from gridclient.sync.transport import RENEWED, Pacing
from gridclient.system import SystemClock

if TYPE_CHECKING:
    from gridclient.composition import OpenedDesk

_OF_THE_LINE: Final = frozenset({"sync.unreachable", "sync.timeout", "sync.busy", "sync.hub_failed", "sync.hub_store"})


class DeskLine:
    """The synchronisation of one opened desk. Blocking; for one thread."""

    def __init__(self, opened: OpenedDesk) -> None:
        self._opened = opened
        self._clock = opened.desk.clock
        self.store = SqliteSyncStore(opened.profile, self._clock, head_is_signed)
        self.hub = _hub_line(opened.profile, self.store, opened.desk.reference, self._clock)
        self.queries = SqliteSyncQueries(opened.profile.database, self.store.enrolment)

    def meet(self) -> str | None:
        """Asks the hub what this desk is to it, and gives the hub's address; ``None`` for a desk that is not enrolled.
        Changes nothing.

        Raises:
            SyncFault: the desk has no line (``sync.no_line``), or what the line or the hub says.
        """
        enrolment = self.store.enrolment()
        if enrolment is None:
            return None
        with closing(self.hub.connect(enrolment)) as line:
            line.membership(self.store.device)
        return enrolment.url

    def sync_once(self, *, confirmed: bool = False) -> RoundReport:
        """One round, asked for by a person: after one that went through, a restored desk is no longer in doubt.

        Args:
            confirmed: where numbers were used twice (a fork), go on under new ones.

        Raises:
            SyncFault: the desk is not enrolled (``sync.not_enrolled``) or has no line (``sync.no_line``).
        """
        enrolment = self.store.enrolment()
        if enrolment is None:
            raise SyncFault("sync.not_enrolled")
        report = self._round(enrolment)
        if report.error == "sync.fork" and confirmed:
            start_anew(self.store)
            report = self._round(enrolment)
        elif report.error == RENEWED:
            report = self._round(self.store.enrolment() or enrolment)
        if report.end is RoundEnd.DONE and self.store.in_doubt():
            self.store.end_doubt()
        recompute(self._opened)
        return report

    def _round(self, enrolment: Enrolment) -> RoundReport:
        with closing(self.hub.connect(enrolment)) as line:
            around = RoundPorts(now=self._clock.now, waiting=self.pending_events, recertify=self.hub.recertify)
            return run_round(self.store, line, around, Pacing())

    def export_bundle(self, file: Path) -> BundleReport:
        """See :func:`gridclient.sync.stick.export_bundle`."""
        return stick.export_bundle(self.store, file, now=self._clock.now)

    def import_bundle(self, file: Path) -> BundleReport:
        """See :func:`gridclient.sync.stick.import_bundle`."""
        report = stick.import_bundle(self.store, file, now=self._clock.now)
        recompute(self._opened)
        return report

    def pending_events(self) -> int:
        """How many events only this desk has."""
        return self.queries.pending()[0]

    def conflicts(self) -> int:
        """How many cases wait for somebody to choose between two sides."""
        return len(self.queries.conflicts())


@contextmanager
def open_for_worker(folder: Path) -> Iterator[WorkerParts]:
    """What the worker's process opens beside the desk that holds the profile (``gridclient.syncing:open_for_worker``).

    Raises:
        StoreUnavailable: as for opening a desk.
    """
    clock = SystemClock()
    with open_profile(folder, now=clock.now(), lock=False) as profile:
        queries = SqliteSyncQueries(profile.database)
        store = SqliteSyncStore(profile, clock, head_is_signed)
        reference = SqliteReference(profile.database, lambda: clock.now().date())

        def recompute_deadlines(advance: Callable[[int, int], None]) -> Changes:
            if not is_due(profile, reference.calendar(), clock.now().date()):
                return Changes()
            return recompute_in_worker(advance, profile=folder)

        hub = _hub_line(profile, store, reference, clock)
        yield WorkerParts(store, hub, clock.now, lambda: queries.pending()[0], recompute_deadlines)


def _hub_line(profile: Profile, store: SyncStore, reference: Reference, clock: Clock) -> HubLine:
    settings = SqliteDeskSettings(profile.database)
    return HubLine(
        store,
        name=lambda: reference.setting("name"),
        key=lambda: signing_key(profile.folder, store.device, new_key),
        now=clock.now,
        proxy=lambda: settings.value(SETTING),
        keep_proxy=lambda chosen: settings.keep_value(SETTING, chosen),
    )


def fault_of(report: RoundReport) -> GridClientError:
    """What ended a round that failed, as it can be told and judged."""
    params = dict(report.params or {})
    if report.error.startswith("store."):
        return StoreUnavailable(report.error, **params)
    return SyncFault(report.error, retryable=report.error in _OF_THE_LINE, **params)
