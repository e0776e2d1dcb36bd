"""Rounds that come together: they share transactions, and nobody's fault or fate is another's."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from gridclient.domain.errors import GridClientError, StoreUnavailable, SyncFault
from gridclient.hub.backend import Backend, Ledger
from gridclient.hub.rights import grants_for
from gridclient.hub.rows import StandAsk
from gridclient.hub.schema import COLUMNS
from gridclient.hub.service import Answer, HubService
from gridclient.hub.work import Outcome, Rest, Together, WorkPool
from gridclient.sync.wire import FeedAsk, PushStatus, decode_reply
from tests.fakes.hub_databases import KINDS, opened
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events

NOW = 1_795_000_000.0
STREAMS = ("t:371002001", "t:371002001", "t:371002002")


class WatchedBackend:
    """A real database that says when transactions are committed, and can fail instead."""

    def __init__(self, real: Backend) -> None:
        self._real = real
        self.commits = 0
        self.before_commit: Callable[[], None] = lambda: None

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        with self._real.writing() as ledger:
            yield ledger
            self.before_commit()
        self.commits += 1

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


@pytest.fixture(params=KINDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WatchedBackend]:
    with opened(request.param, tmp_path) as real:
        yield WatchedBackend(real)


@pytest.fixture
def service(backend: WatchedBackend) -> Iterator[HubService]:
    service = HubService(cast("Backend", backend), lambda: NOW)
    yield service
    service.close()


@pytest.fixture
def desks(service: HubService) -> list[HubDesk]:
    """Two desks of one township and one of another, each with 40 events."""
    found = [HubDesk(f"desk-000{number}", stream) for number, stream in enumerate(STREAMS)]
    for number, desk in enumerate(found):
        township = desk.stream.removeprefix("t:")
        desk.enrol(service.access, grants_for(township), township)
        desk.records = list(invented_events(desk.origin, 40, seed=number))
    return found


def asked(desk: HubDesk, *numbers: int) -> tuple[str, bytes]:
    """A round with one push of ten events for each number (of its first event)."""
    return desk.token, desk.request([desk.push(number, 10) for number in numbers])


def statuses(desk: HubDesk, outcome: Outcome[Answer]) -> list[PushStatus]:
    assert isinstance(outcome, tuple)
    return [result.status for result in decode_reply(outcome[0], desk.device).results]


def placed(backend: WatchedBackend, stream: str) -> list[tuple[int, str]]:
    with backend._real.reading() as ledger:
        names = {origin.no: origin.device for origin in ledger.origins(stream)}
        return [(row.position, names[row.origin]) for row in ledger.events(stream, 0, 10**6, 10**6, ())]


def test_rounds_that_come_together_share_one_commit_and_get_dense_places(
    service: HubService, backend: WatchedBackend, desks: list[HubDesk]
) -> None:
    service.answer_all([(desk.token, desk.request()) for desk in desks])  # what a hub works out once for a desk
    before = backend.commits
    outcomes = service.answer_all([asked(desk, 1, 11) for desk in desks])
    assert backend.commits == before + 1
    assert [statuses(desk, outcome) for desk, outcome in zip(desks, outcomes, strict=True)] == [
        [PushStatus.APPLIED] * 2
    ] * 3
    assert [position for position, _ in placed(backend, STREAMS[0])] == list(range(1, 41))
    assert [position for position, _ in placed(backend, STREAMS[2])] == list(range(1, 21))


def test_sums_are_the_same_whether_rounds_come_together_or_one_by_one(
    service: HubService, backend: WatchedBackend, desks: list[HubDesk], tmp_path: Path
) -> None:
    """All that is kept, in whichever way it came; also where a desk that was here before comes after a new one."""
    first, second, elsewhere = desks
    order = ((first, (1,)), (second, (1, 11, 21, 31)), (first, (11, 21, 31)), (elsewhere, (1, 11, 21, 31)))
    given = [asked(desk, *numbers) for desk, numbers in order]
    service.answer_all(given[:1])
    service.answer_all(given[1:])
    with opened("sqlite", tmp_path / "alone") as alone:
        single = HubService(alone, lambda: NOW)
        twins = {desk.device: replace(desk, token="") for desk in desks}
        for twin in twins.values():
            township = twin.stream.removeprefix("t:")
            twin.enrol(single.access, grants_for(township), township)
        for desk, numbers in order:
            for number in numbers:
                twins[desk.device].round(single.sync, [desk.push(number, 10)])
        assert kept(alone) == kept(backend._real)
        single.close()


def kept(backend: Backend) -> dict[str, list[tuple[object, ...]]]:
    names = ("origins", "events", "pushes", "handed", "feed_sums", "files")
    columns = {"streams": ("stream", "head", "total", "origins")} | {name: COLUMNS[name] for name in names}
    with backend.writing() as ledger:
        return {table: sorted(map(tuple, ledger.whole(table, names))) for table, names in columns.items()}


def test_a_bad_push_among_others_harms_none_of_its_neighbours(
    service: HubService, backend: WatchedBackend, desks: list[HubDesk]
) -> None:
    first, bad, third = desks
    broken = bad.push(1, 10)
    chain_broken = broken._replace(records=(*broken.records[:-1], broken.records[-1]._replace(base=77)))
    given = [
        asked(first, 1),
        (bad.token, bad.request([chain_broken])),
        ("nobody's token", b"?"),
        (bad.token, asked(bad, 1)[1][:-9]),
        asked(bad, 21),
        asked(third, 1),
    ]
    outcomes = service.answer_all(given)
    assert statuses(first, outcomes[0]) == [PushStatus.APPLIED]
    assert statuses(bad, outcomes[1]) == [PushStatus.REFUSED]
    assert [fault.code for fault in outcomes[2:4] if isinstance(fault, GridClientError)] == [
        "sync.revoked",
        "sync.refused",
    ]
    assert statuses(bad, outcomes[4]) == [PushStatus.GAP]
    assert statuses(third, outcomes[5]) == [PushStatus.APPLIED]
    assert placed(backend, STREAMS[0]) == [(position, first.device) for position in range(1, 11)]


def test_the_same_push_twice_in_one_transaction_is_placed_once(
    service: HubService, backend: WatchedBackend, desks: list[HubDesk]
) -> None:
    desk = desks[0]
    outcomes = service.answer_all([asked(desk, 1), asked(desk, 1), asked(desk, 11), asked(desk, 1)])
    assert [statuses(desk, outcome)[0] for outcome in outcomes] == [
        PushStatus.APPLIED,
        PushStatus.KNOWN,
        PushStatus.APPLIED,
        PushStatus.KNOWN,
    ]
    assert len(placed(backend, desk.stream)) == 20


def test_nothing_is_acknowledged_before_its_commit(
    service: HubService, backend: WatchedBackend, desks: list[HubDesk]
) -> None:
    """While the transaction stands before its commit no answer is there; when it fails, no answer says it was taken."""
    at_commit, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        at_commit.set()
        assert go_on.wait(20)

    backend.before_commit = hold
    answers: list[bytes] = []

    async def rounds() -> None:
        pool = WorkPool(2)
        together: Together[tuple[str, bytes], Answer] = Together(pool, service.answer_all, service.answer_alone)
        waiting = [asyncio.create_task(together.run(asked(desk, 1), weight=1, unpacked=1)) for desk in desks]
        assert await asyncio.to_thread(at_commit.wait, 20)
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in waiting)
        go_on.set()
        answers.extend([answer.body for answer in await asyncio.gather(*waiting)])
        pool.close()

    asyncio.run(rounds())
    assert len(answers) == 3

    def fail() -> None:
        raise StoreUnavailable("hub.store_failed", detail="disk full")

    backend.before_commit = fail
    with pytest.raises(StoreUnavailable):
        service.answer_all([asked(desk, 11) for desk in desks])
    assert len(placed(backend, STREAMS[0])) == 20


def test_a_round_that_is_asked_alone_reads_what_was_placed(service: HubService, desks: list[HubDesk]) -> None:
    first, second, _ = desks
    service.answer_all([asked(first, 1), asked(second, 1)])
    reply = first.round(service.sync, feeds=[FeedAsk(first.stream, 0, False)])
    assert reply.pages[0].count == 20
    for cursor, reads in ((0, True), (20, False)):
        (outcome,) = service.answer_all([(first.token, first.request(feeds=[FeedAsk(first.stream, cursor, False)]))])
        assert isinstance(outcome, Rest) == reads, "who has everything is answered at once"


def test_who_came_is_written_down_once(service: HubService, backend: WatchedBackend, desks: list[HubDesk]) -> None:
    service.device_of(desks[0].token)
    service.keep()
    before = backend.commits
    service.keep()
    assert backend.commits == before


def run_together(
    work: Callable[[Sequence[int]], Sequence[Outcome[str]]], asks: Sequence[int], unpacked: int
) -> list[str]:
    def alone(ask: int, _heavy: bool) -> str:
        if ask == 3:
            raise ZeroDivisionError
        return f"{ask} alone"

    async def run() -> list[str]:
        pool = WorkPool(2)
        together: Together[int, str] = Together(pool, work, alone)
        found = await asyncio.gather(
            *(together.run(ask, weight=1, unpacked=unpacked) for ask in asks), return_exceptions=True
        )
        pool.close()
        return [result if isinstance(result, str) else type(result).__name__ for result in found]

    return asyncio.run(run())


def test_what_comes_while_others_are_worked_on_is_worked_on_together() -> None:
    batches: list[list[int]] = []
    entered = threading.Event()

    def work(asks: Sequence[int]) -> list[Outcome[str]]:
        batches.append(list(asks))
        entered.wait(0.05)
        return [str(ask) for ask in asks]

    assert run_together(work, range(9), unpacked=1) == [str(ask) for ask in range(9)]
    assert len(batches) < 9
    assert sorted(ask for batch in batches for ask in batch) == list(range(9))


def test_one_who_was_just_answered_shares_the_next_job_with_those_who_came_meanwhile() -> None:
    batches: list[list[str]] = []
    other_came = threading.Event()

    def work(asks: Sequence[str]) -> list[Outcome[str]]:
        batches.append(list(asks))
        assert other_came.wait(20)
        return list(asks)

    async def run() -> None:
        pool = WorkPool(2)
        together: Together[str, str] = Together(pool, work, lambda name, _heavy: name)

        async def desk(name: str) -> None:
            for _ in range(3):
                await together.run(name, weight=1, unpacked=1)

        first = asyncio.create_task(desk("first"))
        while not batches:
            await asyncio.sleep(0.001)
        second = asyncio.create_task(desk("second"))
        await asyncio.sleep(0)
        other_came.set()
        await asyncio.gather(first, second)
        pool.close()

    asyncio.run(run())
    assert [sorted(batch) for batch in batches] == [["first"], ["first", "second"], ["first", "second"], ["second"]]


def test_a_heavy_ask_is_worked_on_alone() -> None:
    def work(_asks: Sequence[int]) -> list[Outcome[str]]:
        raise AssertionError

    assert run_together(work, range(3), unpacked=1 << 20) == ["0 alone", "1 alone", "2 alone"]


def test_what_breaks_a_whole_job_breaks_only_the_ask_that_did_it() -> None:
    def work(asks: Sequence[int]) -> list[Outcome[str]]:
        if 3 in asks:
            raise ZeroDivisionError
        return [str(ask) for ask in asks]

    assert run_together(work, range(5), unpacked=1) == ["0 alone", "1 alone", "2 alone", "ZeroDivisionError", "4 alone"]


def test_a_fault_of_one_ask_is_told_to_it_only() -> None:
    def work(asks: Sequence[int]) -> list[Outcome[str]]:
        return [SyncFault("sync.refused") if ask == 2 else str(ask) for ask in asks]

    assert run_together(work, range(4), unpacked=1) == ["0", "1", "SyncFault", "3"]


@pytest.mark.parametrize("unpacked", [1, 1 << 20], ids=["found when it is read", "by its size"])
def test_what_takes_much_memory_is_worked_on_one_at_a_time(unpacked: int) -> None:
    """Each may take a gigabyte, and a hub works on eight threads."""
    running, at_once, changed = set[int](), [0], threading.Condition()

    def alone(ask: int, heavy: bool) -> Outcome[str]:
        assert heavy, "nobody else comes here"
        with changed:
            running.add(ask)
            at_once.append(len(running))
            changed.wait(0.02)  # the others could come
            running.discard(ask)
        return str(ask)

    async def run() -> None:
        pool = WorkPool(8)
        together: Together[int, str] = Together(
            pool, lambda asks: [Rest(partial(alone, ask, True), heavy=True) for ask in asks], alone
        )
        answers = await asyncio.gather(*(together.run(ask, weight=1, unpacked=unpacked) for ask in range(8)))
        assert answers == [str(ask) for ask in range(8)]
        pool.close()

    asyncio.run(run())
    assert max(at_once) == 1


@pytest.mark.parametrize("count, size", [(2001, 10), (2, 200_000)], ids=["events", "text"])
def test_a_few_bytes_that_stand_for_much_are_worked_on_alone(
    service: HubService, desks: list[HubDesk], count: int, size: int
) -> None:
    """A value that a case had before is one sign on the line, however long it is."""
    heavy, neighbour, _ = desks
    (first,) = invented_events(heavy.origin, 1)
    text = json.dumps({"text": "x" * size})
    heavy.records = [first._replace(key=first.key._replace(seq=n), text=text) for n in range(1, count + 1)]
    given = heavy.token, heavy.request(heavy.pushes(1, count, count))
    assert len(given[1]) < 1 << 10
    put_off, taken = service.answer_all([given, asked(neighbour, 1)])
    assert statuses(neighbour, taken) == [PushStatus.APPLIED]
    for outcome in (put_off, service.answer_alone(given, False)):
        assert isinstance(outcome, Rest) and outcome.heavy
    assert isinstance(put_off, Rest)
    assert statuses(heavy, put_off.job()) == [PushStatus.APPLIED]


@pytest.mark.parametrize("backend", ["postgres"], indirect=True)
def test_a_stream_that_somebody_holds_keeps_up_only_its_own_rounds(
    service: HubService, backend: WatchedBackend, desks: list[HubDesk]
) -> None:
    waits, _, goes = desks

    async def rounds() -> tuple[Answer, Answer]:
        pool = WorkPool(2)
        together: Together[tuple[str, bytes], Answer] = Together(pool, service.answer_all, service.answer_alone)
        with backend._real.writing() as ledger:
            ledger.stand([StandAsk(waits.stream, "", 0, ())])
            held = asyncio.create_task(together.run(asked(waits, 1), weight=1, unpacked=1))
            free = await asyncio.wait_for(together.run(asked(goes, 1), weight=1, unpacked=1), 6)  # held: ten seconds
            assert not held.done()
        found = await held, free
        pool.close()
        return found

    held, free = asyncio.run(rounds())
    assert statuses(goes, free) == statuses(waits, held) == [PushStatus.APPLIED]
