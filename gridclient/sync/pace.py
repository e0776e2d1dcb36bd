"""The time of the next round: soon after a write, every half minute when idle, ever later while rounds fail. Pure."""

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
    """The time of the next round (``next_at``); all times are seconds of a clock that only goes forward.

    After ``failures`` failed rounds the wait is a random part, from nothing to all, of a bound that doubles from one
    second to five minutes, so that not all desks call at once when their hub is back. ``random`` returns numbers from 0
    to 1.
    """

    random: Callable[[], float]
    next_at: float = 0.0
    failures: int = 0

    def committed(self, now: float) -> None:
        """The desk wrote something: the round comes within two seconds. While rounds fail this changes nothing."""
        if not self.failures:
            self.next_at = min(self.next_at, now + AFTER_COMMIT_S)

    def asked(self, now: float) -> None:
        """A round is wanted now: a person asked, or the line is back. Failures before it do not count any more."""
        self.failures = 0
        self.next_at = now

    def went(self, now: float, *, soon: bool = False) -> None:
        """A round went through: the next one comes in 24 to 36 seconds, or with ``soon`` in two, as something was
        left."""
        self.failures = 0
        self.next_at = now + (AFTER_COMMIT_S if soon else IDLE_S * (1 + JITTER * (2 * self.random() - 1)))

    def failed(self, now: float, least: float = 0.0) -> None:
        """A round failed in a way that may pass; ``least``: the seconds that the hub asked to wait, at most five
        minutes."""
        bound = min(FIRST_WAIT_S * 2.0 ** min(self.failures, _LARGEST_POWER), LONGEST_WAIT_S)
        self.failures += 1
        self.next_at = now + min(max(bound * self.random(), least), LONGEST_WAIT_S)

    def wait(self, now: float) -> float:
        """Seconds until the next round; 0 if it is due."""
        return max(0.0, self.next_at - now)
