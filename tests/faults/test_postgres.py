"""The hub on a real PostgreSQL whose connections and processes are killed in the middle of a push."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from tests.fakes.postgres import drop_database, new_database
from tests.faults.county import County
from tests.faults.desk import FULL, department
from tests.faults.line import Fault
from tests.faults.machine import run
from tests.faults.proof import assert_all_agree
from tests.faults.test_model import FaultMachine

pytestmark = pytest.mark.slow


@pytest.fixture
def database() -> Iterator[str]:
    url = new_database()
    yield url
    drop_database(url)


def _busy_connections(url: str) -> list[int]:
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = 'gridclient-hub' AND state <> 'idle'"
        ).fetchall()
    return [int(pid) for (pid,) in rows]


def _terminate(url: str) -> None:
    """The database hangs up on whoever is in a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        for pid in _busy_connections(url):
            connection.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def _crash(url: str) -> None:
    """One process of the server is killed with -9: the whole server breaks off and recovers from its log."""
    with psycopg.connect(url, autocommit=True) as witness:
        for pid in _busy_connections(url):
            os.kill(pid, 9)
        until = time.monotonic() + 30
        with suppress(psycopg.OperationalError):  # until the server has noticed, it still lets people in
            while time.monotonic() < until:
                witness.execute("SELECT 1")
                time.sleep(0.02)
    while time.monotonic() < until:
        with suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
            return
        time.sleep(0.05)


@pytest.mark.parametrize("injury", [_terminate, _crash], ids=("connection", "server"))
def test_a_database_killed_in_a_transaction_loses_nothing(
    quick_folder: Path, database: str, injury: Callable[[str], None]
) -> None:
    county = County(quick_folder, (FULL, FULL, department(0)), hub_url=database)
    try:
        county.hub.backend.injury = lambda: injury(database)
        for turn in range(3):
            county.register(turn % 2)
            county.act(turn % 2, 0, turn)
            county.round(turn % 2, [(Fault.DATABASE_KILLED, 0)])
            county.round(1 - turn % 2)
        county.heal()
        assert_all_agree(county)
    finally:
        county.close()


class PostgresMachine(FaultMachine):
    """The model with the hub on PostgreSQL."""

    def new_hub(self) -> str:
        self._database = new_database()
        return self._database

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            if self.county is not None:
                drop_database(self._database)


def test_whatever_goes_wrong_all_are_equal_in_the_end_on_postgresql(is_full: bool) -> None:
    if not is_full:
        pytest.skip("in full only: make faults")
    run(PostgresMachine, examples=int(os.environ.get("GRIDCLIENT_FAULT_RUNS", "150")), steps=50)
