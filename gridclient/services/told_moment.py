"""The moment that a pasted text tells: 2026-11-22 23:30, 11月22日晚上11点半, 昨晚11点半; none where in doubt."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from gridclient.domain.calendar import CHINA_TIME

HALF_DAYS = "凌晨|早上|清早|上午|中午|下午|傍晚|晚上|夜里|夜间|晚|早"
"""The parts of a day, as a pattern."""
_NO_YEAR = r"(?<![\d历./-])(?<![^今本]年)(?<!年[)） 的])"
_BEFORE_CLOCK = rf"[./-](?=\d{{1,2}}\s*(?:\s|{HALF_DAYS})\s*\d{{1,2}}[:：时時点點])"
_MOMENT = re.compile(
    r"(?:(?P<ago>(?<!大)前[天日]|(?<![一-鿿])前(?=[早晚])|昨(?:[天日]|(?=[早晚]))|(?<![如至现])今(?:[天日]|(?=[早晚])))"
    rf"|(?:(?P<year>20\d\d)[-/.年]\s*|{_NO_YEAR})(?P<month>\d{{1,2}})(?(year)[-/.月]|(?:月|{_BEFORE_CLOCK}))"
    r"(?P<day>\d{1,2})[日号]?)\s*"
    rf"(?P<half>{HALF_DAYS})?\s*(?:(?P<hour>\d{{1,2}})"
    r"(?:[:：](?P<minute>\d{2})?|(?:[时時]|(?P<oclock>[点點]))"
    r"(?:(?P<told>\d{1,2}(?=分)|\d\d(?![\d多余来几个名人位户辆元号栋幢]))|(?P<halfhour>半))?))?"
)
_TOLD = re.compile(rf"{_MOMENT.pattern}(?:左右|许|多|钟){{0,2}}")
_SPELT: Final = re.compile(
    r"(?<=[天日号早晨午傍晚上里间\d\s])[一二两三四五六七八九十]{1,3}(?=[时時点點])"
    r"|(?<=[时時点點])(?:[一三]刻|[一二三四五六七八九十]{1,3}(?=分)|[二三四五]?十[一二三四五六七八九]?)"
)
"""Hours and minutes in Chinese numerals, where a clock is told."""
_DIGITS: Final = "零一二三四五六七八九"
_DAYS_AGO: Final = {"今": 0, "昨": 1, "前": 2}
_LAST_YEAR: Final = timedelta(days=92)
"""How long ago a day without a year may be that is still to come this year: who tells of an older one says the year."""
_NIGHT: Final = ("晚上", "夜里", "夜间", "晚")
_AFTERNOON: Final = ("下午", "傍晚", *_NIGHT)
_MORNING: Final = 5
"""Before this hour a night is the next day's."""


def told_moment(text: str, now: datetime, *, day_alone: bool = False) -> datetime | None:
    """The first moment, in China time, that a text which came ``now`` tells and that is not to come, or None.

    It needs an hour: in running words a day alone is a contract's or a notice's more often than the event's. Where
    ``day_alone`` will do it needs its year.
    """
    for found in _MOMENT.finditer(_SPELT.sub(_in_digits, text)):
        moment = _dated(found, now) if found["hour"] or (day_alone and found["year"]) else None
        if moment is not None and moment <= now:
            return moment
    return None


def without_moments(text: str) -> str:
    """The text with a comma for each moment that it tells."""
    return _TOLD.sub("，", _SPELT.sub(_in_digits, text))


def _in_digits(found: re.Match[str]) -> str:
    word = found[0].replace("两", "二")
    if word.endswith("刻"):
        return "15分" if word[0] == "一" else "45分"
    tens, ten, ones = word.rpartition("十")
    number = (_DIGITS.find(tens) if tens else 1) * 10 if ten else 0
    return str(number + _DIGITS.find(ones)) if ones else str(number)


def _dated(found: re.Match[str], now: datetime) -> datetime | None:
    hour = int(found["hour"] or 0)
    by_night = found["half"] in _NIGHT and (hour < _MORNING or hour == 12)
    if not found["hour"] and found["half"]:  # not midnight
        return None
    if found["oclock"] and not found["half"] and 0 < hour < _MORNING:  # 昨天3点 may be by day
        return None
    if found["hour"] and (by_night or (found["half"] == "凌晨" and hour == 12)):  # of this day or of the next
        return None
    if (found["half"] in _AFTERNOON and 0 < hour < 12) or (found["half"] == "中午" and 0 < hour < _MORNING):
        hour += 12
    minute = 30 if found["halfhour"] else int(found["minute"] or found["told"] or 0)
    day = now - timedelta(days=_DAYS_AGO[found["ago"][0]] if found["ago"] else 0)
    year, month, date = (int(found[part] or getattr(day, part)) for part in ("year", "month", "day"))
    try:
        told = datetime(year, month, date, hour, minute, tzinfo=CHINA_TIME)
        if told > now and not found["year"]:
            before = told.replace(year=year - 1)
            return before if now - before <= _LAST_YEAR else None
    except ValueError:
        return None
    return told
