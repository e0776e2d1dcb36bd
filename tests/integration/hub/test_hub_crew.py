"""Several processes of one hub on one port."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
import urllib3

from gridclient.hub.access import Access
from gridclient.hub.crew import CAN_SHARE_PORT
from gridclient.hub.opening import open_backend
from gridclient.hub.rights import grants_for
from gridclient.sync.wire import PushStatus
from tests.fakes.hub_databases import database
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events
from tests.fakes.running_hub import HubLine, hub_process

pytestmark = pytest.mark.skipif(not CAN_SHARE_PORT, reason="this system does not share a port between sockets")
PATIENCE_S = 30.0


def eventually(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until
        time.sleep(0.1)


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
        with hub_process(url, tmp_path, "--listen", "127.0.0.1:0", "--processes", "2") as (process, address):
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
    """Six that are kept open: three to each; when one of the processes is dead, both again once it was replaced."""
    with (
        database("postgres", tmp_path) as url,
        hub_process(url, tmp_path, "--listen", "127.0.0.1:0", "--processes", "2") as (process, address),
        ExitStack() as lines,
    ):
        hub = psutil.Process(process.pid)
        for _ in range(6):
            pool = lines.enter_context(urllib3.PoolManager(timeout=PATIENCE_S))
            assert HubLine(address, pool).ask("GET", "/health").status == 200
        port = int(address.rpartition(":")[2])
        first = servers(hub)
        assert [served(of, port) for of in first] == [3, 3]
        first[0].kill()
        eventually(lambda: len(servers(hub)) == 2 and first[0] not in servers(hub))
        for _ in range(4):
            pool = lines.enter_context(urllib3.PoolManager(timeout=PATIENCE_S))
            assert HubLine(address, pool).ask("GET", "/health").status == 200
        assert sorted(served(of, port) for of in servers(hub)) == [2, 5]


def served(process: psutil.Process, port: int) -> int:
    return sum(line.status == psutil.CONN_ESTABLISHED and line.laddr.port == port for line in process.net_connections())
