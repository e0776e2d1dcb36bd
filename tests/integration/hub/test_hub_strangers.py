"""Who knocks at the hub without a right, or with far too much at once."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request

from gridclient.domain.errors import SyncFault
from gridclient.hub.access import Access
from gridclient.hub.backend import Backend
from gridclient.hub.incoming import Bodies
from gridclient.hub.rights import grants_for
from gridclient.sync.frame import MOST_ON_THE_LINE
from tests.fakes.hub_desk import HubDesk
from tests.fakes.running_hub import HubLine

PIECE = bytes(60_000)


def answer_to(line: HubLine, head: str, body: bytes) -> bytes:
    """The first line that comes back when the body is not sent to its end."""
    parts = urlsplit(line.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(f"{head}\r\nHost: x\r\nContent-Length: {MOST_ON_THE_LINE}\r\n\r\n".encode("latin-1") + body)
        return connection.recv(1000).partition(b"\r\n")[0]


def test_of_a_stranger_only_the_beginning_of_a_long_request_is_taken(line: HubLine) -> None:
    told = answer_to(line, "POST /v1/sync HTTP/1.1\r\nAuthorization: Bearer guessed", PIECE * 2)
    assert told == b"HTTP/1.1 401 Unauthorized"


def test_a_long_request_of_a_stranger_that_comes_whole_is_answered_too(line: HubLine) -> None:
    assert line.ask("POST", "/v1/sync", bytes(4 << 20), token="guessed").status == 401


def test_a_long_request_of_a_desk_is_taken_whole(line: HubLine, backend: Backend) -> None:
    desk = HubDesk("desk-0001", "t:371002001")
    desk.enrol(Access(backend, time.time), grants_for("371002001"))
    assert line.ask("POST", "/v1/sync", bytes(MOST_ON_THE_LINE), token=desk.token).status == 426


@pytest.mark.parametrize("given", ["é", "a", "=", "w6k=", "/w=="])
def test_a_password_that_is_none_is_asked_for_again(line: HubLine, given: str) -> None:
    headers = {"Authorization": f"Basic {given}", "X-Forwarded-For": "192.0.2.1"}
    assert line.ask("GET", "/metrics", headers=headers).status == 401


class Sender:
    """Sends a body piece by piece, each when it is told to."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()

    def send(self, piece: bytes | None) -> None:
        self._pieces.put_nowait(piece)

    async def receive(self) -> dict[str, Any]:
        piece = await self._pieces.get()
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    @property
    def request(self) -> Request:
        return Request({"type": "http", "headers": []}, self.receive)


async def _meanwhile() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_what_is_on_its_way_altogether_is_bounded() -> None:
    async def play() -> None:
        bodies, first, second, third = Bodies(len(PIECE) * 3 // 2), Sender(), Sender(), Sender()
        slow = asyncio.create_task(bodies.read(first.request, len(PIECE)))
        first.send(PIECE)
        await _meanwhile()
        second.send(PIECE)
        with pytest.raises(SyncFault) as caught:
            await bodies.read(second.request, len(PIECE))
        assert (caught.value.code, caught.value.retryable) == ("sync.busy", True)
        first.send(None)
        assert await slow == PIECE
        third.send(PIECE)
        third.send(None)
        assert await bodies.read(third.request, len(PIECE)) == PIECE

    asyncio.run(play())
