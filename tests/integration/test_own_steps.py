"""A desk knows its own steps: only these can be undone on it."""

from __future__ import annotations

from pathlib import Path

from gridclient.composition import create_profile, open_desk
from gridclient.domain.case import CaseFacts, CaseState
from gridclient.domain.roles import Action


def test_a_desk_knows_its_own_steps_and_undoes_them_one_by_one_after_the_next_start(tmp_path: Path) -> None:
    create_profile(tmp_path / "desk", county="371002", township="371002003", name="测试指挥室")
    with open_desk(tmp_path / "desk") as opened:
        case_id = opened.desk.register(CaseFacts(title="积水")).case_id
        for text in ("已电话通知", "写错了"):
            opened.desk.act(Action.NOTE, case_id, {"text": text})
        opened.desk.act(Action.DECLINE, case_id, {"reason_code": "duplicate"})
    with open_desk(tmp_path / "desk") as opened:
        desk = opened.desk
        last = desk.queries.case(case_id).last
        assert last is not None and desk.queries.is_own(last)
        assert not desk.queries.is_own(last._replace(device="another desk"))
        for left in (2, 1, 0):
            desk.act(Action.UNDO, case_id)
            case = desk.queries.case(case_id)
            assert (case.state, len(case.previous)) == (CaseState.REPORTED, left)
