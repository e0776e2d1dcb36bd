"""What the command bar offers for a typed text, the best first. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.codes import Tier
from gridclient.domain.frozen import frozen
from gridclient.services.rows import Box, CaseRow, GridRow, SavedView, SortKey, UnitRow
from gridclient.services.words import BOXES, STATES, TIERS
from gridclient.ui.actions import Known
from gridclient.ui.command.names import other_names, settings_parts
from gridclient.ui.matching import Entry, find
from gridclient.ui.present import joined, short_number, title_of, township_in

translate = QCoreApplication.translate
_MOST_OF_A_KIND: Final = 8
_MOST: Final = 14
_NUMBER_DIGITS: Final = 3


class Kind(StrEnum):
    """What an offer does."""

    CASE = "case"
    COMMAND = "command"
    PAGE = "page"
    UNIT = "unit"
    GRID = "grid"
    BOX = "box"
    STATE = "state"
    VIEW = "view"
    ORDER = "order"
    SEARCH = "search"


@frozen
class Offer:
    """A line of the bar's list. ``key`` is the shortcut that does the same."""

    kind: Kind
    value: str
    title: str
    detail: str = ""
    key: str = ""


Found = tuple[Offer, tuple[str, str]]
"""An offer, and the other words and the initials by which it is found."""


@frozen
class Sources:
    """Everything that can be found. ``initials`` maps names to pinyin initials; ``short`` gives a case's number as the
    list shows it."""

    commands: Sequence[Known] = ()
    units: Sequence[UnitRow] = ()
    grids: Sequence[GridRow] = ()
    views: Sequence[SavedView] = ()
    initials: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    township: str = ""
    short: Callable[[str], str] = short_number


def offers_for(typed: str, sources: Sources, cases: Sequence[CaseRow] = ()) -> list[Offer]:
    """The offers for a typed text: what fits, then the search. Without a text, the commands."""
    typed = typed.strip()
    if not typed:
        return [_command(word) for word in sources.commands][:_MOST]
    several = len({township_in(row.number) for row in cases}) > 1
    short = partial(short_number, several=True) if several else sources.short
    found = [_case(row, short(row.number)) for row in cases]
    makers = (_commands, _pages, _units, _grids, _states, _views, _orders)
    made = {f"{offer.kind}:{offer.value}": (offer, more) for maker in makers for offer, more in maker(sources)}
    entries = [Entry(key, offer.title, "", search, initials) for key, (offer, (search, initials)) in made.items()]
    # Of names that fit alike, commands and pages come first, then short names: the text is a larger part of them.
    entries.sort(key=lambda entry: (made[entry.value][0].kind not in (Kind.COMMAND, Kind.PAGE), len(entry.title)))
    counted: Counter[Kind] = Counter()
    for entry in find(entries, typed, most=len(entries)):
        offer = made[entry.value][0]
        counted[offer.kind] += 1
        if counted[offer.kind] <= _MOST_OF_A_KIND:
            found.append(offer)
    search = translate("CommandBar", "在案件中查找“{text}”").format(text=typed)
    return [*found[: _MOST - 1], Offer(Kind.SEARCH, typed, search, translate("CommandBar", "标题、描述、地址、编号"))]


def asks_for_a_number(typed: str) -> bool:
    """Whether the text could be a case's number or its end."""
    plain = typed.strip().replace("-", "")
    return sum(sign.isdigit() for sign in plain) >= _NUMBER_DIGITS and plain.isascii() and plain.isalnum()


def names_to_learn(sources: Sources) -> list[str]:
    """All names of which the bar needs the initials; rows of grids and units have theirs."""
    names = [word.title for word in sources.commands]
    names += [name for more in other_names().values() for name in more.split()]
    names += [name for title, more in settings_parts().values() for name in (title, *more.split())]
    return [*names, *BOXES.values(), *STATES.values(), *map(_order_words, SortKey)]


def _case(row: CaseRow, number: str) -> Offer:
    return Offer(Kind.CASE, row.id, row.title, joined((number, STATES.get(row.state, row.state))))


def _command(word: Known) -> Offer:
    return Offer(Kind.COMMAND, word.name, word.title, "", word.key)


def _commands(sources: Sources) -> Iterable[Found]:
    others = other_names()
    for word in sources.commands:
        more = others.get(word.name, "")
        yield _command(word), (f"{word.key} {more}", _initials(sources, word.title, more))


def _pages(sources: Sources) -> Iterable[Found]:
    what = translate("Actions", "设置")
    for place, (title, more) in settings_parts().items():
        yield Offer(Kind.PAGE, place, title, what), (more, _initials(sources, title, more))


def _initials(sources: Sources, title: str, more: str) -> str:
    return " ".join(sources.initials.get(name, "") for name in (title, *more.split())).strip()


def _units(sources: Sources) -> Iterable[Found]:
    places = {row.code: row.name for row in sources.grids if row.tier == "township"}
    what = translate("CommandBar", "该单位的案件")
    for unit in sorted(sources.units, key=lambda unit: (unit.township != sources.township, unit.code)):
        offer = Offer(Kind.UNIT, unit.code, unit.name, joined((places.get(unit.township, ""), what)))
        yield offer, (" ".join(unit.aliases), unit.initials)


def _grids(sources: Sources) -> Iterable[Found]:
    by_code = {row.code: row for row in sources.grids}
    for row in sorted(sources.grids, key=lambda row: not row.code.startswith(sources.township)):
        offer = Offer(Kind.GRID, row.code, row.name, _place(row, by_code))
        above = by_code.get(row.parent) if row.tier == Tier.BASIC else None
        ways = (row,) if above is None else (above, row)  # most communities have a grid of each name
        yield offer, ("".join(way.name for way in ways), "".join(way.initials for way in ways))


def _place(row: GridRow, by_code: Mapping[str, GridRow]) -> str:
    """Where an area lies: the names above it up to its township; for a township its tier."""
    above: list[str] = []
    higher = by_code.get(row.parent)
    while higher is not None and higher.tier != Tier.COUNTY:
        above.insert(0, higher.name)
        higher = by_code.get(higher.parent)
    return joined(above) or TIERS.get(row.tier, "")


def _states(sources: Sources) -> Iterable[Found]:
    what = translate("CommandBar", "只看这一类")
    shown = set(BOXES.values())
    offers = [Offer(Kind.BOX, box, BOXES[box], what) for box in Box]
    offers += [Offer(Kind.STATE, state, word, what) for state, word in STATES.items() if word not in shown]
    return [(offer, ("", sources.initials.get(offer.title, ""))) for offer in offers]


def _views(sources: Sources) -> Iterable[Found]:
    what = translate("CommandBar", "保存的视图")
    for view in sources.views:
        yield Offer(Kind.VIEW, view.name, view.name, what), ("", sources.initials.get(view.name, ""))


def _orders(sources: Sources) -> Iterable[Found]:
    what = translate("CommandBar", "再选一次倒过来")
    for key in SortKey:
        words = _order_words(key)
        yield Offer(Kind.ORDER, key, words, what), ("", sources.initials.get(words, ""))


def _order_words(key: SortKey) -> str:
    return translate("CommandBar", "按{column}排序").format(column=title_of(key))
