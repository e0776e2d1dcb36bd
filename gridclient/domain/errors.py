"""What can go wrong, as values: a stable code and its parameters, never a sentence for people.

The sentences stand in ``gridclient.services.error_text``; a test walks all codes.
"""

from __future__ import annotations


class GridClientError(Exception):
    """A foreseen failure. ``code`` is stable and dotted (``case.not_dispatchable``); ``params`` fill its sentence."""

    def __init__(self, code: str, /, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class RuleViolation(GridClientError):
    """The field's rules forbid it; nothing was changed."""


class NotFound(GridClientError):
    """What was named is not in the store."""


class Conflict(GridClientError):
    """Somebody acted meanwhile: the command's base is not the newest version any more."""


class InvalidInput(GridClientError):
    """A file, a field or an argument cannot be read as what it should be."""


class StoreUnavailable(GridClientError):
    """The environment failed (disk full, locked, damaged), not the program."""


class SyncFault(GridClientError):
    """A round of synchronisation could not be finished; ``retryable`` tells whether the next try may help."""

    def __init__(self, code: str, /, *, retryable: bool = False, **params: object) -> None:
        super().__init__(code, **params)
        self.retryable = retryable


class Cancelled(GridClientError):
    """The user stopped it; never shown as an error."""

    def __init__(self) -> None:
        super().__init__("cancelled")
