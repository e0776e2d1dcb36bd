"""Runs the hub until it is told to end: address, TLS, the folder beside the database, uvicorn."""

from __future__ import annotations

import gc
import os
import secrets
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address, ip_network
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final

import uvicorn

from gridclient.domain.errors import InvalidInput, StoreUnavailable
from gridclient.domain.frozen import frozen
from gridclient.hub.access import URL_FACT
from gridclient.hub.app import HubSettings, build_hub
from gridclient.hub.backend import Backend
from gridclient.hub.certificate import fingerprint_of, own_certificate
from gridclient.hub.crew import CAN_SHARE_PORT, Crew, Member
from gridclient.hub.handed import HandedServer
from gridclient.hub.heads import BriefProtocol
from gridclient.hub.metrics import forget_counts
from gridclient.hub.opening import check_not_moved, held, note_database, open_backend, sqlite_file

FINGERPRINT_FACT: Final = "fingerprint"
KEEP_ALIVE_S: Final = 120
_GRACE_S: Final = 10
_BACKLOG: Final = 2048
_MOST_PROCESSES: Final = 4
_THREADS_OF_SEVERAL: Final = 4
_MANY_VALUES: Final = 20_000
_SWITCH_S: Final = 0.0005


@frozen
class Listening:
    """Where and how the hub listens. ``public_url`` is what desks are told, when it is not this machine's name.

    Without ``certificate`` the hub makes one; ``plain`` is http, for a proxy that does TLS. On loopback http is the
    rule, for there is no line to listen on. ``behind``: addresses of proxies that are believed when they tell for
    whom they ask.
    """

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    plain: bool = False
    public_url: str = ""
    behind: tuple[str, ...] = ()


@frozen
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


def read_proxy(text: str) -> str:
    """The address of a proxy, or a network of them. Raises ``InvalidInput("hub.behind")``."""
    try:
        return str(ip_network(text)) if "/" in text else str(ip_address(text))
    except ValueError:
        raise InvalidInput("hub.behind", text=text) from None


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


@frozen
class Part:
    """What one process of a hub serves."""

    database: str
    secured: Secured
    settings: HubSettings


def serve(
    database: str,
    listening: Listening,
    folder: Path,
    *,
    processes: int,
    member: Member,
    ready: Callable[[str], None],
) -> None:
    """Serves until a signal comes, in this process or in several of their own.

    ``member`` is :func:`serve_part`, or a module's function around it. ``ready`` is told the address once desks can
    connect to it.

    Raises:
        InvalidInput: ``hub.listen``, ``hub.certificate``.
        Conflict: ``hub.running``, ``hub.moved``.
        StoreUnavailable: ``hub.port_taken``; the folder or the database failed.
    """
    token, secured = admin_token(folder), secure(listening, folder)
    several = processes > 1 and CAN_SHARE_PORT
    with held(database), _port(listening.host, listening.port) as line:
        port = line.getsockname()[1]
        url = listening.public_url or f"{secured.scheme}://{_own_name(listening.host)}:{port}"
        _tell_database(database, url, secured)
        note_database(folder, database)
        proxied = listening.plain or bool(listening.behind)
        settings = HubSettings(
            folder / "files",
            token,
            behind_proxy=proxied,
            behind=listening.behind,
            certificate=fingerprint_of(secured.certificate) if secured.certificate else b"",
        )
        line.listen(_BACKLOG)
        if not several:
            ready(url)
            backend = open_backend(database)
            uvicorn.Server(_config(backend, secured, settings)).run(sockets=[line])
            return
        forget_counts(folder / "counts")
        shared = replace(settings, threads=_THREADS_OF_SEVERAL, counts=folder / "counts")
        part = Part(database, secured, shared)
        if not Crew(member, processes, line, (part,)).run(lambda: ready(url)):
            raise StoreUnavailable("hub.port_taken", port=port, reason="")


def serve_part(_number: int, listens: Event, channel: socket.socket, part: Part) -> None:
    """One of several processes: it serves the connections that come out of the channel."""
    backend = open_backend(part.database, connections=part.settings.threads + 1)
    config = _config(backend, part.secured, part.settings)
    listens.set()
    HandedServer(config, channel).run(sockets=[])


def sensible_processes(database: str) -> int:
    """One for each core, up to four, on a server; one on a file, which has one writer at a time anyway."""
    return 1 if sqlite_file(database) else max(1, min(os.cpu_count() or 1, _MOST_PROCESSES))


def _tell_database(database: str, url: str, secured: Secured) -> None:
    backend = open_backend(database, connections=1)
    try:
        with backend.writing() as ledger:
            check_not_moved(ledger)
            ledger.set_fact(URL_FACT, url)
            ledger.set_fact(FINGERPRINT_FACT, secured.fingerprint.hex())
    finally:
        backend.close()


def _config(backend: Backend, secured: Secured, settings: HubSettings) -> uvicorn.Config:
    """What uvicorn is to do; and this process is set for serving."""
    config = uvicorn.Config(
        build_hub(backend, settings),
        http=BriefProtocol,
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
    gc.freeze()  # what was loaded stays; and a request makes thousands of small values that hold no circles
    gc.set_threshold(_MANY_VALUES)
    sys.setswitchinterval(_SWITCH_S)  # who holds streams comes soon to his turn beside one who packs a page
    return config


@contextmanager
def _port(host: str, port: int) -> Iterator[socket.socket]:
    """A bound socket. What is accepted from it sends small answers at once, and ends when the desk is gone: an empty
    line on a slow line stops the server's own clock for idle connections. (Both are inherited.)"""
    line = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name != "nt":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if sys.platform == "linux":
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEP_ALIVE_S)
        line.bind((host, port))
    except OSError as error:
        line.close()
        raise StoreUnavailable("hub.port_taken", port=port, reason=error.strerror or "") from error
    with line:
        yield line


def _own_name(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
