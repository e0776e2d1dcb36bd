"""What the list says about deadlines and filters."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from gridclient.domain.calendar import CHINA_TIME, WorkCalendar, WorkingHours
from gridclient.services.rows import Box, CaseFilter, SortKey
from gridclient.services.words import BOXES, CHANNELS, STATES
from gridclient.ui.cases.due import EMPTY, Yardstick, due_cell, due_explained
from gridclient.ui.cases.filter_menus import chips_of
from gridclient.ui.present import Pressure, title_of
from gridclient.ui.state import with_state

FRIDAY = datetime(2026, 11, 20, 14, 0, tzinfo=CHINA_TIME)
BY = Yardstick(WorkCalendar(), WorkingHours())


@pytest.mark.parametrize(
    ("state", "left", "words", "pressure"),
    [
        ("handling", timedelta(hours=2, minutes=10), "工时 02:10", Pressure.SOON),
        ("handling", timedelta(minutes=35), "工时 00:35", Pressure.RED),
        ("handling", timedelta(days=3), "1工作日 00:00", Pressure.NONE),  # over a weekend
        ("dispatched", timedelta(days=5), "3工作日 00:00", Pressure.NONE),
        ("filed", timedelta(minutes=9), "派遣 00:09", Pressure.SOON),
        ("filed", timedelta(minutes=3), "派遣 00:03", Pressure.RED),
        ("reported", timedelta(minutes=9), "受理 00:09", Pressure.SOON),
        ("handled", timedelta(days=2, hours=1), "2天 01:00", Pressure.NONE),
        ("handling", -timedelta(minutes=20), "超期 00:20", Pressure.RED),
        ("handling", -timedelta(days=3), "超期 3天", Pressure.RED),
        ("handling", -timedelta(hours=16), "超期 16:00", Pressure.RED),  # natural, whatever the working hours
        ("filed", -timedelta(days=1), "超期 1天", Pressure.RED),
    ],
)
def test_the_clock_that_counts_is_shown(state: str, left: timedelta, words: str, pressure: Pressure) -> None:
    cell = due_cell(FRIDAY + left, state, FRIDAY, BY)
    assert (cell.text, cell.pressure) == (words, pressure)


def test_at_night_the_natural_clock_is_shown() -> None:
    night = datetime(2026, 11, 20, 22, 0, tzinfo=CHINA_TIME)
    assert due_cell(night + timedelta(hours=2), "handling", night, BY).shown == "◔ 自然 02:00"


def test_few_working_hours_before_a_weekend_are_few() -> None:
    monday_nine = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA_TIME)
    friday_five = datetime(2026, 11, 20, 17, 0, tzinfo=CHINA_TIME)
    assert due_cell(monday_nine, "handling", friday_five, BY).shown == "◔ 工时 02:00"


def test_a_returned_case_waits_for_another_unit() -> None:
    assert due_cell(FRIDAY + timedelta(minutes=9), "filed", FRIDAY, BY, returned=True).text == "重派 00:09"


@pytest.mark.parametrize("state", ["closed", "declined", "void", "merged"])
def test_an_ended_case_has_no_clock(state: str) -> None:
    assert due_cell(FRIDAY, state, FRIDAY, BY) == EMPTY
    assert due_explained(FRIDAY, state, FRIDAY, BY) == ""


def test_an_imported_case_that_brought_no_deadline_says_when_its_clocks_begin() -> None:
    assert due_cell(None, "reported", FRIDAY, BY).shown == "立案后计时"
    assert "没有带时限" in due_explained(None, "reported", FRIDAY, BY)


def test_every_pressing_deadline_has_a_sign_beside_its_colour() -> None:
    for left in (timedelta(hours=2), timedelta(minutes=5), -timedelta(hours=1)):
        assert due_cell(FRIDAY + left, "handling", FRIDAY, BY).shown[0] in "◔▲"


def test_the_tooltip_tells_both_clocks() -> None:
    told = due_explained(FRIDAY + timedelta(hours=20), "handling", FRIDAY, BY)
    assert told == "到期 2026-11-21 10:00（周六）\n工时剩余 4小时，自然剩余 20小时"


def test_each_condition_has_a_chip_that_takes_it_away() -> None:
    chosen = CaseFilter(
        box=Box.FILED, level=3, unit="U1", channel="12345", text="噪音", bounds=(1.0, 2.0, 3.0, 4.0), only_open=True
    )
    chips = chips_of(chosen, units={"U1": "司法所"})
    assert [chip.words for chip in chips] == ["待派遣", "3级", "司法所", "12345", "地图框选", "“噪音”"]
    assert chips[1].without == {"level": None}


def test_every_box_state_and_channel_has_words_for_its_chip() -> None:
    assert [chips_of(CaseFilter(box=box))[0].words for box in Box] == list(BOXES.values())
    for state, word in STATES.items():
        assert [chip.words for chip in chips_of(CaseFilter(**with_state(state)))] == [word]
    for channel, word in CHANNELS.items():
        assert [chip.words for chip in chips_of(CaseFilter(channel=channel, only_open=True))] == [word]


def test_showing_ended_cases_is_said() -> None:
    assert [chip.words for chip in chips_of(CaseFilter())] == ["含已办结"]
    assert chips_of(CaseFilter(only_open=True)) == ()


_RUNS = ((1, 4_000), (4_100, 4_425))


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        (CaseFilter(imported=_RUNS), "导入的 4,326 件"),
        (CaseFilter(held=_RUNS), "同步中心不收的 4,326 件"),
    ],
)
def test_what_was_listed_is_shown_with_its_ended_cases_whatever_else_is_taken_away(
    listed: CaseFilter, words: str
) -> None:
    (chip,) = chips_of(listed)
    assert (chip.words, replace(listed, **chip.without)) == (words, CaseFilter(only_open=True))
    for more in (with_state("filed"), {"box": Box.FILED, "only_open": True}):
        narrower = replace(listed, **more)
        first, other = chips_of(narrower)
        assert replace(narrower, **other.without) == listed
        assert replace(narrower, **first.without) == replace(narrower, imported=(), held=())


def test_every_column_has_words() -> None:
    assert all(title_of(key) for key in SortKey)
