"""Time limits 时限 as people write them (``2紧急工作时``, ``3个工作日``, ``半天``), read into an amount and a kind.

Reading a limit is separate from counting it: ``deadlines`` says when it is due.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen

SMALLEST_AMOUNT = 0.01
LARGEST_AMOUNT = 10_000


class LimitKind(StrEnum):
    """How a limit is counted (DOMAIN: Clocks)."""

    MINUTE = "minute"
    """Minutes by the clock, for the stages of a desk that is manned day and night."""
    URGENT_HOUR = "urgent_hour"
    """紧急工作时: hours that run day and night, on days off too."""
    WORK_HOUR = "work_hour"
    """工作时: hours of working time."""
    WORK_DAY = "work_day"
    """工作日: legal working days, each as long as the day's working hours."""
    NATURAL_DAY = "natural_day"
    """自然日: calendar days."""

    @property
    def counts_working_time(self) -> bool:
        """Whether it runs only in working hours."""
        return self in (LimitKind.WORK_HOUR, LimitKind.WORK_DAY)

    @property
    def counts_days(self) -> bool:
        """Whether it is a limit in days, to which the hotline's rule "the day of receipt does not count" applies."""
        return self in (LimitKind.WORK_DAY, LimitKind.NATURAL_DAY)


@frozen
class Limit:
    """An amount of one kind, from 0.01 to 10,000; fractions are for halves (半个工作日).

    Raises ``InvalidInput("limit.out_of_range")``.
    """

    amount: float
    kind: LimitKind

    def __post_init__(self) -> None:
        if isinstance(self.amount, float) and self.amount.is_integer():
            object.__setattr__(self, "amount", int(self.amount))
        if not SMALLEST_AMOUNT <= self.amount <= LARGEST_AMOUNT:
            raise InvalidInput("limit.out_of_range", amount=self.amount, largest=LARGEST_AMOUNT)


@frozen
class WrittenLimit:
    """A limit as written, with the words after it (``1紧急工作时制止`` → remark ``制止``)."""

    limit: Limit
    remark: str = ""


def format_limit(limit: Limit) -> str:
    """The limit in code form for storing, ``2 urgent_hour``; ``parse_limit`` reads it back. Not for screens."""
    return f"{limit.amount!r} {limit.kind}"


@lru_cache(maxsize=1024)
def parse_limit(text: str) -> Limit:
    """The limit in a text, without the words after it. Cached, as the same few dozens are asked for again."""
    return read_limit(text).limit


def read_limit(text: str) -> WrittenLimit:
    """Read a written limit.

    Decided where writers differ: plain 小时 is a working hour like 工作小时 (24小时 too), only 紧急, 自然 and
    连续 hours run through the night; plain 天 and 日 are natural days; 半天 is half a *working* day (in an office it
    means a morning), 一天半 one and a half natural days; 紧急工作日 is a natural day, because 紧急 runs day and
    night; 周 is seven natural days.

    Raises ``InvalidInput`` with ``text``: ``limit.no_amount`` (立即, 按法定程序), ``limit.no_unit`` (a bare number),
    ``limit.unit_varies`` (月, 年), ``limit.ambiguous`` (two limits in one cell, 3至5天), ``limit.out_of_range`` and
    ``limit.unreadable`` for the rest.
    """
    plain = _without_frame(unicodedata.normalize("NFKC", text))
    found = re.match(_LIMIT, plain)
    if found is None:
        raise _refusal(plain, text)
    word = found["unit"].lower()
    remark = re.sub(_REMARK_EDGE, "", plain[found.end() :])
    if re.search(_AMOUNT_AND_UNIT, remark):
        raise InvalidInput("limit.ambiguous", text=text)
    kind, factor = _UNITS[word]
    try:
        amount = _number(found["amount"])
    except ValueError:
        raise InvalidInput("limit.unreadable", text=text) from None
    if found["amount"] == "半" and word in _PLAIN_DAYS:
        kind = LimitKind.WORK_DAY
    if found["half"] or found["after"]:
        amount += 0.5
    return WrittenLimit(Limit(amount * factor, kind), remark)


_PLAIN_DAYS = frozenset({"天", "日", "d"})
_UNITS: dict[str, tuple[LimitKind, int]] = {
    "紧急工作分钟": (LimitKind.MINUTE, 1),
    "分钟": (LimitKind.MINUTE, 1),
    "分": (LimitKind.MINUTE, 1),
    "刻钟": (LimitKind.MINUTE, 15),
    "min": (LimitKind.MINUTE, 1),
    "紧急工作小时": (LimitKind.URGENT_HOUR, 1),
    "紧急工作时": (LimitKind.URGENT_HOUR, 1),
    "紧急小时": (LimitKind.URGENT_HOUR, 1),
    "连续小时": (LimitKind.URGENT_HOUR, 1),
    "自然小时": (LimitKind.URGENT_HOUR, 1),
    "工作小时": (LimitKind.WORK_HOUR, 1),
    "工作时": (LimitKind.WORK_HOUR, 1),
    **dict.fromkeys(("小时", "钟头", "时", "h"), (LimitKind.WORK_HOUR, 1)),
    "法定工作日": (LimitKind.WORK_DAY, 1),
    "工作日": (LimitKind.WORK_DAY, 1),
    "工作天": (LimitKind.WORK_DAY, 1),
    "紧急工作日": (LimitKind.NATURAL_DAY, 1),
    "自然日": (LimitKind.NATURAL_DAY, 1),
    "自然天": (LimitKind.NATURAL_DAY, 1),
    "日历日": (LimitKind.NATURAL_DAY, 1),
    "星期": (LimitKind.NATURAL_DAY, 7),
    "礼拜": (LimitKind.NATURAL_DAY, 7),
    "周": (LimitKind.NATURAL_DAY, 7),
    **dict.fromkeys(_PLAIN_DAYS, (LimitKind.NATURAL_DAY, 1)),
} | {kind.value: (kind, 1) for kind in LimitKind}
_WORDS = "|".join(sorted(_UNITS, key=len, reverse=True))
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_AMOUNT = rf"(?:\d+(?:\.\d+)?|半|[{''.join(_DIGITS)}十百]+)"
# No latin letter may follow a latin unit: "3 days" and "2 hectares" are not limits.
_UNIT_END = r"(?![a-z_])"
# Compiled on first use: most modules that import this one read no limits.
_LIMIT = rf"(?i)(?P<amount>{_AMOUNT})\s*个?(?P<half>半)?\s*(?P<unit>{_WORDS}){_UNIT_END}(?P<after>半(?![天日]))?"
_AMOUNT_AND_UNIT = rf"(?i){_AMOUNT}\s*个?半?\s*(?:{_WORDS}|个?月|年)"
_SINCE = r"自?(?:接|收|受理|派遣|立案|签收|发现)[^\d\s,。]{0,6}?(?:之日起|后|起)"
_FRAME = rf"^(?:限期?|在|于|{_SINCE}|不超过|不得超过|最[长迟晚]|小于|少于|<=?|≤|约|:|\s)+"
_REMARK_EDGE = r"^(?:\s*(?:以内|之内|内))?[\s,，。;；:：、()（）]*|[\s。;；()（）]+$"
_NO_AMOUNT = r"立即|即时|立刻|马上|当场|当日|当天|次日|及时|尽快|按|视|依|无"
_RANGE = rf"{_AMOUNT}\s*个?[^\d]{{0,4}}?(?:-|~|—|–|至|到|或)\s*{_AMOUNT}"
_VARIES = rf"{_AMOUNT}\s*个?半?\s*(?:月|年|季)"


def _without_frame(text: str) -> str:
    return re.sub(_FRAME, "", text.strip().strip("\"'“”‘’"))


def _refusal(plain: str, text: str) -> InvalidInput:
    """The error that tells why there is no limit at the beginning of the text."""
    if re.match(_RANGE, plain):
        return InvalidInput("limit.ambiguous", text=text)
    if re.match(_VARIES, plain):
        return InvalidInput("limit.unit_varies", text=text)
    if re.fullmatch(_AMOUNT, plain):
        return InvalidInput("limit.no_unit", text=text)
    if re.match(_NO_AMOUNT, plain) and not re.search(_AMOUNT_AND_UNIT, plain):
        return InvalidInput("limit.no_amount", text=text)
    return InvalidInput("limit.ambiguous" if re.match(_NO_AMOUNT, plain) else "limit.unreadable", text=text)


def _number(written: str) -> float:
    """A number in digits or in Chinese numerals up to 999. Raises ValueError for 一二三 and 十十."""
    if written == "半":
        return 0.5
    if written[0].isdecimal():
        return float(written)
    return _chinese_number(written)


def _chinese_number(written: str) -> int:
    total, digit, unit_before = 0, None, 1000
    for character in written:
        unit = {"十": 10, "百": 100}.get(character)
        if unit is None:
            if digit:
                raise ValueError(written)
            digit = _DIGITS[character]
            continue
        if unit >= unit_before:
            raise ValueError(written)
        total += (1 if digit is None else digit) * unit
        digit, unit_before = None, unit
    return total + (digit or 0)
