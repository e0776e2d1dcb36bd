"""The hub's rules on values: who is granted what, guessing, numbers for Prometheus, addresses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.errors import InvalidInput
from gridclient.hub.audit import Refusals
from gridclient.hub.guessing import GuessBrake
from gridclient.hub.incoming import is_loopback
from gridclient.hub.ledger import signed, unsigned
from gridclient.hub.metrics import Metrics, Tally, added, metrics_text
from gridclient.hub.opening import open_backend, sqlite_file
from gridclient.hub.ordering import grant_to_write
from gridclient.hub.rights import area_of, concrete, grants_for, readable, role_word
from gridclient.hub.serve import read_address
from gridclient.services.enrolment import Grant
from gridclient.sync.wire import PushStatus

STREAMS = ["ref", "t:371002001", "t:371002002", "t:371003001"]


@pytest.mark.parametrize(
    ("grants", "feeds", "writes"),
    [
        (grants_for("371002001"), {"t:371002001", "ref"}, {"t:371002001"}),
        (grants_for("371002001", unit="U"), {"d:U@t:371002001", "ref"}, {"t:371002001"}),
        (
            grants_for("", unit="U"),
            {"d:U@t:371002001", "d:U@t:371002002", "d:U@t:371003001", "ref"},
            {"t:371002001", "t:371002002", "t:371003001"},
        ),
        (grants_for("", supervisor=True), set(STREAMS), set()),
        (grants_for("371002001", supervisor=True), {"ref", "t:371002001"}, set()),
        (grants_for("371002", supervisor=True), {"ref", "t:371002001", "t:371002002"}, set()),
        (grants_for("371002", county=True), {"ref", "t:371002001", "t:371002002"}, {"ref"}),
        (grants_for("371002001", county=True), {"ref", "t:371002001", "t:371002002"}, {"ref"}),
        (grants_for("", county=True), set(STREAMS), {"ref"}),
    ],
)
def test_what_each_role_is_granted(grants: tuple[Grant, ...], feeds: set[str], writes: set[str]) -> None:
    found = concrete(grants, STREAMS)
    assert set(readable(found)) == feeds
    assert {grant.stream for grant in found if grant.writes} == writes


@pytest.mark.parametrize(
    ("grants", "area"),
    [
        ((*grants_for("371002001"), *grants_for("371002002")), "371002001、371002002"),
        ((*grants_for("371002001", unit="A"), *grants_for("371002001", unit="B")), "371002001"),
        (grants_for("371002", supervisor=True), "371002"),
        (grants_for("371002001", supervisor=True), "371002001"),
        (grants_for("", county=True), "全部"),
        (tuple(Grant(f"t:37100200{n}") for n in range(1, 5)), "371002001 等 4 个"),
    ],
)
def test_the_list_of_devices_names_every_township_that_one_may_see(grants: tuple[Grant, ...], area: str) -> None:
    assert area_of(grants) == area


def test_a_device_is_named_by_what_it_may_do() -> None:
    assert role_word(grants_for("371002001")) == "镇街席位"
    assert role_word(grants_for("371002001", supervisor=True)) == "督导"
    assert role_word(grants_for("", county=True)) == "县级"
    assert role_word(grants_for("371002001", unit="U")) == "单位 U"


@pytest.mark.parametrize("before", [grants_for("", supervisor=True), grants_for("371002001")])
def test_rights_that_are_added_allow_together_what_each_allows(before: tuple[Grant, ...]) -> None:
    for more in (grants_for("", county=True), grants_for("371002002")):
        for grants in (tuple(dict.fromkeys((*before, *more))), tuple(dict.fromkeys((*more, *before)))):
            found = concrete(grants, STREAMS)
            assert len(found) == len(readable(found))
            written = {grant.stream for grant in grants if grant.writes}
            assert {grant.stream for grant in found if grant.writes} == written


def test_two_grants_for_one_stream_are_one_that_allows_both() -> None:
    write, read = Grant("t:371002001", reads=False, writes=True), Grant("t:371002*")
    for grants in ((write, read), (read, write)):
        assert Grant("t:371002001", writes=True) in concrete(grants, STREAMS)
        assert len(concrete(grants, STREAMS)) == 2
    assert readable((write,)) == {}


def test_a_right_to_a_stream_that_is_not_there_yet_is_kept() -> None:
    grants = (*grants_for("371002009"), Grant("t:371003*"))
    assert [grant.stream for grant in concrete(grants, STREAMS)] == ["t:371002009", "ref", "t:371003001"]


@pytest.mark.parametrize(
    ("township", "options", "code"),
    [
        ("", {}, "enrol.role_unclear"),
        ("371002", {}, "enrol.no_township"),
        ("371002", {"unit": "U"}, "enrol.no_township"),
        ("371002001001", {"supervisor": True}, "enrol.no_township"),
        ("3710020", {}, "code.wrong_length"),
        ("371002001", {"unit": "U", "county": True}, "enrol.role_unclear"),
        ("", {"supervisor": True, "county": True}, "enrol.role_unclear"),
    ],
)
def test_an_unclear_role_is_refused(township: str, options: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        grants_for(township, **options)
    assert refused.value.code == code


def test_what_a_process_wrote_down_of_its_own_counts_is_not_counted_again(tmp_path: Path) -> None:
    metrics, tally = Metrics(), Tally(tmp_path)
    metrics.count("events", by=30)
    tally.keep(metrics)
    (tmp_path / "process-0.json").write_text('{"events|": 12}', encoding="utf-8")
    assert tally.total(metrics)["events|"] == 42


def test_the_wider_right_to_write_counts() -> None:
    narrow, wide = Grant("t:1", writes=True, unit="U"), Grant("t:1", writes=True)
    assert grant_to_write((narrow, wide), "t:1") is wide
    assert grant_to_write((narrow,), "t:1") is narrow
    assert grant_to_write((Grant("t:1"),), "t:1") is None


@given(st.integers(0, 2**80))
def test_a_sum_survives_modulo_2_64_in_a_column_that_knows_no_unsigned_numbers(total: int) -> None:
    assert -(2**63) <= signed(total) < 2**63
    assert unsigned(signed(total)) == total % 2**64


def test_who_guesses_waits_and_others_do_not_until_all_guess() -> None:
    now = 0.0
    brake = GuessBrake(lambda: now)
    for _ in range(10):
        assert brake.wait("a") == 0
        brake.wrong("a")
    assert brake.wait("a") == 601
    assert brake.wait("b") == 0
    now = 601.0
    assert brake.wait("a") == 0
    for number in range(200):
        brake.wrong(f"x{number}")
    assert brake.wait("b") > 0


def test_who_goes_on_guessing_for_hours_waits_again_and_again() -> None:
    now = 0.0
    brake = GuessBrake(lambda: now)
    for _ in range(5):
        for _ in range(10):
            assert brake.wait("a") == 0
            brake.wrong("a")
        assert brake.wait("a") > 0
        now += 601.0


def test_guesses_from_ever_new_addresses_do_not_make_the_count_of_all_forgotten() -> None:
    brake = GuessBrake(lambda: 0.0)
    for number in range(10_500):
        brake.wrong(f"x{number}")
        assert number < 199 or brake.wait("b") > 0


def test_what_was_refused_while_the_database_was_away_is_one_line_with_the_latest_time() -> None:
    refusals = Refusals()
    refusals.push(PushStatus.FORK, "desk-0001", "t:371002001", 10)
    away = refusals.taken()
    refusals.push(PushStatus.FORK, "desk-0001", "t:371002001", 20)
    refusals.put_back(away)
    (line,) = refusals.taken()
    assert (line.times, line.at) == (2, 20)


def test_the_histogram_adds_up() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.02, 0.02, 99.0):
        metrics.took(seconds)
    lines = metrics_text(added(metrics.counts(), {}), {"devices": 3}).splitlines()
    assert 'gridclient_hub_sync_seconds_bucket{le="0.025"} 3' in lines
    assert 'gridclient_hub_sync_seconds_bucket{le="+Inf"} 4' in lines
    assert "gridclient_hub_sync_seconds_count 4" in lines
    assert "gridclient_hub_devices 3" in lines


@pytest.mark.parametrize(
    ("text", "read"),
    [("127.0.0.1:8700", ("127.0.0.1", 8700)), ("[::1]:1", ("::1", 1)), (":80", ("0.0.0.0", 80)), ("hub:0", ("hub", 0))],
)
def test_addresses_to_listen_on(text: str, read: tuple[str, int]) -> None:
    assert read_address(text) == read
    assert is_loopback(read[0]) == (read[0] in ("127.0.0.1", "::1"))


@pytest.mark.parametrize("text", ["", "8700", "a:b", "a:70000", "a:-1"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"hub\.listen"):
        read_address(text)


def test_databases_are_told_by_their_address() -> None:
    file = sqlite_file("sqlite:////srv/hub.db")
    assert file is not None
    assert file.as_posix() == "/srv/hub.db"
    assert sqlite_file("postgresql://h/d") is None
    for wrong in ("mysql://user:secret@host/db", "sqlite:///"):
        with pytest.raises(InvalidInput, match=r"hub\.address_unknown") as refused:
            open_backend(wrong)
        assert "secret" not in str(refused.value.params)
