"""The stage on which each contract is played twice: in memory and in a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.stage import Stage, opened
from tests.fakes.import_store import ImportStore


@pytest.fixture(params=["memory", "sqlite"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with opened(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ImportStore]:
    opened = ImportStore(tmp_path / "store.db")
    yield opened
    opened.close()
