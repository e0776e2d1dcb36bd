"""Errors as values: a stable code with parameters, never a sentence for people.

The sentences stand in ``gridclient.services.error_text``; a test walks all codes.
"""

from __future__ import annotations


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
