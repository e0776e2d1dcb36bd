"""What every test stands on: Qt's environment, the map's URL scheme, guards against leftovers and calls outside,
and the table of injected faults at the end.

pytest-qt makes the application; the variables and the scheme must be in place before it does.
"""

from __future__ import annotations

import importlib
import importlib.util
import ipaddress
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.faults.tally import INJECTED, PROVED, table

if TYPE_CHECKING:  # it takes up the application's variables when it is imported
    from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")
os.environ["QT_API"] = "pyside6"

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"
GRACE_FOR_THREADS_S = 3.0
PATIENCE_MS = 30_000
OPEN_FILES = Path("/proc/self/fd")  # Linux; elsewhere this guard sees nothing

settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def _prepare_web_engine() -> None:
    if importlib.util.find_spec("gridclient.mapview") is None:
        return
    if importlib.util.find_spec("gridclient.mapview.scheme") is not None:
        scheme = importlib.import_module("gridclient.mapview.scheme")
        scheme.prepare_environment()  # pages run as they do on the desk
        scheme.register_scheme()


_prepare_web_engine()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real-world files beside the checkout; a test that needs it skips where there is none."""
    if not REAL_DATA.is_dir():
        pytest.skip("the real data (../shared/data) is not on this machine")
    return REAL_DATA


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """Waits longer than pytest-qt by itself: a machine that tests on all its cores may need that for a process."""
    for wait in ("waitUntil", "waitSignal", "waitSignals", "waitExposed"):
        setattr(qtbot, wait, partial(getattr(qtbot, wait), timeout=PATIENCE_MS))
    return qtbot


def _is_outside(address: object) -> bool:
    """Whether a socket address leaves the machine. Paths (AF_UNIX) and the loopback range do not."""
    if not isinstance(address, tuple) or not address:
        return False
    host = str(address[0])
    if host in {"", "localhost"}:
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True  # a name that would have to be looked up


@pytest.fixture(autouse=True)
def no_call_outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every connection that leaves the machine, and fail the test even if the code swallowed the refusal."""
    refused: list[object] = []

    def guarded(name: str) -> Callable[..., object]:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, *args: object) -> object:
            if _is_outside(args[-1]):
                refused.append(args[-1])
                raise PermissionError(f"a test may not reach {args[-1]}")
            return original(self, *args)

        return call

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, guarded(name))
    yield
    if refused:
        pytest.fail(f"the test tried to reach {refused}")


@pytest.fixture(autouse=True)
def no_dangling_thread() -> Iterator[None]:
    """Fail a test that leaves a thread running which would keep the program from ending."""
    before = set(threading.enumerate())
    yield
    until = time.monotonic() + GRACE_FOR_THREADS_S
    dangling = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in dangling:
        thread.join(max(0.0, until - time.monotonic()))
    left = [thread.name for thread in dangling if thread.is_alive()]
    if left:
        pytest.fail(f"threads left running: {left}")


@pytest.fixture(autouse=True)
def no_open_file(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a file of its folder open: Python 3.11 says nothing of a database that nobody closed."""
    folder = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    if folder is None or not OPEN_FILES.is_dir():
        return
    left = {name for name in map(_opened, OPEN_FILES.iterdir()) if name.startswith(f"{folder}{os.sep}")}
    if left:
        pytest.fail(f"files left open: {sorted(left)}")


def _opened(entry: Path) -> str:
    """The path that a descriptor stands for; none for one that is closed by now."""
    try:
        return str(entry.readlink())
    except OSError:
        return ""


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """One of several processes that test side by side has ended: its counts join those of the others."""
    for whole, part in zip((INJECTED, PROVED), getattr(node, "workeroutput", {}).get("faults", ()), strict=False):
        whole.update(part)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if INJECTED:
        terminalreporter.section("faults injected, and what held in the end")
        for line in table():
            terminalreporter.write_line(line)
