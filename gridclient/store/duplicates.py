"""Likely duplicates of a new case: of the same number above, near in place and time, of the same house, from the same
telephone, or with similar words.

Candidates are few by construction (the same number, the nearest, the same telephone, the best hits of the search index
among the newest cases). Only their texts are read from the log and compared.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np

from gridclient.domain.event_shapes import is_text
from gridclient.domain.events import EventKind
from gridclient.domain.frozen import frozen
from gridclient.domain.geometry import distance, mercator_cell
from gridclient.services.rows import CaseRow, Likeness, NewCase
from gridclient.store.areas import Areas
from gridclient.store.case_rows import read_case_rows
from gridclient.store.columns import Places, Table
from gridclient.store.driver import Connection
from gridclient.store.search import Numbers, tokens_of
from gridclient.store.tables import AMONG, listed, phone_digits

_NEAR_M: Final = 500.0
_ELSEWHERE_M: Final = 2000.0
_RECENT: Final = timedelta(days=30)
_PHONE_RECENT: Final = timedelta(days=7)
_NEWEST: Final = 3000
"""How many of the newest cases are searched for alike words."""
_WORDS: Final = 10
_OF_EACH_WORD: Final = 500
_FOUND_BY_WORDS: Final = 100
_OF_NUMBER: Final = 50
_SHOWN: Final = 10
_LEAST_SCORE: Final = 0.35
_TELLING: Final = (EventKind.REGISTERED, EventKind.IMPORTED, EventKind.AMENDED, EventKind.FILED)
_METRES_PER_DEGREE: Final = 111_320.0
_ALIKE, _NEAR, _PHONE, _TIME = 0.5, 0.25, 0.35, 0.1
_HOUSE: Final = re.compile(r"[一-鿿]{2}[路街巷道里区园村苑城府庭场]\d+(?:-\d+)?号")
"""The end of a street's or an estate's name and a house number."""


@frozen
class Surroundings:
    """Candidates from the columns: ``near`` are numbers of cases within 500 m, the nearest first, ``newest`` of the
    last cases."""

    near: Sequence[int]
    newest: Numbers


def surroundings(table: Table, new: NewCase) -> Surroundings:
    """Finds them; to be called with the columns locked. The slow rest (:func:`likely_duplicates`) needs no lock."""
    recent = _recent(table, new)
    near = _nearest(table, recent, new)
    if len(recent) > _NEWEST:
        newest = np.argpartition(table.registered[recent], len(recent) - _NEWEST)[-_NEWEST:]
        recent = np.sort(recent[newest])
    return Surroundings(near, recent + 1)


def likely_duplicates(
    connection: Connection, around: Surroundings, new: NewCase, *, areas: Areas
) -> Sequence[Likeness]:
    """At most ten cases, the likeliest first; a score below 0.35 is left out. What has the same number of the platform
    above is the same order, wherever and whenever it was registered."""
    of_number = _of_number(connection, new.upper_number)
    candidates = dict.fromkeys((*of_number, *_candidates(connection, around, new)))
    rows = read_case_rows(connection, list(candidates), areas)
    of_phone = _of_phone(connection, rows, new)
    near_enough = of_phone | frozenset(of_number)
    rows = [row for row in rows if row.rowid in near_enough or (_metres(row, new) or 0.0) <= _ELSEWHERE_M]
    described = _told(connection, [row.rowid for row in rows], "description")
    words, houses = frozenset(tokens_of(new.text)), _houses(new.text)
    found = []
    for row in rows:
        text = f"{row.title} {described.get(row.rowid, '')}"
        same_house = not houses.isdisjoint(_houses(text))
        alike = _alike(words, tokens_of(text))
        likeness = _compared(row, new, alike, same_phone=row.rowid in of_phone, same_house=same_house)
        if row.rowid in of_number:
            likeness = replace(likeness, same_number=True, score=1.0)
        if likeness.score >= _LEAST_SCORE:
            found.append(likeness)
    return sorted(found, key=lambda likeness: (-likeness.score, likeness.row.rowid))[:_SHOWN]


def _of_phone(connection: Connection, rows: Sequence[CaseRow], new: NewCase) -> frozenset[int]:
    """The numbers of those rows that have the telephone of the new case. Only they may be more than 2 km away: alike
    words so far apart are another case of the same kind."""
    numbers = listed(row.rowid for row in rows)
    same = connection.execute(
        f"SELECT no FROM cases WHERE no IN {AMONG} AND phone = ? AND phone <> ''", (numbers, phone_digits(new.phone))
    )
    return frozenset(no for (no,) in same)


def _candidates(connection: Connection, around: Surroundings, new: NewCase) -> list[int]:
    worded = _by_words(connection, around.newest, new)
    close = set(around.near)
    both = [no for no in worded if no in close]
    return list(dict.fromkeys([*both[:40], *around.near[:20], *_by_phone(connection, new), *worded[:30]]))


def _recent(table: Table, new: NewCase) -> Places:
    """Places of the cases of the last thirty days."""
    at = int(new.at.timestamp())
    since = at - int(_RECENT.total_seconds())
    mask = (table.registered >= since) & (table.registered <= at) & (table.state != 0)
    return np.flatnonzero(mask)


def _nearest(table: Table, recent: Places, new: NewCase) -> list[int]:
    """Numbers of the recent cases within 500 m, the nearest first."""
    if new.lon is None or new.lat is None:
        return []
    north = _NEAR_M / _METRES_PER_DEGREE
    east = north / max(0.01, math.cos(math.radians(new.lat)))
    left, top = mercator_cell(new.lon - east, new.lat + north)
    right, bottom = mercator_cell(new.lon + east, new.lat - north)
    x, y = table.x[recent].astype(np.int64), table.y[recent].astype(np.int64)
    inside = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    here_x, here_y = mercator_cell(new.lon, new.lat)
    squared = (x[inside] - here_x) ** 2 + (y[inside] - here_y) ** 2
    numbers: list[int] = (recent[inside][np.argsort(squared, kind="stable")] + 1).tolist()
    return numbers


def _by_phone(connection: Connection, new: NewCase) -> list[int]:
    at = int(new.at.timestamp())
    rows = connection.execute(
        "SELECT no FROM cases WHERE phone = ? AND phone <> '' AND registered_at BETWEEN ? AND ? "
        "ORDER BY registered_at DESC LIMIT 20",
        (phone_digits(new.phone), at - int(_PHONE_RECENT.total_seconds()), at),
    )
    return [no for (no,) in rows]


def _by_words(connection: Connection, newest: Numbers, new: NewCase) -> list[int]:
    """Numbers of those of the ``newest`` cases that share words with the new one, those that share most first."""
    words = [word for word in dict.fromkeys(tokens_of(new.text)) if len(word) > 1]
    if not words or not len(newest):
        return []
    some = words[:: max(1, len(words) // _WORDS)][:_WORDS]
    numbers = np.concatenate([_newest_with(connection, word, int(newest[0])) for word in some])
    numbers = numbers[np.isin(numbers, newest)]
    each, first, shared = np.unique(numbers, return_index=True, return_counts=True)
    best: list[int] = each[np.lexsort((first, -shared))][:_FOUND_BY_WORDS].tolist()
    return best


def _newest_with(connection: Connection, word: str, since: int) -> Numbers:
    """Numbers of the newest cases with a word, from ``since`` on, read as one text (see :mod:`.search`)."""
    (text,) = connection.execute(
        "SELECT group_concat(rowid) FROM (SELECT rowid FROM search WHERE search MATCH ? AND rowid >= ? "
        "ORDER BY rowid DESC LIMIT ?)",
        (f'"{word}"', since, _OF_EACH_WORD),
    ).fetchone()
    return np.fromstring(text or "", dtype=np.int64, sep=",")


def _of_number(connection: Connection, upper_number: str) -> list[int]:
    """Numbers of the cases that have this number of the platform above, the newest first."""
    wanted = _plain(upper_number)
    words = " ".join(tokens_of(wanted))
    if not words:
        return []
    rows = connection.execute(
        "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?", (f'"{words}"', _OF_NUMBER)
    )
    told = _told(connection, [no for (no,) in rows], "upper_number")
    return sorted((no for no, number in told.items() if _plain(number) == wanted), reverse=True)


def _plain(number: str) -> str:
    return unicodedata.normalize("NFKC", number).strip().casefold()


def _told(connection: Connection, numbers: Sequence[int], fact: str) -> Mapping[int, str]:
    """The newest text that each case has for a fact, from the log; it may stand in an undone amendment."""
    kinds = ",".join(f"'{kind.value}'" for kind in _TELLING)
    (text,) = connection.execute(
        "SELECT json_group_array(json_array(subject, payload -> ?) ORDER BY pos) "
        f"FROM events WHERE subject IN {AMONG} AND kind IN ({kinds})",
        (f"$.facts.{fact}", listed(numbers)),
    ).fetchone()
    return {no: said for no, said in json.loads(text) if is_text(said)}


def _compared(row: CaseRow, new: NewCase, text: float, *, same_phone: bool, same_house: bool) -> Likeness:
    metres = _metres(row, new)
    near = max(float(same_house), 0.0 if metres is None else 1 - metres / _NEAR_M)
    recency = 1 - (new.at - row.registered_at) / _RECENT
    score = _ALIKE * text + _NEAR * near + _PHONE * same_phone + _TIME * recency
    return Likeness(row, metres, same_phone, text, min(1.0, score), same_house)


def _metres(row: CaseRow, new: NewCase) -> float | None:
    if new.lon is None or new.lat is None or row.lon is None or row.lat is None:
        return None
    return distance(new.lon, new.lat, row.lon, row.lat)


def _houses(text: str) -> frozenset[str]:
    return frozenset(_HOUSE.findall(unicodedata.normalize("NFKC", text)))


def _alike(words: frozenset[str], others: Iterable[str]) -> float:
    """Shared words divided by all words (Jaccard)."""
    other = frozenset(others)
    together = len(words | other)
    return len(words & other) / together if together else 0.0
