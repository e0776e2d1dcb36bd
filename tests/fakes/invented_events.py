"""Invented events of cases with plausible payloads, for the codec, rounds and files on a stick."""

from __future__ import annotations

import random
from collections.abc import Iterator

from gridclient.domain.events import EventKey, Record, payload_text
from gridclient.services.sync_port import OriginKey

_STREETS = ("幸福路", "和平路", "文化东路", "海滨南路", "世昌大道", "青岛北路", "昆明路", "沈阳路")
_PLACES = ("南苑家园", "祥和新村", "盛景小区", "安居公寓", "望岛花园", "西门外小区", "福源居", "观海苑")
_THINGS = ("路灯不亮", "井盖缺失", "垃圾堆放", "违章停车", "噪音扰民", "电梯故障", "树木倒伏", "管道漏水")
_DETAILS = (
    "居民反映已有多日，夜间出行不便", "附近有学校，上下学时段存在隐患", "此前已经反映过一次，至今没有结果",
    "老人和儿童较多，希望尽快处理", "气味较大，影响一楼住户开窗通风", "雨天积水，行人只能绕行",
    "物业称不在其管理范围", "来电人情绪较急，要求当日答复", "现场拍有照片，可供核对", "希望有关部门到场查看并公开结果",
)  # fmt: skip
_START_MS = 1_790_000_000_000


def invented_events(origin: OriginKey, count: int, *, seed: int = 1, details: int = 4) -> Iterator[Record]:
    """``count`` events, numbered from 1, of cases that go from registration to their end side by side."""
    rolls = random.Random(f"{seed} {origin}")
    open_cases: list[tuple[str, int]] = []
    clock = _START_MS
    for seq in range(1, count + 1):
        clock += rolls.randrange(1_000, 300_000)
        if not open_cases or rolls.random() < 0.2:
            subject, base = rolls.randbytes(16).hex(), 0
        else:
            subject, base = open_cases.pop(rolls.randrange(len(open_cases)))
        number = f"371002001-20261120-A7{seq:05}"
        kind, actor, payload = _happening(rolls, (subject, base), clock // 1000, details, number)
        yield Record(EventKey(*origin, seq), clock << 16, kind, 1, subject, base, actor, payload_text(payload))
        if base < 4:
            open_cases.append((subject, base + 1))


def _happening(
    rolls: random.Random, step: tuple[str, int], second: int, details: int, number: str
) -> tuple[str, str, dict[str, object]]:
    subject, base = step
    unit = f"371002001-B{int(subject[:4], 16) % 30:02}"  # who was given the case signs it
    clock = {"due": second + 7200, "limit": "2 urgent_hour", "stage": "handle", "started": second, "unit": unit}
    if base == 0:
        return (
            "case_registered",
            "operator",
            {"clocks": [clock], "facts": _facts(rolls, details), "level": 3, "number": number},
        )
    if base == 1:
        standard = "E-07-05-01"
        return (
            "case_filed",
            "operator",
            {"basis": {"standard": standard, "version": "1"}, "facts": {"standard": standard}},
        )
    if base == 2:
        given = {"due": second + 7200, "limit": "2 urgent_hour", "role": "lead", "unit": unit}
        given["return_until"] = second + 3600
        return "case_dispatched", "operator", {"assignments": [given], "clocks": [clock], "reason": ""}
    if base == 3:
        return "case_signed", unit, {"unit": unit}
    return "case_noted", "operator", {"text": words(rolls, details)}


def _facts(rolls: random.Random, details: int) -> dict[str, object]:
    place = f"{rolls.choice(_STREETS)}{rolls.randrange(1, 300)}号{rolls.choice(_PLACES)}"
    return {
        "address": place,
        "description": words(rolls, details),
        "grid": f"371002001{rolls.randrange(1, 30):03}{rolls.randrange(1, 9):03}",
        "lat": round(37.4 + rolls.random() / 5, 6),
        "lon": round(122.0 + rolls.random() / 5, 6),
        "title": f"{place}{rolls.choice(_THINGS)}",
        "upper_number": "",
    }


def words(rolls: random.Random, details: int) -> str:
    """Sentences of a caller, about 16 characters a detail."""
    parts = (
        f"{rolls.choice(_PLACES)}{rolls.randrange(1, 40)}号楼{rolls.choice(_THINGS)}",
        *rolls.choices(_DETAILS, k=details),
    )
    return "，".join(parts) + "。"
