"""Opens the profile for a command. The store's libraries are loaded only then."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridclient.composition import OpenedDesk
    from gridclient.domain.calendar import WorkCalendar


def open_desk(
    folder: Path, *, account: str | None = None, read_only: bool = False
) -> AbstractContextManager[OpenedDesk]:
    """See :func:`gridclient.composition.open_desk`."""
    from gridclient import composition

    return composition.open_desk(folder, account=account, read_only=read_only)


def calendar_of(folder: Path) -> WorkCalendar:
    """See :func:`gridclient.composition.calendar_of`. Without a profile it is the legal calendar that is shipped."""
    if not (folder / "profile.json").is_file():
        from gridclient.store.legal_calendar import legal_calendar

        return legal_calendar()
    from gridclient import composition

    return composition.calendar_of(folder)
