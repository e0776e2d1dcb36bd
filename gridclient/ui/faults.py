"""Says on the screen that the program failed; what went wrong is written to a crash file by :mod:`gridclient.logs`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6.QtCore import QTimer

from gridclient.domain.errors import GridClientError
from gridclient.ui.banner import Banner

_REST_MS: Final = 60_000
"""What fails with every paint is told once in this time."""


@contextmanager
def faults_told(banner: Banner, folder: Path) -> Iterator[None]:
    """Within the block the banner tells faults of the GUI thread, and that ``folder`` has their crash files.

    A fault of another thread is told to whoever asked for its work (:mod:`gridclient.ui.jobs`).
    """
    before, resting = sys.excepthook, QTimer(banner, singleShot=True, interval=_REST_MS)

    def tell() -> None:
        banner.tell_error(GridClientError("step.failed", folder=str(folder)))

    def on_fault(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        before(kind, error, where)
        here = threading.current_thread() is threading.main_thread()
        if here and issubclass(kind, Exception) and not resting.isActive():
            resting.start()
            QTimer.singleShot(0, banner, tell)  # not amid what failed, which may be a paint

    sys.excepthook = on_fault
    yield
    sys.excepthook = before
