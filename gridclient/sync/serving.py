"""The worker's process: what runs in it, and the pipe on which its orders come. Ends with the desk that started it."""

from __future__ import annotations

import gc
import logging
import random
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, Final

from gridclient.domain.frozen import frozen
from gridclient.services.pipe import Unreadable, taken
from gridclient.services.rows import Changes
from gridclient.services.sync_port import SyncStore
from gridclient.sync.network import way_to
from gridclient.sync.orders import Order, Stop, Told
from gridclient.sync.worker import Hub, SyncWorker, WorkerPorts

_LOG: Final = logging.getLogger(__name__)
_MANY_VALUES: Final = 50_000


@frozen
class WorkerParts:
    """What the composition opens in the process; see :class:`gridclient.sync.worker.WorkerPorts`."""

    store: SyncStore
    hub: Hub
    now: Callable[[], datetime]
    waiting: Callable[[], int]
    recompute: Callable[[Callable[[int, int], None]], Changes]


Opening = Callable[..., AbstractContextManager[WorkerParts]]


class PipeOrders:
    """Orders from a pipe. A desk that is gone orders to stop; so does one of another program, which is told so."""

    def __init__(self, link: Connection) -> None:
        self._link = link

    def take(self, wait: float | None) -> Order | None:
        """See :class:`gridclient.sync.worker.Orders`."""
        try:
            if not self._link.poll(wait):
                return None
            order: Order = taken(self._link, Order)
        except Unreadable as problem:
            _LOG.warning("the desk speaks otherwise: %s", problem)
            _tell(self._link, None)  # which no desk can read either
            return Stop()
        except (EOFError, OSError):
            return Stop()
        return order


def serve(link: Connection, opening: str, given: tuple[Any, ...], offline: bool) -> None:
    """The process. ``opening``: ``package.module:function`` that is called with ``given`` and opens the parts."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the desk ends first, and says so
    module, _, function = opening.partition(":")
    open_parts: Opening = getattr(import_module(module), function)
    with open_parts(*given) as parts:
        collect_seldom()
        around = WorkerPorts(
            hub=parts.hub,
            tell=lambda told: _tell(link, told),
            now=parts.now,
            monotonic=time.monotonic,
            random=random.random,
            waiting=parts.waiting,
            network=way_to,
            recompute=parts.recompute,
        )
        SyncWorker(parts.store, PipeOrders(link), around, offline=offline).run()


def collect_seldom() -> None:
    """What was loaded stays, and events are thousands of small values that hold no circles: to look for some among
    them takes longer than to read them."""
    gc.freeze()
    gc.set_threshold(_MANY_VALUES)


def _tell(link: Connection, told: Told | None) -> None:
    try:
        link.send(told)
    except OSError:
        _LOG.info("nobody listens any more")  # the next look for orders ends the worker
