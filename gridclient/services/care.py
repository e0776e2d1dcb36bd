"""What the settings page asks of the folder that holds the desk: copies, the recovery key, imported base maps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from gridclient.domain.frozen import frozen
from gridclient.services.map_port import BaseLayer
from gridclient.services.rows import StandardListRow


class BackupKind(Enum):
    """How a backup came about; the store of ``DAMAGED`` could not be opened when it was put aside."""

    AUTOMATIC = "automatic"
    BY_HAND = "by_hand"
    REPLACED = "replaced"
    BEFORE_UPGRADE = "before_upgrade"
    DAMAGED = "damaged"


@frozen
class BackupRow:
    """One backup in the profile's folder."""

    path: Path
    at: datetime
    size: int
    kind: BackupKind


@frozen
class BaseMapRow:
    """An imported base map with its file."""

    layer: BaseLayer
    file: str
    size: int


@frozen
class AuditRow:
    """One line of the audit log: who did or looked at what. A case is named by its number where it has one."""

    no: int
    at: datetime
    actor: str
    what: str
    subject: str


class Care(Protocol):
    """Blocking; call it from a pool thread."""

    def backups(self) -> Sequence[BackupRow]:
        """The backups that are there, the newest first."""
        ...

    def back_up(self, target: Path | None = None) -> Path:
        """Writes a backup, into the profile's folder if no place is named, and gives its place.

        Raises:
            InvalidInput: there is something of that name already (``backup.exists``).
            StoreUnavailable: no room, or the store cannot be read.
        """
        ...

    def recovery_key(self) -> str:
        """The key that opens backups on another machine, in groups to be written down."""
        ...

    def check_recovery_key(self, text: str) -> None:
        """Whether what somebody typed can be a recovery key; raises ``InvalidInput("recovery.key")``."""
        ...

    def standard_lists(self) -> Sequence[StandardListRow]:
        """All lists of filing conditions."""
        ...

    def use_list(self, name: str, *, in_force: bool) -> None:
        """Offers the conditions of a list, or does not any more; what was filed under them stays."""
        ...

    def audit_lines(self) -> Sequence[AuditRow]:
        """The newest lines of the audit log, newest first: all of them for those who answer for others, else one's
        own."""
        ...

    def save_audit(self, target: Path, rows: Sequence[AuditRow]) -> None:
        """Writes these lines as a workbook that says who made it and when; that leaves a line itself.

        Raises:
            StoreUnavailable: the disk refuses (``report.not_written``).
        """
        ...

    def base_maps(self) -> Sequence[BaseMapRow]: ...

    def remove_base_map(self, layer_id: str) -> None:
        """Deletes an imported base map.

        Raises:
            StoreUnavailable: the file cannot be deleted (``basemap.not_removed``).
        """
        ...
