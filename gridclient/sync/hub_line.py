"""What a desk does with its hub outside of rounds: enrolling, another address or certificate, the proxy, connecting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from gridclient.services.enrolment import Enrolment
from gridclient.services.sync_port import SyncStore
from gridclient.sync import enrolling, moving
from gridclient.sync.proxies import checked_choice
from gridclient.sync.transport import Transport


class HubLine:
    """Used by the worker and by the command line. Blocking.

    Args:
        name: the desk's name, as the hub's administrator reads it.
        key: the desk's private signing key (32 bytes); the first call makes it.
        now: the time, aware.
        proxy: the proxy chosen for this desk, "" for the machine's setting.
        keep_proxy: stores another choice.
    """

    def __init__(
        self,
        store: SyncStore,
        *,
        name: Callable[[], str],
        key: Callable[[], bytes],
        now: Callable[[], datetime],
        proxy: Callable[[], str],
        keep_proxy: Callable[[str], None],
    ) -> None:
        self._store = store
        self._name = name
        self._key = key
        self._now = now
        self._proxy = proxy
        self._keep_proxy = keep_proxy

    def connect(self, enrolment: Enrolment) -> Transport:
        """See :func:`gridclient.sync.enrolling.line_to`."""
        return enrolling.line_to(enrolment, proxy=self._proxy())

    def enrol(self, url: str, code: str) -> Enrolment:
        """See :func:`gridclient.sync.enrolling.enrol`."""
        return enrolling.enrol(
            self._store, url, code, name=self._name(), key=self._key, now=self._now, proxy=self._proxy()
        )

    def ask_by_file(self, file: Path) -> str:
        """See :func:`gridclient.sync.enrolling.ask_by_file`."""
        return enrolling.ask_by_file(self._store, file, name=self._name(), key=self._key)

    def take_admission(self, file: Path) -> Enrolment:
        """See :func:`gridclient.sync.enrolling.take_admission`."""
        return enrolling.take_admission(self._store, file, key=self._key, now=self._now)

    def move(self, url: str) -> Enrolment:
        """See :func:`gridclient.sync.moving.move`."""
        return moving.move(self._store, url, proxy=self._proxy())

    def recertify(self) -> bool:
        """See :func:`gridclient.sync.moving.recertify`."""
        return moving.recertify(self._store, proxy=self._proxy())

    def choose_proxy(self, chosen: str) -> None:
        """Checks and keeps a choice of proxy; see :func:`gridclient.sync.proxies.checked_choice`."""
        self._keep_proxy(checked_choice(chosen))

    def proxy(self) -> str:
        """The chosen proxy; "" for the machine's setting."""
        return self._proxy()
