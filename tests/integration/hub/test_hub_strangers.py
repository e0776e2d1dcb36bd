"""Who knocks at the hub without a right, or with far too much at once."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from starlette.requests import Request

from gridclient.domain.errors import SyncFault
from gridclient.hub.access import Access
from gridclient.hub.app import HubSettings, build_hub
from gridclient.hub.backend import Backend
from gridclient.hub.heads import BriefProtocol
from gridclient.hub.incoming import Bodies
from gridclient.hub.rights import grants_for
from gridclient.sync.frame import MOST_ON_THE_LINE
from gridclient.sync.proofs import NONCE_BYTES
from gridclient.sync.terms import NONCE
from tests.fakes.hub_desk import HubDesk
from tests.fakes.running_hub import HubLine, hub_process, served

PIECE = b"x" * 60_000
FIRST = b"GET /health HTTP/1.1\r\nHost: x\r\n"


def connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=20)


def answer_to(line: HubLine, head: str, body: bytes) -> bytes:
    """The first line that comes back when the body is not sent to its end."""
    with connected(line.url) as connection:
        connection.sendall(f"{head}\r\nHost: x\r\nContent-Length: {MOST_ON_THE_LINE}\r\n\r\n".encode("latin-1") + body)
        return connection.recv(1000).partition(b"\r\n")[0]


def test_of_a_stranger_only_the_beginning_of_a_long_request_is_taken(line: HubLine) -> None:
    told = answer_to(line, "POST /v1/sync HTTP/1.1\r\nAuthorization: Bearer guessed", PIECE * 2)
    assert told == b"HTTP/1.1 401 Unauthorized"


def test_a_long_request_of_a_stranger_that_comes_whole_is_answered_too(line: HubLine) -> None:
    answer = line.ask("POST", "/v1/sync", bytes(4 << 20), token="guessed")
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "Retry-After" not in answer.headers, "he will be one tomorrow, too"


def test_a_long_request_of_a_desk_is_taken_whole(line: HubLine, backend: Backend) -> None:
    desk = HubDesk("desk-0001", "t:371002001")
    desk.enrol(Access(backend, time.time), grants_for("371002001"))
    assert line.ask("POST", "/v1/sync", bytes(MOST_ON_THE_LINE), token=desk.token).status == 426


@pytest.mark.parametrize("given", ["é", "a", "=", "w6k=", "/w=="])
def test_a_password_that_is_none_is_asked_for_again(line: HubLine, given: str) -> None:
    headers = {"Authorization": f"Basic {given}", "X-Forwarded-For": "192.0.2.1"}
    assert line.ask("GET", "/metrics", headers=headers).status == 401


@pytest.mark.parametrize("after", ["%00", "zz", "a" * 63])
def test_missing_files_are_listed_behind_a_file_and_nothing_else(line: HubLine, backend: Backend, after: str) -> None:
    """A zero is nothing that PostgreSQL can be asked about."""
    desk = HubDesk("desk-0001", "t:371002001")
    desk.enrol(Access(backend, time.time), grants_for("371002001"))
    answer = line.ask("GET", f"/v1/files?after={after}", token=desk.token)
    assert (answer.status, json.loads(answer.data)["error"]["code"]) == (404, "sync.file_name")


@pytest.mark.parametrize("number", ["", "zz", "00" * (NONCE_BYTES - 1), "00" * (NONCE_BYTES + 1)])
def test_a_hub_signs_only_a_number_of_the_right_length(line: HubLine, number: str) -> None:
    """What it signs for anybody must not be chosen to be taken for something else."""
    answer = line.ask("GET", "/v1/hub", headers={NONCE: number})
    assert (answer.status, json.loads(answer.data)["error"]["code"]) == (400, "sync.refused")
    assert "nonce" in json.loads(answer.data)["error"]["message"]


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


def test_of_a_stranger_nothing_is_waited_for_that_comes_bit_by_bit() -> None:
    async def turned_away() -> None:
        raise SyncFault("sync.revoked")

    async def play() -> None:
        stranger = Sender()
        stranger.send(b"x")
        with pytest.raises(SyncFault) as caught:
            await Bodies(soon_s=0.0).read(stranger.request, len(PIECE), turned_away)
        assert caught.value.code == "sync.revoked"

    asyncio.run(play())


class Impatient(BriefProtocol):
    patience_s = 1.0


def test_who_says_nothing_or_never_ends_his_first_words_loses_his_connection(backend: Backend, tmp_path: Path) -> None:
    hub = build_hub(backend, HubSettings(tmp_path / "files", "admin"))
    with served(hub, http=Impatient) as url:
        for word in (b"", b"GET /health HTTP/1.1\r\nHost: x\r\n", FIRST + b"\r\n" + b"GET /he"):
            with connected(url) as connection:
                connection.sendall(word)
                told = b""
                while piece := connection.recv(1000):
                    told += piece
                assert (b"200 OK" in told) == word.startswith(FIRST + b"\r\n")


def test_who_goes_on_after_the_answer_with_a_body_that_nobody_reads_loses_his_connection(
    backend: Backend, tmp_path: Path
) -> None:
    """A byte now and then is enough to keep uvicorn's own time-out for idle connections from ever running out."""
    hub = build_hub(backend, HubSettings(tmp_path / "files", "admin"))
    with served(hub, http=Impatient) as url, connected(url) as connection:
        connection.sendall(FIRST + b"Content-Length: 9999999999\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        connection.settimeout(0.1)
        with pytest.raises(ConnectionError):
            for _ in range(100):
                connection.sendall(b"x")
                with suppress(TimeoutError):
                    connection.recv(1000)


def test_who_ends_his_body_after_the_answer_keeps_his_connection(backend: Backend, tmp_path: Path) -> None:
    hub = build_hub(backend, HubSettings(tmp_path / "files", "admin"))
    with served(hub, http=Impatient) as url, connected(url) as connection:
        connection.sendall(FIRST + b"Content-Length: 2\r\n\r\nx")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")
        connection.sendall(b"x")
        time.sleep(2 * Impatient.patience_s)
        connection.sendall(FIRST + b"\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_head_without_end_is_cut_off_and_a_long_body_is_not(tmp_path: Path) -> None:
    with hub_process(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path) as (_, url):
        with connected(url) as connection, pytest.raises(OSError):
            connection.sendall(FIRST)
            for _ in range(1000):
                connection.sendall(b"X: " + PIECE + b"\r\n")
        with urllib3.PoolManager(maxsize=1) as pool:
            assert pool.request("PUT", f"{url}/health", body=PIECE * 20).status == 405
            assert pool.request("GET", f"{url}/health").status == 200


def test_who_asks_much_at_once_and_leaves_is_not_told_in_the_log(tmp_path: Path) -> None:
    """Otherwise anybody could drive out of it what the administrator should read."""
    with hub_process(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path) as (_, url):
        for words in (
            (FIRST + b"\r\n") * 1000,
            b"no request\r\n\r\n",
            FIRST + b"Connection: upgrade\r\nUpgrade: x\r\n\r\n",
        ):
            with connected(url) as connection:
                connection.sendall(words)
                assert connection.recv(10)
        with urllib3.PoolManager() as pool:
            assert pool.request("GET", f"{url}/health").status == 200
    log = (tmp_path / "logs" / "gridclient.log").read_text(encoding="utf-8").splitlines()
    assert [line.rpartition(": ")[2] for line in log[1:]] == ["the hub ends, as it was told to"]


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
