"""What cases of the demo are about: matters with their filing conditions, and the texts made from them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Set
from datetime import datetime
from random import Random
from typing import Final

from gridclient.demo.places import SEEDS
from gridclient.demo.scenery import Phrases, Spot
from gridclient.demo.standards import names
from gridclient.domain.frozen import frozen
from gridclient.services.registering import TITLE_FROM_TEXT

_HOURS: Final[Mapping[str, tuple[int, ...]]] = {
    "白天": (8, 8, 9, 9, 9, 10, 10, 11, 12, 13, 14, 14, 15, 15, 16, 16, 17),
    "全天": (7, 8, 8, 9, 9, 10, 10, 11, 12, 13, 14, 15, 15, 16, 17, 18, 19, 20, 21, 22),
    "早晚": (6, 7, 7, 7, 8, 8, 16, 16, 17, 17, 17, 18),
    "傍晚": (17, 18, 18, 19, 19, 19, 20, 20, 21),
    "夜间": (19, 20, 21, 21, 22, 22, 22, 23, 23, 0, 1),
    "凌晨": (5, 6, 6, 7, 7, 8),
}
_SERVICES: Final = ("E-09-03", "E-09-05")
_ANY: Final = "*"
_SEPARATOR: Final = "|"


@frozen
class Matter:
    """A matter that is reported: where, at what time of day, how often, and in which months (empty: always).

    ``pairs`` has for each title the number of its description, or ``*`` if any fits.
    """

    standard: str
    kinds: tuple[str, ...]
    period: str
    weight: int
    months: frozenset[int]
    titles: tuple[str, ...]
    descriptions: tuple[str, ...]
    pairs: str

    def texts(self, random: Random) -> tuple[str, str]:
        """A title and a description that fit together."""
        number = random.randrange(len(self.titles))
        pair = self.pairs[number]
        return self.titles[number], random.choice(self.descriptions) if pair == _ANY else self.descriptions[int(pair)]

    def hour(self, random: Random) -> int:
        """An hour of the day at which it is reported."""
        return random.choice(_HOURS[self.period])

    def is_in_season(self, months: Set[int]) -> bool:
        return not self.months or months <= self.months


@frozen
class Wording:
    """Title and description of one case."""

    title: str
    description: str


def read_matters() -> tuple[Matter, ...]:
    """All matters in the order of the file."""
    with (SEEDS / "matters.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Matter(
                standard=row["立案条件"],
                kinds=names(row["场所"]),
                period=row["时段"],
                weight=int(row["常见度"]),
                months=_months(row["月份"]),
                titles=tuple(row["标题"].split(_SEPARATOR)),
                descriptions=tuple(row["描述"].split(_SEPARATOR)),
                pairs=row["对应"],
            )
            for row in csv.DictReader(file)
        )


def word(matter: Matter, place: Spot, *, channel: str, at: datetime, phrases: Phrases, random: Random) -> Wording:
    """Words the matter as the channel would."""
    words = {
        **place.words,
        "天数": phrases.one("days", random),
        "数量": str(random.randrange(2, 10)),
        "时刻": random.choice(phrases.clocks[matter.period]),
    }
    title, body = (text.format_map(words) for text in matter.texts(random))
    opening = random.choice(phrases.openings[channel])
    when = f"{at.month}月{at.day}日{at.hour}时许，" if random.random() < 0.35 else ""
    endings = _endings(matter, phrases, random)
    return Wording(title[:TITLE_FROM_TEXT], "".join((opening, when, body, *endings)))


def _endings(matter: Matter, phrases: Phrases, random: Random) -> tuple[str, ...]:
    """The last sentences; someone who asks for a service is not angry."""
    if matter.standard.startswith(_SERVICES):
        return (phrases.one("service_requests", random),)
    return phrases.one("repeats", random), phrases.one("requests", random)


def _months(text: str) -> frozenset[int]:
    """``11-4`` means November to April."""
    if not text:
        return frozenset()
    first, last = (int(part) for part in text.split("-"))
    return frozenset(range(first, last + 1) if first <= last else (*range(first, 13), *range(1, last + 1)))
