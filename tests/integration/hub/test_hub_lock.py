"""One hub for a database on a server: the lock is a connection's, and connections do not last."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest
import urllib3

from gridclient.domain.errors import Conflict
from gridclient.hub.opening import held
from tests.fakes.command_line import CommandLine
from tests.fakes.patience import PATIENCE_S, eventually
from tests.fakes.pooler import pooled
from tests.fakes.postgres import kill_server, narrow_account, own_server
from tests.fakes.running_hub import hub_process

LOCK = 4_711_203_518
LOCKS = (
    "FROM pg_locks WHERE locktype = 'advisory' "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def holders(url: str, *, granted: bool = True) -> list[int]:
    """The connections that hold the lock, or wait for it, by the server's numbers for them."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(f"SELECT pid {LOCKS} AND granted = {granted}".encode())
        return [pid for (pid,) in found]


def end_holder(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SELECT pg_terminate_backend(pid) {LOCKS} AND granted".encode())


def test_a_lock_that_went_with_its_connection_is_taken_again(server: str) -> None:
    lost = threading.Event()
    with held(server, lost.set):
        (before,) = holders(server)
        end_holder(server)
        eventually(lambda: holders(server) not in ([], [before]))
        with pytest.raises(Conflict, match="running"), held(server):
            pass
    assert (holders(server), lost.is_set()) == ([], False)


def test_a_lock_is_taken_again_when_the_server_was_started_again() -> None:
    with own_server() as postgres, held(postgres.get_uri()):
        kill_server(postgres)
        postgres.ensure_postgres_running()
        eventually(lambda: len(holders(postgres.get_uri())) == 1)


def test_a_connection_that_only_the_server_believes_in_is_not_taken_for_another_hub(server: str) -> None:
    lost = threading.Event()
    with pooled(server, whole=True) as line, held(line.url, lost.set):
        (before,) = holders(server)
        line.cut()
        eventually(lambda: holders(server) not in ([], [before]))
        assert not lost.is_set()


def test_a_second_hub_is_refused_also_where_the_server_is_late_to_miss_its_connections(server: str) -> None:
    with held(server), pooled(server, whole=True) as line:
        with pytest.raises(Conflict, match="running"), held(line.url):
            pass
        assert len(holders(server)) == 1


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_hub_whose_database_another_one_has_taken_says_so_and_ends(
    server: str, tmp_path: Path, processes: str
) -> None:
    told = tmp_path / "told"
    with (
        psycopg.connect(server, autocommit=True) as other,
        told.open("wb") as errors,
        hub_process(server, tmp_path / "hub", "--processes", processes, errors=errors) as (process, address),
        urllib3.PoolManager(retries=False) as pool,
    ):
        assert pool.request("GET", f"{address}/health").status == 200
        taking = threading.Thread(target=other.execute, args=(f"SELECT pg_advisory_lock({LOCK})".encode(),))
        taking.start()
        eventually(lambda: bool(holders(server, granted=False)))
        end_holder(server)
        taking.join()
        assert process.wait(PATIENCE_S) == 1
        with pytest.raises(urllib3.exceptions.HTTPError):
            pool.request("GET", f"{address}/health")
    assert "另一个同步中心占用了这个数据库" in told.read_text(encoding="utf-8")
    assert "hub.taken" in (tmp_path / "hub" / "logs" / "gridclient.log").read_text(encoding="utf-8")


def test_a_pooler_that_lends_connections_for_a_transaction_is_refused_and_keeps_no_lock(
    office: CommandLine, server: str
) -> None:
    with pooled(server, whole=False) as line:
        for _ in range(2):
            assert office.json("hub", "serve", "--listen", "127.0.0.1:0", "--db", line.url).code == "hub.pooled"
        assert holders(server) == []


def test_what_fails_while_the_lock_is_taken_is_told_in_the_servers_words(office: CommandLine, server: str) -> None:
    with narrow_account(server, "EXECUTE ON FUNCTION pg_try_advisory_lock(bigint)") as url:
        ran = office.json("hub", "serve", "--db", url)
    assert (ran.code, "permission denied" in ran.err) == ("hub.not_opened", True)
