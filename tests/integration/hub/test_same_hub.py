"""What changes at a hub without anybody enrolling again: lost files, rights, address, certificate, versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import EventKind
from gridclient.hub.certificate import fingerprint_of
from gridclient.services.enrolment import Grant
from gridclient.services.error_text import sentence_of
from gridclient.services.sync_port import RoundEnd
from gridclient.store.attachments import LARGEST_BYTES
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.sync.moving import move, recertify
from gridclient.sync.terms import Versions
from gridclient.syncing import fault_of
from tests.contract.stage import STREAM, TOWNSHIP
from tests.fakes.lined_desk import FULL, RunningHub, enrolled, kept, new_pem, running_hub, synced
from tests.fakes.toy_desk import ToyDesk, code_of
from tests.integration.test_sync_notes import NAME, PHOTO, attach

OTHER = "t:371002002"


# -- files


def test_a_file_that_a_restarted_hub_has_lost_is_sent_again(desk: ToyDesk, tmp_path: Path) -> None:
    attach(desk, tmp_path)
    with running_hub(tmp_path / "hub") as hub:
        enrolled(desk, hub)
        synced(desk)
        assert hub.file(NAME).read_bytes() == PHOTO
        hub.file(NAME).unlink()
        synced(desk)
        assert not hub.file(NAME).exists(), "nobody told the desk"
    with running_hub(tmp_path / "hub") as hub:
        move(desk.sync, hub.url)
        synced(desk)
        assert hub.file(NAME).read_bytes() == PHOTO
        assert SqliteSyncQueries(desk.profile.database).pending()[2] == 0


def test_a_file_that_vanished_from_a_running_hub_is_sent_again_the_next_day(desk: ToyDesk, tmp_path: Path) -> None:
    attach(desk, tmp_path)
    with running_hub(tmp_path / "hub") as hub:
        enrolled(desk, hub)
        synced(desk)
        hub.file(NAME).unlink()
        desk.stage.clock.at += timedelta(days=1)
        synced(desk)
        assert hub.file(NAME).read_bytes() == PHOTO


def lost_at_the_hub(hub: RunningHub, desk: ToyDesk, second: ToyDesk) -> None:
    """The photo of one desk came to the other; then the hub lost it."""
    for one in (desk, second):
        enrolled(one, hub)
        synced(one)
    assert second.sync.read_file(NAME, 0, len(PHOTO)) == PHOTO
    hub.file(NAME).unlink()


def test_another_desk_that_has_the_file_brings_it_when_its_owner_is_gone(
    desk: ToyDesk, second: ToyDesk, tmp_path: Path
) -> None:
    attach(desk, tmp_path)
    with running_hub(tmp_path / "hub") as hub:
        lost_at_the_hub(hub, desk, second)
    with running_hub(tmp_path / "hub") as hub:
        move(second.sync, hub.url)
        synced(second)
        assert hub.file(NAME).read_bytes() == PHOTO


def names_wrongly(desk: ToyDesk, name: str, said: object) -> None:
    payload = {"sha256": name, "name": "photo.jpg", "size": said}
    desk.stage.record(EventKind.ATTACHED, desk.stage.register(), payload)


@pytest.mark.parametrize("said", [1, 10**9, "big"])
def test_whatever_length_an_event_says_first_a_photo_goes_comes_and_is_sent_again_when_it_is_lost(
    desk: ToyDesk, second: ToyDesk, tmp_path: Path, said: object
) -> None:
    names_wrongly(desk, NAME, said)
    attach(desk, tmp_path)
    with running_hub(tmp_path / "hub") as hub:
        lost_at_the_hub(hub, desk, second)
        desk.stage.clock.at += timedelta(days=1)
        synced(desk)
        assert hub.file(NAME).read_bytes() == PHOTO


def test_a_photo_that_came_whole_before_the_desk_was_ended_is_kept(
    desk: ToyDesk, second: ToyDesk, tmp_path: Path
) -> None:
    attach(desk, tmp_path)
    with running_hub(tmp_path / "hub") as hub:
        for one in (desk, second):
            enrolled(one, hub)
        synced(desk)
        second.sync.add_to_file(NAME, 0, PHOTO, size=len(PHOTO) + 1)  # all is there, and nobody has looked at it
        synced(second)
        assert second.sync.read_file(NAME, 0, len(PHOTO)) == PHOTO


def test_a_file_that_is_more_than_a_desk_keeps_is_not_fetched_round_by_round(
    desk: ToyDesk, second: ToyDesk, tmp_path: Path
) -> None:
    """The hub takes more than a desk does: from another program, or a later one."""
    content = PHOTO.ljust(LARGEST_BYTES + 1)
    name = sha256(content).hexdigest()
    names_wrongly(desk, name, 9)
    with running_hub(tmp_path / "hub") as hub:
        for one in (desk, second):
            enrolled(one, hub)
        synced(desk)
        hub.file(name).parent.mkdir(parents=True)
        hub.file(name).write_bytes(content)
        synced(second)
        assert second.sync.missing_files(5) == []
        assert not list(second.profile.attachments.glob("*.incoming"))


def test_a_reader_is_not_asked_for_lost_files(desk: ToyDesk, second: ToyDesk, tmp_path: Path) -> None:
    attach(desk, tmp_path)
    with running_hub(tmp_path / "hub") as hub:
        enrolled(desk, hub)
        enrolled(second, hub, (Grant(STREAM),))
        synced(desk)
        synced(second)
        hub.file(NAME).unlink()
        second.stage.clock.at += timedelta(days=1)
        assert synced(second).end is RoundEnd.DONE
        assert second.sync.waiting_files(5) == []


def test_files_that_nobody_sends_do_not_keep_others_from_coming(desk: ToyDesk, second: ToyDesk, tmp_path: Path) -> None:
    """More files are named than one round looks at, and only the last of them is there."""
    case = desk.stage.register()
    for number in range(20):
        desk.stage.record(EventKind.ATTACHED, case, {"sha256": f"{number:064x}", "name": "x.jpg", "size": 9})
    attach(desk, tmp_path)
    with running_hub(tmp_path / "hub") as hub:
        for one in (desk, second):
            enrolled(one, hub)
        synced(desk)
        assert hub.file(NAME).is_file(), "it was not brought, so nobody can fetch it"
        for _ in range(60):
            synced(second)
            if not any(file.sha256 == NAME for file in second.sync.missing_files(100)):
                return
    raise AssertionError("the file never came")


# -- rights


def test_rights_and_stick_keys_that_changed_come_with_the_next_round(desk: ToyDesk, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        before = enrolled(desk, hub)
        assert synced(desk).end is RoundEnd.DONE
        assert kept(desk) == before, "what came with the enrolment was asked for again"
        hub.access.change_rights(desk.device, (Grant(OTHER, writes=True),), township=TOWNSHIP, more=True)
        assert synced(desk).end is RoundEnd.DONE
        after = kept(desk)
        assert after.grants == (*before.grants, Grant(OTHER, writes=True))
        assert set(after.bundle_keys) == {STREAM, OTHER}
        assert after.rights != before.rights
        assert (after.token, after.short, after.hub_key) == (before.token, before.short, before.hub_key)
        assert [feed.feed for feed in desk.sync.feeds()] == [STREAM, OTHER]
        hub.access.change_rights(desk.device, (Grant(OTHER),), township=TOWNSHIP)
        synced(desk)
        assert kept(desk).grants == (Grant(OTHER),) and set(kept(desk).bundle_keys) == {OTHER}


def test_a_unit_that_was_renamed_goes_on_under_its_new_name(desk: ToyDesk, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        enrolled(desk, hub, (Grant(STREAM, writes=True, unit="U1"),))
        synced(desk)
        hub.access.change_rights(desk.device, (Grant(STREAM, writes=True, unit="U2"),), township=TOWNSHIP)
        assert synced(desk).end is RoundEnd.DONE
        assert set(kept(desk).bundle_keys) == {f"d:U2@{STREAM}"}


def test_rights_that_another_key_signed_are_not_taken(desk: ToyDesk, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        desk.sync.keep_enrolment(replace(enrolled(desk, hub), hub_key=bytes(32)))
        before = kept(desk)
        hub.access.change_rights(desk.device, (Grant(STREAM, writes=True), Grant("ref")), township=TOWNSHIP)
        assert synced(desk).end is RoundEnd.DONE
        assert kept(desk).bundle_keys == before.bundle_keys and kept(desk).hub_key == bytes(32)


def test_a_desk_of_before_learns_the_key_of_its_hub(desk: ToyDesk, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        whole = enrolled(desk, hub)
        desk.sync.keep_enrolment(replace(whole, hub_key=b"", rights=""))
        assert synced(desk).end is RoundEnd.DONE
        assert kept(desk) == whole


# -- address and certificate


def test_a_hub_at_another_address_is_known_by_its_key(desk: ToyDesk, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        enrolled(desk, hub)
    desk.stage.register()
    assert synced(desk).error == "sync.unreachable"
    with running_hub(tmp_path / "hub") as hub:
        move(desk.sync, hub.url + "/")
        assert kept(desk).url == hub.url
        assert synced(desk).pushed == 1


def test_a_stranger_at_the_new_address_changes_nothing(desk: ToyDesk, tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub, running_hub(tmp_path / "other") as other:
        before = enrolled(desk, hub)
        assert code_of(lambda: move(desk.sync, other.url)) == "sync.hub_other"
        assert code_of(lambda: move(desk.sync, "http://hub.example")) != "", "an address that is not this machine"
        desk.sync.keep_enrolment(replace(before, hub_key=b""))
        assert code_of(lambda: move(desk.sync, hub.url)) == "sync.hub_key_unknown"
        desk.sync.keep_enrolment(replace(before, url="https://127.0.0.1:1"))
        assert code_of(lambda: move(desk.sync, "http://hub.example")) == "sync.move_unsafe"
        assert kept(desk).url == "https://127.0.0.1:1"


def test_a_desk_shows_its_code_to_nobody_but_the_hub_whose_certificate_it_names(desk: ToyDesk, tmp_path: Path) -> None:
    real, his = new_pem(tmp_path / "one"), new_pem(tmp_path / "two")
    with running_hub(tmp_path / "hub", pem=his) as between, running_hub(tmp_path / "plain") as plain:
        for stranger in (between, plain):
            caught = replace(stranger, fingerprint=fingerprint_of(real[0]))
            assert code_of(partial(enrolled, desk, caught)) == "enrol.fingerprint"
            assert desk.sync.enrolment() is None and not stranger.access.devices()


def test_a_renewed_certificate_of_the_same_hub_is_accepted_by_itself(desk: ToyDesk, tmp_path: Path) -> None:
    first, later = new_pem(tmp_path / "one"), new_pem(tmp_path / "two")
    with running_hub(tmp_path / "hub", pem=first) as hub:
        enrolled(desk, hub)
        assert synced(desk).end is RoundEnd.DONE
    with running_hub(tmp_path / "hub", pem=later) as hub:
        desk.sync.keep_enrolment(replace(kept(desk), url=hub.url))
        assert synced(desk).error == "sync.certificate_changed"
        assert recertify(desk.sync)
        assert kept(desk).fingerprint == hub.fingerprint.hex()
        assert synced(desk).end is RoundEnd.DONE
        assert not recertify(desk.sync), "there was nothing new"


def test_who_stands_between_with_a_certificate_of_his_own_is_refused(desk: ToyDesk, tmp_path: Path) -> None:
    """He can hand on what the hub signs, but that names the hub's certificate and not his."""
    real, his = new_pem(tmp_path / "one"), new_pem(tmp_path / "two")
    with running_hub(tmp_path / "hub", pem=real) as hub:
        before, claims = enrolled(desk, hub), hub.fingerprint
    with running_hub(tmp_path / "hub", pem=his, claims=claims) as between:
        desk.sync.keep_enrolment(replace(before, url=between.url))
        assert not recertify(desk.sync)
        assert code_of(lambda: move(desk.sync, between.url)) == "sync.hub_other"
        assert kept(desk).fingerprint == before.fingerprint
    with running_hub(tmp_path / "hub", pem=his, claims=b"") as between:  # as if a proxy did TLS, but nobody vouches
        assert code_of(lambda: move(desk.sync, between.url)) == "sync.certificate_untrusted"


# -- versions


@pytest.mark.parametrize(
    ("desks", "hubs"),
    [((1, 1), (1, 1)), ((1, 2), (1, 1)), ((1, 1), (1, 2)), ((1, 2), (1, 2)), ((2, 3), (1, 2)), ((1, 2), (2, 3))],
)
def test_versions_that_overlap_work_together(
    desk: ToyDesk, tmp_path: Path, desks: tuple[int, int], hubs: tuple[int, int]
) -> None:
    desk.stage.register()
    with running_hub(tmp_path / "hub", versions=Versions(*hubs)) as hub:
        enrolled(desk, hub)
        report = synced(desk, versions=Versions(*desks))
        assert (report.end, report.pushed) == (RoundEnd.DONE, 1)


@pytest.mark.parametrize(
    ("desks", "hubs", "told"),
    [((1, 1), (2, 3), ("sync.update_due", "请先更新程序")), ((3, 4), (1, 2), ("sync.hub_old", "更新同步中心"))],
)
def test_versions_without_overlap_say_who_has_to_be_updated_and_lose_nothing(
    desk: ToyDesk, tmp_path: Path, desks: tuple[int, int], hubs: tuple[int, int], told: tuple[str, str]
) -> None:
    code, word = told
    with running_hub(tmp_path / "hub", versions=Versions(*hubs)) as hub:
        enrolled(desk, hub)
        desk.stage.register()
        report = synced(desk, versions=Versions(*desks))
        assert (report.end, report.error) == (RoundEnd.FAILED, code)
        assert word in sentence_of(fault_of(report))
        assert SqliteSyncQueries(desk.profile.database).pending()[0] == 1
    with running_hub(tmp_path / "hub", versions=Versions(desks[0], hubs[1] + 2)) as hub:
        assert any(note.kind == code and note.device == desk.device for note in hub.access.notes(10))
        move(desk.sync, hub.url)
        assert synced(desk, versions=Versions(*desks)).pushed == 1


def test_a_desk_without_line_or_hub_cannot_move(desk: ToyDesk) -> None:
    with pytest.raises(SyncFault) as caught:
        move(desk.sync, "http://127.0.0.1:1")
    assert caught.value.code == "sync.not_enrolled"
    assert not recertify(desk.sync)
    desk.enrol(*FULL)
    desk.sync.keep_enrolment(replace(kept(desk), url=""))
    assert code_of(lambda: move(desk.sync, "http://127.0.0.1:1")) == "sync.no_line"
