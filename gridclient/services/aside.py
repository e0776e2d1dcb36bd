"""Work beside this process, where there is a core for it: how long pure-Python work asks for that, whoever does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)


class Claim(Protocol[Made_co]):
    """What comes of a piece of work."""

    def is_there(self) -> bool:
        """Whether :meth:`result` would give it without waiting for anybody."""
        ...

    def result(self) -> Made_co:
        """The result; waits for it, and raises what the work raised. Asked once."""
        ...


class Aside(Protocol):
    """Does pieces of work in the order they are handed over."""

    def is_free(self) -> bool:
        """Whether a piece would be begun soon. Who hears no does the next piece himself."""
        ...

    def hand_over(self, work: Callable[[Given], Made], given: Given) -> Claim[Made]:
        """Has ``work(given)`` done. Both can be pickled; ``work`` is found by its name."""
        ...


class WhenAsked(Generic[Given, Made]):
    """A :class:`Claim` on work that is done here, once somebody asks for it."""

    def __init__(self, work: Callable[[Given], Made], given: Given) -> None:
        self._work = work
        self._given = given

    def is_there(self) -> bool:
        return True

    def result(self) -> Made:
        return self._work(self._given)


class InPlace:
    """An :class:`Aside` without a second core."""

    def is_free(self) -> bool:
        return False

    def hand_over(self, work: Callable[[Given], Made], given: Given) -> Claim[Made]:
        return WhenAsked(work, given)


IN_PLACE: Final = InPlace()
