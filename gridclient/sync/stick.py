"""A desk's side of a stick: what the hub does not have goes out, what others carried comes in, each time all or none.

The old file stays as it is until the new one lies whole on the stick beside it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from gridclient.domain.errors import SyncFault
from gridclient.services.rows import Changes
from gridclient.services.sync_control import BundleReport
from gridclient.services.sync_port import (
    Enrolment,
    FeedPage,
    FeedState,
    OriginKey,
    RoundEnd,
    RoundReport,
    StickBatch,
    SyncStore,
)
from gridclient.sync.bundle import BATCH, MOST_BYTES, Bundle, StickPage, key_for, read_bundle, with_frames
from gridclient.sync.pages import stream_of_feed
from gridclient.sync.signing import public_key, sign_head

_PART: Final = ".part"
Progress = Callable[[str, int, int], None]


def _silent(_stage: str, _done: int, _all: int) -> None:
    pass


def export_bundle(
    store: SyncStore, file: Path, *, now: Callable[[], datetime], progress: Progress = _silent
) -> BundleReport:
    """Adds the own events that the hub has not placed, and that are not in the file yet; makes it when it is missing.

    Raises:
        SyncFault: ``sync.not_enrolled``; ``bundle.…``: what is there cannot be added to, and was left as it is.
    """
    enrolment = _enrolment(store)
    before = _read(file) if file.exists() else b""
    there = read_bundle(before, enrolment.bundle_keys, store.device) if before else Bundle()
    known = {(batch.origin, batch.first + len(batch.records) - 1): batch.link_after for batch in there.batches}
    added = list(_waiting(store, enrolment, known))
    count = sum(len(batch.records) for _, batch in added)
    progress("export", 0, count)
    if added or not before:
        frames = [(feed, (batch,)) for feed, batch in added]
        _write(file, with_frames(before, frames, enrolment.bundle_keys, enrolment.signing_key))
    progress("export", count, count)
    store.keep_round(RoundReport(now(), RoundEnd.DONE, pushed=count, by="stick"))
    carried = sum(len(batch.records) for batch in there.batches if batch.origin.device == store.device)
    return BundleReport(file, count, known=carried)


def import_bundle(
    store: SyncStore, file: Path, *, now: Callable[[], datetime], progress: Progress = _silent
) -> BundleReport:
    """Takes what a file brings: places and events from the hub first, then events that have no place yet.

    Raises:
        SyncFault: ``sync.not_enrolled``; ``bundle.…``: nothing of it was taken; ``sync.chain_broken``,
            ``sync.signature``, ``sync.fork``: the file fits in itself and not to what is known here.
        StoreUnavailable: nothing more was taken.
    """
    enrolment = _enrolment(store)
    bundle = read_bundle(_read(file), enrolment.bundle_keys, store.device)
    total = sum(len(stretch.page.foreign) for stretch in bundle.pages)
    total += sum(len(batch.records) for batch in bundle.batches)
    report = BundleReport(file, 0)
    done = 0
    for stretch in sorted(bundle.pages, key=lambda stretch: (stretch.page.feed, stretch.start, -stretch.page.cursor)):
        progress("import", done, total)
        done += len(stretch.page.foreign)
        report = _add_page(store, stretch, report)
    if bundle.batches:
        progress("import", done, total)
        order = sorted(set(bundle.batches), key=lambda batch: (batch.origin, batch.first))
        taken = store.take_unplaced(order)
        report = _added(report, taken.new_events, taken.conflicts, taken.changes)
    report = replace(report, known=total - report.events)
    done_report = RoundReport(now(), RoundEnd.DONE, pulled=report.events, conflicts=report.conflicts, by="stick")
    store.keep_round(done_report)
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
    unsent = store.unsent(origin, seq, 1)
    return unsent.link_after if unsent.records else b""


def _feed(stream: str, enrolment: Enrolment) -> str | None:
    """The feed whose key the desk has for its own events of a stream: the whole one, or its unit's part."""
    feeds = [stream, *(feed for feed in enrolment.bundle_keys if stream_of_feed(feed) == stream)]
    return next((feed for feed in feeds if key_for(feed, enrolment.bundle_keys) is not None), None)


def _add_page(store: SyncStore, stretch: StickPage, report: BundleReport) -> BundleReport:
    """Takes a stretch when it goes on from where the feed stands here; older and farther ones change nothing."""
    state = next((feed for feed in store.feeds() if feed.feed == stretch.page.feed), None)
    page = None if state is None else _fitting(stretch, state)
    if page is None:
        return report
    taken = store.take(page)
    if not taken.agrees:
        store.restart_feed(page.feed)  # the next stretch from the start, or the line, repairs it
    return _added(report, taken.new_events, taken.conflicts, taken.changes)


def _fitting(stretch: StickPage, state: FeedState) -> FeedPage | None:
    page = stretch.page
    if page.cursor <= state.cursor or stretch.start > state.cursor:
        return None
    if stretch.start == state.cursor:
        return page
    if stream_of_feed(page.feed) != page.feed:
        return None  # a unit's part has no order in which it could be cut
    return replace(page, foreign=tuple(placed for placed in page.foreign if placed.position > state.cursor))


def _added(report: BundleReport, events: int, conflicts: int, changes: Changes) -> BundleReport:
    return replace(
        report,
        events=report.events + events,
        conflicts=report.conflicts + conflicts,
        changes=report.changes | changes,
    )


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise SyncFault("bundle.broken")
        return file.read_bytes()
    except OSError as error:
        raise SyncFault("bundle.unreadable", reason=error.strerror or type(error).__name__) from error


def _write(file: Path, data: bytes) -> None:
    part = file.with_name(file.name + _PART)
    try:
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
        if os.name == "posix":
            folder = os.open(file.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise SyncFault("bundle.not_written", reason=error.strerror or type(error).__name__) from error
