"""Runs the county's hub and, if wanted, a second desk while the demo's window is open."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from gridclient.demo.freshness import SECOND_DESK
from gridclient.demo.line import hub_address, hub_database

_PATIENCE_S: Final = 10.0
_PR_SET_PDEATHSIG: Final = 1


@contextmanager
def demo_running(folder: Path, *, second_desk: bool = False) -> Iterator[None]:
    """Starts the hub in ``folder/hub`` and the second desk in ``folder/second``; both end with the block.

    A hub that cannot start (its port is taken) says so; the desk opens all the same and works without a line.
    """
    hub = ["hub", "serve", "--db", hub_database(folder), "--listen", hub_address(folder)]
    with ExitStack() as running:
        running.enter_context(_process([*hub, "--folder", str(folder / "hub")]))
        if second_desk:
            running.enter_context(_process(["--profile", str(folder / SECOND_DESK)]))
        yield


@contextmanager
def _process(arguments: Sequence[str]) -> Iterator[None]:
    """Runs this program in another process until the block ends, or until this process ends in any way."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "gridclient"]
    end_too = _ends_with(os.getpid()) if sys.platform == "linux" else None
    with subprocess.Popen([*program, *arguments], stdin=subprocess.DEVNULL, preexec_fn=end_too) as process:  # noqa: PLW1509 - it only asks the system, and takes no lock that a thread may hold
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _ends_with(parent: int) -> Callable[[], None]:
    """A function for the new process: it asks the system to end it when its parent ends, even if Qt aborts that."""
    prctl = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # gone already
            os._exit(1)

    return ask
