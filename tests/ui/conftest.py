"""What the tests of windows share: the desk's look, its jobs, and a desk of invented cases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gridclient.ui.jobs import Jobs


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    """Jobs that are drained when the test ends."""
    made = Jobs(readers=2)
    yield made
    made.close()
    made.deleteLater()
