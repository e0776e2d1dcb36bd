"""A hub that answers over HTTP, on a file; a database on a server; the administrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gridclient.hub.backend import Backend
from tests.fakes.command_line import CommandLine
from tests.fakes.hub_databases import database, opened
from tests.fakes.running_hub import HubLine, hub_on_thread


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[Backend]:
    with opened("sqlite", tmp_path) as backend:
        yield backend


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database on a real server."""
    with database("postgres", tmp_path) as url:
        yield url


@pytest.fixture
def line(backend: Backend, tmp_path: Path) -> Iterator[HubLine]:
    with hub_on_thread(backend, tmp_path) as line:
        yield line


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The administrator's command line."""
    return CommandLine(tmp_path / "office", capsys)
