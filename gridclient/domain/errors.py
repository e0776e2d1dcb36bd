"""Errors as values: a stable code with parameters, never a sentence for people.

The sentences stand in ``gridclient.services.error_text``; a test walks all codes.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from typing import Final

_OF_WINDOWS: Final[Mapping[int, int]] = {
    19: errno.EROFS,  # write protected
    21: errno.ENOENT,  # the device is not ready: a stick that was pulled out
    23: errno.EIO,  # bad data
    32: errno.EBUSY,  # open in another program
    33: errno.EBUSY,  # locked by another program
    112: errno.ENOSPC,
    1117: errno.EIO,
    1167: errno.ENOENT,  # the device is not connected
}
"""What Windows tells apart by its own number and Python calls a missing right, or not at all."""
_MOST: Final = 10_000  # from here on Windows' numbers for the network, of which the C library knows no words


class GridClientError(Exception):
    """An expected failure. ``code`` is stable and dotted (``case.not_dispatchable``); its sentence has ``params``."""

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class RuleViolation(GridClientError):
    """A rule of the field forbids the action; nothing was changed."""


class NotFound(GridClientError):
    """The thing named does not exist in the store."""


class Conflict(GridClientError):
    """Somebody else acted first: the version that the command was based on is not the newest any more."""


class InvalidInput(GridClientError):
    """A file, field or argument does not have the required form."""


class StoreUnavailable(GridClientError):
    """The environment failed (disk full, file locked, damaged), not the program."""


class SyncFault(GridClientError):
    """A round of synchronisation failed; ``retryable`` tells whether the next try may succeed."""

    def __init__(self, code: str, /, *, retryable: bool = False, **params: object) -> None:
        super().__init__(code, **params)
        self.retryable = retryable


class Cancelled(GridClientError):
    """The user stopped the work; never shown as an error."""

    def __init__(self) -> None:
        super().__init__("cancelled")


def reason_of(error: OSError) -> str:
    """What the system says is wrong, in the words of POSIX, which ``error_text`` has in Chinese. Windows' own words
    depend on its language and are used where there are no others."""
    number = _OF_WINDOWS.get(getattr(error, "winerror", None) or 0, error.errno or 0)
    return os.strerror(number) if 0 < number < _MOST else error.strerror or type(error).__name__
