"""``dataclasses.replace`` for frozen values with slots, in a fifth of its time.

Folding a case makes several such copies per event, which is most of what folding costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")


class _Plan(NamedTuple):
    """For one class: a reader of all fields, each field's index, and setters that work although it is frozen."""

    read: Callable[[Any], Sequence[Any]]
    places: Mapping[str, int]
    setters: Sequence[Callable[[Any, Any], None]]


def replace(value: T, /, **changes: Any) -> T:
    """A copy with some fields changed. The class must have slots, at least two fields and no ``__post_init__``.

    Raises:
        KeyError: there is no field of a given name.
    """
    made_of: Any = value.__class__
    plan = _plan(made_of)
    parts = list(plan.read(value))
    for name, part in changes.items():
        parts[plan.places[name]] = part
    copy: T = object.__new__(made_of)
    for put, part in zip(plan.setters, parts, strict=True):
        put(copy, part)
    return copy


@cache
def _plan(made_of: Any) -> _Plan:
    names = [field.name for field in fields(made_of)]
    setters = [getattr(made_of, name).__set__ for name in names]
    return _Plan(attrgetter(*names), {name: place for place, name in enumerate(names)}, setters)
