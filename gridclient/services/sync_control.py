"""What screens can see of synchronisation and ask of it. No network, no process, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gridclient.domain.frozen import frozen
from gridclient.services.rows import Changes, PutAside, Runs

if TYPE_CHECKING:
    from gridclient.services.sync_port import Refused, RoundReport


class SyncState(StrEnum):
    """The state of synchronisation. Offline is a state, not an error."""

    ALONE = "alone"  # no hub: never enrolled
    IDLE = "idle"
    RUNNING = "running"
    RETRYING = "retrying"  # the last round failed; the next try is at ``next_at``
    OFFLINE = "offline"  # switched off by hand
    CONFIRM = "confirm"  # a backup was restored: a person must confirm before the first round
    FORKED = "forked"  # the hub has other events under this desk's numbers: a person must confirm new ones
    STOPPED = "stopped"  # the hub refuses this desk (revoked, update due)
    BROKEN = "broken"  # the worker cannot be started or understood: the program was updated while open


@frozen
class Belonging:
    """A desk's registration as shown: its characters in case numbers, its townships' codes, and since when; then as
    whom it acts (:class:`gridclient.services.enrolment.Enrolment`)."""

    short: str
    townships: tuple[str, ...]
    since: datetime
    unit: str = ""
    only_watches: bool = False


@frozen
class SyncView:
    """Answers two questions: is it safe to switch off (``pending_*``), and how fresh is what I see (``fresh_at``).

    Attributes:
        pending_events: how many events only this desk has, in ``pending_cases`` cases.
        pending_files: how many attachments only this desk has.
        conflicts: how many cases wait for a choice between two sides.
        next_at: when the next round comes; ``None`` if none comes by itself.
        last: the report of the last round.
        stage, done, all: the progress of a running round or stick; "" and 0 otherwise.
        by_stick: the desk has no network to its hub; no round comes by itself.
        proxy: the chosen proxy (:meth:`SyncControl.choose_proxy`), without its password.
        belonging: the registration; ``None`` before there is one.
        counted: whether the numbers, ``fresh_at`` and ``closed`` have been read yet.
        reopen: the desk was opened as somebody else than whom its rights let act now.
        closed: townships that may no longer be read, each with how fresh its cases are.
        refused: what waits and can never be sent with the rights that this desk has.
        aside: what was set aside.
    """

    state: SyncState
    pending_events: int = 0
    pending_cases: int = 0
    pending_files: int = 0
    conflicts: int = 0
    fresh_at: datetime | None = None
    next_at: datetime | None = None
    last: RoundReport | None = None
    stage: str = ""
    done: int = 0
    all: int = 0
    hub_url: str = ""
    by_stick: bool = False
    proxy: str = ""
    belonging: Belonging | None = None
    counted: bool = True
    reopen: bool = False
    closed: tuple[tuple[str, datetime], ...] = ()
    refused: tuple[Refused, ...] = ()
    aside: PutAside = PutAside()


@frozen
class BundleReport:
    """The result of a stick's file: how many events went out or came in, how many were known already, and how many own
    ones the hub has acknowledged in it."""

    file: Path
    events: int
    known: int = 0
    conflicts: int = 0
    changes: Changes = field(default_factory=Changes)
    acknowledged: int = 0


class SyncControl(Protocol):
    """The desk's access to its synchronisation. Blocking calls are marked; the others return at once.

    Raises:
        GridClientError: from blocking calls, mostly ``SyncFault``.
    """

    def view(self) -> SyncView:
        """The newest view; does not block."""
        ...

    def listen(self, told: Callable[[SyncView, Changes], None]) -> None:
        """Calls ``told``, on a thread of the synchronisation, whenever the view or the store changed."""
        ...

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        """The last rounds, newest first. Reads the store: blocking."""
        ...

    def held_cases(self, *, aside: bool) -> Runs:
        """The cases of what can never be sent, or of what was set aside. Reads the store: blocking."""
        ...

    def sync_now(self) -> None: ...
    def committed(self) -> None:
        """To be called after a write of the desk: a round follows soon."""
        ...

    def set_offline(self, offline: bool) -> None: ...
    def confirm(self) -> None:
        """A person confirmed (``CONFIRM``, ``FORKED``): rounds go on, with a new incarnation if needed."""
        ...

    def enrol(self, url: str, code: str) -> None:
        """Enrols this desk with a hub. Blocking."""
        ...

    def move(self, url: str) -> None:
        """Switches to another address of the same hub; if another hub answers there, nothing changes. Blocking."""
        ...

    def choose_proxy(self, chosen: str) -> None:
        """Sets the proxy: an address, ``direct``, or "" for the system's setting. Blocking."""
        ...

    def ask_by_file(self, file: Path) -> str:
        """Without network: writes the request for the hub's administrator; returns its check digits. Blocking."""
        ...

    def take_admission(self, file: Path) -> None:
        """Without network: reads the hub's answer from a file. Blocking."""
        ...

    def set_aside(self) -> None:
        """Sets aside what can never be sent (``refused``): it stays here and waits no longer. Blocking."""
        ...

    def export_bundle(self, file: Path) -> BundleReport:
        """Adds the events that the hub does not have to a file on a stick. Blocking."""
        ...

    def import_bundle(self, file: Path) -> BundleReport:
        """Reads a file from a stick. Blocking."""
        ...

    def stop_bundle(self) -> None:
        """Makes the running call about a stick raise ``Cancelled``. What was done until then stays, consistently."""
        ...
