"""The self-check: whether this machine and this profile carry the program. Each finding is a sentence for people.

Works without a profile and without a screen; the map is really rendered, on a surface that nobody sees.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from gridclient.composition import OpenedDesk, open_desk
from gridclient.domain.calendar import WorkCalendar
from gridclient.domain.errors import GridClientError, SyncFault
from gridclient.domain.frozen import frozen
from gridclient.services.deadline_text import off_text
from gridclient.services.error_text import sentence_of
from gridclient.services.map_port import Bounds, Cell, Figures, UnitMark
from gridclient.services.rows import CaseFilter
from gridclient.store.legal_calendar import legal_calendar
from gridclient.store.log import newest_event_at
from gridclient.syncing import DeskLine
from gridclient.system import SystemClock

LEAST_FREE_BYTES: Final = 1 << 30
_PATIENCE: Final = timedelta(minutes=10)
_RIGHT: Final = timedelta()
_ROUNDS: Final = 10
_YEARS: Final = range(2025, 2100)
_MAP_SECONDS: Final = 60
_GIB: Final = 1 << 30
SIGNS: Final = "←↑→↓−≠⋯▲▾◔✓⬚"
"""What the screens draw beside words; not every Chinese font has them."""


@frozen
class Finding:
    """One thing that was looked at. ``name`` is for programs, ``title`` and ``sentence`` are for people; of what the
    desk works on without and somebody should see to, ``remark`` is true."""

    name: str
    title: str
    ok: bool
    sentence: str
    remark: bool = False

    def as_json(self) -> dict[str, Any]:
        """As the command line gives it."""
        return asdict(self)


_HUB: Final = "联机同步"
_ALONE: Final = Finding("hub", _HUB, True, "本席位还没有接入县级中心，单机使用。")


@frozen
class _Known:
    """What the profile tells the other checks."""

    finding: Finding
    calendar: WorkCalendar
    newest: datetime | None
    hub: Finding | None
    """``None`` where the store, which says whether there is one, could not be opened."""
    clock_off: timedelta = _RIGHT
    """What the last round found."""


def check(profile: Path) -> list[Finding]:
    """Looks at store, map, fonts, calendar, disk, clock and hub; changes nothing."""
    moment = SystemClock().now()
    known = _look_into(profile)
    return [
        known.finding,
        *_check_screen(),
        check_calendar(known.calendar, moment),
        check_disk(profile),
        check_clock(moment, known.newest, known.clock_off),
        *([known.hub] if known.hub is not None else []),
    ]


def _look_into(profile: Path) -> _Known:
    def known(ok: bool, sentence: str, hub: Finding | None) -> _Known:
        return _Known(Finding("store", "数据", ok, sentence, remark=ok), legal_calendar(), None, hub)

    try:
        with open_desk(profile, read_only=True) as opened:
            with opened.database.reader() as connection:
                newest = newest_event_at(connection)
            cases = opened.desk.queries.figures()
            calendar = opened.reference.calendar()
            finding = Finding("store", "数据", True, f"能打开，是本版本的格式，在办案件 {_open_cases(cases)} 件。")
            met = (r.clock_off for r in DeskLine(opened).queries.rounds(_ROUNDS) if r.hub_time is not None)
            return _Known(finding, calendar, newest, check_hub(opened), next(met, _RIGHT))
    except GridClientError as error:
        if error.code == "profile.missing":
            return known(True, f"{sentence_of(error)}只检查了这台电脑。", _ALONE)
        return known(False, sentence_of(error), None)


def _open_cases(figures: Mapping[str, Any]) -> int:
    whole = figures.get("")
    return int(whole.open) if whole is not None else 0


def check_hub(opened: OpenedDesk) -> Finding:
    """A hub that cannot be reached is a remark, because the desk works on without it; one that refuses is a fault."""
    try:
        url = DeskLine(opened).meet()
    except GridClientError as fault:
        if fault.code == "sync.no_line":
            return Finding("hub", _HUB, True, "没有联机线路，用文件（U盘）同步。")
        remark = isinstance(fault, SyncFault) and fault.retryable
        return Finding("hub", _HUB, remark, sentence_of(fault), remark)
    return Finding("hub", _HUB, True, f"已接入 {url}，能连上。") if url else _ALONE


def check_calendar(calendar: WorkCalendar, now: datetime) -> Finding:
    """This year's holidays must be known; next year's may be missing until they are announced."""
    this_year, next_year = now.year, now.year + 1
    title = "工作日历"
    if this_year not in calendar.known_years:
        return Finding("calendar", title, False, f"缺 {this_year} 年的节假日安排，请导入日历，否则时限只按周末推算。")
    if next_year not in calendar.known_years:
        return Finding(
            "calendar", title, True, f"{this_year} 年完整；{next_year} 年的安排还没有，公布后请导入日历。", remark=True
        )
    return Finding("calendar", title, True, f"{this_year} 年和 {next_year} 年的节假日安排完整。")


def check_disk(profile: Path) -> Finding:
    """Where the profile lies or will lie there is leave to write and at least a gibibyte free."""
    place = next((folder for folder in (profile, *profile.parents) if folder.exists()), Path.cwd())
    if not os.access(place, os.W_OK):
        return Finding("disk", "磁盘", False, f"“{place}”不能写入，请检查写保护和权限。")
    free = shutil.disk_usage(place).free
    ok = free >= LEAST_FREE_BYTES
    advice = "。" if ok else "，不足 1 GB，请清理磁盘。"
    return Finding("disk", "磁盘", ok, f"剩余 {free / _GIB:.1f} GB{advice}")


def check_clock(now: datetime, newest: datetime | None, off: timedelta = _RIGHT) -> Finding:
    """A clock before what already happened, or in an impossible year, would spoil every deadline. ``off``: what the
    last round found; the clock may have been put right since, so this is a remark."""
    title, shown = "时钟", f"{now:%Y-%m-%d %H:%M}"
    if now.year not in _YEARS:
        return Finding("clock", title, False, f"现在是 {shown}？请校准电脑的日期和时间。")
    if newest is not None and now + _PATIENCE < newest:
        said = f"现在是 {shown}，却已有 {newest:%Y-%m-%d %H:%M} 的记录，请校准电脑的日期和时间。"
        return Finding("clock", title, False, said)
    if off:
        said = f"{shown}（北京时间）；上次同步时比同步中心{off_text(off)}，请校准。"
        return Finding("clock", title, True, said, remark=True)
    return Finding("clock", title, True, f"{shown}（北京时间）。")


def _check_screen() -> Sequence[Finding]:
    """The map and the font, which need Qt."""
    if sys.platform == "linux":  # elsewhere there is always a screen, and on Windows no font without it
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from gridclient.application import make_application
    except ImportError as error:
        missing = f"缺少系统组件（{error}）。"
        return (Finding("map", "地图", False, missing), Finding("fonts", "中文字体", False, missing))
    make_application()
    return (_check_map(), check_fonts())


def _check_map() -> Finding:
    from PySide6.QtCore import QEventLoop, QTimer

    from gridclient.application import RESOURCES
    from gridclient.mapview.assets import maps_root, page_root
    from gridclient.mapview.view import MapView

    lacking = next((folder for folder in (RESOURCES, page_root(), maps_root()) if not folder.is_dir()), None)
    if lacking is not None:
        return Finding("map", "地图", False, f"程序不完整，缺少 {lacking}，请重新安装，或把它原样放回。")
    view = MapView(data=_NothingToDraw())
    waiting = QEventLoop()
    patience = QTimer(waiting, singleShot=True, interval=_MAP_SECONDS * 1000)
    view.bridge.page_ready.connect(waiting.quit)
    patience.timeout.connect(waiting.quit)
    patience.start()
    view.resize(400, 300)
    view.show()
    if not view.is_ready:
        waiting.exec()
    ready, errors, refused = view.is_ready, view.page_errors, len(view.guard.blocked)
    view.close()
    view.shutdown()
    view.deleteLater()
    if not ready:
        return Finding("map", "地图", False, f"{_MAP_SECONDS} 秒内没有显示出来，请更新显卡驱动或联系维护人员。")
    if errors or refused:
        return Finding("map", "地图", False, f"页面报告了 {len(errors)} 个错误，拦下 {refused} 个外部请求。")
    return Finding("map", "地图", True, "能正常显示，没有访问外部网络。")


def check_fonts(signs: str = SIGNS) -> Finding:
    """Chinese, and the signs beside it, which may come from any font: a word or a colour says what they say, too."""
    from PySide6.QtGui import QFontDatabase

    families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    if not families:
        return Finding("fonts", "中文字体", False, "没有中文字体，文字会显示为方框，请安装（如 fonts-noto-cjk）。")
    found = f"有 {len(families)} 种，如 {families[0]}"
    if lacking := "".join(sign for sign in signs if not _is_drawn(sign)):
        advice = "这些符号会显示为方框，请再装一种西文字体（如 fonts-dejavu-core）。"
        return Finding("fonts", "中文字体", True, f"{found}；但缺 {lacking} 的字形，{advice}", remark=True)
    return Finding("fonts", "中文字体", True, f"{found}。")


def _is_drawn(sign: str) -> bool:
    from PySide6.QtGui import QTextLayout

    from gridclient.ui.theme import base_font

    layout = QTextLayout(sign, base_font())
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return all(all(run.glyphIndexes()) for run in layout.glyphRuns())


class _NothingToDraw:
    """``MapData`` of an empty county."""

    def outlines(self) -> bytes:
        return b'{"areas": []}'

    def figures(self) -> Mapping[str, Figures]:
        return {}

    def home(self) -> str:
        return ""

    def cells(self, _bounds: Bounds, _zoom: int, _cases: CaseFilter) -> Sequence[Cell]:
        return ()

    def units(self, _bounds: Bounds) -> Sequence[UnitMark]:
        return ()
