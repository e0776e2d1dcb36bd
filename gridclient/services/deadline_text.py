"""The explanation of a deadline in Chinese, one sentence per line, as shown in tooltips."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from gridclient.domain.case import CaseClock
from gridclient.domain.deadlines import Deadline, Step, StepCode, Urgency
from gridclient.domain.errors import InvalidInput
from gridclient.domain.limits import Limit, LimitKind, parse_limit
from gridclient.services.clocks import deadline_of, remaining_seconds, resumed_limit
from gridclient.services.ports import Reference

URGENCY_WORDS: Mapping[Urgency, str] = {
    Urgency.NONE: "正常",
    Urgency.EARLY: "预警",
    Urgency.YELLOW: "黄色预警",
    Urgency.RED: "红色预警",
    Urgency.OVERDUE: "已超期",
}

_KIND_WORDS: Mapping[LimitKind, str] = {
    LimitKind.MINUTE: "分钟",
    LimitKind.URGENT_HOUR: "紧急工作时",
    LimitKind.WORK_HOUR: "工作时",
    LimitKind.WORK_DAY: "工作日",
    LimitKind.NATURAL_DAY: "自然日",
}
_COUNTED_WORDS: Mapping[LimitKind, str] = {
    LimitKind.MINUTE: "按自然时间计",
    LimitKind.URGENT_HOUR: "昼夜连续计时",
    LimitKind.WORK_HOUR: "只计工作时间",
    LimitKind.WORK_DAY: "只计工作日",
    LimitKind.NATURAL_DAY: "节假日照计",
}
_A_MINUTE = 1 / 60  # in hours
_WEEKDAYS = "一二三四五六日"


def kind_word(kind: LimitKind) -> str:
    """The unit of a limit in Chinese: ``工作日``."""
    return _KIND_WORDS[kind]


def limit_text(limit: Limit) -> str:
    """The limit as operators write it, ``3工作日``, which ``parse_limit`` can read. A fraction: ``约1.58工作时``."""
    shown = f"{limit.amount:.2f}".rstrip("0").rstrip(".")
    return f"{'' if float(shown) == limit.amount else '约'}{shown}{_KIND_WORDS[limit.kind]}"


def duration_text(seconds: float) -> str:
    """A span in days, hours and minutes of the clock: ``1天2小时``, ``35分钟``, never more than two parts."""
    minutes = int(abs(seconds)) // 60
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{amount}{word}" for amount, word in ((days, "天"), (hours, "小时"), (minutes, "分钟")) if amount]
    return "".join(parts[:2]) or "不到1分钟"


def off_text(off: timedelta) -> str:
    """By how much a clock is wrong: ``快 1天``, ``慢 2小时``."""
    word = "快" if off > timedelta() else "慢"
    return f"{word} {duration_text(round(off.total_seconds() / 60) * 60)}"


def working_text(seconds: float, *, seconds_per_day: int = 8 * 3600) -> str:
    """A span of working time in working days, hours and minutes: ``1工作日2小时``."""
    days, rest = divmod(int(abs(seconds)), seconds_per_day)
    if not days:
        return duration_text(rest)
    hours = rest // 3600
    return f"{days}工作日{hours}小时" if hours else f"{days}工作日"


def explain(deadline: Deadline) -> tuple[str, ...]:
    """The explanation, line by line: start, what was skipped, what is uncertain, end."""
    return tuple(_SENTENCES[step.code](step) for step in deadline.steps)


def clock_lines(clock: CaseClock, reference: Reference, clocks: Sequence[CaseClock] = ()) -> tuple[str, ...]:
    """The explanation of a clock's deadline, computed with the calendar in force. If the clock continues earlier ones
    of the case's ``clocks``, their lines come first.

    A limit that cannot be read (another desk wrote it) is not explained; its deadline stands.
    """
    try:
        lines = explain(deadline_of(clock.limit, clock.started, reference))
    except InvalidInput:
        return (f"时限“{clock.limit}”不是可计算的时限，到期时间按所记的 {moment_text(clock.due)}",)
    before = _paused(clock, clocks, reference)
    if before is None or before.ended is None:
        return lines
    left = parse_limit(clock.limit)
    pause = f"{moment_text(before.ended)}停止计时，余{limit_text(left)}，{moment_text(clock.started)}接着计"
    return (*clock_lines(before, reference, clocks)[:-1], pause, *lines[1:])


def _paused(clock: CaseClock, clocks: Sequence[CaseClock], reference: Reference) -> CaseClock | None:
    """The earlier clock of the unit whose remaining time this clock continues; ``None`` if it does not."""
    ended = [c for c in clocks if (c.stage, c.unit) == (clock.stage, clock.unit) and c is not clock]
    before = next((c for c in reversed(ended) if c.ended is not None and c.ended <= clock.started), None)
    if before is None or before.ended is None:
        return None
    seconds = remaining_seconds(before.due, before.limit, before.ended, reference)
    now, left = parse_limit(clock.limit), parse_limit(resumed_limit(seconds, before.limit))
    return before if now.kind is left.kind and abs(now.amount - left.amount) < _A_MINUTE else None


def moment_text(moment: datetime) -> str:
    """A moment with its weekday: ``2026-02-14 10:30（周六）``."""
    return f"{moment:%Y-%m-%d} {hour_text(moment)}（周{_WEEKDAYS[moment.weekday()]}）"


def brief_text(moment: datetime) -> str:
    """A moment of which the year is known: ``02-14 10:30``."""
    return f"{moment:%m-%d} {hour_text(moment)}"


def hour_text(moment: datetime) -> str:
    """``10:30``; the end of a day reads 24:00."""
    return "24:00" if (moment.hour, moment.minute, moment.second) == (23, 59, 59) else f"{moment:%H:%M}"


def _day_text(day: date) -> str:
    return f"{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def _start(step: Step) -> str:
    limit: Any = step.params["limit"]
    return f"起算：{moment_text(step.at)}，时限{limit_text(limit)}，{_COUNTED_WORDS[limit.kind]}"


def _holiday(step: Step) -> str:
    first: Any = step.params["first"]
    last: Any = step.params["last"]
    if first == last:
        return f"{_day_text(first)}放假，不计"
    return f"{first.month}月{first.day}日至{last.month}月{last.day}日放假{step.params['days']}天，不计"


def _makeup(step: Step) -> str:
    day: Any = step.params["day"]
    return f"{_day_text(day)}调休上班，计入"


_SENTENCES: Mapping[StepCode, Callable[[Step], str]] = {
    StepCode.START: _start,
    StepCode.START_MOVED: lambda step: f"起算时不在工作时间，从{moment_text(step.at)}开始计",
    StepCode.DAY_OF_RECEIPT: lambda step: f"收到当日{_day_text(step.at)}不计，次日起算",
    StepCode.WEEKENDS: lambda step: f"其间周末{step.params['days']}天，不计",
    StepCode.HOLIDAY: _holiday,
    StepCode.MAKEUP_DAY: _makeup,
    StepCode.UNKNOWN_YEAR: lambda step: (
        f"注意：{step.params['year']}年放假安排尚未导入，暂按周一至周五计算，导入后自动重算"
    ),
    StepCode.DUE: lambda step: f"到期：{moment_text(step.at)}",
}
