"""Several processes of one hub on one port."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from multiprocessing.synchronize import Event
from pathlib import Path

import psutil
import pytest
import urllib3

from gridclient.hub.access import Access
from gridclient.hub.crew import CAN_SHARE_PORT, Crew
from gridclient.hub.opening import open_backend
from gridclient.hub.rights import grants_for
from gridclient.sync.wire import PushStatus
from tests.fakes.hub_databases import database
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events
from tests.fakes.patience import PATIENCE_S, eventually
from tests.fakes.running_hub import HubLine, hub_process

pytestmark = pytest.mark.skipif(not CAN_SHARE_PORT, reason="this system does not share a port between sockets")


def servers(of: psutil.Process) -> list[psutil.Process]:
    return [process for process in of.children() if is_server(process)]


def is_server(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def counted(address: str) -> int:
    """Pushes that the hub says it applied, asked over a new connection, which any process may answer."""
    with urllib3.PoolManager(timeout=PATIENCE_S) as pool:
        text = HubLine(address, pool).ask("GET", "/metrics").data.decode()
    found = re.search(r'pushes_total\{status="applied"\} (\d+)', text)
    return int(found[1]) if found else 0


def test_processes_share_the_work_and_the_counts_and_end_together(tmp_path: Path) -> None:
    with database("postgres", tmp_path) as url:
        backend = open_backend(url)
        desk = HubDesk("desk-0001", "t:371002001")
        desk.enrol(Access(backend, time.time), grants_for("371002001"))
        backend.close()
        desk.records = list(invented_events(desk.origin, 200))
        with hub_process(url, tmp_path, "--processes", "2") as (process, address):
            hub = psutil.Process(process.pid)
            first = servers(hub)
            assert len(first) == 2
            for push in desk.pushes(1, 100, 5):
                with urllib3.PoolManager(timeout=PATIENCE_S) as pool:  # a connection each: both get some
                    assert desk.round(HubLine(address, pool).sync, [push]).results[0].status is PushStatus.APPLIED
            eventually(lambda: {counted(address) for _ in range(8)} == {20})
            first[0].kill()
            eventually(lambda: len(servers(hub)) == 2 and first[0] not in servers(hub))
            with urllib3.PoolManager(timeout=PATIENCE_S) as pool:
                line = HubLine(address, pool)
                assert desk.round(line.sync, [desk.push(101, 100)]).results[0].status is PushStatus.APPLIED
            left = servers(hub)
            process.kill()
            process.wait(PATIENCE_S)
            assert not psutil.wait_procs(left, timeout=PATIENCE_S)[1]


def test_connections_go_to_the_processes_in_turn_and_past_one_that_is_dead(tmp_path: Path) -> None:
    """Six that are kept open: three to each; when one of the processes was replaced, the next ones go to both again."""
    with (
        database("postgres", tmp_path) as url,
        hub_process(url, tmp_path, "--processes", "2") as (process, address),
        ExitStack() as lines,
    ):
        hub = psutil.Process(process.pid)
        port = int(address.rpartition(":")[2])

        def connect() -> None:
            pool = lines.enter_context(urllib3.PoolManager(timeout=PATIENCE_S))
            assert HubLine(address, pool).ask("GET", "/health").status == 200

        for _ in range(6):
            connect()
        first, second = servers(hub)
        assert [served(of, port) for of in (first, second)] == [3, 3]
        first.kill()
        eventually(lambda: len({*servers(hub)} - {first}) == 2)
        (fresh,) = [of for of in servers(hub) if of != second]

        def takes() -> bool:
            connect()
            return served(fresh, port) > 0

        eventually(takes)
        before = [served(of, port) for of in (fresh, second)]
        for _ in range(4):
            connect()
        assert [served(of, port) - had for of, had in zip((fresh, second), before, strict=True)] == [2, 2]


def test_a_process_that_cannot_open_its_database_gets_no_connections(tmp_path: Path) -> None:
    """A member that dies and cannot begin again: all who come meanwhile are served by the other one."""
    broken = tmp_path / "broken"

    def visit(address: tuple[str, int]) -> None:
        try:
            eventually(lambda: {told(address) for _ in range(4)} == {b"0", b"1"})
            broken.touch()
            for _ in range(12):
                eventually(lambda: told(address) == b"1")
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    with socket.create_server(("127.0.0.1", 0)) as line, ThreadPoolExecutor(1) as visitor:
        visits: list[Future[None]] = []
        crew = Crew(tell_number, 2, line, (broken,))
        assert crew.run(lambda: visits.append(visitor.submit(visit, line.getsockname())))
        visits[0].result()


def told(address: tuple[str, int]) -> bytes:
    """What a member says; nothing when the connection is closed again, which a desk answers by coming again."""
    with suppress(ConnectionError), socket.create_connection(address, timeout=PATIENCE_S) as connection:
        return connection.recv(1)
    return b""


def tell_number(number: int, listens: Event, channel: socket.socket, broken: Path) -> None:
    """A member that tells everybody its number, and ends when its database breaks."""
    while number or not broken.exists():
        listens.set()
        select.select([channel], [], [])
        _, handles, _, _ = socket.recv_fds(channel, 1, 1)
        with socket.socket(fileno=handles[0]) as connection:
            connection.send(b"%d" % number)


def served(process: psutil.Process, port: int) -> int:
    return sum(line.status == psutil.CONN_ESTABLISHED and line.laddr.port == port for line in process.net_connections())
