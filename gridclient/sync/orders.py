"""What passes between the desk and its synchronisation worker: orders one way, what is told the other; plain values.

Both go through a pipe between processes, so everything here can be pickled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from gridclient.services.rows import Changes
from gridclient.services.sync_control import BundleReport, SyncState
from gridclient.services.sync_port import RoundReport


@dataclass(frozen=True, slots=True)
class SyncNow:
    """A round at once; also when the machine says that its network is back."""


@dataclass(frozen=True, slots=True)
class Committed:
    """The desk wrote something."""


@dataclass(frozen=True, slots=True)
class SetOffline:
    """The switch."""

    offline: bool


@dataclass(frozen=True, slots=True)
class Confirm:
    """Somebody looked at a restored backup or a fork: go on."""


@dataclass(frozen=True, slots=True)
class Enrol:
    """Enrol with a hub. ``ticket`` comes back with the answer."""

    ticket: int
    url: str
    code: str


@dataclass(frozen=True, slots=True)
class Move:
    """The hub has another address."""

    ticket: int
    url: str


@dataclass(frozen=True, slots=True)
class ChooseProxy:
    """By which proxy from now on: an address, ``direct``, or "" for what the machine says."""

    ticket: int
    chosen: str


@dataclass(frozen=True, slots=True)
class ExportBundle:
    """Add to a file on a stick."""

    ticket: int
    file: Path


@dataclass(frozen=True, slots=True)
class ImportBundle:
    """Take a file from a stick."""

    ticket: int
    file: Path


@dataclass(frozen=True, slots=True)
class AskByFile:
    """Write what the desk says of itself, for somebody to carry to the hub."""

    ticket: int
    file: Path


@dataclass(frozen=True, slots=True)
class TakeAdmission:
    """Take the hub's answer from a file."""

    ticket: int
    file: Path


@dataclass(frozen=True, slots=True)
class StopBundle:
    """Stop the work with a stick that was ordered with this ticket; without it nothing happens."""

    ticket: int


@dataclass(frozen=True, slots=True)
class Stop:
    """End; a round is cut between two batches."""


Ticketed: TypeAlias = Enrol | Move | ChooseProxy | AskByFile | TakeAdmission | ExportBundle | ImportBundle
Order: TypeAlias = SyncNow | Committed | SetOffline | Confirm | Ticketed | StopBundle | Stop


@dataclass(frozen=True, slots=True)
class Stands:
    """How synchronisation stands now. ``next_at``: when the next round comes, where one does by itself; ``by_stick``:
    the desk has no line and works with its hub by stick alone; ``proxy``: the chosen one, without its password."""

    state: SyncState
    next_at: datetime | None = None
    url: str = ""
    by_stick: bool = False
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far a round or a file is."""

    stage: str
    done: int
    all: int


@dataclass(frozen=True, slots=True)
class Changed:
    """The store has something new."""

    changes: Changes


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """A round is over."""

    report: RoundReport


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an order with a ticket: ``error`` is "" when it was done."""

    ticket: int
    bundle: BundleReport | None = None
    error: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


Told: TypeAlias = Stands | Progressed | Changed | RoundEnded | Answered
