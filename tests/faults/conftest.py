"""How long the fault suite runs (``GRIDCLIENT_FAULTS=full`` for all of it), and the table of what it injected."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.tally import INJECTED, table

_MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def is_full() -> bool:
    """Whether everything is to be run, not only the short form."""
    return os.environ.get("GRIDCLIENT_FAULTS", "") == "full"


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """A folder in memory where there is one: durable writes are what a store is slow at."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if INJECTED:
        terminalreporter.section("faults injected, and what held in the end")
        for line in table():
            terminalreporter.write_line(line)
