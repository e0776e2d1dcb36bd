"""What the desk's screens are told of synchronisation and what they can ask of it; no network, no process, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gridclient.domain.frozen import frozen
from gridclient.services.rows import Changes

if TYPE_CHECKING:
    from gridclient.services.sync_port import RoundReport


class SyncState(StrEnum):
    """What synchronisation is doing. Offline is a state, not an error."""

    ALONE = "alone"  # no hub was ever named
    IDLE = "idle"
    RUNNING = "running"
    RETRYING = "retrying"  # the last round failed; another comes at ``next_at``
    OFFLINE = "offline"  # switched off by hand
    CONFIRM = "confirm"  # a backup was restored: somebody has to look before the first round
    FORKED = "forked"  # the hub knows other events under this desk's numbers: somebody has to confirm a new start
    STOPPED = "stopped"  # the hub will not have this desk (revoked, update due)
    BROKEN = "broken"  # the worker cannot be started or understood: the program was changed under the open desk


@frozen
class Belonging:
    """How a desk is registered with a hub: its sign in the numbers of cases, the codes of its townships, since when."""

    short: str
    townships: tuple[str, ...]
    since: datetime


@frozen
class SyncView:
    """The answers to two questions: is it safe to switch off (``pending_*``), how fresh is what I see (``fresh_at``).

    Attributes:
        pending_events: how many events only this desk has, of ``pending_cases`` cases.
        pending_files: how many attachments only this desk has.
        conflicts: how many cases wait for somebody to choose between two sides.
        next_at: when the next round comes; ``None`` where none comes by itself.
        last: the report of the last round.
        stage, done, all: how far a round or a stick is while one runs; "" and 0 otherwise.
        by_stick: the desk belongs to a hub to which it has no line; no round comes by itself.
        proxy: what was chosen (:meth:`SyncControl.choose_proxy`), without its password.
        belonging: how the desk is registered with the hub; ``None`` before it is.
        counted: whether the numbers, ``fresh_at`` and ``closed`` are known yet.
        closed: townships of which a right was taken away, each with how fresh its cases stayed.
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
    closed: tuple[tuple[str, datetime], ...] = ()


@frozen
class BundleReport:
    """What became of a file on a stick: how many events went out or came in, how many were known already, and of how
    many own ones it said that the hub has them now."""

    file: Path
    events: int
    known: int = 0
    conflicts: int = 0
    changes: Changes = field(default_factory=Changes)
    acknowledged: int = 0


class SyncControl(Protocol):
    """The desk's handle on its synchronisation. Calls that block say so; the others return at once.

    Raises:
        GridClientError: of the blocking calls, ``SyncFault`` above all.
    """

    def view(self) -> SyncView:
        """The newest view; cheap."""
        ...

    def listen(self, told: Callable[[SyncView, Changes], None]) -> None:
        """``told`` is called on a thread of the synchronisation whenever the view or the store changed."""
        ...

    def rounds(self, limit: int = 50) -> Sequence[RoundReport]:
        """The last rounds, newest first. Reads the store: blocking."""
        ...

    def sync_now(self) -> None: ...
    def committed(self) -> None:
        """The desk wrote something: a round follows soon."""
        ...

    def set_offline(self, offline: bool) -> None: ...
    def confirm(self) -> None:
        """Somebody looked (``CONFIRM``, ``FORKED``): go on, under a new start of the numbers where that is needed."""
        ...

    def enrol(self, url: str, code: str) -> None:
        """Enrols this desk with a hub. Blocking."""
        ...

    def move(self, url: str) -> None:
        """Goes on with the same hub at another address; a stranger there changes nothing. Blocking."""
        ...

    def choose_proxy(self, chosen: str) -> None:
        """By which proxy the hub is reached: an address, ``direct``, or "" for what the machine says. Blocking."""
        ...

    def ask_by_file(self, file: Path) -> str:
        """Without a line: writes what this desk says of itself, for the hub's administrator. Gives the digits that
        both sides show. Blocking."""
        ...

    def take_admission(self, file: Path) -> None:
        """Without a line: takes the hub's answer. Blocking."""
        ...

    def export_bundle(self, file: Path) -> BundleReport:
        """Adds what the hub does not have to a file on a stick. Blocking."""
        ...

    def import_bundle(self, file: Path) -> BundleReport:
        """Takes a file from a stick. Blocking."""
        ...

    def stop_bundle(self) -> None:
        """The call that works with a stick raises ``Cancelled``; the file and the store stay as they were, or whole up
        to some point."""
        ...
