"""Runs the hub until it is told to end: address, TLS, the folder beside the database, uvicorn."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import uvicorn

from gridclient.domain.errors import InvalidInput, StoreUnavailable
from gridclient.hub.app import HubSettings, build_hub
from gridclient.hub.backend import Backend
from gridclient.hub.certificate import fingerprint_of, own_certificate

URL_FACT: Final = "url"
FINGERPRINT_FACT: Final = "fingerprint"
KEEP_ALIVE_S: Final = 120
_GRACE_S: Final = 10
_BACKLOG: Final = 2048


@dataclass(frozen=True, slots=True)
class Listening:
    """Where and how the hub listens. ``public_url`` is what desks are told, when it is not this machine's name.

    Without ``certificate`` the hub makes one; ``plain`` is http, for a proxy that does TLS. On loopback http is the
    rule, for there is no line to listen on.
    """

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    plain: bool = False
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Secured:
    """TLS as it came out: files for uvicorn, and the fingerprint that codes carry (empty for a known authority's)."""

    certificate: Path | None
    key: Path | None
    fingerprint: bytes

    @property
    def scheme(self) -> str:
        return "https" if self.certificate else "http"


def read_address(text: str) -> tuple[str, int]:
    """``HOST:PORT``, ``[::1]:PORT`` or ``:PORT``. Raises ``InvalidInput("hub.listen")``."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or not 0 <= int(port) < 65536:
        raise InvalidInput("hub.listen", text=text)
    return host.removeprefix("[").removesuffix("]") or "0.0.0.0", int(port)


def secure(listening: Listening, folder: Path) -> Secured:
    """Decides about TLS; makes a certificate where one is needed and none was given."""
    if listening.certificate is not None:
        fingerprint_of(listening.certificate)  # it can be read
        return Secured(listening.certificate, listening.key or listening.certificate, b"")
    if listening.plain or is_loopback(listening.host):
        return Secured(None, None, b"")
    certificate, key = own_certificate(folder)
    return Secured(certificate, key, fingerprint_of(certificate))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def admin_token(folder: Path) -> str:
    """The administrator's token, in a file that only its owner can read; made when it is not there."""
    file = folder / "admin-token"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.is_file():
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as out:
                out.write(secrets.token_urlsafe(24) + "\n")
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise StoreUnavailable("hub.store_failed", detail=error.strerror or type(error).__name__) from error


def serve(backend: Backend, listening: Listening, folder: Path, *, ready: Callable[[str], None]) -> None:
    """Serves until a signal comes. ``ready`` is told the address once the port is held, before the first answer.

    Raises:
        InvalidInput: ``hub.listen``, ``hub.certificate``.
        StoreUnavailable: ``hub.port_taken``; the folder or the database failed.
    """
    token = admin_token(folder)
    secured = secure(listening, folder)
    line = _listen(listening)
    port = line.getsockname()[1]
    url = listening.public_url or f"{secured.scheme}://{_own_name(listening.host)}:{port}"
    with backend.writing() as ledger:
        ledger.set_fact(URL_FACT, url)
        ledger.set_fact(FINGERPRINT_FACT, secured.fingerprint.hex())
    app = build_hub(backend, HubSettings(folder / "files", token, behind_proxy=listening.plain))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        backlog=_BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        ssl_certfile=secured.certificate,
        ssl_keyfile=secured.key,
    )
    ready(url)
    uvicorn.Server(config).run(sockets=[line])


def _listen(listening: Listening) -> socket.socket:
    """The listening socket. What is accepted from it sends small answers at once (TCP_NODELAY is inherited)."""
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name != "nt":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.bind((listening.host, listening.port))
        line.listen(_BACKLOG)
    except OSError as error:
        line.close()
        raise StoreUnavailable("hub.port_taken", port=listening.port, reason=error.strerror or "") from error
    return line


def _own_name(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
