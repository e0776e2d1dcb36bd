"""Ends the desk as if its window were closed when the system asks for it: at log-out, by Ctrl+C, or with the demo."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication, QDialog

_SIGNS: Final = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def closed_when_asked(close: Callable[[], object]) -> Iterator[Sequence[int]]:
    """While the block runs, SIGTERM and SIGINT reject open dialogs and call ``close``, on the GUI thread.

    Yields the signals that have come so far, for a block that first goes to its end.

    A signal handler in Python waits until Python runs, which it may not do for long while a window rests. Python writes
    the signal's number to a socket at once, and Qt watches that socket.
    """
    read, write = socket.socketpair()
    with read, write:
        for end in (read, write):
            end.setblocking(False)
        watch = QSocketNotifier(read.fileno(), QSocketNotifier.Type.Read)

        def on_signal() -> None:
            if any(sign in _SIGNS for sign in read.recv(16)):
                for dialog in QApplication.topLevelWidgets():
                    if isinstance(dialog, QDialog) and dialog.isVisible():
                        dialog.reject()
                close()

        watch.activated.connect(on_signal)
        came: list[int] = []
        handlers = {sign: signal.signal(sign, lambda number, _frame: came.append(number)) for sign in _SIGNS}
        woken = signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
        try:
            yield came
        finally:
            signal.set_wakeup_fd(woken)
            for sign, handler in handlers.items():
                signal.signal(sign, handler)
            watch.setEnabled(False)
