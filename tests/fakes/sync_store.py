"""A store of synchronisation that lives in memory: chains, places and feeds, and a disk that can be full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from gridclient.domain.errors import NotFound, StoreUnavailable, SyncFault
from gridclient.domain.events import CHAIN_START, EventKey, Record, link_after, payload_text, place_mark
from gridclient.services.enrolment import Enrolment
from gridclient.services.rows import Changes
from gridclient.services.sync_port import (
    FeedPage,
    FeedState,
    Held,
    OriginKey,
    PlacedRun,
    RoundReport,
    SignedHead,
    StickBatch,
    Taken,
    Unsent,
    WaitingFile,
)
from gridclient.sync.signing import head_is_signed


@dataclass
class Chain:
    """One origin's events from number 1, the link after each, and the place of each that has one."""

    records: list[Record] = field(default_factory=list)
    links: list[bytes] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)
    signed: int = 0

    def link_before(self, seq: int) -> bytes:
        return self.links[seq - 2] if seq > 1 else CHAIN_START

    def copy(self) -> Chain:
        return Chain(list(self.records), list(self.links), dict(self.places), self.signed)

    def append(self, record: Record) -> None:
        self.links.append(link_after(self.link_before(len(self.records) + 1), record.canonical()))
        self.records.append(record)


@dataclass
class _State:
    """All that a transaction may change, so that it can be taken back."""

    chains: dict[OriginKey, Chain] = field(default_factory=dict)
    feeds: dict[str, FeedState] = field(default_factory=dict)
    confirmed: dict[str, set[int]] = field(default_factory=dict)
    marks: dict[str, dict[int, int]] = field(default_factory=dict)
    rounds: list[RoundReport] = field(default_factory=list)
    enrolment: Enrolment | None = None
    incarnation: int = 1
    files: dict[str, bytes] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)
    looked: str = ""

    def copy(self) -> _State:
        """As it stands; what cannot change is shared, because every transaction takes a copy."""
        return replace(
            self,
            chains={origin: chain.copy() for origin, chain in self.chains.items()},
            feeds=dict(self.feeds),
            confirmed={feed: set(places) for feed, places in self.confirmed.items()},
            marks={feed: dict(marks) for feed, marks in self.marks.items()},
            rounds=list(self.rounds),
            files=dict(self.files),
            sent=dict(self.sent),
            missing=dict(self.missing),
        )


class FakeSyncStore:
    """See :class:`gridclient.services.sync_port.SyncStore`. Only whole streams are feeds here."""

    def __init__(self, device: str, feeds: Sequence[str], enrolment: Enrolment | None) -> None:
        self.device = device
        self.state = _State(feeds={feed: FeedState(feed, 0, 0, 0) for feed in feeds}, enrolment=enrolment)
        self.disk_is_full = False
        self.check_chains = True
        self.doubt = False
        self.aside = 0
        self.followed = 0

    @property
    def incarnation(self) -> int:
        return self.state.incarnation

    def write(self, stream: str, subject: str = "ab" * 16, **payload: Any) -> Record:
        """One more own event."""
        with self._transaction() as state:
            origin = OriginKey(stream, self.device, state.incarnation)
            chain = state.chains.setdefault(origin, Chain())
            seq = len(chain.records) + 1
            record = Record(
                EventKey(*origin, seq), seq << 16, "case_noted", 1, subject, 0, "operator", payload_text(payload)
            )
            chain.append(record)
        return record

    def backup(self) -> _State:
        return self.state.copy()

    def events(self, stream: str) -> list[tuple[int, Record]]:
        """The placed events of a stream in the hub's order."""
        found = [
            (place, chain.records[seq - 1])
            for origin, chain in self.state.chains.items()
            if origin.stream == stream
            for seq, place in chain.places.items()
        ]
        return sorted(found, key=lambda pair: pair[0])

    @contextmanager
    def _transaction(self) -> Iterator[_State]:
        before = self.state.copy()
        try:
            yield self.state
            if self.disk_is_full:
                raise StoreUnavailable("store.disk_full")
        except BaseException:
            self.state = before
            raise

    def in_doubt(self) -> bool:
        return self.doubt

    def end_doubt(self) -> None:
        self.doubt = False

    def begin_round(self) -> Changes:
        with self._transaction():
            return Changes()

    def enrolment(self) -> Enrolment | None:
        return self.state.enrolment

    def keep_enrolment(self, enrolment: Enrolment) -> None:
        with self._transaction() as state:
            state.enrolment = enrolment

    def unsent_origins(self) -> Sequence[tuple[OriginKey, int]]:
        found = []
        for origin, chain in self.state.chains.items():
            waiting = [seq for seq in range(1, len(chain.records) + 1) if seq not in chain.places]
            if origin.device == self.device and waiting:
                found.append((origin, waiting[0]))
        return found

    def carried_origins(self) -> Sequence[tuple[OriginKey, int]]:
        return ()

    def withdraw(self, origin: OriginKey, first: int, *, forked: bool = False) -> Changes:
        raise AssertionError(f"nothing was carried: {origin} {first} {forked}")

    def set_aside(self) -> Changes:
        self.aside += 1
        return Changes()

    def held(self) -> Sequence[Held]:
        return ()

    def follow_aside(self) -> Changes:
        self.followed += 1
        return Changes()

    def withdraw_unshown(self, page: FeedPage, event: EventKey) -> Changes:
        assert page.foreign and event.stream == page.feed
        return Changes()  # whole streams are shown by their chains

    def withdraw_unproven(self, event: EventKey) -> Changes:
        origin = OriginKey(*event[:3])
        with self._transaction() as state:
            chain = state.chains.get(origin, Chain())
            if origin.device == self.device or chain.signed == len(chain.records):
                return Changes()
            gone = chain.records[chain.signed :]
            state.chains[origin] = Chain(
                chain.records[: chain.signed],
                chain.links[: chain.signed],
                {seq: place for seq, place in chain.places.items() if seq <= chain.signed},
                chain.signed,
            )
        self.restart_feed(event.stream)
        return Changes(frozenset(record.subject for record in gone))

    def withdraw_forked(self, page: FeedPage, event: EventKey) -> Changes:
        assert page.foreign and event.stream == page.feed
        return Changes()  # of copied machines and restored hubs only the real store knows

    def unsent(self, origin: OriginKey, first: int, limit: int) -> Unsent:
        chain = self.state.chains[origin]
        if first > len(chain.records) + 1:
            raise SyncFault("sync.gap", event=str(EventKey(*origin, first)))
        records = tuple(chain.records[first - 1 : first - 1 + limit])
        after = chain.links[first + len(records) - 2] if records else chain.link_before(first)
        return Unsent(origin, first, records, chain.link_before(first), after)

    def feeds(self) -> Sequence[FeedState]:
        return list(self.state.feeds.values())

    def take(self, page: FeedPage) -> Taken:
        with self._transaction() as state:
            new = sum(
                self._take_foreign(state, page, placed.record, placed.link, placed.position) for placed in page.foreign
            )
            acknowledged = sum(self._place_run(state, page.feed, run) for run in page.own)
            for head in page.heads:
                self._check_head(state, head)
            agrees = self._move(state, page)
        cases = frozenset(placed.record.subject for placed in page.foreign)
        return Taken(Changes(cases), agrees, new, 0, acknowledged)

    def take_unplaced(self, batches: Sequence[StickBatch]) -> Taken:
        new, cases = 0, set()
        with self._transaction() as state:
            for batch in batches:
                chain = state.chains.setdefault(batch.origin, Chain())
                for seq, record in enumerate(batch.records, batch.first):
                    if seq > len(chain.records) + 1:
                        raise SyncFault("sync.gap", event=str(record.key))
                    if seq == len(chain.records) + 1:
                        chain.append(record)
                        new += 1
                        cases.add(record.subject)
                    elif chain.records[seq - 1] != record:
                        raise SyncFault("sync.fork", stream=batch.origin.stream)
                self._check_head(state, SignedHead(batch.origin, seq, batch.public_key, batch.signature))
        return Taken(Changes(frozenset(cases)), True, new, 0)

    def _take_foreign(self, state: _State, page: FeedPage, record: Record, link: bytes, position: int) -> int:
        origin, seq = OriginKey(*record.key[:3]), record.key.seq
        chain = state.chains.setdefault(origin, Chain())
        if seq > len(chain.records) + 1:
            raise SyncFault("sync.chain_broken", event=str(record.key))
        new = seq == len(chain.records) + 1
        if new:
            chain.append(record)
        elif chain.records[seq - 1] != record:
            raise SyncFault("sync.fork", stream=origin.stream)
        if self.check_chains and link and chain.links[seq - 1] != link:
            raise SyncFault("sync.chain_broken", event=str(record.key))
        self._place(state, page.feed, chain, seq, position)
        return int(new)

    def _place_run(self, state: _State, feed: str, run: PlacedRun) -> int:
        chain = state.chains.get(run.origin, Chain())
        if run.seq + run.length - 1 > len(chain.records):
            raise SyncFault("sync.gap", event=str(run))
        waited = sum(run.seq + step not in chain.places for step in range(run.length))
        for step in range(run.length):
            self._place(state, feed, chain, run.seq + step, run.position + step)
        return waited

    def _place(self, state: _State, feed: str, chain: Chain, seq: int, position: int) -> None:
        for origin, other in state.chains.items():  # two events never have one place
            if origin.stream == feed:
                other.places = {s: p for s, p in other.places.items() if p != position}
        chain.places[seq] = position
        state.marks.setdefault(feed, {})[position] = place_mark(position, chain.links[seq - 1])
        state.confirmed.setdefault(feed, set()).add(position)

    def _check_head(self, state: _State, head: SignedHead) -> None:
        chain = state.chains.get(head.origin)
        if not self.check_chains or chain is None or head.seq > len(chain.links):
            return
        if not head_is_signed(head.public_key, head.origin, head.seq, chain.links[head.seq - 1], head.signature):
            raise SyncFault("sync.signature", event=str(EventKey(*head.origin, head.seq)))
        chain.signed = max(chain.signed, head.seq)

    def _move(self, state: _State, page: FeedPage) -> bool:
        before = state.feeds[page.feed]
        marks = {p: mark for p, mark in state.marks.get(page.feed, {}).items() if p <= page.cursor}
        total = sum(marks.values()) % 2**64
        after = FeedState(page.feed, page.cursor, len(marks), total, before.repairing)
        if page.complete and before.repairing:
            confirmed = state.confirmed.get(page.feed, set())
            for origin, chain in state.chains.items():
                if origin.stream == page.feed:
                    chain.places = {seq: p for seq, p in chain.places.items() if p in confirmed}
            after = replace(after, repairing=False)
        state.feeds[page.feed] = after
        return not page.complete or (after.count, after.total) == (page.count, page.total)

    def restart_feed(self, feed: str) -> None:
        with self._transaction() as state:
            state.feeds[feed] = FeedState(feed, 0, 0, 0, repairing=True)
            state.confirmed[feed] = set()
            state.marks[feed] = {}

    def begin_incarnation(self, number: int) -> int:
        moved = 0
        with self._transaction() as state:
            state.incarnation = number
            for origin, chain in list(state.chains.items()):
                if origin.device != self.device or origin.incarnation == number:
                    continue
                waiting = [seq for seq in range(1, len(chain.records) + 1) if seq not in chain.places]
                fresh = OriginKey(origin.stream, self.device, number)
                for seq in waiting:
                    target = state.chains.setdefault(fresh, Chain())
                    old = chain.records[seq - 1]
                    target.append(old._replace(key=EventKey(*fresh, len(target.records) + 1)))
                    moved += 1
                if waiting:
                    del chain.records[waiting[0] - 1 :], chain.links[waiting[0] - 1 :]
        return moved

    def keep_round(self, report: RoundReport) -> None:
        with self._transaction() as state:
            state.rounds.insert(0, report)

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        return self.state.rounds[:limit]

    def attach(self, content: bytes) -> str:
        """A file that only this desk has."""
        name = sha256(content).hexdigest()
        self.state.files[name] = content
        self.state.sent[name] = 0
        return name

    def miss(self, content: bytes) -> str:
        """A file that an event of another desk names."""
        name = sha256(content).hexdigest()
        self.state.missing[name] = len(content)
        return name

    def waiting_files(self, limit: int) -> Sequence[WaitingFile]:
        waiting = [(name, sent) for name, sent in self.state.sent.items() if sent < len(self.state.files[name])]
        return [WaitingFile(name, len(self.state.files[name]), sent) for name, sent in waiting[:limit]]

    def file_sent(self, sha256: str, sent: int) -> None:
        with self._transaction() as state:
            state.sent[sha256] = sent

    def missing_files(self, limit: int) -> Sequence[WaitingFile]:
        files = self.state.files
        return [
            WaitingFile(name, size, len(files.get(name, b"")))
            for name, size in self.state.missing.items()
            if len(files.get(name, b"")) < size
        ][:limit]

    def must_look(self, looked: str) -> bool:
        return bool(self.state.files) and self.state.looked != looked

    def files_lacking(self, names: Sequence[str], looked: str) -> None:
        with self._transaction() as state:
            state.looked = looked
            state.sent.update({name: 0 for name in names if _digest(state.files.get(name, b"")) == name})

    def read_file(self, sha256: str, offset: int, length: int) -> bytes:
        if sha256 not in self.state.files:
            raise NotFound("attachment.missing", sha256=sha256)
        return self.state.files[sha256][offset : offset + length]

    def add_to_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> int:
        with self._transaction() as state:
            here = state.files.get(sha256, b"")
            if offset != len(here):
                return len(here)
            state.files[sha256] = here + piece
            if len(state.files[sha256]) == size and _digest(state.files[sha256]) != sha256:
                del state.files[sha256]
        return len(self.state.files.get(sha256, b""))


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def places(store: FakeSyncStore) -> Mapping[EventKey, int]:
    """Every placed event with its place."""
    return {
        EventKey(*origin, seq): place
        for origin, chain in store.state.chains.items()
        for seq, place in chain.places.items()
    }
