"""Every test of this folder runs on both databases of a hub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gridclient.hub.backend import Backend
from gridclient.hub.rights import grants_for
from gridclient.hub.service import HubService
from tests.fakes.hub_databases import KINDS, opened
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events

NOW = 1_795_000_000.0


@pytest.fixture(params=KINDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    with opened(request.param, tmp_path) as backend:
        yield backend


@pytest.fixture
def service(backend: Backend) -> Iterator[HubService]:
    service = HubService(backend, lambda: NOW)
    yield service
    service.close()


@pytest.fixture
def desk(service: HubService) -> HubDesk:
    """A township's desk with 60 events."""
    desk = HubDesk("desk-0001", "t:371002001")
    desk.enrol(service.access, grants_for("371002001"))
    desk.records = list(invented_events(desk.origin, 60, seed=1))
    return desk


@pytest.fixture
def other(service: HubService) -> HubDesk:
    """A second desk of the same township with 40 events."""
    desk = HubDesk("desk-0002", "t:371002001")
    desk.enrol(service.access, grants_for("371002001"))
    desk.records = list(invented_events(desk.origin, 40, seed=2))
    return desk
