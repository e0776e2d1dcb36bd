"""What goes over a connection on a line that is slow, byte by byte."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from gridclient.sync.connection import SLOW_S, LineConnection
from gridclient.sync.http import Address, HttpTransport

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Sent:
    """A socket that remembers what it was given at once."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.pieces.append(bytes(data))

    def settimeout(self, _seconds: float | None) -> None: ...

    def close(self) -> None: ...


def test_a_requests_head_goes_with_the_beginning_of_its_body() -> None:
    connection, sent = LineConnection("hub"), Sent()
    connection.sock = sent
    connection.request("POST", "/v1/sync", body=b"body")
    (piece,) = sent.pieces
    assert piece.startswith(b"POST /v1/sync HTTP/1.1\r\n") and piece.endswith(b"\r\n\r\nbody")


def test_a_request_without_a_body_goes_all_the_same() -> None:
    connection, sent = LineConnection("hub"), Sent()
    connection.sock = sent
    connection.request("GET", "/health")
    (piece,) = sent.pieces
    assert piece.startswith(b"GET /health HTTP/1.1\r\n") and piece.endswith(b"\r\n\r\n")


@contextmanager
def answering(*after_s: float, answer: bytes = _ANSWER) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers one request after the other, each so late; with what it got for each."""
    heard: list[bytes] = []

    def serve() -> None:
        line, _ = listener.accept()
        with line:
            for wait in after_s:
                data = b""
                while not data.strip(b"\r\n").endswith(b"body"):
                    data += line.recv(65536)
                time.sleep(wait)
                line.setblocking(False)
                try:
                    data += line.recv(65536)
                except BlockingIOError:
                    pass
                finally:
                    line.setblocking(True)
                heard.append(data)
                line.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        finally:
            thread.join(10)


def test_empty_lines_follow_a_request_where_the_answer_before_was_late() -> None:
    with answering(SLOW_S + 0.1, SLOW_S + 0.1, 0.0) as (url, heard):
        line = HttpTransport(Address(url), silence_s=5)
        assert [line.sync(b"body") for _ in range(3)] == [b"ok"] * 3
        line.close()
    first, second, third = heard
    assert first.endswith(b"body")
    company = second.partition(b"\r\n\r\nbody")[2]
    assert company.startswith(b"\r\n" * 3) and not company.strip(b"\r\n")
    assert third.strip(b"\r\n").startswith(b"POST")
    assert [b"Gridclient-Company: 1\r\n" in data for data in heard] == [False, True, True]


def test_a_hub_that_worked_long_makes_no_slow_line() -> None:
    late = SLOW_S + 0.1
    answer = _ANSWER.replace(b"\r\n\r\n", b"\r\nGridclient-Worked: %d\r\n\r\n" % (1000 * late))
    with answering(late, late, answer=answer) as (url, heard):
        line = HttpTransport(Address(url), silence_s=5)
        assert [line.sync(b"body") for _ in range(2)] == [b"ok"] * 2
        line.close()
    assert all(data.startswith(b"POST") and data.endswith(b"body") for data in heard)


def test_nothing_follows_a_request_on_a_quick_line() -> None:
    with answering(0.0, 0.05) as (url, heard):
        line = HttpTransport(Address(url), silence_s=5)
        assert [line.sync(b"body") for _ in range(2)] == [b"ok"] * 2
        line.close()
    assert all(data.startswith(b"POST") and data.endswith(b"body") for data in heard)
