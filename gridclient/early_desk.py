"""A desk that can be asked before its own store is open: the forerunner answers, until the store is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridclient.domain.errors import GridClientError
from gridclient.forerunner import Forerunner, Ready
from gridclient.mapview.basemaps import BaseMapFolder, openers
from gridclient.services.desk import Desk
from gridclient.services.ports import UnitOfWork
from gridclient.system import RandomIds, SystemClock

if TYPE_CHECKING:
    from filelock import FileLock

    from gridclient.composition import OpenedDesk
    from gridclient.services.map_port import TileArchive


class EarlyDesk:
    """Safe to use from any thread; close it.

    Attributes:
        desk: its services. What writes waits for the store.
        ready: what the forerunner said of the profile.
    """

    def __init__(self, profile: Path, forerunner: Forerunner, ready: Ready, lock: FileLock) -> None:
        self._profile, self._forerunner, self._lock = profile, forerunner, lock
        self.ready = ready
        self._closing = ExitStack()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="opening")
        self._once = threading.Lock()
        self._opening: Future[OpenedDesk] | None = None
        self.desk = Desk(
            queries=self._late("queries"),
            reference=self._late("reference"),
            settings=self._late("settings"),
            map_data=self._late("map_data"),
            files=self._late("files"),
            work=self._work,
            clock=SystemClock(),
            ids=RandomIds(),
            actor=ready.actor,
        )

    def open(self) -> Future[OpenedDesk]:
        """Opens the store, once, on a thread of its own."""
        with self._once:
            if self._opening is None:
                self._opening = self._pool.submit(self._open)
            return self._opening

    def opened(self) -> OpenedDesk:
        """The store's own desk, as soon as it is open.

        Raises:
            GridClientError: see :func:`gridclient.composition.open_desk`.
        """
        return self.open().result()

    def close(self) -> None:
        """Lets what opens finish, and gives the profile back."""
        self._pool.shutdown(cancel_futures=True)
        self._forerunner.close()
        self._closing.close()
        self._lock.release()

    def _open(self) -> OpenedDesk:
        from gridclient.composition import open_desk

        opened = self._closing.enter_context(open_desk(self._profile, held=self._lock))
        self._forerunner.close()
        with suppress(GridClientError):  # what is wrong is told to whoever asks for it
            opened.read_ahead()
        return opened

    def _work(self) -> AbstractContextManager[UnitOfWork]:
        return self.opened().desk.work()

    def _late(self, part: str) -> Any:
        return Late(partial(self._ask, part))

    def _ask(self, part: str, call: str, *args: Any, **given: Any) -> Any:
        if self._opening is None or not self._opening.done():
            if (part, call) == ("settings", "value"):
                return self.ready.values.get(args[0], "")
            answer = self._forerunner.ask(part, call, args, given)
            if answer is not None:
                return answer[0]
        return getattr(getattr(self.opened().desk, part), call)(*args, **given)


class Late:
    """Stands for an object of which every call is answered by ``ask``."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        self._ask = ask

    def __getattr__(self, call: str) -> Any:
        return partial(self._ask, call)


def base_maps_in(profile: Path) -> BaseMapFolder:
    """The base maps that were imported into the profile; the caller closes them."""
    return BaseMapFolder(profile / "basemaps", openers(_mbtiles))


def _mbtiles(path: Path) -> TileArchive:
    from gridclient.store.mbtiles import MBTilesArchive

    return MBTilesArchive(path)
