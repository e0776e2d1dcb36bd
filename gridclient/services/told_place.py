"""The place that running words tell, as exact as a house number or a crossing; none where in doubt."""

from __future__ import annotations

import re
from typing import Final

_NO_NAME: Final = re.compile(
    r"[的了着是有俺咱把被给到至对就也该此这我你您他她它请问称说因但并或且很还又每而其没距离]|[将向](?![军阳])|(?<!自)在|于(?!家)|从(?!化)"
    r"|反映|投诉|举报|来电|咨询|求助|表示|本人|家住|居住|住(?![宅房院户建所址])|家门口|地处|有?关于|发现|看[到见]|听到"
    r"|拆除|核实|紧[临邻挨]|靠近|旁边|隔壁|对面|路过|[途行]经|购买|建议|要求|希望|申请|直接|强行|同一|辖区|导致|反应|知道|\d{2,4}年(?:\d{1,2}月)?"
)
"""Words of running speech that are in no place's name: before them a name ends, behind them one may begin."""
_SIGN: Final = "[一-鿿A-Za-z0-9]"
_PLACE: Final = re.compile(
    rf"(?<!{_SIGN})(?!与){_SIGN}{{2,16}}?(?:路|街|巷|大道|(?P<estate>小区|花园|家园|新村)|广场|市场){_SIGN}{{0,8}}?"
    r"(?:(?<=[0-9A-Za-z一二三四五六七八九十])(?:号(?!线|摄|机[器组台]|门(?![口前]))(?:楼(?(estate)|(?![下上道顶前后里内])))?|[期栋幢])"
    r"|附近|门口|路口|交叉口)(?:[0-9一二三四五六七八九十]{1,2}单元)?(?:\d{3,4}室)?"
)
"""A road, an estate or a market with its name, and what makes it exact. Behind a house number 楼下 is no building, and
a line, a camera or a gate has a number of its own."""


def told_place(text: str) -> str:
    """The first such place in a text, or ""."""
    found = _PLACE.search(_NO_NAME.sub("，", text))
    return found[0] if found else ""
