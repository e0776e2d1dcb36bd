"""How values are shown: words, moments, both clocks and their colours. Pure: no widgets, no clock.

The words of the list's column 时限 are in :mod:`gridclient.ui.cases.due`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.calendar import WorkCalendar, WorkingHours
from gridclient.domain.case import WITH_UNIT, Case, CaseClock, CaseState, Role, Stage
from gridclient.domain.deadlines import Urgency, remaining, urgency
from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.domain.limits import LimitKind, parse_limit
from gridclient.domain.steps_desk import HIGHEST_LEVEL
from gridclient.services.deadline_text import URGENCY_WORDS, brief_text, hour_text, kind_word, limit_text
from gridclient.services.proposal_text import distance_text
from gridclient.services.rows import Likeness, SortKey
from gridclient.services.words import STAGES, STATES

translate = QCoreApplication.translate
_SOON_S, _MINUTE, _HOUR, _DAY, _KIB = 3, 60, 3600, 86400, 1024
_OPEN_ABOVE: Final = frozenset({"reported", "filed", "dispatched", "handling"})
_ALIKE: Final = 0.5
_AMONG_SEVERAL: Final = re.compile(r"(\d{3})-(20)?(\d{6}-[0-9A-Za-z]{2}\d*)", re.ASCII)


class Pressure(StrEnum):
    """How a deadline is marked: ``SOON`` with ◔, ``RED`` (very soon or over) with ▲."""

    NONE = "none"
    SOON = "soon"
    RED = "red"


SIGNS: Final = {Pressure.NONE: "", Pressure.SOON: "◔", Pressure.RED: "▲"}
_TONES: Final = {Pressure.NONE: "calm", Pressure.SOON: "warn", Pressure.RED: "bad"}


@frozen
class ClockFace:
    """One of the two clocks: heading and time."""

    heading: str
    time: str


@frozen
class DoubleClock:
    """Working time 工时 and natural time 自然 of a deadline, and its warning. ``tone`` is ``calm``, ``warn`` or
    ``bad``. Source: UX.md, double clock."""

    working: ClockFace
    natural: ClockFace
    urgency: Urgency
    tone: str
    sign: str
    stage: str

    @property
    def spoken(self) -> str:
        """Everything in one line, for screen readers."""
        parts = (self.stage, self.working.heading, self.working.time, self.natural.heading, self.natural.time)
        return " ".join((*parts, URGENCY_WORDS[self.urgency]))


def township_in(number: str) -> str:
    """The township's code in a case's number; "" for numbers of other offices."""
    return number[:9] if number[9:10] == "-" else ""


def short_number(number: str, *, several: bool = False) -> str:
    """The number without its township: ``20261121-A10047``. With ``several`` townships it keeps the last digits of the
    township: ``001-261121-A10047``."""
    if several and township_in(number):
        return f"{number[6:9]}-{number[12:]}"
    return number.partition("-")[2] or number


def whole_number(text: str, townships: Iterable[str]) -> str:
    """The whole number for a short one of several townships, which can be searched; other text stays as it is."""
    parts = _AMONG_SEVERAL.fullmatch(text)
    own = next((code for code in townships if parts and code.endswith(parts[1])), "")
    return f"{own}-20{parts[3]}" if parts and own else text


def title_of(key: SortKey) -> str:
    """The title of a column."""
    return {
        SortKey.NUMBER: translate("CaseList", "编号"),
        SortKey.TITLE: translate("CaseList", "标题"),
        SortKey.LEVEL: translate("CaseList", "级别"),
        SortKey.STATE: translate("CaseList", "状态"),
        SortKey.UNIT: translate("CaseList", "主办单位"),
        SortKey.DUE: translate("CaseList", "时限"),
        SortKey.CHANNEL: translate("CaseList", "来源"),
        SortKey.GRID: translate("CaseList", "网格"),
        SortKey.REGISTERED: translate("CaseList", "登记时间"),
    }[key]


def state_word(state: str, *, returned: bool = False, escalated: bool = False) -> str:
    """The word of a state. ``returned`` cases read 被退回 until they are dispatched again, ``escalated`` ones
    上报县级."""
    if state == "filed" and returned:
        return translate("Present", "被退回")
    if escalated and state in _OPEN_ABOVE:
        return translate("Present", "上报县级")
    return STATES.get(state, state)


def level_word(level: int | None) -> str:
    """``3级``."""
    return translate("Present", "{level}级").format(level=level)


def level_words() -> dict[int, str]:
    """The words of all levels."""
    return {level: level_word(level) for level in range(1, HIGHEST_LEVEL + 1)}


def part_word(part: Role | None) -> str:
    """主办, 协办 or ""."""
    if part is None:
        return ""
    return translate("Present", "主办") if part is Role.LEAD else translate("Present", "协办")


def undoable(sentence: str) -> str:
    """What was done, and how it is undone."""
    return translate("Present", "{sentence}（Ctrl+Z 撤销）").format(sentence=sentence.rstrip("。"))


def moment_words(moment: datetime, now: datetime) -> str:
    """``14:22`` today, ``昨 22:40``, ``11-19 09:40`` this year, else the date."""
    days = (now.date() - moment.date()).days
    if days == 0:
        return f"{moment:%H:%M}"
    if days == 1:
        return translate("Present", "昨 {time}").format(time=f"{moment:%H:%M}")
    return f"{moment:%m-%d %H:%M}" if moment.year == now.year else f"{moment:%Y-%m-%d}"


def until_words(moment: datetime, now: datetime) -> str:
    """A moment to come: ``今日 16:24``, ``明日 09:00``, ``11-25 09:00``; the end of a day reads 24:00."""
    clock = hour_text(moment)
    days = (moment.date() - now.date()).days
    if days == 0:
        return translate("Present", "今日 {time}").format(time=clock)
    if days == 1:
        return translate("Present", "明日 {time}").format(time=clock)
    return brief_text(moment) if moment.year == now.year else f"{moment:%Y-%m-%d} {clock}"


def waits_for_filing() -> str:
    """What stands in the place of the clocks while none runs, as imported cases may have brought no deadline."""
    return translate("Present", "立案后计时")


def limit_words(code: str) -> str:
    """``2 urgent_hour`` → ``2紧急工作时``; the rest of a limit reads ``紧急工作时 01:32``. An unreadable text stays as
    it is."""
    try:
        limit = parse_limit(code)
    except InvalidInput:
        return code
    if limit.kind not in (LimitKind.URGENT_HOUR, LimitKind.WORK_HOUR) or float(limit.amount).is_integer():
        return limit_text(limit)
    hours, minutes = divmod(round(limit.amount * 60), 60)
    return f"{kind_word(limit.kind)} {hours:02}:{minutes:02}"


def counting_clock(case: Case) -> CaseClock | None:
    """The running clock that gives the case its deadline; the handling clock if two end at the same time."""
    running = [c for c in case.clocks if c.ended is None and c.due == case.due]
    return next((c for c in running if c.stage == Stage.HANDLE), running[0] if running else None)


def is_stage(state: str) -> bool:
    """Whether a case in this state waits for the desk. Such clocks run for minutes, so list and panel warn by other
    bounds."""
    return state not in WITH_UNIT


def double_clock(
    clock: CaseClock, now: datetime, *, state: CaseState, calendar: WorkCalendar, hours: WorkingHours
) -> DoubleClock:
    """Both clocks of a running limit at ``now``, for a case in ``state``."""
    left = remaining(now, clock.due, calendar=calendar, hours=hours)
    urgent = urgency(left, stage=is_stage(state))
    day = hours.seconds_per_day
    if left.overdue:
        headings = translate("Present", "工时超期"), translate("Present", "自然超期")
    else:
        headings = translate("Present", "工时剩余"), translate("Present", "自然剩余")
    working = ClockFace(headings[0], working_time_words(left.working, day))
    if not left.working:  # there is no working time until the deadline
        working = ClockFace(translate("Present", "工时"), translate("Present", "非工作时间"))
    return DoubleClock(
        working,
        ClockFace(headings[1], natural_time_words(left.natural)),
        urgent,
        _TONES[pressure(urgent)],
        SIGNS[pressure(urgent)],
        STAGES.get(clock.stage, clock.stage),
    )


def pressure(urgent: Urgency) -> Pressure:
    """How a warning is marked: 预警 and 黄 alike, 红 like what is overdue."""
    if urgent is Urgency.NONE:
        return Pressure.NONE
    return Pressure.SOON if urgent in (Urgency.EARLY, Urgency.YELLOW) else Pressure.RED


def working_time_words(span: timedelta, seconds_per_day: int) -> str:
    """``02:10`` or ``1工作日 03:20``."""
    days, rest = divmod(abs(int(span.total_seconds())), seconds_per_day)
    clock = f"{rest // _HOUR:02d}:{rest // _MINUTE % _MINUTE:02d}"
    return translate("Present", "{days}工作日 {clock}").format(days=days, clock=clock) if days else clock


def natural_time_words(span: timedelta) -> str:
    """``18 时 10 分``, ``2 天 3 时`` or ``8 分``."""
    days, rest = divmod(abs(int(span.total_seconds())), _DAY)
    hours, minutes = rest // _HOUR, rest // _MINUTE % _MINUTE
    if days:
        return translate("Present", "{days} 天 {hours} 时").format(days=days, hours=hours)
    if hours:
        return translate("Present", "{hours} 时 {minutes} 分").format(hours=hours, minutes=minutes)
    return translate("Present", "{minutes} 分").format(minutes=minutes)


def likeness_words(likeness: Likeness, now: datetime) -> str:
    """Why a case may be the same: ``距 38 m · 同电话 · 昨 22:40``."""
    parts = [translate("Present", "同上级编号")] if likeness.same_number else []
    if likeness.metres is not None:
        parts.append(translate("Present", "距 {distance}").format(distance=distance_text(likeness.metres)))
    if likeness.same_house:
        parts.append(translate("Present", "同一门牌"))
    if likeness.same_phone:
        parts.append(translate("Present", "同电话"))
    if likeness.text >= _ALIKE:
        parts.append(translate("Present", "文字相近"))
    parts.append(moment_words(likeness.row.registered_at, now))
    return joined(parts)


def left_text(seconds: float) -> str:
    """The time left, in words."""
    if seconds < _SOON_S:
        return translate("Present", "马上就好")
    if seconds < _MINUTE:
        return translate("Present", "约剩 {seconds} 秒").format(seconds=round(seconds))
    return translate("Present", "约剩 {minutes} 分钟").format(minutes=round(seconds / _MINUTE))


def size_words(count: int) -> str:
    """A size in bytes: ``812 B``, ``3.1 KB``, ``2.4 MB``."""
    if count < _KIB:
        return f"{count} B"
    return f"{count / _KIB:,.1f} KB" if count < _KIB * _KIB else f"{count / _KIB / _KIB:,.1f} MB"


def joined(parts: Sequence[str]) -> str:
    """The parts that are not empty, joined by a middle dot."""
    return " · ".join(part for part in parts if part)
