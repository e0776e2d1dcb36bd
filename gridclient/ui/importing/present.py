"""The words of the import page: kinds, figures, distances. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.roles import AccountRole, Action, may
from gridclient.services.import_findings import ImportKind, ImportOutcome, ImportPhase, RowFinding
from gridclient.services.import_order import BASE_MAP
from gridclient.services.words import IMPORTS
from gridclient.ui.present import size_words

translate = QCoreApplication.translate
_KINDS: Final[tuple[str, ...]] = (
    ImportKind.CASES,
    ImportKind.UNITS,
    ImportKind.STANDARDS,
    ImportKind.GRIDS,
    ImportKind.DIVISIONS,
    ImportKind.CALENDAR,
    BASE_MAP,
)


def kinds(role: AccountRole) -> dict[str, str]:
    """The word of every kind that an account of ``role`` may import, the most frequent ones first."""
    return {kind: IMPORTS[kind] for kind in _KINDS if kind != ImportKind.CASES or may(role, Action.AMEND)}


def systems() -> dict[str, tuple[str, str]]:
    """The coordinate systems: name, and where such coordinates come from."""
    return {
        "wgs84": (
            translate("Importing", "国家坐标（CGCS2000 / WGS-84）"),
            translate("Importing", "测绘成果、天地图、省市平台下发的网格、GPS 设备，多是这一种。"),
        ),
        "gcj02": (
            translate("Importing", "高德、腾讯坐标（GCJ-02）"),
            translate("Importing", "从高德、腾讯地图上拾取或导出的坐标，手机小程序上报的坐标。"),
        ),
        "bd09": (
            translate("Importing", "百度坐标（BD-09）"),
            translate("Importing", "从百度地图上拾取或导出的坐标。"),
        ),
    }


def _short(system: str) -> str:
    return {
        "wgs84": translate("Importing", "国家坐标"),
        "gcj02": translate("Importing", "高德坐标"),
        "bd09": translate("Importing", "百度坐标"),
    }[system]


def _phase(phase: str) -> str:
    return {
        ImportPhase.READING: translate("Importing", "读取"),
        ImportPhase.CHECKING: translate("Importing", "检查"),
        ImportPhase.WRITING: translate("Importing", "写入"),
    }[ImportPhase(phase)]


def apart_text(chosen: str, apart: Mapping[tuple[str, str], float]) -> str:
    """How far the places would be off, in metres, if another system were the right one."""
    others = [(other, metres) for (one, other), metres in apart.items() if one == chosen]
    if not others:
        return ""
    parts = [
        translate("Importing", "其实是{system}，约差 {metres} 米").format(system=_short(other), metres=f"{metres:,.0f}")
        for other, metres in others
    ]
    return translate("Importing", "若选错：") + translate("Importing", "；").join(parts) + translate("Importing", "。")


def share_done(phase: str, done: int, total: int | None) -> float:
    """How much of an import is done, from 0 to 1: reading is the first half, writing the second."""
    part = min(1.0, done / total) if total else 0.0
    return {ImportPhase.READING: 0.5 * part, ImportPhase.CHECKING: 0.5}.get(ImportPhase(phase), 0.5 + 0.5 * part)


def progress_text(phase: str, done: int, total: int | None, *, kind: str) -> str:
    """``读取 12,000 / 58,251 行``."""
    if kind == BASE_MAP:
        figures = f"{size_words(done)} / {size_words(total)}" if total else size_words(done)
        return translate("Importing", "复制") + f" {figures}"
    figures = f"{done:,} / {total:,}" if total else f"{done:,}"
    return translate("Importing", "{phase} {figures} 行").format(phase=_phase(phase), figures=figures)


def summary_text(outcome: ImportOutcome) -> str:
    """The result of an import or of a check in one line."""
    summary, dry_run = outcome.summary, outcome.dry_run
    if summary.kind == BASE_MAP:
        if summary.unchanged:
            return translate("Importing", "这份底图已经在本机了。")
        return (
            translate("Importing", "可以导入。")
            if dry_run
            else translate("Importing", "底图已导入，可在地图的“底图”里选用。")
        )
    if dry_run:
        words = translate(
            "Importing",
            "检查完毕，没有写入任何数据：共 {rows} 行，可导入 {imported}，已有 {unchanged}，不能导入 {refused}。",
        )
    else:
        words = translate("Importing", "导入完成：共 {rows} 行，导入 {imported}，已有 {unchanged}，未导入 {refused}。")
    return words.format(
        rows=f"{summary.rows:,}",
        imported=f"{summary.imported:,}",
        unchanged=f"{summary.unchanged:,}",
        refused=f"{summary.refused:,}",
    )


def where_text(outcome: ImportOutcome) -> str:
    """Where what came in is seen on the desk; "" for cases, to which a button leads, and for what is told elsewhere."""
    if outcome.dry_run or not outcome.summary.imported:
        return ""
    areas = translate("Importing", "导入的在席位的网格树和地图上（Esc 返回）。")
    return {
        ImportKind.GRIDS: areas,
        ImportKind.DIVISIONS: areas,
        ImportKind.UNITS: translate("Importing", "导入的单位在派遣时列出；有坐标的，勾选地图上的“单位”可以看到。"),
        ImportKind.STANDARDS: translate("Importing", "导入的清单在“设置”的“立案标准清单”里。"),
    }.get(ImportKind(outcome.summary.kind), "")


def place_text(line: RowFinding) -> str:
    """The place of a finding: ``部件 第 12 行``; findings about the file as a whole have no row."""
    row = translate("Importing", "第 {row} 行").format(row=line.row) if line.row else translate("Importing", "整个文件")
    return f"{line.sheet} {row}".strip()
