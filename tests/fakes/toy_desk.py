"""Desks with real stores that meet at a hub in memory; for tests of the store's side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.services.sync_port import OriginKey, RoundReport, StickBatch, SyncStore, Taken, Unsent
from gridclient.store import profile as profiles
from gridclient.store.columns import Columns
from gridclient.store.places import LOGGED
from gridclient.store.profile import Profile, open_profile
from gridclient.store.queries import SqliteQueries
from gridclient.store.settings import SqliteDeskSettings
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.store.sync_store import SqliteSyncStore
from gridclient.store.unit_of_work import SqliteWork
from gridclient.store.verify import verify
from gridclient.sync.bundle import StickPage, with_frames
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.signing import head_is_signed, new_key, public_key, sign_head
from gridclient.sync.transport import Pacing
from gridclient.sync.wire import Push, PushStatus
from tests.contract.stage import KEY, NOW, STREAM, Stage, known_areas, open_store
from tests.fakes.set_clock import SetClock
from tests.fakes.sync_hub import HUB, FakeHub, FakeLine

_STICK_KEYS = {STREAM: bytes(32)}


def signed(unsent: Unsent, key: bytes) -> Push:
    """What waits, as its device sends it."""
    signature = sign_head(key, unsent.origin, unsent.first + len(unsent.records) - 1, unsent.link_after)
    return Push(unsent.origin, unsent.first, unsent.records, unsent.link_after, signature)


def push_all(store: SyncStore, key: bytes, hub: FakeHub, *, most: int = 1000) -> bool:
    """Everything that waits, batch by batch; ``False`` when the hub did not take one."""
    hub.keys[store.device] = public_key(key)
    for origin, first in store.unsent_origins():
        at = first
        while (unsent := store.unsent(origin, at, most)).records:
            hub.answered = hub.push(signed(unsent, key))
            if hub.answered.status not in (PushStatus.APPLIED, PushStatus.KNOWN, PushStatus.GAP):
                return False
            at = hub.answered.expected if hub.answered.status is PushStatus.GAP else at + len(unsent.records)
    return True


def pull_all(store: SyncStore, hub: FakeHub, *, cut: int = 1000, pages: int = 10_000) -> list[Taken]:
    """Reads all feeds to their ends, a disagreeing one again from the start; at most so many pages."""
    taken: list[Taken] = []
    for feed in [state.feed for state in store.feeds()]:
        complete = False
        while not complete and len(taken) < pages:
            state = next(s for s in store.feeds() if s.feed == feed)
            page = hub.page(state, store.device, cut)
            taken.append(store.take(page))
            complete = page.complete and taken[-1].agrees
            if not taken[-1].agrees:
                assert not state.repairing or state.cursor, "reading again did not help"
                store.restart_feed(feed)
    return taken


@dataclass
class ToyDesk:
    """A desk with a real store, and rounds with a hub in memory."""

    profile: Profile
    stage: Stage
    sync: SqliteSyncStore
    key: bytes

    @property
    def device(self) -> str:
        return self.profile.device.id

    def enrol(self, *grants: Grant, short: str = "", hub: str = HUB, key: bytes = b"") -> None:
        self.key = key or self.key
        given = grants or (Grant(STREAM, writes=True),)
        short = short or self.profile.device.short
        self.sync.keep_enrolment(Enrolment(hub, "http://hub", "", "token", short, self.key, given, {}, NOW))

    def push(self, hub: FakeHub, *, most: int = 1000) -> bool:
        return push_all(self.sync, self.key, hub, most=most)

    def pull(self, hub: FakeHub, *, cut: int = 1000, pages: int = 10_000) -> list[Taken]:
        return pull_all(self.sync, hub, cut=cut, pages=pages)

    def round(self, hub: FakeHub, *, cut: int = 1000) -> None:
        assert self.push(hub)
        self.pull(hub, cut=cut)

    def stick(self, since: dict[OriginKey, int] | None = None) -> list[StickBatch]:
        """All own events that have no place, as a stick carries them."""
        batches = []
        for origin, first in self.sync.unsent_origins():
            start = max(first, (since or {}).get(origin, 0))
            while (unsent := self.sync.unsent(origin, start, 10_000)).records:  # cut where others' events stand between
                push = signed(unsent, self.key)
                start += len(push.records)
                chain = unsent.records, unsent.link_before, unsent.link_after
                batches.append(StickBatch(origin, push.first, *chain, public_key(self.key), push.signature))
        return batches


@contextmanager
def toy_desk(folder: Path, number: int = 1, *, now: datetime = NOW) -> Iterator[ToyDesk]:
    """A desk with an empty store; its folder is a profile like any other."""
    make_profile(folder, number)
    with open_profile(folder, now=now) as profile:
        yield desk_on(profile, number)


def desk_on(profile: Profile, number: int) -> ToyDesk:
    """The desk of an opened profile."""
    clock, known, database = SetClock(NOW), known_areas(), profile.database
    stage = Stage(
        SqliteWork(database, profile.device, clock),
        SqliteQueries(database, Columns(database), lambda: known.areas, clock),
        SqliteDeskSettings(database),
        clock,
        known,
        database,
        count(number * 1_000_000),
    )
    return ToyDesk(profile, stage, SqliteSyncStore(profile, clock, head_is_signed), new_key())


def make_profile(folder: Path, number: int) -> None:
    """An empty profile at once; :func:`create_profile` takes a third of a second for the tables."""
    for name in profiles.FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "keys" / "store.key").write_text(KEY.hex())
    identity = profiles._Identity(f"{number:016x}", f"{number:02d}", 1, profiles._key_check(KEY), NOW.isoformat())
    profiles._write_identity(folder / "profile.json", identity)
    open_store(folder / "store.db").close()


def same_tables(desks: Sequence[ToyDesk]) -> bool:
    """Whether all desks show the same cases; numbers of rows are each store's own."""
    return all(_tables(desk) == _tables(desks[0]) for desk in desks[1:])


def _tables(desk: ToyDesk) -> object:
    with desk.profile.database.reader() as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(cases)") if row[1] not in ("no", "pending")]
        cases = connection.execute(f"SELECT {', '.join(columns)} FROM cases ORDER BY id").fetchall()
        parts = connection.execute(
            "SELECT c.id, p.unit, p.role, p.state FROM parts p JOIN cases c ON c.no = p.case_no ORDER BY 1, 2"
        ).fetchall()
    return cases, parts


Desks = tuple[ToyDesk, ToyDesk]


@contextmanager
def some_desks(folder: Path, number: int) -> Iterator[list[ToyDesk]]:
    """Enrolled desks of one township."""
    with ExitStack() as stack:
        desks = [stack.enter_context(toy_desk(folder / f"desk{n}", n)) for n in range(1, number + 1)]
        for desk in desks:
            desk.enrol()
        yield desks


def proved(*desks: ToyDesk) -> bool:
    """That every store proves right."""
    reports = [verify(desk.profile.database) for desk in desks]
    assert [report.problems for report in reports] == [()] * len(desks)
    return True


def pending(desk: ToyDesk) -> tuple[int, int]:
    """How many events and cases only this desk has."""
    return SqliteSyncQueries(desk.profile.database).pending()[:2]


def round_of(desk: ToyDesk, hub: FakeHub) -> RoundReport:
    """A round of the desk with the hub, over a line."""
    return run_round(desk.sync, FakeLine(hub, desk.device), RoundPorts(now=lambda: NOW), Pacing())


def hub_stick(file: Path, reader: ToyDesk, *stretches: StickPage) -> Path:
    """A stick of the hub with these stretches, which the desk can open."""
    give_stick_key(reader)
    file.write_bytes(with_frames(b"", [(STREAM, [stretch]) for stretch in stretches], _STICK_KEYS, new_key()))
    return file


def give_stick_key(desk: ToyDesk) -> None:
    """The desk can open and write sticks of its township."""
    enrolment = desk.sync.enrolment()
    assert enrolment is not None
    desk.sync.keep_enrolment(replace(enrolment, bundle_keys=_STICK_KEYS))


def code_of(call: Callable[[], object]) -> str:
    """The code with which a call fails."""
    with pytest.raises(SyncFault) as caught:
        call()
    return caught.value.code


def log_of(desk: ToyDesk) -> object:
    """All events of a desk with their places."""
    with desk.profile.database.reader() as connection:
        return connection.execute(f"SELECT hash, acked FROM {LOGGED} ORDER BY hash").fetchall()
