"""Business settings (业务参数) that hold until a county sets its own. Limits are in code form.

Source: stage clocks and level limits by DOMAIN, Clocks 时限 and Levels 四级闭环.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DEFAULT_SETTINGS: Final[Mapping[str, str]] = {
    "limit.accept": "15 minute",
    "limit.dispatch": "15 minute",
    "limit.sign": "1 work_hour",
    "limit.verify": "30 minute",
    "limit.return": "2 work_day",
    "limit.level.1": "1 natural_day",
    "limit.level.2": "3 natural_day",
    "limit.level.3": "5 natural_day",
    "limit.level.4": "7 natural_day",
    "start_rule": "immediate",
    "working_hours": "08:00-12:00,14:00-18:00",
    "county": "",
    "township": "",
    "name": "",
}
