"""What hub and desk tell each other besides the messages: the versions they speak, and stamps of what may have changed.

Most of it is in one HTTP header, both ways, which older programs ignore.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from gridclient.domain.errors import SyncFault
from gridclient.services.sync_port import Held

HEADER: Final = "Gridclient"
NONCE: Final = "Gridclient-Nonce"
"""The header with the random number that the hub signs along with its answer; see :mod:`gridclient.sync.proofs`."""
COMPANY: Final = "Gridclient-Company"
"""The header with which a desk on a slow line asks for an answer in two packets; see :mod:`gridclient.hub.answers`."""
LENGTH: Final = "Gridclient-Length"
"""The header with the number of bytes of such an answer."""
HELD: Final = "Gridclient-Held"
"""The header with which a desk tells what it has that the hub does not take; see :func:`write_held`."""
TELLING: Final = 8 << 10
"""A round-trip of at least this many bytes, both ways together, is large enough to measure the line."""
WORKED: Final = "Gridclient-Worked"
"""The header with the milliseconds that the hub worked on an answer; the line took the rest of the time."""
FILE_OFFSET: Final = "Upload-Offset"
FILE_LENGTH: Final = "Upload-Length"
FILE_COMPLETE: Final = "Upload-Complete"
FILE_AFTER: Final = "Upload-After"
_HELD: Final = re.compile(r"([0-9a-z:]{1,40})=(\d{1,9})/(\d{1,9})")
_MOST_HELD: Final = 50
_TERMS: Final = re.compile(r"(\d{1,3})-(\d{1,3})(?:;([0-9a-f]{0,16});([0-9a-f]{0,16}))?")


class Versions(NamedTuple):
    """The range of protocol versions that a program speaks."""

    oldest: int
    newest: int

    def common(self, theirs: Versions) -> int | None:
        """The newest version that both sides speak; ``None`` if there is none."""
        newest = min(self.newest, theirs.newest)
        return newest if newest >= max(self.oldest, theirs.oldest) else None


SPOKEN: Final = Versions(1, 2)
WITHHOLDING: Final = 2
"""The protocol since which a department's desk understands events of which something is withheld: their links do not
follow from their texts. A hub gives a department's feed to no older desk; nothing else is new in it."""


class FilePlace(NamedTuple):
    """How much of a file the hub has: ``offset`` bytes; ``whole``: it is complete and has its SHA-256."""

    offset: int
    whole: bool


class Terms(NamedTuple):
    """What the other side told last; the defaults stand for a side that told nothing, an older program for example.

    ``rights`` is a stamp of the device's rights and stick keys, ``shelf`` one of the hub's folder of files; a new stamp
    means that these may have changed. ``worked``: for how many seconds the hub worked on its last answer.
    """

    versions: Versions | None = None
    rights: str = ""
    shelf: str = ""
    worked: float = 0.0

    def choose(self, ours: Versions) -> int:
        """The version to speak: the newest that both sides speak, or our newest if the other side told none.

        Raises:
            SyncFault: ``sync.update_due``: this program is too old; ``sync.hub_old``: the hub is.
        """
        chosen = ours.newest if self.versions is None else ours.common(self.versions)
        if chosen is None:
            raise no_common(ours, self.versions or ours)
        return chosen


def no_common(ours: Versions, theirs: Versions) -> SyncFault:
    """The fault that names the side that has to be updated; ``ours`` are the desk's versions."""
    if theirs.newest < ours.oldest:
        return SyncFault("sync.hub_old", retryable=True, theirs=theirs.newest, ours=ours.oldest)
    return SyncFault("sync.update_due", theirs=theirs.oldest, ours=ours.newest)


def write_terms(terms: Terms) -> str:
    """The header's value."""
    oldest, newest = terms.versions or SPOKEN
    return f"{oldest}-{newest};{terms.rights};{terms.shelf}"


def read_terms(text: str, worked: str = "") -> Terms:
    """The inverse of :func:`write_terms`; another text tells nothing. ``worked``: value of the header ``WORKED``."""
    found = _TERMS.fullmatch(text)
    if found is None:
        return Terms()
    oldest, newest = int(found[1]), int(found[2])
    versions = Versions(oldest, newest) if oldest <= newest else None
    return Terms(versions, found[3] or "", found[4] or "", worked_seconds(worked))


def write_held(held: Iterable[Held]) -> str:
    """The header's value: ``t:371002001=3/12,ref=0/1``; of very many streams only the first."""
    return ",".join(f"{stream}={refused}/{aside}" for stream, refused, aside in sorted(held)[:_MOST_HELD])


def read_held(text: str) -> Sequence[Held]:
    """The inverse of :func:`write_held`; what has another form tells nothing."""
    found = [_HELD.fullmatch(part) for part in text.split(",", _MOST_HELD)[:_MOST_HELD]]
    return [Held(each[1], int(each[2]), int(each[3])) for each in found if each is not None]


def is_held(text: str) -> bool:
    """Whether :func:`write_held` may have written this: every stream once, in its order, and nothing else."""
    held = read_held(text)
    return write_held(held) == text and len({each.stream for each in held}) == len(held)


def worked_seconds(milliseconds: str) -> float:
    """The value of the header ``WORKED`` in seconds; 0 if it is no number of at most six digits."""
    return int(milliseconds) / 1000 if milliseconds.isdecimal() and len(milliseconds) < 7 else 0.0
