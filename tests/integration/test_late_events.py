"""Events that come to the hub before others that their authors had by stick."""

from __future__ import annotations

from pathlib import Path

from gridclient.domain.events import EventKind
from gridclient.services.rows import CaseFilter
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import proved, same_tables, some_desks


def test_a_case_is_found_by_its_new_title_where_a_late_note_decides_which_of_two_titles_stands(tmp_path: Path) -> None:
    hub = FakeHub()
    with some_desks(tmp_path, 4) as desks:
        noting, first, second, other = desks
        case_id = noting.stage.register("占道经营")
        for desk in desks:
            desk.round(hub)
        noting.stage.record(EventKind.NOTED, case_id, {"text": "记"})
        for desk, title in ((first, "噪音扰民"), (second, "路灯不亮")):
            desk.sync.take_unplaced(noting.stick())
            desk.stage.clock.advance(minutes=1)
            desk.stage.record(EventKind.AMENDED, case_id, {"facts": {"title": title}})
            assert desk.push(hub)
        other.round(hub)
        before = other.stage.case(case_id).facts.title
        for desk in (noting, *desks):
            desk.round(hub)
        assert (before, other.stage.case(case_id).facts.title) == ("路灯不亮", "噪音扰民")
        assert other.stage.titles(CaseFilter(text="噪音")) == ["噪音扰民"]
        assert same_tables(desks) and proved(*desks)
