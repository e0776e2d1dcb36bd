"""Waits for what another process or thread does: soon done on an idle machine, with patience on a busy one."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PATIENCE_S: Final = 30.0
_LOOK_S: Final = 0.05


def eventually(done: Callable[[], bool], told: Callable[[], object] = str) -> None:
    """Returns when ``done``; raises ``AssertionError`` with what is ``told`` if that takes too long."""
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until, told()
        time.sleep(_LOOK_S)
