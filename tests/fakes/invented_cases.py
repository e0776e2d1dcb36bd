"""Invented rows of cases, as a reader hands them over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.fakes.case_record import CaseRecord
from tests.fakes.invented_areas import NOW, middle

_THINGS = ("路灯不亮", "噪音扰民", "井盖缺失", "垃圾堆放", "违章停车")


def case_row(number: int, **given: Any) -> CaseRecord:
    """The row with this number: at a place of the invented township, every third one closed."""
    lon, lat = middle(number % 8)
    reported = NOW - timedelta(days=number % 30, minutes=number)
    values: dict[str, Any] = {
        "title": f"{_THINGS[number % 5]} {number}",
        "description": "居民反映，望处理。",
        "reported_at": reported,
        "closed_at": reported + timedelta(hours=5) if number % 3 == 0 else None,
        "due_at": reported + timedelta(days=2),
        "external_number": f"A{number}",
        "channel_text": "12345",
        "lon": lon,
        "lat": lat,
        "extra": {"满意度": "好"},
    }
    return CaseRecord(sheet="案件", row=number + 2, identity=f"n:编号:A{number}", **(values | given))


def case_rows(count: int, first: int = 0) -> list[CaseRecord]:
    return [case_row(number) for number in range(first, first + count)]
