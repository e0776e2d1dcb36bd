"""What the settings page does with the profile: backups, recovery key, standard lists, audit log, base maps."""

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
    """How a backup came about. ``DAMAGED``: a store that could not be opened and was put aside."""

    AUTOMATIC = "automatic"
    BY_HAND = "by_hand"
    REPLACED = "replaced"
    BEFORE_UPGRADE = "before_upgrade"
    DAMAGED = "damaged"


@frozen
class BackupRow:
    """A backup in the profile's folder."""

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
    """A line of the audit log. A case is given by its number if it has one."""

    no: int
    at: datetime
    actor: str
    what: str
    subject: str


class Care(Protocol):
    """The services of the settings page. Blocking: to be called from a pool thread."""

    def backups(self) -> Sequence[BackupRow]:
        """All backups, newest first."""
        ...

    def back_up(self, target: Path | None = None) -> Path:
        """Writes a backup, into the profile's folder if ``target`` is not given, and returns its path.

        Raises:
            InvalidInput: there is something of that name already (``backup.exists``).
            StoreUnavailable: no room, or the store cannot be read.
        """
        ...

    def recovery_key(self) -> str:
        """The key that opens backups on another machine, in groups of digits to be written down."""
        ...

    def check_recovery_key(self, text: str) -> None:
        """Checks that a typed text can be a recovery key; raises ``InvalidInput("recovery.key")``."""
        ...

    def standard_lists(self) -> Sequence[StandardListRow]:
        """All lists of filing conditions."""
        ...

    def use_list(self, name: str, *, in_force: bool) -> None:
        """Puts a list of filing conditions in or out of force: only lists in force are offered; cases keep theirs."""
        ...

    def audit_lines(self) -> Sequence[AuditRow]:
        """The newest lines of the audit log, newest first: all for those who may see them, else one's own."""
        ...

    def save_audit(self, target: Path, rows: Sequence[AuditRow]) -> None:
        """Writes these lines to a workbook with account and time; this is itself noted in the audit log.

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
