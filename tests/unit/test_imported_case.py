"""What an imported row becomes in the log, and that the short way into the tables is the long one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import Case, CaseState
from gridclient.domain.events import Event, EventKey, payload_text
from gridclient.domain.fold import fold
from gridclient.domain.limits import parse_limit
from gridclient.services.imported_case import (
    StandardMatcher,
    case_key,
    dated,
    event_text,
)
from gridclient.services.rows import StandardRow
from gridclient.store.imported_rows import imported_row, imported_words
from gridclient.store.search import searchable
from gridclient.store.tables import part_rows, table_row
from tests.fakes.case_record import CaseRecord, imported_case
from tests.fakes.imported_payload import full_payload

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=CHINA_TIME)
SUBJECT = "ab" * 16
SALTED = "h7_Kd-03bQzA"
RECORD = CaseRecord(sheet="", row=2, identity="n:编号:17", title="井盖缺失", reported_at=NOW - timedelta(days=3))
STANDARD = StandardRow("C-01-02-01", "公用设施", "污水井盖", "缺失", "恢复", "", "", (), (), "1")


def payload_of(
    record: CaseRecord,
    *,
    grid: str = "",
    standard: StandardRow | None = None,
    number: str = "371002001-20260227-010001",
) -> dict[str, Any]:
    case = dated(imported_case(record), NOW)
    key, listed = ("", "") if standard is None else (standard.key, standard.case_class)
    text = event_text(case, number=number, grid=grid, standard=key, case_class=listed, salt=SALTED)
    read: dict[str, Any] = json.loads(text)
    assert payload_text(read) == text  # the log's own spelling
    assert read == full_payload(record, grid=grid, standard=standard, number=number, now=NOW) | {"salt": SALTED}
    return read


def folded(payload: dict[str, Any]) -> Case:
    key = EventKey("t:371002001", "d" * 16, 1, 1)
    return fold(None, Event(key, int(NOW.timestamp() * 1000) << 16, "case_imported", SUBJECT, 0, "op1", payload))


def test_an_open_row_waits_to_be_filed() -> None:
    case = folded(payload_of(RECORD, grid="371002001001001"))
    assert case.state is CaseState.REPORTED
    assert case.number == "371002001-20260227-010001"
    assert case.facts.grid == "371002001001001"
    assert case.registered_at == NOW - timedelta(days=3)
    assert case.due is None


def test_a_closed_row_is_closed_at_its_time() -> None:
    closed = NOW - timedelta(hours=5)
    case = folded(payload_of(replace(RECORD, closed_at=closed, state="closed")))
    assert (case.state, case.closed_at) == (CaseState.CLOSED, closed)


def test_a_row_that_is_closed_without_a_time_counts_from_its_report() -> None:
    assert folded(payload_of(replace(RECORD, state="declined"))).closed_at == RECORD.reported_at


def test_a_row_without_a_time_counts_as_reported_now_and_says_the_same_every_day() -> None:
    timeless = replace(RECORD, reported_at=None, state="closed", due_at=NOW + timedelta(days=2))
    case = folded(payload_of(timeless))
    assert (case.registered_at, case.closed_at) == (NOW, NOW)
    assert case.facts.happened_at is None
    assert imported_case(timeless).digest == imported_case(replace(timeless, row=9)).digest


def test_the_other_systems_deadline_is_kept_as_it_is() -> None:
    due = NOW + timedelta(days=1, minutes=7)
    case = folded(payload_of(replace(RECORD, due_at=due)))
    (clock,) = case.clocks
    assert (clock.stage, clock.due, case.due) == ("imported", due, due)
    assert parse_limit(clock.limit).amount == pytest.approx(4 * 24 + 7 / 60)


@pytest.mark.parametrize("days", [-5, 0, 1 / 86_400, 1, 500, 17_000])
def test_any_deadline_has_a_limit_that_can_be_read(days: float) -> None:
    case = folded(payload_of(replace(RECORD, reported_at=NOW, due_at=NOW + timedelta(days=days))))
    assert parse_limit(case.clocks[0].limit).amount > 0


def test_what_no_field_takes_is_kept_whole() -> None:
    record = replace(RECORD, extra={"满意度": "好"}, unit_text="城管队", state_text="办理中", channel_text="微信")
    facts = folded(payload_of(record)).facts
    assert facts.channel == "other"
    assert dict(facts.extra) == {
        "满意度": "好",
        "unit_text": "城管队",
        "state_text": "办理中",
        "channel_text": "微信",
    }


def test_a_known_channel_and_urgency_are_taken_by_their_words() -> None:
    facts = folded(payload_of(replace(RECORD, channel_text="数字城管", urgency="特急"))).facts
    assert (facts.channel, facts.urgency) == ("digital_city", 3)


def test_the_original_point_is_kept_with_its_system() -> None:
    record = replace(RECORD, lon=117.04, lat=36.66, source_crs="bd09", source_lon=117.05, source_lat=36.67)
    assert folded(payload_of(record)).facts.source_point == "bd09:117.05,36.67"


def test_a_class_with_one_condition_finds_its_standard() -> None:
    matcher = StandardMatcher([STANDARD])
    record = replace(RECORD, big_class="公用设施", small_class="污水井盖")
    found = matcher.find(imported_case(record))
    assert found is STANDARD
    facts = folded(payload_of(record, standard=found)).facts
    assert (facts.standard, facts.case_class) == ("C-01-02-01", "公用设施 污水井盖")


def test_a_class_with_several_conditions_is_left_to_the_operator() -> None:
    matcher = StandardMatcher([STANDARD, replace(STANDARD, code="C-01-02-02")])
    assert matcher.find(imported_case(replace(RECORD, small_class="污水井盖"))) is None
    assert matcher.find(imported_case(replace(RECORD, small_class="C-01-02-02"))) is not None


def test_a_code_that_two_lists_have_names_no_condition() -> None:
    matcher = StandardMatcher([STANDARD, replace(STANDARD, list="外县", small_class="雨水井盖")])
    assert matcher.find(imported_case(replace(RECORD, small_class="C-01-02-01"))) is None


def test_a_small_class_is_found_with_its_big_class_and_where_only_one_has_it_without() -> None:
    water, power = (replace(STANDARD, code=code, big_class=big) for code, big in (("A", "供水"), ("B", "供电")))
    only = replace(STANDARD, code="C", small_class="路灯")
    matcher = StandardMatcher([water, power, only])
    assert matcher.find(imported_case(replace(RECORD, big_class="供电", small_class="污水井盖"))) is power
    assert matcher.find(imported_case(replace(RECORD, small_class="污水井盖"))) is None
    assert matcher.find(imported_case(replace(RECORD, big_class="城管部件", small_class="路灯"))) is only


def test_the_key_of_an_imported_case_is_the_same_at_every_desk_and_in_every_version() -> None:
    assert case_key("n:编号:17") == "9416903f3df7d5df204e603033cbd7be"


def test_the_day_of_a_case_is_the_day_in_china() -> None:
    late = datetime.fromisoformat("2026-02-26T16:30:00+00:00")
    assert imported_case(replace(RECORD, reported_at=late)).day == date(2026, 2, 27).toordinal()
    assert dated(imported_case(replace(RECORD, reported_at=None)), NOW).day == NOW.toordinal()


def test_half_a_sign_has_no_digest() -> None:
    assert imported_case(replace(RECORD, description="噪\ud800音")).digest == ""


def test_the_same_row_of_another_system_is_another_case() -> None:
    assert case_key("n:a:1") == case_key("n:a:1") != case_key("n:b:1")


@pytest.mark.parametrize(
    "text", ['"number":"\u0001"', "\u0001", '{"grid":"\u0001"}', '\\"grid\\"', "噪\n音\t", "100 %s", "全角\u3000空格"]
)
def test_no_text_of_a_row_is_taken_for_a_gap(text: str) -> None:
    payload = payload_of(
        replace(RECORD, title=text, description=text, extra={text: text, "number": "\u0001"}), grid="371002001001001"
    )
    assert payload["facts"]["title"] == payload["facts"]["description"] == payload["facts"]["extra"][text] == text
    assert payload["number"] == "371002001-20260227-010001"


SECONDS = st.integers(31_536_000, 4_000_000_000)
MOMENTS = SECONDS.map(lambda seconds: datetime.fromtimestamp(seconds, CHINA_TIME))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
RECORDS = st.builds(
    CaseRecord,
    sheet=st.just(""),
    row=st.just(2),
    identity=TEXTS,
    title=TEXTS.filter(bool),
    description=TEXTS,
    reported_at=st.none() | MOMENTS,
    closed_at=st.none() | MOMENTS,
    due_at=st.none() | MOMENTS,
    level=st.none() | st.integers(1, 4),
    address=TEXTS,
    lon=st.none() | st.floats(-180, 180),
    lat=st.none() | st.floats(-90, 90),
    source_crs=st.sampled_from(["", "wgs84", "bd09"]),
    source_lon=st.none() | st.floats(-180, 180),
    source_lat=st.none() | st.floats(-90, 90),
    external_number=TEXTS,
    reporter_name=TEXTS,
    reporter_phone=TEXTS,
    urgency=st.sampled_from(["", "2", "特急", "?"]),
    grid_code=TEXTS,
    big_class=TEXTS,
    result=TEXTS,
    state=st.sampled_from(["", "closed", "reported", "void"]),
    channel=st.sampled_from(["", "12345", "110"]),
    small_class=TEXTS,
    extra=st.dictionaries(TEXTS, TEXTS, max_size=3),
)


@given(RECORDS, st.sampled_from(["", "371002001001001"]), st.sampled_from([None, STANDARD]), st.integers(1, 99_999))
def test_the_short_way_into_the_tables_is_the_long_one(
    record: CaseRecord, grid: str, standard: StandardRow | None, count: int
) -> None:
    number = f"371002001-20260227-0A{count:04d}"
    folded_case = folded(payload_of(record, grid=grid, standard=standard, number=number))
    case = dated(imported_case(record), NOW)
    key = "" if standard is None else standard.key
    assert imported_row(SUBJECT, number, case, grid=grid, standard=key) == table_row(folded_case, 1)
    assert imported_words(case, number) == searchable(folded_case)
    assert part_rows(folded_case) == ()
