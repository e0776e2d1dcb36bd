"""What a desk asks a hub besides its rounds: files, its rights, who the hub is."""

from __future__ import annotations

import socket
import threading

import pytest

from gridclient.sync.http import HttpTransport
from tests.fakes.toy_desk import code_of
from tests.integration.test_sync_http import Serve, Talk, says, serve

__all__ = ["serve"]
NAME = "ab" * 32


def test_how_much_the_hub_has_of_a_photo_is_asked_with_its_name(serve: Serve) -> None:
    server, line = serve(
        says(b"", "404 Not Found"),
        says(b"", "200 OK", "Upload-Offset: 7", "Upload-Complete: ?0"),
        says(b"", "200 OK"),
        says(b"", "503 Unavailable"),
    )
    assert (line.file_place(NAME), line.file_place(NAME)) == ((0, False), (7, False))
    assert [code_of(lambda: line.file_place(NAME)) for _ in range(2)] == ["sync.refused", "sync.busy"]
    assert server.requests[0].startswith(f"HEAD /v1/files/{NAME} ".encode())


def test_a_photo_that_no_event_names_stays_where_it_is_and_a_hub_that_fails_says_so(serve: Serve) -> None:
    _, line = serve(
        says(b"{}", "404 Not Found"),
        says(b"{}", "500 Error"),
        says(b"{}", "500 Error"),
        says(b"ab", "206 Partial Content", "Content-Range: bytes 0-1/5"),
    )
    assert line.put_file(NAME, 3, b"de", size=5) == (3, False)
    assert code_of(lambda: line.put_file(NAME, 3, b"de", size=5)) == "sync.hub_failed"
    assert code_of(lambda: line.get_file(NAME, 0, 2)) == "sync.hub_failed"
    assert line.get_file(NAME, 0, 2) == (b"ab", 5)


def test_lost_files_are_listed_in_as_many_answers_as_the_hub_needs(serve: Serve) -> None:
    one, two, three = (bytes([n]) * 32 for n in (1, 2, 3))
    server, line = serve(
        says(one + two, "200 OK", f"Upload-After: {two.hex()}"),
        says(three, "200 OK"),
        says(one, "200 OK", f"Upload-After: {one.hex()}"),
        says(one, "200 OK", f"Upload-After: {one.hex()}"),  # a hub that begins anew
        says(b"{}", "403 Forbidden"),
    )
    assert line.lacking_files() == [one.hex(), two.hex(), three.hex()]
    assert f"after={two.hex()} ".encode() in server.requests[1]
    assert line.lacking_files() == [one.hex(), one.hex()]
    assert code_of(line.lacking_files) == "sync.forbidden"


@pytest.mark.parametrize(
    ("talk", "proof", "rights"),
    [
        (says(b"{}", "404 Not Found"), "sync.hub_unproven", "sync.hub_failed"),
        (says(b"{}", "401 Unauthorized"), "sync.hub_unproven", "sync.revoked"),
        (says(b"[]"), "sync.hub_unproven", "sync.refused"),
        (says(b"{}"), "sync.hub_unproven", "sync.hub_unproven"),
    ],
)
def test_who_proves_nothing_is_not_believed(serve: Serve, talk: Talk, proof: str, rights: str) -> None:
    server, line = serve(talk, talk)
    assert (code_of(line.prove), code_of(lambda: line.membership("desk-1"))) == (proof, rights)
    numbers = [request.lower().partition(b"gridclient-nonce: ")[2][:32] for request in server.requests]
    assert len(set(numbers)) == 2 and all(len(bytes.fromhex(number.decode())) == 16 for number in numbers)


def test_a_line_that_is_closed_before_an_answers_end_is_closed_for_the_hub_too(serve: Serve) -> None:
    closed = threading.Event()

    def waits_for_the_end(line: socket.socket, _request: bytes) -> bool:
        line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nGridclient-Length: 3\r\n\r\n3\r\none\r\n")
        if not line.recv(1):
            closed.set()
        return False

    _, line = serve(waits_for_the_end)
    assert line.sync(b"1") == b"one"
    line.close()
    assert closed.wait(10)


def test_an_answer_that_is_longer_than_anybody_asked_for_is_not_read(serve: Serve) -> None:
    _, line = serve(says(bytes(40_000)), says(bytes(16 << 10)), says(bytes((16 << 10) + 1)))
    assert code_of(lambda: line.get_file(NAME, 0, 10)) == "sync.refused"
    assert isinstance(line, HttpTransport) and line.get_file(NAME, 0, 10)[1] == 16 << 10
    assert code_of(lambda: line.get_file(NAME, 0, 10)) == "sync.refused"


def test_a_whole_photo_where_its_end_was_asked_for_is_not_taken_for_the_end(serve: Serve) -> None:
    """A proxy that keeps copies may not know what a range is."""
    _, line = serve(says(b"abcde", "200 OK"), says(b"abcde", "200 OK"))
    assert line.get_file(NAME, 0, 5) == (b"abcde", 5)
    assert code_of(lambda: line.get_file(NAME, 3, 5)) == "sync.refused"


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "x"])
def test_a_length_that_is_none_is_a_fault_of_the_line(serve: Serve, length: str) -> None:
    _, line = serve(says(b"abcde", "200 OK", f"Gridclient-Length: {length}"))
    assert code_of(lambda: line.get_file(NAME, 0, 5)) == "sync.unreachable"


def test_a_piece_that_begins_elsewhere_is_answered_with_where_the_hub_or_the_file_stands(serve: Serve) -> None:
    _, line = serve(
        says(b"", "409 Conflict", "Upload-Offset: 2", "Upload-Complete: ?0"),
        says(b"", "416 Range Not Satisfiable", "Content-Range: bytes */5"),
    )
    assert line.put_file(NAME, 3, b"de", size=5) == (2, False)
    assert line.get_file(NAME, 7, 5) == (b"", 5)
