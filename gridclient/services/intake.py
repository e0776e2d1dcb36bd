"""Reads a pasted text (a 12345 work order, a chat message) into the fields of a case and guesses its class.

Only proposes: the operator sees what was found, and what was typed stays.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from gridclient.domain.case import Channel
from gridclient.domain.frozen import frozen
from gridclient.services.labelled_text import labelled
from gridclient.services.registering import TITLE_FROM_TEXT
from gridclient.services.rows import GridRow, StandardRow
from gridclient.services.told_moment import told_moment, without_moments
from gridclient.services.told_opening import channel_of, introduced, opened
from gridclient.services.told_person import PHONE
from gridclient.services.told_place import told_place
from gridclient.services.told_point import told_point, without_point
from gridclient.services.words import URGENCIES

_PHONE = re.compile(PHONE)
_PHONE_TOLD = re.compile(
    rf"[，,、\s]{{0,3}}(?P<within>[（(])?(?:我的?|[来报反投举联][电警映诉报系]人)?"
    rf"(?:(?:联系|来电|报警)?(?:电话|手机|方式)(?:号码?)?(?:是|为)?)?[:：\s]{{0,3}}{PHONE}"
    r"(?(within)[^（()）\n]{0,20}[）)])"
)
_OF_ANOTHER = re.compile(
    r"(?:老板|店主|商[家户]|物业|公司|对方|房东|中介|司机|客服|开发商|负责人)的?[一-鿿]{0,3}?[\s（(]{0,2}"
    r"(?:联系)?(?:电话|手机|号码){0,2}[:：是\s]{0,2}$"
)
_LONGEST_OWNER: Final = 24
_BESIDE_NAME: Final = r"[，,（(\s]{0,2}(?:联系)?(?:电话|手机)?(?:号码?)?[:：\s]{0,2}"
_GREETING: Final = re.compile(r".{0,12}(?:[您你]们?|领导|大家|各位|书记|主任|[早晚]上|[上下]午)好")
_LONGEST_INTRODUCTION: Final = 20
_URL: Final = re.compile(r"https?://[!-~]+")
_NARROW: Final = {
    wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
} | dict.fromkeys(map(ord, "|｜"), ord(" "))
"""Digits and letters of full width; a line between a table's cells is a gap."""
_MEDIA: Final = re.compile(r"(?:\[(?:图片|视频|语音|链接|文件|动画表情)\]|@所有人)\s*")
"""What a chat puts in the place of what is no text."""
_FROM: Final = re.compile(r"来自[^，。\n]{1,12}$")
_NO: Final = ("否", "不", "无", "未", "没", "N", "n", "×")
_MOST_GUESSES: Final = 3
_CJK_RUN = re.compile(r"[㐀-䶿一-鿿]+")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_WISHED = "(?:要求|需要?|希望|请求?)(?:[^，。；,;\n]{0,8}[并后])?(?:今[天日]|明天|尽快|及时|电话|书面)?"
_WISHES: Final = {"wants_reply": f"{_WISHED}(?:回复|回电|答复|回访)", "keep_secret": f"{_WISHED}(?:保密|匿名)"}


@frozen
class ParsedText:
    """The fields found in a text; those not found are empty."""

    title: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""
    address: str = ""
    point: str = ""
    crs: str = ""
    happened_at: datetime | None = None
    channel: str = ""
    upper_number: str = ""
    urgency: int = 0
    wants_reply: bool = False
    keep_secret: bool = False


@frozen
class ClassGuess:
    """A filing condition that may fit the text; ``words`` are the words that it shares with it."""

    standard: StandardRow
    score: float
    words: tuple[str, ...]


def parse_text(text: str, now: datetime) -> ParsedText:
    """Reads labelled fields, then looks for caller, telephone, address, time and point in the whole text.

    ``now``, in China time, is when it came: by it a day without a year, and 昨天, are dated.
    """
    plain = _MEDIA.sub("", text.replace("\r", "").translate(_NARROW)).strip()
    point, crs = told_point(plain)
    plain = without_point(plain)
    values, rest = labelled(plain)
    body = values.get("description") or values.get("remark") or rest
    opening, teller, matter = opened(body)
    name = values.get("reporter_name", "") or _grid_worker(values) or teller or introduced(plain)
    phone = _first(_PHONE, values.get("reporter_phone", "")) or _own_phone(plain, name)
    return ParsedText(
        title=(values.get("title") or headline(body))[:TITLE_FROM_TEXT],
        reporter_name=name,
        reporter_phone=re.sub(r"^(1\d\d)[- ]?(\d{4})[- ]?(\d{4})$", r"\1\2\3", phone),
        address=values.get("address", "") or told_place(without_moments(matter)),
        point=point,
        crs=crs,
        happened_at=told_moment(values.get("happened_at", ""), now, day_alone=True)
        or told_moment(opening, now, day_alone=True)
        or told_moment(body, now),
        channel=_channel(values, plain),
        upper_number=values.get("upper_number", ""),
        urgency=next((value for value, word in URGENCIES.items() if values.get("urgency", "").startswith(word)), 0),
        wants_reply=_is_wished("wants_reply", values, plain),
        keep_secret=_is_wished("keep_secret", values, plain),
    )


def headline(text: str) -> str:
    """A title from a text: its first sentence, cut to a line of the list. A greeting, a sentence that only says who
    writes, or a line that leads to the next is none."""
    matter = opened(re.sub(r"(?m)^.*[:：]\s*\n(?=.*\S)", "", _URL.sub("", text)))[2]
    lines = (_PHONE_TOLD.sub("", part).strip(" \t\xa0　，,:：.") for part in _SENTENCE_END.split(matter))
    told = [line for line in lines if re.search(r"[^\W\d]", line)]
    line = next((line for line in told if not _is_courtesy(line)), told[0] if told else "")
    return line[:TITLE_FROM_TEXT].rstrip("，,、：:（(")


def _is_courtesy(line: str) -> bool:
    name = introduced(f"{line}，")
    return bool(_GREETING.fullmatch(line) or (name and line.endswith(name) and len(line) <= _LONGEST_INTRODUCTION))


def _is_wished(name: str, values: dict[str, str], text: str) -> bool:
    """Whether the label ``name`` says yes; without the label, whether the wish is found in the text."""
    if name in values:
        return not values[name].startswith(_NO)
    return re.search(rf"(?<![是否不无未没])(?<!没有){_WISHES[name]}(?!\s*[:：否不无未没])", text) is not None


def _grid_worker(values: dict[str, str]) -> str:
    """The grid worker who reports; in a caller's or a numbered order he is the one who will handle it."""
    return "" if values.keys() & {"upper_number", "reporter_name"} else values.get("grid_worker", "")


def _own_phone(text: str, name: str) -> str:
    """The telephone beside the name of who tells a text, else the first that is not told as another's."""
    if name and (beside := re.search(rf"{re.escape(name)}{_BESIDE_NAME}({PHONE})", text)):
        return beside[1]
    told = ((found[0], text[max(found.start() - _LONGEST_OWNER, 0) : found.start()]) for found in _PHONE.finditer(text))
    own = (phone for phone, before in told if not _OF_ANOTHER.search(before))
    return next(own, "")


def _channel(values: dict[str, str], text: str) -> str:
    """The channel that a label, else the text's opening names. A numbered order came from its platform, however it was
    told there."""
    channel = channel_of(values.get("channel", "")) or channel_of(opened(text)[0] + _first(_FROM, text))
    if not channel and _grid_worker(values):
        return Channel.GRID_WORKER.value
    return "" if channel == Channel.OTHER and "upper_number" in values else channel


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""


class ClassGuesser:
    """Ranks filing conditions by rare two-character words shared with a text. Built once per state of the lists."""

    def __init__(self, standards: Sequence[StandardRow]) -> None:
        self._standards = standards
        self._names = [_bigrams(s.small_class) for s in standards]
        self._words = [names | _bigrams(s.filing_condition) for s, names in zip(standards, self._names, strict=True)]
        spread = Counter(word for words in self._words for word in words)
        self._weight = {word: math.log(1 + len(standards) / count) for word, count in spread.items()}

    def guess(self, text: str) -> tuple[ClassGuess, ...]:
        """The three likeliest conditions at most, best first; none when nothing speaks for any."""
        given = _bigrams(text)
        ranked = sorted(
            (self._scored(i, given) for i in range(len(self._standards))), key=lambda g: (-g.score, g.standard.code)
        )
        return tuple(g for g in ranked[:_MOST_GUESSES] if g.score > 0)

    def _scored(self, index: int, given: frozenset[str]) -> ClassGuess:
        shared = self._words[index] & given
        names = self._names[index]
        score = sum(self._weight[w] * (2 if w in names else 1) for w in shared)
        return ClassGuess(self._standards[index], score / (4 + len(self._words[index])) ** 0.5, tuple(sorted(shared)))


def areas_named(text: str, grids: Iterable[GridRow]) -> tuple[GridRow, ...]:
    """Areas whose names are in the text, the narrowest tier first."""
    order = {"basic": 0, "community": 1, "zone": 2, "township": 3}
    found = [g for g in grids if len(name := _bare(g.name)) > 1 and name in text]
    return tuple(sorted(found, key=lambda g: (order.get(g.tier, 9), -len(g.name), g.code)))


def area_named(text: str, address: str, grids: Sequence[GridRow]) -> str:
    """The one area named in the text: a basic grid, else a community, else the township; "" if several of a tier are.

    If a township is named only areas in it count. Of several communities the one in ``address`` is taken.
    """
    found = areas_named(text, grids)
    townships = [row.code for row in found if row.tier == "township"]
    within = townships[0] if len(townships) == 1 else ""
    named = [row for row in found if row.tier in ("basic", "community") and row.code.startswith(within)]
    communities = {row.code for row in named if row.tier == "community"}
    if len(communities) > 1:
        return (area_named(address, "", grids) if address else "") or within
    basic = [row for row in named if row.tier == "basic" and (not communities or row.parent in communities)]
    if len(basic) == 1:
        return basic[0].code
    return communities.pop() if len(communities) == 1 else within


def _bare(name: str) -> str:
    """An area's name without the suffix for its kind: 第三网格(基础) → 第三网格."""
    return re.sub(r"[(（](?:基础|专属)[)）]$", "", name)


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(run[i : i + 2] for run in _CJK_RUN.findall(text) for i in range(len(run) - 1))
