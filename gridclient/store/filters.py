"""Applies a :class:`CaseFilter` to the columns in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from gridclient.domain.frozen import frozen
from gridclient.domain.geometry import mercator_cell
from gridclient.services.rows import Box, CaseFilter, Runs
from gridclient.store.answers import Answer
from gridclient.store.areas import Areas
from gridclient.store.columns import Column, Mask, Table
from gridclient.store.driver import Connection
from gridclient.store.packs import STATES, Flag, LabelKind
from gridclient.store.search import Numbers, numbers_of_text, short_words, text_query
from gridclient.store.selection import NOBODY, Selection, Test
from gridclient.store.standing import TIMED
from gridclient.store.tables import DAY_COUNT, NUMBER_DIGITS

_STATE_BOXES: Final = {
    Box.REPORTED: STATES["reported"],
    Box.FILED: STATES["filed"],
    Box.DISPATCHED: STATES["dispatched"],
    Box.HANDLED: STATES["handled"],
}
_FLAG_BOXES: Final = {
    Box.RETURNED: Flag.RETURNED,
    Box.CONSULTATION: Flag.CONSULTATION,
    Box.CONFLICT: Flag.CONFLICT,
    Box.PENDING: Flag.PENDING,
}
_SMALL_SHARE: Final = 4
_FEW_LABELS: Final = 8
_SOON: Final = timedelta(hours=4)
"""How far ahead a deadline counts as 将到期."""


@frozen
class Moment:
    """What a filter depends on besides the cases: the areas in force, now, and the end of 将到期, both in seconds."""

    areas: Areas
    now: int
    soon: int


def moment_of(areas: Areas, now: datetime) -> Moment:
    """The :class:`Moment` at ``now``."""
    return Moment(areas, int(now.timestamp()), int((now + _SOON).timestamp()))


def selected(connection: Connection, table: Table, chosen: CaseFilter, moment: Moment) -> Selection:
    """The cases that pass the filter."""
    tests = list(_tests(connection, table, chosen, moment))
    if not chosen.text.strip():
        return _start(table, chosen).passing(tests)
    query = text_query(chosen.text)
    if query is None:
        return Selection(None, NOBODY)
    # The result is cached, so pages, counts and map cells search the index once.
    answer = table.answers.find(connection, query, stamp=table.stamp, size=table.size)
    found = answer.mask()
    for word, rest in short_words(chosen.text):
        meant = _ending(table, word) if word.isdecimal() else _named(connection, table, word, moment.areas)
        if meant is None:
            continue
        words = text_query(rest)
        if words is not None:
            meant &= _all_of(table.answers.find(connection, words, stamp=table.stamp, size=table.size))
        found = _all_of(answer) | meant
        break
    if found is None:
        return Selection(None, answer.places()).passing(tests)
    return _start(table, chosen).passing([lambda at: found[at], *tests])


def _all_of(answer: Answer) -> Mask:
    """One truth value per case, however the result is kept."""
    mask = answer.mask()
    if mask is None:
        mask = np.zeros(answer.size, dtype=np.bool_)
        mask[answer.places()] = True
    return mask


def _ending(table: Table, digits: str) -> Mask:
    """Which cases have a number that ends with ``digits``. The count of the day has four digits or more."""
    count = table.number.view("<u4")[::2] & np.uint32(DAY_COUNT)
    step = np.uint32(10 ** len(digits))
    mask: Mask = (count - count // step * step == int(digits)) & (count != 0)  # six times quicker than %
    if len(digits) > NUMBER_DIGITS:
        mask &= count >= 10 ** (len(digits) - 1)
    return mask


def _named(connection: Connection, table: Table, letters: str, areas: Areas) -> Mask | None:
    """Which cases a unit works on, or which lie in an area, whose pinyin initials match; ``None`` if no name does."""
    units, wanted = areas.named(letters)
    if not units and not wanted:
        return None
    inside, led = np.zeros((2, len(table.codes)), dtype=np.bool_)
    inside[[no for no, code in table.labels(LabelKind.GRID) if not wanted.isdisjoint(areas.above(code))]] = True
    led[[no for no, code in table.labels(LabelKind.UNIT) if code in units]] = True
    mask: Mask = inside.take(table.grid, mode="clip") | led.take(table.unit, mode="clip")
    mask[_cooperating(connection, units)] = True
    return mask


def _start(table: Table, chosen: CaseFilter) -> Selection:
    """The cases to begin with: the open ones or those with a deadline, if the filter asks for them, else all."""
    if chosen.only_open:
        places = table.open_places()
        if len(places) * _SMALL_SHARE <= table.size:
            return Selection(None, places)
        return Selection(table.once("open_mask", lambda: table.flagged(Flag.OPEN)), None)
    if chosen.box in TIMED:
        return Selection(None, table.with_due())
    return Selection(table.once("all", lambda: table.state != 0), None)


def _tests(connection: Connection, table: Table, chosen: CaseFilter, moment: Moment) -> Iterator[Test]:
    """One test per field that narrows, the cheapest first."""
    if chosen.box is not None:
        yield box_test(table, chosen.box, moment)
    for listed in filter(None, (chosen.imported, chosen.held)):
        yield _runs_test(table, listed)
    if chosen.states:
        yield _state_test(table, chosen.states)
    if chosen.only_open and chosen.text.strip():  # else _start has done it
        yield _flag_test(table, Flag.OPEN)
    if chosen.level is not None:
        level = chosen.level
        yield lambda at: table.level[at] == level
    if chosen.unit:
        yield _unit_test(connection, table, chosen.unit)
    if chosen.channel:
        channel = table.label(LabelKind.CHANNEL, chosen.channel) or -1
        yield lambda at: table.channel[at] == channel
    if chosen.grid:
        yield _area_test(table, chosen.grid, moment.areas)
    if chosen.bounds is not None:
        yield _bounds_test(table, chosen.bounds)


def box_test(table: Table, box: Box, moment: Moment) -> Test:
    """The test for one box of 今日必办."""
    if box in _STATE_BOXES:
        state = _STATE_BOXES[box]
        return lambda at: table.state[at] == state
    if box in _FLAG_BOXES:
        return _flag_test(table, _FLAG_BOXES[box])
    return lambda at: in_time_box(table.due[at], box, moment)


def in_time_box(due: Column, box: Box, moment: Moment) -> Mask:
    """Which of these deadlines (0: none, as only open cases have one) are ``OVERDUE``, or else ``DUE_SOON``."""
    mask: Mask = due < moment.now
    return mask & (due > 0) if box is Box.OVERDUE else ~mask & (due <= moment.soon)


def _flag_test(table: Table, flag: Flag) -> Test:
    bit = np.uint8(flag)
    return lambda at: (table.flags[at] & bit) != 0


def _state_test(table: Table, states: frozenset[str]) -> Test:
    return _among(table.state, [STATES[state] for state in states if state in STATES])


def _among(column: Column, wanted: Sequence[int]) -> Test:
    """The test for a few values: comparing each with the column is eight times quicker than looking each up."""

    def test(at: Any) -> Mask:
        found = column[at]
        mask = np.zeros(len(found), dtype=np.bool_)
        for value in wanted:
            mask |= found == value
        return mask

    return test


def _unit_test(connection: Connection, table: Table, unit: str) -> Test:
    """The test for cases that the unit leads or cooperates in."""
    mask: Mask = table.unit == (table.label(LabelKind.UNIT, unit) or -1)
    mask[_cooperating(connection, (unit,))] = True
    return lambda at: mask[at]


def _cooperating(connection: Connection, units: Iterable[str]) -> Numbers:
    """The places of the cases in which one of the units cooperates."""
    (text,) = connection.execute(
        "SELECT group_concat(case_no) FROM parts WHERE unit IN (SELECT value FROM json_each(?))"
        " AND role = 'cooperating'",
        (json.dumps(tuple(units)),),
    ).fetchone()
    return numbers_of_text(text) - 1


def _runs_test(table: Table, runs: Runs) -> Test:
    mask = np.zeros(table.size, dtype=np.bool_)
    for first, last in runs:
        mask[first - 1 : last] = True
    return lambda at: mask[at]


def _area_test(table: Table, area: str, areas: Areas) -> Test:
    inside = inside_area(table, area, areas)
    labels = np.flatnonzero(inside)
    if len(labels) <= _FEW_LABELS:
        return _among(table.grid, labels.tolist())
    return lambda at: inside.take(table.grid[at], mode="clip")  # clip: numpy need not check every index


def inside_area(table: Table, area: str, areas: Areas) -> Mask:
    """For each label number, whether it is a grid inside the area."""

    def judged() -> Mask:
        inside = np.zeros(len(table.codes), dtype=np.bool_)
        labels = [(0, ""), *table.labels(LabelKind.GRID)]
        inside[[no for no, code in labels if area in areas.above(code)]] = True
        return inside

    return table.once(("inside", area, areas), judged)


def _bounds_test(table: Table, bounds: tuple[float, float, float, float]) -> Test:
    """The test for a box in degrees, edges included, exact to 15 cm. Cases without a point (``NOWHERE``) never pass."""
    west, south, east, north = bounds
    left, top = mercator_cell(west, north)
    right, bottom = mercator_cell(east, south)
    return lambda at: (table.x[at] >= left) & (table.x[at] <= right) & (table.y[at] >= top) & (table.y[at] <= bottom)
