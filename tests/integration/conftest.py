"""Desks on stores of their own, and a hub in memory that keeps them in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gridclient.services.enrolment import Grant
from tests.contract.stage import STREAM, UNITS, Stage, opened
from tests.fakes.import_store import ImportStore
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import Desks, ToyDesk, some_desks, toy_desk


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ToyDesk]:
    with toy_desk(tmp_path / "1", 1) as made:
        yield made


@pytest.fixture
def second(tmp_path: Path) -> Iterator[ToyDesk]:
    with toy_desk(tmp_path / "2", 2) as made:
        yield made


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with some_desks(tmp_path, 2) as (one, two):
        yield one, two


@pytest.fixture
def department(desks: Desks) -> ToyDesk:
    """The second desk, which is the unit's."""
    desks[1].enrol(Grant(STREAM, writes=True, unit=UNITS[0]))
    return desks[1]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with opened("sqlite", tmp_path) as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ImportStore]:
    opened = ImportStore(tmp_path / "store.db")
    yield opened
    opened.close()
