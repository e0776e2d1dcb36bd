"""Small files as offices send them, good and hostile, built in memory for the tests of the exchange room."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from openpyxl import Workbook

from gridclient.domain.calendar import CHINA_TIME

CASE_TITLES = ("编号", "标题", "问题描述", "上报时间", "经度", "纬度", "联系电话", "备注")
CASE_ROWS = (
    (
        "T-001",
        "夜间施工噪音",
        "连续三晚施工\n要求停止",
        "2026-01-05 22:40:00",
        "122.1195",
        "37.5212",
        "13800000000",
        "甲",
    ),
    ("T-002", "井盖缺失", "路口井盖缺失", "2026/1/6 9:03", "122.1201", "37.5220", "13900000000", " "),
    ("T-003", "占道经营", "流动摊贩", "2026年1月7日 08时30分", "", "", "", "丙"),
)
STANDARD_TITLES = (
    *("大类代码", "大类名称", "小类代码", "小类名称", "处置单位"),
    *("主管部门", "立案条件", "结案条件", "处置时限"),
)
SQUARE = [[122.10, 37.50], [122.11, 37.50], [122.11, 37.51], [122.10, 37.51], [122.10, 37.50]]
COMMUNITY = "371002002003"
_INLINE = re.compile(rb'<c r="(\w+)"(?: s="\d+")? t="inlineStr"><is><t[^>]*>(.*?)</t></is></c>', re.DOTALL)


def workbook_bytes(
    rows: Sequence[Sequence[Any]], *, sheet: str = "Sheet1", change: Callable[[Any], None] | None = None
) -> bytes:
    """A workbook of one sheet; ``change`` gets the worksheet before it is saved."""
    workbook = Workbook()
    worksheet = workbook.active
    assert worksheet is not None
    worksheet.title = sheet
    for row in rows:
        worksheet.append(list(row))
    if change is not None:
        change(worksheet)
    out = io.BytesIO()
    workbook.save(out)
    workbook.close()
    return out.getvalue()


def standards_workbook() -> bytes:
    """A class merged over its conditions under a merged title, codes as numbers, as the real lists have them."""

    def merge(worksheet: Any) -> None:
        worksheet.merge_cells("A1:I1")
        for letter in "ABCDEF":
            worksheet.merge_cells(f"{letter}3:{letter}4")

    rows = (
        ("监管立案结案标准", *[None] * 8),
        STANDARD_TITLES,
        (1, "公用设施", 1, "上水井盖", "供水公司", "城管局", "缺失", "恢复", "2紧急工作时"),
        (*[None] * 6, "破损", "更换", "4小时"),
        (1, "公用设施", 2, "污水井盖", "排水公司", "城管局", "缺失", "恢复", "1天"),
    )
    return workbook_bytes(rows, sheet="部件", change=merge)


def cases_workbook() -> bytes:
    """Cases with real dates, numbers and a text date."""
    rows = [
        CASE_TITLES,
        *CASE_ROWS,
        (
            4,
            "路灯不亮",
            "三盏",
            datetime(2026, 1, 8, 9, 3, tzinfo=CHINA_TIME).replace(tzinfo=None),
            122.12,
            37.52,
            13800000001,
            5,
        ),
    ]
    return workbook_bytes(rows)


def csv_bytes(
    rows: Sequence[Sequence[str]] = (CASE_TITLES, *CASE_ROWS), *, encoding: str = "utf-8", separator: str = ","
) -> bytes:
    """A csv file; cells with line ends, quotes or separators are quoted."""
    lines = [separator.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    return "\r\n".join(lines).encode(encoding)


def zip_bytes(members: Mapping[str, bytes], *, level: int = 6) -> bytes:
    """A zip container."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part(workbook: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part changed and packed anew, so that the container is sound."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[part] = change(members[part])
    return zip_bytes(members)


def with_shared_texts(workbook: bytes, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """The workbook with its texts in a part of their own, as Excel and WPS write them (openpyxl writes them inline)."""
    texts: list[bytes] = []

    def shared(found: re.Match[bytes]) -> bytes:
        texts.append(found[2])
        return b'<c r="%s" t="s"><v>%d</v></c>' % (found[1], len(texts) - 1)

    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[part] = _INLINE.sub(shared, members[part])
    items = b"".join(b"<si><t xml:space='preserve'>%s</t></si>" % text for text in texts)
    members["xl/sharedStrings.xml"] = b'<?xml version="1.0" encoding="UTF-8"?><sst>' + items + b"</sst>"
    relation = b'<Relationship Id="rIdTexts" Type="http://x/sharedStrings" Target="sharedStrings.xml"/>'
    relations = "xl/_rels/workbook.xml.rels"
    members[relations] = members[relations].replace(b"</Relationships>", relation + b"</Relationships>")
    return zip_bytes(members)


def feature(properties: Mapping[str, Any], coordinates: Any, kind: str = "Polygon") -> dict[str, Any]:
    """One GeoJSON feature."""
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": dict(properties), "geometry": geometry}


def moved(ring: Sequence[Sequence[float]], east: float) -> list[list[float]]:
    """The ring so many degrees further east."""
    return [[lon + east, lat] for lon, lat in ring]


def geojson_bytes(features: Sequence[Any], **members: Any) -> bytes:
    """A FeatureCollection."""
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)}, ensure_ascii=False).encode()


def grids_geojson() -> bytes:
    """Two grids of one community."""
    return geojson_bytes(
        [
            feature({"网格编码": f"{COMMUNITY}001", "网格名称": "第一网格(基础)"}, [SQUARE]),
            feature(
                {"网格编码": f"{COMMUNITY}002", "网格名称": "集贸市场网格(专属)"},
                [[moved(SQUARE, 0.01)]],
                "MultiPolygon",
            ),
        ]
    )
