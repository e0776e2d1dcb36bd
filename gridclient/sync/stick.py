"""A desk's side of a file on a stick: adds the events that the hub does not have, reads what others put in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import StoreUnavailable, SyncFault
from gridclient.domain.handing import stream_of
from gridclient.services.enrolment import Enrolment
from gridclient.services.rows import Changes
from gridclient.services.sync_control import BundleReport
from gridclient.services.sync_port import (
    FeedPage,
    FeedState,
    OriginKey,
    RoundEnd,
    RoundReport,
    StickBatch,
    SyncStore,
    Taken,
)
from gridclient.sync.bundle import BATCH, MAGIC, Bundle, StickPage, key_for, read_bundle, with_frames
from gridclient.sync.giving_way import contradicted, given_up
from gridclient.sync.signing import public_key, sign_head
from gridclient.sync.stick_file import leave_others, read_file, write_file

_LOG: Final = logging.getLogger(__name__)
Progress = Callable[[str, int, int], None]
"""Called as ``(stage, done, all)``, counted in events, before each step; may raise ``Cancelled`` to stop there."""


def _silent(_stage: str, _done: int, _all: int) -> None:
    pass


def _untold(_changes: Changes) -> None:
    pass


def export_bundle(
    store: SyncStore, file: Path, *, now: Callable[[], datetime], progress: Progress = _silent
) -> BundleReport:
    """Adds to a file, or to a new one, the own events that have no position yet and are not in it.

    The file is replaced as a whole at the end; if the export is stopped or fails, the old one stays.

    Raises:
        Cancelled: by ``progress``.
        SyncFault: ``sync.not_enrolled``; ``file.other_kind``, ``bundle.…``: nothing can be added to the present file,
            or the new one could not be written.
        StoreUnavailable: the store could not be read; nothing was written.
    """
    enrolment = _enrolment(store)
    leave_others(file, MAGIC)
    before = read_file(file) if file.exists() else b""
    there = read_bundle(before, enrolment.bundle_keys, store.device, to_add=True) if before else Bundle()
    known = {(batch.origin, batch.first + len(batch.records) - 1): batch.link_after for batch in there.batches}
    store.follow_aside()
    added = list(_waiting(store, enrolment, known))
    count = sum(len(batch.records) for _, batch in added)
    progress("export", 0, count)
    if added or not before:
        sealed, done = with_frames(before, (), enrolment.bundle_keys, enrolment.signing_key), 0
        for feed, batch in added:
            progress("export", done, count)
            sealed = with_frames(sealed, [(feed, (batch,))], enrolment.bundle_keys, enrolment.signing_key)
            done += len(batch.records)
        write_file(file, sealed, MAGIC)
    progress("export", count, count)
    _keep(store, RoundReport(now(), RoundEnd.DONE, pushed=count, by="stick"))
    carried = sum(len(batch.records) for batch in there.batches if batch.origin.device == store.device)
    return BundleReport(file, count, known=carried)


def import_bundle(
    store: SyncStore,
    file: Path,
    *,
    now: Callable[[], datetime],
    progress: Progress = _silent,
    changed: Callable[[Changes], None] = _untold,
) -> BundleReport:
    """Stores what a file contains: first the hub's events and positions, then events without a position.

    The whole file is read and checked first. Then each stretch from the hub is a transaction of its own, and all events
    without a position are one together. If the import is stopped or fails between two, the store is consistent, and the
    same file can be imported again for the rest.

    Args:
        changed: called after each transaction with what it touched.

    Raises:
        Cancelled: by ``progress``.
        SyncFault: ``sync.not_enrolled``; ``file.missing``, ``bundle.…``: nothing was stored; ``sync.chain_broken``,
            ``sync.signature``, ``sync.fork``: the file is sound, but contradicts what is known here.
        StoreUnavailable: the store failed; nothing more was stored.
    """
    enrolment = _enrolment(store)
    bundle = read_bundle(read_file(file), enrolment.bundle_keys, store.device)
    if enrolment.hub_key and any(stretch.writer != enrolment.hub_key for stretch in bundle.pages):
        raise SyncFault("bundle.forged")  # only the hub gives places
    total = sum(len(stretch.page.foreign) for stretch in bundle.pages)
    total += sum(len(batch.records) for batch in bundle.batches)
    report, hub_time = BundleReport(file, 0), None
    forged: set[str] = set()
    for taken, at in _add_pages(store, bundle.pages, forged, lambda done: progress("import", done, total)):
        changed(taken.changes)
        report, hub_time = _added(report, taken), max(filter(None, (hub_time, at)), default=None)
    if bundle.batches:
        progress("import", total - sum(len(batch.records) for batch in bundle.batches), total)
        order = sorted(set(bundle.batches), key=lambda batch: (batch.origin, batch.first))
        taken = store.take_unplaced(order)
        changed(taken.changes)
        report = _added(report, taken)
    keys = {placed.record.key for stretch in bundle.pages for placed in stretch.page.foreign}
    keys |= {record.key for batch in bundle.batches for record in batch.records}  # in parts and batches they lie twice
    report = replace(report, known=len(keys) - report.events)
    _keep(
        store,
        RoundReport(
            now(),
            RoundEnd.DONE,
            pulled=report.events,
            conflicts=report.conflicts,
            withdrawn=len(forged),
            hub_time=hub_time,
            by="stick",
        ),
    )
    progress("import", total, total)
    return report


def _keep(store: SyncStore, report: RoundReport) -> None:
    """Keeps a report; what it tells is done, also if the disk is too full for it."""
    try:
        store.keep_round(report)
    except StoreUnavailable as fault:
        _LOG.warning("report not kept: %s", fault)


def _enrolment(store: SyncStore) -> Enrolment:
    enrolment = store.enrolment()
    if enrolment is None:
        raise SyncFault("sync.not_enrolled")
    return enrolment


def _waiting(
    store: SyncStore, enrolment: Enrolment, known: dict[tuple[OriginKey, int], bytes]
) -> Iterator[tuple[str, StickBatch]]:
    """The own events to be added, in batches of at most :data:`BATCH`, each with the feed whose readers may open it.

    ``known``: the batches in the file, by origin and number of their last event, with the link after it.
    """
    public = public_key(enrolment.signing_key)
    for origin, oldest in store.unsent_origins():
        feed = _feed(origin.stream, enrolment)
        if feed is None:
            continue  # the right to the stream was taken away; the events stay here
        first = oldest
        for (carried, last), link in sorted(known.items()):
            if carried == origin and last >= first and _link(store, origin, last) == link:
                first = last + 1
        while (unsent := store.unsent(origin, first, BATCH)).records:
            last = first + len(unsent.records) - 1
            signature = sign_head(enrolment.signing_key, origin, last, unsent.link_after)
            yield (
                feed,
                StickBatch(origin, first, unsent.records, unsent.link_before, unsent.link_after, public, signature),
            )
            first = last + 1


def _link(store: SyncStore, origin: OriginKey, seq: int) -> bytes:
    """The link after an own event; empty if this store, put back to an older backup, does not have it."""
    try:
        return store.unsent(origin, seq, 1).link_after
    except SyncFault:
        return b""


def _feed(stream: str, enrolment: Enrolment) -> str | None:
    """The feed of a stream for which the desk has a key: the whole stream, or its unit's part; ``None`` without one."""
    feeds = [stream, *(feed for feed in enrolment.bundle_keys if stream_of(feed) == stream)]
    return next((feed for feed in feeds if key_for(feed, enrolment.bundle_keys) is not None), None)


def _add_pages(
    store: SyncStore, pages: Sequence[StickPage], forged: set[str], tell: Callable[[int], None]
) -> Iterator[tuple[Taken, datetime | None]]:
    """Stores the stretches that continue their feeds. A feed that differs from the hub's afterwards is read again, from
    the file's first stretch of it: once for itself, and once for each origin that gave way.

    Yields the result of each stretch, and the hub's time if the feed is complete and right after it. Adds the cases
    that lost events to ``forged``.
    """
    order = sorted(pages, key=lambda stretch: (stretch.page.feed, stretch.start, -stretch.page.cursor))
    reasons: set[str | OriginKey] = set()
    known = -1
    while known < len(reasons):
        known, done = len(reasons), 0
        for stretch in order:
            tell(done)
            done += len(stretch.page.foreign)
            taken = _take_page(store, stretch, forged, reasons)
            if taken is None:
                continue
            if not taken.agrees:
                reasons.add(stretch.page.feed)
            is_newest = taken.agrees and stretch.page.complete and stretch.at
            yield taken, datetime.fromtimestamp(stretch.at, CHINA_TIME) if is_newest else None


def _take_page(store: SyncStore, stretch: StickPage, forged: set[str], reasons: set[str | OriginKey]) -> Taken | None:
    """Stores a stretch. ``None`` if it is known, comes too early, or is of a feed that this desk does not read."""
    state = next((feed for feed in store.feeds() if feed.feed == stretch.page.feed), None)
    page = None if state is None else _fitting(stretch, state)
    if page is None:
        return None
    taken = _take(store, page, forged, reasons)
    if not taken.agrees:
        store.restart_feed(page.feed)  # the file's first stretch, or the line, repairs it
    return taken


def _take(store: SyncStore, page: FeedPage, forged: set[str], reasons: set[str | OriginKey]) -> Taken:
    """Stores a page. Events that an earlier stick brought without a position are withdrawn if the hub has others under
    their numbers, as in a round. Where others gave way the feed does not agree and is to be read once more."""
    gone = Changes()
    while True:
        try:
            taken = store.take(page)
        except SyncFault as fault:
            event = contradicted(fault)
            if event is None:
                raise
            origin = OriginKey(*event[:3])
            contradicting = given_up(store, page, event)
            if contradicting:
                reasons.add(origin)
                return Taken(gone | contradicting, False, 0, 0)
            first = dict(store.carried_origins()).get(origin)
            if first is None:
                raise
            gone |= store.withdraw(origin, first, forked=True)
            forged |= gone.cases
        else:
            return taken._replace(changes=taken.changes | gone)


def _fitting(stretch: StickPage, state: FeedState) -> FeedPage | None:
    page = stretch.page
    if page.cursor <= state.cursor or stretch.start > state.cursor:
        return None
    if stretch.start == state.cursor:
        return page
    if stream_of(page.feed) != page.feed:
        return None  # a unit's part has no order in which it could be cut
    return replace(page, foreign=tuple(placed for placed in page.foreign if placed.position > state.cursor))


def _added(report: BundleReport, taken: Taken) -> BundleReport:
    return replace(
        report,
        events=report.events + taken.new_events,
        conflicts=report.conflicts + taken.conflicts,
        changes=report.changes | taken.changes,
        acknowledged=report.acknowledged + taken.acknowledged,
    )
