"""When something last happened, for judging the machine's clock."""

from __future__ import annotations

from datetime import datetime

from gridclient.domain.calendar import CHINA_TIME
from gridclient.store.driver import Connection

_COUNTER_BITS = 16


def newest_event_at(connection: Connection) -> datetime | None:
    """The time of the newest event that was written here, by this machine's clock; ``None`` where there is none."""
    hlc = connection.execute("SELECT max(hlc) FROM origins WHERE own = 1").fetchone()[0]
    return datetime.fromtimestamp((hlc >> _COUNTER_BITS) / 1000, CHINA_TIME) if hlc else None
