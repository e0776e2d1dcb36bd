"""Protocols for work in a second process, where there is a core for it, and their stand-in without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)


class Claim(Protocol[Made_co]):
    """The result of a piece of work handed over."""

    def is_there(self) -> bool:
        """Whether :meth:`result` would return without waiting."""
        ...

    def result(self) -> Made_co:
        """Waits for the result and returns it, or raises what the work raised. To be called once."""
        ...


class Aside(Protocol):
    """A worker that does pieces of work in the order in which they are handed over."""

    def is_free(self) -> bool:
        """Whether a piece would be begun soon; if not, the caller does the next one itself."""
        ...

    def hand_over(self, work: Callable[[Given], Made], given: Given) -> Claim[Made]:
        """Hands over ``work(given)``. Both must be picklable, so ``work`` is a module's function."""
        ...


class WhenAsked(Generic[Given, Made]):
    """A :class:`Claim` whose work is done in this process when the result is asked for."""

    def __init__(self, work: Callable[[Given], Made], given: Given) -> None:
        self._work = work
        self._given = given

    def is_there(self) -> bool:
        return True

    def result(self) -> Made:
        return self._work(self._given)


class InPlace:
    """An :class:`Aside` for machines without a second core: never free."""

    def is_free(self) -> bool:
        return False

    def hand_over(self, work: Callable[[Given], Made], given: Given) -> Claim[Made]:
        return WhenAsked(work, given)


IN_PLACE: Final = InPlace()
