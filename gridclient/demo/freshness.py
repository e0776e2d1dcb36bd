"""A demo grows old: what was due in an hour when it was made is overdue the next morning. A demo in which nobody has
worked is made again; what somebody did is never deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gridclient.composition import OpenedDesk, open_desk
from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.events import to_seconds
from gridclient.domain.frozen import frozen
from gridclient.services.rows import SavedView
from gridclient.store.profile import BY_HAND
from gridclient.store.profile_lock import profile_exists
from gridclient.store.settings import read_chosen

NOTE: Final = "demo"
"""The desk's value that records when the demo was made and what it held then."""
GROWS_OLD_AFTER: Final = timedelta(hours=4)
_COUNTED: Final = {
    "events": "select count(*) from events where kind like 'case_%' or kind like 'attachment_%'",
    "drafts": "select count(*) from drafts where text <> ''",
    "reference": "select version from reference_state",
    "imports": "select count(*) from imports",
}
_FOLDERS: Final = ("attachments", "basemaps")
SECOND_DESK: Final = "second"
"""The folder of the second desk, in the folder of the first one."""


@frozen
class Kept:
    """What a desk keeps for itself, its theme for instance, and takes along into a new demo."""

    values: Mapping[str, str]
    views: tuple[SavedView, ...]


@frozen
class Making:
    """When and how a demo was made. ``untouched``: nobody has acted, imported or added files since."""

    at: datetime
    cases: int
    seed: int
    untouched: bool

    def is_old(self, now: datetime) -> bool:
        """Whether most of its deadlines have passed."""
        return now - self.at > GROWS_OLD_AFTER


def note_making(opened: OpenedDesk, *, at: datetime, cases: int, seed: int) -> None:
    """Records when and how the demo was made, and what it holds."""
    kept = {"made": to_seconds(at), "cases": cases, "seed": seed, "like": _state(opened)}
    opened.desk.settings.keep_value(NOTE, json.dumps(kept))


def making_of(opened: OpenedDesk) -> Making | None:
    """That record; ``None`` for a profile that is no demo, or one from before there were such records."""
    with opened.database.reader() as connection:
        row = connection.execute("select value from desk_values where name = ?", (NOTE,)).fetchone()
    if row is None:
        return None
    note = json.loads(row[0])
    at = datetime.fromtimestamp(note["made"], CHINA_TIME)
    return Making(at, note["cases"], note["seed"], untouched=note["like"] == _state(opened))


def kept_by(opened: OpenedDesk) -> Kept:
    """What the desk keeps for itself, without what concerns the old demo's hub."""
    with opened.database.reader() as connection:
        values = read_chosen(connection)
    return Kept(values, tuple(opened.desk.queries.views()))


def keep(opened: OpenedDesk, kept: Kept) -> None:
    """Gives a new demo what the one before kept."""
    for name, value in kept.values.items():
        opened.desk.settings.keep_value(name, value)
    for view in kept.views:
        opened.desk.settings.keep_view(view)


def _counted(opened: OpenedDesk) -> dict[str, int]:
    with opened.database.reader() as connection:
        return {name: int(connection.execute(sql).fetchone()[0]) for name, sql in _COUNTED.items()}


def _state(opened: OpenedDesk) -> dict[str, int]:
    folder: Path = opened.profile.folder
    counted = _counted(opened)
    if profile_exists(folder / SECOND_DESK):
        with open_desk(folder / SECOND_DESK, read_only=True) as second:
            counted |= {f"second {name}": count for name, count in _counted(second).items()}
    files = [*(folder / "backups").glob(f"{BY_HAND}*")]
    for name in _FOLDERS:
        files += [path for path in (folder / name).rglob("*") if path.is_file()]
    return {**counted, "files": len(files)}
