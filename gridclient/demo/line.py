"""The demo's hub and its second desk. The first desk's events go up, and the second desk gets its township, by real
rounds of synchronisation in this process."""

from __future__ import annotations

import json
import socket
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from gridclient.composition import OpenedDesk, create_profile, open_desk
from gridclient.demo.freshness import SECOND_DESK
from gridclient.hub.access import URL_FACT, Access, Applicant
from gridclient.hub.opening import open_backend
from gridclient.hub.service import HubService
from gridclient.services.enrolment import CASES, REFERENCE, Grant
from gridclient.services.sync_port import RoundEnd
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.signing import new_key, public_key
from gridclient.sync.transport import MessagesOnly, Pacing
from gridclient.syncing import DeskLine, fault_of

HUB_DATABASE: Final = "hub.db"
_HOST: Final = "127.0.0.1"
_PORTS: Final = range(8700, 8800)


def hub_database(folder: Path) -> str:
    """The URL of the demo hub's database, for ``gridclient hub``."""
    return f"sqlite:///{(folder / 'hub' / HUB_DATABASE).resolve()}"


def hub_address(folder: Path) -> str:
    """``host:port`` at which the demo's desks reach their hub."""
    backend = open_backend(hub_database(folder))
    try:
        return urlsplit(Access(backend, time.time).told_url()).netloc
    finally:
        backend.close()


def _free_address(folder: Path) -> str:
    """An address at which nobody listens; at another demo's address this one's desks would be turned away.

    Each demo starts its search elsewhere, because the hubs of other demos may only not be running now.
    """
    first = zlib.crc32(bytes(folder.resolve())) % len(_PORTS)
    ports = (*_PORTS[first:], *_PORTS[:first])
    for port in ports:
        with suppress(OSError), socket.create_server((_HOST, port)):
            return f"{_HOST}:{port}"
    return f"{_HOST}:{ports[0]}"


@contextmanager
def demo_hub(folder: Path) -> Iterator[HubService]:
    """Makes the hub in ``folder/hub``, without a network."""
    backend = open_backend(hub_database(folder))
    try:
        with backend.writing() as ledger:
            ledger.set_fact(URL_FACT, f"http://{_free_address(folder)}")
        service = HubService(backend, time.time)
        try:
            yield service
        finally:
            service.close()
    finally:
        backend.close()


def join_first_desk(opened: OpenedDesk, hub: HubService, townships: Iterable[str]) -> None:
    """Enrols the demo's desk for the whole county and sends all its events."""
    streams = sorted(f"{CASES}{code}" for code in townships)
    _join(opened, hub, (*(Grant(stream, writes=True) for stream in streams), Grant(REFERENCE, writes=True)), "席位一")


def make_second_desk(folder: Path, hub: HubService, *, county: str, township: str, name: str) -> None:
    """Makes a desk of one township in ``folder/second`` and fetches what the hub has for it."""
    second = folder / SECOND_DESK
    create_profile(second, county=county, township=township, name=name)
    with open_desk(second) as opened:
        _join(opened, hub, (Grant(f"{CASES}{township}", writes=True), Grant(REFERENCE)), "席位二")
        opened.desk.settings.keep_value("desk.window", json.dumps({"beside": "yes"}))  # see ui/window_memory


def _join(opened: OpenedDesk, hub: HubService, grants: tuple[Grant, ...], name: str) -> None:
    line, key = DeskLine(opened), new_key()
    code = hub.access.issue_code(grants, township=opened.desk.reference.setting("township"), name=name)
    admission = hub.access.enrol(code, Applicant(line.store.device, name, public_key(key)))
    now = opened.desk.clock.now
    line.store.keep_enrolment(admission.enrolment(key, now(), url=hub.access.told_url()))
    report = run_round(line.store, _NoLine(hub, admission.token), RoundPorts(now=now), Pacing())
    if report.end is not RoundEnd.DONE:
        raise fault_of(report)


class _NoLine(MessagesOnly):
    """A ``sync.transport.Transport`` to a hub in this process. The demo has no attachments."""

    def __init__(self, hub: HubService, token: str) -> None:
        self._hub = hub
        self._token = token
        self.bytes_sent = 0
        self.bytes_received = 0

    def sync(self, body: bytes) -> bytes:
        answer = self._hub.sync(self._token, body)
        self.bytes_sent += len(body)
        self.bytes_received += len(answer)
        return answer
