"""What stands in a pasted text before the matter itself: where it came from, when it was said, and by whom."""

from __future__ import annotations

import re
from typing import Final

from gridclient.domain.case import Channel
from gridclient.services.told_moment import HALF_DAYS
from gridclient.services.told_person import FULL, NAME, PHONE, STYLED


def _either(*ways: str) -> str:
    return f"(?:{'|'.join(ways)})"


_TELLS: Final = "反映|投诉|举报|咨询|求助"
_COMES: Final = "来电|来信|来访"
CALLER: Final = rf"(?:(?:{_TELLS}|{_COMES}|诉求|报警|上报)人)"
"""What slips call the person who tells them, as a pattern."""
_ROLE: Final = rf"(?:市民|群众|居民|村民|业主|住户|顾客|{CALLER})"
_WORKER: Final = "(?:网格[员长]|(?:民情)?巡[查察]员)"
_VISITS: Final = r"(?:于[^，。：:\n]{4,24}?)?到(?!处)[^，。：:\n]{1,10}?(?=反映)"
_SAYS: Final = _either(
    rf"(?:{_COMES}|上门|打来电话|{_VISITS})?[，,\s]*(?:称|表示|说|(?:{_TELLS}|上?报|报告)(?!人)称?|(?:巡查)?发现)",
    "来电",
    "来访",
)
_BESIDE: Final = (
    rf"[，,、\s]{{0,2}}+(?:[（(][^（()）\n]{{0,60}}[）)][，,、\s]{{0,2}}+)?(?:电话)?(?:{PHONE})?[，,\s]{{0,2}}"
)
"""What is told beside a name: a bracket, a telephone."""
_COLON: Final = r"[:：](?!\s*[你您]们?好)"
"""Behind a name it says who speaks; before a greeting it says who is spoken to."""
_YEAR: Final = r"20\d\d[-/年]"
_WHO: Final = re.compile(
    r"(?:【[^】\n]{0,20}】\s{0,2})?(?:刚[才刚])?"
    + _either(
        rf"(?:{_ROLE}|{_WORKER})?({STYLED}){_BESIDE}(?={_SAYS}|{_COLON}|{_YEAR})",  # 市民于先生（…）反映
        rf"{_WORKER}({FULL}){_BESIDE}(?={_SAYS}|[:：])",  # 网格员刘敏上报
        rf"({NAME})\s{{1,2}}\d{{1,2}}:\d\d\s*\n",  # 王秀英 10:21, the line over what a chat's member writes
        rf"({NAME})[，,\s（(]{{1,2}}[男女]性?[，,\s）)]{{1,2}}(?:\d{{1,3}}岁)?{_BESIDE}",  # 张丽，女，45岁
        rf"(?:{_ROLE}|{_WORKER}(?!说|称|表示)){_BESIDE}(?={_SAYS})",  # 市民来电称, without a name
    )
)
_SENDER: Final = re.compile(rf"({NAME})\s{{0,2}}(?=\n|{_COLON}|{_YEAR})")
_NEAR_PHONE: Final = rf"(?=[，,（(\s]{{0,2}}(?:(?:联系)?(?:电话|手机)|{PHONE}))"
_INTRODUCED: Final = re.compile(
    _either(
        rf"(?:[我俺]叫|[我俺]是[^，。,\s]{{0,12}}?(?:{_ROLE}|{_WORKER}))({FULL})(?=[，。,\s（(])",  # 我叫于文波，
        rf"[我俺][是叫](?:[^，。,\s]{{0,12}}?的)?({STYLED})(?=[，。,\s（(])",  # 我是3号楼的王师傅，
        rf"(?:我是|(?<![被诉报找]){_ROLE}\s?)({NAME}){_NEAR_PHONE}",  # 业主谷女士138…
        rf"(?<![一-鿿])({NAME})[\s（(]{{0,2}}{PHONE}[)）\s，,]{{0,3}}(?={_SAYS})",  # 刘建军 138… 反映
    )
)
_SAID: Final = re.compile(rf"{_SAYS}[,，:：\s]*|[:：，,\s]+")
_SAID_BY_NOBODY: Final = re.compile(rf"(?:{_COMES}|有人说?)?(?:(?<=有人说)|{_TELLS})(?!人)[,，:：\s]*")

_DAY: Final = r"(?:[今昨前](?:[天日晨夜]|(?=[早晚]))|(?:20\d\d[-/.年]\s?)?\d{1,2}[-/.月]\d{1,2}[日号]?|刚[才刚])"
_HOUR: Final = r"[\d一二两三四五六七八九十]{1,3}[:：时点][\d:：分半]{0,6}"
_CLOCK: Final = r"[\d一二两三四五六七八九十:：时点分秒半刻许左右\s]{0,14}"
_AT: Final = rf"{_DAY}\s?(?:{HALF_DAYS})?(?:{_CLOCK}[，,]\s*|\s?{_HOUR}\s+)"
_HANDED: Final = "(?:交办|批示|派单|来函|移交|转[发办来]?)"
_OFFICE: Final = f"(?:局|派出所|[支大中]队){_HANDED}"
_PLATFORM: Final = "12345|110|数字城管|智慧社区|一钉办好|微信|短信|来访"
_WORD: Final = (
    f"(?:{_PLATFORM}|民生|电话|来电|值班室?|网格员?|视频|领导|上级|部门|[省市区县镇][里长]|群[众里]?|居民|业主|市民|村民|小区"
    "|工作|平台|系统|热线|小程序|民情|日常|日报|巡[查察]|接到?|转[发办来]?|[工派]单|推送|上报|反映|发现|交办|非?警务|分流|批示"
    "|记录[表本]?|登记[表本]?|留言|消息|来函|警情|指令)"
)
"""The words out of which a source is named."""
_WORDS: Final = rf"{_WORD}{{2,6}}+[件单]?(?:[（(][^（()）\n]{{1,12}}[）)])?"
_ALONE: Final = _either(
    _PLATFORM, r"转发?(?=[:：])", f"[一-鿿]{{0,8}}{_OFFICE}", r"微信[^，。：:\n]{0,10}(?:留言|反映|发来)(?=[:：])"
)
"""A source in a single word; of others it takes two, as 居民 or 反映 alone begin a sentence."""
_LEAD: Final = re.compile(
    "^"
    + _either(
        r"[您你]们?好[，,！!。\s]+",
        rf"[【\[](?:{_WORD}{{1,6}}+|[^】\]\n]{{1,12}}群)[】\]]\s*[:：]?\s*",  # 【微信转发】, 【3号楼业主群】
        rf"(?:{_WORDS}|{_ALONE})(?:[:：，,\s]+|(?=有人[说反]))",  # 值班电话：, 微信群里有人说
        r"\d{1,2}[:：]\d\d\s?(?=接)",  # 22:40接群众电话
        _AT,
    )
    + "+"
)
_CHANNELS: Final = (
    (r"(?<![\d-])12345(?![\d-])", Channel.HOTLINE_12345),
    (r"(?<![\d-])110(?![-\d])|民生警务", Channel.POLICE_110),
    ("数字城管", Channel.DIGITAL_CITY),
    ("智慧社区", Channel.SMART_COMMUNITY),
    ("一钉", Channel.ONE_NAIL),
    ("网格(?!.{0,2}群)", Channel.GRID_WORKER),
    ("视频", Channel.VIDEO),
    ("巡[查察]", Channel.PATROL),
    (rf"(?:领导|书记|[省市区县镇]长){_HANDED}", Channel.LEADER),
    (rf"(?:上级|[省市区县镇]里){_HANDED}", Channel.SUPERIOR),
    (rf"部门{_HANDED}|{_OFFICE}", Channel.DEPARTMENT),
    ("来访|上门|到[^，。：:]{1,10}反映", Channel.VISIT),
    ("微信|短信|群(?!众)|值班|接.{0,4}电话|电话反映|(?:电话|来电)(?:记录|登记)", Channel.OTHER),
)


def opened(text: str) -> tuple[str, str, str]:
    """The opening of a text, who tells it, and the text behind the opening. A name is given only where it is said that
    this person tells it; whoever is addressed or only named is none."""
    behind = _LEAD.sub("", text.lstrip())
    who = _WHO.match(behind) or _INTRODUCED.match(behind)
    if who is None and len(behind) < len(text):  # behind a source a name and a colon are enough
        who = _SENDER.match(behind)
    name = next((found for found in who.groups() if found), "") if who else ""
    behind = behind[who.end() :] if who else behind
    said = (_SAID if who else _SAID_BY_NOBODY).match(behind)
    behind = _LEAD.sub("", behind[said.end() :] if said else behind)
    return text.removesuffix(behind), name, behind


def introduced(text: str) -> str:
    """The name with which somebody introduces himself in a text, or ""."""
    found = _INTRODUCED.search(text)
    return next((name for name in found.groups() if name), "") if found else ""


def channel_of(words: str) -> str:
    """The channel that some words name which say where a text came from, or ""."""
    return next((channel.value for word, channel in _CHANNELS if re.search(word, words)), "")
