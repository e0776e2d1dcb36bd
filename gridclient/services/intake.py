"""Reads a pasted text (a 12345 work order, a chat message) into the fields of a case and guesses its class.

Only proposes: the operator sees what was found, and what was typed stays.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Final

from gridclient.domain.case import Channel
from gridclient.domain.frozen import frozen
from gridclient.services.registering import TITLE_FROM_TEXT
from gridclient.services.rows import GridRow, StandardRow
from gridclient.services.told_moment import HALF_DAYS, told_moment
from gridclient.services.words import URGENCIES

_LABELS: Final = {
    "upper_number": ("工单编号", "工单号", "受理编号", "流水号", "编号", "留言编号"),
    "reporter_name": ("来电人", "反映人", "诉求人", "联系人", "举报人", "投诉人", "报警人", "上报人", "姓名"),
    "reporter_phone": ("联系电话", "联系方式", "来电号码", "电话", "手机"),
    "happened_at": ("诉求时间", "来电时间", "受理时间", "反映时间", "发生时间", "事发时间", "时间"),
    "address": ("事发地址", "事发地点", "发生地址", "诉求地址", "问题地址", "具体位置", "地址", "地点", "位置"),
    "title": ("诉求标题", "工单标题", "问题标题", "标题", "主题"),
    "description": ("诉求内容", "工单内容", "问题描述", "反映内容", "主要内容", "详情", "描述", "内容"),
    "channel": ("来源", "渠道"),
    "urgency": ("紧急程度", "缓急程度"),
    "wants_reply": ("是否要求回复", "是否需要回复", "是否回复", "是否回访", "要求回复", "需要回复", "需要回访"),
    "keep_secret": ("是否要求保密", "是否需要保密", "是否保密", "要求保密", "需要保密", "保密"),
}
_FIELD_OF: Final = {label: name for name, labels in _LABELS.items() for label in labels}
_LABEL = re.compile(rf"【?(?P<label>{'|'.join(sorted(_FIELD_OF, key=len, reverse=True))})(?:】\s*[:：]?|\s*[:：])\s*")
_OF_LABELS: Final = str.maketrans(
    "來電聯繫話號碼時間發訴問題體點標內詳級緊緩復訪單編報舉",
    "来电联系话号码时间发诉问题体点标内详级紧缓复访单编报举",
)
"""The traditional signs that labels are written with."""
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)")
_PHONE_TOLD = re.compile(
    rf"[，,、\s]{{0,3}}(?:(?:联系|来电)?(?:电话|手机|方式)(?:号码?)?(?:是|为)?)?[:：\s]{{0,3}}{_PHONE.pattern}"
)
_ADDRESS = re.compile(
    r"[一-鿿A-Za-z0-9]{2,16}?(?:路|街|巷|大道|小区|花园|家园|新村|广场|市场)[一-鿿A-Za-z0-9]{0,8}?"
    r"(?:(?<=[0-9A-Za-z一二三四五六七八九十])(?:号楼?(?!线)|[期栋幢])|附近|门口|路口|交叉口)"
)
_BEFORE_ADDRESS = re.compile(r"^.*(?:反映|投诉|举报|来电|咨询|求助|表示|位于|我们?是|家住|(?<!自)在)(?=.{2})")
_CHANNELS: Final = (
    (r"(?<![\d-])12345(?![\d-])", Channel.HOTLINE_12345),
    (r"(?<![\d-])110(?![-\d号室栋幢户米元人件斤平多余.])", Channel.POLICE_110),
    ("数字城管", Channel.DIGITAL_CITY),
    ("智慧社区", Channel.SMART_COMMUNITY),
    ("一钉", Channel.ONE_NAIL),
    ("网格员", Channel.GRID_WORKER),
    ("民情巡察", Channel.PATROL),
)
_NARROW: Final = {
    wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_CALLER = r"(?:市民|群众|居民|业主|(?:反映|投诉|举报|来电|诉求|求助)人)"
_STYLED = "[一-鿿]{1,3}(?:女士|先生|同志|老师|师傅|大爷|大妈|阿姨)"
_WHO = rf"(?:{_CALLER}?(?P<name>{_STYLED})|{_CALLER})[，,、\s]*+(?:[（(][^（()）]{{0,60}}[）)][，,、\s]*+)?"
_SAID_AT = (
    rf"(?:[今昨前](?:[天日晨夜]|(?=[早晚]))|(?:20\d\d年)?\d{{1,2}}月\d{{1,2}}日)"
    rf"(?:{HALF_DAYS})?[0-9:：时点分半许左右\s]{{0,12}}[，,]\s*"
)
_OPENING = re.compile(
    rf"^(?:【[^】]{{0,12}}】\s*)?(?:{_SAID_AT})?(?P<who>{_WHO})?(?:来电|来信|来访)?"
    r"(?:(?(who)(?:称|表示)|(?!))|(?:反映|投诉|举报|咨询|求助)(?!人))[,，:：\s]*"
)
_NO: Final = ("否", "不", "无", "未", "没", "N", "n", "×")
_MOST_GUESSES: Final = 3
_CJK_RUN = re.compile(r"[㐀-䶿一-鿿]+")
_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_ADDRESS_END = re.compile(r"[。！？!?]")
_WISHED = "(?:要求|需要?|希望|请求?)(?:[^，。；,;\n]{0,8}[并后])?(?:今[天日]|明天|尽快|及时|电话|书面)?"
_WISHES: Final = {"wants_reply": f"{_WISHED}(?:回复|回电|答复|回访)", "keep_secret": f"{_WISHED}(?:保密|匿名)"}


@frozen
class ParsedText:
    """The fields found in a text; those not found are empty."""

    title: str = ""
    description: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""
    address: str = ""
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
    """Reads labelled fields, then looks for telephone, address and time in the whole text.

    ``now``, in China time, is when it came: by it a day without a year, and 昨天, are dated.
    """
    plain = text.replace("\r", "").translate(_NARROW).strip()
    labelled = _labelled(plain)
    body = labelled.get("description") or (plain if not labelled else _unlabelled(plain))
    address, *further = _ADDRESS_END.split(labelled.get("address", ""), maxsplit=1)
    if further and further[0].strip():  # the address ends there
        body = f"{body}\n{further[0].strip()}".strip()
    phone = _first(_PHONE, labelled.get("reporter_phone", "")) or _first(_PHONE, plain)
    return ParsedText(
        title=(labelled.get("title") or headline(body))[:TITLE_FROM_TEXT],
        description=body,
        reporter_name=_reporter(labelled.get("reporter_name", ""), body),
        reporter_phone=re.sub(r"^(1\d\d)[- ]?(\d{4})[- ]?(\d{4})$", r"\1\2\3", phone),
        address=address.strip() or _BEFORE_ADDRESS.sub("", _first(_ADDRESS, _OPENING.sub("", body))),
        happened_at=told_moment(labelled.get("happened_at", ""), now) or told_moment(plain, now),
        channel=_channel(labelled.get("channel", "") or plain),
        upper_number=labelled.get("upper_number", "").split()[0] if labelled.get("upper_number") else "",
        urgency=next((value for value, word in URGENCIES.items() if labelled.get("urgency", "").startswith(word)), 0),
        wants_reply=_is_wished("wants_reply", labelled, plain),
        keep_secret=_is_wished("keep_secret", labelled, plain),
    )


def headline(text: str) -> str:
    """A title from a text: its first sentence, cut to a line of the list. A line that leads to the next is none."""
    for part in _SENTENCE_END.split(re.sub(r"(?m)^.*[:：]\s*\n(?=.*\S)", "", text)):
        if line := _OPENING.sub("", _PHONE_TOLD.sub("", part).strip(" \t，,:：")):
            return line[:TITLE_FROM_TEXT].rstrip("，,、：:")
    return ""


def _labelled(text: str) -> dict[str, str]:
    found = list(_LABEL.finditer(text.translate(_OF_LABELS)))
    values: dict[str, str] = {}
    for here, following in zip_longest(found, found[1:]):
        value = text[here.end() : following.start() if following else len(text)].strip(" \t\n，,;；")
        name = _FIELD_OF[here["label"]]
        if name != "description":
            value = value.partition("\n")[0].strip()
        values.setdefault(name, value)
    return {name: value for name, value in values.items() if value}


def _is_wished(name: str, labelled: dict[str, str], text: str) -> bool:
    """Whether the label ``name`` says yes; without the label, whether the wish is found in the text."""
    if name in labelled:
        return not labelled[name].startswith(_NO)
    return re.search(rf"(?<![是否不无未没])(?<!没有){_WISHES[name]}(?!\s*[:：否不无未没])", text) is not None


def _reporter(labelled: str, body: str) -> str:
    """The labelled name, else the one with which the text begins: ``张女士（…）反映``."""
    opening = _OPENING.match(body)
    return labelled.split(maxsplit=1)[0] if labelled else (opening and opening["name"]) or ""


def _unlabelled(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not _LABEL.match(line.strip().translate(_OF_LABELS))).strip()


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""


def _channel(text: str) -> str:
    return next((channel.value for word, channel in _CHANNELS if re.search(word, text)), "")


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
