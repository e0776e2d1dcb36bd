"""``hub carry``: takes the pushes from a stick and adds positions and new events to it. Repeating it changes nothing.

Pages are added for every desk that reads a feed, from where the file's pages of that feed end, so only what is new is
added; an empty file gets each feed from its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from gridclient.domain.errors import GridClientError, RuleViolation, SyncFault
from gridclient.domain.frozen import frozen
from gridclient.domain.handing import stream_of
from gridclient.hub.access import stick_signing_key
from gridclient.hub.backend import Backend, Ledger
from gridclient.hub.feeds import Reader, read_page
from gridclient.hub.pushing import take_push
from gridclient.hub.rights import concrete, readable
from gridclient.hub.rows import Device
from gridclient.services.enrolment import Grant
from gridclient.services.sync_port import StickBatch
from gridclient.sync.bundle import Bundle, StickPage, read_bundle, with_frames
from gridclient.sync.signing import public_key
from gridclient.sync.wire import FeedAsk, Push, PushResult, PushStatus

_ROOM: Final = 1 << 20


@frozen
class Carried:
    """The result, counted in events: ``events`` new here, ``known`` before, ``refused``; and ``pages`` added with
    ``added`` events.

    ``file`` is the new content of the file; ``problems`` tell people why something was refused.
    """

    file: bytes
    events: int
    known: int
    refused: int
    pages: int
    added: int
    problems: tuple[GridClientError, ...] = ()


def carry(backend: Backend, file: bytes, *, township: str = "", at: int) -> Carried:
    """Takes the pushes in a file and adds the pages that its desks, or those of ``township``, need.

    Args:
        file: its content, empty for a new one. It is verified as a whole before anything is taken.
        at: seconds since 1970.

    Raises:
        SyncFault: ``bundle.…``; ``bundle.other_hub`` also when nothing in it is for this hub.
        StoreUnavailable: the database failed; the same file may come again.
    """
    with backend.writing() as ledger:
        key = stick_signing_key(ledger)
    with backend.reading() as ledger:
        keys = {row.stream: row.key for row in ledger.streams()}
        devices = {device.device: device for device in ledger.devices()}
    bundle = _read(file, keys)
    intake = _Intake(backend, devices, tuple(keys), at)
    intake.take(bundle.batches)
    there = [page for page in bundle.pages if page.writer == public_key(key)]
    seen = {batch.origin.device for batch in bundle.batches}
    readers = [d for d in devices.values() if d.device in seen or (township and d.township == township)]
    feeds = _feeds((device for device in readers if device.revoked_at is None), tuple(keys), there)
    with backend.reading() as ledger:
        fresh = [page for feed, unit in feeds.items() for page in _new_pages(ledger, feed, unit, there, at)]
    return Carried(
        with_frames(file, [(page.page.feed, (page,)) for page in fresh], keys, key) if fresh else file,
        intake.events,
        intake.known,
        intake.refused,
        len(fresh),
        sum(len(page.page.foreign) for page in fresh),
        tuple(intake.problems),
    )


def _read(file: bytes, keys: Mapping[str, bytes]) -> Bundle:
    if not file:
        return Bundle()
    try:
        return read_bundle(file, keys)
    except SyncFault as fault:
        if fault.code == "bundle.key_missing":
            raise SyncFault("bundle.other_hub") from fault
        raise


class _Intake:
    """Applies the batches of a file as pushes of the devices that wrote them."""

    def __init__(self, backend: Backend, devices: Mapping[str, Device], streams: Sequence[str], at: int) -> None:
        self._backend, self._devices, self._streams, self._at = backend, devices, streams, at
        self.events = self.known = self.refused = 0
        self.problems: list[GridClientError] = []

    def take(self, batches: Iterable[StickBatch]) -> None:
        """Applies all batches, ordered by clock, because an author had seen the events before his own."""
        left = sorted(set(batches), key=lambda b: (b.records[-1].hlc, b.origin, b.first))
        while left:
            gaps = [(batch, result) for batch in left if (result := self._take(batch)) is not None]
            if len(gaps) == len(left):  # no gap was filled
                for batch, result in gaps:
                    self._refuse(batch, _gap(self._name(batch), batch, result.expected))
                return
            left = [batch for batch, _ in gaps]

    def _take(self, batch: StickBatch) -> PushResult | None:
        """Applies one batch. Returns the result if its status is ``GAP`` (an earlier batch must come first)."""
        head = self._head(batch)
        device = self._devices.get(batch.origin.device)
        if device is None or device.revoked_at is not None:
            self._refuse(batch, _turned_away(self._name(batch), batch, known=device is not None))
            return None
        push = Push(batch.origin, batch.first, batch.records, batch.link_after, batch.signature)
        result = take_push(self._backend, device, self._grants(device), push, at=self._at)
        if result.status is PushStatus.GAP:
            return result
        if result.status in (PushStatus.APPLIED, PushStatus.KNOWN):
            new = result.expected - 1 - head
            self.events += new
            self.known += len(batch.records) - new
        else:
            self._refuse(batch, _not_taken(self._name(batch), batch, result.status))
        return None

    def _head(self, batch: StickBatch) -> int:
        """The number of the origin's newest event here."""
        with self._backend.reading() as ledger:
            rows = ledger.origins(batch.origin.stream)
        return next((row.seq for row in rows if (row.device, row.incarnation) == batch.origin[1:]), 0)

    def _grants(self, device: Device) -> tuple[Grant, ...]:
        return concrete(device.grants, self._streams)

    def _name(self, batch: StickBatch) -> str:
        device = self._devices.get(batch.origin.device)
        return device.name if device is not None and device.name else batch.origin.device

    def _refuse(self, batch: StickBatch, problem: GridClientError) -> None:
        if self._came(batch):
            self.known += len(batch.records)  # it came when the device had the right
            return
        self.refused += len(batch.records)
        self.problems.append(problem)

    def _came(self, batch: StickBatch) -> bool:
        """Whether the hub has all events of the batch, unchanged."""
        stream, last = batch.origin.stream, batch.first + len(batch.records) - 1
        with self._backend.reading() as ledger:
            rows = [row for row in ledger.origins(stream) if (row.device, row.incarnation) == batch.origin[1:]]
            return any(row.seq >= last and ledger.link_of(stream, row.no, last) == batch.link_after for row in rows)


def _gap(device: str, batch: StickBatch, expected: int) -> GridClientError:
    count = len(batch.records)
    return RuleViolation("carry.gap", device=device, first=expected, last=batch.first - 1, count=count)


def _turned_away(device: str, batch: StickBatch, *, known: bool) -> GridClientError:
    if known:
        return RuleViolation("carry.device_revoked", device=device, count=len(batch.records))
    return RuleViolation("carry.device_unknown", device=device, count=len(batch.records))


def _not_taken(device: str, batch: StickBatch, status: PushStatus) -> GridClientError:
    count = len(batch.records)
    if status is PushStatus.FORK:
        return RuleViolation("carry.fork", device=device, count=count)
    if status is PushStatus.FORBIDDEN:
        return RuleViolation("carry.forbidden", device=device, stream=batch.origin.stream, count=count)
    return RuleViolation("carry.refused", device=device, count=count)


def _feeds(devices: Iterable[Device], streams: Sequence[str], there: Iterable[StickPage]) -> dict[str, str]:
    """The feeds to add pages of, each with its unit or "": those the devices read, and those in the file."""
    granted = chain.from_iterable(readable(concrete(device.grants, streams)).items() for device in devices)
    found = {feed: grant.unit for feed, grant in granted}
    for page in there:
        feed = page.page.feed
        found.setdefault(feed, feed.partition("@")[0].removeprefix("d:") if "@" in feed else "")
    return {feed: found[feed] for feed in sorted(found)}


def _new_pages(ledger: Ledger, feed: str, unit: str, there: Sequence[StickPage], at: int) -> Iterator[StickPage]:
    """The pages of a feed that the file lacks. They contain every event in full, as many desks read the file."""
    start = _reached(page for page in there if page.page.feed == feed)
    streams = ledger.streams((stream_of(feed),))
    while streams and start < streams[0].head:
        page = read_page(ledger, FeedAsk(feed, start, False), unit, Reader("", _ROOM))
        if page is None or page.cursor <= start:
            return
        yield StickPage(start, page, at)
        start = page.cursor


def _reached(pages: Iterable[StickPage]) -> int:
    """How far the pages of one feed go without a gap from its start."""
    reached = 0
    for page in sorted(pages, key=lambda page: page.start):
        if page.start > reached:
            break
        reached = max(reached, page.page.cursor)
    return reached
