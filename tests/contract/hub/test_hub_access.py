"""Codes, enrolment, tokens and revoking, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridclient.domain.errors import GridClientError, NotFound, SyncFault
from gridclient.hub.access import CODE_LIFE_S, Access, Applicant
from gridclient.hub.backend import Backend
from gridclient.hub.rights import grants_for
from gridclient.hub.service import HubService
from gridclient.services.enrol_code import new_code
from gridclient.services.enrolment import Grant
from tests.fakes.hub_desk import HubDesk

TOWNSHIP = "371002001"


class Time:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def access(backend: Backend, time: Time) -> Access:
    return Access(backend, time)


def refusal(access: Access, code: str, applicant: Applicant) -> str:
    with pytest.raises(GridClientError) as refused:
        access.enrol(code, applicant)
    return refused.value.code


def code_for(access: Access, township: str = TOWNSHIP) -> str:
    return access.issue_code(grants_for(township), township=township, name="一号席")


def applicant(name: str = "desk-0001", key: bytes = bytes(32)) -> Applicant:
    return Applicant(name, "", key)


def test_a_code_admits_one_device_and_names_its_rights_and_keys(access: Access) -> None:
    admission = access.enrol(code_for(access).lower().replace("-", " "), applicant())
    assert admission.grants == (Grant(f"t:{TOWNSHIP}", True, True), Grant("ref", True, False))
    assert {feed: len(key) for feed, key in admission.bundle_keys.items()} == {f"t:{TOWNSHIP}": 32, "ref": 32}
    assert admission.hub == access.hub_id() == access.hub_id()
    device = access.devices_of([admission.token])[0]
    assert device is not None
    assert (device.device, device.name, device.short) == ("desk-0001", "一号席", admission.short)
    assert access.devices_of([admission.token + "x"])[0] is None


def test_a_code_is_spent_by_another_device_only_once(access: Access) -> None:
    code = code_for(access)
    first = access.enrol(code, applicant())
    again = access.enrol(code, applicant())  # its answer was lost on the way
    assert again.token != first.token
    assert again.short == first.short
    assert access.devices_of([first.token])[0] is None
    assert refusal(access, code, applicant("desk-0002")) == "enrol.code_used"


def test_wrong_codes_and_applicants_are_refused(access: Access, time: Time) -> None:
    code = code_for(access)
    assert refusal(access, new_code(), applicant()) == "enrol.code_unknown"
    assert refusal(access, code[:-1] + ("0" if code[-1] != "0" else "1"), applicant()) == "enrol.code_mistyped"
    for wrong in (applicant("x"), applicant("desk-0001/t:371002001"), applicant(key=b"short")):
        assert refusal(access, code, wrong) == "enrol.device_invalid"
    for late, told in ((CODE_LIFE_S + 1, "enrol.code_expired"), (CODE_LIFE_S, "enrol.code_unknown")):
        time.now += late
        code_for(access)  # those of long ago are forgotten
        assert refusal(access, code, applicant()) == told


def test_a_known_device_with_another_key_is_refused(access: Access) -> None:
    access.enrol(code_for(access), applicant())
    assert refusal(access, code_for(access), applicant(key=b"1" * 32)) == "enrol.device_known"


def test_a_revoked_device_is_turned_away_until_it_enrols_again(backend: Backend, time: Time) -> None:
    service = HubService(backend, time)
    desk = HubDesk("desk-0001", f"t:{TOWNSHIP}")
    desk.enrol(service.access, grants_for(TOWNSHIP))
    service.access.revoke(desk.device)
    with pytest.raises(SyncFault, match=r"sync\.revoked"):
        desk.round(service.sync)
    desk.enrol(service.access, grants_for(TOWNSHIP))
    assert desk.round(service.sync).hub == service.hub
    service.close()


def test_a_revoked_device_gets_no_other_rights(access: Access) -> None:
    access.enrol(code_for(access), applicant())
    access.revoke("desk-0001")
    with pytest.raises(GridClientError, match=r"hub\.device_revoked"):
        access.change_rights("desk-0001", grants_for("", county=True), township="")
    assert {device.grants for device in access.devices()} == {grants_for(TOWNSHIP)}


def test_a_device_that_is_admitted_for_more_keeps_what_it_had_and_its_short_mark(access: Access) -> None:
    first = access.enrol(code_for(access), applicant(), more=True)
    second = access.enrol(code_for(access, "371002002"), applicant(), more=True)
    assert [grant.stream for grant in second.grants] == [f"t:{TOWNSHIP}", "ref", "t:371002002"]
    assert (second.short, set(second.bundle_keys)) == (first.short, {f"t:{TOWNSHIP}", "ref", "t:371002002"})
    assert [device.township for device in access.devices()] == [TOWNSHIP]
    assert [grant.stream for grant in access.enrol(code_for(access), applicant()).grants] == [f"t:{TOWNSHIP}", "ref"]


@pytest.mark.parametrize(
    ("has", "added"),
    [
        (grants_for(TOWNSHIP, unit="unit.a"), grants_for(TOWNSHIP, unit="unit.b")),
        (grants_for(TOWNSHIP, unit="unit.a"), grants_for("371002002")),
        (grants_for(TOWNSHIP), grants_for("371002002", supervisor=True)),
        (grants_for("", supervisor=True), grants_for(TOWNSHIP)),
    ],
)
def test_rights_are_not_added_with_which_a_desk_would_write_what_the_hub_refuses_for_ever(
    access: Access, has: tuple[Grant, ...], added: tuple[Grant, ...]
) -> None:
    access.enrol(access.issue_code(has, township=TOWNSHIP, name=""), applicant())
    with pytest.raises(GridClientError, match=r"hub\.one_identity"):
        access.change_rights("desk-0001", added, township="", more=True)
    with pytest.raises(GridClientError, match=r"hub\.one_identity"):
        access.enrol(access.issue_code(added, township=TOWNSHIP, name=""), applicant(), more=True)
    assert {device.grants for device in access.devices()} == {has}
    assert access.change_rights("desk-0001", added, township=TOWNSHIP).grants == added


def test_a_revoked_device_has_nothing_that_more_could_be_added_to(access: Access) -> None:
    access.enrol(code_for(access), applicant())
    access.revoke("desk-0001")
    with pytest.raises(GridClientError, match=r"hub\.device_revoked"):
        access.enrol(code_for(access, "371002002"), applicant(), more=True)


@pytest.mark.parametrize("by_code", [True, False])
def test_a_desk_that_goes_to_a_township_where_another_has_its_mark_gets_one_of_its_own(
    access: Access, backend: Backend, by_code: bool
) -> None:
    """Else both would give the same numbers to two cases."""
    other = "371002002"
    mark = access.enrol(code_for(access), applicant()).short
    access.enrol(code_for(access, other), applicant("desk-0002"))
    there = access.device("desk-0002")
    assert there is not None
    with backend.writing() as ledger:
        ledger.change_device(replace(there, short=mark))
    if by_code:
        moved = access.enrol(code_for(access, other), applicant()).short
    else:
        moved = access.change_rights("desk-0001", grants_for(other), township=other).short
    assert len(moved) == 2 and moved != mark


def test_who_never_enrolled_cannot_be_revoked(access: Access) -> None:
    with pytest.raises(NotFound, match=r"hub\.device_unknown"):
        access.revoke("desk-0001")
    assert not access.notes(10)


def test_desks_of_one_township_never_have_the_same_short_mark(access: Access) -> None:
    shorts = [access.enrol(code_for(access), applicant(f"desk-{number:04}")).short for number in range(12)]
    assert len(set(shorts)) == 12
    assert all(len(short) == 2 for short in shorts)


def test_rights_with_a_star_reach_townships_that_come_later(access: Access) -> None:
    grants = grants_for("", supervisor=True)
    admission = access.enrol(access.issue_code(grants, township="", name=""), applicant())
    device = access.devices_of([admission.token])[0]
    assert device is not None
    assert [grant.stream for grant in access.grants_of(device)] == ["ref"]
    for township in ("371002001", "371002002"):
        code_for(access, township)
    assert sorted(g.stream for g in access.grants_of(device)) == ["ref", "t:371002001", "t:371002002"]


def test_a_units_key_for_sticks_is_not_the_townships(access: Access) -> None:
    grants = grants_for(TOWNSHIP, unit="U1")
    unit = access.enrol(access.issue_code(grants, township=TOWNSHIP, name=""), applicant("unit-0001"))
    desk = access.enrol(code_for(access), applicant())
    assert set(unit.bundle_keys) == {f"d:U1@t:{TOWNSHIP}", "ref"}
    assert unit.bundle_keys[f"d:U1@t:{TOWNSHIP}"] != desk.bundle_keys[f"t:{TOWNSHIP}"]
    assert unit.bundle_keys["ref"] == desk.bundle_keys["ref"]


def test_no_token_and_no_code_is_kept_readable(backend: Backend, access: Access) -> None:
    code = code_for(access)
    token = access.enrol(code, applicant()).token
    with backend.reading() as ledger:
        kept = repr([*ledger.devices(), ledger.fact("hub")])
    assert token not in kept
    assert code not in kept


def test_when_a_device_was_last_here_is_kept(backend: Backend, access: Access) -> None:
    access.enrol(code_for(access), applicant())
    access.keep({"desk-0001": 77}, ())
    assert [device.seen_at for device in access.devices()] == [77]
    access.keep({"desk-0001": 70}, ())  # another process of the hub, which met it before
    assert [device.seen_at for device in access.devices()] == [77]
    access.keep({}, ())
