"""Reads the labelled fields of a pasted order: with a colon, in brackets, out of a table, or with spaces only."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import Final

from gridclient.services.told_opening import CALLER
from gridclient.services.told_person import NAME, PHONE

_WHOSE: Final = f"(?:实名)?(?:{CALLER}|(?:联系|发件|来件|写信|发起|登记|当事)人)"
_WHAT: Final = (
    "(?:工单|受理|案件|案卷|事件|事项|任务|热线|留言|来件|警情|诉求|问题|反映|主要|来电|来访|上报|报警|接警|登记|发生|事发|案发"
    "|发现|发起|发送|拍摄|现场|具体|详细){0,2}"
)
"""What an order calls itself, its matter and how it came, or nothing."""
_REPLY: Final = "(?:回复|回访)"
_LABELS: Final = {
    "upper_number": f"{_WHAT}(?:编号|流水号)|(?:工单|案件|案卷|任务单?)号|件号",
    "reporter_name": f"{_WHOSE}(?:姓名)?|(?:市民|群众)?姓名",
    "grid_worker": "网格员(?:姓名)?",
    "reporter_phone": f"(?:联系|联络|来电|手机|{_WHOSE})?(?:电话|手机)(?:号码?)?|联系方式|(?:来电|主叫)号码",
    "happened_at": f"{_WHAT}时间|(?:来访|写信)?日期",
    "address": f"{_WHAT}(?:地址|地点|位置(?:描述)?)|发生地",
    "title": f"{_WHAT}标题|主题",
    "description": f"{_WHAT}(?:内容|描述|详情|情况|问题|事项)|事[由件]|诉求|警情",
    "remark": "备注",
    "channel": f"{_WHAT}(?:来源|渠道)",
    "urgency": "(?:紧急|缓急)程度",
    "wants_reply": f"是否(?:要求|需要)?{_REPLY}|(?:要求|需要){_REPLY}",
    "keep_secret": "(?:是否)?(?:要求|需要)?保密",
}
_PLACE: Final = "(?:[路街道巷镇村区园苑厦场店号楼栋幢层室户院旁侧边口头内外前后东南西北0-9A-Z近面处]|单元)"
_FITS: Final = {
    "upper_number": r"[A-Za-z]{0,8}\d[\w-]{5,}",
    "reporter_name": rf"{NAME}(?:$|[\s，,（(]|{PHONE})",
    "grid_worker": rf"{NAME}(?:$|[\s，,（(])",
    "reporter_phone": PHONE,
    "happened_at": r"20\d\d[-/.年]|\d{1,2}月|[今昨前][天日]",
    "address": rf"[一-鿿A-Z0-9][^\s:/]*{_PLACE}(?:$|[\s，,。])",
    "description": r"(?(start)\S{4}|(?<=(?:内容|描述|详情)[ \t])\S)",
    "wants_reply": "[是否]",
    "keep_secret": "[是否]",
}
"""What has to stand behind a label that has neither colon nor line of its own."""
_WHOLE: Final = ("description", "remark")
"""The fields that end only with the next label. In running words 问题：is no label."""


def _label(name: str, labels: str) -> str:
    before = r"(?<![^\s【\[；;])" if name in _WHOLE else ""
    ends = [r"\s{0,9}[】\]]\s*[:：]?\s*", r"\s{0,9}[:：]\s*", r"(?(start)[^\S\n]{0,9}[\t\n]\s*|(?!))"]
    if name in _FITS:
        ends.append(rf"[^\S\n]+(?={_FITS[name]})")
    return f"{before}(?P<{name}>{labels})(?:{'|'.join(ends)})"


_LABEL: Final = re.compile(
    r"(?:(?P<start>^[^\S\n]*)|(?<![一-鿿\w]))[【\[]?(?:"
    + "|".join(_label(name, labels) for name, labels in _LABELS.items())
    + ")",
    re.MULTILINE,
)
_SIMPLIFIED: Final = str.maketrans(
    "來電聯繫絡話號碼時間發訴問題體點標內詳級緊緩復訪單編報舉",
    "来电联系络话号码时间发诉问题体点标内详级紧缓复访单编报举",
)
"""The traditional signs that labels are written with."""
_NAMED: Final = re.compile(
    rf"(?!匿名|不|未|无|保密|女士|先生|市民|群众|居民|业主|本人)(?:{NAME}(?=\d)|(?:{NAME}|[^\W\d]{{1,4}})(?=$|[^\w:：*＊]))|"
)
"""A name; empty where it is withheld or a whole sentence."""


def _place(gaps: str) -> re.Pattern[str]:
    ends = f"{gaps}。！？!?;；"
    return re.compile(rf"[^{ends}]*(?:[{gaps}][^{ends}]{{0,20}}{_PLACE}(?=$|[{ends}]))*")


_TAKEN: Final = {
    "upper_number": re.compile(r"[^\s，,;；]*"),
    "reporter_name": _NAMED,
    "grid_worker": _NAMED,
    "reporter_phone": re.compile(rf".*?{PHONE}|.*"),
    "address": _place(r"\s，,"),
}
"""What of a line is the value; the rest of it is told beside. Others take the line."""
_PLACE_OF_LINE: Final = _place("，,")
_LEAST_REST: Final = 6


def labelled(text: str) -> tuple[dict[str, str], str]:
    """The labelled values of a text, without those that are empty, and what else it tells."""
    found = list(_LABEL.finditer(text.translate(_SIMPLIFIED)))
    if not found:
        return {}, text
    values: dict[str, str] = {}
    rest = text[: found[0].start()]
    for here, following in zip_longest(found, found[1:]):
        value = text[here.end() : following.start() if following else len(text)].strip(" \t\n，,;；")
        name = str(here.lastgroup)
        if name in _WHOLE:
            rest += "\n"
        else:
            line, newline, further = value.partition("\n")
            value = _taken(name, line, own_line=here["start"] is not None)
            beside = line[len(value) :]
            rest += f"，{beside if len(beside) > _LEAST_REST else ''}{newline}{further}"
        values.setdefault(name, value.strip())
    rest = re.sub(r"[（(][，\s]*[）)]", "", rest)
    told = "\n".join(
        part for line in rest.splitlines() if (part := re.sub("\\s*，[，。\\s]*", "，", line).strip(" \t，,;；。"))
    )
    return {name: value for name, value in values.items() if value}, told


def _taken(name: str, line: str, *, own_line: bool) -> str:
    """What of a line is the value of a field: an address may have any gaps only if the line is its own."""
    if name == "address" and re.match(r"[\d.]+\s?°", line):
        return ""
    pattern = _PLACE_OF_LINE if name == "address" and own_line else _TAKEN.get(name)
    found = pattern.match(line) if pattern else None
    return found[0] if found else line
