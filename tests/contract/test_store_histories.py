"""What one case's history promises: every event, in order, and the case by whatever people call it."""

from __future__ import annotations

from typing import Any

import pytest

from gridclient.domain.errors import NotFound
from gridclient.domain.events import EventKind
from tests.contract.stage import TOWNSHIP, Stage


def test_a_case_is_found_by_key_number_and_short_number(stage: Stage) -> None:
    case_id, other = stage.register("甲"), stage.register("乙")
    number = stage.case(case_id).number
    assert number.startswith(f"{TOWNSHIP}-")
    assert stage.case(number).id == case_id
    assert stage.case(number.removeprefix(f"{TOWNSHIP}-")).id == case_id
    assert stage.case(stage.case(other).number).id == other


def test_a_number_of_another_system_names_its_case_alone(stage: Stage) -> None:
    case_id = stage.new_id()
    stage.record(EventKind.IMPORTED, case_id, {"number": "其他-1", "registered_at": 0, "facts": {"title": "甲"}})
    assert stage.case("其他-1").id == case_id
    with pytest.raises(NotFound, match=r"case\.unknown"):
        stage.case("其他-2")


def test_a_case_that_only_came_in_is_found_by_its_short_number_too(stage: Stage) -> None:
    case_id, facts = stage.new_id(), {"title": "甲", "grid": "371002009001001"}
    payload = {"number": "371002009-20261120-B20001", "registered_at": 0, "facts": facts}
    stage.record(EventKind.IMPORTED, case_id, payload)
    assert stage.case("20261120-B20001").id == case_id


def test_a_case_without_a_grid_that_only_came_in_is_found_by_its_short_number_too(stage: Stage) -> None:
    """A department's desk gives no numbers, and not every case has a grid."""
    for township, number in (
        ("371002009", "20261120-B20009"),
        ("371002001", "20261120-C20001"),
        ("371002004", "20261119-D20001"),
    ):
        case_id = stage.new_id()
        payload = {"number": f"{township}-{number}", "level": 3, "facts": {"title": township, "grid": ""}}
        stage.record(EventKind.REGISTERED, case_id, payload)
        assert stage.case(number).id == case_id


@pytest.mark.parametrize("reference", ["", "f" * 32, "20261120-A70001", "371002001-20261120-ZZ0001", "窨井", "-"])
def test_what_names_no_case_is_not_found(stage: Stage, reference: str) -> None:
    with pytest.raises(NotFound, match=r"case\.unknown"):
        stage.queries.case(reference)


def test_the_timeline_tells_every_event_in_order(stage: Stage) -> None:
    case_id = stage.dispatched()
    stage.sign(case_id)
    timeline = stage.queries.timeline(case_id)
    assert [entry.kind for entry in timeline] == ["case_registered", "case_filed", "case_dispatched", "case_signed"]
    assert {entry.actor for entry in timeline} == {"tester"}
    assert all(entry.pending and not entry.refused for entry in timeline)
    assert timeline[0].payload["facts"]["title"] == "占道经营"


@pytest.mark.parametrize("wrong", [{"basis": 5}, {"assignments": 5}, {"assignments": [5]}])
def test_what_another_desk_wrote_in_no_known_form_is_not_shown(stage: Stage, wrong: dict[str, Any]) -> None:
    """The case's panel and the page of conflicts ask the basis and the assignments by name."""
    case_id = stage.register()
    stage.record(EventKind.AMENDED, case_id, {"facts": {"title": "积水"}, **wrong})
    *_, amended = stage.queries.timeline(case_id)
    assert amended.payload["facts"] == {"title": "积水"}
    assert not amended.payload.keys() & wrong.keys()


def test_the_timeline_of_an_unknown_case_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound, match=r"case\.unknown"):
        stage.queries.timeline("f" * 32)


def test_a_photo_that_was_taken_back_is_not_shown(stage: Stage) -> None:
    case_id = stage.register()
    stage.record(EventKind.ATTACHED, case_id, {"sha256": "a" * 64, "name": "近景.jpg"})
    stage.record(EventKind.ATTACHED, case_id, {"sha256": "b" * 64, "name": "错的.jpg"})
    stage.undo(case_id)
    assert [photo["name"] for photo in stage.queries.attachments(case_id)] == ["近景.jpg"]
