"""How long the fault suite runs (``GRIDCLIENT_FAULTS=full`` for all of it), and its counts of what it injected."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.quick_disk import quick_folder
from tests.faults.tally import INJECTED, PROVED


@pytest.fixture(scope="session")
def is_full() -> bool:
    """Whether everything is to be run, not only the short form."""
    return os.environ.get("GRIDCLIENT_FAULTS", "") == "full"


@pytest.fixture(name="quick_folder")
def a_quick_folder() -> Iterator[Path]:
    with quick_folder() as folder:
        yield folder


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One of several processes that test side by side hands its counts to the one that prints the table."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["faults"] = dict(INJECTED), dict(PROVED)
