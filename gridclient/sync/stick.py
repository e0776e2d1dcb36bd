"""A desk's side of a stick: what the hub does not have goes out, what others carried comes in, each time all or none.

The old file stays as it is until the new one lies whole on the stick beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import SyncFault
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
from gridclient.sync.signing import public_key, sign_head
from gridclient.sync.stick_file import leave_others, read_file, write_file

Progress = Callable[[str, int, int], None]
"""Told how far the work is before each of its steps; stops it there by raising ``Cancelled``."""


def _silent(_stage: str, _done: int, _all: int) -> None:
    pass


def _untold(_changes: Changes) -> None:
    pass


def export_bundle(
    store: SyncStore, file: Path, *, now: Callable[[], datetime], progress: Progress = _silent
) -> BundleReport:
    """Adds the own events that the hub has not placed, and that are not in the file yet; makes it when it is missing.

    One decision: stopped, or failed, it leaves the file as it was.

    Raises:
        Cancelled: by ``progress``.
        SyncFault: ``sync.not_enrolled``; ``file.other_kind``, ``bundle.…``: what is there cannot be added to, and
            was left as it is.
    """
    enrolment = _enrolment(store)
    leave_others(file, MAGIC)
    before = read_file(file) if file.exists() else b""
    there = read_bundle(before, enrolment.bundle_keys, store.device, to_add=True) if before else Bundle()
    known = {(batch.origin, batch.first + len(batch.records) - 1): batch.link_after for batch in there.batches}
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
    store.keep_round(RoundReport(now(), RoundEnd.DONE, pushed=count, by="stick"))
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
    """Takes what a file brings: places and events from the hub first, then events that have no place yet.

    Nothing is taken before the file was read and checked whole. Then it can be resumed, and is not one decision: each
    stretch from the hub is a transaction, and the events without places together are one. Stopped, or failed, between
    them it leaves a store that is whole as far as it came, and the same file goes on from there.

    Args:
        changed: gets what each transaction touched, at once.

    Raises:
        Cancelled: by ``progress``.
        SyncFault: ``sync.not_enrolled``; ``bundle.…``: nothing of it was taken; ``sync.chain_broken``,
            ``sync.signature``, ``sync.fork``: the file fits in itself and not to what is known here.
        StoreUnavailable: nothing more was taken.
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
    store.keep_round(
        RoundReport(
            now(),
            RoundEnd.DONE,
            pulled=report.events,
            conflicts=report.conflicts,
            withdrawn=len(forged),
            hub_time=hub_time,
            by="stick",
        )
    )
    progress("import", total, total)
    return report


def _enrolment(store: SyncStore) -> Enrolment:
    enrolment = store.enrolment()
    if enrolment is None:
        raise SyncFault("sync.not_enrolled")
    return enrolment


def _waiting(
    store: SyncStore, enrolment: Enrolment, known: dict[tuple[OriginKey, int], bytes]
) -> Iterator[tuple[str, StickBatch]]:
    """Own batches that wait, each with the feed whose readers may open it."""
    public = public_key(enrolment.signing_key)
    for origin, oldest in store.unsent_origins():
        feed = _feed(origin.stream, enrolment)
        if feed is None:
            continue  # the right to the stream was taken away; the events stay here
        first = oldest
        for (carried, last), link in sorted(known.items(), key=lambda item: item[0][1]):
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
    """The feed whose key the desk has for its own events of a stream: the whole one, or its unit's part."""
    feeds = [stream, *(feed for feed in enrolment.bundle_keys if stream_of(feed) == stream)]
    return next((feed for feed in feeds if key_for(feed, enrolment.bundle_keys) is not None), None)


def _add_pages(
    store: SyncStore, pages: Sequence[StickPage], forged: set[str], tell: Callable[[int], None]
) -> Iterator[tuple[Taken, datetime | None]]:
    """Takes the stretches that go on from where their feeds stand here; a feed that then differs from the hub's is
    read once more from the file's first one. Gives what each brought, and how new its feed is afterwards; adds the
    cases of which something left the log to ``forged``."""
    order = sorted(pages, key=lambda stretch: (stretch.page.feed, stretch.start, -stretch.page.cursor))
    for _ in range(2):
        differs, done = False, 0
        for stretch in order:
            tell(done)
            done += len(stretch.page.foreign)
            taken = _take_page(store, stretch, forged)
            if taken is None:
                continue
            differs |= not taken.agrees
            is_newest = taken.agrees and stretch.page.complete and stretch.at
            yield taken, datetime.fromtimestamp(stretch.at, CHINA_TIME) if is_newest else None
        if not differs:
            break


def _take_page(store: SyncStore, stretch: StickPage, forged: set[str]) -> Taken | None:
    """``None`` for a stretch that is known, that comes too early, or of a feed that this desk does not read."""
    state = next((feed for feed in store.feeds() if feed.feed == stretch.page.feed), None)
    page = None if state is None else _fitting(stretch, state)
    if page is None:
        return None
    taken = _take(store, page, forged)
    if not taken.agrees:
        store.restart_feed(page.feed)  # the file's first stretch, or the line, repairs it
    return taken


def _take(store: SyncStore, page: FeedPage, forged: set[str]) -> Taken:
    """What an earlier stick brought without a place gives way where the hub placed something else, as over a line."""
    gone = Changes()
    while True:
        try:
            taken = store.take(page)
        except SyncFault as fault:
            named = str(fault.params.get("event", "")).rpartition("/")[0]
            found = next((it for it in store.carried_origins() if "/".join(map(str, it[0])) == named), None)
            if found is None:
                raise
            gone |= store.withdraw(*found, forked=True)
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
