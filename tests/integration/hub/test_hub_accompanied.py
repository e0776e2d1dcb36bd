"""Answers in company: what goes, and when."""

from __future__ import annotations

import asyncio
import socket
import time
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from gridclient.hub.access import Access
from gridclient.hub.answers import Accompanied, answer_to
from gridclient.hub.backend import Backend
from gridclient.hub.rights import grants_for
from gridclient.sync.terms import COMPANY
from gridclient.sync.wire import FeedAsk, PushStatus, decode_reply
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events
from tests.fakes.running_hub import HubLine

STREAM = "t:371002001"


def test_a_desk_on_a_slow_line_gets_the_end_of_its_answer_apart(line: HubLine, backend: Backend) -> None:
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(Access(backend, time.time), grants_for("371002001"))
    desk.records = list(invented_events(desk.origin, 30))
    parts = urlsplit(line.url)
    body = desk.request([desk.push(1, 30)], [FeedAsk(STREAM, 0, False)])
    head = f"POST /v1/sync HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {desk.token}\r\nContent-Length: {len(body)}"
    got = b""
    with socket.create_connection((parts.hostname or "", parts.port or 0), 10) as plain:
        plain.sendall(head.encode() + b"\r\nGridclient-Company: 1\r\n\r\n" + body)
        while not got.endswith(b"0\r\n\r\n"):
            got += plain.recv(65536)
    told, _, rest = got.partition(b"\r\n\r\n")
    size, _, answered = rest.partition(b"\r\n")
    assert f"gridclient-length: {int(size, 16)}".encode() in told and b"content-length" not in told
    reply = decode_reply(answered[: int(size, 16)], desk.origin.device)
    assert reply.results[0].status is PushStatus.APPLIED


@pytest.mark.parametrize(("version", "kind"), [("1.0", Response), ("1.1", Accompanied)])
def test_who_speaks_an_older_http_gets_no_chunks(version: str, kind: type[Response]) -> None:
    request = Request({"type": "http", "http_version": version, "headers": [(COMPANY.lower().encode(), b"1")]})
    assert type(answer_to(request, b"body", "text/plain", {})) is kind


def test_the_end_waits_for_the_next_turn_of_the_loop() -> None:
    order: list[str] = []

    async def send(message: Message) -> None:
        order.append(str(message["type"]) + ("" if message.get("more_body") else " at last"))
        asyncio.get_running_loop().call_soon(order.append, "turn")

    asyncio.run(Accompanied(b"body")({}, _nothing_comes, send))
    assert order[1:] == ["http.response.body", "turn", "turn", "http.response.body at last", "turn"]


async def _nothing_comes() -> Message:
    raise AssertionError
