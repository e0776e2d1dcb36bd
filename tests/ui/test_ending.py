"""The system asks the desk to end; a real signal, and a window at rest."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QFileDialog

from gridclient.ui.ending import closed_when_asked

_LONG_MS = 10_000


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_a_window_at_rest(sign: signal.Signals) -> None:
    loop, asked = QEventLoop(), []
    given_up = QTimer(singleShot=True, interval=_LONG_MS)
    given_up.timeout.connect(lambda: loop.exit(1))

    def close() -> None:
        asked.append(sign)
        loop.quit()

    before = signal.getsignal(sign)
    sent = threading.Timer(0.2, os.kill, (os.getpid(), sign))
    with closed_when_asked(close):
        given_up.start()
        sent.start()
        status = loop.exec()
    sent.join()
    given_up.stop()
    assert (status, asked) == (0, [sign])
    assert signal.getsignal(sign) == before
    assert signal.set_wakeup_fd(-1) == -1


@pytest.mark.usefixtures("qapp")
def test_a_signal_ends_what_waits_for_an_open_dialog() -> None:
    dialog, asked = QFileDialog(), []
    given_up = QTimer(singleShot=True, interval=_LONG_MS)
    given_up.timeout.connect(lambda: dialog.done(7))
    sent = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM))
    with closed_when_asked(lambda: asked.append("closed")):
        given_up.start()
        sent.start()
        answer = dialog.exec()
    sent.join()
    given_up.stop()
    assert (answer, asked) == (QFileDialog.DialogCode.Rejected, ["closed"])
