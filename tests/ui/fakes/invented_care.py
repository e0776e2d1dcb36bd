"""A profile as the settings page sees it: backups, lists, audit lines and base maps that were invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import InvalidInput
from gridclient.services.care import AuditRow, BackupKind, BackupRow, BaseMapRow
from gridclient.services.map_port import ArchiveMetadata, BaseLayer, Bounds
from gridclient.services.rows import StandardListRow

NOON: Final = datetime(2026, 11, 21, 12, 0, tzinfo=CHINA_TIME)
KEY: Final = "-".join(["1A2B"] * 17)


class InventedCare:
    """A profile with three backups and one base map."""

    def __init__(self) -> None:
        self.made: list[Path | None] = []
        self.layers = ["abc"]
        self.lists = {"运城标准": True, "": True}
        self.saved: list[tuple[Path, tuple[int, ...]]] = []

    def backups(self) -> list[BackupRow]:
        made = [BackupRow(Path("/p/by-hand.gridbackup"), NOON, 1 << 20, BackupKind.BY_HAND) for _ in self.made]
        found = [
            BackupRow(Path(f"/p/auto-{i}.gridbackup"), NOON - i * timedelta(hours=1), 2 << 20, BackupKind.AUTOMATIC)
            for i in (1, 2)
        ]
        old = [
            BackupRow(Path(f"/p/{kind.value}-1"), NOON - timedelta(days=1), 1 << 20, kind)
            for kind in (BackupKind.REPLACED, BackupKind.BEFORE_UPGRADE, BackupKind.DAMAGED)
        ]
        return [*made, *found, *old]

    def back_up(self, target: Path | None = None) -> Path:
        self.made.append(target)
        return target or Path("/p/by-hand.gridbackup")

    def recovery_key(self) -> str:
        return KEY

    def check_recovery_key(self, text: str) -> None:
        if text != KEY:
            raise InvalidInput("recovery.key")

    def standard_lists(self) -> list[StandardListRow]:
        return [StandardListRow(name, 71, in_force) for name, in_force in self.lists.items()]

    def use_list(self, name: str, *, in_force: bool) -> None:
        self.lists[name] = in_force

    def audit_lines(self) -> list[AuditRow]:
        return [
            AuditRow(2, NOON, "wang", "reporter_shown", "371002002-20261121-A10047"),
            AuditRow(1, NOON - timedelta(days=1), "li", "imported", "7"),
        ]

    def save_audit(self, target: Path, rows: Sequence[AuditRow]) -> None:
        self.saved.append((target, tuple(row.no for row in rows)))

    def base_maps(self) -> list[BaseMapRow]:
        said = ArchiveMetadata("威海底图", "vector", 4, 12, Bounds(108, 27, 127, 43), "")
        return [BaseMapRow(BaseLayer(name, said), "weihai.pmtiles", 3 << 20) for name in self.layers]

    def remove_base_map(self, layer_id: str) -> None:
        self.layers.remove(layer_id)
