"""Names of the demo's grids: numbers written in Chinese, and places that have a grid of their own (专属)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_DIGITS: Final = "零一二三四五六七八九"

URBAN_PLACES: Final = (
    "实验小学", "农贸市场", "人民医院", "商贸城", "第一中学", "花园小区", "高级中学", "中医医院", "建材市场", "幼儿园",
    "科技产业园", "职业学校", "水产批发市场", "家属院", "创业大厦", "客运站",
)  # fmt: skip
RURAL_PLACES: Final = ("卫生院", "工业园", "集贸市场", "中心小学", "渔港码头", "物流园", "度假村", "养老服务中心")


def chinese_number(number: int) -> str:
    """1 … 99 as people write ordinals: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones or not tens else "")


def zone_name(number: int) -> str:
    """第一片区."""
    return f"第{chinese_number(number)}片区"


def basic_name(number: int) -> str:
    """第一网格(基础)."""
    return f"第{chinese_number(number)}网格(基础)"


def special_name(community: str, place: str) -> str:
    """古陌实验小学(专属): the place is named after its community."""
    return f"{community.removesuffix('社区').removesuffix('村')}{place}(专属)"


def place_for(index: int, *, is_village: bool) -> str:
    """Take the places in turn."""
    places: Sequence[str] = RURAL_PLACES if is_village else URBAN_PLACES
    return places[index % len(places)]
