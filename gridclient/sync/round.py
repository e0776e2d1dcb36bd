"""One round: own events up, everybody's events and their places down, until both sides agree; then some files.

Own events count as sent only when their places came back. Whatever breaks the round off leaves a store that the next
round goes on from; nothing is marked as sent by a guess.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import Cancelled, GridClientError, StoreUnavailable, SyncFault
from gridclient.domain.frozen import frozen
from gridclient.domain.handing import stream_of
from gridclient.services.enrolment import Enrolment
from gridclient.services.rows import Changes
from gridclient.services.sync_port import FeedPage, RoundEnd, RoundReport, SyncStore
from gridclient.sync.files import FileStage
from gridclient.sync.giving_way import GivingWay
from gridclient.sync.lanes import Carried, Lanes
from gridclient.sync.queue import Batch, PushQueue
from gridclient.sync.rights import renewed
from gridclient.sync.terms import SPOKEN, Versions, write_held
from gridclient.sync.transport import CERTIFICATE, RENEWED, Pacing, Transport
from gridclient.sync.wire import FeedAsk, SyncReply, SyncRequest, decode_reply, encode_request

_LOG: Final = logging.getLogger(__name__)
_MOST_TRIPS: Final = 100_000
_FEW: Final = 1000
_THOROUGH, _PLAIN, _SWIFT = 19, 17, 3  # levels of compression; 17 has most of what 19 saves, in a third of the time
_NO_USE_AGAIN: Final = frozenset({"sync.chain_broken", "sync.signature"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=CHINA_TIME) + timedelta(hours=8)


@frozen
class RoundPorts:
    """What a round asks and tells while it runs.

    Attributes:
        now: aware, in China time.
        progress: called as ``(stage, done, all)`` with the stages ``push``, ``pull``, ``first``, ``check`` and
            ``files``; ``all`` is 0 where nobody knows.
        changed: gets what each page touched, at once.
        cancelled: asked between two round-trips; ``True`` ends the round there.
        hurried: asked between two pieces of files; ``True`` leaves the other files for the next round.
        files_left: called when files used up what a round gives them, so that the next round comes soon.
        waiting: how many own events wait, for the progress only.
        monotonic: seconds of a clock that only goes forward.
        versions: the protocols that this program speaks.
        recertify: called after a certificate that is not the known one; whether it is the same hub's, which is then
            known from now on.
    """

    now: Callable[[], datetime]
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _all: None
    changed: Callable[[Changes], None] = lambda _changes: None
    cancelled: Callable[[], bool] = lambda: False
    hurried: Callable[[], bool] = lambda: False
    files_left: Callable[[], None] = lambda: None
    waiting: Callable[[], int] = lambda: 0
    monotonic: Callable[[], float] = time.monotonic
    versions: Versions = SPOKEN
    recertify: Callable[[], bool] = lambda: False


def run_round(store: SyncStore, transport: Transport, around: RoundPorts, pacing: Pacing) -> RoundReport:
    """One round and its report, which is kept in the store too. Foreseen failures are in the report, never raised."""
    began, at = around.monotonic(), around.now()
    sent, received = transport.bytes_sent, transport.bytes_received
    current = Round(store, transport, around, pacing)
    end, error = RoundEnd.DONE, None
    try:
        try:
            current.run()
        except SyncFault as fault:
            if fault.code != "sync.update_due" or not current.speaks_otherwise():
                raise
            current = Round(store, transport, around, pacing)  # nothing was taken; now in the version that both speak
            current.run()
    except Cancelled:
        end = RoundEnd.CANCELLED
    except GridClientError as fault:
        _LOG.warning("round failed: %s", fault)
        end, error = RoundEnd.FAILED, fault
        if fault.code.startswith(CERTIFICATE):
            error = _met_again(fault, around.recertify)
    error = error or current.files_fault
    report = replace(
        current.report(at),
        end=end,
        bytes_sent=transport.bytes_sent - sent,
        bytes_received=transport.bytes_received - received,
        seconds=around.monotonic() - began,
        error="" if error is None else error.code,
        params=None if error is None else dict(error.params),
    )
    try:
        store.keep_round(report)
    except StoreUnavailable as fault:  # the disk that failed the round will not take its report either
        _LOG.warning("report not kept: %s", fault)
        if error is None:
            report = replace(report, end=RoundEnd.FAILED, error=fault.code, params=dict(fault.params))
    return report


def _met_again(fault: GridClientError, recertify: Callable[[], bool]) -> GridClientError:
    """What a certificate that is not the known one comes to: the hub's new one, a stranger's (``fault``), or, where the
    new one could not be kept, the store's fault: the hub is no stranger for that."""
    try:
        return SyncFault(RENEWED) if recertify() else fault
    except StoreUnavailable as full:
        return full


@frozen
class _Parcel:
    """A request ready to go. ``probes``: what it takes tells how to pack the others."""

    batch: Batch
    asks: tuple[FeedAsk, ...]
    body: bytes
    probes: bool


class Round:
    """The state of one round. Use :func:`run_round`."""

    def __init__(self, store: SyncStore, transport: Transport, around: RoundPorts, pacing: Pacing) -> None:
        self._store = store
        self._transport = transport
        self._lanes = Lanes(transport, around.monotonic)
        self._around = around
        self._pacing = pacing
        self._queue = PushQueue(store)
        self._waiting = 0
        self._pulled = 0
        self._conflicts = 0
        self._withdrawn: set[str] = set()
        self._hub_time: datetime | None = None
        self._restarted: set[str] = set()
        self._whole: set[str] = set()
        self._complete: set[str] = set()
        self._first: set[str] = set()
        self._looked = False
        self._ahead: _Parcel | None = None
        self._sent_ahead: Future[Carried] | None = None  # the answer to it, when it is under way too
        self._untaken: tuple[SyncReply, _Parcel] | None = None
        self._lagging: set[str] = set()  # feeds whose last page was not the newest
        self._giving_way = GivingWay(store, around.changed)
        self._asked_rights = False
        self._protocol = around.versions.newest
        self.files_fault: GridClientError | None = None

    def run(self) -> None:
        """All stages. Raises ``Cancelled``, ``SyncFault``, ``StoreUnavailable``: the round ended here."""
        if (enrolment := self._store.enrolment()) is None:
            raise SyncFault("sync.not_enrolled")
        if followed := self._store.begin_round():
            self._around.changed(followed)
        self._transport.tell_held(write_held(self._store.held()))
        self._queue.begin(enrolment.signing_key)
        self._waiting = self._around.waiting()
        self._protocol = self._transport.terms.choose(self._around.versions)
        with self._lanes:
            for _ in range(_MOST_TRIPS):
                enrolment = self._with_rights(self._trip(enrolment))
                if self._queue.is_empty and self._everything_complete() and not self._set_free():
                    break
        self._queue.require_placed()
        around, check = self._around, self._check_cancelled
        files = FileStage(self._store, self._transport, around.hurried, check, self._pacing, monotonic=around.monotonic)
        files.run(around.progress, f"{around.now():%Y%m%d}")
        self.files_fault = files.fault
        if files.left_over:
            self._around.files_left()

    def speaks_otherwise(self) -> bool:
        """Whether the hub, which does not speak this version, said that there is another one that both do. Raises
        ``SyncFault`` if there is none (``sync.update_due``, ``sync.hub_old``)."""
        return self._transport.terms.choose(self._around.versions) != self._protocol

    def report(self, at: datetime) -> RoundReport:
        """What happened so far; how it ended is for the caller to say."""
        return RoundReport(
            at,
            RoundEnd.DONE,
            pushed=self._queue.applied,
            pulled=self._pulled,
            conflicts=self._conflicts,
            rejected=self._queue.rejected,
            hub_time=self._hub_time,
            withdrawn=len(self._withdrawn),
        )

    def _trip(self, enrolment: Enrolment) -> Enrolment:
        """One round-trip: the next batch up, the next pages down. Gives the enrolment as it is afterwards."""
        self._check_cancelled()
        parcel, self._ahead = self._ahead or self._packed(enrolment), None
        ahead = self._sent_ahead is not None
        reply = self._exchange(parcel, enrolment)
        if enrolment.hub and reply.hub != enrolment.hub:
            raise SyncFault("sync.hub_changed")
        if len(reply.results) != len(parcel.batch):
            raise SyncFault("sync.refused", why="results")
        try:
            self._hub_time = _EPOCH + timedelta(milliseconds=reply.hub_ms)
        except OverflowError as error:
            raise SyncFault("sync.refused", why="clock") from error
        enrolment = self._with_grants(enrolment, reply)
        taken = self._queue.answered(parcel.batch, reply.results, ahead=ahead)
        if not taken or (parcel.probes and not self._pacing.is_fast):
            self._forget_ahead()
        pushed = {run.push.origin.stream for run in parcel.batch}
        self._complete -= {ask.feed for ask in parcel.asks} | {f for f in self._complete if stream_of(f) in pushed}
        if self._queue.withdrawn != Changes():
            self._withdrawn |= self._queue.withdrawn.cases
            self._around.changed(self._queue.withdrawn)
            self._queue.withdrawn = Changes()
        if parcel.batch:
            self._around.progress("push", self._queue.applied, max(self._waiting, self._queue.applied))
        if taken or not ahead:  # else the hub met it before the one before, which its asks take for granted
            self._untaken = reply, parcel  # of which there is time to let go while the next one is under way
        if self._ahead is None:
            self._take_untaken()
        return enrolment

    def _packed(self, enrolment: Enrolment, before: _Parcel | None = None) -> _Parcel:
        """The next request; ``before`` is under way. Of many, a few go first on an unknown line; those that follow are
        packed meanwhile as for a fast one. They are read before what came last is taken: the disk may delay that."""
        under_way, pacing = () if before is None else before.batch, self._pacing
        probes = before is None and not self._pacing.rate and self._waiting > _FEW
        guesses = before is not None and before.probes
        room = pacing.probing_events if probes else pacing.guessed_events if guesses else pacing.events
        batch = self._queue.next_batch(room, under_way)
        self._take_untaken()
        if self._restarted:  # what is to be pushed may be other events now
            batch = self._queue.next_batch(room, under_way)
        pushes = tuple(run.push for run in batch)
        events = sum(len(push.records) for push in pushes)
        asks = self._asks({run.push.origin.stream for run in (*under_way, *batch)}, before)
        clock_ms = int(self._around.now().timestamp() * 1000)
        request = SyncRequest(enrolment.hub, self._store.incarnation, clock_ms, pushes, asks, pacing.down.size)
        swiftly = probes or guesses or (self._pacing.is_fast and self._are_many(events))
        level = _SWIFT if swiftly else _PLAIN if self._are_many(events) else _THOROUGH
        body = encode_request(request, level=level, swiftly=swiftly, protocol=self._protocol)
        self._pacing.learnt(events, len(body), swiftly=swiftly)
        return _Parcel(batch, asks, body, probes)

    def _asks(self, pushed: set[str], before: _Parcel | None) -> tuple[FeedAsk, ...]:
        """The feeds that are not complete, and those in which the places of what is pushed will come. Where ``before``
        asks as well, the next page should begin behind the places of what it carries; if not, :meth:`_take` sees it."""
        asked = {ask.feed: ask.cursor for ask in before.asks} if before else {}
        asks = []
        for feed in self._store.feeds():
            cursor, stream = feed.cursor, stream_of(feed.feed)
            if feed.feed in self._complete and stream not in pushed:
                continue
            if before and feed.feed in asked:
                coming = sum(len(run.push.records) for run in before.batch if run.push.origin.stream == stream)
                if not coming or asked[feed.feed] > cursor or feed.feed in self._lagging:
                    continue  # where the next page begins is known when this one was taken
                cursor += coming
            self._first |= {feed.feed} if not feed.cursor and not feed.repairing else set()
            if feed.repairing and feed.feed not in self._restarted:  # own events may be missing here
                self._whole.add(feed.feed)
            asks.append(FeedAsk(feed.feed, cursor, feed.feed in self._whole))
        return tuple(asks)

    def _exchange(self, parcel: _Parcel, enrolment: Enrolment) -> SyncReply:
        try:
            carried = self._sent(parcel, enrolment)
        except SyncFault as fault:
            if fault.code == "sync.timeout":
                self._pacing.failed()
            raise
        self._pacing.exchanged(len(parcel.body), len(carried.answer), carried.seconds, carried.worked)
        return decode_reply(carried.answer, self._store.device, self._around.versions)

    def _sent(self, parcel: _Parcel, enrolment: Enrolment) -> Carried:
        """The answer. Meanwhile the pages before it are taken, and the next request is packed and sent ahead: the hub
        has it when it is done with this one."""
        packs = (parcel.probes or self._pacing.is_quick) and self._queue.follows(parcel.batch)
        answer, self._sent_ahead = self._sent_ahead, None
        if answer is None and not packs and self._untaken is None:
            return self._lanes.carry(parcel.body)
        answer = answer or self._lanes.send(parcel.body)
        if packs:
            self._ahead = self._packed(enrolment, parcel)
            if not parcel.probes:
                self._sent_ahead = self._lanes.send_ahead(self._ahead.body)
        self._take_untaken()
        return answer.result()

    def _forget_ahead(self) -> None:
        """What was packed does not follow any more. If it is under way, the hub will know it when it comes again."""
        self._lanes.rest()
        self._ahead = self._sent_ahead = None

    def _are_many(self, events: int) -> bool:
        """Whether packing them thoroughly takes longer than a slow line takes for what that saves."""
        return max(events, self._waiting) > _FEW

    def _with_rights(self, enrolment: Enrolment) -> Enrolment:
        """Once in a round: rights and keys are asked for when the hub's stamp of them is another one."""
        stamp = self._transport.terms.rights
        if self._asked_rights or not stamp or stamp == enrolment.rights:
            return enrolment
        self._asked_rights = True
        self._lanes.rest()
        after = renewed(enrolment, self._transport, self._store.device)
        if after != enrolment:
            self._store.keep_enrolment(after)
        if after.grants != enrolment.grants:
            self._complete.clear()
        return after

    def _with_grants(self, enrolment: Enrolment, reply: SyncReply) -> Enrolment:
        if reply.grants is None or reply.grants == enrolment.grants:
            return enrolment
        enrolment = replace(enrolment, grants=reply.grants)
        self._store.keep_enrolment(enrolment)
        self._complete.clear()
        return enrolment

    def _take_untaken(self) -> None:
        if self._untaken is not None:
            (reply, parcel), self._untaken = self._untaken, None
            self._take(reply, parcel.asks)

    def _take(self, reply: SyncReply, asks: Sequence[FeedAsk]) -> None:
        read = {feed.feed: feed.cursor for feed in self._store.feeds()}
        asked = {ask.feed for ask in asks if ask.cursor <= read.get(ask.feed, ask.cursor)}  # else there is a gap
        for feed in asked.intersection(reply.behind):
            self._restart(feed, "behind")
        for page in reply.pages:
            if isinstance(page, FeedPage) and page.feed in asked:
                asked.discard(page.feed)
                self._take_page(page)
        self._complete |= asked - set(reply.behind)  # no page and not behind: it may not be read any more

    def _take_page(self, page: FeedPage) -> None:
        try:
            taken = self._store.take(page)
        except SyncFault as fault:
            if fault.code not in ("sync.gap", "sync.chain_broken", "sync.signature"):
                raise
            if fault.code in _NO_USE_AGAIN and self._giving_way.after(fault, page):
                self._restarted.discard(page.feed)
            self._restart(page.feed, fault.code, fault)
            return
        self._pulled += taken.new_events
        self._conflicts += taken.conflicts
        self._around.changed(taken.changes)
        self._lagging.add(page.feed)
        if page.complete and not taken.agrees:
            self._restart(page.feed, "sum")
        elif page.complete:
            self._complete.add(page.feed)
            self._lagging.discard(page.feed)
            if page.feed in self._restarted:
                self._queue.look_again()  # what the hub does not have any more waits again
        if page.foreign:
            self._around.progress("first" if page.feed in self._first else "pull", self._pulled, 0)

    def _restart(self, feed: str, why: str, fault: SyncFault | None = None) -> None:
        """Reads a feed again from the start; a second time, and where own events are missing here, with those whole:
        only so is it seen that under an own number the hub has another event."""
        again = feed in self._restarted
        if again and (feed in self._whole or why in _NO_USE_AGAIN):
            raise fault or SyncFault("sync.differs", feed=feed)
        if again or why == "sync.gap":
            self._whole.add(feed)
        _LOG.warning("feed %s is read again: %s", feed, why)
        self._around.progress("check", 0, 0)
        self._restarted.add(feed)
        self._complete.discard(feed)
        self._store.restart_feed(feed)

    def _set_free(self) -> bool:
        """Once in a round: whether more waits now than at its start. Places that this hub did not confirm (the desk
        enrolled with another one, or was restored) are taken back only when their feed was read to its end."""
        if self._looked:
            return False
        self._looked = True
        self._queue.look_again()
        return not self._queue.is_empty

    def _everything_complete(self) -> bool:
        return all(feed.feed in self._complete for feed in self._store.feeds())

    def _check_cancelled(self) -> None:
        if self._around.cancelled():
            raise Cancelled
