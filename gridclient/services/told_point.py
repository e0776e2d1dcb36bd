"""The point that a pasted text tells, and its coordinate system; neither is guessed: without a stated system it is
asked for."""

from __future__ import annotations

import re
from typing import Final

from gridclient.domain.coordinates import Crs

_SYSTEMS: Final = (
    (r"WGS-?84|CGCS-?2000|国家2000|2000国家大地", "天地图", Crs.WGS84),
    (r"GCJ-?02|火星坐标", r"高德(?:地图)?|amap\.com|腾讯(?:地图|坐标|定位)|map\.qq\.com", Crs.GCJ02),
    (r"BD-?09(?:ll)?", r"百度(?:地图|坐标|定位)|map\.baidu\.com", Crs.BD09),
)
"""Each system with the codes and the maps that name it."""
_NAMED: Final = "|".join(f"{codes}|{maps}" for codes, maps, _ in _SYSTEMS)
_CLAUSE_END: Final = re.compile(r"[，。；！？\n]")
_AXIS: Final = r"(?:[东北][经纬]|[经纬]度?|lon(?:gitude)?|lng|lat(?:itude)?|[NE])"
_DEGREES: Final = r"(?<![\d.])(\d{1,3}\.\d{3,})(?![\d.])(?:[ \t]?[°度])?(?:[ \t]?[NE])?"
_POINT: Final = re.compile(rf"{_DEGREES}[\s,，;；、/]{{0,3}}{_AXIS}?[\s:：=]{{0,3}}{_DEGREES}", re.IGNORECASE)
_TOLD: Final = re.compile(
    rf"[，,、 \t]{{0,3}}(?:附件|{_NAMED}|坐标|定位|位置|经纬度|{_AXIS}|[ \t:：=(（]){{0,8}}{_POINT.pattern}"
    rf"(?:[\s(（]{{0,2}}(?:坐标系[\s:：]{{0,2}})?(?:{_NAMED})(?:坐标)?[)）]?|[)）])?",
    re.IGNORECASE,
)


def told_point(text: str) -> tuple[str, str]:
    """The one point in China that a text tells as ``lon, lat``, and the one system that it names; "" for none.

    Which number is which follows from their size: in China no latitude is a longitude. A map's name counts only in the
    clause of the point.
    """
    points = {pair: found for found in _POINT.finditer(text) if (pair := _in_order(found[1], found[2]))}
    if len(points) != 1:
        return "", ""
    (point, found), *_ = points.items()
    clause = _CLAUSE_END.split(text[: found.start()])[-1] + _CLAUSE_END.split(text[found.end() :])[0]
    named = {
        system
        for code, maps, system in _SYSTEMS
        if re.search(code, text, re.IGNORECASE) or re.search(maps, clause, re.IGNORECASE)
    }
    return point, named.pop().value if len(named) == 1 else ""


def without_point(text: str) -> str:
    """The text without the points that it tells, and what leads to them."""
    return _TOLD.sub(lambda found: "" if _in_order(found[1], found[2]) else found[0], text)


def _in_order(one: str, other: str) -> str:
    latitude, longitude = sorted((one, other), key=float)
    return f"{longitude}, {latitude}" if 3 < float(latitude) < 54 and 73 < float(longitude) < 136 else ""
