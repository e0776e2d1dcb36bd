"""The line to the hub over HTTP: one connection that stays open (another beside it while much goes up), a time-out on
silence, one known certificate.

A request is sent once, with one exception: if the hub closed an open connection meanwhile, it is opened again and the
request repeated (every request may arrive twice without harm). A proxy is used only if one is given.
"""

from __future__ import annotations

import io
import json
import socket
import ssl
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, ProtocolError

from gridclient.domain.errors import InvalidInput, SyncFault
from gridclient.domain.frozen import frozen
from gridclient.services.enrolment import Admission, Membership
from gridclient.sync.connection import POOLS
from gridclient.sync.frame import CONTENT_TYPE
from gridclient.sync.http_answers import (
    Answer,
    line_fault,
    read_admission,
    read_json,
    read_place,
    read_whole,
    require_ok,
)
from gridclient.sync.proofs import HubProof, new_nonce, read_membership, read_proof
from gridclient.sync.proxies import connect, proxy_manager
from gridclient.sync.terms import (
    FILE_AFTER,
    FILE_LENGTH,
    FILE_OFFSET,
    HEADER,
    HELD,
    LENGTH,
    NONCE,
    SPOKEN,
    WORKED,
    FilePlace,
    Terms,
    read_terms,
    write_terms,
)
from gridclient.sync.wire import MOST_REPLY

CONNECT_S: Final = 10.0
SILENCE_S: Final = 20.0
_SEND_BUFFER: Final = 256 << 10
_PIECE: Final = 16 << 10
_MOST_JSON: Final = 1 << 20
_DIGEST: Final = 32


@frozen
class Address:
    """Where the hub is. Raises ``InvalidInput("sync.url")`` for what is no ``http`` or ``https`` URL.

    Attributes:
        fingerprint: the SHA-256 of the only certificate accepted, in hexadecimal digits; "" lets the machine's
            certificate authorities decide.
        proxy: the proxy's ``http://`` address, "" for none.
    """

    url: str
    fingerprint: str = ""
    proxy: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InvalidInput("sync.url", text=self.url)


class HttpTransport:
    """A line to one hub, for one thread at a time; implements :class:`gridclient.sync.transport.Transport`.

    Args:
        token: what the hub gave the device when it enrolled; "" for requests of a stranger.
        silence_s: after this many seconds without a byte a request fails with ``sync.timeout``.
    """

    def __init__(self, address: Address, token: str = "", *, silence_s: float = SILENCE_S) -> None:
        self._base = address.url.rstrip("/")
        self._headers = {"User-Agent": "gridclient", HEADER: write_terms(Terms(SPOKEN))}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._again = partial(HttpTransport, address, token, silence_s=silence_s)
        self._beside: HttpTransport | None = None
        self._pool = _pool(address, urllib3.Timeout(connect=min(CONNECT_S, silence_s), read=silence_s))
        self._open = False
        self._unended: BaseHTTPResponse | None = None  # an answer that is here, and whose end may be under way
        self._terms = Terms()
        self._held = ""
        self._sent = self._received = 0

    def sync(self, body: bytes) -> bytes:
        """Sends a request and returns the reply; see the protocol."""
        headers = {"Content-Type": CONTENT_TYPE} | ({HELD: self._held} if self._held else {})
        answer = self._ask("POST", "/v1/sync", body, headers, most=MOST_REPLY)
        require_ok(answer)
        return answer.body

    @property
    def bytes_sent(self) -> int:
        return self._sent + (self._beside.bytes_sent if self._beside else 0)

    @property
    def bytes_received(self) -> int:
        return self._received + (self._beside.bytes_received if self._beside else 0)

    def tell_held(self, held: str) -> None:
        """See the protocol."""
        self._held = held
        if self._beside is not None:
            self._beside.tell_held(held)

    def beside(self) -> HttpTransport:
        """See the protocol."""
        if self._beside is None:
            self._beside = self._again()
            self._beside.tell_held(self._held)
        return self._beside

    @property
    def terms(self) -> Terms:
        """The hub's versions and stamps, as told with its last answer."""
        return self._terms

    def prove(self) -> HubProof:
        """Who the hub says it is, proved by the key that it names.

        Raises:
            SyncFault: ``sync.hub_unproven``: the proof is wrong, or the hub is too old to give one; those of the line.
        """
        nonce = new_nonce()
        answer = self._ask("GET", "/v1/hub", headers={NONCE: nonce.hex()}, most=_MOST_JSON)
        if answer.status != 200:
            raise SyncFault("sync.hub_unproven", status=answer.status)
        return read_proof(read_json(answer.body, "sync.hub_unproven"), nonce)

    def membership(self, device: str) -> tuple[Membership, str]:
        """The device's present rights; see the protocol. Raises ``SyncFault("sync.hub_unproven")`` too."""
        nonce = new_nonce()
        answer = self._ask("GET", "/v1/me", headers={NONCE: nonce.hex()}, most=_MOST_JSON)
        require_ok(answer)
        told = read_json(answer.body, "sync.refused")
        return read_membership(told, device, nonce), str(told.get("rights", ""))

    def lacking_files(self) -> Sequence[str]:
        """The files that the hub lacks; see the protocol. The hub lists them in several answers."""
        found: list[str] = []
        after = ""
        while True:
            answer = self._ask("GET", f"/v1/files?after={after}", most=_MOST_JSON)
            require_ok(answer)
            found += [answer.body[at : at + _DIGEST].hex() for at in range(0, len(answer.body), _DIGEST)]
            before, after = after, answer.headers.get(FILE_AFTER, "")
            if after <= before:
                return found

    def enrol(self, code: str, device: str, name: str, public_key: bytes) -> Admission:
        """Enrols a device with a one-time code, which is spent then.

        Raises:
            SyncFault: ``enrol.…``: what the hub answered; those of the line.
        """
        told = {"code": code, "device": device, "name": name, "public_key": public_key.hex()}
        headers = {"Content-Type": "application/json"}
        answer = self._ask("POST", "/v1/enrol", json.dumps(told).encode(), headers, most=_MOST_JSON)
        return read_admission(answer)

    def file_place(self, sha256: str) -> FilePlace:
        """How much of a file the hub has; see the protocol."""
        answer = self._ask("HEAD", f"/v1/files/{sha256}")
        if answer.status == 404:
            return FilePlace(0, False)
        require_ok(answer)
        return read_place(answer)

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        """Sends a piece of a file; see the protocol."""
        headers = {FILE_OFFSET: str(offset), FILE_LENGTH: str(size)}
        answer = self._ask("PUT", f"/v1/files/{sha256}", piece, headers)
        if answer.status == 404:  # no event that names it is there yet
            return FilePlace(offset, False)
        if answer.status != 409:
            require_ok(answer)
        return read_place(answer)

    def get_file(self, sha256: str, offset: int, length: int) -> tuple[bytes, int]:
        """Fetches a piece of a file; see the protocol."""
        headers = {"Range": f"bytes={offset}-{offset + length - 1}"}
        answer = self._ask("GET", f"/v1/files/{sha256}", headers=headers, most=max(length, _PIECE))
        if answer.status == 404:
            return b"", 0
        if answer.status == 200 and offset == 0:
            return answer.body, len(answer.body)
        if answer.status != 416:
            require_ok(answer)
        return answer.body if answer.status == 206 else b"", read_whole(answer)

    def close(self) -> None:
        """Closes the connections."""
        if self._beside is not None:
            self._beside.close()
        if self._unended is not None:
            self._unended.close()
        self._pool.clear()

    def _ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None, *, most: int = _PIECE
    ) -> Answer:
        was_open, self._open = self._open, True
        try:
            return self._ask_once(method, path, body, headers or {}, most)
        except ProtocolError as error:
            if not was_open:
                raise line_fault(error) from error
        except HTTPError as error:
            raise line_fault(error) from error
        try:
            return self._ask_once(method, path, body, headers or {}, most)
        except HTTPError as error:
            raise line_fault(error) from error

    def _ask_once(self, method: str, path: str, body: bytes, headers: Mapping[str, str], most: int) -> Answer:
        given = {**self._headers, **headers} | ({"Content-Length": str(len(body))} if body else {})
        # In pieces, because a socket's time-out is for all that it is given at once, and lines are slow.
        content = (io.BytesIO(body) if len(body) > _PIECE else body) or None
        self._take_end()
        response = self._pool.request(
            method, self._base + path, body=content, headers=given, preload_content=False, redirect=False, retries=False
        )
        try:
            self._sent += len(body)
            data, left = bytearray(), _length(response.headers.get(LENGTH, ""))
            while left and (piece := response.read(min(_PIECE, left), decode_content=False)):
                data += piece  # an empty one is the end, or tells a broken off answer
                left -= len(piece)
                self._received += len(piece)
                if len(data) > most:
                    response.close()
                    raise SyncFault("sync.refused", why="size")
            if left and LENGTH in response.headers:
                response.close()
                raise ProtocolError("the answer is cut off")
            if HEADER in response.headers:
                self._terms = read_terms(response.headers[HEADER], response.headers.get(WORKED, ""))
            if not left:
                self._unended = response
            return Answer(response.status, response.headers, bytes(data))
        finally:
            if self._unended is not response:
                response.release_conn()

    def _take_end(self) -> None:
        """Reads the end of the last answer, which frees the connection."""
        if self._unended is not None:
            self._unended.drain_conn()
            self._unended.release_conn()
            self._unended = None


def certificate_of(address: Address) -> bytes:
    """The SHA-256 (32 bytes) of the certificate that the hub shows; it is not verified.

    Raises:
        SyncFault: ``sync.unreachable``, ``sync.timeout``, ``sync.proxy_refused`` (all retryable).
    """
    parts = urlsplit(address.url)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    host = parts.hostname or ""
    try:
        with (
            connect(address.proxy, host, parts.port or 443, CONNECT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as line,
        ):
            return sha256(line.getpeercert(binary_form=True) or b"").digest()
    except TimeoutError as error:
        raise SyncFault("sync.timeout", retryable=True) from error
    except OSError as error:
        raise SyncFault("sync.unreachable", retryable=True) from error


def _pool(address: Address, timeout: urllib3.Timeout) -> urllib3.PoolManager:
    settings: dict[str, Any] = {
        "num_pools": 1,
        "maxsize": 1,
        "timeout": timeout,
        "retries": False,
        "socket_options": _socket_options(),
    }
    if address.fingerprint:
        settings |= {
            "assert_fingerprint": address.fingerprint,
            "assert_hostname": False,
            "cert_reqs": "CERT_NONE",
        }
    pool = proxy_manager(address.proxy, **settings) if address.proxy else urllib3.PoolManager(**settings)
    pool.pool_classes_by_scheme = dict(POOLS)
    return pool


def _socket_options() -> list[tuple[int, int, int]]:
    """Socket options: send at once, keep the system's buffer small, and find out while idle that the line is dead."""
    options = [
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        (socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    ]
    if sys.platform == "linux":
        options += [
            (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 20),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 5),
            (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
            (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(SILENCE_S * 1000)),
        ]
    return options


def _length(told: str) -> int:
    """How many bytes to read, by the header ``LENGTH``; the largest number if the hub sent none."""
    return int(told) if told.isdecimal() and len(told) < 12 else sys.maxsize
