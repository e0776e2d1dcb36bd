"""What comes in with a request: the token, a body of bounded size, the data of a desk that enrols."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request

from gridclient.domain.errors import InvalidInput, SyncFault
from gridclient.hub.access import Applicant

_MOST_ENROL: Final = 4096
_SILENCE_S: Final = 60.0
_SOON_S: Final = 10.0
_LITTLE: Final = 64 << 10
_MOST_HELD: Final = 512 << 20
_FORWARDED: Final = ("x-forwarded-for", "forwarded", "via", "x-real-ip")
_LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})


def bearer(request: Request) -> str:
    """The token of the request, or ""."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


class Bodies:
    """Reads request bodies and limits the memory that all of them together take in this process."""

    def __init__(self, most: int = _MOST_HELD, soon_s: float = _SOON_S) -> None:
        self._most, self._soon_s = most, soon_s
        self._held = 0

    async def read(self, request: Request, most: int, welcome: Callable[[], Awaitable[object]] | None = None) -> bytes:
        """The request's body, at most ``most`` bytes. ``welcome`` is called before a larger or slower body is read, and
        raises for strangers.

        Raises:
            SyncFault: ``sync.too_large``; ``sync.busy``: too much is on its way already.
            TimeoutError: nothing comes any more.
        """
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > most:
            raise SyncFault("sync.too_large")
        body = bytearray()
        late = asyncio.get_running_loop().time() + self._soon_s
        try:
            while True:
                async with asyncio.timeout(_SILENCE_S):
                    message = await request.receive()  # Starlette's stream would double the cost of a small request
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                piece = message.get("body", b"")
                body += piece
                self._held += len(piece)
                if len(body) > most:
                    raise SyncFault("sync.too_large")
                if self._held > self._most:
                    raise SyncFault("sync.busy", retryable=True)
                if not message.get("more_body"):
                    return bytes(body)
                if welcome is not None and (len(body) > _LITTLE or asyncio.get_running_loop().time() >= late):
                    await welcome()
                    welcome = None
        finally:
            self._held -= len(body)

    async def read_json(self, request: Request) -> Any:
        """The JSON in a small body; raises ``InvalidInput("enrol.device_invalid")`` if it is none."""
        try:
            async with asyncio.timeout(_SILENCE_S):
                return json.loads(await self.read(request, _MOST_ENROL))
        except (ValueError, RecursionError):
            raise InvalidInput("enrol.device_invalid") from None


def application(told: Any) -> tuple[str, Applicant]:
    names = ("code", "device", "name", "public_key")
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in names):
        raise InvalidInput("enrol.device_invalid")
    try:
        key = bytes.fromhex(told["public_key"])
    except ValueError:
        raise InvalidInput("enrol.device_invalid") from None
    return told["code"], Applicant(told["device"], told["name"], key)


def password(request: Request) -> str:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return b64decode(given, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def comes_from_here(request: Request) -> bool:
    """Whether the request was made on this machine and not passed on by a proxy."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    host = request.headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in _LOCAL_NAMES and request.client is not None and is_loopback(request.client.host)
