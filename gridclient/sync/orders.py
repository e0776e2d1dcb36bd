"""What passes between the desk and its synchronisation worker: orders one way, what is told the other; plain values.

Both go through a pipe between processes, so everything here can be pickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from gridclient.domain.frozen import frozen
from gridclient.services.rows import Changes
from gridclient.services.sync_control import Belonging, BundleReport, SyncState
from gridclient.services.sync_port import RoundReport


@frozen
class SyncNow:
    """A round at once; also when the machine says that its network is back."""


@frozen
class Committed:
    """The desk wrote something."""


@frozen
class SetOffline:
    """The switch."""

    offline: bool


@frozen
class Confirm:
    """Somebody looked at a restored backup or a fork: go on."""


@frozen
class Enrol:
    """Enrol with a hub. ``ticket`` comes back with the answer."""

    ticket: int
    url: str
    code: str


@frozen
class Move:
    """The hub has another address."""

    ticket: int
    url: str


@frozen
class ChooseProxy:
    """By which proxy from now on: an address, ``direct``, or "" for what the machine says."""

    ticket: int
    chosen: str


@frozen
class ExportBundle:
    """Add to a file on a stick."""

    ticket: int
    file: Path


@frozen
class ImportBundle:
    """Take a file from a stick."""

    ticket: int
    file: Path


@frozen
class AskByFile:
    """Write what the desk says of itself, for somebody to carry to the hub."""

    ticket: int
    file: Path


@frozen
class TakeAdmission:
    """Take the hub's answer from a file."""

    ticket: int
    file: Path


@frozen
class SetAside:
    """What the hub takes from this desk no more is not to wait any longer."""

    ticket: int


@frozen
class StopBundle:
    """Stop the work with a stick that was ordered with this ticket; without it nothing happens."""

    ticket: int


@frozen
class Stop:
    """End; a round is cut between two batches."""


Ticketed: TypeAlias = Enrol | Move | ChooseProxy | AskByFile | TakeAdmission | ExportBundle | ImportBundle | SetAside
Order: TypeAlias = SyncNow | Committed | SetOffline | Confirm | Ticketed | StopBundle | Stop


@frozen
class Stands:
    """How synchronisation stands now.

    Attributes:
        next_at: when the next round comes; ``None`` where none comes by itself.
        url: the hub's address, "" without one.
        by_stick: the desk has no line and works with its hub by stick alone.
        proxy: the chosen one, without its password.
        belonging: how the desk is registered with the hub; ``None`` before it is.
    """

    state: SyncState
    next_at: datetime | None = None
    url: str = ""
    by_stick: bool = False
    proxy: str = ""
    belonging: Belonging | None = None


@frozen
class Progressed:
    """How far a round or a file is."""

    stage: str
    done: int
    all: int


@frozen
class Changed:
    """The store has something new."""

    changes: Changes


@frozen
class RoundEnded:
    """A round is over."""

    report: RoundReport


@frozen
class Answered:
    """What became of an order with a ticket: ``error`` is "" when it was done."""

    ticket: int
    bundle: BundleReport | None = None
    error: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


Told: TypeAlias = Stands | Progressed | Changed | RoundEnded | Answered
