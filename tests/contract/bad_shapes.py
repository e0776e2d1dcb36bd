"""Payloads that no case can hold, as another desk may write and sign them."""

from __future__ import annotations

import json
from typing import Final

LONE_SURROGATE: Final = "\\ud800"

BAD_FACTS: Final = tuple(
    f'{{"title":"x",{fact}}}'
    for fact in (
        '"title":null',
        '"title":5',
        f'"title":"{LONE_SURROGATE}"',
        '"description":null',
        f'"description":"占道{LONE_SURROGATE}"',
        '"address":9',
        '"address":["x"]',
        '"reporter_phone":13800001234',
        '"standard":null',
        '"standard":{}',
        '"grid":371002001',
        f'"grid":"{LONE_SURROGATE}"',
        '"channel":null',
        '"channel":[]',
        '"urgency":"a"',
        '"urgency":1.5',
        '"urgency":true',
        '"urgency":99999999999999999999',
        '"lon":"a"',
        '"lon":180.5',
        '"lon":NaN',
        '"lon":1e999',
        '"lon":100000000000000000000',
        '"lat":true',
        '"lat":[37.5]',
        '"happened_at":"gestern"',
        '"happened_at":99999999999999',
        '"keep_secret":"x"',
        '"extra":5',
        '"nonsense":"x"',
    )
)
"""As JSON: what Python writes of them would not say everything."""
BAD_LEVELS: Final = ("300", "-1", "0", "5", "1.5", '"x"', "null", "true", "99999999999999999999")
BAD_CLOCKS: Final = (
    '{"stage":[],"limit":"1 work_hour","due":1}',
    '{"stage":"accept","limit":5,"due":1}',
    '{"stage":"accept","limit":"1 work_hour","due":1e300}',
    '{"stage":"accept","limit":"1 work_hour","due":"x"}',
    '{"stage":"accept","limit":"1 work_hour","due":1,"unit":[]}',
)
BAD_PARTS: Final = (
    '{"unit":5,"role":"lead","limit":"1 work_hour","due":1,"return_until":1}',
    f'{{"unit":"{LONE_SURROGATE}","role":"lead","limit":"1 work_hour","due":1,"return_until":1}}',
    '{"unit":"u","role":"x","limit":"1 work_hour","due":1,"return_until":1}',
    '{"unit":"u","role":"lead","limit":null,"due":1,"return_until":1}',
    '{"unit":"u","role":"lead","limit":"1 work_hour","due":1e300,"return_until":1}',
)


def _change(kind: str, documents: str = "[]", gone: str = "[]") -> str:
    return f'{{"documents":{documents},"gone":{gone},"kind":"{kind}"}}'


_UNIT: Final = '"code":"U-9","name":"x"'
_GRID: Final = '"code":"371002001001009","name":"x","valid_from":"2026-01-01"'
BAD_CHANGES: Final = (
    *(_change("units", gone=gone) for gone in ('"U-1"', '["U-1"]', "[[]]", '[["U-1","x"]]', "[[{}]]", "5", "null")),
    *(_change("grids", gone=gone) for gone in ('"371002001001001"', '[["371002001001001"]]', '[{"code":"x"}]')),
    *(_change("units", documents) for documents in ('{"code":"U-9"}', '"U-9"', '["U-9"]', "[5]", "null", "[{}]")),
    *(
        _change("units", f'[{{"code":"U-8","name":"y"}},{{{unit}}}]')
        for unit in (
            '"code":null',
            '"code":["U-9"]',
            '"code":"U-9","name":{}',
            '"code":"U-9","name":null',
            f'"code":"{LONE_SURROGATE}"',
            f'{_UNIT},"extra":"[]"',
            f'{_UNIT},"extra":"{{"',
            f'{_UNIT},"lon":"x"',
            f'{_UNIT},"lon":1e999',
            f'{_UNIT},"unit_aliases":5',
            f'{_UNIT},"unit_aliases":[[0]]',
            f'{_UNIT},"unit_aliases":[5]',
            f'{_UNIT},"unit_aliases":["ab"]',
            f'{_UNIT},"unit_aliases":[[0,"a"],[0,"b"]]',
            f'{_UNIT},"unit_aliases":[[0,{{}}]]',
            f'{_UNIT},"unit_aliases":[[99999999999999999999,"a"]]',
        )
    ),
    *(
        _change("grids", f"[{{{grid}}}]")
        for grid in (
            f'{_GRID},"tier":"hamlet"',
            f'{_GRID},"tier":"basic","schematic":99999999999999999999',
            f'{_GRID},"tier":"basic","valid_to":"morgen"',
            f'{_GRID},"tier":"basic","geometry":"x"',
            f'{_GRID},"tier":"basic","geometry":"base64:x"',
            f'{_GRID},"tier":"basic","geometry":"base64:AAAA"',
            '"code":"371002001001009","tier":"basic","valid_from":"x"',
            '"code":"371002001001009","tier":"basic"',
        )
    ),
    _change("calendar_days", '[{"day":"Neujahr","working":0}]'),
    _change("calendar_days", '[{"day":5,"working":0}]'),
    _change("standards", '[{"list":"","code":"C-1","version":"1"}]'),
    _change("standards", '[{"list":"","code":"C-1","version":1,"valid_from":"","extra":"{\\"cooperating\\":5}"}]'),
    _change("business_settings", '[{"name":"limit.sign","value":null}]'),
)
"""Changes of the county's lists that no table can hold, or that nobody could read there."""


def registration(number: str, facts: str, level: str = "3", clocks: str = "") -> str:
    """The payload of a registration; ``number`` is written as JSON."""
    return f'{{"clocks":[{clocks}],"facts":{facts},"level":{level},"number":{number}}}'


def good_facts() -> str:
    """Facts that a case can hold."""
    return json.dumps({"title": "路灯不亮", "lon": 122.1, "lat": 37.5, "urgency": 2, "channel": "12345"})
