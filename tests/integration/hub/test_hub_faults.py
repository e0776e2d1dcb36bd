"""The hub under stress: many writers and a reader on PostgreSQL, restarts, and a server killed in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import urllib3

from gridclient.domain.errors import StoreUnavailable
from gridclient.hub.access import Access
from gridclient.hub.answers import BUSY_RETRY_S
from gridclient.hub.backend import Backend
from gridclient.hub.opening import open_backend
from gridclient.hub.rights import grants_for
from gridclient.hub.rows import StandAsk
from gridclient.hub.service import HubService
from gridclient.services.sync_port import FeedPage
from gridclient.sync.wire import FeedAsk, PushStatus
from tests.fakes.hub_databases import database
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events
from tests.fakes.open_files import OWN_FILES
from tests.fakes.postgres import drop_database, kill_server, new_database, own_server
from tests.fakes.running_hub import HubLine, hub_on_thread, hub_process

STREAM = "t:371002001"
WRITERS = 8
EACH = 640


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Backend]:
    with database("postgres", tmp_path) as url:
        backend = open_backend(url)
        yield backend
        backend.close()


def writer(access: Access, number: int, count: int) -> HubDesk:
    desk = HubDesk(f"writer-{number:03}", STREAM)
    desk.enrol(access, grants_for("371002001"))
    desk.records = list(invented_events(desk.origin, count, seed=number))
    return desk


def test_a_reader_beside_eight_writers_misses_nothing(postgres: Backend) -> None:
    service = HubService(postgres, time.time)
    desks = [writer(service.access, number, EACH) for number in range(WRITERS)]
    reader = HubDesk("reader-01", STREAM)
    reader.enrol(service.access, grants_for("", supervisor=True), "")
    jobs = [desk.pushes(1, EACH, 20) for desk in desks]
    failed: list[object] = []

    def send(desk: HubDesk, job: list[Any]) -> None:
        for push in job:
            (result,) = desk.round(service.sync, [push]).results
            if result.status is not PushStatus.APPLIED:
                failed.append(result)

    threads = [threading.Thread(target=send, args=pair) for pair in zip(desks, jobs, strict=True)]
    for thread in threads:
        thread.start()
    seen: list[tuple[int, str, int]] = []
    cursor, complete = 0, False
    while not complete or any(thread.is_alive() for thread in threads) or cursor < WRITERS * EACH:
        (page,) = reader.round(service.sync, feeds=[FeedAsk(STREAM, cursor, False)], wish=65536).pages
        assert isinstance(page, FeedPage)
        seen += [(p.position, p.record.key.device, p.record.key.seq) for p in page.foreign]
        cursor, complete = page.cursor, page.complete
        assert not failed
    for thread in threads:
        thread.join()
    service.close()
    assert [position for position, _, _ in seen] == list(range(1, WRITERS * EACH + 1))
    for desk in desks:
        assert [seq for _, device, seq in seen if device == desk.device] == list(range(1, EACH + 1))


def test_a_transaction_that_the_server_breaks_off_leaves_nothing_and_may_come_again(postgres: Backend) -> None:
    service = HubService(postgres, time.time)
    desk = writer(service.access, 1, 40)
    with pytest.raises(StoreUnavailable), postgres.writing() as ledger:
        ledger.stand([StandAsk(STREAM, desk.device, 1, {desk.records[0].subject})])
        end_sessions(postgres)
        ledger.streams()
    reply = desk.round(service.sync, [desk.push(1, 40)], [FeedAsk(STREAM, 0, False)])
    assert reply.results[0].status is PushStatus.APPLIED
    assert reply.pages[0].count == 40
    service.close()


def test_a_transaction_that_breaks_off_costs_no_connection(postgres: Backend) -> None:
    def session() -> object:
        with postgres.reading() as ledger:
            return ledger.rows("SELECT pg_backend_pid()")

    before = session()
    with pytest.raises(StoreUnavailable), postgres.writing() as ledger:
        ledger.set_fact("left", "over")
        raise StoreUnavailable("hub.store_failed")
    assert session() == before


@pytest.mark.skipif(not OWN_FILES.is_dir(), reason="only Linux tells what a process has open")
def test_a_hub_that_is_closed_keeps_no_connection(tmp_path: Path) -> None:
    with database("postgres", tmp_path) as url:
        before = len(list(OWN_FILES.iterdir()))
        backend = open_backend(url)
        with backend.reading(), backend.reading():
            pass
        with backend.reading():
            assert len(list(OWN_FILES.iterdir())) > before
            backend.close()
        assert len(list(OWN_FILES.iterdir())) == before


def test_connections_that_the_server_ended_cost_no_round(postgres: Backend) -> None:
    service = HubService(postgres, time.time)
    desk = writer(service.access, 1, 40)
    desk.round(service.sync, [desk.push(1, 20)])
    end_sessions(postgres)
    assert desk.round(service.sync, [desk.push(21, 20)]).results[0].status is PushStatus.APPLIED
    service.close()


def end_sessions(backend: Any) -> None:
    """Ends the hub's sessions as a restart of the server does."""
    with psycopg.connect(backend._url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_hub_whose_database_is_gone_says_so_and_when_to_ask_again(tmp_path: Path) -> None:
    url = new_database()
    with hub_on_thread(open_backend(url), tmp_path) as line:
        assert line.ask("GET", "/health").status == 200
        drop_database(url)
        answer = line.ask("GET", "/health")
        assert (answer.status, answer.headers["Retry-After"]) == (503, str(BUSY_RETRY_S))
        assert answer.json()["error"]["code"] == "hub.store_failed"


@pytest.mark.slow
def test_what_was_acknowledged_survives_when_the_database_server_is_killed(tmp_path: Path) -> None:
    """SIGKILL to all of PostgreSQL while a desk pushes; after its restart the desk goes on and nothing is missing."""
    with own_server() as server:
        backend = open_backend(server.get_uri())
        service = HubService(backend, time.time)
        desk = writer(service.access, 1, 2000)
        acknowledged = 0
        killer = threading.Thread(target=kill_server, args=(server,))
        jobs = desk.pushes(1, 2000, 20)
        broke_off = False
        for push in jobs:
            if push.first == 401:
                killer.start()
            try:
                (result,) = desk.round(service.sync, [push]).results
            except StoreUnavailable:
                broke_off = True
                break
            assert result.status is PushStatus.APPLIED
            acknowledged = result.expected - 1
        killer.join()
        assert broke_off, "the server was killed too late to break anything off"
        server.ensure_postgres_running()
        for push in jobs:
            (result,) = desk.round(service.sync, [push]).results
            expected = PushStatus.KNOWN if push.first + 19 <= acknowledged else None
            assert result.status in ((expected,) if expected else (PushStatus.KNOWN, PushStatus.APPLIED))
        with backend.reading() as ledger:
            rows = ledger.events(STREAM, 0, 10**6, 10**6, ())
        assert [(row.position, row.seq) for row in rows] == [(seq, seq) for seq in range(1, 2001)]
        service.close()
        backend.close()


def test_a_hub_killed_and_started_again_goes_on_where_it_was(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    backend = open_backend(url)
    desk = writer(Access(backend, time.time), 1, 60)
    backend.close()
    with urllib3.PoolManager(timeout=30) as pool:
        with hub_process(url, tmp_path) as (process, address):
            line = HubLine(address, pool)
            first = desk.round(line.sync, [desk.push(1, 20)], [FeedAsk(STREAM, 0, False)])
            process.kill()
            process.wait(10)
        with hub_process(url, tmp_path) as (_, address):
            line = HubLine(address, pool)
            again = desk.round(line.sync, [desk.push(1, 20), desk.push(21, 40)], [FeedAsk(STREAM, 20, False)])
    assert first.hub == again.hub
    assert [result.status for result in again.results] == [PushStatus.KNOWN, PushStatus.APPLIED]
    assert (again.pages[0].cursor, again.pages[0].count) == (60, 60)
