"""When the next round comes: soon after a commit, every half minute when idle, ever later while it fails. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

AFTER_COMMIT_S: Final = 2.0
IDLE_S: Final = 30.0
JITTER: Final = 0.2
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 300.0
_LARGEST_POWER: Final = 16


@dataclass(slots=True)
class Pace:
    """The time of the next round, by a clock that only goes forward (``now`` in seconds).

    ``random`` gives numbers from 0 to 1. Failing waits have full jitter: anything between nothing and the bound, so
    that desks whose hub comes back do not all call at once; the bound doubles from a second to five minutes.
    """

    random: Callable[[], float]
    next_at: float = 0.0
    failures: int = 0

    def committed(self, now: float) -> None:
        """Something was written here. While the line fails that changes nothing: it would defeat the waiting."""
        if not self.failures:
            self.next_at = min(self.next_at, now + AFTER_COMMIT_S)

    def asked(self, now: float) -> None:
        """Somebody wants a round now, or the line is back."""
        self.failures = 0
        self.next_at = now

    def went(self, now: float, *, soon: bool = False) -> None:
        """A round went through; ``soon``: it left something for the next one."""
        self.failures = 0
        self.next_at = now + (AFTER_COMMIT_S if soon else IDLE_S * (1 + JITTER * (2 * self.random() - 1)))

    def failed(self, now: float, least: float = 0.0) -> None:
        """A round failed in a way that may pass; the hub may have asked to wait ``least`` seconds."""
        bound = min(FIRST_WAIT_S * 2.0 ** min(self.failures, _LARGEST_POWER), LONGEST_WAIT_S)
        self.failures += 1
        self.next_at = now + min(max(bound * self.random(), least), LONGEST_WAIT_S)

    def wait(self, now: float) -> float:
        """Seconds until then; 0 when it is due."""
        return max(0.0, self.next_at - now)
