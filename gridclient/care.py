"""The care for an opened profile: what the settings page may do with its folder. Part of the composition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.roles import AccountRole
from gridclient.exchange.report import write_table
from gridclient.importing import remove_base_map
from gridclient.mapview.basemaps import SUFFIXES, layer_id
from gridclient.services.care import AuditRow, BackupKind, BackupRow, BaseMapRow
from gridclient.services.map_port import BaseMaps
from gridclient.services.rows import StandardListRow
from gridclient.services.timeline_text import who
from gridclient.services.words import AUDITED
from gridclient.store.audit import newest_lines
from gridclient.store.backup import SUFFIX, back_up, backups_in
from gridclient.store.profile import BY_HAND
from gridclient.store.recovery import read_recovery_key, recovery_key

if TYPE_CHECKING:
    from gridclient.composition import OpenedDesk


class ProfileCare:
    """``services.care.Care`` on the profile that the desk holds."""

    def __init__(self, opened: OpenedDesk, base_maps: BaseMaps) -> None:
        self._opened = opened
        self._base_maps = base_maps

    def backups(self) -> Sequence[BackupRow]:
        found = [_row(path, kind) for path, kind in backups_in(self._opened.profile.backups)]
        return sorted(found, key=lambda row: row.at, reverse=True)

    def back_up(self, target: Path | None = None) -> Path:
        profile, now = self._opened.profile, self._opened.desk.clock.now()
        place = target if target is not None else profile.backups / f"{BY_HAND}{now:%Y%m%d-%H%M%S}{SUFFIX}"
        back_up(profile, place)
        return place

    def recovery_key(self) -> str:
        return recovery_key(self._opened.profile.key)

    def check_recovery_key(self, text: str) -> None:
        read_recovery_key(text)

    def standard_lists(self) -> Sequence[StandardListRow]:
        return self._opened.reference.standard_lists()

    def use_list(self, name: str, *, in_force: bool) -> None:
        self._opened.reference.use_list(name, in_force=in_force)
        with self._opened.desk.work() as unit_of_work:
            what = "standard_list_used" if in_force else "standard_list_left"
            unit_of_work.audit(self._opened.desk.actor.account, what, name)

    def audit_lines(self) -> Sequence[AuditRow]:
        desk = self._opened.desk
        actor = desk.actor
        whose = "" if actor.role in _SEE_ALL else actor.account
        with self._opened.database.reader() as connection:
            lines = newest_lines(connection, actor=whose, limit=_MOST_LINES)
        shown = {subject for *_, what, subject in lines if what == "reporter_shown"}
        numbers = {row.id: row.number for row in desk.queries.rows(sorted(shown))}
        return [
            AuditRow(
                no, datetime.fromtimestamp(at, CHINA_TIME), who(by, desk.reference), what, numbers.get(subject, subject)
            )
            for no, at, by, what, subject in lines
        ]

    def save_audit(self, target: Path, rows: Sequence[AuditRow]) -> None:
        desk = self._opened.desk
        now, by = f"{desk.clock.now():%Y-%m-%d %H:%M:%S}", who(desk.actor.account, desk.reference)
        made = ("", now, by, AUDITED["audit_saved"], len(rows))
        lines = ((r.no, f"{r.at:%Y-%m-%d %H:%M:%S}", r.actor, AUDITED.get(r.what, r.what), r.subject) for r in rows)
        write_table(target, "操作记录", ("序号", "时间", "账号", "操作", "对象"), (8, 20, 16, 24, 40), (made, *lines))
        with desk.work() as unit_of_work:
            unit_of_work.audit(desk.actor.account, "audit_saved", str(len(rows)))

    def base_maps(self) -> Sequence[BaseMapRow]:
        folder = self._opened.profile.basemaps
        files = {layer_id(path): path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES}
        return [
            BaseMapRow(layer, files[layer.layer_id].name, files[layer.layer_id].stat().st_size)
            for layer in self._base_maps.base_layers()
            if layer.layer_id in files
        ]

    def remove_base_map(self, layer_id: str) -> None:
        self._base_maps.let_go(layer_id)
        remove_base_map(self._opened.profile.basemaps, layer_id)


_SEE_ALL: Final = frozenset({AccountRole.AUDITOR, AccountRole.SHIFT_LEADER})
_MOST_LINES: Final = 5_000


def _row(path: Path, kind: BackupKind) -> BackupRow:
    status = path.stat()
    return BackupRow(path, datetime.fromtimestamp(status.st_mtime, CHINA_TIME), status.st_size, kind)
