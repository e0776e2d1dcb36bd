"""What a desk takes from the machine: the time, and keys that nobody else makes."""

from __future__ import annotations

import os
from datetime import datetime

from gridclient.domain.calendar import CHINA_TIME


class SystemClock:
    """The machine's clock, in China time."""

    def now(self) -> datetime:
        return datetime.now(CHINA_TIME)


class RandomIds:
    """Random keys of 128 bits."""

    def new_id(self) -> str:
        return os.urandom(16).hex()
