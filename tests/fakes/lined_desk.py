"""Hubs on real sockets, also with certificates, and desks with real stores that are enrolled with them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gridclient.hub.access import Access
from gridclient.hub.app import HubSettings, build_hub
from gridclient.hub.certificate import fingerprint_of, own_certificate
from gridclient.hub.opening import open_backend
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.services.sync_port import RoundReport
from gridclient.sync.enrolling import enrol, line_to
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.terms import SPOKEN, Versions
from gridclient.sync.transport import Pacing
from tests.contract.stage import NOW, STREAM, TOWNSHIP
from tests.fakes.running_hub import served
from tests.fakes.toy_desk import ToyDesk

FULL: Final = (Grant(STREAM, writes=True),)
Pem = tuple[Path, Path]
"""A certificate and its key."""


def new_pem(folder: Path) -> Pem:
    """A certificate that nobody knows, in a new folder."""
    folder.mkdir()
    return own_certificate(folder)


@dataclass
class RunningHub:
    """A hub that runs, and what its administrator would do."""

    url: str
    access: Access
    fingerprint: bytes
    shelf: Path

    def code(self, grants: tuple[Grant, ...] = FULL) -> str:
        return self.access.issue_code(grants, township=TOWNSHIP, name="", fingerprint=self.fingerprint)

    def file(self, sha256: str) -> Path:
        return self.shelf / sha256[:2] / sha256


@contextmanager
def running_hub(
    folder: Path, *, pem: Pem | None = None, claims: bytes | None = None, **more: Any
) -> Iterator[RunningHub]:
    """The hub of ``folder``, started anew. ``claims``: says that it shows this certificate, whichever it does."""
    folder.mkdir(exist_ok=True)
    shown = fingerprint_of(pem[0]) if pem else b""
    certificate = shown if claims is None else claims
    backend = open_backend(f"sqlite:///{folder / 'hub.db'}")
    app = build_hub(backend, HubSettings(folder / "files", "admin", threads=4, certificate=certificate, **more))
    second = open_backend(f"sqlite:///{folder / 'hub.db'}", connections=1)
    try:
        with served(app, pem) as url:
            yield RunningHub(url, Access(second, time.time), shown, folder / "files")
    finally:
        second.close()


def enrolled(desk: ToyDesk, hub: RunningHub, grants: tuple[Grant, ...] = FULL) -> Enrolment:
    """The desk with a real enrolment, by a code."""
    return enrol(desk.sync, hub.url, hub.code(grants), name="", key=lambda: desk.key, now=lambda: NOW)


def synced(desk: ToyDesk, *, versions: Versions = SPOKEN) -> RoundReport:
    """One round over the desk's own line."""
    enrolment = desk.sync.enrolment()
    assert enrolment is not None
    line = line_to(enrolment)
    try:
        return run_round(desk.sync, line, RoundPorts(now=desk.stage.clock.now, versions=versions), Pacing())
    finally:
        line.close()


def kept(desk: ToyDesk) -> Enrolment:
    enrolment = desk.sync.enrolment()
    assert enrolment is not None
    return enrolment
