"""What hub and desk tell each other beside the messages: the versions they speak, and stamps of what may have changed.

It travels in one HTTP header both ways, which programs that do not know it pass over.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from gridclient.domain.errors import SyncFault

HEADER: Final = "Gridclient"
NONCE: Final = "Gridclient-Nonce"
"""What the hub signs along with an answer, so that nobody can answer with an old one."""
COMPANY: Final = "Gridclient-Company"
"""A desk on a slow line asks for an answer whose end goes on its own: see :mod:`gridclient.hub.answers`."""
LENGTH: Final = "Gridclient-Length"
"""How many bytes such an answer has before its end."""
TELLING: Final = 8 << 10
"""A round-trip of so many bytes, both ways together, tells how quick the line is."""
WORKED: Final = "Gridclient-Worked"
"""How many milliseconds the hub took for an answer: the rest of the waiting was the line's."""
FILE_OFFSET: Final = "Upload-Offset"
FILE_LENGTH: Final = "Upload-Length"
FILE_COMPLETE: Final = "Upload-Complete"
FILE_AFTER: Final = "Upload-After"
_TERMS: Final = re.compile(r"(\d{1,3})-(\d{1,3})(?:;([0-9a-f]{0,16});([0-9a-f]{0,16}))?")


class Versions(NamedTuple):
    """The protocols that a program speaks, from the oldest to the newest."""

    oldest: int
    newest: int

    def common(self, theirs: Versions) -> int | None:
        """The newest that both speak; ``None`` when there is none."""
        newest = min(self.newest, theirs.newest)
        return newest if newest >= max(self.oldest, theirs.oldest) else None


SPOKEN: Final = Versions(1, 2)
WITHHOLDING: Final = 2
"""From this protocol on a department's desk knows events of which something is withheld: their links do not follow from
their texts. A hub gives a department's feed to no older desk; all else is as in the protocol before."""


class FilePlace(NamedTuple):
    """How much of a file the hub has; ``whole``: all of it, and proved."""

    offset: int
    whole: bool


class Terms(NamedTuple):
    """What the other side told last: nothing of it before it told anything, and an older program tells nothing.

    ``rights`` is a stamp of the device's rights and stick keys, ``shelf`` one of the hub's shelf of files: another one
    means that there may be something else than before; ``worked``: the seconds that the last answer took to make.
    """

    versions: Versions | None = None
    rights: str = ""
    shelf: str = ""
    worked: float = 0.0

    def choose(self, ours: Versions) -> int:
        """The version to speak.

        Raises:
            SyncFault: ``sync.update_due``: this program is too old for the hub; ``sync.hub_old``: the hub is.
        """
        chosen = ours.newest if self.versions is None else ours.common(self.versions)
        if chosen is None:
            raise no_common(ours, self.versions or ours)
        return chosen


def no_common(ours: Versions, theirs: Versions) -> SyncFault:
    """Which side of a line has to be updated before the two can talk; ``ours`` are the desk's versions."""
    if theirs.newest < ours.oldest:
        return SyncFault("sync.hub_old", retryable=True, theirs=theirs.newest, ours=ours.oldest)
    return SyncFault("sync.update_due", theirs=theirs.oldest, ours=ours.newest)


def write_terms(terms: Terms) -> str:
    """The header's value."""
    oldest, newest = terms.versions or SPOKEN
    return f"{oldest}-{newest};{terms.rights};{terms.shelf}"


def read_terms(text: str, worked: str = "") -> Terms:
    """The inverse of :func:`write_terms`; what is nothing of the kind tells nothing. ``worked``: a header's value."""
    found = _TERMS.fullmatch(text)
    if found is None:
        return Terms()
    oldest, newest = int(found[1]), int(found[2])
    versions = Versions(oldest, newest) if oldest <= newest else None
    return Terms(versions, found[3] or "", found[4] or "", worked_seconds(worked))


def worked_seconds(milliseconds: str) -> float:
    """The value of the header ``WORKED``; 0 for what is no such number."""
    return int(milliseconds) / 1000 if milliseconds.isdecimal() and len(milliseconds) < 7 else 0.0
