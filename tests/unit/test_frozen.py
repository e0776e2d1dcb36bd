"""``@frozen`` gives what ``dataclass(frozen=True, slots=True)`` gives."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, asdict, field, fields, replace
from typing import Any

import pytest

from gridclient.domain.frozen import frozen


@frozen
class Spot:
    """One with every kind of part."""

    name: str
    zoom: int = 3
    marks: Mapping[str, int] = field(default_factory=dict)
    seen: int = field(default=0, repr=False, compare=False)


@frozen
class Nothing:
    """One without parts."""


@frozen
class Checked:
    """One that looks at itself, and has a part of its own making."""

    least: int
    double: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if self.least < 0:
            raise ValueError
        object.__setattr__(self, "double", 2 * self.least)


def test_parts_are_taken_by_place_or_by_name_and_the_rest_by_default() -> None:
    spot = Spot("a", zoom=4)
    assert (spot.name, spot.zoom, spot.marks, spot.seen) == ("a", 4, {}, 0)
    assert Spot("a").marks is not Spot("a").marks


def test_too_few_and_unknown_parts_are_refused_each_time() -> None:
    made: Any = Spot
    for _ in range(2):
        with pytest.raises(TypeError, match="name"):
            made()
        with pytest.raises(TypeError, match="colour"):
            made("a", colour=1)


def test_nothing_can_be_changed_or_added() -> None:
    spot = Spot("a")
    for name in ("name", "colour"):
        with pytest.raises(FrozenInstanceError):
            setattr(spot, name, "b")
    with pytest.raises(FrozenInstanceError):
        del spot.name
    assert not hasattr(spot, "__dict__")


def test_equal_parts_are_equal_values_with_equal_hashes() -> None:
    assert Spot("a", seen=1) == Spot("a", seen=2) != Spot("a", 4)
    assert Checked(1) == Checked(1) != Checked(2)
    assert hash(Checked(1)) == hash(Checked(1))
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1
    with pytest.raises(TypeError):
        hash(Spot("a"))  # by its dict


def test_it_prints_as_it_is_written() -> None:
    assert repr(Spot("a", marks={"b": 1})) == "Spot(name='a', zoom=3, marks={'b': 1})"
    assert repr(Nothing()) == "Nothing()"


def test_it_looks_at_itself_once_it_is_made() -> None:
    assert Checked(2).double == 4
    with pytest.raises(ValueError):
        Checked(-1)


def test_the_functions_of_dataclasses_know_it() -> None:
    spot = Spot("a", 4, {"b": 1}, 5)
    assert replace(spot, zoom=6) == Spot("a", 6, {"b": 1}, 5)
    assert asdict(spot) == {"name": "a", "zoom": 4, "marks": {"b": 1}, "seen": 5}
    assert [part.name for part in fields(Checked)] == ["least", "double"]


def test_it_can_be_taken_apart() -> None:
    match Spot("a", 4):
        case Spot(name, zoom):
            assert (name, zoom) == ("a", 4)


def test_it_goes_through_copies_and_pickles_whole() -> None:
    for one in (Spot("a", 4, {"b": 1}, 5), Nothing(), Checked(3)):
        for again in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
            assert again == one
            assert repr(again) == repr(one)
    assert pickle.loads(pickle.dumps(Spot("a", seen=5))).seen == 5
