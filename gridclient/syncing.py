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
from gridclient.services.rows import Changes
from gridclient.services.sync_control import BundleReport
from gridclient.services.sync_port import RoundEnd, RoundReport
from gridclient.store.enrolment_file import signing_key
from gridclient.store.profile import open_profile
from gridclient.store.reference import SqliteReference
from gridclient.store.settings import SqliteDeskSettings
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.store.sync_store import SqliteSyncStore
from gridclient.sync import enrolling, stick
from gridclient.sync.moving import move, recertify
from gridclient.sync.proxies import SETTING, checked_choice
from gridclient.sync.restart import start_anew
from gridclient.sync.round import Surroundings, run_round
from gridclient.sync.serving import WorkerParts
from gridclient.sync.signing import head_is_signed, new_key
from gridclient.sync.transport import RENEWED, Pacing
from gridclient.system import SystemClock

if TYPE_CHECKING:
    from gridclient.composition import OpenedDesk

_OF_THE_LINE: Final = frozenset({"sync.unreachable", "sync.timeout", "sync.busy", "sync.hub_failed"})


class DeskLine:
    """The synchronisation of one opened desk. Blocking; for one thread."""

    def __init__(self, opened: OpenedDesk) -> None:
        self._opened = opened
        self._clock = opened.desk.clock
        self._name = opened.desk.reference.setting("name")
        self._folder = opened.profile.folder
        self._settings = SqliteDeskSettings(opened.profile.database)
        self.store = SqliteSyncStore(opened.profile, self._clock, head_is_signed)
        self.queries = SqliteSyncQueries(opened.profile.database)

    def enrol(self, url: str, code: str) -> Enrolment:
        """See :func:`gridclient.sync.enrolling.enrol`."""
        return enrolling.enrol(
            self.store, url, code, name=self._name, key=self._key, now=self._clock.now, proxy=self._proxy()
        )

    def move(self, url: str) -> Enrolment:
        """See :func:`gridclient.sync.moving.move`."""
        return move(self.store, url, proxy=self._proxy())

    def meet(self) -> str | None:
        """Asks the hub what this desk is to it, and gives the hub's address; ``None`` for a desk that is not enrolled.
        Changes nothing.

        Raises:
            SyncFault: the desk has no line (``sync.no_line``), or what the line or the hub says.
        """
        enrolment = self.store.enrolment()
        if enrolment is None:
            return None
        with closing(enrolling.line_to(enrolment, proxy=self._proxy())) as line:
            line.membership(self.store.device)
        return enrolment.url

    def choose_proxy(self, chosen: str) -> None:
        """Keeps by which proxy the hub is reached; see :func:`gridclient.sync.proxies.checked_choice`."""
        self._settings.keep_value(SETTING, checked_choice(chosen))

    def ask_by_file(self, file: Path) -> str:
        """See :func:`gridclient.sync.enrolling.ask_by_file`."""
        return enrolling.ask_by_file(self.store, file, name=self._name, key=self._key)

    def take_admission(self, file: Path) -> Enrolment:
        """See :func:`gridclient.sync.enrolling.take_admission`."""
        return enrolling.take_admission(self.store, file, key=self._key, now=self._clock.now)

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
        with closing(enrolling.line_to(enrolment, proxy=self._proxy())) as line:
            around = Surroundings(
                now=self._clock.now,
                waiting=self.pending_events,
                recertify=lambda: recertify(self.store, proxy=self._proxy()),
            )
            return run_round(self.store, line, around, Pacing())

    def export_bundle(self, file: Path) -> BundleReport:
        """See :func:`gridclient.sync.stick.export_bundle`."""
        return stick.export_bundle(self.store, file, now=self._clock.now)

    def import_bundle(self, file: Path) -> BundleReport:
        """See :func:`gridclient.sync.stick.import_bundle`."""
        report = stick.import_bundle(self.store, file, now=self._clock.now)
        recompute(self._opened)
        return report

    def _key(self) -> bytes:
        return signing_key(self._folder, self.store.device, new_key)

    def _proxy(self) -> str:
        return self._settings.value(SETTING)

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
        settings = SqliteDeskSettings(profile.database)
        reference = SqliteReference(profile.database, lambda: clock.now().date())

        def recompute_deadlines(advance: Callable[[int, int], None]) -> Changes:
            if not is_due(profile, reference.calendar(), clock.now().date()):
                return Changes()
            return recompute_in_worker(advance, profile=folder)

        yield WorkerParts(
            store,
            lambda: reference.setting("name"),
            clock.now,
            lambda: queries.pending()[0],
            lambda: signing_key(folder, store.device, new_key),
            lambda: settings.value(SETTING),
            lambda chosen: settings.keep_value(SETTING, chosen),
            recompute_deadlines,
        )


def fault_of(report: RoundReport) -> GridClientError:
    """What ended a round that failed, as it can be told and judged."""
    params = dict(report.params or {})
    if report.error.startswith("store."):
        return StoreUnavailable(report.error, **params)
    return SyncFault(report.error, retryable=report.error in _OF_THE_LINE, **params)
