"""``SyncStore`` on a profile: events to be sent, events coming in, positions, and this desk's numbers.

Every method that writes is one short transaction, or several of which each leaves the store consistent.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from gridclient.domain.errors import StoreUnavailable, SyncFault
from gridclient.domain.events import CHAIN_START, EventKey, Record
from gridclient.domain.handing import stream_of
from gridclient.services.enrolment import Enrolment
from gridclient.services.ports import Clock
from gridclient.services.rows import Changes
from gridclient.services.sync_port import FeedPage, FeedState, Held, OriginKey, RoundReport, StickBatch, Taken, Unsent
from gridclient.services.withholding import lacks
from gridclient.store import sync_aside, sync_carrying, sync_feeds
from gridclient.store.audit import append_line
from gridclient.store.driver import Connection
from gridclient.store.enrolment_file import read_enrolment, write_enrolment
from gridclient.store.log import Device, subject_text, writing_device
from gridclient.store.places import FIRST_WAITING
from gridclient.store.profile import Profile
from gridclient.store.reference_exchange import record_changes
from gridclient.store.search import merge_a_little
from gridclient.store.settings import KEEP_VALUE, read_value
from gridclient.store.sync_chains import HeadCheck
from gridclient.store.sync_files import FileQueue
from gridclient.store.sync_intake import Intake, take_back, take_back_own
from gridclient.store.sync_lost import forget_found, lost_places, next_lost
from gridclient.store.sync_rewriting import Rewritten, keep_writer, next_device, write_again
from gridclient.store.sync_rounds import keep_round
from gridclient.store.sync_withdrawing import withdraw, withdraw_forked, withdraw_unproven, withdraw_unshown
from gridclient.store.tables import count_apart

_LOG: Final = logging.getLogger(__name__)
HUB: Final = "sync.hub"
"""Desk value: the hub that gave the events their positions."""
CONFIRM: Final = "sync.confirm"
"""Desk value, set after a restore: a person has to confirm before the first round (需确认)."""
_BEGUN: Final = "sync.begun"
_NEVER: Final = 1 << 62
_TIDYING_S: Final = 0.3
_AUDITOR: Final = "system"
_UNSENT_ORIGINS: Final = (
    f"SELECT o.stream, o.device, o.incarnation, ({FIRST_WAITING}) AS first FROM origins o "
    "WHERE o.device = ? AND o.own = 1 AND first IS NOT NULL ORDER BY o.no"
)
_UNSENT: Final = (
    "SELECT e.seq, e.hash, e.hlc, e.kind, e.version, s.id, e.base, e.actor, e.payload FROM events e "
    "JOIN subjects s ON s.no = e.subject WHERE e.origin = ? AND e.seq >= ? ORDER BY e.seq LIMIT ?"
)
_LEFT_BY_OTHERS: Final = (
    "SELECT EXISTS(SELECT 1 FROM origins o WHERE o.own = 1 AND o.device <> ? AND o.stream = ? "
    "AND EXISTS(SELECT 1 FROM waiting w WHERE w.origin = o.no))"
)


class SqliteSyncStore(FileQueue):
    """``services.sync_port.SyncStore`` over a profile. One thread may write; reading is safe from any.

    Args:
        is_signed: verifies a device's signature over the end of a chain.
    """

    def __init__(self, profile: Profile, clock: Clock, is_signed: HeadCheck) -> None:
        super().__init__(profile.database, profile.attachments, clock)
        self._profile = profile
        self._is_signed = is_signed

    @property
    def device(self) -> str:
        return self._profile.device.id

    @property
    def incarnation(self) -> int:
        with self._database.reader() as connection:
            return writing_device(connection, self._profile.device).incarnation

    def enrolment(self) -> Enrolment | None:
        """See the port; read from the profile's keys."""
        return read_enrolment(self._profile.folder, self.device)

    def keep_enrolment(self, enrolment: Enrolment) -> None:
        """See the port. A new signing key begins a new incarnation, because other desks have pinned the old one."""
        before = self.enrolment()
        write_enrolment(self._profile.folder, self.device, enrolment)
        self._profile.take_short(enrolment.short)
        feeds = sync_feeds.granted_feeds(enrolment)
        with self._database.writer() as connection:
            device = writing_device(connection, self._profile.device)
            keep_writer(connection, replace(device, short=enrolment.short))
            if read_value(connection, HUB) != enrolment.hub:
                sync_feeds.change_hub(connection, feeds)
                connection.execute("UPDATE file_queue SET sent = 0")
                connection.execute(KEEP_VALUE, (HUB, enrolment.hub))
            sync_feeds.forget_others(connection, feeds)
            sync_feeds.restart_grown(connection, feeds)
            self._resume(connection, enrolment)
        if before is not None and before.signing_key != enrolment.signing_key:
            self._begin_incarnation(self.incarnation + 1)

    def set_aside(self) -> Changes:
        if (enrolment := self.enrolment()) is None:
            raise SyncFault("sync.not_enrolled")
        with self._database.writer() as connection:
            device = writing_device(connection, self._profile.device)
            device = next_device(connection, device, device.incarnation + 1)
            changes = self._told_aside(connection, sync_aside.set_aside(connection, device, enrolment.grants))
            if not changes:
                return changes
            keep_writer(connection, device)
        self._profile.begin_incarnation(device.incarnation)
        return changes

    def follow_aside(self) -> Changes:
        if (enrolment := self.enrolment()) is None:
            return Changes()
        with self._database.writer() as connection:
            return self._follow_aside(connection, enrolment)

    def _follow_aside(self, connection: Connection, enrolment: Enrolment) -> Changes:
        device = writing_device(connection, self._profile.device)
        return self._told_aside(connection, sync_aside.follow(connection, device, enrolment.grants))

    def _told_aside(self, connection: Connection, put: Rewritten) -> Changes:
        if put.events:
            self._audit(connection, "sync.aside", str(put.events))
        return Changes(put.cases)

    def held(self) -> Sequence[Held]:
        enrolment = self.enrolment()
        with self._database.reader() as connection:
            return sync_aside.held(connection, () if enrolment is None else enrolment.grants)

    def in_doubt(self) -> bool:
        with self._database.reader() as connection:
            return bool(read_value(connection, CONFIRM))

    def end_doubt(self) -> None:
        with self._database.writer() as connection:
            connection.execute(KEEP_VALUE, (CONFIRM, ""))

    def begin_round(self) -> Changes:
        """See the port. On the county's desk it also appends events for changed reference data."""
        enrolment, changes = self.enrolment(), Changes()
        now = self._clock.now()
        with self._database.writer(tidy=True) as connection:
            connection.execute(KEEP_VALUE, (_BEGUN, now.isoformat()))
            sync_carrying.forget_signatures(connection)
            forget_found(connection)
            if enrolment is not None:
                self._resume(connection, enrolment)  # a backup may be older than a right
                changes = self._follow_aside(connection, enrolment)
            if enrolment is not None and enrolment.sends_reference:
                record_changes(connection, writing_device(connection, self._profile.device), actor=_AUDITOR, now=now)
        return changes

    def _resume(self, connection: Connection, enrolment: Enrolment) -> None:
        """Makes wait again what was set aside and what the desk may write now."""
        device = writing_device(connection, self._profile.device)
        if resumed := sync_aside.take_up(connection, device, enrolment.grants).events:
            self._audit(connection, "sync.resumed", str(resumed))

    def unsent_origins(self) -> Sequence[tuple[OriginKey, int]]:
        """See the port; without those of which the hub refuses all that waits."""
        with self._database.reader() as connection:
            rows = connection.execute(_UNSENT_ORIGINS, (self.device,)).fetchall()
            ends = self._refused_from(connection)
        found = [(OriginKey(*key), first) for *key, first in rows]
        return [(origin, first) for origin, first in found if first < ends.get(origin, _NEVER)]

    def unsent(self, origin: OriginKey, first: int, limit: int) -> Unsent:
        """See the port; also events that were sent before, for a hub that lost them, and none that the hub refuses.

        Raises:
            SyncFault: the log has no events of this origin before ``first`` (``sync.gap``).
        """
        with self._database.reader_before_writing() as connection:
            if origin.device != self.device:
                return _carried(connection, origin, first)
            no, before = _start(connection, origin, first)
            limit = max(0, min(limit, self._refused_from(connection).get(origin, _NEVER) - first))
            rows = connection.execute(_UNSENT, (no, first, limit)).fetchall()
            stood = lost_places(connection, no, first, first + limit - 1)
            if first in stood:
                until = next_lost(connection, origin.stream, stood[first])
                marks = [stood.get(row[0], _NEVER) for row in rows]
            else:
                until = sync_carrying.next_foreign(connection, origin.stream, no, first)
                marks = [row[2] for row in rows]
        cut = next((place for place, mark in enumerate(marks) if until is not None and mark > until), None)
        records, link = _records(origin, first, rows[:cut], before)
        last = stood.get(first + len(records) - 1, 0)
        return Unsent(origin, first, records, before, link, more=cut is not None, stood=last)

    def _refused_from(self, connection: Connection) -> Mapping[OriginKey, int]:
        """The first number of each own origin that the hub refuses; none are known before the desk is enrolled."""
        enrolment = self.enrolment()
        return {} if enrolment is None else sync_aside.refused_from(connection, enrolment.grants)

    def carried_origins(self) -> Sequence[tuple[OriginKey, int]]:
        with self._database.reader() as connection:
            return sync_carrying.carried_origins(connection)

    def feeds(self) -> Sequence[FeedState]:
        """The state of each feed that the enrolment grants."""
        if (enrolment := self.enrolment()) is None:
            return ()
        with self._database.reader() as connection:
            return [sync_feeds.read_feed(connection, feed) for feed in sync_feeds.granted_feeds(enrolment)]

    def take(self, page: FeedPage) -> Taken:
        """See the port. A power cut may take the page back, and the cursor with it: then it is fetched again."""
        own = [placed.record.key for placed in page.foreign if placed.record.key.device == self.device]
        own += [EventKey(*run.origin, run.seq + run.length - 1) for run in page.own]
        taken = self._intake(own, lambda intake: intake.take(page), lasting=False)
        if not (page.complete and taken.agrees):
            return taken
        return self._settled(page.feed, taken)

    def take_unplaced(self, batches: Sequence[StickBatch]) -> Taken:
        own = [b.records[-1].key for b in batches if b.origin.device == self.device and b.records]
        return self._intake(own, lambda intake: intake.take_unplaced(batches))

    def withdraw(self, origin: OriginKey, first: int, *, forked: bool = False) -> Changes:
        with self._database.writer() as connection:
            no, _ = _start(connection, origin, 1)
            if not forked and first in lost_places(connection, no, first, first):
                sync_carrying.leave_to_others(connection, no)
                return Changes()
            count, changes = withdraw(connection, no, first)
            self._audit(connection, "sync.withdrawn", f"{origin.device}/{origin.incarnation}/{first}+{count}")
        return changes

    def withdraw_unshown(self, page: FeedPage, event: EventKey) -> Changes:
        return self._withdrawn(event, lambda connection: withdraw_unshown(connection, page, event))

    def withdraw_unproven(self, event: EventKey) -> Changes:
        return self._withdrawn(event, lambda connection: withdraw_unproven(connection, event))

    def withdraw_forked(self, page: FeedPage, event: EventKey) -> Changes:
        return self._withdrawn(event, lambda connection: withdraw_forked(connection, page, event, self._is_signed))

    def _withdrawn(self, event: EventKey, work: Callable[[Connection], tuple[int, Changes]]) -> Changes:
        with self._database.writer() as connection:
            count, changes = work(connection)
            if count:
                self._audit(connection, "sync.given_way", f"{event.device}/{event.incarnation}+{count}")
        return changes

    def _intake(self, own: Collection[EventKey], work: Callable[[Intake], Taken], *, lasting: bool = True) -> Taken:
        """``own``: events of this desk that arrive, of each run at least the last."""
        grants = enrolment.grants if own and (enrolment := self.enrolment()) else ()
        try:
            with self._database.writer(lasting=lasting) as connection:
                device = writing_device(connection, self._profile.device)
                with sync_aside.at_home(connection, device, grants, own):
                    return work(Intake(connection, self.device, self._is_signed))
        except SyncFault as fault:
            if fault.code == "sync.fork" and "stream" in fault.params:
                self._doubt_own(fault)
            raise

    def _doubt_own(self, fork: SyncFault) -> None:
        """Takes the positions from own events under whose numbers the hub has other events."""
        stream, incarnation, seq = (fork.params[name] for name in ("stream", "incarnation", "seq"))
        with self._database.writer() as connection:
            origin = OriginKey(str(stream), self.device, int(str(incarnation)))
            take_back_own(connection, origin, int(str(seq)))

    def _settled(self, feed: str, taken: Taken) -> Taken:
        """After a complete page that agrees: takes back unconfirmed positions, takes up a former device's events."""
        with self._database.reader() as connection:
            state = sync_feeds.read_feed(connection, feed)
        changes, conflicts = taken.changes, taken.conflicts
        while state.repairing:
            with self._database.writer() as connection:
                more = take_back(connection, state)
            if more is None:
                break
            changes, conflicts = changes | more.changes, conflicts + more.conflicts
        return taken._replace(changes=changes | self._take_up(stream_of(feed)), conflicts=conflicts)

    def _take_up(self, stream: str) -> Changes:
        """Numbers as this device's the waiting events of the device whose backup was restored here."""
        with self._database.reader() as connection:
            if not connection.execute(_LEFT_BY_OTHERS, (self.device, stream)).fetchone()[0]:
                return Changes()
        with self._database.writer() as connection:
            device = writing_device(connection, self._profile.device)
            rewritten = write_again(connection, device, of_others=True)
            self._audit(connection, "sync.taken_up", str(rewritten.events))
        return Changes(rewritten.cases)

    def restart_feed(self, feed: str) -> None:
        with self._database.writer() as connection:
            sync_feeds.restart(connection, feed)

    def begin_incarnation(self, number: int) -> int:
        """See the port; ``number``, or the next one never used."""
        return self._begin_incarnation(number, beside_a_twin=True)

    def _begin_incarnation(self, number: int, *, beside_a_twin: bool = False) -> int:
        with self._database.writer() as connection:
            device = next_device(connection, writing_device(connection, self._profile.device), number)
            keep_writer(connection, device)
            if beside_a_twin:
                count_apart(connection, device.incarnation)
            rewritten = write_again(connection, device)
            self._audit(connection, "sync.incarnation", f"{device.incarnation}/{rewritten.events}")
        self._profile.begin_incarnation(device.incarnation)
        return rewritten.events

    def keep_round(self, report: RoundReport) -> None:
        with self._database.writer(lasting=False) as connection:
            keep_round(connection, report)
        if report.pulled:
            try:
                self._tidy_up()
            except StoreUnavailable as fault:  # the round is kept; a later one merges the index
                _LOG.warning("search index not tidied: %s", fault)

    def _tidy_up(self) -> None:
        """Merges segments of the search index, of which every page adds some; for at most 0.3 s."""
        until = time.monotonic() + _TIDYING_S
        while time.monotonic() < until:
            with self._database.writer() as connection:
                if not merge_a_little(connection):
                    return

    def _audit(self, connection: Connection, what: str, subject: str) -> None:
        append_line(connection, at=self._clock.now(), actor=_AUDITOR, what=what, subject=subject)


def begin_doubt(connection: Connection, device: Device, enrolment: Enrolment | None) -> None:
    """After a restore: this store is not what the hub knows of the desk. A person has to confirm the next round."""
    keep_writer(connection, device)
    sync_feeds.doubt(connection)
    connection.execute("UPDATE file_queue SET sent = 0")
    if enrolment is not None:
        feeds = sync_feeds.granted_feeds(enrolment)
        if read_value(connection, HUB) != enrolment.hub:
            sync_feeds.forget_others(connection, ())
            connection.execute(KEEP_VALUE, (HUB, enrolment.hub))
        sync_feeds.forget_others(connection, feeds)  # rights may have changed since the backup
        sync_feeds.restart_unread(connection, feeds)
    if read_value(connection, HUB):
        connection.execute(KEEP_VALUE, (CONFIRM, "1"))


def _start(connection: Connection, origin: OriginKey, first: int) -> tuple[int, bytes]:
    """The origin's number in this store, and the link before its event ``first``. Raises ``SyncFault("sync.gap")``."""
    row = connection.execute(
        "SELECT o.no, e.hash FROM origins o LEFT JOIN events e ON e.origin = o.no AND e.seq = ? "
        "WHERE o.stream = ? AND o.device = ? AND o.incarnation = ?",
        (first - 1, *origin),
    ).fetchone()
    if row is None or (first > 1 and row[1] is None):
        raise SyncFault("sync.gap", event=str(EventKey(*origin, first)))
    return row[0], CHAIN_START if first == 1 else bytes(row[1])


def _carried(connection: Connection, origin: OriginKey, first: int) -> Unsent:
    """Another device's events from ``first`` up to the next one it signed; empty if one is missing or lacks withheld
    data.

    The event before ``first`` need not be known here: the hub compares with its own link.
    """
    no, before = _start(connection, origin, 1)
    end = sync_carrying.signed_end(connection, no, first)
    if end is None:
        return Unsent(origin, first, (), before, before)
    last, signature = end
    rows = connection.execute(_UNSENT, (no, first, last - first + 1)).fetchall()
    records, link = _records(origin, first, rows, before)
    if len(records) != last - first + 1 or any(lacks(record.text) for record in records):
        return Unsent(origin, first, (), before, before)  # a copy from which data was withheld is no original
    stood = lost_places(connection, no, last, last).get(last, 0)
    return Unsent(origin, first, records, before, link, signature, more=True, stood=stood)


def _records(
    origin: OriginKey, first: int, rows: Sequence[Sequence[Any]], before: bytes
) -> tuple[tuple[Record, ...], bytes]:
    """The rows up to the first gap in their numbers, as records, and the link after them."""
    records, link = [], before
    make = tuple.__new__  # in a third of the time that the classes take
    for seq, (number, written, hlc, kind, version, subject, base, actor, text) in enumerate(rows, first):
        if number != seq:
            break
        key = make(EventKey, (*origin, seq))
        records.append(make(Record, (key, hlc, kind, version, subject_text(subject), base, actor, text)))
        link = written
    return tuple(records), link
