"""Runs the hub: address, TLS, the folder beside the database, uvicorn."""

from __future__ import annotations

import gc
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_address, ip_network
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import uvicorn

from gridclient.domain.errors import InvalidInput, StoreUnavailable, reason_of
from gridclient.domain.frozen import frozen
from gridclient.hub.access import URL_FACT
from gridclient.hub.app import HubSettings, build_hub
from gridclient.hub.backend import Backend
from gridclient.hub.certificate import check_key, fingerprint_of, own_certificate
from gridclient.hub.crew import CAN_SHARE_PORT, Crew, Member, told_to_end
from gridclient.hub.handed import HandedServer
from gridclient.hub.heads import BriefProtocol
from gridclient.hub.incoming import is_loopback
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
_LOG: Final = logging.getLogger(__name__)


@frozen
class Listening:
    """Where and how the hub listens. ``public_url`` is the address given to desks, if it differs from this machine's.

    Without ``certificate`` the hub makes one. ``plain`` means http, for a proxy that does TLS; on loopback http is the
    default. ``behind``: addresses of proxies whose ``X-Forwarded-For`` is believed.
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
    """The TLS in use: files for uvicorn, and the fingerprint for codes (empty for a known authority's certificate)."""

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


def read_url(text: str) -> str:
    """The address for desks, "" for none given. Raises ``InvalidInput("sync.url")`` for one that no desk would take."""
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if text and not fits:
        raise InvalidInput("sync.url", text=text)
    return text.rstrip("/")


def read_proxy(text: str) -> str:
    """A proxy's address, or a network of them. Raises ``InvalidInput("hub.behind")``."""
    try:
        return str(ip_network(text)) if "/" in text else str(ip_address(text))
    except ValueError:
        raise InvalidInput("hub.behind", text=text) from None


def secure(listening: Listening, folder: Path) -> Secured:
    """Decides on TLS; makes a certificate if one is needed and none was given.

    Raises:
        InvalidInput: ``hub.tls_unclear`` (a key without a certificate, or plain with one), ``hub.certificate``,
            ``hub.key``.
    """
    if (listening.certificate and listening.plain) or (listening.key and not listening.certificate):
        raise InvalidInput("hub.tls_unclear")
    if listening.certificate is not None:
        key = listening.key or listening.certificate
        fingerprint_of(listening.certificate)  # raises if it cannot be read
        check_key(listening.certificate, key)
        return Secured(listening.certificate, key, b"")
    if listening.plain or is_loopback(listening.host):
        return Secured(None, None, b"")
    certificate, key = own_certificate(folder)
    check_key(certificate, key)
    return Secured(certificate, key, fingerprint_of(certificate))


def admin_token(folder: Path) -> str:
    """The administrator's token, from a file that only its owner can read; made if missing."""
    file = folder / "admin-token"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.is_file():
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as out:
                out.write(secrets.token_urlsafe(24) + "\n")
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise StoreUnavailable("hub.store_failed", detail=reason_of(error)) from error


@frozen
class Part:
    """What one process of a hub needs to serve."""

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
    """Serves until a signal comes, in this process or in several.

    ``member`` is :func:`serve_part` or a module-level wrapper of it. ``ready`` is called with the address once desks
    can connect.

    Raises:
        InvalidInput: ``hub.listen``, ``hub.pooled``; as for :func:`secure`.
        Conflict: ``hub.running``, ``hub.moved``; ``hub.taken``: in the end, by another hub.
        StoreUnavailable: ``hub.port_taken``; ``hub.not_started``; the folder or the database failed.
    """
    token, secured = admin_token(folder), secure(listening, folder)
    several = processes > 1 and CAN_SHARE_PORT
    with held(database, _end_well), _port(listening.host, listening.port) as line:
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
        _LOG.info("the hub begins: port %d, %s, processes: %d", port, secured.scheme, processes if several else 1)
        if several:
            forget_counts(folder / "counts")
            shared = replace(settings, threads=_THREADS_OF_SEVERAL, counts=folder / "counts")
            part = Part(database, secured, shared)
            if not Crew(member, processes, line, (part,)).run(lambda: ready(url)):
                raise StoreUnavailable("hub.not_started")
        else:
            server = uvicorn.Server(_config(open_backend(database), secured, settings))
            _run(server, [line], lambda: ready(url))
        _LOG.info("the hub ends, as it was told to")


def _end_well() -> None:
    """Ends this process as a signal would from outside; see :func:`told_to_end`."""
    signal.raise_signal(signal.SIGTERM)


def _run(server: uvicorn.Server, sockets: list[socket.socket], ready: Callable[[], object]) -> None:
    """Serves until a signal comes. uvicorn catches those too, and raises them again once it has ended."""

    def end() -> None:
        server.should_exit = True

    with told_to_end(end):
        ready()
        server.run(sockets=sockets)


def serve_part(_number: int, listens: Event, channel: socket.socket, part: Part) -> None:
    """One of several processes: serves the connections from its channel."""
    backend = open_backend(part.database, connections=part.settings.threads + 1)
    config = _config(backend, part.secured, part.settings)
    _run(HandedServer(config, channel), [], listens.set)


def sensible_processes(database: str) -> int:
    """The default number of processes: one per core, up to four, on a server; one on SQLite, which has one writer."""
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
    """The configuration of uvicorn. Also tunes this process's garbage collector and thread switching."""
    config = uvicorn.Config(
        build_hub(backend, settings),
        http=BriefProtocol,
        ws="none",
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
    gc.freeze()  # requests make thousands of small values without cycles: collect rarely
    gc.set_threshold(_MANY_VALUES)
    sys.setswitchinterval(_SWITCH_S)  # a thread that holds streams must not wait long for one that packs a page
    return config


@contextmanager
def _port(host: str, port: int) -> Iterator[socket.socket]:
    """A bound socket. Sockets accepted from it inherit: small answers are sent at once, TCP keep-alive ends dead
    connections.

    A blank line from a client stops uvicorn's own time-out for idle connections, so that alone is not enough.
    """
    line = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name != "nt":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if sys.platform == "linux":
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEP_ALIVE_S)
        line.bind((host, port))
    except socket.gaierror:
        line.close()
        raise InvalidInput("hub.listen", text=f"{host}:{port}") from None
    except OSError as error:
        line.close()
        raise StoreUnavailable("hub.port_taken", port=port, reason=reason_of(error)) from error
    with line:
        yield line


def _own_name(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
