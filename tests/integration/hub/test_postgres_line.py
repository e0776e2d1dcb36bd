"""The connection on which statements travel together: order, faults in the middle, large values, types."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from gridclient.hub.postgres_line import Line
from tests.fakes.open_files import OWN_FILES
from tests.fakes.pooler import pooled


@pytest.fixture
def line(server: str) -> Iterator[Line]:
    line = Line(server, "")
    line.ask([("CREATE TABLE kept(n INTEGER PRIMARY KEY, big BIGINT, text TEXT, bytes BYTEA)", ())])
    yield line
    line.close()


PUT = "INSERT INTO kept(n, big, text, bytes) VALUES (?, ?, ?, ?)"
ALL = "SELECT n, big, text, bytes FROM kept ORDER BY n"


def test_values_come_back_as_they_went_and_rows_in_the_order_of_the_statements(line: Line) -> None:
    rows = [(1, -(2**63), "双岛街道 $1 'x' \\", bytes(range(256))), (2, 2**63 - 1, "", b""), (3, None, None, None)]
    *nothing, found, count = line.ask([*((PUT, row) for row in rows), (ALL, ()), ("SELECT count(*) FROM kept", ())])
    assert nothing == [[], [], []]
    assert found == rows
    assert count == [(3,)]


def test_a_statement_that_fails_tells_why_and_those_after_it_are_not_run(line: Line) -> None:
    line.ask([(PUT, (1, 1, "a", b""))])
    line.ask([("BEGIN", ())])
    with pytest.raises(psycopg.errors.UniqueViolation):
        line.ask([(PUT, (2, 1, "b", b"")), (PUT, (1, 1, "again", b"")), (PUT, (3, 1, "c", b""))])
    assert line.connection.info.transaction_status is psycopg.pq.TransactionStatus.INERROR
    assert not line.idle, "who gets the connection next would be in this transaction"
    line.ask([("ROLLBACK", ())])
    assert line.idle
    assert line.ask([(ALL, ())]) == [[(1, 1, "a", b"")]]


def test_a_statement_that_cannot_be_prepared_costs_only_itself(line: Line) -> None:
    for _ in range(2):
        with pytest.raises(psycopg.errors.UndefinedTable):
            line.ask([("SELECT * FROM nowhere WHERE n = ?", (1,))])
    assert line.ask([("SELECT 1::bigint", ())]) == [[(1,)]]


def test_values_larger_than_what_a_socket_takes_at_once(line: Line) -> None:
    text = "长" * 3_000_000
    line.ask([(PUT, (number, 0, text, text.encode())) for number in range(3)])
    (found,) = line.ask([(ALL, ())])
    assert found == [(number, 0, text, text.encode()) for number in range(3)]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems name these settings otherwise")
def test_a_server_that_fell_silent_is_missed_by_who_asks_and_by_who_waits_for_an_answer(server: str) -> None:
    """Only bytes on their way run into the first; whose question was taken waited for two hours."""
    with (
        pooled(server, whole=True) as between,
        closing(Line(between.url, "")) as line,
        socket.socket(fileno=os.dup(line.connection.fileno())) as way,
    ):
        assert 0 < way.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 10_000
        assert way.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert 0 < way.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) < 10
        assert 0 < way.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) < 10


def test_answers_are_read_while_there_is_more_to_ask(line: Line) -> None:
    """Else both sides would wait for ever: the server reads nothing while nobody takes its answers."""
    text = "长" * 1_000_000
    assert line.ask([("SELECT ?::text", (text,))] * 5) == [[(text,)]] * 5


def test_the_same_statement_with_values_of_other_types(line: Line) -> None:
    asked = "SELECT n FROM kept WHERE big IS NOT DISTINCT FROM ?"
    line.ask([(PUT, (1, None, "", b"")), (PUT, (2, 7, "", b""))])
    assert [line.ask([(asked, (value,))]) for value in (7, None, 7)] == [[[(2,)]], [[(1,)]], [[(2,)]]]


def test_a_statement_is_prepared_once_for_a_connection(line: Line) -> None:
    for first in (0, 10):
        line.ask([(PUT, (first + number, 0, "", b"")) for number in range(3)])
    known = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT%'"
    assert line.ask([(known, ())]) == [[(1,)]]


def test_a_text_with_a_zero_is_refused_and_not_cut_short(line: Line) -> None:
    with pytest.raises(psycopg.DataError):
        line.ask([("SELECT 1", ()), ("SELECT ?::text", ("t:371002001\0x",))])
    assert line.idle
    assert line.ask([("SELECT 2", ())]) == [[(2,)]]


def test_a_connection_that_the_server_ends_is_told_as_such(line: Line) -> None:
    with pytest.raises(psycopg.OperationalError):
        line.ask([("SELECT pg_terminate_backend(pg_backend_pid())", ()), ("SELECT 1", ())])
        line.ask([("SELECT 1", ())])
    assert line.connection.closed
    assert not line.idle


def test_what_was_prepared_before_a_fault_stands_in_nobodys_way(line: Line) -> None:
    """The first statement stays prepared on the connection though the second one failed."""
    with pytest.raises(psycopg.errors.DivisionByZero):
        line.ask([("SELECT 1", ()), ("SELECT 1/?", (0,))])
    assert line.ask([("SELECT 2", ()), ("SELECT 1", ())]) == [[(2,)], [(1,)]]


@pytest.mark.skipif(not OWN_FILES.is_dir(), reason="only Linux tells what a process has open")
def test_a_connection_that_was_closed_holds_nothing_of_the_system(line: Line) -> None:
    before = len(list(OWN_FILES.iterdir()))
    line.close()
    assert len(list(OWN_FILES.iterdir())) == before - 2, "its socket, and what waits for that"
