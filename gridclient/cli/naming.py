"""Finds units and grids by what people call them: a code, a name, an alias, or the pinyin initials of a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from gridclient.domain.errors import InvalidInput
from gridclient.services.ports import Reference

_SHOWN: Final = 5


def unit_code(reference: Reference, text: str) -> str:
    """The code of the unit that is meant; a text that names no unit stays as it is. Raises
    ``InvalidInput("name.ambiguous")``."""
    if not text or reference.unit(text) is not None:
        return text
    called = ((u.code, u.name, (u.name, *u.aliases, *u.initials.split())) for u in reference.units())
    return _the_one(text, called)


def grid_code(reference: Reference, text: str) -> str:
    """The code of the area that is meant, of any tier; else as :func:`unit_code`."""
    if not text or text.isdigit() or reference.grid(text) is not None:
        return text
    from gridclient.services.initials import initials

    wants_initials = text.isascii()
    called = (
        (g.code, f"{g.name} {g.code}", (g.name, *([initials(g.name)] if wants_initials else ())))
        for g in reference.grids()
    )
    return _the_one(text, called)


def _the_one(text: str, called: Iterable[tuple[str, str, Sequence[str]]]) -> str:
    wanted = text.lower()
    found = {code: shown for code, shown, names in called if wanted in (name.lower() for name in names)}
    if len(found) > 1:
        raise InvalidInput("name.ambiguous", text=text, names=list(found.values())[:_SHOWN])
    return next(iter(found), text)
