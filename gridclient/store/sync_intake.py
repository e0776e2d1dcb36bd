"""Takes in events that were written elsewhere, in one transaction: chains, signatures, positions, cases, feed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import Event, EventKey, EventKind, Record, link_after
from gridclient.domain.handing import stream_of
from gridclient.services.enrolment import REFERENCE
from gridclient.services.rows import Changes
from gridclient.services.sync_port import FeedPage, FeedState, OriginKey, PlacedRun, SignedHead, StickBatch, Taken
from gridclient.store import sync_feeds
from gridclient.store.driver import Connection
from gridclient.store.places import FIRST_WAITING, LOGGED
from gridclient.store.reference_exchange import apply_change
from gridclient.store.refolding import Refolding
from gridclient.store.sync_carrying import keep_signatures
from gridclient.store.sync_chains import IN_HAND, Chains, HeadCheck
from gridclient.store.sync_lost import keep_heads, note_lost
from gridclient.store.sync_proven import require_proven

_LARGEST: Final = (1 << 63) - 1
_AT_ONCE: Final = 500
_RUN: Final = (
    f"SELECT seq, e.pos, subject, acked, hash FROM {LOGGED} WHERE origin = ? AND seq BETWEEN ? AND ? ORDER BY seq"
)
_LINKS: Final = "SELECT subject, hash FROM events WHERE origin = ? AND seq BETWEEN ? AND ? ORDER BY seq"
_WAITING: Final = (
    f"SELECT o.device, o.incarnation, ({FIRST_WAITING}) AS first FROM origins o "
    "WHERE o.stream = ? AND first IS NOT NULL"
)
_IN_STRETCH: Final = (
    "SELECT e.subject, e.pos, p.acked FROM places p CROSS JOIN events e ON e.pos = p.pos "
    "JOIN origins o ON o.no = e.origin WHERE o.stream = ? AND p.acked BETWEEN ? AND ?"
)


class Intake:
    """Takes in one page or stick. ``device`` is this desk's, whose events count as own."""

    def __init__(self, connection: Connection, device: str, is_signed: HeadCheck) -> None:
        self._connection = connection
        self._is_signed = is_signed
        self._chains = Chains(connection, device)
        self._refolding = Refolding(connection)
        self._marked: list[sync_feeds.Marked] = []
        self._told: list[Event] = []
        self._new = self._acknowledged = 0
        self._placed: set[int] = set()

    def take(self, page: FeedPage) -> Taken:
        """Stores a page and moves its feed's cursor. On ``SyncFault`` the transaction must be rolled back."""
        before = sync_feeds.read_feed(self._connection, page.feed)
        for position, record, link in page.foreign:
            self._add(record, link, position, in_part=sync_feeds.is_part(page.feed))
        if self._follow(before, page):
            self._place_next(page.own)
        else:
            for run in page.own:
                self._place_run(run)
        if before.repairing:
            self._give_way(stream_of(page.feed))
        taken = self._finish(page.heads)
        known = [(self._chains.known(head.origin), head) for head in page.heads]
        foreign = [(chain.no, head) for chain, head in known if chain is not None and not chain.own]
        keep_heads(self._connection, [(no, head.seq, head.signature) for no, head in foreign])
        if page.complete and not sync_feeds.is_part(page.feed):
            require_proven(self._connection, page.feed)
        after = sync_feeds.moved(self._connection, before, page, self._marked)
        sync_feeds.keep_feed(self._connection, after)
        return taken._replace(agrees=sync_feeds.agrees(after, page))

    def take_unplaced(self, batches: Sequence[StickBatch]) -> Taken:
        """Stores the events of a stick. On ``SyncFault`` the transaction must be rolled back."""
        for batch in batches:
            self._add_batch(batch)
        heads = [SignedHead(b.origin, b.first + len(b.records) - 1, b.public_key, b.signature) for b in batches]
        taken = self._finish(heads)
        foreign = [(self._chains.of(h.origin), h) for h in heads]
        keep_signatures(self._connection, [(c.no, h.seq, h.signature) for c, h in foreign if not c.own])
        return taken

    def _add_batch(self, batch: StickBatch) -> None:
        chain = self._chains.of(batch.origin)
        before = self._chains.link_at(chain, batch.first - 1)
        link = batch.link_before
        for seq, record in enumerate(batch.records, batch.first):
            if record.key != (*batch.origin, seq):
                raise SyncFault("sync.chain_broken", event=str(record.key))
            link = link_after(link, record.canonical())
            self._add(record, link, None)
        if before not in (None, batch.link_before) or link != batch.link_after:
            raise SyncFault("sync.chain_broken", event=str(EventKey(*batch.origin, batch.first)))

    def _add(self, record: Record, link: bytes, position: int | None, *, in_part: bool = False) -> None:
        event = _read(record)
        chain = self._chains.of(OriginKey(*record.key[:3]))
        found = self._chains.accept(chain, record, link, in_part=in_part)
        if isinstance(found, bytes):
            self._refolding.add(chain.no, record, event, found, own=chain.own, acked=position)
            self._new += 1
            self._tell(event, position)
            self._mark(position, found)
            return
        self._mark(position, found.link)
        if found.renewed:
            self._refolding.renew(found.subject, found.pos, event, record.text)
        if found.pos != IN_HAND and position is not None:
            if found.acked is None and not chain.own:
                self._tell(event, position)
            self._place(found.subject, found.pos, found.acked, position, own=chain.own)

    def _tell(self, event: Event, position: int | None) -> None:
        """Notes a change of reference data, to be applied if the hub has placed it. A stick may hold anybody's."""
        told = event.kind == EventKind.REFERENCE and event.key.stream == REFERENCE and event.version == 1
        if told and position is not None:
            self._told.append(event)

    def _follow(self, before: FeedState, page: FeedPage) -> bool:
        """Whether the page only places the next own events and no other event waits: then no case changes its order."""
        if not page.own or page.foreign or before.repairing or sync_feeds.is_part(page.feed):
            return False
        waiting = self._connection.execute(_WAITING, (page.own[0].origin.stream,)).fetchall()
        key, place = page.own[0].origin, (page.own[0].seq, before.cursor + 1)
        for run in page.own:
            if run.origin != key or run.seq != place[0] or run.position < place[1]:
                return False
            place = (run.seq + run.length, run.position + run.length)
        return waiting == [(*key[1:], page.own[0].seq)]

    def _place_next(self, runs: Sequence[PlacedRun]) -> None:
        """Gives the first waiting own events their positions; only if :meth:`_follow`."""
        origin = self._chains.of(runs[0].origin).no
        last = runs[-1].seq + runs[-1].length - 1
        rows = self._connection.execute(_LINKS, (origin, runs[0].seq, last)).fetchall()
        positions = chain.from_iterable(range(run.position, run.position + run.length) for run in runs)
        if len(rows) != last - runs[0].seq + 1:
            raise SyncFault("sync.gap", event=str(EventKey(*runs[0].origin, runs[0].seq + len(rows))))
        self._marked += zip(positions, (link for _, link in rows), strict=True)
        self._acknowledged += len(rows)
        self._refolding.place_next(origin, runs, Counter(subject for subject, _ in rows))

    def _place_run(self, run: PlacedRun) -> None:
        chain = self._chains.known(run.origin)
        last = run.seq + run.length - 1
        rows = [] if chain is None else self._connection.execute(_RUN, (chain.no, run.seq, last)).fetchall()
        if len(rows) != run.length:
            raise SyncFault("sync.gap", event=str(EventKey(*run.origin, run.seq + len(rows))))
        self._refolding.expect({subject for _, _, subject, _, _ in rows})
        for position, (_, pos, subject, acked, link) in enumerate(rows, run.position):
            self._mark(position, link)
            self._place(subject, pos, acked, position, own=True)

    def _mark(self, position: int | None, link: bytes) -> None:
        if position is not None:
            self._marked.append((position, link))

    def _place(self, subject: int, pos: int, acked: int | None, position: int, *, own: bool) -> None:
        self._placed.add(pos)
        self._acknowledged += own and acked is None
        if acked != position:
            self._refolding.place(subject, pos, position)

    def _give_way(self, stream: str) -> None:
        """Takes positions away from events where the hub now has other ones, and notes them as lost."""
        places = {position for position, _ in self._marked}
        stretch = (stream, min(places, default=0), max(places, default=0))
        rows = self._connection.execute(_IN_STRETCH, stretch).fetchall()
        gone = [(subject, pos, acked) for subject, pos, acked in rows if pos not in self._placed and acked in places]
        for subject, pos, _ in gone:
            self._refolding.place(subject, pos, None)
        note_lost(self._connection, [(pos, acked) for _, pos, acked in gone])

    def _finish(self, heads: Sequence[SignedHead]) -> Taken:
        refolded = self._refolding.carry_out()
        kinds = {apply_change(self._connection, event.payload) for event in self._told} - {""}
        for head in heads:
            self._chains.check_head(head, self._is_signed)
        self._chains.finish()
        changes = refolded.changes | Changes(kinds=frozenset(kinds))
        return Taken(changes, True, self._new, refolded.conflicts, self._acknowledged)


def take_back(connection: Connection, state: FeedState) -> Taken | None:
    """After a feed was read again to its end: takes positions that the hub did not confirm from up to 500 events.

    Returns ``None`` if there were none left; the feed then is no longer ``repairing``.
    """
    rows = sync_feeds.unconfirmed(connection, state, _AT_ONCE)
    if not rows:
        sync_feeds.keep_feed(connection, replace(state, repairing=False))
        return None
    refolding = Refolding(connection)
    for subject, pos, _ in rows:
        refolding.place(subject, pos, None)
    note_lost(connection, [(pos, acked) for _, pos, acked in rows])
    refolded = refolding.carry_out()
    return Taken(refolded.changes, True, 0, refolded.conflicts)


def take_back_own(connection: Connection, origin: OriginKey, seq: int) -> None:
    """Takes the positions from own events from number ``seq`` on, as the hub has others under these numbers.

    The feeds of the stream are read again.
    """
    chain = Chains(connection, origin.device).known(origin)
    if chain is None:
        return
    rows = connection.execute(_RUN, (chain.no, seq, _LARGEST)).fetchall()
    placed = [(subject, pos) for _, pos, subject, acked, _ in rows if acked is not None]
    if not placed:
        return
    refolding = Refolding(connection)
    for subject, pos in placed:
        refolding.place(subject, pos, None)
    refolding.carry_out()
    sync_feeds.restart_stream(connection, origin.stream)


def _read(record: Record) -> Event:
    """The event of a record. Raises ``SyncFault`` if the log cannot hold it."""
    try:
        payload = json.loads(record.text)
    except (ValueError, RecursionError):
        payload = None
    numbers = (record.hlc, record.key.seq, record.key.incarnation, record.version, record.base)
    if not isinstance(payload, dict) or not all(0 <= number <= _LARGEST for number in numbers):
        raise SyncFault("sync.chain_broken", event=str(record.key))
    return Event(
        record.key, record.hlc, record.kind, record.subject, record.base, record.actor, payload, record.version
    )
