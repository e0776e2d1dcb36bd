"""操作记录: who sees which lines of the audit log, and the workbook made of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from gridclient.care import ProfileCare
from gridclient.composition import create_profile, open_desk
from gridclient.domain.case import CaseFacts
from gridclient.early_desk import base_maps_in
from gridclient.services.care import AuditRow
from gridclient.store.verify import verify


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    create_profile(folder, county="371002", township="371002001", name="测试指挥室")
    return folder


def looked_at_by(profile: Path, account: str, others: tuple[str, ...] = ()) -> tuple[list[AuditRow], str]:
    """The lines that this account sees after it and others looked at the reporter of a case, and the case's number."""
    with open_desk(profile, account=account) as opened:
        made = opened.desk.register(CaseFacts("路灯不亮"))
        with opened.desk.work() as unit_of_work:
            for who in (*others, account):
                unit_of_work.audit(who, "reporter_shown", made.case_id)
        base_maps = base_maps_in(profile)
        lines = list(ProfileCare(opened, base_maps).audit_lines())
        base_maps.close()
        return lines, opened.desk.queries.case(made.case_id).number


def test_an_operator_sees_the_own_lines_and_the_leader_of_the_shift_all(profile: Path) -> None:
    lines, number = looked_at_by(profile, "operator", others=("leader", "someone"))
    assert [(row.actor, row.what, row.subject) for row in lines] == [("受理派遣员", "reporter_shown", number)]
    lines, _ = looked_at_by(profile, "leader")
    assert [row.actor for row in lines] == ["值班长", "受理派遣员", "someone", "值班长"]
    assert [row.no for row in lines] == [4, 3, 2, 1]


def test_the_workbook_says_who_made_it_and_leaves_a_line(profile: Path, tmp_path: Path) -> None:
    lines, number = looked_at_by(profile, "leader")
    target = tmp_path / "lines.xlsx"
    with open_desk(profile, account="leader") as opened:
        base_maps = base_maps_in(profile)
        care = ProfileCare(opened, base_maps)
        care.save_audit(target, lines)
        assert [row.what for row in care.audit_lines()] == ["audit_saved", "reporter_shown"]
        base_maps.close()
        assert not verify(opened.database).problems
    table = [[cell.value for cell in row] for row in load_workbook(target)["操作记录"].rows]
    assert table[0] == ["序号", "时间", "账号", "操作", "对象"]
    assert table[1][2:4] == ["值班长", "导出操作记录"]
    assert table[2][2:] == ["值班长", "查看反映人信息", number]
